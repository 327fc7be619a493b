//! Slots of a gram or word: few of them in place, more as packed gaps, many as a bitmap.
//!
//! Natural text has about a million distinct grams, most of them rare, so the size of a small
//! posting matters.

use roaring::RoaringBitmap;

use super::packed::{Packed, PackedIter, encoded};

/// A set of slots.
#[derive(Debug, Clone)]
pub(crate) enum Posting {
    /// Packed in place.
    Few {
        /// Number of bytes used.
        len: u8,
        /// The gaps.
        bytes: [u8; FEW_BYTES],
    },
    /// Packed on the heap, where a bitmap would be larger.
    Packed(Box<Packed>),
    /// A bitmap, for dense slots.
    Dense(Box<Dense>),
}

/// Slots as a bitmap.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    bitmap: RoaringBitmap,
    len: u32,
    /// Upper bound of the slots.
    last: u32,
}

/// Bytes that fit in place without making the enum larger than its pointer variants with tag and
/// length.
const FEW_BYTES: usize = 14;
/// Estimated overhead of a bitmap beside its bits.
const BITMAP_OVERHEAD: usize = 64;
/// Estimated overhead of a heap allocation.
const ALLOCATION: usize = 16;

impl Posting {
    /// Returns the number of slots.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Few { .. } => self.gaps().map_or(0, |gaps| gaps.count() as u64),
            Self::Packed(packed) => u64::from(packed.len()),
            Self::Dense(dense) => u64::from(dense.len),
        }
    }

    /// Reports whether it has no slots.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Few { len, .. } => *len == 0,
            Self::Packed(packed) => packed.len() == 0,
            Self::Dense(dense) => dense.len == 0,
        }
    }

    /// Returns the slots, ascending; None for a bitmap.
    pub(crate) fn gaps(&self) -> Option<PackedIter<'_>> {
        match self {
            Self::Few { len, bytes } => {
                let bytes = bytes.get(..usize::from(*len)).unwrap_or(&[]);
                Some(PackedIter::new(bytes))
            }
            Self::Packed(packed) => Some(packed.iter()),
            Self::Dense(_) => None,
        }
    }

    /// Returns the bitmap, if it is one.
    pub(crate) fn bitmap(&self) -> Option<&RoaringBitmap> {
        match self {
            Self::Dense(dense) => Some(&dense.bitmap),
            _ => None,
        }
    }

    /// Adds a slot. Fastest when it is greater than all others.
    pub(crate) fn insert(&mut self, slot: u32) {
        match self {
            Self::Few { .. } => {
                let mut slots = [0; FEW_BYTES + 1];
                let len = self.unpack_few(&mut slots);
                let present = slots.get(..len).unwrap_or(&[]);
                let Err(at) = present.binary_search(&slot) else {
                    return;
                };
                if let Some(tail) = slots.get_mut(at..=len) {
                    tail.rotate_right(1);
                }
                if let Some(place) = slots.get_mut(at) {
                    *place = slot;
                }
                let slots = slots.get(..=len).unwrap_or(&[]);
                *self = Self::few(slots)
                    .unwrap_or_else(|| Self::Packed(Box::new(slots.iter().copied().collect())));
            }
            Self::Packed(packed) => {
                packed.insert(slot);
                if packed.is_better_as_bitmap() {
                    *self = Self::Dense(Box::new(Dense::from(packed.as_ref())));
                }
            }
            Self::Dense(dense) => {
                dense.len += u32::from(dense.bitmap.insert(slot));
                dense.last = dense.last.max(slot);
            }
        }
    }

    /// Removes a slot, if present.
    pub(crate) fn remove(&mut self, slot: u32) {
        match self {
            Self::Few { .. } => {
                let mut slots = [0; FEW_BYTES + 1];
                let len = self.unpack_few(&mut slots);
                let present = slots.get_mut(..len).unwrap_or(&mut []);
                if let Ok(at) = present.binary_search(&slot) {
                    if let Some(tail) = present.get_mut(at..) {
                        tail.rotate_left(1);
                    }
                    // One gap in place of two is never longer than both.
                    if let Some(fewer) = Self::few(slots.get(..len - 1).unwrap_or(&[])) {
                        *self = fewer;
                    }
                }
            }
            Self::Packed(packed) => packed.remove(slot),
            Self::Dense(dense) => dense.len -= u32::from(dense.bitmap.remove(slot)),
        }
    }

    /// Appends the slots to `slots`, ascending.
    pub(crate) fn append_to(&self, slots: &mut Vec<u32>) {
        slots.extend(self.gaps().into_iter().flatten());
        slots.extend(self.bitmap().into_iter().flatten());
    }

    /// Estimates the heap memory in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Packed(packed) => size_of::<Packed>() + packed.heap_bytes() + 2 * ALLOCATION,
            Self::Dense(dense) => {
                // A container of the bitmap takes 8 KiB for 65 536 slots, or two bytes for each
                // slot.
                let bits = dense.last as usize / 8;
                size_of::<Dense>() + BITMAP_OVERHEAD + bits.min(2 * dense.len as usize)
            }
        }
    }

    /// Stores the ascending slots in place, if they fit.
    fn few(slots: &[u32]) -> Option<Self> {
        let mut bytes = [0; FEW_BYTES];
        let mut filled = 0;
        let mut before = 0;
        for slot in slots {
            let (gap, len) = encoded(slot - before);
            bytes
                .get_mut(filled..filled + len)?
                .copy_from_slice(gap.get(..len)?);
            filled += len;
            before = *slot;
        }
        let len = u8::try_from(filled).ok()?;
        Some(Self::Few { len, bytes })
    }

    /// Unpacks into the beginning of `slots`, and returns their number.
    fn unpack_few(&self, slots: &mut [u32; FEW_BYTES + 1]) -> usize {
        let gaps = self.gaps().into_iter().flatten();
        gaps.zip(slots).map(|(slot, place)| *place = slot).count()
    }
}

