//! A board that follows another one: made from a checkpoint, and fed with the entries after it.

use std::sync::Arc;

use super::{Local, Settings, Store};
use crate::board::SharedBoard;
use crate::error::{Bilingual, Result};
use crate::journal::{Checkpoint, Entry, Position};

/// A board that follows another one, and answers every question as that one would have answered it at the same
/// entry.
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
/// assert_eq!(copy.query(&Query::new(Viewer::new("li.lei")))?.count.total, 1);
/// assert_eq!(copy.publish(&Draft::new("en", "Here?")).unwrap_err().kind(), ErrorKind::ReadOnly);
/// # Ok::<(), notice::Error>(())
/// ```
pub struct Replica {
    store: Arc<Store>,
    board: SharedBoard,
}

impl Replica {
    /// A replica of the board that `checkpoint` stands for.
    pub(crate) fn new(settings: Settings, checkpoint: &Checkpoint) -> Self {
        let reason = Bilingual::new(
            "read-only replica: publish and mark on the board that it follows",
            "只读副本：请在它所跟随的公告板上发布和标记",
        );
        let store = Store::following(settings, checkpoint, reason);
        let board = Arc::new(Local::new(Arc::clone(&store)));
        Self { store, board }
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// `bad_state` for an entry that is not the next one; `epoch_mismatch` for one of another board, or of
    /// another history of this one: take a new checkpoint then. Nothing is changed by one that is refused.
    pub fn apply(&self, entry: &Entry) -> Result<()> {
        let _turn = self.store.writer.turn();
        self.store.follow(entry)
    }

    /// Returns where the last entry has left the board.
    pub fn position(&self) -> Position {
        self.store.memory.read().head()
    }

    /// Returns the board, for asking. Writing to it gives `read_only`.
    pub fn board(&self) -> SharedBoard {
        Arc::clone(&self.board)
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
