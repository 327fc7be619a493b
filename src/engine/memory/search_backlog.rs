//! Backlog of the search index.
//!
//! Indexing a text costs many times as much as the rest of publishing, and much less for many texts
//! together than one by one. Publishing therefore only records what has changed, and the index is
//! updated in the background. Until then a search looks at the recorded texts themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::filling::bitmap;
use crate::engine::memory::timeline::Slot;
use crate::model::Announcement;
use crate::search::SearchIndex;

/// A slot whose search entries are stale.
#[derive(Debug, Clone, Default)]
pub(crate) struct Difference {
    /// Announcement in the search index.
    known: Option<Arc<Announcement>>,
    /// Announcement on the board.
    present: Option<Arc<Announcement>>,
}

/// All slots whose search entries are stale.
#[derive(Debug, Default)]
pub(crate) struct Unsearched {
    by_slot: BTreeMap<Slot, Difference>,
    slots: RoaringBitmap,
}

/// Differences that are being indexed.
pub(crate) type Chunk = Vec<(Slot, Difference)>;

impl Unsearched {
    /// Records that `slot` changed from `former` to `present`.
    pub(crate) fn note(
        &mut self,
        slot: Slot,
        former: Option<Arc<Announcement>>,
        present: Option<Arc<Announcement>>,
    ) {
        let difference = self.by_slot.entry(slot).or_insert(Difference {
            known: former,
            present: None,
        });
        difference.present = present;
        if difference.is_none() {
            self.by_slot.remove(&slot);
            self.slots.remove(slot);
        } else {
            self.slots.insert(slot);
        }
    }

    /// Records new announcements in slots without a difference.
    pub(crate) fn fill(&mut self, present: Vec<(Slot, Arc<Announcement>)>) {
        self.slots |= bitmap(present.iter().map(|(slot, _)| *slot).collect());
        let differences = present.into_iter().map(|(slot, announcement)| {
            let difference = Difference {
                known: None,
                present: Some(announcement),
            };
            (slot, difference)
        });
        self.by_slot.append(&mut differences.collect());
    }

    /// Returns the stale announcements in the search index.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Slot, &Announcement)> {
        let known = self.by_slot.iter();
        known.filter_map(|(slot, difference)| Some((*slot, difference.known.as_deref()?)))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_slot.len()
    }

    /// Returns the slots whose search entries are stale.
    pub(crate) fn slots(&self) -> &RoaringBitmap {
        &self.slots
    }

    /// Returns the first differences, `limit` at most.
    pub(crate) fn chunk(&self, limit: usize) -> Chunk {
        let first = self.by_slot.iter().take(limit);
        first.map(|(slot, d)| (*slot, d.clone())).collect()
    }

    /// Records that `chunk` has been indexed. More may have changed since.
    pub(crate) fn settled(&mut self, chunk: Chunk) {
        for (slot, Difference { present: known, .. }) in chunk {
            let difference = self.by_slot.entry(slot).or_default();
            difference.known = known;
            if difference.is_none() {
                self.by_slot.remove(&slot);
                self.slots.remove(slot);
            } else {
                self.slots.insert(slot);
            }
        }
    }
}

impl Difference {
    fn is_none(&self) -> bool {
        match (&self.known, &self.present) {
            (Some(known), Some(present)) => Arc::ptr_eq(known, present),
            (known, present) => known.is_none() && present.is_none(),
        }
    }
}

/// Indexes differences.
pub(crate) fn take_in(search: &mut SearchIndex, chunk: &[(Slot, Difference)]) {
    let mut fresh: Vec<(Slot, &Announcement)> = Vec::new();
    for (slot, difference) in chunk {
        match (&difference.known, &difference.present) {
            (Some(known), Some(present)) => search.replace(*slot, known, present),
            (Some(known), None) => search.remove(*slot, known),
            (None, Some(present)) => fresh.push((*slot, present)),
            (None, None) => {}
        }
    }
    search.insert_all(&fresh);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Draft;
    use crate::query::Query;

    fn announcement() -> Arc<Announcement> {
        let board = crate::open("mem:").unwrap();
        let published = board.publish(&Draft::new("en", "Words")).unwrap();
        let item = board.get(published.id, &Query::editor()).unwrap();
        item.announcement
    }

    #[test]
    fn what_is_settled_is_no_longer_noted() {
        let (first, second) = (announcement(), announcement());
        let mut unsearched = Unsearched::default();
        unsearched.note(7, None, Some(Arc::clone(&first)));
        let chunk = unsearched.chunk(10);
        // It changes while the search index takes in the former version.
        unsearched.note(7, Some(first), Some(Arc::clone(&second)));
        unsearched.settled(chunk);
        assert_eq!(unsearched.slots().iter().collect::<Vec<_>>(), [7]);
        let chunk = unsearched.chunk(10);
        unsearched.settled(chunk);
        assert_eq!(unsearched.len(), 0);
        assert!(unsearched.slots().is_empty());
    }

    #[test]
    fn what_goes_while_it_is_taken_in_is_taken_out_again() {
        let first = announcement();
        let mut unsearched = Unsearched::default();
        unsearched.note(7, None, Some(Arc::clone(&first)));
        let chunk = unsearched.chunk(10);
        unsearched.note(7, Some(Arc::clone(&first)), None);
        assert_eq!(unsearched.len(), 0);
        unsearched.settled(chunk);
        let chunk = unsearched.chunk(10);
        assert_eq!(chunk.len(), 1);
        assert!(Arc::ptr_eq(chunk[0].1.known.as_ref().unwrap(), &first));
        assert!(chunk[0].1.present.is_none());
    }
}
