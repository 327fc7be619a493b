//! Storage of a board, as the engine sees it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::checkpoint::{Checkpoint, Position};
use super::effect::Effect;
use super::entry::Entry;
use super::marks::KeptUser;
use crate::error::Result;
use crate::model::Announcement;
use crate::query::{Resources, Verification};

/// Consecutively numbered entries.
pub trait Journal: Send + Sync {
    /// Appends entries, all or none. They are durable on return, unless the journal is relaxed or
    /// not durable at all.
    ///
    /// # Errors
    /// Those of an entry that does not follow the head; `io` and other file errors.
    fn append(&self, entries: &[Entry]) -> Result<()>;

    /// Returns the entries from `seq` on; an empty list when `seq` is the next number.
    ///
    /// # Errors
    /// `compacted` with the oldest number kept; `future_revision` for a number after the next one.
    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>>;

    /// Returns the position after the last entry.
    fn head(&self) -> Position;
}

/// Part of a board that is being loaded.
pub(crate) enum Loaded {
    /// First part: the position, and the numbers of announcements and of users.
    Position(Position, u64, u64),
    /// Some of the effects that build the board, in the order of a [`Checkpoint`].
    Effects(Vec<Effect>),
    /// Some of the users, by name.
    Users(Vec<KeptUser>),
    /// Last part: the entries after that position, in order.
    Entries(Vec<Arc<Entry>>),
}

/// When a storage should [fold](Storage::fold) next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FoldDue {
    /// There is nothing to fold.
    Never,
    /// At the latest so long after the first entry.
    Within(Duration),
    /// Now, before it has grown so far that a writer must wait.
    Now,
}

/// A journal that also keeps the result of its entries, so that a board can be opened from it.
pub(crate) trait Storage: Journal {
    /// Passes everything to `take`, on the calling thread.
    ///
    /// # Errors
    /// `corrupt`, `io`, and those of `take`.
    fn load(&self, take: &mut dyn FnMut(Loaded) -> Result<()>) -> Result<()>;

    /// Replaces everything by a board with a different epoch.
    ///
    /// # Errors
    /// As [`append`](Journal::append).
    fn replace(&self, checkpoint: &Checkpoint) -> Result<()>;

    /// Returns the announcement with that id as it was last written.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    fn announcement(&self, id: i64) -> Result<Option<Announcement>>;

    /// Returns the former versions of an announcement, the oldest first. The effects `then` are of entries
    /// that were not appended yet, or just now.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    fn history(&self, id: i64, then: &[Effect]) -> Result<Vec<Announcement>>;

    /// Passes the former versions of all announcements to `take`, by id, the oldest first.
    ///
    /// # Errors
    /// `corrupt`, `io`, and those of `take`.
    fn each_former(
        &self,
        then: &[Effect],
        take: &mut dyn FnMut(Announcement) -> Result<()>,
    ) -> Result<()>;

    /// Returns the size in bytes.
    fn length(&self) -> u64;

    /// Returns what appending has taken so far; nothing for a storage without a journal file.
    fn resources(&self) -> Resources {
        Resources::default()
    }

    /// Shrinks the storage as far as possible.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    fn compact(&self) -> Result<()>;

    /// Reads every page and record, and records faults. Returns whether all of it could be read.
    ///
    /// # Errors
    /// `io` and other errors of the file itself.
    fn check(&self, found: &mut Verification) -> Result<bool>;

    /// Takes everything appended so far into the result that a board is opened from. Appending goes
    /// on at the same time.
    ///
    /// # Errors
    /// `io` and other errors of the file; the entries are durable all the same, and folded later.
    fn fold(&self) -> Result<()>;

    /// Returns when to fold next.
    fn fold_due(&self) -> FoldDue;

    /// Reports whether it can be read. It cannot between a failed write and the next one.
    fn is_readable(&self) -> bool;

    /// Copies the board to a new file, and returns the revision of the copy.
    ///
    /// # Errors
    /// `exists`; `corrupt` for a damaged record; `io`; `read_only`.
    fn copy_to(&self, to: &Path) -> Result<i64>;

    /// Returns the permissions that a copy gets, as those of a file on Unix; None for the usual ones.
    fn permissions(&self) -> Option<u32> {
        None
    }
}
