//! Memory that other processes use at the same time, as the ring sees it: words of 64 bits.
//!
//! The ring is written against these traits, so that the same code runs on a mapped segment, on memory of this
//! process, and on the memories of the tools that try every order of its steps.

use std::time::Duration;

/// Bytes of a word.
pub(crate) const WORD: usize = 8;

/// Memory that is read.
///
/// A load alone orders nothing: what it saw counts for later loads after [`fence_acquire`](Self::fence_acquire).
/// Only relaxed loads are certain to work on pages that are mapped for reading only.
pub(crate) trait Memory {
    /// Loads a word, without any order.
    fn load(&self, word: usize) -> u64;

    /// What was loaded before is older than what is loaded or stored after this.
    fn fence_acquire(&self);

    /// What was loaded and stored before this is in the same order for all who use this fence.
    fn fence_all(&self);

    /// Copies bytes out, word by word. Somebody may write them meanwhile: whoever copies finds out afterwards.
    fn copy_out(&self, word: usize, out: &mut [u8]) {
        let (whole, rest) = out.as_chunks_mut::<WORD>();
        let mut places = word..;
        for (to, place) in whole.iter_mut().zip(&mut places) {
            *to = self.load(place).to_le_bytes();
        }
        if let (false, Some(place)) = (rest.is_empty(), places.next()) {
            let last = self.load(place).to_le_bytes();
            rest.iter_mut().zip(last).for_each(|(to, from)| *to = from);
        }
    }
}

/// Memory that is written. Nobody but its writer stores to it, except into words that are meant for several.
pub(crate) trait Writable: Memory {
    /// Stores a word, without any order.
    fn store(&self, word: usize, value: u64);

    /// Stores a word behind everything that was stored before.
    fn publish(&self, word: usize, value: u64);

    /// What was stored before is older than what is stored after this.
    fn fence_release(&self);

    /// Copies bytes in, word by word. The last word is filled up with zeros.
    fn copy_in(&self, word: usize, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<WORD>();
        let mut places = word..;
        for (from, place) in whole.iter().zip(&mut places) {
            self.store(place, u64::from_le_bytes(*from));
        }
        if let (false, Some(place)) = (rest.is_empty(), places.next()) {
            let mut last = [0; WORD];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.store(place, u64::from_le_bytes(last));
        }
    }
}

/// Memory with words on which one can sleep until somebody wakes the sleepers.
pub(crate) trait Sleep: Writable {
    /// Sets bits of a word, in one step, and returns what it was before. Several may do so at once.
    fn set_bits(&self, word: usize, bits: u64) -> u64;

    /// Adds to a word, in one step, and returns what it was before.
    fn add(&self, word: usize, value: u64) -> u64;

    /// Sleeps if the low half of the word is `value`, until it is woken, at most for `limit`, or for no reason.
    fn sleep(&self, word: usize, value: u32, limit: Duration);

    /// Wakes all who sleep because the low half of the word was `value`, and perhaps others.
    fn wake(&self, word: usize, value: u32);
}
