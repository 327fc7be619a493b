//! `notice token`: tokens for roles, keys, and signed tokens for viewers.

mod files;
mod key;
mod new;
mod private_key;
mod sign;

use ring::rand::{SecureRandom as _, SystemRandom};

use crate::exit::{self, Outcome, Stop};

/// Make tokens
///
/// What a token of each role may do is in docs/protocol.md. Secrets are printed or written to files, and never taken as
/// arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    New(new::Arguments),
    Key(key::Arguments),
    Sign(sign::Arguments),
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.task {
        Task::New(arguments) => new::run(arguments),
        Task::Key(arguments) => key::run(arguments),
        Task::Sign(arguments) => sign::run(arguments),
    }
}

/// Returns 32 random bytes.
fn random() -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| {
        let (en, zh) = ("no random numbers from the system", "系统无法提供随机数");
        Stop::new(exit::UNAVAILABLE, en, zh)
    })?;
    Ok(bytes)
}
