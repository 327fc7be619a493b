//! How far something that takes long has come.

use std::sync::Arc;

use crate::error::{Bilingual, Error, Result};
use crate::model::named;

named! {
    /// What opening a board is doing.
    Step, "step" {
        /// A file that was not closed in good order is being checked.
        Repairing = 0 "repairing",
        /// Announcements are being read.
        Loading = 1 "loading",
    }
}

/// Tells somebody how far something has come.
#[derive(Clone)]
pub(crate) struct Progress(Arc<dyn Fn(Step, u64, u64) + Send + Sync>);

impl Progress {
    pub(crate) fn new(tell: impl Fn(Step, u64, u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells that `done` of `total` is done.
    pub(crate) fn tell(&self, phase: Step, done: u64, total: u64) {
        (self.0)(phase, done, total);
    }
}
