//! `notice`: see the crate `notice_cli`.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    notice_cli::run()
}

#[cfg(not(unix))]
#[allow(clippy::print_stderr, reason = "a command talks to whoever started it")]
fn main() -> ExitCode {
    eprintln!("notice: this command runs on Linux and other Unix systems");
    ExitCode::from(2)
}
