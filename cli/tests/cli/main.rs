//! The command, started as a process.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(
    clippy::print_stderr,
    reason = "tests report figures, and what they skip"
)]

mod call;
mod commands;
mod configuration;
mod conformance;
mod desk;
mod doctor;
mod editor;
mod every;
mod guide;
mod hostile;
mod life;
#[cfg(target_os = "linux")]
mod on_terminal;
mod ping;
mod proof;
#[cfg(target_os = "linux")]
mod screen;
#[cfg(target_os = "linux")]
mod sharing;
mod support;
mod systemd;
mod take_over;
mod token;
mod told;

#[cfg(not(target_os = "linux"))]
#[test]
fn a_command_is_tried_on_a_terminal_elsewhere() {
    eprintln!("skipped: terminals are made for tests on Linux only");
}
