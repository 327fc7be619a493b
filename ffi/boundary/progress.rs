//! Progress function of a C caller.

use std::ffi::c_void;

use notice::Step;

/// Function of `NoticeOptions::progress`.
pub(crate) type ProgressFn = unsafe extern "C" fn(*mut c_void, i32, u64, u64);

/// A C function and its argument.
pub(crate) struct CProgress {
    function: ProgressFn,
    data: *mut c_void,
}

// SAFETY: the header says that the function is called with this pointer while the board is opened. The
// pointer is never dereferenced here.
unsafe impl Send for CProgress {}
// SAFETY: as above.
unsafe impl Sync for CProgress {}

impl CProgress {
    /// Creates progress that calls `function` with `data`.
    ///
    /// # Safety
    /// The function may be called with `data` as long as this lives.
    pub(crate) unsafe fn new(function: ProgressFn, data: *mut c_void) -> Self {
        Self { function, data }
    }

    /// Reports `done` of `total` of a step.
    pub(crate) fn tell(&self, step: Step, done: u64, total: u64) {
        // SAFETY: the caller of `new` guarantees that this call is allowed.
        unsafe { (self.function)(self.data, step.code(), done, total) }
    }
}
