//! Former versions of announcements, on a board without a file.

use std::collections::{BTreeMap, VecDeque};

use crate::journal::{Sharing, decode_former, encode_former, kept};
use crate::model::Announcement;

/// Bytes of an announcement with a history, besides its records: an estimate.
const EACH: usize = 96;

/// Former versions by announcement, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct History {
    by_id: BTreeMap<i64, VecDeque<Box<[u8]>>>,
    /// Bytes of all records.
    bytes: usize,
}

impl History {
    /// Adds the version before the present one, and drops those that are too old.
    pub(crate) fn add(&mut self, former: &Announcement) {
        // The limits of drafts keep an announcement within those of its record.
        let Ok(record) = encode_former(b"", former) else {
            return;
        };
        self.bytes += record.len();
        let records = self.by_id.entry(former.id()).or_default();
        records.push_back(record.into());
        let count = kept(records.iter().rev().map(|record| record.len()));
        let surplus = records.len() - count;
        for dropped in records.drain(..surplus) {
            self.bytes -= dropped.len();
        }
    }

    /// Erases the history of an announcement.
    pub(crate) fn remove(&mut self, id: i64) {
        let records = self.by_id.remove(&id).unwrap_or_default();
        self.bytes -= records.iter().map(|record| record.len()).sum::<usize>();
    }

    /// Returns the former versions of an announcement, the oldest first.
    pub(crate) fn of(&self, id: i64) -> impl Iterator<Item = Announcement> {
        Self::read(self.by_id.get(&id))
    }

    /// Returns the former versions of all announcements, by id, the oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = Announcement> {
        Self::read(self.by_id.values())
    }

    /// Estimates the bytes in memory.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes + self.by_id.len() * EACH
    }

    fn read<'a>(
        each: impl IntoIterator<Item = &'a VecDeque<Box<[u8]>>>,
    ) -> impl Iterator<Item = Announcement> {
        let sharing = Sharing::default();
        let records = each.into_iter().flatten();
        records.filter_map(move |record| decode_former(b"", record, &sharing).ok())
    }
}
