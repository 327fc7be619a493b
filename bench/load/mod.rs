//! Load on a daemon in another process: `cargo xtask load`.
//!
//! Many connections call as fast as they are answered; or many do nothing, or do it badly, while one is timed.

mod beside;
mod caller;
mod crowd;
mod histogram;
mod mix;

use std::time::Duration;

use crate::Result;
use crate::far::Far;

/// The first word on the command line.
pub(crate) const COMMAND: &str = "load";

const USAGE: &str = "\
usage: cargo xtask load [--connections N] [--seconds N] [--tcp] [--check]
       cargo xtask load --idle N | --slow-readers N | --slowloris N | --never-reads N

  --connections N   so many call at once, as fast as they are answered (1000)
  --seconds N       so long (60)
  --tcp             over TCP instead of a Unix socket
  --check           20 connections for 2 s, then 50 of each other kind
  --idle N          N connections that do nothing, and one that is timed beside them
  --slow-readers N  N that ask for pages and take a byte of them at a time
  --slowloris N     N that send a byte of a message at a time
  --never-reads N   N that ask and never take an answer";

/// Announcements of the board.
const ANNOUNCEMENTS: usize = 10_000;
/// Announcements with `--check`.
const FEW: usize = 500;

/// What was asked for.
struct Arguments {
    connections: usize,
    seconds: u64,
    is_tcp: bool,
    is_check: bool,
    /// What others do while one is timed, and how many there are.
    others: Option<(crowd::Habit, usize)>,
}

/// Carries out the command with the words behind its name.
pub(crate) fn run(words: &[String]) -> Result {
    let arguments = read(words)?;
    let files = crate::limit::raise();
    let needed = arguments.others.map_or(arguments.connections, |(_, n)| n) as u64;
    if needed + 100 > files {
        println!(
            "the system permits {files} open files, which is too few for {needed} connections"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime: {error}"))?;
    let count = if arguments.is_check {
        FEW
    } else {
        ANNOUNCEMENTS
    };
    let far = Far::start(count, 1)?;
    let place = far
        .place(if arguments.is_tcp { "tcp" } else { "unix" })
        .to_owned();
    let time = Duration::from_secs(arguments.seconds);
    match arguments.others {
        Some((habit, n)) => runtime.block_on(beside::run(
            &far,
            &place,
            habit,
            n,
            time.min(beside::LONGEST),
        )),
        None => {
            runtime.block_on(mix::run(&far, &place, arguments.connections, time))?;
            if arguments.is_check {
                for habit in crowd::Habit::ALL {
                    let time = Duration::from_millis(500);
                    runtime.block_on(beside::run(&far, &place, habit, 50, time))?;
                }
            }
            Ok(())
        }
    }
}

fn read(words: &[String]) -> Result<Arguments> {
    let mut arguments = Arguments {
        connections: 1000,
        seconds: 60,
        is_tcp: false,
        is_check: false,
        others: None,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64> {
            let value = words
                .next()
                .ok_or(format!("{word} needs a value\n{USAGE}"))?;
            value
                .parse()
                .map_err(|error| format!("{word} {value}: {error}"))
        };
        match word.as_str() {
            "--connections" => arguments.connections = number()?.max(1) as usize,
            "--seconds" => arguments.seconds = number()?.max(1),
            "--tcp" => arguments.is_tcp = true,
            "--check" => {
                (arguments.connections, arguments.seconds) = (20, 2);
                arguments.is_check = true;
            }
            other => match crowd::Habit::of(other) {
                Some(habit) => arguments.others = Some((habit, number()? as usize)),
                None => return Err(format!("unexpected {other}\n{USAGE}")),
            },
        }
    }
    Ok(arguments)
}
