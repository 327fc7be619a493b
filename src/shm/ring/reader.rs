//! The reading end of a ring.

use super::super::layout::word;
use super::super::memory::Memory;
use super::slot::{FAR, Geometry, Slot, written};

/// How often a reader looks again when the writer overtakes it between two looks.
const TRIES: u32 = 16;

/// A reader of a ring. It changes nothing in the memory, and trusts nothing in it.
#[derive(Debug)]
pub(crate) struct Reader<M> {
    pub(crate) memory: M,
    geometry: Geometry,
    /// Number of the next record to read.
    cursor: u64,
    /// Bytes of the last record, at the beginning.
    buffer: Vec<u8>,
}

/// What a reader found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// A record of that kind and length.
    Record { kind: u32, length: usize },
    /// Nothing yet.
    Empty,
    /// So many records were overwritten before they were read.
    Lost(u64),
    /// The record of that number makes no sense. Nothing more is read until the reader goes elsewhere.
    Damaged(u64),
}

/// What stands where the next record is to be.
enum Seen {
    Record { kind: u32, length: usize },
    Nothing,
    Overwritten,
    Nonsense,
}

impl<M: Memory> Reader<M> {
    /// Creates a reader whose next record is the one with number `cursor`.
    pub(crate) fn new(memory: M, geometry: Geometry, cursor: u64) -> Self {
        Self {
            memory,
            geometry,
            cursor: cursor.min(FAR),
            buffer: Vec::new(),
        }
    }

    /// Returns the number of the next record to be read.
    pub(crate) fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Goes to the record with number `cursor`.
    pub(crate) fn go_to(&mut self, cursor: u64) {
        self.cursor = cursor.min(FAR);
    }

    /// Returns the number of the record that the writer writes next, as the memory has it.
    pub(crate) fn head(&self) -> u64 {
        let head = self.memory.load(word::HEAD);
        self.memory.fence_acquire();
        head.min(FAR)
    }

    /// Reports whether there is anything to read.
    #[inline]
    pub(crate) fn is_behind(&self) -> bool {
        self.memory.load(word::HEAD) > self.cursor
    }

    /// Returns the bytes of the record just read.
    pub(crate) fn bytes(&self, length: usize) -> &[u8] {
        self.buffer.get(..length).unwrap_or_default()
    }

    /// Reads the next record.
    pub(crate) fn read(&mut self) -> Read {
        for _ in 0..TRIES {
            match self.look() {
                Seen::Record { kind, length } => {
                    self.cursor += 1;
                    return Read::Record { kind, length };
                }
                Seen::Overwritten => return self.skip(),
                Seen::Nonsense => return Read::Damaged(self.cursor),
                Seen::Nothing => {}
            }
            if self.head() <= self.cursor {
                return Read::Empty;
            }
            // The head is stored behind its record: what it covers is there, or the memory is damaged.
            if self.version() < written(self.cursor) {
                return Read::Damaged(self.cursor);
            }
        }
        Read::Empty
    }

    fn version(&self) -> u64 {
        self.memory.load(self.geometry.slot(self.cursor))
    }

    /// Looks at the slot of the next record, and copies the record.
    fn look(&mut self) -> Seen {
        let slot = self.geometry.slot(self.cursor);
        let version = self.version();
        self.memory.fence_acquire();
        let expected = written(self.cursor);
        if version != expected {
            return match version < expected {
                true => Seen::Nothing,
                false => Seen::Overwritten,
            };
        }
        let position = self.memory.load(slot + 1);
        let found = Slot::new(position, self.memory.load(slot + 2));
        let length = found.length as usize;
        let at = self.geometry.bytes_at(slot, found);
        if let Some(at) = at {
            if self.buffer.len() < length {
                self.buffer.resize(length.next_power_of_two(), 0);
            }
            let to = self.buffer.get_mut(..length).unwrap_or_default();
            self.memory.copy_out(at, to);
        }
        // If any of this was of a later record, so is the version now.
        self.memory.fence_acquire();
        let kind = found.kind;
        match (self.version() == version, at) {
            (false, _) => Seen::Overwritten,
            (true, None) => Seen::Nonsense,
            (true, Some(_)) => Seen::Record { kind, length },
        }
    }

    /// Goes to the oldest record that is left, and says how many were lost.
    fn skip(&mut self) -> Read {
        let head = self.head();
        let least = self.cursor + 1;
        // The head may be stale, but the record of the cursor was there. Whatever the tail says, it is a hint.
        let head = head.max(least);
        let oldest = self.memory.load(word::TAIL);
        let oldest = oldest
            .max(head.saturating_sub(self.geometry.slots))
            .clamp(least, head);
        let lost = oldest - self.cursor;
        self.cursor = oldest;
        Read::Lost(lost)
    }
}
