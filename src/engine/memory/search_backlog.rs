//! What the search index does not know yet.
//!
//! Taking a text into the search index costs many times as much as all else that publishing does, and much
//! less for many together than one by one. So publishing only notes what has changed; the index is brought
//! up to date behind it. Until then a search looks at the text of what is noted here.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::timeline::Slot;
use crate::model::Announcement;
use crate::search::SearchIndex;

/// A slot of which the search index knows something else than is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Difference {
    /// What the search index has.
    known: Option<Arc<Announcement>>,
    /// What is there.
    present: Option<Arc<Announcement>>,
}

/// All slots of which the search index knows something else than is there.
#[derive(Debug, Default)]
pub(crate) struct Unsearched {
    by_slot: BTreeMap<Slot, Difference>,
    slots: RoaringBitmap,
}

/// Some differences that are being taken into the search index.
pub(crate) type Chunk = Vec<(Slot, Difference)>;

impl Unsearched {
    /// Notes that `slot` has gone from `former` to `present`.
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

    /// What the search index has of these slots.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Slot, &Announcement)> {
        let known = self.by_slot.iter();
        known.filter_map(|(slot, difference)| Some((*slot, difference.known.as_deref()?)))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_slot.len()
    }

    /// The slots that the search index must not be believed about.
    pub(crate) fn slots(&self) -> &RoaringBitmap {
        &self.slots
    }

    /// The first differences, `limit` at most.
    pub(crate) fn chunk(&self, limit: usize) -> Chunk {
        let first = self.by_slot.iter().take(limit);
        first.map(|(slot, d)| (*slot, d.clone())).collect()
    }

    /// Notes that the search index knows `chunk` now. Meanwhile more may have changed.
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

/// Takes differences into the search index.
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
        // It changes while the search index takes in what was there before.
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
