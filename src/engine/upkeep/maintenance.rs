//! Maintenance: retention, eviction, and dropping old changes and keys.

use crate::engine::Store;
use crate::engine::memory::state::State;
use crate::engine::upkeep::worker::Signal;
use crate::engine::writer::budget::{Budget, Refused};
use crate::engine::writer::stage::Dropped;
use crate::error::Result;
use crate::model::Operation;
use crate::query::Maintenance;

/// Texts evicted in one step, between which others may use the board.
const EVICTED_AT_ONCE: usize = 500;
/// Most announcements that one commit purges by retention, so that a commit stays short.
const PURGED_AT_ONCE: usize = 1000;

impl Store {
    /// Purges and drops everything that is due.
    pub(crate) fn maintain_fully(&self) -> Result<Maintenance> {
        let _turn = self.writer.turn();
        let _poison = self.writer.begin()?;
        let now = self.present()?;
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

    /// Purges by retention, at most one commit's worth, for the caller whose turn it is. The next
    /// call meets a failure again.
    pub(crate) fn purge_one_batch(&self, now: i64) {
        let _ = self.purge(now);
    }

    /// Reports whether retention is due for an announcement.
    pub(crate) fn is_purge_due(&self) -> bool {
        self.retention_ms.is_some_and(|retention_ms| {
            // Nothing is purged by a clock that shows no time.
            self.present().is_ok_and(|now| {
                let over = now.saturating_sub(retention_ms);
                !self.memory.read().index.over_by(over, 1).is_empty()
            })
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
            self.purge(self.present()?)
        };
        // A later round meets a failure again.
        while !signal.is_ended() && self.is_purge_due() && purge().is_ok_and(|purged| purged > 0) {}
    }

    /// Reports whether the budget is used so far that texts of expired announcements should be
    /// evicted.
    pub(crate) fn is_short_of_memory(&self, state: &State) -> bool {
        let is_kept = self.writer.durable.is_some();
        is_kept && Budget::new(self.budget_bytes, state.heap_bytes()).is_short()
    }

    /// Evicts texts of expired announcements while memory is short.
    pub(crate) fn evict(&self) -> Result<()> {
        let _turn = self.writer.turn();
        self.evict_while(|state| self.is_short_of_memory(state))?;
        Ok(())
    }

    /// Evicts texts of expired announcements until a refused call has room for its announcements, and
    /// returns whether that made any room. For the caller whose turn it is.
    pub(crate) fn make_room(&self, refused: &Refused) -> Result<bool> {
        if self.writer.durable.is_none() {
            return Ok(false);
        }
        // The search index must have a text before it can go.
        self.memory.settle(|| false);
        self.evict_while(|state| {
            let mut budget = Budget::new(self.budget_bytes, state.heap_bytes());
            budget.take(refused.severity, refused.bytes).is_err()
        })
    }

    /// Evicts texts of expired announcements in steps, and returns whether there were any. For the
    /// caller whose turn it is: the text must be in the file, and nobody may be changing it.
    fn evict_while(&self, is_short: impl Fn(&State) -> bool) -> Result<bool> {
        if let Some(durable) = &self.writer.durable {
            durable.write_out()?;
        }
        let mut has_evicted = false;
        loop {
            // Moves the index to the present.
            drop(self.memory.read_at(self.present()?));
            let mut state = self.memory.write();
            if !is_short(&state) || state.index.evict(EVICTED_AT_ONCE) == 0 {
                return Ok(has_evicted);
            }
            has_evicted = true;
        }
    }
}
