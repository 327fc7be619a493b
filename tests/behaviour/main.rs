//! The behaviours of a board, as whoever links the library sees them: one theme a file, one program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod concurrency;
mod example_board;
mod files;
mod fixtures;
mod foreign_files;
mod group_commit;
mod importing;
mod json;
mod json_properties;
mod model;
mod next_change;
mod paging;
mod publishing;
mod querying;
mod refusals;
mod searching;
mod supersession;
mod support;
mod uncounted;
mod upserts;
mod visibility;

/// The orders that need no search text.
const ORDERS: [notice::Order; 4] = [
    notice::Order::Default,
    notice::Order::Newest,
    notice::Order::Oldest,
    notice::Order::EndingSoon,
];
