//! The behaviours of a board, as a program that links the library sees them: one subject a file, one program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod batches;
mod checking;
mod clocks;
mod concurrent;
mod directory;
mod drafts;
mod erasing;
mod errors;
mod example_board;
mod explaining;
mod exporting;
mod feed;
mod feed_histories;
mod files;
mod fixtures;
mod foreign_files;
mod guarded;
mod histories;
mod history;
mod idempotency;
mod importing;
mod isolation;
mod json;
mod json_properties;
mod leaks;
mod life;
mod lists;
mod lives;
mod marks;
#[cfg(target_os = "linux")]
mod memory_limit;
mod next_change;
mod on_change;
mod opening;
mod opening_modes;
mod own_marks;
mod paging;
mod popups;
mod publishing;
mod querying;
mod read_all;
mod receipts;
mod refusals;
mod retention;
mod searching;
mod supersession;
mod support;
mod uncounted;
mod updating;
mod upserts;
mod versions;
mod visibility;
