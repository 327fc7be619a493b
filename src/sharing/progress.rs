//! How far the copy has come, for those who ask it or wait for it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::calls::Counter;
use crate::error::{Error, Result};
use crate::locks::{Condvar, Mutex};
use crate::query::Stats;

/// How far the copy has come.
pub(super) struct Progress {
    start: Instant,
    /// Guards what went wrong. No other lock is taken while it is held.
    state: Mutex<State>,
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
}

#[derive(Default)]
struct State {
    failures: u64,
    last: Option<Error>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            state: Mutex::default(),
            changed: Condvar::default(),
            has_board: AtomicBool::new(false),
            is_ended: AtomicBool::new(false),
            confirmed: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            reloads: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            counter: Counter::default(),
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
        drop(self.state.lock());
        self.changed.notify_all();
    }

    /// Notes that the copy has moved.
    pub(super) fn moved(&self) {
        // Sequentially consistent: whoever waits has said so before it looked at the copy.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.state.lock());
            self.changed.notify_all();
        }
    }

    /// Waits until the copy `is_there`, at most for `limit`.
    pub(super) fn wait(&self, limit: Duration, is_there: impl Fn() -> bool) {
        let deadline = Instant::now() + limit;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut state = self.state.lock();
        while !is_there() && !self.is_ended() && Instant::now() < deadline {
            self.changed.wait_until(&mut state, deadline);
        }
        drop(state);
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
    fn staleness(&self) -> Duration {
        let confirmed = Duration::from_micros(self.confirmed.load(Ordering::Acquire));
        self.start.elapsed().saturating_sub(confirmed)
    }

    /// Notes what went wrong.
    pub(super) fn failed(&self, error: Error) {
        let mut state = self.state.lock();
        state.failures += 1;
        state.last = Some(error);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until there is a board, at most for `limit`. Returns whether there is.
    ///
    /// # Errors
    /// What goes wrong first, if `is_strict`.
    pub(super) fn wait_for_board(&self, limit: Duration, is_strict: bool) -> Result<bool> {
        // A limit beyond the clock's range is none.
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.state.lock();
        loop {
            if self.has_board() {
                return Ok(true);
            }
            if let Some(error) = state.last.as_ref().filter(|_| is_strict) {
                return Err(error.clone());
            }
            match deadline {
                Some(deadline) if Instant::now() >= deadline => return Ok(false),
                Some(deadline) => {
                    self.changed.wait_until(&mut state, deadline);
                }
                None => self.changed.wait(&mut state),
            }
        }
    }

    /// Waits before something is tried again.
    pub(super) fn pause(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut state = self.state.lock();
        while !self.is_ended() && Instant::now() < deadline {
            self.changed.wait_until(&mut state, deadline);
        }
    }

    /// Ends the follower.
    pub(super) fn end(&self) {
        self.is_ended.store(true, Ordering::Release);
        drop(self.state.lock());
        self.changed.notify_all();
        self.counter.end();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended.load(Ordering::Acquire)
    }
}
