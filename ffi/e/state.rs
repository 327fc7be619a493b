//! State of an open board: its viewer, its clock, and how far it was polled.

use std::sync::Arc;

use notice::locks::Mutex;
use notice::{Result, SharedBoard, Sharing, Viewer};

use super::follow::{Followed, Watcher};
use super::shared::Shared;

/// An open board with its own viewer.
pub(crate) struct EBoard {
    shared: Arc<Shared>,
    polled: Mutex<Followed>,
    watcher: Mutex<Option<Watcher>>,
    /// What shares the board with other programs, until it is closed.
    shares: Mutex<Vec<Sharing>>,
}

impl EBoard {
    /// Opens the board named by `url`.
    pub(crate) fn open(url: &str) -> Result<Self> {
        let shared = Shared::open(url)?;
        Ok(Self {
            polled: Mutex::new(Followed::begin(&shared)?),
            shared,
            watcher: Mutex::new(None),
            shares: Mutex::default(),
        })
    }

    pub(crate) fn board(&self) -> &SharedBoard {
        &self.shared.board
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// State of the last poll. No other lock is taken while this one is held.
    pub(crate) fn polled(&self) -> &Mutex<Followed> {
        &self.polled
    }

    pub(crate) fn watcher(&self) -> &Mutex<Option<Watcher>> {
        &self.watcher
    }

    /// Shares the board under a name, until it is closed.
    ///
    /// # Errors
    /// As `notice::share`.
    pub(crate) fn share(&self, name: &str) -> Result<()> {
        let sharing = notice::share(&self.shared.board, name)?;
        self.shares.lock().push(sharing);
        Ok(())
    }

    /// Changes the viewer, if the result is within the limits.
    pub(crate) fn change_viewer(
        &self,
        change: impl FnOnce(&mut Viewer) -> Result<()>,
    ) -> Result<()> {
        self.shared.change_viewer(change)
    }

    /// Ends the waits on the board, and writes what it has deferred.
    ///
    /// # Errors
    /// When that cannot be written; the board goes on then. With `gives_up` it is lost instead.
    pub(crate) fn end_waits(&self, gives_up: bool) -> Result<()> {
        if gives_up {
            self.shared.board.give_up();
            return Ok(());
        }
        self.shared.board.close()
    }

    /// Frees memory in a forked child, which does not have the watching thread.
    pub(crate) fn abandon(self) {
        let _ = self.shared.board.close();
        drop(self.shares);
        std::mem::forget(self.watcher.into_inner());
    }

    /// Ends the watching thread, after the waits have ended.
    pub(crate) fn end_watcher(self) {
        if let Some(watcher) = self.watcher.into_inner() {
            watcher.join();
        }
    }
}
