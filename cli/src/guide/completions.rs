//! `notice completions`: so that a shell completes commands and flags.

use clap_complete::Shell;

use crate::arguments;
use crate::console;
use crate::exit::{Outcome, Stop};

/// Write the completions of a shell, to be read when it starts
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

const AFTER: &str = "\
Examples:
  notice completions bash > ~/.local/share/bash-completion/completions/notice
  notice completions fish > ~/.config/fish/completions/notice.fish
  notice completions zsh > ~/.zfunc/_notice";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut arguments::command(),
        "notice",
        &mut script,
    );
    let script = String::from_utf8(script).map_err(|_| Stop::quiet())?;
    console::write(script.trim_end())
}
