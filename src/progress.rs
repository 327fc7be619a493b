//! Progress of long operations.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::locks::Mutex;
use crate::named::named;

named! {
    /// Step of opening a board.
    Step, "step" {
        /// Checking a file that was not closed cleanly.
        Repairing = 0 "repairing",
        /// Reading announcements.
        Loading = 1 "loading",
    }
}

/// Progress function of the caller.
type Tell = dyn Fn(Step, u64, u64) + Send + Sync;

/// Reports progress to the caller.
#[derive(Clone)]
pub(crate) struct Progress {
    tell: Arc<Tell>,
    /// Panic of the caller's function. After a panic nothing more is reported.
    panic: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
}

impl Progress {
    pub(crate) fn new(tell: impl Fn(Step, u64, u64) + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            panic: Arc::default(),
        }
    }

    /// Reports `done` of `total`. A panic is kept for [`end`](Self::end), because it must not look
    /// like a panic over a damaged file.
    pub(crate) fn tell(&self, phase: Step, done: u64, total: u64) {
        let mut panic = self.panic.lock();
        if panic.is_none() {
            let told = catch_unwind(AssertUnwindSafe(|| (self.tell)(phase, done, total)));
            *panic = told.err();
        }
    }

    /// Resumes the panic of the caller's function, if there was one.
    pub(crate) fn end(&self) {
        if let Some(panic) = self.panic.lock().take() {
            resume_unwind(panic);
        }
    }
}
