//! Callbacks of C programs, by number.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::Arc;

use notice::{Bilingual, Board, Error, ErrorKind, Head, OnChange, Result};
use parking_lot::{Mutex, ReentrantMutex};

/// A callback, which its board holds weakly and this table strongly.
struct Listener {
    board: usize,
    /// Keeps the callback alive for its board.
    callback: Arc<OnChange>,
    /// Whether it may still be called. The lock is held during a call, so that a removal waits for it. It is
    /// reentrant, so that a callback can remove itself.
    may_call: Arc<ReentrantMutex<Cell<bool>>>,
}

/// Every callback of the process, by its number from 1. Numbers are never reused.
static LISTENERS: Mutex<(u64, BTreeMap<u64, Listener>)> = Mutex::new((0, BTreeMap::new()));

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

/// Adds `call` as a callback of `board`, whose handle is `handle`, and returns its number.
pub(crate) fn add(
    board: &dyn Board,
    handle: usize,
    call: impl Fn(Head) + Send + Sync + 'static,
) -> Result<u64> {
    let may_call = Arc::new(ReentrantMutex::new(Cell::new(true)));
    let theirs = Arc::clone(&may_call);
    let callback: Arc<OnChange> = Arc::new(move |head| {
        let may_call = theirs.lock();
        if may_call.get() {
            call(head);
        }
    });
    board.on_change(Arc::downgrade(&callback))?;
    let mut listeners = LISTENERS.lock();
    let (last, all) = &mut *listeners;
    *last += 1;
    let listener = Listener {
        board: handle,
        callback,
        may_call,
    };
    all.insert(*last, listener);
    Ok(*last)
}

/// Removes a callback, and waits for a call in progress.
pub(crate) fn remove(handle: usize, number: u64) -> Result<()> {
    let listener = {
        let mut listeners = LISTENERS.lock();
        let all = &mut listeners.1;
        match all.get(&number) {
            Some(listener) if listener.board == handle => all.remove(&number),
            _ => None,
        }
    };
    // The table is unlocked before waiting, because a call in progress may use it.
    match listener {
        Some(listener) => {
            end(&listener);
            Ok(())
        }
        None => {
            let reason = Bilingual::new(
                format!("there is no callback {number} on this board"),
                format!("此公告板没有编号为 {number} 的回调"),
            );
            Err(Error::new(ErrorKind::NotFound, reason).within("listener"))
        }
    }
}

/// Removes all callbacks of a closed board.
pub(crate) fn remove_all(handle: usize) {
    let gone: Vec<Listener> = {
        let mut listeners = LISTENERS.lock();
        let all = &mut listeners.1;
        let (gone, kept) = std::mem::take(all)
            .into_iter()
            .partition(|(_, listener)| listener.board == handle);
        *all = kept;
        let gone: BTreeMap<u64, Listener> = gone;
        gone.into_values().collect()
    };
    gone.iter().for_each(end);
}

fn end(listener: &Listener) {
    listener.may_call.lock().set(false);
    debug_assert!(Arc::strong_count(&listener.callback) >= 1);
}
