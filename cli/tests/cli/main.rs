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
mod desk;
mod doctor;
mod editor;
mod guide;
mod hostile;
mod life;
mod ping;
mod proof;
mod support;
mod systemd;
mod take_over;
mod token;
mod told;
