//! The instant at which an answer changes by time alone: when something starts or ends, and when a popup
//! is pending again.

use roaring::RoaringBitmap;

use super::Selection;
use crate::engine::memory::index::SlotEntry;
use crate::engine::memory::timeline::Slot;
use crate::query::{Phase, View};

/// Starts and ends that [`Selection::next_change_at`] examines for one that concerns the query. The
/// bound keeps a query fast on a board with many irrelevant starts; the answer is then early, never
/// late.
const CHANGES_LOOKED_AT: usize = 1024;
/// Candidates up to which their own starts and ends are examined, which is exact, and faster than
/// the timeline for a small result.
const CANDIDATES_ASKED: u64 = 256;

impl Selection<'_> {
    /// Returns the earliest instant after `now` at which the answer may change through time alone, also in
    /// what it says of an item; None if it cannot.
    ///
    /// It examines a bounded number of starts and ends. If none of them concerns the query, it
    /// returns the next one after them, which is early but never late.
    pub(crate) fn next_change_at(&self) -> Option<i64> {
        let phases = self.next_phase();
        phases.into_iter().chain(self.next_showing()).min()
    }

    /// Returns the earliest instant at which an announcement may enter or leave the answer's phase.
    fn next_phase(&self) -> Option<i64> {
        if matches!(
            self.query.filter.phase,
            Phase::Retracted | Phase::Any | Phase::Draft
        ) {
            return None;
        }
        if let Some(candidates) = &self.candidates
            && candidates.len() <= CANDIDATES_ASKED
        {
            return self.next_change_of(candidates);
        }
        let is_viewer = self.query.view == View::Viewer;
        let concerns = |at: i64, slot: Slot| {
            self.entry(slot).is_some_and(|entry| {
                // An announcement outside the filter may replace one inside it. One that the viewer
                // may not see replaces nothing for the viewer, so its times are irrelevant.
                self.visible.contains(entry.group)
                    && (self.phase_changes(entry, at) && self.accepts_ever(slot, entry)
                        || is_viewer && !entry.announcement.replaces().is_empty())
            })
        };
        let changes = self.index.timeline.after(self.now).enumerate();
        changes
            .filter(|(looked_at, (at, slot))| {
                *looked_at == CHANGES_LOOKED_AT || concerns(*at, *slot)
            })
            .map(|(_, (at, _))| at)
            .next()
    }

    /// Reports whether an announcement enters or leaves the query's phase at `at`.
    fn phase_changes(&self, entry: &SlotEntry, at: i64) -> bool {
        match self.query.filter.phase {
            Phase::Scheduled => at == entry.announcement.starts_at(),
            Phase::Expired => Some(at) == entry.announcement.ends_at(),
            _ => true,
        }
    }

    /// Returns the earliest start or end of these candidates, or of their visible replacers.
    fn next_change_of(&self, candidates: &RoaringBitmap) -> Option<i64> {
        let concerned = candidates.iter().filter_map(|slot| {
            let entry = self.entry(slot)?;
            self.accepts_ever(slot, entry).then_some((slot, entry))
        });
        let changes = concerned.flat_map(|(slot, entry)| {
            let replacers = match self.query.view {
                View::Viewer => self.all_replacers(slot),
                View::Editor => Default::default(),
            };
            let replacers = replacers.into_iter().filter_map(|slot| self.entry(slot));
            let seen = replacers.filter(|replacer| self.visible.contains(replacer.group));
            // Whatever phase the query asks for, a replacer hides it while it is active itself.
            let covers = seen.filter_map(|replacer| replacer.changes_after(self.now));
            self.changes_after(entry, self.now)
                .into_iter()
                .chain(covers)
        });
        changes.min()
    }

    /// Returns the next instant after `now` at which an announcement enters or leaves the query's phase.
    fn changes_after(&self, entry: &SlotEntry, now: i64) -> Option<i64> {
        let at = entry.changes_after(now)?;
        if self.phase_changes(entry, at) {
            return Some(at);
        }
        entry
            .changes_after(at)
            .filter(|at| self.phase_changes(entry, *at))
    }

    /// Returns the earliest instant after `now` at which an announcement of the answer becomes pending again,
    /// or no longer is: each item says so, and `pending_only` is a filter.
    fn next_showing(&self) -> Option<i64> {
        let user = self.reader.as_ref()?.user;
        let again = |slot: Slot| {
            let entry = self.entry(slot)?;
            let announcement = &entry.announcement;
            let receipt = user.kept(announcement.id()).receipt;
            let at = receipt.showing_changes_at(announcement, self.now)?;
            let is_over = || {
                announcement.quiet()
                    || receipt.is_dismissed(announcement)
                    || receipt.is_over_limit(announcement)
            };
            let is_there = || {
                self.may_pop_up(entry, at)
                    && self.is_in_phase_at(entry, at)
                    && self.accepts_ever(slot, entry)
                    && self.accepts_if_pending(entry)
            };
            (!is_over() && is_there()).then_some(at)
        };
        let snoozed = user.marks.snoozed();
        let snoozed = snoozed.filter_map(|id| self.index.slot_of_id(id));
        let apart = self.index.shown_apart.iter();
        apart.chain(snoozed).filter_map(again).min()
    }
}
