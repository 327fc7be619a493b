//! The thread that reports changes of a board to callbacks.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use crate::board::OnChange;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::{Condvar, Mutex};
use crate::query::Head;

thread_local! {
    /// Address of the notifier that this thread belongs to; 0 on every other thread. The handle of the current
    /// thread would tell as well, but asking for it leaves memory behind in a thread that std did not start.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// The callbacks of a board, and the thread that calls them. Adding the first callback starts the thread,
/// which does not keep the board alive.
#[derive(Default)]
pub(crate) struct Notifier {
    shared: Arc<Shared>,
    /// Guards the thread's handle, so that one caller starts the thread and one joins it. Taken before
    /// `shared.state`.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// State that the thread shares with the board.
#[derive(Default)]
struct Shared {
    /// Guards the head to report and the callbacks. Never held while a callback runs, so that a callback may
    /// use the board, and a writer never waits for a callback.
    state: Mutex<State>,
    changed: Condvar,
    /// Whether there was ever a callback. A write skips the lock while this is false.
    has_listeners: AtomicBool,
}

#[derive(Default)]
struct State {
    /// The newest head not reported yet. One slot, not a queue: a slow callback skips to the
    /// newest.
    untold: Option<Head>,
    callbacks: Vec<Weak<OnChange>>,
    is_ended: bool,
}

impl Notifier {
    /// Adds a callback, and starts the thread for the first one.
    ///
    /// # Errors
    /// `io` when the thread cannot be started; the callback is not added then.
    pub(crate) fn add(&self, callback: Weak<OnChange>) -> Result<()> {
        let mut thread = self.thread.lock();
        if thread.is_none() && !self.shared.state.lock().is_ended {
            let shared = Arc::clone(&self.shared);
            let named = thread::Builder::new().name("notice-notifier".to_owned());
            let started = named.spawn(move || shared.run());
            *thread = Some(started.map_err(no_thread)?);
        }
        self.shared.state.lock().callbacks.push(callback);
        // Set after the callback is in the list, so that every later write is reported.
        self.shared.has_listeners.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Leaves `head` for the thread to report. Writers call this in the order of their writes.
    pub(crate) fn tell(&self, head: Head) {
        self.shared.tell(head);
    }

    /// Returns a function that leaves heads for the thread, and keeps nobody from ending it.
    #[cfg(all(feature = "file", feature = "shm"))]
    pub(crate) fn teller(&self) -> impl Fn(Head) + Send + Sync + 'static {
        let shared = Arc::clone(&self.shared);
        move |head| shared.tell(head)
    }

    /// Ends the thread, and waits for a callback in progress. If that callback itself dropped the board,
    /// this runs on the thread, which cannot wait for itself and ends when the callback returns.
    pub(crate) fn end(&self) {
        self.shared.state.lock().is_ended = true;
        self.shared.changed.notify_one();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread.filter(|_| OWN.get() != self.shared.address()) {
            // Panics of callbacks are caught in the thread, so there is nothing to report.
            let _ = thread.join();
        }
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn tell(&self, head: Head) {
        if self.has_listeners.load(Ordering::SeqCst) {
            self.state.lock().untold = Some(head);
            self.changed.notify_one();
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Runs the callbacks until the notifier ends.
    fn run(&self) {
        OWN.set(self.address());
        while let Some((head, callbacks)) = self.next() {
            for callback in callbacks {
                // This may be the last reference to the callback. Dropping it may panic, so it is guarded too.
                let call = AssertUnwindSafe(|| {
                    if let Some(callback) = callback.upgrade() {
                        callback(head);
                    }
                });
                if let Err(payload) = catch_unwind(call) {
                    // Forgotten, because dropping a payload of unknown type may panic again, outside any guard.
                    std::mem::forget(payload);
                }
                if self.state.lock().is_ended {
                    return;
                }
            }
        }
    }

    /// Waits for a head to report, and returns it with the callbacks; None when the notifier ends.
    fn next(&self) -> Option<(Head, Vec<Weak<OnChange>>)> {
        let mut state = self.state.lock();
        loop {
            if state.is_ended {
                return None;
            }
            if let Some(head) = state.untold.take() {
                state
                    .callbacks
                    .retain(|callback| callback.strong_count() > 0);
                if state.callbacks.is_empty() {
                    self.has_listeners.store(false, Ordering::SeqCst);
                }
                return Some((head, state.callbacks.clone()));
            }
            self.changed.wait(&mut state);
        }
    }
}

/// Creates the error for a thread that the system refuses to start.
pub(crate) fn no_thread(error: std::io::Error) -> Error {
    let reason = Bilingual::new(
        format!("cannot start a thread: {error}"),
        format!("无法启动线程：{error}"),
    );
    Error::new(ErrorKind::Io, reason)
}
