//! The page of those who wait: the only memory of a segment that readers write.
//!
//! A reader that means harm can wake others, keep them from being woken, and ask for snapshots. Sleepers therefore look
//! again after a second at the latest.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::extent::Extent;
use super::header::Fields;
use super::memory::{Memory, WORD, Writable};
use super::platform::{self, Mapping};
use super::ring::Bell;
use crate::error::Result;

/// Bytes of the file.
pub(crate) const PAGE: u64 = 4096;
/// Longest sleep.
const LONGEST: Duration = Duration::from_secs(1);

const MAGIC: [u8; 8] = *b"NOTICEb1";
/// Where the identity of the segment is.
const UUID: usize = 16 / WORD;
/// Where readers sleep.
const READERS: Bell = Bell::new(0x80 / WORD);
/// Where the maker of snapshots sleeps.
const MAKER: Bell = Bell::new(0x100 / WORD);
/// Number of the snapshot that a reader asks for.
const WANTED: usize = 0x180 / WORD;

/// The page of those who wait, mapped for reading and writing.
#[derive(Debug)]
pub(crate) struct Page {
    mapping: Mapping,
}

impl Page {
    /// Maps the file at `path`, which has `length` bytes.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    pub(crate) fn open(path: &Path, file: &File, length: u64) -> Result<Self> {
        let extent = Extent::new(path, 0, PAGE, length, platform::page())?;
        let mapping = Mapping::new(path, file, extent)?;
        Ok(Self { mapping })
    }

    /// Writes the identity of a new segment.
    pub(crate) fn begin(&self, uuid: u128) {
        self.mapping.copy_in(0, &MAGIC);
        self.mapping.copy_in(UUID, &uuid.to_le_bytes());
    }

    /// Reports whether it belongs to the segment `uuid`.
    pub(crate) fn is_of(&self, uuid: u128) -> bool {
        let mut bytes = [0; UUID * WORD + 16];
        self.mapping.copy_out(0, &mut bytes);
        let mut fields = Fields(&bytes);
        let is_page = fields.take() == MAGIC;
        let _: [u8; 8] = fields.take();
        is_page && u128::from_le_bytes(fields.take()) == uuid
    }

    /// Wakes the readers that wait for what was stored before.
    pub(crate) fn wake_readers(&self) {
        READERS.ring(&self.mapping);
    }

    /// Lets a reader wait. See [`Bell::wait`].
    pub(crate) fn wait(&self, limit: Duration, is_there: impl Fn() -> bool) {
        READERS.wait(&self.mapping, limit.min(LONGEST), is_there);
    }

    /// Asks for the snapshot of that number, or a later one.
    pub(crate) fn ask_for(&self, number: u64) {
        if self.wanted() < number {
            self.mapping.store(WANTED, number);
        }
        MAKER.ring(&self.mapping);
    }

    /// Returns the number of the snapshot that was asked for last.
    pub(crate) fn wanted(&self) -> u64 {
        self.mapping.load(WANTED)
    }

    /// Lets the maker of snapshots wait until one with a higher number than `present` is wanted.
    pub(crate) fn wait_for_wish(&self, present: u64, limit: Duration) -> bool {
        let is_wanted = || self.wanted() > present;
        if !is_wanted() {
            MAKER.wait(&self.mapping, limit.min(LONGEST), is_wanted);
        }
        is_wanted()
    }
}
