//! The slots that have a gram or a word: few in place, more as packed gaps, many as a bitmap.
//!
//! Most grams of natural text are rare, and there are a million of them: what one costs counts.

use roaring::RoaringBitmap;

/// A set of slots.
#[derive(Debug, Clone)]
pub(crate) enum Posting {
    /// The first `len` of `slots`, ascending.
    Few {
        /// How many there are.
        len: u8,
        /// The slots; the rest is unused.
        slots: [u32; FEW],
    },
    /// More of them, where a bitmap would be larger.
    Packed(Box<Packed>),
    /// Where slots stand close.
    Bitmap(Box<RoaringBitmap>),
}

/// Ascending slots, each as the gap from the one before: seven bits a byte, the lowest first, the
/// highest bit of a byte set where another follows. The first gap is the first slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    len: u32,
    last: u32,
}

/// Walks over packed slots.
#[derive(Debug, Clone)]
pub(crate) struct PackedIter<'a> {
    bytes: &'a [u8],
    at: usize,
    slot: u32,
}

/// As many as fit where a pointer must stand anyway.
const FEW: usize = 3;
/// A shorter packed posting is never made a bitmap, which has a size of its own.
const BITMAP_AFTER_BYTES: usize = 256;
/// A longer packed posting always is, for a change or a search walks over all of it.
const PACKED_BYTES: usize = 16 * 1024;
/// What a bitmap costs beside its bits, about.
const BITMAP_OVERHEAD: usize = 96;

impl Posting {
    /// The set of one slot.
    pub(crate) fn of(slot: u32) -> Self {
        Self::Few {
            len: 1,
            slots: [slot, 0, 0],
        }
    }

    /// How many slots it has.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Few { len, .. } => u64::from(*len),
            Self::Packed(packed) => u64::from(packed.len),
            Self::Bitmap(bitmap) => bitmap.len(),
        }
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Few { len, .. } => *len == 0,
            Self::Packed(packed) => packed.len == 0,
            Self::Bitmap(bitmap) => bitmap.is_empty(),
        }
    }

    /// Adds a slot. Quickest where it is greater than all that are there.
    pub(crate) fn insert(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } => {
                let filled = usize::from(*len);
                let present = slots.get(..filled).unwrap_or(&[]);
                let Err(at) = present.binary_search(&slot) else {
                    return;
                };
                if filled < FEW {
                    if let Some(tail) = slots.get_mut(at..=filled) {
                        tail.rotate_right(1);
                    }
                    if let Some(place) = slots.get_mut(at) {
                        *place = slot;
                    }
                    *len += 1;
                } else {
                    let mut packed = Packed::default();
                    for slot in *slots {
                        packed.insert(slot);
                    }
                    packed.insert(slot);
                    *self = Self::Packed(Box::new(packed));
                }
            }
            Self::Packed(packed) => {
                packed.insert(slot);
                if packed.is_better_as_bitmap() {
                    *self = Self::Bitmap(Box::new(packed.iter().collect()));
                }
            }
            Self::Bitmap(bitmap) => {
                bitmap.insert(slot);
            }
        }
    }

    /// Takes a slot away, if it is there.
    pub(crate) fn remove(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } => {
                let filled = usize::from(*len);
                let present = slots.get_mut(..filled).unwrap_or(&mut []);
                if let Ok(at) = present.binary_search(&slot) {
                    if let Some(tail) = present.get_mut(at..) {
                        tail.rotate_left(1);
                    }
                    *len -= 1;
                }
            }
            Self::Packed(packed) => packed.remove(slot),
            Self::Bitmap(bitmap) => {
                bitmap.remove(slot);
            }
        }
    }

    /// Whether `slot` is in it.
    #[cfg(test)]
    fn contains(&self, slot: u32) -> bool {
        match self {
            Self::Few { .. } => self.few().contains(&slot),
            Self::Packed(packed) => packed.iter().any(|other| other == slot),
            Self::Bitmap(bitmap) => bitmap.contains(slot),
        }
    }

    /// The slots of `Few`; none for the others.
    pub(crate) fn few(&self) -> &[u32] {
        match self {
            Self::Few { len, slots } => slots.get(..usize::from(*len)).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Adds the slots to `slots`, ascending.
    pub(crate) fn append_to(&self, slots: &mut Vec<u32>) {
        match self {
            Self::Few { .. } => slots.extend_from_slice(self.few()),
            Self::Packed(packed) => slots.extend(packed.iter()),
            Self::Bitmap(bitmap) => slots.extend(bitmap.iter()),
        }
    }

    /// What it holds outside of itself, about, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Packed(packed) => size_of::<Packed>() + packed.bytes.capacity(),
            Self::Bitmap(bitmap) => {
                // Constant time: a container of the bitmap never has more than 8 KiB, or two bytes a slot.
                let span = bitmap.max().unwrap_or(0) as usize / 8;
                BITMAP_OVERHEAD + span.min(2 * bitmap.len() as usize)
            }
        }
    }
}

