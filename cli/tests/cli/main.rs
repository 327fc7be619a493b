//! The command, started as a process.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod commands;
mod configuration;
mod life;
mod ping;
mod support;
mod told;
mod take_over;
