//! The clock of a board: the system's, unless it is stopped.

use std::sync::atomic::{AtomicI64, Ordering};

use notice::{Clock, SystemClock};

/// The clock is not stopped.
const RUNNING: i64 = i64::MIN;

/// A clock that can be stopped.
pub(crate) struct EClock(AtomicI64);

impl EClock {
    /// Creates a running clock.
    pub(crate) const fn new() -> Self {
        Self(AtomicI64::new(RUNNING))
    }

    /// Stops the clock at `now`, in Unix milliseconds, or lets it run again.
    pub(crate) fn set(&self, now: Option<i64>) {
        self.0.store(now.unwrap_or(RUNNING), Ordering::SeqCst);
    }
}

impl Clock for EClock {
    fn now(&self) -> i64 {
        match self.0.load(Ordering::SeqCst) {
            RUNNING => SystemClock.now(),
            now => now,
        }
    }
}
