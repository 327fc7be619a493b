//! Texts that are in the file only, because memory is short: those of announcements that are over.
//!
//! What is on the shelf is in the file as it is on the board. Whoever changes it takes it down first, so
//! that this holds for everyone who looks at the board meanwhile.

use std::fmt;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::BoardFile;
use crate::model::Announcement;

/// Which texts are in the file only, and the file.
#[derive(Default)]
pub(crate) struct Shelf {
    file: Option<Arc<BoardFile>>,
    pub(crate) slots: RoaringBitmap,
}

impl Shelf {
    pub(crate) fn of(file: Arc<BoardFile>) -> Self {
        Self {
            file: Some(file),
            slots: RoaringBitmap::new(),
        }
    }

    /// Reads an announcement of which only the rest is in memory.
    ///
    /// # Errors
    /// Those of the file; `corrupt` if it is not there as it was.
    pub(crate) fn take_down(&self, rest: &Announcement) -> Result<Announcement> {
        let id = rest.id();
        let read = match &self.file {
            Some(file) => file.look(|snapshot| snapshot.announcement(id))?,
            None => None,
        };
        read.filter(|whole| whole.given() == rest.given())
            .ok_or_else(|| {
                let reason = Bilingual::new(
                    "differs from what was evicted to the file",
                    "与换出到文件时的内容不一致",
                );
                Error::new(ErrorKind::Corrupt, reason).within(&format!("announcements[{id}]"))
            })
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf")
            .field("slots", &self.slots)
            .finish_non_exhaustive()
    }
}
