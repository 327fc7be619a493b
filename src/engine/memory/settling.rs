//! Updating the search index, in the background of writers.

use crate::engine::memory::Memory;
use crate::engine::memory::search_backlog::take_in;
use crate::search::SearchIndex;

/// Announcements indexed in one step, during which no search can run.
const CHUNK: usize = 64;
/// Number of announcements from which a new search index is built separately, if none exists yet,
/// so that searches need not wait for it.
const FROM_SCRATCH: usize = 1024;

impl Memory {
    /// Updates the search index in steps, until it is up to date or `is_ended`.
    ///
    /// The state is not locked between the steps. Announcements may change then, and the backlog
    /// keeps track.
    pub(crate) fn settle(&self, is_ended: impl Fn() -> bool) {
        while !is_ended() {
            let _settling = self.hold_search();
            let (search, chunk) = {
                let state = self.read();
                let search = state.index.search_shared();
                let is_new = search.read().is_empty();
                let backlog = &state.index.unsearched;
                let from_scratch = is_new && backlog.len() >= FROM_SCRATCH;
                let limit = if from_scratch { usize::MAX } else { CHUNK };
                (search, backlog.chunk(limit))
            };
            if chunk.is_empty() {
                return;
            }
            if chunk.len() > CHUNK {
                let mut made = SearchIndex::default();
                for part in chunk.chunks(FROM_SCRATCH) {
                    take_in(&mut made, part);
                    if is_ended() {
                        return;
                    }
                }
                *search.write() = made;
            } else {
                take_in(&mut search.write(), &chunk);
            }
            let bytes = search.read().heap_bytes();
            self.write().index.settled(chunk, bytes);
        }
    }
}
