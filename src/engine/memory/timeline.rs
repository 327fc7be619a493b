//! Starts and ends of published announcements, in order of time.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::engine::memory::filling::fill;
use crate::query::end_or_never;

/// Slot of the board: a small number that an announcement keeps while it exists.
pub(crate) type Slot = u32;

/// An instant, the id as a tie-breaker, and the slot.
pub(crate) type Moment = (i64, i64, Slot);

/// Instants at which announcements become visible and stop being visible.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Timeline {
    starts: BTreeSet<Moment>,
    ends: BTreeSet<Moment>,
}

impl Timeline {
    pub(crate) fn insert(&mut self, slot: Slot, id: i64, starts_at: i64, ends_at: Option<i64>) {
        self.starts.insert((starts_at, id, slot));
        self.ends.insert((end_or_never(ends_at), id, slot));
    }

    /// Adds many starts and ends at once.
    pub(crate) fn fill(&mut self, starts: Vec<Moment>, ends: Vec<Moment>) {
        fill(&mut self.starts, starts);
        fill(&mut self.ends, ends);
    }

    pub(crate) fn remove(&mut self, slot: Slot, id: i64, starts_at: i64, ends_at: Option<i64>) {
        self.starts.remove(&(starts_at, id, slot));
        self.ends.remove(&(end_or_never(ends_at), id, slot));
    }

    /// Returns the slots that start or end in (`from`, `to`], without duplicates.
    pub(crate) fn changed(&self, from: i64, to: i64) -> Vec<Slot> {
        let span = (
            Bound::Excluded((from, i64::MAX, Slot::MAX)),
            Bound::Included((to, i64::MAX, Slot::MAX)),
        );
        let both = self.starts.range(span).chain(self.ends.range(span));
        let mut slots: Vec<Slot> = both.map(|(_, _, slot)| *slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Reports whether anything starts or ends in (`from`, `to`].
    pub(crate) fn has_changes(&self, from: i64, to: i64) -> bool {
        let next = |set: &BTreeSet<Moment>| {
            let after = (
                Bound::Excluded((from, i64::MAX, Slot::MAX)),
                Bound::Unbounded,
            );
            set.range(after)
                .next()
                .is_some_and(|(at, _, _)| *at <= to && *at != i64::MAX)
        };
        from < to && (next(&self.starts) || next(&self.ends))
    }

    /// Returns the slots that start after `now`.
    pub(crate) fn started_after(&self, now: i64) -> impl Iterator<Item = Slot> {
        self.starts
            .range((now.saturating_add(1), 0, 0)..)
            .map(|(_, _, slot)| *slot)
    }

    /// Returns the slots that ended at or before `instant`.
    pub(crate) fn ended_by(&self, instant: i64) -> impl Iterator<Item = Slot> {
        self.ends
            .range(..=(instant, i64::MAX, Slot::MAX))
            .map(|(_, _, slot)| *slot)
    }

    /// Returns the starts and ends after `now`, soonest first.
    pub(crate) fn after(&self, now: i64) -> impl Iterator<Item = (i64, Slot)> {
        let after = (
            Bound::Excluded((now, i64::MAX, Slot::MAX)),
            Bound::Unbounded,
        );
        let mut starts = self.starts.range(after).peekable();
        let mut ends = self.ends.range(after).peekable();
        std::iter::from_fn(move || {
            let start_first = match (starts.peek(), ends.peek()) {
                (Some(start), Some(end)) => start <= end,
                (start, _) => start.is_some(),
            };
            let (at, _, slot) = if start_first {
                starts.next()?
            } else {
                ends.next()?
            };
            (*at != i64::MAX).then_some((*at, *slot))
        })
    }

    /// Returns the slots by start, latest first, from just before the entry (`starts_at`, `id`).
    pub(crate) fn newest(&self, before: (i64, i64)) -> impl Iterator<Item = Slot> {
        self.starts
            .range(..(before.0, before.1, 0))
            .rev()
            .map(|(_, _, slot)| *slot)
    }

    /// Returns the slots by start, earliest first, from just after the entry (`starts_at`, `id`).
    pub(crate) fn oldest(&self, after: (i64, i64)) -> impl Iterator<Item = Slot> {
        Self::from(&self.starts, after)
    }

    /// Returns the slots by end, earliest first, from just after the entry (`ends_at`, `id`).
    pub(crate) fn ending_soon(&self, after: (i64, i64)) -> impl Iterator<Item = Slot> {
        Self::from(&self.ends, after)
    }

    fn from(set: &BTreeSet<Moment>, after: (i64, i64)) -> impl Iterator<Item = Slot> {
        let after = (
            Bound::Excluded((after.0, after.1, Slot::MAX)),
            Bound::Unbounded,
        );
        set.range(after).map(|(_, _, slot)| *slot)
    }
}
