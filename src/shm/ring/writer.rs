//! The writing end of a ring.

use super::super::layout::word;
use super::super::memory::{WORD, Writable};
use super::slot::{Geometry, Slot, evicted, writing, written};

/// Bytes that a processor fetches at once.
const LINE: usize = 64;
/// Most bytes that are fetched ahead: where more are written in a row, processors do so themselves.
const AHEAD: usize = 1024;

/// The only writer of a ring. What it decides by is its own: nothing is read back from the memory.
#[derive(Debug)]
pub(crate) struct Writer<M> {
    pub(crate) memory: M,
    geometry: Geometry,
    /// Number of the next record.
    next: u64,
    /// Number of the oldest record that has not been overwritten.
    old: u64,
    /// Where the next bytes go in the arena, counted since the beginning of the ring.
    position: u64,
    /// Where the bytes of each record begin, by slot.
    starts: Box<[u64]>,
}

impl<M: Writable> Writer<M> {
    /// Begins a ring in memory that is all zeros.
    pub(crate) fn new(memory: M, geometry: Geometry) -> Self {
        let starts = vec![0; geometry.slots as usize].into_boxed_slice();
        Self::from_parts(memory, geometry, 0, 0, 0, starts)
    }

    /// Goes on with a ring of another writer.
    pub(super) fn from_parts(
        memory: M,
        geometry: Geometry,
        next: u64,
        old: u64,
        position: u64,
        starts: Box<[u64]>,
    ) -> Self {
        Self {
            memory,
            geometry,
            next,
            old,
            position,
            starts,
        }
    }

    /// Returns the number of the next record.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Returns the number of the oldest record that readers can still read.
    pub(crate) fn old(&self) -> u64 {
        self.old
    }

    /// Returns the sizes of the ring.
    pub(crate) fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Returns where the next bytes go, counted since the beginning of the ring.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Returns where the bytes of a record begin that is left; 0 for an older one, the next position for a later one.
    pub(crate) fn position_of(&self, sequence: u64) -> u64 {
        if sequence >= self.next {
            return self.position;
        }
        let start = self.starts.get(index(self.geometry, sequence));
        start
            .filter(|_| sequence >= self.old)
            .map_or(0, |start| *start)
    }

    /// Appends a record, and returns its number. It overwrites the oldest ones as far as it must, and never waits.
    ///
    /// None, with nothing changed, for more bytes than the largest record has.
    pub(crate) fn append(&mut self, kind: u32, bytes: &[u8]) -> Option<u64> {
        let length = u32::try_from(bytes.len()).ok()?;
        if length > self.geometry.largest {
            return None;
        }
        let sequence = self.next;
        let slot = self.geometry.slot(sequence);
        let found = Slot {
            position: self.place_for(bytes.len()),
            length,
            kind,
        };
        let at = self.geometry.bytes_at(slot, found)?;
        let end = found.position + self.geometry.need(bytes.len());
        self.evict(end);

        let memory = &self.memory;
        memory.store(slot, writing(sequence));
        // Whoever sees a byte of the new record sees that the old ones are gone.
        memory.fence_release();
        memory.store(slot + 1, found.position);
        memory.store(slot + 2, found.described());
        memory.copy_in(at, bytes);
        memory.publish(slot, written(sequence));
        memory.publish(word::HEAD, sequence + 1);

        if let Some(start) = self.starts.get_mut(index(self.geometry, sequence)) {
            *start = found.position;
        }
        self.position = end;
        self.next = sequence + 1;
        Some(sequence)
    }

    /// Has the processor fetch the memory of the next record, if that is about as long as one of `length` bytes. Nobody
    /// has used it for a lap of the arena, and the next record would wait for it. It changes nothing.
    pub(crate) fn fetch_ahead(&self, length: usize) {
        let found = Slot {
            position: self.place_for(length),
            length: u32::try_from(length).unwrap_or(u32::MAX),
            kind: 0,
        };
        if self.geometry.is_inline(length) {
            return;
        }
        if let Some(at) = self.geometry.bytes_at(0, found) {
            let lines = at..at + length.min(AHEAD) / WORD;
            for line in lines.step_by(LINE / WORD) {
                // Used, or it would not be loaded. It is not waited for.
                std::hint::black_box(self.memory.load(line));
            }
        }
    }

    /// Returns where a record of that length begins: in one piece.
    fn place_for(&self, length: usize) -> u64 {
        let arena = self.geometry.arena;
        let offset = self.position & (arena - 1);
        match offset + self.geometry.need(length) > arena {
            true => self.position + (arena - offset),
            false => self.position,
        }
    }

    /// Gives up the oldest records, as far as the next one takes their slot or their bytes, which then end at `end`.
    fn evict(&mut self, end: u64) {
        let before = self.old;
        while self.old < self.next && self.is_in_the_way(end) {
            let slot = self.geometry.slot(self.old);
            self.memory.store(slot, evicted(self.old));
            self.old += 1;
        }
        if self.old != before {
            self.memory.store(word::TAIL, self.old);
        }
    }

    /// Reports whether the oldest record is where the next one goes.
    fn is_in_the_way(&self, end: u64) -> bool {
        let start = self.starts.get(index(self.geometry, self.old));
        let is_overwritten = start.is_none_or(|start| end - start > self.geometry.arena);
        self.next - self.old >= self.geometry.slots || is_overwritten
    }
}

/// Returns the place of a record among the starts.
pub(super) fn index(geometry: Geometry, sequence: u64) -> usize {
    (sequence & (geometry.slots - 1)) as usize
}
