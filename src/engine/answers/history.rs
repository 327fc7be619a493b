//! The history of an announcement: what was shown before a change that was news.

use crate::engine::Store;
use crate::error::{Error, Result};
use crate::model::Announcement;

impl Store {
    /// Returns the former versions of an announcement, the oldest first.
    ///
    /// # Errors
    /// As [`Board::history`](crate::Board::history).
    pub(crate) fn history_of(&self, id: i64) -> Result<Vec<Announcement>> {
        let from_memory = {
            let state = self.memory.read();
            state.index.by_id(id).ok_or_else(|| Error::not_found(id))?;
            let history = state.history.as_ref();
            history.map(|history| history.of(id).collect())
        };
        match (from_memory, &self.writer.durable) {
            (None, Some(durable)) => {
                let then = durable.deferred_history();
                durable.storage().history(id, &then)
            }
            (history, _) => Ok(history.unwrap_or_default()),
        }
    }

    /// Passes all former versions to `take`, by id, the oldest first, for the caller whose turn it is.
    ///
    /// # Errors
    /// Those of the file, and of `take`.
    pub(crate) fn each_former(
        &self,
        take: &mut dyn FnMut(Announcement) -> Result<()>,
    ) -> Result<()> {
        let from_memory: Option<Vec<Announcement>> = {
            let state = self.memory.read();
            let history = state.history.as_ref();
            history.map(|history| history.all().collect())
        };
        match (from_memory, &self.writer.durable) {
            (None, Some(durable)) => {
                let then = durable.deferred_history();
                durable.storage().each_former(&then, take)
            }
            (history, _) => history.unwrap_or_default().into_iter().try_for_each(take),
        }
    }
}
