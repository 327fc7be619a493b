//! Replicas: boards that follow another board, created from a checkpoint and fed with the entries
//! after it.

use std::sync::Arc;

use super::{Local, Settings, Store};
use crate::board::SharedBoard;
use crate::error::{Bilingual, Result};
use crate::journal::{Checkpoint, Entry, Position};

/// A board that follows another one. It answers every query as the other board would have at the
/// same entry.
///
/// ```
/// use std::time::Duration;
/// use notice::{Draft, ErrorKind, Options, Query, Viewer};
///
/// let board = notice::open("mem:")?;
/// let custody = board.require_custody()?;
/// let checkpoint = custody.checkpoint()?;
/// let replica = Options::new().replica(&checkpoint);
///
/// board.publish(&Draft::new("en", "Maintenance tonight"))?;
/// for entry in custody.entries(replica.position().seq() + 1, Duration::ZERO)? {
///     replica.apply(&entry)?;
/// }
/// let copy = replica.board();
/// assert_eq!(copy.query(&Query::new(Viewer::new("li.lei")))?.items.len(), 1);
/// assert_eq!(copy.publish(&Draft::new("en", "Here?")).unwrap_err().kind(), ErrorKind::ReadOnly);
/// # Ok::<(), notice::Error>(())
/// ```
pub struct Replica {
    board: Arc<Local>,
}

impl Replica {
    /// Creates a replica of the board in `checkpoint`.
    pub(crate) fn new(settings: Settings, checkpoint: &Checkpoint) -> Self {
        let reason = Bilingual::new(
            "read-only replica: publish and mark on the board that it follows",
            "只读副本：请在它所跟随的公告板上发布和标记",
        );
        let store = Store::following(settings, checkpoint, reason);
        let board = Arc::new(Local::new(store));
        Self { board }
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// `bad_state` for an entry that is not the next one; `epoch_mismatch` for an entry of a
    /// different board or a different history, after which a new checkpoint is needed;
    /// `unavailable` in a forked child. A refused entry changes nothing.
    pub fn apply(&self, entry: &Entry) -> Result<()> {
        let store = self.board.here()?;
        let _turn = store.writer.turn();
        store.follow(entry)
    }

    /// Returns the position after the last entry; in a forked child, that of no board.
    pub fn position(&self) -> Position {
        match self.board.here() {
            Ok(store) => store.memory.read().head(),
            Err(_) => Position::new(0, 0),
        }
    }

    /// Returns the board for queries. Writing to it is refused with `read_only`.
    pub fn board(&self) -> SharedBoard {
        Arc::clone(&self.board) as SharedBoard
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
