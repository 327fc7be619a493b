//! Durability: writing a board to its storage.

use std::sync::Arc;

use crate::error::Result;
use crate::journal::{Checkpoint, Effect, Entry, Storage};
use crate::locks::Mutex;

/// Most deferred effects; a write waits when there are more, which bounds memory.
const BEHIND: usize = 10_000;

/// When a change reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Durability {
    /// Before its call returns.
    #[default]
    Full,
    /// Within a tenth of a second.
    Relaxed,
    /// Never, because the board is only read.
    ReadOnly,
}

/// The storage of a board.
pub(crate) struct Durable {
    storage: Arc<dyn Storage>,
    /// Guards the deferred entries; None if every write is immediate. Held while they are written,
    /// by the caller whose turn it is.
    behind: Option<Mutex<Behind>>,
}

#[derive(Default)]
struct Behind {
    entries: Vec<Entry>,
    /// Number of effects in these entries.
    effects: usize,
    has_failed: bool,
}

impl Durable {
    pub(crate) fn new(storage: Arc<dyn Storage>, durability: Durability) -> Self {
        let behind = (durability == Durability::Relaxed).then(Mutex::default);
        Self { storage, behind }
    }

    /// Reports whether entries are written when they are made, or put off.
    pub(crate) fn is_relaxed(&self) -> bool {
        self.behind.is_some()
    }

    /// Returns the storage.
    pub(crate) fn storage(&self) -> &dyn Storage {
        &*self.storage
    }

    /// Writes entries, immediately or later.
    ///
    /// # Errors
    /// Those of the storage, also of an earlier deferred write.
    pub(crate) fn append(&self, entries: &[Entry]) -> Result<()> {
        let Some(behind) = &self.behind else {
            return self.storage.append(entries);
        };
        let mut behind = behind.lock();
        if behind.has_failed || behind.effects >= BEHIND {
            behind.write_out(&*self.storage)?;
        }
        let effects = entries.iter().map(|entry| entry.effects.len());
        behind.effects += effects.sum::<usize>();
        behind.entries.extend_from_slice(entries);
        Ok(())
    }

    /// Reports whether there are deferred entries.
    pub(crate) fn is_behind(&self) -> bool {
        let behind = self.behind.as_ref();
        behind.is_some_and(|behind| !behind.lock().entries.is_empty())
    }

    /// Returns the effects of deferred entries on histories, which the storage does not know yet.
    pub(crate) fn deferred_history(&self) -> Vec<Effect> {
        let Some(behind) = &self.behind else {
            return Vec::new();
        };
        let is_history = |effect: &&Effect| matches!(effect, Effect::Former(_) | Effect::Remove(_));
        let behind = behind.lock();
        let effects = behind.entries.iter().flat_map(|entry| &entry.effects);
        effects.filter(is_history).cloned().collect()
    }

    /// Writes out deferred entries.
    ///
    /// # Errors
    /// Those of the storage; the entries then remain deferred.
    pub(crate) fn write_out(&self) -> Result<()> {
        match &self.behind {
            Some(behind) => behind.lock().write_out(&*self.storage),
            None => Ok(()),
        }
    }

    /// Replaces everything in the storage.
    ///
    /// # Errors
    /// Those of the storage.
    pub(crate) fn replace(&self, checkpoint: &Checkpoint) -> Result<()> {
        self.write_out()?;
        self.storage.replace(checkpoint)
    }
}

impl Behind {
    fn write_out(&mut self, storage: &dyn Storage) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        // Sealing is work that those who wrote need not wait for.
        let mut link = storage.head().link;
        for entry in &mut self.entries {
            link = match &entry.seal {
                Some(seal) => seal.link,
                None => entry.seal(link)?,
            };
        }
        let written = storage.append(&self.entries);
        self.has_failed = written.is_err();
        if written.is_ok() {
            self.entries.clear();
            self.effects = 0;
        }
        written
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        // Nobody is left to receive the error; `close` reports it before.
        let _ = self.write_out();
    }
}