impl Packed {
    /// The slots, ascending.
    pub(crate) fn iter(&self) -> PackedIter<'_> {
        PackedIter {
            bytes: &self.bytes,
            at: 0,
            slot: 0,
        }
    }

    fn insert(&mut self, slot: u32) {
        if self.len == 0 || slot > self.last {
            let gap = if self.len == 0 {
                slot
            } else {
                slot - self.last
            };
            // A quarter more is enough to make growing cheap.
            if self.bytes.capacity() < self.bytes.len() + GAP_BYTES {
                self.bytes.reserve_exact(GAP_BYTES + self.bytes.len() / 4);
            }
            let (gap, len) = encoded(gap);
            self.bytes.extend(gap.into_iter().take(len));
            self.last = slot;
            self.len += 1;
            return;
        }
        let (before, start, after, end) = self.around(slot);
        if after == slot {
            return;
        }
        let (first, first_len) = encoded(slot - before);
        let (second, second_len) = encoded(after - slot);
        let gaps = first.into_iter().take(first_len);
        self.bytes
            .splice(start..end, gaps.chain(second.into_iter().take(second_len)));
        self.len += 1;
    }

    fn remove(&mut self, slot: u32) {
        if self.len == 0 || slot > self.last {
            return;
        }
        let (before, start, found, end) = self.around(slot);
        if found != slot {
            return;
        }
        self.len -= 1;
        let mut rest = PackedIter {
            bytes: &self.bytes,
            at: end,
            slot,
        };
        match rest.next() {
            Some(next) => {
                let next_end = rest.at;
                let (gap, len) = encoded(next - before);
                self.bytes
                    .splice(start..next_end, gap.into_iter().take(len));
            }
            None => {
                self.bytes.truncate(start);
                self.last = before;
            }
        }
    }

    /// The slot before the first one that is not less than `slot`, where the gap between them stands,
    /// and that first one. There must be one.
    fn around(&self, slot: u32) -> (u32, usize, u32, usize) {
        let mut iter = self.iter();
        loop {
            let (before, start) = (iter.slot, iter.at);
            match iter.next() {
                Some(next) if next < slot => {}
                next => return (before, start, next.unwrap_or(slot), iter.at),
            }
        }
    }

    fn is_better_as_bitmap(&self) -> bool {
        let bytes = self.bytes.len();
        let as_bitmap = self.last as usize / 8;
        bytes > PACKED_BYTES || (bytes > BITMAP_AFTER_BYTES && bytes > as_bitmap)
    }
}

impl Iterator for PackedIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let mut byte = *self.bytes.get(self.at)?;
        self.at += 1;
        let mut gap = u32::from(byte & 0x7f);
        let mut shift = 7;
        while byte & 0x80 != 0 {
            byte = *self.bytes.get(self.at)?;
            self.at += 1;
            gap |= u32::from(byte & 0x7f) << shift;
            shift += 7;
        }
        self.slot += gap;
        Some(self.slot)
    }
}

/// The most bytes of a gap.
const GAP_BYTES: usize = 5;

/// A gap as it is packed: the bytes, and how many of them.
fn encoded(mut gap: u32) -> ([u8; GAP_BYTES], usize) {
    let mut bytes = [0; GAP_BYTES];
    let mut len = 0;
    for byte in &mut bytes {
        len += 1;
        *byte = (gap & 0x7f) as u8;
        gap >>= 7;
        if gap == 0 {
            break;
        }
        *byte |= 0x80;
    }
    (bytes, len)
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

    #[test]
    fn a_posting_takes_no_more_than_two_words() {
        assert_eq!(size_of::<Posting>(), 16);
    }

    #[test]
    fn it_becomes_packed_and_then_a_bitmap_where_slots_stand_close() {
        let mut posting = Posting::of(7);
        (8..10).for_each(|slot| posting.insert(slot));
        assert!(matches!(posting, Posting::Few { .. }));
        posting.insert(10);
        assert!(matches!(posting, Posting::Packed(_)));
        (11..400).for_each(|slot| posting.insert(slot));
        assert!(matches!(posting, Posting::Bitmap(_)));
        assert_eq!(slots(&posting), (7..400).collect::<Vec<_>>());
    }

    #[test]
    fn it_stays_packed_where_slots_stand_apart() {
        let mut posting = Posting::of(0);
        (1..1000).for_each(|n| posting.insert(n * 1000));
        assert!(matches!(posting, Posting::Packed(_)));
        assert!(posting.heap_bytes() < 3000, "{}", posting.heap_bytes());
    }

    #[test]
    fn the_greatest_slots_are_kept() {
        let mut posting = Posting::of(0);
        for slot in [u32::MAX, 1 << 31, u32::MAX - 1, 127, 128] {
            posting.insert(slot);
        }
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
            let mut posting = Posting::of(5);
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
                prop_assert_eq!(posting.contains(slot), set.contains(&slot));
            }
            prop_assert_eq!(slots(&posting), set.into_iter().collect::<Vec<_>>());
        }
    }
}
