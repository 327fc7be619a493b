//! Where the parts of a ring are, and what the version of a slot says.

use super::super::layout;
use super::super::memory::WORD;

/// Sizes of a ring, checked once. A copy of this process: the memory is not asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Number of slots, a power of two.
    pub(crate) slots: u64,
    /// Bytes of the arena, a power of two and a multiple of [`layout::UNIT`].
    pub(crate) arena: u64,
    /// Most bytes of a record, not more than the arena has.
    pub(crate) largest: u32,
    /// Most bytes that are kept in the slot itself.
    pub(crate) inline: usize,
}

/// What a slot says about its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Where the bytes begin in the arena, counted since the beginning of the ring.
    pub(crate) position: u64,
    pub(crate) length: u32,
    pub(crate) kind: u32,
}

impl Slot {
    /// Returns length and kind as one word.
    pub(crate) fn described(self) -> u64 {
        u64::from(self.kind) << 32 | u64::from(self.length)
    }

    pub(crate) fn new(position: u64, described: u64) -> Self {
        Self {
            position,
            length: described as u32,
            kind: (described >> 32) as u32,
        }
    }
}

/// No ring comes so far, in records or bytes: it would have been written for centuries.
pub(crate) const FAR: u64 = 1 << 60;

/// The version of the slot while record `sequence` is being written.
pub(crate) fn writing(sequence: u64) -> u64 {
    sequence.wrapping_mul(2).wrapping_add(1)
}

/// The version of the slot that has record `sequence`.
pub(crate) fn written(sequence: u64) -> u64 {
    sequence.wrapping_mul(2).wrapping_add(2)
}

/// The version of the slot whose record `sequence` is being overwritten in the arena.
pub(crate) fn evicted(sequence: u64) -> u64 {
    sequence.wrapping_mul(2).wrapping_add(3)
}

impl Geometry {
    /// Returns the word with the version of the slot of record `sequence`. The words behind it have the position, the
    /// length and kind, and the bytes of a short record.
    pub(crate) fn slot(&self, sequence: u64) -> usize {
        let index = sequence & (self.slots - 1);
        (layout::SLOTS_AT + index as usize * layout::SLOT) / WORD
    }

    /// Returns the word where the bytes of a record begin, which has its slot at `slot`.
    ///
    /// None if they would not lie in the memory.
    pub(crate) fn bytes_at(&self, slot: usize, found: Slot) -> Option<usize> {
        if found.length > self.largest {
            return None;
        }
        if self.is_inline(found.length as usize) {
            return Some(slot + layout::INLINE_AT / WORD);
        }
        let offset = found.position & (self.arena - 1);
        let is_inside = offset + self.need(found.length as usize) <= self.arena;
        let is_aligned = offset.is_multiple_of(layout::UNIT);
        (is_inside && is_aligned).then(|| {
            let arena_at = layout::SLOTS_AT + self.slots as usize * layout::SLOT;
            (arena_at + offset as usize) / WORD
        })
    }

    pub(crate) fn is_inline(&self, length: usize) -> bool {
        length <= self.inline
    }

    /// Returns the bytes of the arena that a record takes.
    pub(crate) fn need(&self, length: usize) -> u64 {
        match self.is_inline(length) {
            true => 0,
            false => (length as u64).next_multiple_of(layout::UNIT),
        }
    }
}
