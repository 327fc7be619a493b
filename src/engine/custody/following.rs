//! What a follower of the board needs: a checkpoint, and the entries after it.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::engine::writer::Turn;
use crate::error::Result;
use crate::journal::{Checkpoint, Entry};

impl Store {
    /// The board as it is now, from which on its entries are kept for a while.
    ///
    /// # Errors
    /// Those of the file, where texts are in it only.
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        let turn = self.writer.turn();
        self.follow_from_here(&turn);
        self.checkpoint_with(&turn)
    }

    /// The entries from `seq` on; waits for the first one for up to `timeout`.
    ///
    /// # Errors
    /// `compacted`; `future_revision`.
    pub(crate) fn entries_from(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        let recent = match self.writer.recent() {
            Some(recent) => recent,
            None => self.follow_from_here(&self.writer.turn()),
        };
        recent.wait_from(seq, timeout)
    }

    /// Begins to keep entries, chained from here on, if nobody has followed the board yet.
    fn follow_from_here(&self, _: &Turn<'_>) -> &crate::journal::Recent {
        let head = {
            let mut state = self.memory.write();
            state.begin_chain();
            state.head()
        };
        self.writer.keep_recent(head)
    }

    /// The board as it is now, for one who has the turn.
    ///
    /// # Errors
    /// Those of the file, where texts are in it only.
    pub(crate) fn checkpoint_with(&self, _: &Turn<'_>) -> Result<Checkpoint> {
        let mut fetched = Fetched::default();
        loop {
            let checkpoint = {
                let state = self.memory.read();
                Checkpoint {
                    head: state.head(),
                    effects: state.effects(&fetched),
                }
            };
            // Nothing changes meanwhile, so this is done once at most.
            if !fetched.fetch(self.storage()) {
                fetched.checked()?;
                return Ok(checkpoint);
            }
        }
    }
}
