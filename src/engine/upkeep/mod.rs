//! Work that nobody asks for: retention, eviction, and bringing the search index up to date.

pub(crate) mod maintenance;
pub(crate) mod worker;

use std::sync::Arc;

use self::worker::Worker;
use super::Store;

/// The threads behind a board.
pub(crate) struct Upkeep {
    /// Keeps the board in order.
    pub(crate) tidy: Worker,
    /// Writes out what was put off, which must not wait for the other one.
    pub(crate) write_out: Worker,
}

impl Upkeep {
    pub(crate) fn new() -> Self {
        Self {
            tidy: Worker::new(worker::tidy),
            write_out: Worker::new(worker::write_behind),
        }
    }

    /// Says whose threads they are.
    pub(crate) fn belong_to(&self, store: &Arc<Store>) {
        self.tidy.belongs_to(store);
        self.write_out.belongs_to(store);
    }

    /// Ends the threads and waits for them.
    pub(crate) fn end(&self) {
        self.tidy.end();
        self.write_out.end();
    }
}
