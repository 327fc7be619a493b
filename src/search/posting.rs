//! The slots that have a gram or a word: few in place, more as packed gaps, many as a bitmap.
//!
//! Most grams of natural text are rare, and there are a million of them: what one costs counts.

use roaring::RoaringBitmap;

/// A set of slots.
#[derive(Debug, Clone)]
pub(crate) enum Posting {
    /// As packed, but in place.
    Few {
        /// How many of `bytes` are used.
        len: u8,
        /// The gaps.
        bytes: [u8; FEW_BYTES],
    },
    /// More of them, where a bitmap would be larger.
    Packed(Box<Packed>),
    /// Where slots stand close.
    Dense(Box<Dense>),
}

/// Ascending slots, each as the gap from the one before: seven bits a byte, the lowest first, the
/// highest bit of a byte set where another follows. The first gap is the first slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    len: u32,
    last: u32,
}

/// Slots as a bitmap.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    bitmap: RoaringBitmap,
    len: u32,
    /// No slot is greater.
    last: u32,
}

/// Walks over packed slots.
#[derive(Debug, Clone)]
pub(crate) struct PackedIter<'a> {
    bytes: &'a [u8],
    at: usize,
    slot: u32,
}

/// As many as fit where a pointer must stand anyway, beside the kind and the length.
const FEW_BYTES: usize = 14;
/// A shorter packed posting is never made a bitmap, which has a size of its own.
const BITMAP_AFTER_BYTES: usize = 256;
/// A longer packed posting always is, for a change or a search walks over all of it.
const PACKED_BYTES: usize = 16 * 1024;
/// What a bitmap costs beside its bits, about.
const BITMAP_OVERHEAD: usize = 64;
/// What an allocation costs beside its bytes, about.
const ALLOCATION: usize = 16;

impl Posting {
    /// How many slots it has.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Few { .. } => self.gaps().map_or(0, |gaps| gaps.count() as u64),
            Self::Packed(packed) => u64::from(packed.len),
            Self::Dense(dense) => u64::from(dense.len),
        }
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Few { len, .. } => *len == 0,
            Self::Packed(packed) => packed.len == 0,
            Self::Dense(dense) => dense.len == 0,
        }
    }

    /// The slots, ascending, unless it is a bitmap.
    pub(crate) fn gaps(&self) -> Option<PackedIter<'_>> {
        match self {
            Self::Few { len, bytes } => Some(PackedIter {
                bytes: bytes.get(..usize::from(*len)).unwrap_or(&[]),
                at: 0,
                slot: 0,
            }),
            Self::Packed(packed) => Some(packed.iter()),
            Self::Dense(_) => None,
        }
    }

    /// The bitmap, if it is one.
    pub(crate) fn bitmap(&self) -> Option<&RoaringBitmap> {
        match self {
            Self::Dense(dense) => Some(&dense.bitmap),
            _ => None,
        }
    }

    /// Adds a slot. Quickest where it is greater than all that are there.
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
                    *self = Self::Dense(Box::new(packed.to_dense()));
                }
            }
            Self::Dense(dense) => {
                dense.len += u32::from(dense.bitmap.insert(slot));
                dense.last = dense.last.max(slot);
            }
        }
    }

    /// Takes a slot away, if it is there.
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
                    // One gap for two is never longer than both.
                    if let Some(fewer) = Self::few(slots.get(..len - 1).unwrap_or(&[])) {
                        *self = fewer;
                    }
                }
            }
            Self::Packed(packed) => packed.remove(slot),
            Self::Dense(dense) => dense.len -= u32::from(dense.bitmap.remove(slot)),
        }
    }

    /// Adds the slots to `slots`, ascending.
    pub(crate) fn append_to(&self, slots: &mut Vec<u32>) {
        slots.extend(self.gaps().into_iter().flatten());
        slots.extend(self.bitmap().into_iter().flatten());
    }

    /// What it holds outside of itself, about, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Packed(packed) => size_of::<Packed>() + packed.bytes.capacity() + 2 * ALLOCATION,
            Self::Dense(dense) => {
                // A container of the bitmap has 8 KiB for 65 536 slots, or two bytes for each.
                let bits = dense.last as usize / 8;
                size_of::<Dense>() + BITMAP_OVERHEAD + bits.min(2 * dense.len as usize)
            }
        }
    }

    /// The ascending slots in place, if they fit.
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

    /// Fills the beginning of `slots`, and says how many there are.
    fn unpack_few(&self, slots: &mut [u32; FEW_BYTES + 1]) -> usize {
        let gaps = self.gaps().into_iter().flatten();
        gaps.zip(slots).map(|(slot, place)| *place = slot).count()
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
        // The same gram again in the same text is what happens most.
        if slot == self.last {
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
        iter.skip_to(slot);
        loop {
            let (before, start) = (iter.slot, iter.at);
            match iter.next() {
                Some(next) if next < slot => {}
                next => return (before, start, next.unwrap_or(slot), iter.at),
            }
        }
    }

    fn to_dense(&self) -> Dense {
        Dense {
            bitmap: self.iter().collect(),
            len: self.len,
            last: self.last,
        }
    }

    fn is_better_as_bitmap(&self) -> bool {
        let bytes = self.bytes.len();
        let as_bitmap = self.last as usize / 8;
        bytes > PACKED_BYTES || (bytes > BITMAP_AFTER_BYTES && bytes > as_bitmap)
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

impl FromIterator<u32> for Packed {
    /// Packs slots, which must ascend.
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut packed = Self::default();
        slots.into_iter().for_each(|slot| packed.insert(slot));
        packed
    }
}

impl PackedIter<'_> {
    /// Passes over slots that are less than `slot`, not necessarily all of them: eight gaps at a time
    /// while each is one byte.
    fn skip_to(&mut self, slot: u32) {
        const ANY_FOLLOWS: u64 = 0x8080_8080_8080_8080;
        const EVEN: u64 = 0x00FF_00FF_00FF_00FF;
        while let Some(eight) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            let gaps = u64::from_le_bytes(*eight);
            if gaps & ANY_FOLLOWS != 0 {
                // At least one of them is longer: go on behind the first longer one.
                let (before, slot_before) = (self.at, self.slot);
                let short = gaps & ANY_FOLLOWS;
                let taken = short.trailing_zeros() / 8 + 1;
                for _ in 0..taken {
                    self.next();
                }
                if self.slot >= slot {
                    (self.at, self.slot) = (before, slot_before);
                    return;
                }
                continue;
            }
            // Four sums of two, then the sum of the four in the highest sixteen bits.
            let pairs = (gaps & EVEN) + ((gaps >> 8) & EVEN);
            let sum = (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32;
            if self.slot + sum >= slot {
                return;
            }
            self.slot += sum;
            self.at += eight.len();
        }
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
