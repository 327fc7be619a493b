//! A medium that is never written to.

use redb::StorageBackend;

use super::failure::io_error;
use super::medium::{Medium, Permissions};
use super::overlay::Overlay;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// A medium that is never written to. What would be written to it stays in memory.
pub(super) struct Untouched(pub(super) Box<dyn Medium>);

impl Medium for Untouched {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn exists(&self) -> Result<bool> {
        self.0.exists()
    }

    fn is_empty(&self) -> Result<bool> {
        self.0.is_empty()
    }

    fn is_touched(&self) -> bool {
        false
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>> {
        let overlay = Overlay::over(self.0.open_to_read()?)
            .map_err(|error| io_error(self.name(), "read it", "读取文件", error))?;
        Ok(Box::new(overlay))
    }

    fn open_to_read(&self) -> Result<Box<dyn StorageBackend>> {
        self.0.open_to_read()
    }

    fn create(&self, _: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>) -> Result<()> {
        let reason = Bilingual::new("opened for reading only", "以只读方式打开");
        Err(Error::of_file(self.name(), reason).of_kind(ErrorKind::ReadOnly))
    }

    fn has_other_names(&self) -> bool {
        self.0.has_other_names()
    }

    fn permissions(&self) -> Option<Permissions> {
        self.0.permissions()
    }

    /// A reader keeps what it has open, whatever becomes of the name.
    fn check_present(&self) -> Result<()> {
        Ok(())
    }

    fn journal_name(&self) -> &str {
        self.0.journal_name()
    }

    fn open_journal(&self) -> Result<Option<Box<dyn StorageBackend>>> {
        let Some(journal) = self.0.open_journal_to_read()? else {
            return Ok(None);
        };
        let overlay = Overlay::over(journal)
            .map_err(|error| io_error(self.journal_name(), "read it", "读取文件", error))?;
        Ok(Some(Box::new(overlay)))
    }

    fn create_journal(&self) -> Result<Box<dyn StorageBackend>> {
        let reason = Bilingual::new("opened for reading only", "以只读方式打开");
        Err(Error::of_file(self.journal_name(), reason).of_kind(ErrorKind::ReadOnly))
    }

    /// A no-op: the journal stays for whoever opens the board for writing.
    fn remove_journal(&self) -> Result<()> {
        Ok(())
    }

    fn is_journal_present(&self) -> bool {
        true
    }
}
