//! What is done without being asked for: retention, and dropping what need not be kept.

use crate::engine::Store;
use crate::engine::memory::index::Index;
use crate::engine::upkeep::worker::Signal;
use crate::engine::writer::budget::Budget;
use crate::engine::writer::stage::Dropped;
use crate::error::Result;
use crate::model::Operation;
use crate::query::Maintenance;

/// How many texts are left to the file before others may look at the board again.
const EVICTED_AT_ONCE: usize = 500;
/// Most announcements that one commit purges because their retention is over.
const PURGED_AT_ONCE: usize = 1000;

impl Store {
    /// Purges and drops all that is due.
    pub(crate) fn maintain_fully(&self) -> Result<Maintenance> {
        let _turn = self.writer.turn();
        let _poison = self.writer.begin()?;
        let now = self.clock.now();
        let mut done = Maintenance::default();
        loop {
            let purged = self.purge(now)?;
            done.purged += purged;
            if purged < PURGED_AT_ONCE as u64 {
                break;
            }
        }
        let mut dropped = Dropped::default();
        let plan = self.plan(now, |stage| dropped = stage.drop_what_is_due(self.keep));
        done.idempotency_keys_dropped = dropped.idempotency_keys;
        done.changes_dropped = dropped.changes;
        self.write(plan, now)?;
        Ok(done)
    }

    /// Purges what retention is over for, not more than a commit should. For one who has the right to
    /// write. A failure is met again by the next one.
    pub(crate) fn purge_one_batch(&self, now: i64) {
        let _ = self.purge(now);
    }

    /// Whether retention is over for something.
    pub(crate) fn is_purge_due(&self) -> bool {
        self.retention_ms.is_some_and(|retention_ms| {
            let over = self.clock.now().saturating_sub(retention_ms);
            !self.memory.read().index.over_by(over, 1).is_empty()
        })
    }

    fn purge(&self, now: i64) -> Result<u64> {
        let Some(retention_ms) = self.retention_ms else {
            return Ok(0);
        };
        let over = now.saturating_sub(retention_ms);
        let ids = self.memory.read().index.over_by(over, PURGED_AT_ONCE);
        let purges: Vec<Operation> = ids.into_iter().map(|id| Operation::Purge { id }).collect();
        if purges.is_empty() {
            return Ok(0);
        }
        let mut done = Ok(None);
        let plan = self.plan(now, |stage| done = stage.commit(&purges));
        done?;
        self.write(plan, now)?;
        Ok(purges.len() as u64)
    }

    /// Purges in the background what is due, until the board ends.
    pub(crate) fn purge_in_background(&self, signal: &Signal) {
        let purge = || -> Result<u64> {
            let _turn = self.writer.turn();
            let _poison = self.writer.begin()?;
            self.purge(self.clock.now())
        };
        // A failure is met again later.
        while !signal.is_ended() && self.is_purge_due() && purge().is_ok_and(|purged| purged > 0) {}
    }

    /// Whether so much of the budget is used that texts of what is over are to be left to the file.
    pub(crate) fn is_short_of_memory(&self, index: &Index) -> bool {
        let is_kept = self.writer.durable.is_some();
        is_kept && Budget::new(self.budget_bytes, index.heap_bytes()).is_short()
    }

    /// Leaves texts of what is over to the file while memory is short.
    pub(crate) fn evict(&self) -> Result<()> {
        // It must be in the file first, and nobody must be changing it.
        let _turn = self.writer.turn();
        if let Some(durable) = &self.writer.durable {
            durable.write_out()?;
        }
        loop {
            // Moves the index to the present.
            drop(self.memory.read_at(self.clock.now()));
            let mut state = self.memory.write();
            let is_short = self.is_short_of_memory(&state.index);
            if !is_short || state.index.evict(EVICTED_AT_ONCE) == 0 {
                return Ok(());
            }
        }
    }
}
