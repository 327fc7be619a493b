//! Many threads at one board. Nothing here depends on who comes first.

mod files;
mod readers;
mod writers;

use std::sync::atomic::{AtomicBool, Ordering};

/// Sets a flag when it goes, so that a failing thread does not leave the others running.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
