//! The board's head, and those who wait for it to move.

use std::sync::Weak;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::board::OnChange;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::notifier::Notifier;
use crate::query::Head;

/// The head that readers may have seen, and a signal for when its revision moves.
pub(crate) struct HeadWatch {
    /// Guards the head and whether the board is being closed. The innermost lock of a board: nothing
    /// else is taken while it is held, so it may be taken under any other one.
    state: Mutex<Watched>,
    moved: Condvar,
    notifier: Notifier,
}

struct Watched {
    head: Head,
    /// The revision that those who wait were last woken for.
    woken_for: i64,
    is_closed: bool,
}

impl HeadWatch {
    /// Watches a board that is at `head`.
    pub(crate) fn new(head: Head) -> Self {
        Self {
            state: Mutex::new(Watched {
                head,
                woken_for: head.revision,
                is_closed: false,
            }),
            moved: Condvar::new(),
            notifier: Notifier::default(),
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

    /// Wakes those who wait if the revision has moved, and tells the callbacks, after [`set`](Self::set) and
    /// when no other lock is held.
    pub(crate) fn wake(&self) {
        let (head, woken_for) = {
            let mut state = self.state.lock();
            let revision = state.head.revision;
            (
                state.head,
                std::mem::replace(&mut state.woken_for, revision),
            )
        };
        // Marks move the head alone: whoever waits for a revision would wake for nothing.
        if head.revision != woken_for {
            self.moved.notify_all();
        }
        self.notifier.tell(head);
    }

    /// Has `callback` told of each head from now on.
    pub(crate) fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.notifier.add(callback)
    }

    /// Ends the thread that tells the callbacks.
    pub(crate) fn end(&self) {
        self.notifier.end();
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
                    format!("no change after revision {since} within {timeout:?}"),
                    format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
                );
                return Err(Error::new(ErrorKind::TimedOut, reason));
            }
        }
    }
}
