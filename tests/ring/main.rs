//! Kills a program again and again while it shares entries, and readers with it, and looks at what others read meanwhile:
//! `cargo xtask crash --ring`.
//!
//! It is no test that cargo runs by itself: it takes arguments, and starts itself as the children.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports")]

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
#[path = "../crash/dice.rs"]
mod dice;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod reader;
#[cfg(target_os = "linux")]
mod round;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--writer", folder, seed] => child::write(folder, seed.parse().unwrap()),
        ["--reader", folder] => child::read(folder),
        _ => match plan(&arguments).and_then(|(rounds, seed)| round::run(rounds, seed)) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => eprintln!("{error}"),
        },
    }
    ExitCode::FAILURE
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("shared memory is not built for this system");
    ExitCode::SUCCESS
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
