//! The board's head, and the callers that wait for it to move.

use std::sync::Weak;
use std::time::Duration;

use crate::board::OnChange;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::{Condvar, Mutex, wait_for};
use crate::notifier::Notifier;
use crate::query::Head;

/// The head that readers may have seen, and a signal for when its revision moves.
pub(crate) struct HeadWatch {
    /// Guards the head and whether the board is being closed. The innermost lock: no other lock is
    /// taken while it is held, so it may be taken under any other one.
    state: Mutex<Watched>,
    moved: Condvar,
    notifier: Notifier,
}

struct Watched {
    head: Head,
    /// Revision for which the waiting callers were last woken.
    woken_for: i64,
    is_closed: bool,
}

impl HeadWatch {
    /// Creates a watch at `head`.
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

    /// Sets the head without waking anybody. Called before a reader can see the revision, so that a
    /// revision on a page is never ahead of the head.
    pub(crate) fn set(&self, head: Head) {
        self.state.lock().head = head;
    }

    /// Wakes the waiting callers if the revision has moved, and notifies the callbacks. Called
    /// after [`set`](Self::set), without any other lock.
    pub(crate) fn wake(&self) {
        let (head, woken_for) = {
            let mut state = self.state.lock();
            let revision = state.head.revision;
            (
                state.head,
                std::mem::replace(&mut state.woken_for, revision),
            )
        };
        // Marks move only the sequence number, and would wake callers for nothing.
        if head.revision != woken_for {
            self.moved.notify_all();
        }
        self.notifier.tell(head);
    }

    /// Adds a callback for each later head.
    pub(crate) fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.notifier.add(callback)
    }

    /// Ends the thread that calls the callbacks.
    pub(crate) fn end(&self) {
        self.notifier.end();
    }

    /// Ends all waits, present and future, or allows waits again.
    pub(crate) fn set_closed(&self, is_closed: bool) {
        self.state.lock().is_closed = is_closed;
        self.moved.notify_all();
    }

    /// Waits until the revision is greater than `since`, and returns it.
    ///
    /// # Errors
    /// `timed_out`; `future_revision`; `unavailable` once the board is closed.
    pub(crate) fn wait_after(&self, since: i64, timeout: Duration) -> Result<i64> {
        let mut state = self.state.lock();
        let found = wait_for(&self.moved, &mut state, timeout, |state| {
            if state.is_closed {
                let kind = ErrorKind::Unavailable;
                let reason = Bilingual::new("the board is being closed", "公告板正在关闭");
                return Some(Err(Error::new(kind, reason)));
            }
            match state.head.revision {
                revision if revision > since => Some(Ok(revision)),
                revision if revision < since => Some(Err(Error::future_revision(since, revision))),
                _ => None,
            }
        });
        found.unwrap_or_else(|| {
            let reason = Bilingual::new(
                format!("no change after revision {since} within {timeout:?}"),
                format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
            );
            Err(Error::new(ErrorKind::TimedOut, reason))
        })
    }
}
