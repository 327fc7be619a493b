//! The command `notice`: runs the daemon of a board, and asks boards.
//!
//! ```sh
//! cargo install --path cli
//! notice serve
//! notice ping
//! ```
//!
//! It exits with 0 when everything was done, 1 when something was not found, 2 for wrong usage or configuration,
//! 3 for a conflict (a board or socket that is in use), and 4 when a board or daemon is unavailable. It speaks
//! Chinese where `LC_ALL`, `LC_MESSAGES` or `LANG` says so, and English elsewhere.

#![forbid(unsafe_code)]
#![cfg(unix)]

mod arguments;
mod board;
mod config;
mod exit;
mod ping;
mod places;
mod serve;
mod span;
mod terminal;

pub use arguments::command;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::arguments::{Arguments, Task};
use crate::exit::Outcome;

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    // Tells flags from variables, which the arguments alone do not.
    let of_task = matches.subcommand().map(|(_, matches)| matches);
    let outcome: Outcome = match (&arguments.task, of_task) {
        (Task::Serve(arguments), Some(matches)) => serve::run(arguments, matches),
        (Task::Ping(arguments), _) => ping::run(arguments),
        (Task::Serve(_), None) => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            stop.lines.iter().for_each(terminal::complain);
            ExitCode::from(stop.code)
        }
    }
}
