//! Behaviours of the server, through real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]
#![cfg(unix)]

mod addresses;
mod client;
mod conformance;
mod embedded;
mod follow;
mod following;
mod handing_over;
mod hostile;
mod http;
mod life;
mod limits;
mod list;
mod logs;
#[cfg(target_os = "linux")]
mod marked;
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod monitoring;
mod openapi;
#[path = "../../../tests/sharing/other.rs"]
mod other;
mod python;
mod remote;
mod replica;
mod roles;
mod support;
mod tls;
mod tokens;
