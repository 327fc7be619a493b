//! A bell: how those who wait are woken, at no cost while nobody waits.
//!
//! One word says in its lowest bit whether anybody waits, and above it how often the bell has rung. Whoever waits sets
//! the bit, looks once more, and sleeps while the word is as it then was. Whoever has something to tell stores that
//! first, and if the bit is set, clears it, counts, and wakes all. Both put a fence between their store and their look,
//! so that at least one of them sees the other. Without the count, one who has looked and does not sleep yet would take
//! the bit of another, who came after the bell, for its own, and sleep through. A sleeper that was killed leaves a bit
//! that costs one wake.

use std::time::Duration;

use super::super::memory::Sleep;

/// The bit that is set while somebody waits.
const WAITED_FOR: u64 = 1;
/// What is added to a word with that bit: the bit is carried into the count.
const RINGS: u64 = WAITED_FOR;

/// A bell, at one word of memory that all who use it may write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bell {
    word: usize,
}

impl Bell {
    pub(crate) const fn new(word: usize) -> Self {
        Self { word }
    }

    /// Wakes those who wait for what was stored before. Several may ring at once: each counts and wakes, and at worst sets
    /// the bit for nobody.
    pub(crate) fn ring(self, memory: &impl Sleep) {
        memory.fence_all();
        if memory.load(self.word) & WAITED_FOR != 0 {
            let seen = memory.add(self.word, RINGS);
            memory.wake(self.word, seen as u32);
        }
    }

    /// Sleeps until the bell rings, at most for `limit`, unless `is_there` says that there is nothing to wait for. It
    /// may return earlier.
    pub(crate) fn wait(self, memory: &impl Sleep, limit: Duration, is_there: impl Fn() -> bool) {
        let seen = memory.set_bits(self.word, WAITED_FOR) | WAITED_FOR;
        memory.fence_all();
        if !is_there() {
            memory.sleep(self.word, seen as u32, limit);
        }
    }
}
