//! Boards that processes share through memory: copies that follow, and one file of several processes.

#![cfg(any(target_os = "linux", windows))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod copies;
#[path = "../board/directory.rs"]
mod directory;
mod joint;
mod kept_marks;
mod other;
mod support;
