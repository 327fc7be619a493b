//! Service for followers of the board: a checkpoint, and the entries after it.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::engine::writer::Turn;
use crate::error::Result;
use crate::journal::{Checkpoint, Effect, Entry, Link, Recent};

impl Store {
    /// Returns the board's present state, and keeps its entries from now on.
    ///
    /// # Errors
    /// Those of the file for evicted texts.
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        let turn = self.writer.turn();
        self.follow_from_here(&turn)?;
        let mut checkpoint = self.checkpoint_with(&turn)?;
        self.add_history(&mut checkpoint)?;
        Ok(checkpoint)
    }

    /// Adds to a checkpoint the former versions that only the file has, as far as they can be read.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn add_history(&self, checkpoint: &mut Checkpoint) -> Result<()> {
        if self.memory.read().history.is_some() {
            return Ok(());
        }
        let mut former = Vec::new();
        let read = self.each_former(&mut |one| {
            former.push(Effect::Former(Arc::new(one)));
            Ok(())
        });
        let is_put = |effect: &&Effect| matches!(effect, Effect::Put(_));
        let place = checkpoint.effects.iter().take_while(is_put).count();
        checkpoint.effects.splice(place..place, former);
        read
    }

    /// Returns the entries from `seq` on, waiting up to `timeout` for the first one.
    ///
    /// # Errors
    /// `compacted`; `future_revision`.
    pub(crate) fn entries_from(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        let recent = match self.writer.recent() {
            Some(recent) => recent,
            None => self.follow_from_here(&self.writer.turn())?,
        };
        recent.wait_from(seq, timeout)
    }

    /// Starts keeping and chaining entries for the board's first follower.
    fn follow_from_here(&self, _: &Turn<'_>) -> Result<&Recent> {
        // The link of a relaxed board is that of its file, once that has caught up.
        let link = match &self.writer.durable {
            Some(durable) => {
                durable.write_out()?;
                Some(durable.storage().head().link)
            }
            None => None,
        };
        let head = {
            let mut state = self.memory.write();
            state.begin_chain(link);
            state.head()
        };
        Ok(self.writer.keep_recent(head))
    }

    /// Returns the board's present state as memory has it, for the caller whose turn it is.
    ///
    /// # Errors
    /// Those of the file for evicted texts.
    pub(crate) fn checkpoint_with(&self, _: &Turn<'_>) -> Result<Checkpoint> {
        let mut fetched = Fetched::default();
        loop {
            let checkpoint = {
                let state = self.memory.read();
                let mut head = state.head();
                if !state.is_chained() {
                    // Nobody has followed it, so its chain may begin anywhere.
                    head.link = Link::beginning(head.epoch, head.seq);
                }
                Checkpoint {
                    head,
                    effects: state.effects(&fetched),
                }
            };
            // Nothing changes during the turn, so this happens once at most.
            if !fetched.fetch(self.storage()) {
                fetched.checked()?;
                return Ok(checkpoint);
            }
        }
    }
}
