//! Custody of a board: backups, checks, exports and maintenance.

use std::fmt::Debug;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::journal::{Checkpoint, Entry};
use crate::query::{Compaction, Maintenance, Resources, Verification};

/// Administration of a board that is kept in this process;
/// [`Board::custody`](crate::Board::custody) returns it.
///
/// Paths and streams are those of this machine, so a board on another machine has no custody here.
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
    /// Writes a consistent copy of the board to a new file, while the board is in use, and returns
    /// the copy's revision. The copy has the same epoch; [`restore_backup`](crate::restore_backup)
    /// makes a board with a new epoch from it. It also works for a board in memory, and for one
    /// whose file is damaged or not writable any more. On Unix the copy has the permissions of the board's file.
    ///
    /// # Errors
    /// `exists` when `to` exists; `corrupt` when the record of an evicted text is damaged; `io`;
    /// `read_only`.
    fn backup(&self, to: &Path) -> Result<i64>;

    /// Checks the board: every page and record of its file, memory against the file, and every
    /// index against the announcements. It reads everything twice. Writers wait; queries still run.
    ///
    /// Faults of the board are part of the result, not errors.
    ///
    /// # Errors
    /// `io` when deferred changes cannot be flushed first.
    fn verify(&self) -> Result<Verification>;

    /// Shrinks the board's file as far as possible. Writers wait until it is done; queries still
    /// run.
    ///
    /// # Errors
    /// `unsupported` for a board in memory; `io`; `corrupt`.
    fn compact(&self) -> Result<Compaction>;

    /// Makes everything durable that was acknowledged: with `durability=relaxed`, what is not on disk yet.
    ///
    /// # Errors
    /// `io` and other file errors. What could not be written stays deferred, and is tried again.
    fn flush(&self) -> Result<()>;

    /// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
    ///
    /// # Errors
    /// `io` when writing fails.
    fn export(&self, to: &mut dyn Write) -> Result<()>;

    /// Imports the output of [`export`](Self::export) into this board, which must be empty: all of
    /// it, or nothing. The board gets a new epoch, and its feed begins at its revision.
    ///
    /// # Errors
    /// `exists` when the board is not empty; `invalid_field` with line and path of the fault; `io`
    /// when reading fails.
    fn import(&self, from: &mut dyn BufRead) -> Result<()>;

    /// Returns the board's present state, for a replica to start from. After the first call, the board
    /// chains its entries and keeps recent ones, so that a board without followers pays nothing.
    ///
    /// # Errors
    /// `corrupt` and `io` when evicted texts cannot be read from the file.
    fn checkpoint(&self) -> Result<Checkpoint>;

    /// Returns the entries from number `seq` on, each of them one write of the board. Waits up to `timeout`
    /// for the first one, and returns an empty list if nothing was written.
    ///
    /// # Errors
    /// `compacted` with the oldest number kept, and `future_revision` for a number after the next one;
    /// both mean: take a new checkpoint.
    fn entries(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>>;

    /// Returns what the board takes of this machine: memory that it may take, and the work of its journal. A kind of
    /// board that does not tell has no figures.
    ///
    /// # Errors
    /// `unavailable` in a forked child.
    fn resources(&self) -> Result<Resources> {
        Ok(Resources::default())
    }

    /// Runs maintenance that otherwise happens on writes: purges announcements past their
    /// retention, and drops old changes and idempotency keys.
    ///
    /// # Errors
    /// `poisoned`.
    fn maintain(&self) -> Result<Maintenance>;
}
