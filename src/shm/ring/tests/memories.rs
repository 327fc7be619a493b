//! Memory of this process, with the atomics of several crates.

use std::time::Duration;

use super::super::super::layout::{SLOTS_AT, word};
use super::super::super::memory::{Memory, Sleep, WORD, Writable};
use super::super::slot::Geometry;

/// Where a word is: those in front of the slots that are used, then slots and arena.
fn place(at: usize) -> usize {
    const USED: [usize; 2] = [word::HEAD, word::TAIL];
    match at.checked_sub(SLOTS_AT / WORD) {
        Some(behind) => USED.len() + behind,
        None => USED.iter().position(|used| *used == at).unwrap(),
    }
}

fn words(geometry: Geometry) -> usize {
    2 + (geometry.slots as usize * 64 + geometry.arena as usize) / WORD
}

macro_rules! memory {
    ($name:ident, $atomic:path, $mutex:path, $condvar:path, $order:path, $fence:path) => {
        /// A ring's memory, and one word to sleep on, which is its last.
        pub(in super::super) struct $name {
            words: Vec<$atomic>,
            asleep: $mutex,
            woken: $condvar,
        }

        impl $name {
            pub(in super::super) fn new(geometry: Geometry) -> Self {
                Self {
                    words: (0..=words(geometry)).map(|_| <$atomic>::new(0)).collect(),
                    asleep: <$mutex>::new(()),
                    woken: <$condvar>::new(),
                }
            }

            /// The word to sleep on.
            pub(in super::super) fn bell(&self) -> usize {
                SLOTS_AT / WORD + self.words.len() - 3
            }
        }

        impl Memory for $name {
            fn load(&self, word: usize) -> u64 {
                use $order as Ordering;
                self.words[place(word)].load(Ordering::Relaxed)
            }

            fn fence_acquire(&self) {
                use $order as Ordering;
                $fence(Ordering::Acquire);
            }

            fn fence_all(&self) {
                use $order as Ordering;
                $fence(Ordering::SeqCst);
            }
        }

        impl Writable for $name {
            fn store(&self, word: usize, value: u64) {
                use $order as Ordering;
                self.words[place(word)].store(value, Ordering::Relaxed);
            }

            fn publish(&self, word: usize, value: u64) {
                use $order as Ordering;
                self.words[place(word)].store(value, Ordering::Release);
            }

            fn fence_release(&self) {
                use $order as Ordering;
                $fence(Ordering::Release);
            }
        }

        impl Sleep for $name {
            fn set_bits(&self, word: usize, bits: u64) -> u64 {
                use $order as Ordering;
                self.words[place(word)].fetch_or(bits, Ordering::Relaxed)
            }

            fn add(&self, word: usize, value: u64) -> u64 {
                use $order as Ordering;
                self.words[place(word)].fetch_add(value, Ordering::Relaxed)
            }

            /// Without any time: a wake that is lost is a test that never ends.
            fn sleep(&self, word: usize, value: u32, _limit: Duration) {
                // Like the system's: the word is compared under a lock that a waker takes too.
                let guard = self.asleep.lock().unwrap();
                if self.load(word) as u32 == value {
                    drop(self.woken.wait(guard).unwrap());
                }
            }

            fn wake(&self, _word: usize, _value: u32) {
                drop(self.asleep.lock().unwrap());
                self.woken.notify_all();
            }
        }
    };
}

memory!(
    Plain,
    std::sync::atomic::AtomicU64,
    std::sync::Mutex<()>,
    std::sync::Condvar,
    std::sync::atomic::Ordering,
    std::sync::atomic::fence
);
#[cfg(unix)]
memory!(
    Loom,
    loom::sync::atomic::AtomicU64,
    loom::sync::Mutex<()>,
    loom::sync::Condvar,
    loom::sync::atomic::Ordering,
    loom::sync::atomic::fence
);
#[cfg(unix)]
memory!(
    Shuttle,
    shuttle::sync::atomic::AtomicU64,
    shuttle::sync::Mutex<()>,
    shuttle::sync::Condvar,
    shuttle::sync::atomic::Ordering,
    shuttle::sync::atomic::fence
);

impl<M: Memory> Memory for &M {
    fn load(&self, word: usize) -> u64 {
        (**self).load(word)
    }

    fn fence_acquire(&self) {
        (**self).fence_acquire();
    }

    fn fence_all(&self) {
        (**self).fence_all();
    }
}

impl<M: Writable> Writable for &M {
    fn store(&self, word: usize, value: u64) {
        (**self).store(word, value);
    }

    fn publish(&self, word: usize, value: u64) {
        (**self).publish(word, value);
    }

    fn fence_release(&self) {
        (**self).fence_release();
    }
}

impl<M: Sleep> Sleep for &M {
    fn set_bits(&self, word: usize, bits: u64) -> u64 {
        (**self).set_bits(word, bits)
    }

    fn add(&self, word: usize, value: u64) -> u64 {
        (**self).add(word, value)
    }

    fn sleep(&self, word: usize, value: u32, limit: Duration) {
        (**self).sleep(word, value, limit);
    }

    fn wake(&self, word: usize, value: u32) {
        (**self).wake(word, value);
    }
}
