//! Compact ascending numbers, stored as gaps.

/// Ascending slots, each stored as the gap from the previous one: seven bits a byte, lowest first,
/// with the high bit set when another byte follows. The first gap is the first slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    len: u32,
    last: u32,
}

/// Iterator over packed slots.
#[derive(Debug, Clone)]
pub(crate) struct PackedIter<'a> {
    bytes: &'a [u8],
    at: usize,
    slot: u32,
}

/// Longest encoded gap, in bytes.
pub(crate) const GAP_BYTES: usize = 5;

/// Length up to which a packed posting is never converted, because a bitmap has a fixed overhead.
const BITMAP_AFTER_BYTES: usize = 256;
/// Length from which a packed posting is always converted, because each change and search scans all
/// of it.
const PACKED_BYTES: usize = 16 * 1024;

impl Packed {
    /// Returns the number of slots.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Upper bound of the slots.
    pub(crate) fn last(&self) -> u32 {
        self.last
    }

    /// Returns the heap memory in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Returns the slots, ascending.
    pub(crate) fn iter(&self) -> PackedIter<'_> {
        PackedIter::new(&self.bytes)
    }

    /// Adds a slot. Fastest when it is greater than all others.
    pub(crate) fn insert(&mut self, slot: u32) {
        if self.len == 0 || slot > self.last {
            let gap = if self.len == 0 {
                slot
            } else {
                slot - self.last
            };
            // Growing by a quarter keeps insertion cheap with little waste.
            if self.bytes.capacity() < self.bytes.len() + GAP_BYTES {
                self.bytes.reserve_exact(GAP_BYTES + self.bytes.len() / 4);
            }
            let (gap, len) = encoded(gap);
            self.bytes.extend(gap.into_iter().take(len));
            self.last = slot;
            self.len += 1;
            return;
        }
        // The same slot again is a no-op.
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

    /// Removes a slot, if present.
    pub(crate) fn remove(&mut self, slot: u32) {
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

    /// Returns the neighbours of `slot`: the slot before it, the position of the gap, and the first
    /// slot not less than it, which must exist.
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

    /// Reports whether a bitmap would be smaller, or faster to change.
    pub(crate) fn is_better_as_bitmap(&self) -> bool {
        let bytes = self.bytes.len();
        let as_bitmap = self.last as usize / 8;
        bytes > PACKED_BYTES || (bytes > BITMAP_AFTER_BYTES && bytes > as_bitmap)
    }
}

impl<'a> PackedIter<'a> {
    /// Iterates over packed gaps.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            slot: 0,
        }
    }

    /// Skips slots less than `slot`, possibly not all of them: eight gaps at a time while each
    /// takes one byte.
    fn skip_to(&mut self, slot: u32) {
        const ANY_FOLLOWS: u64 = 0x8080_8080_8080_8080;
        const EVEN: u64 = 0x00FF_00FF_00FF_00FF;
        while let Some(eight) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            let gaps = u64::from_le_bytes(*eight);
            if gaps & ANY_FOLLOWS != 0 {
                // At least one gap is longer: continue after it.
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
            // Four sums of two, then their sum in the highest sixteen bits.
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

impl FromIterator<u32> for Packed {
    /// Packs slots, which must ascend.
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut packed = Self::default();
        slots.into_iter().for_each(|slot| packed.insert(slot));
        packed
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

/// Encodes a gap: its bytes and their number.
pub(crate) fn encoded(mut gap: u32) -> ([u8; GAP_BYTES], usize) {
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
