//! What is done without being asked for: retention, and dropping what need not be kept.

use crate::engine::Store;
use crate::engine::memory::index::Index;
use crate::engine::upkeep::worker::Signal;
use crate::engine::writer::budget::Budget;
use crate::engine::writer::commit::Ahead;
use crate::engine::writer::write_queue::{Group, stage};
use crate::error::Result;
use crate::model::Operation;
use crate::query::Maintenance;

/// How many texts are left to the file before others may look at the board again.
const SHELVED_AT_ONCE: usize = 500;
/// Most announcements that one commit purges because their retention is over.
const PURGED_AT_ONCE: usize = 1000;

impl Store {
    /// Purges and drops all that is due.
    pub(crate) fn maintain_fully(&self) -> Result<Maintenance> {
        let _right = self.writer.lock();
        let _poison = self.begin()?;
        let now = self.clock.now();
        let mut done = Maintenance::default();
        loop {
            let purged = self.purge(now)?;
            done.purged += purged;
            if purged < PURGED_AT_ONCE as u64 {
                break;
            }
        }
        let mut group = Group::default();
        self.stage_compaction(&mut group, now);
        done.idempotency_keys_dropped = group.forgotten_keys.len() as u64;
        if let Some(revision) = group.compacted {
            done.changes_dropped = self.feed.read().count_up_to(revision) as u64;
        }
        self.write(group)?;
        Ok(done)
    }

    /// Purges what retention is over for, not more than a commit should. For one who has the right to
    /// write; that it fails is told to the next one who writes.
    pub(crate) fn purge_one_batch(&self, now: i64) {
        let _ = self.purge(now);
    }

    /// Whether retention is over for something.
    pub(crate) fn is_purge_due(&self) -> bool {
        self.retention_ms.is_some_and(|retention_ms| {
            let over = self.clock.now().saturating_sub(retention_ms);
            !self.index.read().over_by(over, 1).is_empty()
        })
    }

    fn purge(&self, now: i64) -> Result<u64> {
        let Some(retention_ms) = self.retention_ms else {
            return Ok(0);
        };
        let mut group = Group::default();
        let count = {
            let index = self.index.read();
            let ids = index.over_by(now.saturating_sub(retention_ms), PURGED_AT_ONCE);
            let purges: Vec<Operation> =
                ids.into_iter().map(|id| Operation::Purge { id }).collect();
            let mut ahead = Ahead::new(&index, self.budget_bytes);
            if let (Some(staged), _) = stage(&ahead, &purges, now)? {
                group.users = self.users.read().affected(&[], &staged.commit.purged());
                group.commits.push(ahead.advance(staged));
            }
            purges.len()
        };
        self.write(group)?;
        Ok(count as u64)
    }

    /// Purges in the background what is due, until the board ends.
    pub(crate) fn purge_in_background(&self, signal: &Signal) {
        let purge = || -> Result<u64> {
            let _right = self.writer.lock();
            let _poison = self.begin()?;
            self.purge(self.clock.now())
        };
        // A failure is told to the next one who writes, and tried again later.
        while !signal.is_ended() && self.is_purge_due() && purge().is_ok_and(|purged| purged > 0) {}
    }

    /// Whether so much of the budget is used that texts of what is over are to be left to the file.
    pub(crate) fn is_short_of_memory(&self, index: &Index) -> bool {
        let is_kept = self.durable.is_some();
        is_kept && Budget::new(self.budget_bytes, index.heap_bytes()).is_short()
    }

    /// Leaves texts of what is over to the file while memory is short.
    pub(crate) fn shelve(&self) -> Result<()> {
        // It must be in the file first, and nobody must be changing it.
        let _right = self.writer.lock();
        if let Some(durable) = &self.durable {
            durable.write_out()?;
        }
        loop {
            // Moves the index to the present.
            drop(self.read(self.clock.now()));
            let mut index = self.index.write();
            if !self.is_short_of_memory(&index) || index.shelve(SHELVED_AT_ONCE) == 0 {
                return Ok(());
            }
        }
    }
}
