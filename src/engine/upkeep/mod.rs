//! Background work: retention, eviction, updating the search index, and folding the journal.

pub(crate) mod maintenance;
pub(crate) mod worker;

use std::sync::Arc;

use self::worker::Worker;
use super::Store;

/// Background threads of a board.
pub(crate) struct Upkeep {
    /// Maintenance, eviction and search index.
    pub(crate) tidy: Worker,
    /// Deferred writes, which must not wait for the other thread.
    pub(crate) write_out: Worker,
    /// Folding of the journal, which takes as long as the disk takes.
    pub(crate) fold: Worker,
}

impl Upkeep {
    pub(crate) fn new() -> Self {
        Self {
            tidy: Worker::new(worker::tidy),
            write_out: Worker::new(worker::write_behind),
            fold: Worker::new(worker::fold),
        }
    }

    /// Connects the threads to their board.
    pub(crate) fn belong_to(&self, store: &Arc<Store>) {
        self.tidy.belongs_to(store);
        self.write_out.belongs_to(store);
        self.fold.belongs_to(store);
    }

    /// Ends the threads and joins them.
    pub(crate) fn end(&self) {
        self.tidy.end();
        self.write_out.end();
        self.fold.end();
    }
}
