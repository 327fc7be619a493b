//! The thread behind a board: it brings the search index up to date, writes out what was put off, and
//! purges what retention is over for. It is started when there is something to do, and ends with the
//! board.

use std::sync::{Arc, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::Store;
use super::unsearched::take_in;
use crate::error::Result;
use crate::search::SearchIndex;

/// How long what was put off waits for more of it.
const GATHERING: Duration = Duration::from_millis(50);
/// How often the clock is asked whether retention is over for something.
const RETENTION: Duration = Duration::from_millis(500);
/// How many announcements the search index takes in at once, during which nobody can search.
const CHUNK: usize = 64;
/// From so many announcements on a new search index is made aside, if there is none yet.
const FROM_SCRATCH: usize = 1024;

/// A board's thread, which may not have been started.
#[derive(Default)]
pub(super) struct Worker {
    store: OnceLock<Weak<Store>>,
    signal: Arc<Signal>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Held while the search index and what it is said to know may differ.
    pub(super) settling: Mutex<()>,
}

#[derive(Default)]
struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_awake: bool,
    is_ended: bool,
}

impl Worker {
    /// Says whose thread it is.
    pub(super) fn belongs_to(&self, store: &Arc<Store>) {
        // It is asked once, when the board is made.
        let _ = self.store.set(Arc::downgrade(store));
    }

    /// Wakes the thread if there is something to do; starts it if it has not been.
    pub(super) fn wake_if(&self, is_due: bool) {
        if is_due {
            self.start();
            self.signal.state.lock().is_awake = true;
            self.signal.changed.notify_one();
        }
    }

    /// Starts the thread if it has not been. That there can be none is no error: who writes then does more
    /// by itself.
    pub(super) fn start(&self) {
        let mut thread = self.thread.lock();
        if thread.is_some() {
            return;
        }
        let (Some(store), signal) = (self.store.get().cloned(), Arc::clone(&self.signal)) else {
            return;
        };
        let has_retention = store.upgrade().is_some_and(|s| s.retention_ms.is_some());
        let named = std::thread::Builder::new().name("notice".to_owned());
        *thread = named
            .spawn(move || run(&store, &signal, has_retention))
            .ok();
    }
}

impl Worker {
    /// Ends the thread and waits for it.
    pub(super) fn end(&self) {
        self.signal.state.lock().is_ended = true;
        self.signal.changed.notify_one();
        if let Some(thread) = self.thread.lock().take() {
            // It has nothing to say; a panic in it was one in a commit, which has poisoned the board.
            let _ = thread.join();
        }
    }

    /// Whether there is a thread.
    pub(super) fn is_running(&self) -> bool {
        self.thread.lock().is_some()
    }
}

fn run(store: &Weak<Store>, signal: &Signal, has_retention: bool) {
    loop {
        let mut state = signal.state.lock();
        if !state.is_awake && !state.is_ended {
            if has_retention {
                signal.changed.wait_for(&mut state, RETENTION);
            } else {
                signal.changed.wait(&mut state);
            }
        }
        if state.is_ended {
            return;
        }
        let is_awake = std::mem::take(&mut state.is_awake);
        drop(state);
        let Some(board) = store.upgrade() else {
            return;
        };
        if is_awake {
            signal.wait(GATHERING);
            board.settle_search(signal);
            if board.is_short_of_memory(&board.index.read()) {
                // That it fails is told to the next one who writes.
                let _ = board.shelve();
            }
            if board.durable.as_ref().is_some_and(|d| d.is_behind()) {
                // That it fails is told to the next one who writes.
                let _ = board.write_out();
            }
        }
        board.purge_in_background();
    }
}

impl Signal {
    /// Waits, unless the board ends.
    fn wait(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state.lock();
        while !state.is_ended && !self.changed.wait_until(&mut state, until).timed_out() {}
    }

    fn is_ended(&self) -> bool {
        self.state.lock().is_ended
    }
}

impl Store {
    /// Brings the search index up to date, a little at a time.
    ///
    /// No lock is held between the steps, so that announcements may change meanwhile; `unsearched` keeps
    /// account of that.
    fn settle_search(&self, signal: &Signal) {
        let search = Arc::clone(&self.index.read().search);
        while !signal.is_ended() {
            let is_new = search.read().is_empty();
            let _settling = self.worker.settling.lock();
            let chunk = {
                let index = self.index.read();
                let from_scratch = is_new && index.unsearched.len() >= FROM_SCRATCH;
                index
                    .unsearched
                    .chunk(if from_scratch { usize::MAX } else { CHUNK })
            };
            if chunk.is_empty() {
                return;
            }
            if chunk.len() > CHUNK {
                let mut made = SearchIndex::default();
                for part in chunk.chunks(FROM_SCRATCH) {
                    take_in(&mut made, part);
                    if signal.is_ended() {
                        return;
                    }
                }
                *search.write() = made;
            } else {
                take_in(&mut search.write(), &chunk);
            }
            let bytes = search.read().heap_bytes();
            self.index.write().settled(chunk, bytes);
        }
    }

    /// Writes out what was put off.
    pub(super) fn write_out(&self) -> Result<()> {
        let _right = self.writer.lock();
        match &self.durable {
            Some(durable) => durable.write_out(),
            None => Ok(()),
        }
    }
}
