//! Callbacks of C programs, by number.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use notice::locks::{Condvar, Mutex};
use notice::{Bilingual, Board, Error, ErrorKind, Head, OnChange, Result};

/// A callback, which its board holds weakly and this holds strongly.
struct Listener {
    callback: Arc<OnChange>,
    gate: Arc<Gate>,
}

/// The way to a callback, which is closed by its removal.
#[derive(Default)]
struct Gate {
    /// Guards whether there may be a call, and where one is in progress. Not held during the call, which may
    /// remove its own callback.
    state: Mutex<Passage>,
    left: Condvar,
}

#[derive(Default)]
struct Passage {
    is_closed: bool,
    /// Mark of the thread with a call in progress; 0 if there is none. The board makes one call at a time.
    inside: usize,
}

thread_local! {
    /// Its address tells this thread from all others. The handle of the thread would tell as well, but asking for it
    /// leaves memory behind in a thread that std did not start.
    static MARK: u8 = const { 0 };
}

/// Returns the mark of this thread; 0 while it ends.
fn mark() -> usize {
    MARK.try_with(|mark| std::ptr::from_ref(mark).addr())
        .unwrap_or_default()
}

/// A call in progress.
struct Inside<'a>(&'a Gate);

impl Gate {
    /// Begins a call; None if the callback was removed.
    fn enter(&self) -> Option<Inside<'_>> {
        let mut state = self.state.lock();
        if state.is_closed {
            return None;
        }
        state.inside = mark();
        Some(Inside(self))
    }

    /// Closes the gate, and waits for a call in progress, unless this is called from that call.
    fn close(&self) {
        let mut state = self.state.lock();
        state.is_closed = true;
        while state.inside != 0 && state.inside != mark() {
            self.left.wait(&mut state);
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.state.lock().inside = 0;
        self.0.left.notify_all();
    }
}

/// The last number that was given to a callback, from 1. No two boards use the same.
static LAST: AtomicU64 = AtomicU64::new(0);

/// The callbacks of a board, by number. Each board has its own lock: in a forked child one of all boards might
/// stay locked.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<BTreeMap<u64, Listener>>);

/// The caller's pointer, which is passed to another thread.
#[derive(Clone, Copy)]
pub(crate) struct User(*mut c_void);

// SAFETY: it is never dereferenced here; the header says that it is passed to a thread of the library.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    pub(crate) fn new(user: *mut c_void) -> Self {
        Self(user)
    }

    pub(crate) fn get(self) -> *mut c_void {
        self.0
    }
}

impl Listeners {
    /// Adds `call` as a callback of `board`, whose callbacks these are, and returns its number.
    pub(crate) fn add(
        &self,
        board: &dyn Board,
        call: impl Fn(Head) + Send + Sync + 'static,
    ) -> Result<u64> {
        let gate = Arc::new(Gate::default());
        let theirs = Arc::clone(&gate);
        let callback: Arc<OnChange> = Arc::new(move |head| {
            if let Some(_inside) = theirs.enter() {
                call(head);
            }
        });
        board.on_change(Arc::downgrade(&callback))?;
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let listener = Listener { callback, gate };
        self.0.lock().insert(number, listener);
        Ok(number)
    }

    /// Removes a callback. The returned value is ended when nothing is locked any more, because that waits for a
    /// call in progress, which may use the board.
    pub(crate) fn remove(&self, number: u64) -> Result<Removed> {
        let listener = self.0.lock().remove(&number);
        listener.map(Removed).ok_or_else(|| {
            let reason = Bilingual::new(
                format!("there is no callback {number} on this board"),
                format!("此公告板没有编号为 {number} 的回调"),
            );
            Error::new(ErrorKind::NotFound, reason).within("listener")
        })
    }

    /// Ends all callbacks of a closed board.
    pub(crate) fn end_all(self) {
        let all = self.0.into_inner();
        all.into_values().map(Removed).for_each(Removed::end);
    }
}

/// A callback that was removed, and may be in progress.
pub(crate) struct Removed(Listener);

impl Removed {
    /// Waits for a call in progress. There is none afterwards.
    pub(crate) fn end(self) {
        self.0.gate.close();
        debug_assert!(Arc::strong_count(&self.0.callback) >= 1);
    }
}
