//! Serves a group of calls: stages, numbers, writes and applies them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::budget::Refused;
use super::calls::{Asked, Call, Pending};
use super::stage::{Plan, Planned, Stage};
use super::write_queue::{Served, Ticket};
use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::error::Result;
use crate::journal::{Entry, Journal, Link};

impl Store {
    /// Serves a call, together with concurrent ones.
    pub(crate) fn submit<C: Call>(&self, call: C) -> Result<C::Answer> {
        self.writer.check_writable()?;
        let present = || self.memory.read().heap_bytes();
        self.writer.headroom.check(call.memory(), present)?;
        let queue = &self.writer.queue;
        if queue.try_lead() {
            let own = Asked::new(call);
            self.lead(&own)?;
            return own.take_answer();
        }
        let ticket = Arc::new(Ticket::new(Asked::new(call.into_owned())));
        if queue.wait(Arc::clone(&ticket) as Arc<Ticket<dyn Pending>>) {
            self.lead(&ticket.work)?;
        }
        ticket.work.take_answer()
    }

    fn lead(&self, own: &dyn Pending) -> Result<()> {
        let is_slow = self.writer.durable.is_some();
        self.writer.queue.lead(own, is_slow, |own, others| {
            let others = others.iter().map(|ticket| &ticket.work as &dyn Pending);
            let calls: Vec<&dyn Pending> = std::iter::once(own).chain(others).collect();
            let _turn = self.writer.turn();
            // Measured after the wait for the turn, because a long turn, such as a compaction, says
            // nothing about the time of a write.
            let began = Instant::now();
            self.serve(&calls)?;
            Ok(Served {
                is_done: calls.iter().map(|call| call.is_answered()).collect(),
                took: began.elapsed(),
            })
        })
    }

    /// Serves calls as one group, for the caller whose turn it is. A deferred call has no answer,
    /// and belongs to the next group.
    fn serve(&self, calls: &[&dyn Pending]) -> Result<()> {
        let _poison = self.writer.begin()?;
        let now = self.present()?;
        let plan = loop {
            let plan = self.plan(now, |stage| {
                stage_calls(calls, stage);
                stage.drop_what_is_due(self.keep);
            });
            // Only what eviction cannot make room for is refused. A failure to evict is met by the write, too.
            let has_room = |refused: &Refused| self.make_room(refused) == Ok(true);
            if !plan.refused.as_ref().is_some_and(has_room) {
                break plan;
            }
        };
        #[cfg(feature = "panic-injection")]
        crate::failpoint::panic_if_armed("commit");
        match self.write(plan, now) {
            Ok(()) => self.purge_one_batch(now),
            Err(error) => calls.iter().for_each(|call| call.fail(&error)),
        }
        Ok(())
    }

    /// Works out what to write on top of the present state, which others are reading. For the
    /// caller whose turn it is.
    pub(crate) fn plan(&self, now: i64, mut work: impl FnMut(&mut Stage<'_>)) -> Plan {
        let mut fetched = Fetched::default();
        loop {
            let planned = {
                let state = self.memory.read_at(now);
                let mut stage = Stage::new(&state, &fetched, now, self.budget_bytes);
                work(&mut stage);
                stage.finish()
            };
            // Evicted texts are fetched without locking the state, then everything is staged again.
            if !fetched.fetch(self.storage()) {
                return planned;
            }
        }
    }

    /// Writes a plan to the storage, and then makes it visible. For the caller whose turn it is.
    ///
    /// # Errors
    /// Those of the storage. Nothing is changed then.
    pub(crate) fn write(&self, plan: Plan, now: i64) -> Result<()> {
        if plan.entries.is_empty() {
            return Ok(());
        }
        let entries = self.number(plan.entries, now)?;
        #[cfg(feature = "shm")]
        self.keep_marks(&entries)?;
        if let Some(durable) = &self.writer.durable {
            if !plan.taken_back.is_empty() {
                let mut state = self.memory.write();
                let whole = plan.taken_back.into_iter();
                whole.for_each(|whole| state.index.take_back(whole));
            }
            durable.append(&entries)?;
            self.upkeep.write_out.wake_if(durable.is_behind());
            if !self.upkeep.write_out.is_running() {
                // The next writer gets the error.
                let _ = durable.write_out();
            }
            self.fold_when_due();
        }
        self.make_visible(&entries)
    }

    /// Has the journal folded in the background, now or later.
    pub(crate) fn fold_when_due(&self) {
        if let Some(storage) = self.storage() {
            self.upkeep.fold.wake_when(storage.fold_due());
        }
    }

    /// Applies an entry written elsewhere, for the caller whose turn it is.
    ///
    /// # Errors
    /// Those of an entry that does not follow.
    pub(crate) fn follow(&self, entry: &Entry) -> Result<()> {
        self.make_visible(std::slice::from_ref(entry))
    }

    /// Applies entries to memory, and passes them to followers.
    fn make_visible(&self, entries: &[Entry]) -> Result<()> {
        self.apply(entries)?;
        let kept = match self.writer.recent() {
            Some(recent) => recent.append(entries),
            None => Ok(()),
        };
        // Last, so that a woken caller finds both the revision and the entries.
        self.head.wake();
        kept
    }

    /// Numbers the entries and links them if they are chained.
    fn number(&self, planned: Vec<Planned>, now: i64) -> Result<Vec<Entry>> {
        let (head, is_chained) = {
            let state = self.memory.read();
            (state.head(), state.is_chained())
        };
        let (mut seq, mut link) = (head.seq, head.link);
        let mut number = |planned: Planned| {
            seq += 1;
            let mut entry = Entry {
                seq,
                epoch: head.epoch,
                at: now,
                revision: planned.revision,
                previous: Link::default(),
                effects: planned.effects,
                seal: None,
            };
            if is_chained {
                link = entry.seal(link)?;
            }
            Ok(entry)
        };
        planned.into_iter().map(&mut number).collect()
    }

    /// Applies entries to memory.
    ///
    /// # Errors
    /// Those of an entry that does not follow; entries numbered here always do.
    fn apply(&self, entries: &[Entry]) -> Result<()> {
        let mut state = self.memory.write();
        for entry in entries {
            state.apply(entry)?;
            self.own.note(entry);
        }
        let tidy = &self.upkeep.tidy;
        tidy.wake_if(self.is_short_of_memory(&state));
        if state.index.unsearched.len() > 0 {
            tidy.wake_if(true);
            if !tidy.is_running() {
                state.index.settle();
            }
        }
        // Before anybody can read the revision, so that a revision on a page is never ahead of the
        // head.
        self.head.set(state.head().told());
        Ok(())
    }
}

/// Stages user state first, then commits, as if those calls had come first.
fn stage_calls(calls: &[&dyn Pending], stage: &mut Stage<'_>) {
    let mut names = HashSet::new();
    for call in calls {
        call.reset();
        // Each user once, because a second call would have to see the result of the first. A group
        // of one needs no list.
        if let Some(user) = call.user()
            && (calls.len() == 1 || names.insert(user))
        {
            call.stage(stage);
        }
    }
    for call in calls.iter().filter(|call| call.user().is_none()) {
        call.stage(stage);
    }
}
