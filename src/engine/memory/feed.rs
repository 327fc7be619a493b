//! The change feed: what each revision of the board did, as long as it is kept.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::Announcement;
use crate::query::ChangeKind;

/// One thing that a revision did to one announcement.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) revision: i64,
    /// When that was, or the latest instant that was read at before, if the clock was set back.
    pub(crate) at: i64,
    pub(crate) id: i64,
    pub(crate) kind: ChangeKind,
    /// What it was before, without its texts: who could see it decides who is told.
    pub(crate) before: Option<Arc<Announcement>>,
    /// Empty if it was changed itself; else what was changed that replaces it, or did.
    pub(crate) replacers: Vec<Replacer>,
}

/// One that was changed, and may thereby have covered or uncovered another.
#[derive(Debug, Clone)]
pub(crate) struct Replacer {
    pub(crate) id: i64,
    /// What it was before, without its texts.
    pub(crate) before: Option<Arc<Announcement>>,
}

/// How long entries are kept: for at least so many revisions and so long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    pub(crate) revisions: i64,
    pub(crate) ms: i64,
}

/// How many revisions the feed goes back when nothing is said.
pub const KEEP_REVISIONS: u32 = 10_000;
/// How many milliseconds the feed goes back when nothing is said: 30 days.
pub const KEEP_MS: u32 = 30 * 24 * 60 * 60 * 1000;

impl Default for Keep {
    fn default() -> Self {
        Self {
            revisions: KEEP_REVISIONS.into(),
            ms: KEEP_MS.into(),
        }
    }
}

/// The entries that are kept, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    entries: VecDeque<Entry>,
    /// The last revision whose entries are gone; 0 when all are there.
    compacted: i64,
}

impl Feed {
    /// A feed that begins behind `revision`.
    pub(crate) fn starting_at(revision: i64) -> Self {
        Self {
            entries: VecDeque::new(),
            compacted: revision,
        }
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The earliest revision that can be followed from.
    pub(crate) fn oldest(&self) -> i64 {
        self.compacted
    }

    /// The entries after `since`, oldest first.
    ///
    /// # Errors
    /// `compacted` when some of them are gone, `future_revision` when `since` is after `head`.
    pub(crate) fn after(&self, since: i64, head: i64) -> Result<impl Iterator<Item = &Entry>> {
        if since > head {
            return Err(Error::future_revision(since, head));
        }
        if since < self.compacted {
            return Err(Error::compacted(since, self.compacted));
        }
        let first = self
            .entries
            .partition_point(|entry| entry.revision <= since);
        Ok(self.entries.range(first..))
    }

    /// The last revision whose entries need not be kept any longer; none if all must be.
    pub(crate) fn compactable(&self, keep: Keep, head: i64, now: i64) -> Option<i64> {
        let is_over = |entry: &&Entry| {
            entry.revision <= head.saturating_sub(keep.revisions)
                && entry.at < now.saturating_sub(keep.ms)
        };
        // A revision is dropped whole: its entries stand together and are of one instant.
        self.entries
            .iter()
            .take_while(is_over)
            .last()
            .map(|entry| entry.revision)
    }

    /// All entries, oldest first.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Whether `revision` did something to the announcement `id`.
    pub(crate) fn has(&self, revision: i64, id: i64) -> bool {
        let first = self
            .entries
            .partition_point(|entry| entry.revision < revision);
        let of_revision = self.entries.range(first..);
        of_revision
            .take_while(|entry| entry.revision == revision)
            .any(|entry| entry.id == id)
    }

    /// How many entries there are up to `revision`.
    pub(crate) fn count_up_to(&self, revision: i64) -> usize {
        self.entries
            .partition_point(|entry| entry.revision <= revision)
    }

    /// Drops the entries up to `revision`.
    pub(crate) fn compact(&mut self, revision: i64) {
        self.entries.drain(..self.count_up_to(revision));
        self.compacted = self.compacted.max(revision);
    }
}
