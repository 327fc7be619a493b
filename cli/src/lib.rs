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
mod ask;
mod audience;
mod board;
mod change;
mod common;
mod config;
mod console;
mod context;
mod edit;
mod excerpt;
mod exit;
mod keep;
mod ping;
mod places;
mod reference;
mod serve;
mod span;
mod terminal;
mod times;
mod token;
mod viewer;

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
        (Task::Serve(_), None) => Ok(()),
        (task, _) => carry_out(task),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            stop.lines.iter().for_each(terminal::complain);
            ExitCode::from(stop.code)
        }
    }
}

/// Carries out a command that needs nothing but its arguments.
fn carry_out(task: &Task) -> Outcome {
    match task {
        Task::Init(arguments) => change::init::run(arguments),
        Task::Publish(arguments) => change::publish::run(arguments),
        Task::Edit(arguments) => edit::run(arguments),
        Task::Update(arguments) => change::update::run(arguments),
        Task::Check(arguments) => change::check::run(arguments),
        Task::Retract(arguments) => change::life::retract(arguments),
        Task::Restore(arguments) => change::life::restore(arguments),
        Task::Release(arguments) => change::life::release(arguments),
        Task::Purge(arguments) => change::life::purge(arguments),
        Task::Pin(arguments) => change::life::pin(arguments),
        Task::List(arguments) => ask::list::run(arguments),
        Task::Show(arguments) => ask::show::run(arguments),
        Task::Active(arguments) => ask::active::run(arguments),
        Task::Search(arguments) => ask::search::run(arguments),
        Task::Explain(arguments) => ask::explain::run(arguments),
        Task::History(arguments) => ask::history::run(arguments),
        Task::Receipts(arguments) => ask::receipts::run(arguments),
        Task::Changes(arguments) => ask::changes::run(arguments),
        Task::Watch(arguments) => ask::watch::run(arguments),
        Task::Motd(arguments) => ask::motd::run(arguments),
        Task::Stats(arguments) => ask::stats::run(arguments),
        Task::Read(arguments) => change::mark::read(arguments),
        Task::Dismiss(arguments) => change::mark::dismiss(arguments),
        Task::Acknowledge(arguments) => change::mark::acknowledge(arguments),
        Task::Snooze(arguments) => change::mark::snooze(arguments),
        Task::Export(arguments) => ask::export::run(arguments),
        Task::Import(arguments) => change::import::run(arguments),
        Task::Backup(arguments) => keep::backup::backup(arguments),
        Task::RestoreBackup(arguments) => keep::backup::restore(arguments),
        Task::Compact(arguments) => keep::compact::run(arguments),
        Task::Verify(arguments) => keep::verify::run(arguments),
        Task::Context(arguments) => context::run(arguments),
        Task::Ping(arguments) => ping::run(arguments),
        Task::Token(arguments) => token::run(arguments),
        // It looks at where its settings come from.
        Task::Serve(_) => Ok(()),
    }
}
