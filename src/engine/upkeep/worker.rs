//! Background threads of a board. One updates the search index, evicts texts, and purges by
//! retention. Another writes out deferred entries, and a third folds the journal; they do not wait
//! for each other. Each starts when it has something to do, and ends with the board.

use std::sync::{Arc, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::engine::Store;
use crate::journal::FoldDue;
use crate::locks::{Condvar, Mutex};

/// Time for which deferred entries gather, so that one sync covers many. Together with the write it
/// stays below the promised 100 ms.
const GATHERING: Duration = Duration::from_millis(50);
/// Times that the search index waits for writers to pause, as long as some of them write in each. It would
/// take a processor from them, and costs less for many texts together.
const PAUSES: u32 = 20;
/// Texts for which it waits no longer, because a search looks at each of them.
const UNSEARCHED: usize = 1000;
/// Pause before a failed write is retried.
const AGAIN: Duration = Duration::from_secs(1);
/// Interval at which retention is checked; half of the promised second.
const RETENTION: Duration = Duration::from_millis(500);
/// Loop of a thread, until its board ends.
type Work = fn(&Weak<Store>, &Signal);

/// A thread of a board, possibly not started.
pub(crate) struct Worker {
    work: Work,
    store: OnceLock<Weak<Store>>,
    signal: Arc<Signal>,
    /// Guards the thread. A caller that starts it may hold any lock of the board. Never held while
    /// the thread is joined.
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
pub(crate) struct Signal {
    /// Guards the thread's instructions. Taken under any other lock to wake the thread; no lock is
    /// taken while it is held.
    state: Mutex<Told>,
    changed: Condvar,
}

#[derive(Default)]
struct Told {
    is_awake: bool,
    /// Time for which the work may be put off once the thread is awake.
    patience: Duration,
    is_ended: bool,
}

impl Worker {
    /// Creates a thread that will run `work`.
    pub(crate) fn new(work: Work) -> Self {
        Self {
            work,
            store: OnceLock::new(),
            signal: Arc::default(),
            thread: Mutex::new(None),
        }
    }

    /// Connects the thread to its board.
    pub(crate) fn belongs_to(&self, store: &Arc<Store>) {
        // Set once, when the board is created.
        let _ = self.store.set(Arc::downgrade(store));
    }

    /// Wakes the thread if there is something to do, starting it if necessary.
    pub(crate) fn wake_if(&self, is_due: bool) {
        if is_due {
            self.start();
            self.signal.wake();
        }
    }

    /// Wakes the thread to fold a journal, starting it if necessary.
    pub(crate) fn wake_when(&self, due: FoldDue) {
        let patience = match due {
            FoldDue::Never => return,
            FoldDue::Within(patience) => patience,
            FoldDue::Now => Duration::ZERO,
        };
        // Every write comes here, and all but a few find it awake.
        if !self.signal.is_told(patience) {
            self.start();
            self.signal.tell(patience);
        }
    }

    /// Starts the thread, unless it has been started. A failure is not an error: writers then do
    /// more of the work themselves.
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

    /// Ends the thread and joins it.
    pub(crate) fn end(&self) {
        self.signal.end();
        // Not held during the join, because the thread may be about to wake itself.
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            // There is nothing to report: a panic of the thread was inside a commit, which has
            // poisoned the board.
            let _ = thread.join();
        }
    }

    /// Reports whether the thread was started.
    pub(crate) fn is_running(&self) -> bool {
        self.thread.lock().is_some()
    }
}

/// Runs maintenance, eviction and search indexing.
pub(crate) fn tidy(store: &Weak<Store>, signal: &Signal) {
    let has_retention = store.upgrade().is_some_and(|s| s.retention_ms.is_some());
    let pause = has_retention.then_some(RETENTION);
    while let Some(is_awake) = signal.next(pause) {
        let Some(board) = store.upgrade() else {
            return;
        };
        if is_awake {
            for _ in 0..PAUSES {
                let has_more = signal.wait_for_more(GATHERING);
                if !has_more || board.must_tidy() {
                    break;
                }
            }
            board.memory.settle(|| signal.is_ended());
            let is_short = board.is_short_of_memory(&board.memory.read());
            if is_short {
                // The next writer gets the error.
                let _ = board.evict();
            }
        }
        board.purge_in_background(signal);
    }
}

impl Store {
    /// Reports whether the search index or the eviction of texts must not be put off.
    fn must_tidy(&self) -> bool {
        let state = self.memory.read();
        state.index.unsearched.len() >= UNSEARCHED || self.is_short_of_memory(&state)
    }
}

/// Writes out deferred entries.
pub(crate) fn write_behind(store: &Weak<Store>, signal: &Signal) {
    while signal.next(None).is_some() {
        signal.wait(GATHERING);
        let Some(board) = store.upgrade() else {
            return;
        };
        let _poison = board.writer.poison_on_panic();
        // The next writer gets the error. There may be none, so this is retried.
        if board.writer.write_out().is_err() {
            signal.wait(AGAIN);
            signal.wake();
        }
        board.fold_when_due();
    }
}

/// Folds the journal.
pub(crate) fn fold(store: &Weak<Store>, signal: &Signal) {
    while signal.next_gathered() {
        let Some(board) = store.upgrade() else {
            return;
        };
        // What fails is durable all the same. A writer gets the error when the journal is full.
        if board
            .storage()
            .is_some_and(|storage| storage.fold().is_err())
        {
            signal.wait(AGAIN);
            signal.wake();
        }
    }
}

impl Signal {
    /// Waits until there is something to do, at most `pause`, and returns whether there is. None
    /// when the board ends.
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
        // Every write comes here, and all but a few find it awake: a thread that gathers must not be
        // woken for each of them.
        if !std::mem::replace(&mut self.state.lock().is_awake, true) {
            self.changed.notify_one();
        }
    }

    /// Reports whether the thread was woken already, as urgently.
    fn is_told(&self, patience: Duration) -> bool {
        let state = self.state.lock();
        state.is_awake && state.patience <= patience
    }

    fn tell(&self, patience: Duration) {
        let mut state = self.state.lock();
        state.patience = match state.is_awake {
            true => state.patience.min(patience),
            false => patience,
        };
        state.is_awake = true;
        self.changed.notify_one();
    }

    /// Waits until there is something to do, and then for more of it, as long as it may be put off. Returns
    /// false when the board ends: closing does the rest, and reports a failure.
    ///
    /// The thread counts as awake all the while, so that writers need not wake it again.
    fn next_gathered(&self) -> bool {
        let mut state = self.state.lock();
        while !state.is_awake && !state.is_ended {
            self.changed.wait(&mut state);
        }
        let began = Instant::now();
        while !state.is_ended {
            let until = began + state.patience;
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.is_awake = false;
        !state.is_ended
    }

    /// Waits, unless the board ends, and returns whether there is more to do since the last time.
    fn wait_for_more(&self, duration: Duration) -> bool {
        self.wait(duration);
        std::mem::take(&mut self.state.lock().is_awake)
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

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn more_to_do_is_told_once() {
        let signal = Signal::default();
        signal.wake();
        assert_eq!(signal.next(None), Some(true));
        assert!(!signal.wait_for_more(Duration::ZERO));
        signal.wake();
        signal.wake();
        assert!(signal.wait_for_more(Duration::ZERO));
        assert!(!signal.wait_for_more(Duration::ZERO));
    }

    #[test]
    fn work_that_became_urgent_is_not_put_off() {
        let signal = Signal::default();
        for order in [[DAY, Duration::ZERO], [Duration::ZERO, DAY]] {
            order.into_iter().for_each(|patience| signal.tell(patience));
            assert!(signal.is_told(Duration::ZERO));
            assert!(signal.next_gathered());
            signal.tell(DAY);
            assert!(signal.is_told(DAY) && !signal.is_told(Duration::ZERO));
        }
    }

    #[test]
    fn a_thread_whose_board_ends_waits_for_nothing() {
        let signal = Signal::default();
        signal.tell(DAY);
        signal.end();
        assert!(!signal.next_gathered());
        assert_eq!(signal.next(None), None);
        assert!(!signal.wait_for_more(DAY));
    }
}
