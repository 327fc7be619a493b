//! How far the copy has come, for those who ask it or wait for it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::calls::Counter;
use crate::error::{Error, Result};
use crate::locks::{Condvar, Mutex, wait_for};
use crate::query::Stats;
use crate::shm::Waker;

/// How far the copy has come.
pub(super) struct Progress {
    start: Instant,
    /// Guards what went wrong last. No other lock is taken while it is held, except for a look at the copy's position.
    failure: Mutex<Option<Error>>,
    /// Given when the board has come, or something went wrong.
    changed: Condvar,
    /// Whether the copy is a board: a snapshot has come.
    has_board: AtomicBool,
    is_ended: AtomicBool,
    /// When the one who shares last showed that it was there, and nothing was missing: microseconds since the start.
    confirmed: AtomicU64,
    /// Entries that were overwritten before they were read.
    lost: AtomicU64,
    /// How often the copy began again with a snapshot.
    reloads: AtomicU64,
    /// How many wait for an entry.
    waiting: AtomicU64,
    /// Calls to the one who shares.
    pub(super) counter: Counter,
    /// Guards what ends the wait of the reader in use. Held for moments.
    waker: Mutex<Option<Waker>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            failure: Mutex::default(),
            changed: Condvar::default(),
            has_board: AtomicBool::new(false),
            is_ended: AtomicBool::new(false),
            confirmed: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            reloads: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            counter: Counter::default(),
            waker: Mutex::default(),
        }
    }

    #[inline]
    pub(super) fn has_board(&self) -> bool {
        self.has_board.load(Ordering::Acquire)
    }

    /// Notes that a snapshot is about to become the copy.
    pub(super) fn begins(&self) {
        if self.has_board() {
            self.reloads.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that the whole board has come.
    pub(super) fn arrived(&self) {
        self.has_board.store(true, Ordering::Release);
        drop(self.failure.lock());
        self.changed.notify_all();
    }

    /// Notes that the copy has moved.
    pub(super) fn moved(&self) {
        // Sequentially consistent: whoever waits has said so before it looked at the copy.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.failure.lock());
            self.changed.notify_all();
        }
    }

    /// Waits until the copy `is_there`, at most for `limit`.
    pub(super) fn wait(&self, limit: Duration, is_there: impl Fn() -> bool) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut failure = self.failure.lock();
        let is_done = |_: &mut _| (is_there() || self.is_ended()).then_some(());
        wait_for(&self.changed, &mut failure, limit, is_done);
        drop(failure);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }

    /// Notes that entries were lost.
    pub(super) fn lost(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
    }

    /// Adds to the statistics of the copy how it follows.
    pub(super) fn told_in(&self, mut stats: Stats) -> Stats {
        stats.staleness_ms = u64::try_from(self.staleness().as_millis()).unwrap_or(u64::MAX);
        stats.lost_entries = self.lost.load(Ordering::Relaxed);
        stats.reloads = self.reloads.load(Ordering::Relaxed);
        stats
    }

    /// Notes that nothing is missing now.
    pub(super) fn confirm(&self) {
        let now = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.confirmed.store(now, Ordering::Release);
    }

    /// Returns how long ago nothing was missing for certain.
    pub(super) fn staleness(&self) -> Duration {
        let confirmed = Duration::from_micros(self.confirmed.load(Ordering::Acquire));
        self.start.elapsed().saturating_sub(confirmed)
    }

    /// Notes what went wrong.
    pub(super) fn failed(&self, error: Error) {
        *self.failure.lock() = Some(error);
        self.changed.notify_all();
    }

    /// Waits until there is a board, at most for `limit`. Returns whether there is.
    ///
    /// # Errors
    /// What goes wrong first, if `is_strict`.
    pub(super) fn wait_for_board(&self, limit: Duration, is_strict: bool) -> Result<bool> {
        let mut failure = self.failure.lock();
        let found = wait_for(&self.changed, &mut failure, limit, |failure| {
            if self.has_board() {
                return Some(Ok(true));
            }
            failure.clone().filter(|_| is_strict).map(Err)
        });
        found.unwrap_or(Ok(false))
    }

    /// Waits before something is tried again.
    pub(super) fn pause(&self, limit: Duration) {
        let mut failure = self.failure.lock();
        let is_ended = |_: &mut _| self.is_ended().then_some(());
        wait_for(&self.changed, &mut failure, limit, is_ended);
    }

    /// Lets [`end`](Self::end) end the wait of a reader, which looks whether it is ended before it waits.
    pub(super) fn set_waker(&self, waker: Waker) {
        *self.waker.lock() = Some(waker);
    }

    /// Ends the follower.
    pub(super) fn end(&self) {
        self.is_ended.store(true, Ordering::Release);
        drop(self.failure.lock());
        self.changed.notify_all();
        self.counter.end();
        if let Some(waker) = &*self.waker.lock() {
            waker.wake();
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended.load(Ordering::Acquire)
    }
}
