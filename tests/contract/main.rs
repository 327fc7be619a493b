//! The life of announcements, what is kept of viewers, the change feed, and what goes with them: as a
//! program sees them, by the public API alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod batch;
mod concurrency;
mod errors;
mod explain;
mod feed;
mod feed_random;
mod idempotency;
mod isolation;
mod leaks;
mod life;
mod marks;
mod model;
mod oracle;
mod patch;
mod popups;
mod read_all;
mod receipts;
mod retention;
mod supersession;
mod support;
mod transfer;
mod transfer_refused;
