//! How far something that takes long has come.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::named::named;

named! {
    /// What opening a board is doing.
    Step, "step" {
        /// A file that was not closed in good order is being checked.
        Repairing = 0 "repairing",
        /// Announcements are being read.
        Loading = 1 "loading",
    }
}

/// A function of the caller.
type Tell = dyn Fn(Step, u64, u64) + Send + Sync;

/// Tells somebody how far something has come.
#[derive(Clone)]
pub(crate) struct Progress {
    tell: Arc<Tell>,
    /// What the function panicked with; from then on nothing is told.
    panic: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
}

impl Progress {
    pub(crate) fn new(tell: impl Fn(Step, u64, u64) + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            panic: Arc::default(),
        }
    }

    /// Tells that `done` of `total` is done. A panic is kept for [`end`](Self::end): it must not look like
    /// one over a damaged file.
    pub(crate) fn tell(&self, phase: Step, done: u64, total: u64) {
        let mut panic = self.panic.lock();
        if panic.is_none() {
            let told = catch_unwind(AssertUnwindSafe(|| (self.tell)(phase, done, total)));
            *panic = told.err();
        }
    }

    /// Goes on with the panic of the caller's function, if there was one.
    pub(crate) fn end(&self) {
        if let Some(panic) = self.panic.lock().take() {
            resume_unwind(panic);
        }
    }
}
