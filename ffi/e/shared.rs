//! State of an open board that calls share with the watching thread: its viewer and its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use notice::locks::RwLock;
use notice::{Clock, Options, Query, Result, SharedBoard, Viewer};

use super::clock::EClock;

/// A board, its clock and its viewer.
pub(crate) struct Shared {
    pub(crate) board: SharedBoard,
    pub(crate) clock: Arc<EClock>,
    viewer: RwLock<Viewer>,
    /// Counts the changes of the viewer, so that a follower notices one.
    viewers: AtomicU64,
}

impl Shared {
    /// Opens the board named by `url`.
    pub(crate) fn open(url: &str) -> Result<Arc<Self>> {
        let clock = Arc::new(EClock::new());
        let board = Options::new().clock(Arc::clone(&clock)).open(url)?;
        Ok(Arc::new(Self {
            board,
            clock,
            viewer: RwLock::new(Viewer::anonymous()),
            viewers: AtomicU64::new(0),
        }))
    }

    /// Returns the board's viewer.
    pub(crate) fn viewer(&self) -> Viewer {
        self.viewer.read().clone()
    }

    /// Returns how often the viewer was changed.
    pub(crate) fn viewers(&self) -> u64 {
        self.viewers.load(Ordering::SeqCst)
    }

    /// Returns the query of the current viewer.
    pub(crate) fn query(&self) -> Query {
        Query::new(self.viewer())
    }

    /// Returns the current time of the board's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Changes the viewer, if the result is within the limits.
    pub(crate) fn change_viewer(
        &self,
        change: impl FnOnce(&mut Viewer) -> Result<()>,
    ) -> Result<()> {
        let mut viewer = self.viewer.write();
        let mut changed = viewer.clone();
        change(&mut changed)?;
        changed.validate()?;
        *viewer = changed;
        // Counted while the viewer is locked, so that no thread sees the new viewer with the old number.
        self.viewers.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
