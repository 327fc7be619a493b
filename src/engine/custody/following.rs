//! Service for followers of the board: a checkpoint, and the entries after it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::engine::writer::Turn;
use crate::error::Result;
use crate::journal::{Batch, Checkpoint, Effect, Entry, Link, Place, Recent};
use crate::locks::Mutex;

/// The snapshot that followers are taking, so that several of them share it.
#[derive(Default)]
pub(crate) struct SharedSnapshot {
    /// Guards the last snapshot, which exists as long as a follower takes it. Held while one is made, so that
    /// followers who come together wait for the same one. Taken before the turn to write.
    last: Mutex<Weak<Checkpoint>>,
}

impl Store {
    /// Returns the board as of a moment ago, from where followers can go on. Followers who ask at about the same
    /// time share one snapshot.
    ///
    /// # Errors
    /// Those of [`checkpoint`](Self::checkpoint).
    pub(crate) fn snapshot(&self) -> Result<Arc<Checkpoint>> {
        let mut last = self.shared_snapshot.last.lock();
        if let Some(snapshot) = last.upgrade() {
            // One that is too old to go on from would be of no use.
            let is_recent = |recent: &Recent| recent.after(&snapshot.head.place(), 0).is_ok();
            if self.writer.recent().is_some_and(is_recent) {
                return Ok(snapshot);
            }
        }
        let snapshot = Arc::new(self.checkpoint()?);
        *last = Arc::downgrade(&snapshot);
        Ok(snapshot)
    }

    /// Returns the entries behind `place`, about `bytes` of them, without waiting for any.
    ///
    /// # Errors
    /// As [`Recent::after`]; those of the storage for the first follower.
    pub(crate) fn entries_after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        self.recent_entries()?.after(place, bytes)
    }

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
        self.recent_entries()?.wait_from(seq, timeout)
    }

    /// Returns the recent entries, which are kept from now on if they were not before.
    fn recent_entries(&self) -> Result<&Recent> {
        match self.writer.recent() {
            Some(recent) => Ok(recent),
            None => self.follow_from_here(&self.writer.turn()),
        }
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
