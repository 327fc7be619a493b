//! Keeping a board: backups, checks, exports and upkeep.

use std::fmt::Debug;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::journal::{Checkpoint, Entry};
use crate::query::{Compaction, Maintenance, Verification};

/// The upkeep of a board that is kept in this process; [`Board::custody`](crate::Board::custody) gives it.
///
/// Paths and streams are those of this machine, so a board of another machine has no custody here.
///
/// ```
/// let board = notice::open("mem:")?;
/// let mut lines = Vec::new();
/// if let Some(custody) = board.custody() {
///     custody.export(&mut lines)?;
/// }
/// # assert!(!lines.is_empty());
/// # Ok::<(), notice::Error>(())
/// ```
pub trait Custody: Debug + Send + Sync {
    /// Writes a consistent copy of the board to a new file, and returns its revision. Others may use the
    /// board meanwhile. The copy has the same epoch; [`restore_backup`](crate::restore_backup) makes a board with an
    /// epoch of its own from it. Works for a board in memory too, and for one whose file is damaged or
    /// cannot be written any more.
    ///
    /// # Errors
    /// `exists` when there is something at `to`; `corrupt` when a record is damaged whose texts were
    /// evicted to the file; `io`, `read_only`.
    fn backup(&self, to: &Path) -> Result<i64>;

    /// Checks the board: every page and record of its file, that memory and file agree, and that every
    /// index agrees with the announcements. Reads everything twice; writers wait, queries go on.
    ///
    /// Faults of the board are no error but part of the result.
    ///
    /// # Errors
    /// `io` when what was put off cannot be flushed first.
    fn verify(&self) -> Result<Verification>;

    /// Makes the board's file as small as it can be. Writers wait meanwhile; queries go on.
    ///
    /// # Errors
    /// `unsupported` for a board in memory; `io`, `corrupt`.
    fn compact(&self) -> Result<Compaction>;

    /// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
    ///
    /// # Errors
    /// `io` when writing fails.
    fn export(&self, to: &mut dyn Write) -> Result<()>;

    /// Reads the output of [`export`](Self::export) into this board, which must be empty: all of it, or
    /// nothing. The board gets a new epoch, and its feed begins at its revision.
    ///
    /// # Errors
    /// `exists` when the board is not empty; `invalid_field` with the line and the path of what is
    /// refused; `io` when reading fails.
    fn import(&self, from: &mut dyn BufRead) -> Result<()>;

    /// Returns the board as it is now, for a replica to begin with. From the first time on, the board chains
    /// its entries and keeps the last of them, so that a board nobody follows pays nothing.
    ///
    /// # Errors
    /// `corrupt` and `io`, when texts were evicted to the file and cannot be read there.
    fn checkpoint(&self) -> Result<Checkpoint>;

    /// Returns the entries from number `seq` on, each of them one write of the board. Waits for the first
    /// one for up to `timeout`, and returns none if nothing was written by then.
    ///
    /// # Errors
    /// `compacted` with the oldest number that is kept, and `future_revision` for a number after the next
    /// one; both mean: take a new checkpoint.
    fn entries(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>>;

    /// Runs the upkeep that otherwise comes with writes: purges announcements past their retention, and
    /// drops changes and idempotency keys that need not be kept.
    ///
    /// # Errors
    /// `poisoned`.
    fn maintain(&self) -> Result<Maintenance>;
}
