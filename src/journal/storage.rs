//! What an engine needs of the place where its board is kept.

use std::path::Path;
use std::sync::Arc;

use super::checkpoint::{Checkpoint, Position};
use super::effect::Effect;
use super::entry::Entry;
use crate::error::Result;
use crate::model::Announcement;
use crate::query::Verification;

/// Numbered entries, one behind the other.
pub trait Journal: Send + Sync {
    /// Adds entries to the end, all or none. They are durable when it returns, unless the journal was opened
    /// as a relaxed one or keeps nothing durable.
    ///
    /// # Errors
    /// As of an entry that does not follow the head; `io` and those of the file.
    fn append(&self, entries: &[Entry]) -> Result<()>;

    /// Returns the entries from `seq` on; none when `seq` is the next to come.
    ///
    /// # Errors
    /// `compacted` with the oldest number that is kept; `future_revision` for a number after the next.
    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>>;

    /// Returns where the last entry has left the board.
    fn head(&self) -> Position;
}

/// A part of a board that is being loaded.
pub(crate) enum Loaded {
    /// Comes first: the head, and how many announcements there are.
    Position(Position, u64),
    /// Some of the effects that build the board, in the order of a [`Checkpoint`].
    Effects(Vec<Effect>),
}

/// A journal that also keeps what its entries came to, so that a board can be opened from it.
pub(crate) trait Storage: Journal {
    /// Hands over all that is kept, to the calling thread.
    ///
    /// # Errors
    /// `corrupt`, `io`, and those of `take`.
    fn load(&self, take: &mut dyn FnMut(Loaded) -> Result<()>) -> Result<()>;

    /// Replaces everything by a board with another epoch.
    ///
    /// # Errors
    /// As [`append`](Journal::append).
    fn replace(&self, checkpoint: &Checkpoint) -> Result<()>;

    /// Returns the announcement of that id as it was last written.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    fn announcement(&self, id: i64) -> Result<Option<Announcement>>;

    /// Returns how many bytes it takes up.
    fn length(&self) -> u64;

    /// Makes it as small as it can be.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    fn compact(&self) -> Result<()>;

    /// Reads every page and every record, and notes what is wrong. Whether all of it could be read.
    ///
    /// # Errors
    /// `io` and those of the file as such.
    fn check(&self, found: &mut Verification) -> Result<bool>;

    /// Whether it can be looked at: not after a write that failed, until the next one.
    fn is_readable(&self) -> bool;

    /// Copies what is kept to a new file, and returns the revision of the copy.
    ///
    /// # Errors
    /// `exists`; `corrupt` for a record that is damaged; `io`, `read_only`.
    fn copy_to(&self, to: &Path) -> Result<i64>;
}
