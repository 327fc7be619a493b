//! The board's revision, and those who wait for it to move.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::error::{Bilingual, Error, ErrorKind, Result};

/// The revision that readers may have seen, and a signal for when it moves.
pub(crate) struct HeadWatch {
    /// Guards the revision and whether the board is being closed. The innermost lock of a board: nothing
    /// else is taken while it is held, so it may be taken under any other one.
    state: Mutex<Watched>,
    moved: Condvar,
}

struct Watched {
    revision: i64,
    is_closed: bool,
}

impl HeadWatch {
    /// Watches a board that is at `revision`.
    pub(crate) fn new(revision: i64) -> Self {
        Self {
            state: Mutex::new(Watched {
                revision,
                is_closed: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// Returns the revision.
    pub(crate) fn revision(&self) -> i64 {
        self.state.lock().revision
    }

    /// Sets the revision without waking anybody. Called before a reader can see that revision: one that a
    /// page has told is no future revision.
    pub(crate) fn set(&self, revision: i64) {
        self.state.lock().revision = revision;
    }

    /// Wakes those who wait, after [`set`](Self::set) and when no other lock is held.
    pub(crate) fn wake(&self) {
        self.moved.notify_all();
    }

    /// Ends the waits that are going on, and those to come.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.moved.notify_all();
    }

    /// Waits until the revision is after `since`, and returns it.
    ///
    /// # Errors
    /// `timed_out`; `future_revision`; `unavailable` once the board is closed.
    pub(crate) fn wait_after(&self, since: i64, timeout: Duration) -> Result<i64> {
        // A time limit beyond what the clock can say is none.
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state.lock();
        loop {
            if state.is_closed {
                let kind = ErrorKind::Unavailable;
                let reason = Bilingual::new("the board is being closed", "公告板正在关闭");
                return Err(Error::new(kind, reason));
            }
            if state.revision > since {
                return Ok(state.revision);
            }
            if since > state.revision {
                return Err(Error::future_revision(since, state.revision));
            }
            let timed_out = match deadline {
                Some(deadline) => self.moved.wait_until(&mut state, deadline).timed_out(),
                None => {
                    self.moved.wait(&mut state);
                    false
                }
            };
            if timed_out && state.revision <= since && !state.is_closed {
                let reason = Bilingual::new(
                    format!("nothing changed after revision {since} within {timeout:?}"),
                    format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
                );
                return Err(Error::new(ErrorKind::TimedOut, reason));
            }
        }
    }
}
