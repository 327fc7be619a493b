//! What is kept of an open board: who looks at it, its clock, and what was polled.

use std::sync::Arc;

use notice::{Options, Query, Result, SharedBoard, Viewer};
use parking_lot::{Mutex, RwLock};

use super::clock::EClock;
use super::poll::Polled;
use super::watcher::Watcher;

/// An open board, with a viewer of its own. A file is open by one at a time.
pub(crate) struct EBoard {
    shared: Arc<Shared>,
    polled: Mutex<Polled>,
    watcher: Mutex<Option<Watcher>>,
}

/// What the thread that watches for changes needs as well.
pub(crate) struct Shared {
    pub(crate) board: SharedBoard,
    pub(crate) clock: Arc<EClock>,
    viewer: RwLock<Viewer>,
}

impl EBoard {
    /// Opens the board that `url` names.
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

    /// What was polled last. No other lock is taken while this is held.
    pub(crate) fn polled(&self) -> &Mutex<Polled> {
        &self.polled
    }

    pub(crate) fn watcher(&self) -> &Mutex<Option<Watcher>> {
        &self.watcher
    }

    /// Changes the viewer as `change` says, if what comes of it is within its limits.
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
        // What this one sees begins and ends at other times.
        self.polled.lock().forget_next_change();
        Ok(())
    }

    /// Ends the waits that go on in the board.
    ///
    /// # Errors
    /// When something that was put off could not be written out.
    pub(crate) fn end_waits(&self) -> Result<()> {
        self.shared.board.close()
    }

    /// Ends the thread that watches, after the waits have ended.
    pub(crate) fn end_watcher(self) {
        if let Some(watcher) = self.watcher.into_inner() {
            watcher.join();
        }
    }
}

impl Shared {
    /// Who looks at the board.
    pub(crate) fn viewer(&self) -> Viewer {
        self.viewer.read().clone()
    }

    /// What the viewer should see now.
    pub(crate) fn query(&self) -> Query {
        Query::new(self.viewer())
    }
}
