//! The thread that tells callbacks of a board how far it has come.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use parking_lot::{Condvar, Mutex};

use crate::board::OnChange;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::query::Head;

/// The callbacks of a board, and the thread that calls them. The thread is started by the first callback,
/// and keeps nothing of the board alive.
#[derive(Default)]
pub(crate) struct Notifier {
    shared: Arc<Shared>,
    /// Guards the thread's handle while it is started or taken to be joined. Taken before `shared.state`.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// State that the thread shares with the board.
#[derive(Default)]
struct Shared {
    /// Guards what is to be told and to whom. Never held while a callback runs, so a callback may come back
    /// to the board, and a writer never waits for one.
    state: Mutex<Lifecycle>,
    changed: Condvar,
    /// Lets a write pass by without the lock as long as nobody listens.
    has_listeners: AtomicBool,
}

#[derive(Default)]
struct Lifecycle {
    /// The newest head that was not told yet. One place, not a queue: whoever is slow is told the newest.
    untold: Option<Head>,
    callbacks: Vec<Weak<OnChange>>,
    is_ended: bool,
}

impl Notifier {
    /// Adds a callback, and starts the thread if it is the first one.
    ///
    /// # Errors
    /// `io` when no thread can be started; nothing is added then.
    pub(crate) fn add(&self, callback: Weak<OnChange>) -> Result<()> {
        let mut thread = self.thread.lock();
        if thread.is_none() && !self.shared.state.lock().is_ended {
            let shared = Arc::clone(&self.shared);
            let named = thread::Builder::new().name("notice-notifier".to_owned());
            let started = named.spawn(move || shared.run());
            *thread = Some(started.map_err(no_thread)?);
        }
        self.shared.state.lock().callbacks.push(callback);
        // After the callback can be found: a write from here on is told.
        self.shared.has_listeners.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Has the callbacks told of `head`, soon and from the thread. Called in the order of the writes, by whoever
    /// has the right to write.
    pub(crate) fn tell(&self, head: Head) {
        if self.shared.has_listeners.load(Ordering::SeqCst) {
            self.shared.state.lock().untold = Some(head);
            self.shared.changed.notify_one();
        }
    }

    /// Ends the thread and waits until the callback that it is in has returned. When that callback itself
    /// has dropped the board, this is the thread, which cannot wait for itself and ends when it returns.
    pub(crate) fn end(&self) {
        self.shared.state.lock().is_ended = true;
        self.shared.changed.notify_one();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread.filter(|own| own.thread().id() != thread::current().id()) {
            // Panics of callbacks are caught in the thread, so it has nothing to say.
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
    /// Tells callbacks until the board ends.
    fn run(&self) {
        while let Some((head, callbacks)) = self.next() {
            for callback in callbacks {
                // The last reference may be the one taken here, so dropping it is part of the call.
                let call = AssertUnwindSafe(|| {
                    if let Some(callback) = callback.upgrade() {
                        callback(head);
                    }
                });
                if let Err(payload) = catch_unwind(call) {
                    // Dropping a payload of an unknown type may panic again, and nobody would catch that.
                    std::mem::forget(payload);
                }
                if self.state.lock().is_ended {
                    return;
                }
            }
        }
    }

    /// Waits for a head to tell; returns it with those to be told. None when the board ends.
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

fn no_thread(error: std::io::Error) -> Error {
    let reason = Bilingual::new(
        format!("no thread can be started: {error}"),
        format!("无法启动线程：{error}"),
    );
    Error::new(ErrorKind::Io, reason)
}
