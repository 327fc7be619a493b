//! The board's head, and those who wait for its revision to move.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::query::Head;

/// The head that readers may have seen, and a signal for when its revision moves.
pub(crate) struct HeadWatch {
    /// Guards the head and whether the board is being closed. The innermost lock of a board: nothing
    /// else is taken while it is held, so it may be taken under any other one.
    state: Mutex<Watched>,
    moved: Condvar,
}

struct Watched {
    head: Head,
    is_closed: bool,
}

impl HeadWatch {
    /// Watches a board that is at `head`.
    pub(crate) fn new(head: Head) -> Self {
        Self {
            state: Mutex::new(Watched {
                head,
                is_closed: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// Returns the head.
    pub(crate) fn get(&self) -> Head {
        self.state.lock().head
    }

    /// Sets the head without waking anybody. Called before a reader can see its revision: one that a page
    /// has told is no future revision.
    pub(crate) fn set(&self, head: Head) {
        self.state.lock().head = head;
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
            if state.head.revision > since {
                return Ok(state.head.revision);
            }
            if since > state.head.revision {
                return Err(Error::future_revision(since, state.head.revision));
            }
            let timed_out = match deadline {
                Some(deadline) => self.moved.wait_until(&mut state, deadline).timed_out(),
                None => {
                    self.moved.wait(&mut state);
                    false
                }
            };
            if timed_out && state.head.revision <= since && !state.is_closed {
                let reason = Bilingual::new(
                    format!("nothing changed after revision {since} within {timeout:?}"),
                    format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
                );
                return Err(Error::new(ErrorKind::TimedOut, reason));
            }
        }
    }
}
