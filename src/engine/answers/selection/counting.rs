//! Counts the slots that a query accepts, and the unread ones among them.

use roaring::RoaringBitmap;

use super::Selection;
use crate::engine::memory::audiences::Group;
use crate::engine::memory::timeline::Slot;
use crate::engine::memory::users::Reader;
use crate::model::Receipt;
use crate::query::{Phase, View};

/// Number of candidates whose examination costs about as much as intersecting a group's bitmap. An
/// estimate: a wrong choice costs time only.
const CANDIDATES_PER_GROUP: u64 = 16;

impl Selection<'_> {
    /// Counts the accepted slots.
    pub(crate) fn total(&self) -> u64 {
        if let Some(accepted) = &self.accepted {
            return accepted.len();
        }
        if self.query.filter.phase != Phase::Active {
            return self.scanned().count() as u64;
        }
        match &self.candidates {
            Some(candidates) if !self.intersecting_is_cheaper(candidates) => {
                candidates.iter().filter(|slot| self.accepts(*slot)).count() as u64
            }
            candidates => {
                let count = |group: &Group| match (candidates, group.active_slots()) {
                    (None, _) if self.excluded.is_empty() => group.active_len(),
                    (None, active) => group.active_len() - active.intersection_len(&self.excluded),
                    (Some(candidates), active) if self.excluded.is_empty() => {
                        active.intersection_len(candidates)
                    }
                    (Some(candidates), active) => (active & (candidates - &self.excluded)).len(),
                };
                let at_index = self.visible.iter().map(count).sum();
                self.corrected(at_index)
            }
        }
    }

    /// Counts the accepted slots that the viewer has not read; `total` is the number of all
    /// accepted slots.
    pub(crate) fn unread(&self, total: u64) -> u64 {
        if self.query.filter.unread_only {
            return total;
        }
        let Some(reader) = &self.reader else {
            return total.saturating_sub(self.quiet(|_| true));
        };
        let has_read = |slot: &Slot| {
            self.entry(*slot)
                .is_some_and(|entry| reader.has_read(&entry.announcement, entry.group))
        };
        match self.not_read_by_all(reader) {
            Some(slots) => {
                let unread = |slot: &Slot| !has_read(slot) && self.accepts(*slot);
                slots.iter().filter(unread).count() as u64
            }
            None => {
                let is_read_here = |(id, receipt): &(i64, Receipt)| {
                    let slot = self.index.slot_of_id(*id);
                    let entry = slot.and_then(|slot| Some((slot, self.entry(slot)?)));
                    entry.is_some_and(|(slot, entry)| {
                        receipt.is_read(&entry.announcement) && self.accepts(slot)
                    })
                };
                let read = reader.user.receipts().filter(is_read_here).count() as u64;
                let has_no_receipt = |id| reader.user.kept(id).receipt.is_empty();
                total.saturating_sub(read + self.quiet(has_no_receipt))
            }
        }
    }

    /// Counts the accepted slots that were never news and whose ids are `wanted`.
    fn quiet(&self, wanted: impl Fn(i64) -> bool) -> u64 {
        let is_wanted = |slot: &Slot| {
            let entry = self.entry(*slot);
            entry.is_some_and(|entry| wanted(entry.announcement.id())) && self.accepts(*slot)
        };
        self.index.quiet.iter().filter(is_wanted).count() as u64
    }

    /// Returns a superset of the slots that the watermark does not cover; None if the user has no
    /// watermark.
    pub(crate) fn not_read_by_all(&self, reader: &Reader<'_>) -> Option<RoaringBitmap> {
        let user = reader.user;
        let watermark = user.watermark()?;
        if self.query.filter.phase != Phase::Active || self.now < watermark.since {
            // What was over at the watermark's instant is in no order that would help.
            return Some(self.index.slots().collect());
        }
        let mut slots: RoaringBitmap = self.index.notified_after(watermark.revision).collect();
        slots.extend(self.index.timeline.started_after(watermark.at));
        // The viewer has other attributes than the one who marked everything as read.
        let strange = self.visible.missing_in(reader.seen.as_ref());
        if !strange.is_empty() {
            slots.extend(&self.moved);
        }
        for group in strange {
            slots |= group.active_slots();
        }
        slots.extend(
            user.marks
                .unread()
                .filter_map(|id| self.index.slot_of_id(id)),
        );
        Some(slots)
    }

    /// Corrects a count for the query's instant and for supersession.
    fn corrected(&self, at_index: u64) -> u64 {
        let matches = |slot: &Slot| {
            self.entry(*slot)
                .is_some_and(|entry| self.accepts_ever(*slot, entry))
        };
        let is_active = |slot: &Slot| self.entry(*slot).is_some_and(|e| e.is_active(self.now));
        let moved = || self.moved.iter().copied().filter(matches);
        let came = moved().filter(is_active).count() as u64;
        let went = moved().count() as u64 - came;
        let hidden = match self.query.view {
            View::Editor => 0,
            View::Viewer => {
                let replaced = self.index.replaced.iter().filter(is_active).filter(matches);
                replaced.filter(|slot| self.is_superseded(*slot)).count() as u64
            }
        };
        (at_index + came).saturating_sub(went + hidden)
    }

    fn intersecting_is_cheaper(&self, candidates: &RoaringBitmap) -> bool {
        candidates.len() > CANDIDATES_PER_GROUP * self.visible.iter().count() as u64
    }
}