impl From<&Packed> for Dense {
    fn from(packed: &Packed) -> Self {
        Self {
            bitmap: packed.iter().collect(),
            len: packed.len(),
            last: packed.last(),
        }
    }
}

impl Default for Posting {
    /// The empty set.
    fn default() -> Self {
        Self::Few {
            len: 0,
            bytes: [0; FEW_BYTES],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn slots(posting: &Posting) -> Vec<u32> {
        let mut slots = Vec::new();
        posting.append_to(&mut slots);
        slots
    }

    fn of(slots: impl IntoIterator<Item = u32>) -> Posting {
        let mut posting = Posting::default();
        slots.into_iter().for_each(|slot| posting.insert(slot));
        posting
    }

    #[test]
    fn a_posting_takes_no_more_than_two_words() {
        assert_eq!(size_of::<Posting>(), 16);
    }

    #[test]
    fn it_becomes_packed_and_then_a_bitmap_where_slots_stand_close() {
        let mut posting = of([7]);
        (8..20).for_each(|slot| posting.insert(slot));
        assert!(matches!(posting, Posting::Few { .. }));
        (20..30).for_each(|slot| posting.insert(slot));
        assert!(matches!(posting, Posting::Packed(_)));
        (30..400).for_each(|slot| posting.insert(slot));
        assert!(matches!(posting, Posting::Dense(_)));
        assert_eq!(slots(&posting), (7..400).collect::<Vec<_>>());
    }

    #[test]
    fn it_stays_packed_where_slots_stand_apart() {
        let posting = of((0..1000).map(|n| n * 1000));
        assert!(matches!(posting, Posting::Packed(_)));
        assert!(posting.heap_bytes() < 3000, "{}", posting.heap_bytes());
    }

    #[test]
    fn the_greatest_slots_are_kept() {
        let posting = of([0, u32::MAX, 1 << 31, u32::MAX - 1, 127, 128]);
        assert_eq!(
            slots(&posting),
            [0, 127, 128, 1 << 31, u32::MAX - 1, u32::MAX]
        );
    }

    proptest! {
        #[test]
        fn it_is_a_set(
            changes in prop::collection::vec((any::<bool>(), 0u32..600, 0u32..3), 0..800),
        ) {
            let mut set = BTreeSet::new();
            let mut posting = of([5]);
            set.insert(5);
            for (removes, slot, far) in changes {
                let slot = slot + far * 100_000;
                if removes {
                    set.remove(&slot);
                    posting.remove(slot);
                } else {
                    set.insert(slot);
                    posting.insert(slot);
                }
                prop_assert_eq!(posting.len(), set.len() as u64);
                prop_assert_eq!(posting.is_empty(), set.is_empty());
                prop_assert_eq!(slots(&posting).contains(&slot), set.contains(&slot));
            }
            prop_assert_eq!(slots(&posting), set.into_iter().collect::<Vec<_>>());
        }
    }
}
