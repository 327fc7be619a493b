//! State of an open board: its viewer, its clock, and what was polled.

use std::sync::Arc;

use notice::{Options, Query, Result, SharedBoard, Viewer};
use parking_lot::{Mutex, RwLock};

use super::clock::EClock;
use super::poll::Polled;
use super::watcher::Watcher;

/// An open board with its own viewer.
pub(crate) struct EBoard {
    shared: Arc<Shared>,
    polled: Mutex<Polled>,
    watcher: Mutex<Option<Watcher>>,
}

/// State that is shared with the thread that watches for changes.
pub(crate) struct Shared {
    pub(crate) board: SharedBoard,
    pub(crate) clock: Arc<EClock>,
    viewer: RwLock<Viewer>,
}

impl EBoard {
    /// Opens the board named by `url`.
    pub(crate) fn open(url: &str) -> Result<Self> {
        let clock = Arc::new(EClock::new());
        let board = Options::new().clock(Arc::clone(&clock)).open(url)?;
        let shared = Arc::new(Shared {
            board,
            clock,
            viewer: RwLock::new(Viewer::anonymous()),
        });
        Ok(Self {
            polled: Mutex::new(Polled::now(&shared)?),
            shared,
            watcher: Mutex::new(None),
        })
    }

    pub(crate) fn board(&self) -> &SharedBoard {
        &self.shared.board
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// State of the last poll. No other lock is taken while this one is held.
    pub(crate) fn polled(&self) -> &Mutex<Polled> {
        &self.polled
    }

    pub(crate) fn watcher(&self) -> &Mutex<Option<Watcher>> {
        &self.watcher
    }

    /// Changes the viewer, if the result is within the limits.
    pub(crate) fn change_viewer(
        &self,
        change: impl FnOnce(&mut Viewer) -> Result<()>,
    ) -> Result<()> {
        {
            let mut viewer = self.shared.viewer.write();
            let mut changed = viewer.clone();
            change(&mut changed)?;
            changed.validate()?;
            *viewer = changed;
        }
        // The new viewer sees other starts and ends.
        self.polled.lock().forget_next_change();
        Ok(())
    }

    /// Ends the waits on the board.
    ///
    /// # Errors
    /// When deferred changes could not be written.
    pub(crate) fn end_waits(&self) -> Result<()> {
        self.shared.board.close()
    }

    /// Ends the watching thread, after the waits have ended.
    pub(crate) fn end_watcher(self) {
        if let Some(watcher) = self.watcher.into_inner() {
            watcher.join();
        }
    }
}

impl Shared {
    /// Returns the board's viewer.
    pub(crate) fn viewer(&self) -> Viewer {
        self.viewer.read().clone()
    }

    /// Returns the query for what the viewer should see now.
    pub(crate) fn query(&self) -> Query {
        Query::new(self.viewer())
    }
}
