//! The change feed: what each revision of the board did, within the retention.

use crate::model::limits;
use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::journal::FeedChange;

/// Retention of changes: at least this many revisions, and at least this long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    pub(crate) revisions: i64,
    pub(crate) ms: i64,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            revisions: limits::KEEP_REVISIONS.into(),
            ms: limits::KEEP_MS.into(),
        }
    }
}

/// The retained changes, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    changes: VecDeque<FeedChange>,
    /// Last revision whose changes were dropped; 0 when all are retained.
    compacted: i64,
    /// Changes that were made at an earlier instant than the one before, because the clock had been ahead:
    /// revision and instant of each, ascending by both. No change before one of them is later.
    set_back: VecDeque<(i64, i64)>,
    heap_bytes: usize,
}

impl Feed {
    /// Creates a feed that begins after `revision`.
    pub(crate) fn starting_at(revision: i64) -> Self {
        Self {
            compacted: revision,
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, change: FeedChange) {
        self.heap_bytes += bytes_of(&change);
        if self.changes.back().is_some_and(|last| change.at < last.at) {
            while self.set_back.back().is_some_and(|(_, at)| change.at <= *at) {
                self.set_back.pop_back();
            }
            self.set_back.push_back((change.revision, change.at));
        }
        self.changes.push_back(change);
    }

    /// Returns the latest instant at which `change` can have been made, whatever the clock showed.
    fn made_by(&self, change: &FeedChange) -> i64 {
        let next = self
            .set_back
            .partition_point(|(revision, _)| *revision <= change.revision);
        let set_back = self.set_back.get(next).map_or(i64::MAX, |(_, at)| *at);
        change.at.min(set_back)
    }

    pub(crate) fn len(&self) -> usize {
        self.changes.len()
    }

    /// Returns the memory of the changes in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.heap_bytes
    }

    /// Returns the oldest revision that can be followed from.
    pub(crate) fn oldest(&self) -> i64 {
        self.compacted
    }

    /// Returns the changes after `since`, oldest first.
    ///
    /// # Errors
    /// `compacted` when some of them were dropped; `future_revision` when `since` is ahead of
    /// `head`.
    pub(crate) fn after(&self, since: i64, head: i64) -> Result<impl Iterator<Item = &FeedChange>> {
        if since > head {
            return Err(Error::future_revision(since, head));
        }
        if since < self.compacted {
            return Err(Error::compacted(since, self.compacted));
        }
        let first = self
            .changes
            .partition_point(|change| change.revision <= since);
        Ok(self.changes.range(first..))
    }

    /// Returns the last revision whose changes may be dropped; None if all must be retained.
    pub(crate) fn compactable(&self, keep: Keep, head: i64, now: i64) -> Option<i64> {
        let is_over = |change: &&FeedChange| {
            change.revision <= head.saturating_sub(keep.revisions)
                && self.made_by(change) < now.saturating_sub(keep.ms)
        };
        // A revision is dropped as a whole: its changes are adjacent and of one instant.
        self.changes
            .iter()
            .take_while(is_over)
            .last()
            .map(|change| change.revision)
    }

    /// Erases what operators wrote into announcements that are gone.
    pub(crate) fn redact(&mut self, is_gone: &dyn Fn(i64) -> bool) {
        for change in &mut self.changes {
            self.heap_bytes -= bytes_of(change);
            change.redact(is_gone);
            self.heap_bytes += bytes_of(change);
        }
    }

    /// Returns all changes, oldest first.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &FeedChange> {
        self.changes.iter()
    }

    /// Reports whether `revision` changed the announcement `id`.
    pub(crate) fn has(&self, revision: i64, id: i64) -> bool {
        let first = self
            .changes
            .partition_point(|change| change.revision < revision);
        let of_revision = self.changes.range(first..);
        of_revision
            .take_while(|change| change.revision == revision)
            .any(|change| change.id == id)
    }

    /// Counts the changes up to `revision`.
    pub(crate) fn count_up_to(&self, revision: i64) -> usize {
        self.changes
            .partition_point(|change| change.revision <= revision)
    }

    /// Drops the changes up to `revision`.
    pub(crate) fn compact(&mut self, revision: i64) {
        let dropped = self.changes.drain(..self.count_up_to(revision));
        self.heap_bytes -= dropped.map(|change| bytes_of(&change)).sum::<usize>();
        self.compacted = self.compacted.max(revision);
        let compacted = self.compacted;
        let gone = self
            .set_back
            .partition_point(|(revision, _)| *revision <= compacted);
        self.set_back.drain(..gone);
    }
}

fn bytes_of(change: &FeedChange) -> usize {
    let replacers = change.replacers.iter();
    let before = change
        .before
        .iter()
        .chain(replacers.clone().filter_map(|r| r.before.as_ref()));
    std::mem::size_of::<FeedChange>()
        + std::mem::size_of_val(change.replacers.as_slice())
        + before.map(|before| before.heap_bytes()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::ChangeKind;

    fn change(revision: i64, at: i64) -> FeedChange {
        FeedChange {
            revision,
            at,
            id: revision,
            kind: ChangeKind::Published,
            before: None,
            replacers: Vec::new(),
        }
    }

    proptest! {
        /// A change that was followed by one at an earlier instant was made by a clock that was ahead.
        #[test]
        fn a_change_is_as_old_as_the_ones_after_it_say(
            instants in prop::collection::vec(0..20_i64, 1..40),
            dropped in 0..10_i64,
            (revisions, ms, now) in (0..10_i64, 0..10_i64, 0..40_i64),
        ) {
            let mut feed = Feed::default();
            for (revision, at) in (1..).zip(&instants) {
                feed.push(change(revision, *at));
            }
            feed.compact(dropped);
            let head = instants.len() as i64;
            let latest = |revision: usize| instants.iter().skip(revision - 1).min().unwrap();
            let is_over = |revision: &i64| {
                *revision <= head - revisions && *latest(*revision as usize) < now - ms
            };
            let expected = (dropped + 1..=head).take_while(is_over).last();
            let keep = Keep { revisions, ms };
            prop_assert_eq!(feed.compactable(keep, head, now), expected);
        }
    }
}
