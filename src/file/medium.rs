//! Location of a board: its file, and the journal file beside it.

use redb::StorageBackend;

use crate::error::Result;

/// Location of a board.
pub(crate) trait Medium: Send + Sync {
    /// Returns the name for messages.
    fn name(&self) -> &str;
    /// Reports whether a board exists, sound or not.
    fn exists(&self) -> Result<bool>;
    /// Reports whether there is a file without content, which is no board.
    fn is_empty(&self) -> Result<bool> {
        Ok(false)
    }
    /// Reports whether opening the board may write to it.
    fn is_touched(&self) -> bool {
        true
    }
    /// Opens the existing board for reading and writing.
    fn open(&self) -> Result<Box<dyn StorageBackend>>;
    /// Opens the existing board for reading, which may be all that is permitted.
    fn open_to_read(&self) -> Result<Box<dyn StorageBackend>> {
        self.open()
    }
    /// Creates a new board with `fill`. It appears at its location only when complete.
    fn create(&self, fill: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>) -> Result<()>;
    /// Fails if the opened file is not the one at the location any more.
    fn check_present(&self) -> Result<()>;
    /// Reports whether the file may be reached under another name as well, where its journal would have
    /// another name, too.
    fn has_other_names(&self) -> bool {
        false
    }
    /// Returns the permissions of the opened file, which its copies get; None where there are none.
    fn permissions(&self) -> Option<Permissions> {
        None
    }

    /// Returns the name of the journal file for messages.
    fn journal_name(&self) -> &str;
    /// Opens the journal file for reading and writing, if there is one.
    fn open_journal(&self) -> Result<Option<Box<dyn StorageBackend>>>;
    /// Opens the journal file for reading, which may be all that is permitted.
    fn open_journal_to_read(&self) -> Result<Option<Box<dyn StorageBackend>>> {
        self.open_journal()
    }
    /// Creates an empty journal file, whose name is durable on return.
    fn create_journal(&self) -> Result<Box<dyn StorageBackend>>;
    /// Removes the journal file, which must be closed, and makes that durable.
    fn remove_journal(&self) -> Result<()>;
    /// Reports whether the journal file at the location is the one opened or created last.
    fn is_journal_present(&self) -> bool;
}

/// Permissions of a file on Unix: for owner, group and others.
pub(crate) type Permissions = u32;
