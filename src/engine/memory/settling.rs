//! Bringing the search index up to date, behind those who write.

use crate::engine::memory::Memory;
use crate::engine::memory::search_backlog::take_in;
use crate::search::SearchIndex;

/// How many announcements the search index takes in at once, during which nobody can search.
const CHUNK: usize = 64;
/// From so many announcements on a new search index is made aside, if there is none yet.
const FROM_SCRATCH: usize = 1024;

impl Memory {
    /// Brings the search index up to date, a little at a time, until it is or `is_ended`.
    ///
    /// The state is not locked between the steps, so that announcements may change meanwhile; the backlog keeps
    /// account of that.
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
