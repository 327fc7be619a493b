//! What holds for every tool: a writer, and readers that check what they see.

use super::super::super::memory::{Memory, Writable};
use super::super::{Geometry, Read, Reader, Writer};
use super::bytes;

/// Length of record `number` in tests that have several.
pub(super) fn length(number: u64, most: usize) -> usize {
    [most, 1, most / 2, 0, most - 1][(number % 5) as usize]
}

/// Writes the records up to `to`.
pub(super) fn write<M: Writable>(writer: &mut Writer<M>, to: u64, most: usize) {
    for number in writer.next()..to {
        let record = bytes(number, length(number, most));
        assert_eq!(writer.append(number as u32, &record), Some(number));
    }
}

/// A reader that knows what it must see.
pub(super) struct Checked<M> {
    pub(super) reader: Reader<M>,
    most: usize,
    pub(super) lost: u64,
    pub(super) read: u64,
}

impl<M: Memory> Checked<M> {
    pub(super) fn new(memory: M, geometry: Geometry, most: usize) -> Self {
        Self {
            reader: Reader::new(memory, geometry, 0),
            most,
            lost: 0,
            read: 0,
        }
    }

    /// Reads once. Returns false if there was nothing.
    pub(super) fn read(&mut self) -> bool {
        let number = self.reader.cursor();
        match self.reader.read() {
            Read::Record { kind, length } => {
                assert_eq!(kind, number as u32);
                let expected = bytes(number, self::length(number, self.most));
                assert_eq!(self.reader.bytes(length), expected, "record {number}");
                assert_eq!(self.reader.cursor(), number + 1);
                self.read += 1;
                true
            }
            Read::Lost(count) => {
                assert!(count > 0);
                assert_eq!(self.reader.cursor(), number + count);
                self.lost += count;
                true
            }
            Read::Empty => false,
            Read::Damaged(number) => panic!("record {number} is damaged"),
        }
    }

    /// Reads what is left behind a writer that is gone, and checks that nothing is missing.
    pub(super) fn finish(&mut self, next: u64) {
        while self.read() {}
        assert_eq!(self.reader.cursor(), next);
        assert_eq!(self.read + self.lost, next);
    }
}
