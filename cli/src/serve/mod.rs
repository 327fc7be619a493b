//! `notice serve`: the daemon of a board.

mod certificate;
mod daemon;
mod greeting;
mod peers;
mod plan;
mod shown;
mod signals;
mod systemd;
mod take_over;

use std::sync::Arc;

use clap::ArgMatches;

use crate::config::{Faults, Sources};
use crate::exit::{self, Outcome, Stop};
use crate::terminal;
use plan::{Plan, Start};

const AFTER: &str = "\
A setting has the same name everywhere: --max-calls, NOTICE_MAX_CALLS in the environment, and in the file

  max-calls = 512
  tcp = [\"127.0.0.1:7700\"]

Flags come first, then the environment, then the file. In the environment, commas separate the elements of
lists. SIGTERM and SIGINT stop the daemon, a second one at once; SIGHUP has it read tokens and certificate again.";

/// Serve a board to other programs
///
/// Each socket speaks ENOT frames, JSON-RPC and HTTP. Without any settings, a board in your data folder is served on a
/// socket in your runtime folder, to you alone.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Print the settings that would be used, or everything that is wrong with them, and end
    #[arg(long)]
    check_config: bool,
    /// Take the sockets over from the daemon that runs with these settings, which then ends. No connection is refused
    /// meanwhile. Without such a daemon, just start
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    sources: Sources,
}

/// Runs it until it is told to stop.
pub(crate) fn run(arguments: &Arguments, matches: &ArgMatches) -> Outcome {
    let mut faults = Faults::default();
    let found = arguments.sources.join(matches, &mut faults);
    // Before there are threads.
    let inherited = systemd::sockets()?;
    let start = Start {
        has_sockets: !inherited.is_empty(),
        takes_over: arguments.take_over,
    };
    let plan = Plan::new(found, start, &mut faults)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            let (en, zh) = (
                format!("cannot start threads: {error}"),
                format!("无法启动线程：{error}"),
            );
            Stop::new(exit::UNAVAILABLE, en, zh)
        })?;
    runtime.block_on(plan.check(&mut faults))?;
    faults.check()?;
    certificate::warn(&plan)?;
    if arguments.check_config {
        terminal::say(&shown::settings(&plan));
        return Ok(());
    }
    plan.start_log()?;
    let outcome = runtime.block_on(daemon::run(Arc::new(plan), inherited));
    // Nobody waits for calls that were given up.
    runtime.shutdown_background();
    outcome
}
