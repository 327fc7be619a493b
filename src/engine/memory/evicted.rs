//! Evicted texts: those of expired announcements, which are only in the file when memory is short.
//!
//! An evicted text is in the file as it was on the board. A change first loads the text back into
//! memory, so that this remains true for every reader. Nobody reads the file while the state is
//! locked. A question that needs an evicted text notes that it is missing and releases the lock.
//! The text is fetched, and the question is asked again.

use std::cell::RefCell;
use std::sync::Arc;

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::Storage;
use crate::model::{Announcement, Given};
use crate::number_map::NumberMap;

/// Evicted texts fetched for one question.
#[derive(Default)]
pub(crate) struct Fetched {
    texts: NumberMap<i64, Arc<Announcement>>,
    /// Announcements that could not be fetched, as they were on the board, with the error.
    failed: NumberMap<i64, (Given, Error)>,
    run: RefCell<Run>,
}

/// State of the last run of the question.
#[derive(Default)]
struct Run {
    missing: Vec<Arc<Announcement>>,
    failure: Option<Error>,
}

impl Fetched {
    /// Returns an announcement of the board with its texts; None if they must still be fetched, or
    /// cannot be.
    pub(crate) fn whole(&self, announcement: &Arc<Announcement>) -> Option<Arc<Announcement>> {
        if !announcement.is_without_texts() {
            return Some(Arc::clone(announcement));
        }
        let (id, given) = (announcement.id(), announcement.given());
        // It may have been changed and evicted again since it was fetched.
        let fetched = self.texts.get(&id).filter(|whole| whole.given() == given);
        if let Some(whole) = fetched {
            return Some(Arc::clone(whole));
        }
        let mut run = self.run.borrow_mut();
        match self.failed.get(&id).filter(|(failed, _)| failed == given) {
            Some((_, error)) => run.failure = Some(error.clone()),
            None => run.missing.push(Arc::clone(announcement)),
        }
        None
    }

    /// Reports whether every text requested since the last [`fetch`](Self::fetch) was present.
    pub(crate) fn is_complete(&self) -> bool {
        let run = self.run.borrow();
        run.missing.is_empty() && run.failure.is_none()
    }

    /// Fails if a requested text cannot be fetched, and forgets the failure.
    ///
    /// # Errors
    /// Those of the file; `corrupt` if the file does not contain the text as it was evicted.
    pub(crate) fn checked(&self) -> Result<()> {
        match self.run.borrow_mut().failure.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Fetches missing texts, and reports whether to ask the question again. No lock of the board
    /// is held.
    pub(crate) fn fetch(&mut self, source: Option<&dyn Storage>) -> bool {
        let run = self.run.get_mut();
        let missing = std::mem::take(&mut run.missing);
        if missing.is_empty() {
            return false;
        }
        run.failure = None;
        for rest in missing {
            let id = rest.id();
            if self
                .texts
                .get(&id)
                .is_some_and(|whole| whole.given() == rest.given())
            {
                continue;
            }
            match fetch(&rest, source) {
                Ok(whole) => drop(self.texts.insert(id, Arc::new(whole))),
                Err(error) => drop(self.failed.insert(id, (*rest.given(), error))),
            }
        }
        true
    }
}

/// Reads an announcement whose texts are not in memory.
fn fetch(rest: &Announcement, source: Option<&dyn Storage>) -> Result<Announcement> {
    let id = rest.id();
    let read = match source {
        Some(source) => source.announcement(id)?,
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
