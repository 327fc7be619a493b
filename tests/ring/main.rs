//! Kills a program again and again while it shares entries, and readers with it, and looks at what others read meanwhile:
//! `cargo xtask crash --ring`. Or shares with another program, which may have been built for another processor:
//! `cargo xtask widths`.
//!
//! It is no test that cargo runs by itself: it takes arguments, and starts itself as the children.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports")]

#[cfg(target_os = "linux")]
mod child;
#[cfg(any(target_os = "linux", windows))]
#[path = "../crash/dice.rs"]
mod dice;
#[cfg(any(target_os = "linux", windows))]
mod entry;
#[cfg(any(target_os = "linux", windows))]
mod pair;
#[cfg(any(target_os = "linux", windows))]
mod reader;
#[cfg(target_os = "linux")]
mod round;

use std::process::ExitCode;

#[cfg(any(target_os = "linux", windows))]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["--pair", program] => pair::run(program),
        ["--answer", folder] => pair::answer(folder),
        other => kill(other),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
fn main() -> ExitCode {
    println!("shared memory is not built for this system");
    ExitCode::SUCCESS
}

/// Kills processes, or is the one that is killed.
#[cfg(target_os = "linux")]
fn kill(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["--writer", folder, seed] => child::write(folder, seed.parse().unwrap()),
        ["--reader", folder] => child::read(folder),
        _ => {
            let (rounds, seed) = plan(arguments)?;
            return round::run(rounds, seed);
        }
    }
    // Nobody is left to kill it.
    Err("the process that kills this one is gone".to_owned())
}

#[cfg(windows)]
fn kill(_: &[&str]) -> Result<(), String> {
    Err("processes are killed on Linux only; there is --pair PROGRAM".to_owned())
}

/// The number of rounds, and the seed.
#[cfg(target_os = "linux")]
fn plan(arguments: &[&str]) -> Result<(u64, u64), String> {
    let (mut rounds, mut seed) = (50, 1);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let number = arguments.next().and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| format!("{argument} needs a number"))?;
        match *argument {
            "--rounds" => rounds = number,
            "--seed" => seed = number,
            other => {
                return Err(format!(
                    "unknown argument {other:?}; there are --rounds N and --seed S"
                ));
            }
        }
    }
    Ok((rounds, seed))
}
