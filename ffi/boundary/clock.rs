//! Clock of a C caller.

use std::ffi::c_void;

use notice::Clock;

/// Function of `NoticeOptions::clock`.
pub(crate) type ClockFn = unsafe extern "C" fn(*mut c_void) -> i64;

/// A C function and its argument.
pub(crate) struct CClock {
    function: ClockFn,
    data: *mut c_void,
}

// SAFETY: the header says that the function is called from any thread, several at a time, with this
// pointer, which is never dereferenced here.
unsafe impl Send for CClock {}
// SAFETY: as above.
unsafe impl Sync for CClock {}

impl CClock {
    /// Creates a clock that calls `function` with `data`.
    ///
    /// # Safety
    /// Any thread may call the function with `data` as long as the clock lives.
    pub(crate) unsafe fn new(function: ClockFn, data: *mut c_void) -> Self {
        Self { function, data }
    }
}

impl Clock for CClock {
    fn now(&self) -> i64 {
        // SAFETY: the caller of `new` guarantees that this call is allowed.
        unsafe { (self.function)(self.data) }
    }
}
