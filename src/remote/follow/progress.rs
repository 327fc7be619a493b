//! How far a follower has come, for those who ask the replica or wait for it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::super::environment::Signal;
use super::super::transport::Cut;
use crate::error::{Error, Result};
use crate::locks::{Condvar, Mutex, wait_for};

/// How far a follower has come.
#[derive(Default)]
pub(super) struct Progress {
    /// Guards what went wrong last, and the signal. No other lock is taken while it is held, except for a look at
    /// the replica's position.
    state: Mutex<State>,
    /// Given when the replica has moved, or an attempt has failed.
    changed: Condvar,
    /// Whether the replica is a board: the first snapshot has arrived.
    has_board: AtomicBool,
    /// When the daemon last confirmed that nothing is missing, in microseconds of the environment's time.
    confirmed: AtomicU64,
    /// Entries that were overwritten before they were read.
    lost: AtomicU64,
    /// How often the replica began again with a snapshot.
    reloads: AtomicU64,
    /// Given when the board is dropped.
    pub(super) ended: Signal,
    /// Ends the stream in use.
    cut: Mutex<Option<Cut>>,
}

#[derive(Default)]
struct State {
    /// Number of attempts that have failed.
    failures: u64,
    last: Option<Error>,
}

impl Progress {
    #[inline]
    pub(super) fn has_board(&self) -> bool {
        self.has_board.load(Ordering::Acquire)
    }

    /// Notes that entries were lost.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    pub(super) fn lost(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
    }

    /// Notes that the replica becomes what a snapshot has.
    pub(super) fn begins(&self) {
        if self.has_board() {
            self.reloads.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how many entries were lost, and how often the replica began again.
    pub(super) fn losses(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.lost), read(&self.reloads))
    }

    /// Notes that the replica is a board.
    pub(super) fn arrived(&self) {
        self.has_board.store(true, Ordering::Release);
        self.moved();
    }

    /// Notes that the replica has moved.
    pub(super) fn moved(&self) {
        drop(self.state.lock());
        self.changed.notify_all();
    }

    /// Notes that nothing was missing at `now`.
    pub(super) fn confirm(&self, now: Duration) {
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        self.confirmed.store(now, Ordering::Release);
        self.state.lock().last = None;
    }

    /// Returns how long ago nothing was missing.
    pub(super) fn staleness(&self, now: Duration) -> Duration {
        now.saturating_sub(Duration::from_micros(
            self.confirmed.load(Ordering::Acquire),
        ))
    }

    /// Notes that an attempt has failed.
    pub(super) fn failed(&self, error: Error) {
        let mut state = self.state.lock();
        state.failures += 1;
        state.last = Some(error);
        drop(state);
        self.changed.notify_all();
    }

    /// Returns what went wrong last, if nothing was confirmed since.
    pub(super) fn last_error(&self) -> Option<Error> {
        self.state.lock().last.clone()
    }

    /// Waits until `is_there`, at most for `timeout`. Returns whether it is.
    ///
    /// # Errors
    /// That of the next attempt that fails.
    pub(super) fn wait(&self, timeout: Duration, is_there: impl Fn() -> bool) -> Result<bool> {
        let mut state = self.state.lock();
        let before = state.failures;
        let found = wait_for(&self.changed, &mut state, timeout, |state| {
            if is_there() {
                return Some(Ok(true));
            }
            let error = state.last.clone();
            error.filter(|_| state.failures > before).map(Err)
        });
        found.unwrap_or(Ok(false))
    }

    /// Lets [`end`](Self::end) end a stream. Returns false if it has been called.
    pub(super) fn set_cut(&self, cut: Option<Cut>) -> bool {
        *self.cut.lock() = cut;
        !self.ended.is_given()
    }

    /// Ends the follower.
    pub(super) fn end(&self) {
        self.ended.give();
        if let Some(cut) = &*self.cut.lock() {
            cut();
        }
    }
}
