//! The last failure of each thread.

use std::cell::RefCell;

use notice::Error;

thread_local! {
    static LAST: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Keeps `error` as the thread's last failure, and returns its status.
pub(crate) fn set(error: Error) -> i32 {
    let status = error.kind() as i32;
    // A thread that is ending has no last error any more; the status is still right.
    let _ = LAST.try_with(|last| last.replace(Some(error)));
    status
}

#[cfg(feature = "e")]
/// Clears the thread's last failure.
pub(crate) fn clear() {
    let _ = LAST.try_with(|last| last.replace(None));
}

/// Passes the thread's last failure to `read`.
pub(crate) fn with<T>(read: impl FnOnce(Option<&Error>) -> T) -> T {
    let error = LAST
        .try_with(|last| last.borrow().clone())
        .unwrap_or_default();
    read(error.as_ref())
}
