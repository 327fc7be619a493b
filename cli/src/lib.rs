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
mod bench;
mod board;
mod call;
mod change;
mod chinese;
mod common;
mod config;
mod console;
mod context;
mod doctor;
mod edit;
mod excerpt;
mod exit;
mod guide;
mod holder;
mod keep;
mod locate;
mod ping;
mod places;
mod reference;
mod serve;
mod shell;
mod span;
mod terminal;
mod times;
mod token;
mod viewer;

pub use arguments::command;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::arguments::{Arguments, Task};
use crate::exit::{Outcome, Stop};

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    terminal::prepare(&typed);
    let matches = match command().try_get_matches_from(typed) {
        Ok(matches) => matches,
        Err(error) => return mistaken(&error),
    };
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
            terminal::complain_of(&stop);
            ExitCode::from(stop.code)
        }
    }
}

/// Ends for a mistake in the arguments, or for help, which is asked for in the same way.
fn mistaken(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let is_plain = terminal::language() == notice::Language::En
        && !terminal::is_json()
        && error.kind() != ErrorKind::MissingSubcommand;
    if is_help || is_plain {
        error.exit();
    }
    let en = match error.kind() {
        // It would name all of them.
        ErrorKind::MissingSubcommand => {
            "a command is missing; --help shows which ones there are".to_owned()
        }
        _ => error.to_string(),
    };
    let en = en.trim_start_matches("error: ").trim_end();
    terminal::complain_of(&Stop::new(exit::USAGE, en, chinese::told(error)));
    ExitCode::from(exit::USAGE)
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
        Task::Doctor(arguments) => doctor::run(arguments),
        Task::Bench(arguments) => bench::run(arguments),
        Task::Call(arguments) => call::run(arguments),
        Task::Help(arguments) => guide::help::run(arguments),
        Task::Completions(arguments) => guide::completions::run(arguments),
        Task::Man(arguments) => guide::man::run(arguments),
        // It looks at where its settings come from.
        Task::Serve(_) => Ok(()),
    }
}
