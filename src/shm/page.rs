//! The page of those who wait: the only memory of a segment that readers write.
//!
//! A reader that means harm can wake others, keep them from being woken, and ask for snapshots. Sleepers therefore look
//! again after a second at the latest.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::extent::Extent;
use super::header::Fields;
use super::memory::{Sleep, WORD};
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
/// Counts the calls that readers have left for the writer.
const CALLS: usize = 0x188 / WORD;

/// The page of those who wait, mapped for reading and writing.
#[derive(Debug)]
pub(crate) struct Page<M = Mapping> {
    memory: M,
}

impl Page {
    /// Maps the file at `path`, which has `length` bytes.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    pub(crate) fn open(path: &Path, file: &File, length: u64) -> Result<Self> {
        let extent = Extent::new(path, 0, PAGE, length, platform::page())?;
        let memory = Mapping::new(path, file, extent)?;
        Ok(Self { memory })
    }
}

impl<M: Sleep> Page<M> {
    /// Writes the identity of a new segment.
    pub(crate) fn begin(&self, uuid: u128) {
        self.memory.copy_in(0, &MAGIC);
        self.memory.copy_in(UUID, &uuid.to_le_bytes());
    }

    /// Reports whether it belongs to the segment `uuid`.
    pub(crate) fn is_of(&self, uuid: u128) -> bool {
        let mut bytes = [0; UUID * WORD + 16];
        self.memory.copy_out(0, &mut bytes);
        let mut fields = Fields(&bytes);
        let is_page = fields.take() == MAGIC;
        let _: [u8; 8] = fields.take();
        is_page && u128::from_le_bytes(fields.take()) == uuid
    }

    /// Wakes the readers that wait for what was stored before.
    pub(crate) fn wake_readers(&self) {
        READERS.ring(&self.memory);
    }

    /// Lets a reader wait. See [`Bell::wait`].
    pub(crate) fn wait(&self, limit: Duration, is_there: impl Fn() -> bool) {
        READERS.wait(&self.memory, limit.min(LONGEST), is_there);
    }

    /// Asks for the snapshot of that number, or a later one.
    pub(crate) fn ask_for(&self, number: u64) {
        if self.wanted() < number {
            self.memory.store(WANTED, number);
        }
        MAKER.ring(&self.memory);
    }

    /// Returns the number of the snapshot that was asked for last.
    pub(crate) fn wanted(&self) -> u64 {
        self.memory.load(WANTED)
    }

    /// Says that there is a call for the writer.
    pub(crate) fn call(&self) {
        self.memory.add(CALLS, 1);
        MAKER.ring(&self.memory);
    }

    /// Returns the count of calls, which says by being another one that there are more.
    pub(crate) fn calls(&self) -> u64 {
        self.memory.load(CALLS)
    }

    /// Wakes the maker of snapshots.
    pub(crate) fn wake_maker(&self) {
        MAKER.ring(&self.memory);
    }

    /// Lets the maker of snapshots, who also answers calls, wait until there is something for it.
    pub(crate) fn wait_as_maker(&self, limit: Duration, is_there: impl Fn() -> bool) {
        if !is_there() {
            MAKER.wait(&self.memory, limit.min(LONGEST), is_there);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::memory::{Memory, Writable};
    use super::*;

    /// Memory in which a sleep takes no time but that of its clock, and nobody is ever woken.
    struct Unwoken {
        words: [Cell<u64>; PAGE as usize / WORD],
        now: Cell<Duration>,
    }

    impl Memory for Unwoken {
        fn load(&self, word: usize) -> u64 {
            self.words[word].get()
        }

        fn fence_acquire(&self) {}

        fn fence_all(&self) {}
    }

    impl Writable for Unwoken {
        fn store(&self, word: usize, value: u64) {
            self.words[word].set(value);
        }

        fn publish(&self, word: usize, value: u64) {
            self.store(word, value);
        }

        fn fence_release(&self) {}
    }

    impl Sleep for Unwoken {
        fn set_bits(&self, word: usize, bits: u64) -> u64 {
            let word = &self.words[word];
            word.replace(word.get() | bits)
        }

        fn add(&self, word: usize, value: u64) -> u64 {
            let word = &self.words[word];
            word.replace(word.get() + value)
        }

        fn sleep(&self, word: usize, value: u32, limit: Duration) {
            assert_eq!(self.load(word) as u32, value, "it would not sleep");
            self.now.set(self.now.get().saturating_add(limit));
        }

        fn wake(&self, _: usize, _: u32) {}
    }

    /// A writer that is killed between its store and the bell, and a hostile reader that takes the bit away, both leave a
    /// sleeper whom nobody wakes.
    #[test]
    fn a_wake_that_is_lost_is_healed_by_the_look_of_each_second() {
        let page = Page {
            memory: Unwoken {
                words: [const { Cell::new(0) }; PAGE as usize / WORD],
                now: Cell::default(),
            },
        };
        let second = Duration::from_secs(1);
        page.wait(Duration::MAX, || false);
        assert_eq!(page.memory.now.get(), second);
        page.wait_as_maker(Duration::MAX, || page.wanted() > 0);
        assert_eq!(page.memory.now.get(), 2 * second);

        // What was stored meanwhile is seen then, and nobody sleeps again.
        page.memory.store(WANTED, 1);
        page.wait_as_maker(Duration::MAX, || page.wanted() > 0);
        page.wait(Duration::MAX, || true);
        assert_eq!(page.memory.now.get(), 2 * second);

        // Who wants to wait for less does.
        page.wait(second / 4, || false);
        assert_eq!(page.memory.now.get(), 9 * second / 4);
    }
}
