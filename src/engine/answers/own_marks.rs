//! What of a user's own marks has changed.

use std::time::Instant;

use super::changes::check_epoch;
use crate::engine::Store;
use crate::engine::memory::users::check_user;
use crate::engine::own_watch::revision_of;
use crate::error::{Error, Result};
use crate::query::{OwnMarks, OwnMarksQuery};

impl Store {
    /// Returns what of a user's own marks has changed, waiting for it if the query says so.
    pub(crate) fn own_marks_for(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        let OwnMarksQuery {
            user,
            since,
            epoch: followed,
            timeout,
        } = query;
        check_user(user)?;
        // A timeout beyond the clock's range is no timeout.
        let deadline = Instant::now().checked_add(*timeout);
        loop {
            let epoch = {
                let state = self.memory.read();
                let head = state.head().told();
                check_epoch(*followed, head.epoch)?;
                let present = revision_of(head.seq);
                if *since > present {
                    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
                    return Err(Error::future_revision(number(*since), number(present)));
                }
                self.own.follow(user, head.seq);
                head.epoch
            };
            let change = match timeout.is_zero() {
                true => self.own.ask(user, *since),
                false => self.own.wait(user, *since, deadline)?,
            };
            // A user who was forgotten, or a board that was imported into, is followed anew.
            if let Some(change) = change {
                return Ok(OwnMarks {
                    revision: change.revision,
                    epoch,
                    all: change.changed.is_none(),
                    changed: change.changed.unwrap_or_default(),
                });
            }
        }
    }
}
