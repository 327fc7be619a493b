//! libnotice beside what a user would pick instead, in one run: `cargo xtask bench`.
//!
//! | module | what is there |
//! |---|---|
//! | `rows` | what is measured, a file for each question |
//! | `session` | what was asked for, the rows so far, progress |
//! | `measure`, `statistics` | taking turns, medians, quartiles |
//! | `report`, `plot` | table, lines of JSON, drawings |
//! | `answer` | comparing answers |
//! | `process` | memory and processor time of the process |
//! | `data` | announcements and words, decided by a seed |
//! | `load` | many connections to such a daemon: `cargo xtask load` |
//! | `other` | another process: this program once more, in another role |
//! | `far` | a daemon there, and a bare socket |
//! | `pair` | two processes, a core each, that send each other messages through memory |
//! | `notice`, `sqlite` | the contestants, each through its C interface |

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to whoever started it"
)]

mod answer;
mod arguments;
mod data;
#[cfg(unix)]
mod far;
#[cfg(unix)]
mod limit;
#[cfg(unix)]
mod load;
mod measure;
mod notice;
#[cfg(unix)]
mod other;
#[cfg(target_os = "linux")]
mod pair;
mod plot;
mod process;
mod report;
mod rows;
mod session;
mod sqlite;
mod statistics;

use std::process::ExitCode;

use arguments::Arguments;
use session::Session;

/// What failed, in a sentence.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("notice-bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result {
    #[cfg(unix)]
    {
        let words: Vec<String> = std::env::args().skip(1).collect();
        if let Some((first, rest)) = words.split_first() {
            match first.as_str() {
                far::ROLE => return far::run_role(rest),
                load::COMMAND => return load::run(rest),
                #[cfg(target_os = "linux")]
                pair::ROLE => return pair::run_role(rest),
                _ => {}
            }
        }
    }
    let mut session = Session::new(Arguments::read(std::env::args().skip(1))?);
    session.begin();
    for measure in rows::ALL {
        measure(&mut session)?;
    }
    session.finish()
}
