//! The threads behind a board. One brings the search index up to date, leaves texts to the file, and purges
//! what retention is over for; another one writes out what was put off, for that must not wait for the
//! first. Each is started when there is something to do, and ends with the board.

use std::sync::{Arc, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::engine::Store;

/// How long what was put off waits for more of it.
const GATHERING: Duration = Duration::from_millis(50);
/// When writing out is tried again after it has failed.
const AGAIN: Duration = Duration::from_secs(1);
/// How often the clock is asked whether retention is over for something.
const RETENTION: Duration = Duration::from_millis(500);
/// What a thread does until its board ends.
type Work = fn(&Weak<Store>, &Signal);

/// A thread of a board, which may not have been started.
pub(crate) struct Worker {
    work: Work,
    store: OnceLock<Weak<Store>>,
    signal: Arc<Signal>,
    /// Guards the thread, which is started by one who may hold any lock of the board. Never held while it is
    /// waited for.
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
pub(crate) struct Signal {
    /// Guards what the thread is told. Taken under any other lock by one who wakes it; nothing else is taken
    /// while it is held.
    state: Mutex<Told>,
    changed: Condvar,
}

#[derive(Default)]
struct Told {
    is_awake: bool,
    is_ended: bool,
}

impl Worker {
    /// A thread that does `work`, or will.
    pub(crate) fn new(work: Work) -> Self {
        Self {
            work,
            store: OnceLock::new(),
            signal: Arc::default(),
            thread: Mutex::new(None),
        }
    }

    /// Says whose thread it is.
    pub(crate) fn belongs_to(&self, store: &Arc<Store>) {
        // It is asked once, when the board is made.
        let _ = self.store.set(Arc::downgrade(store));
    }

    /// Wakes the thread if there is something to do; starts it if it has not been.
    pub(crate) fn wake_if(&self, is_due: bool) {
        if is_due {
            self.start();
            self.signal.wake();
        }
    }

    /// Starts the thread if it has not been. That there can be none is no error: who writes then does more
    /// by itself.
    pub(crate) fn start(&self) {
        let mut thread = self.thread.lock();
        if thread.is_some() || self.signal.is_ended() {
            return;
        }
        let (Some(store), signal) = (self.store.get().cloned(), Arc::clone(&self.signal)) else {
            return;
        };
        let work = self.work;
        let named = std::thread::Builder::new().name("notice".to_owned());
        *thread = named.spawn(move || work(&store, &signal)).ok();
    }

    /// Ends the thread and waits for it.
    pub(crate) fn end(&self) {
        self.signal.end();
        // Not held while it is waited for: the thread may be about to wake itself.
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            // It has nothing to say; a panic in it was one in a commit, which has poisoned the board.
            let _ = thread.join();
        }
    }

    /// Whether there is a thread.
    pub(crate) fn is_running(&self) -> bool {
        self.thread.lock().is_some()
    }
}

/// Keeps the board in order.
pub(crate) fn tidy(store: &Weak<Store>, signal: &Signal) {
    let has_retention = store.upgrade().is_some_and(|s| s.retention_ms.is_some());
    let pause = has_retention.then_some(RETENTION);
    while let Some(is_awake) = signal.next(pause) {
        let Some(board) = store.upgrade() else {
            return;
        };
        if is_awake {
            signal.wait(GATHERING);
            board.memory.settle(|| signal.is_ended());
            let is_short = board.is_short_of_memory(&board.memory.read().index);
            if is_short {
                // The next one who writes gets the error.
                let _ = board.evict();
            }
        }
        board.purge_in_background(signal);
    }
}

/// Writes out what was put off.
pub(crate) fn write_behind(store: &Weak<Store>, signal: &Signal) {
    while signal.next(None).is_some() {
        signal.wait(GATHERING);
        let Some(board) = store.upgrade() else {
            return;
        };
        let _poison = board.writer.poison_on_panic();
        // The next one who writes gets the error. There may be none, so it is tried again.
        if board.writer.write_out().is_err() {
            signal.wait(AGAIN);
            signal.wake();
        }
    }
}

impl Signal {
    /// Waits until there is something to do, but not longer than `pause`; whether there is. None when the
    /// board ends.
    fn next(&self, pause: Option<Duration>) -> Option<bool> {
        let mut state = self.state.lock();
        let until = pause.map(|pause| Instant::now() + pause);
        while !state.is_awake && !state.is_ended {
            match until {
                Some(until) => {
                    if self.changed.wait_until(&mut state, until).timed_out() {
                        break;
                    }
                }
                None => self.changed.wait(&mut state),
            }
        }
        (!state.is_ended).then(|| std::mem::take(&mut state.is_awake))
    }

    fn wake(&self) {
        self.state.lock().is_awake = true;
        self.changed.notify_one();
    }

    fn end(&self) {
        self.state.lock().is_ended = true;
        self.changed.notify_one();
    }

    /// Waits, unless the board ends.
    fn wait(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state.lock();
        while !state.is_ended && !self.changed.wait_until(&mut state, until).timed_out() {}
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.state.lock().is_ended
    }
}
