//! What a client needs of its process: time, chance, and a signal that ends waiting.

use std::time::{Duration, Instant};

use crate::locks::{Condvar, Mutex, wait_for};
use crate::random;

/// Time and chance, which tests replace.
pub(super) trait Environment: Send + Sync {
    /// Returns the time since some fixed instant. It never goes back.
    fn now(&self) -> Duration;

    /// Waits until `pause` has passed or the signal is given.
    fn wait(&self, signal: &Signal, pause: Duration);

    /// Returns a random number.
    fn random(&self) -> u64;
}

/// A signal that is given once.
#[derive(Debug, Default)]
pub(super) struct Signal {
    is_given: Mutex<bool>,
    changed: Condvar,
}

/// The environment of a process.
#[derive(Debug)]
pub(super) struct System {
    start: Instant,
}

impl System {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Environment for System {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wait(&self, signal: &Signal, pause: Duration) {
        let mut is_given = signal.is_given.lock();
        wait_for(&signal.changed, &mut is_given, pause, |is_given| {
            is_given.then_some(())
        });
    }

    fn random(&self) -> u64 {
        random::number()
    }
}

impl Signal {
    pub(super) fn give(&self) {
        *self.is_given.lock() = true;
        self.changed.notify_all();
    }

    pub(super) fn is_given(&self) -> bool {
        *self.is_given.lock()
    }
}
