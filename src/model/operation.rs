//! Operations on the announcements of a board.

use std::sync::Arc;

use crate::model::{Draft, Importance, Patch};
use crate::named::named;

/// One change of a board.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// 发布: makes an announcement, or changes the one that has the draft's key in its channel.
    ///
    /// Refused with `invalid_field` or `too_large` for a field, `bad_state` when the one of that key is
    /// retracted, `idempotency_conflict` when the draft's idempotency key came with another draft.
    Publish(Arc<Draft>),
    /// 更新: changes the fields that a patch names. A retracted announcement can be changed too, and stays
    /// retracted.
    ///
    /// Refused with `not_found`, `version_conflict`, `invalid_field`, `too_large`, or `exists` when the
    /// patch gives it a key that another one has.
    Update {
        /// Which announcement.
        id: i64,
        /// The fields to change.
        patch: Box<Patch>,
        /// Only if it still has this version.
        if_version: Option<u32>,
        /// Whether it is news; unset, it is when a title or a body changes in a locale that was there, the
        /// severity rises, or the start or the event moves.
        change: Option<Importance>,
    },
    /// 撤回: hides it from every viewer at once. Doing it again changes nothing.
    ///
    /// Refused with `not_found`, `version_conflict`, `too_large` for the reason, or `bad_state` for a draft.
    Retract {
        /// Which announcement.
        id: i64,
        /// Why, at most 500 bytes; may be empty.
        reason: String,
        /// Only if it still has this version.
        if_version: Option<u32>,
    },
    /// Publishes a retracted announcement again, as news.
    ///
    /// Refused with `not_found`, `version_conflict`, or `bad_state` when it is not retracted, or its end has
    /// passed.
    Restore {
        /// Which announcement.
        id: i64,
        /// Only if it still has this version.
        if_version: Option<u32>,
    },
    /// 发布草稿: publishes a draft. It starts now unless it has a later start, and is news for everybody
    /// unless it is quiet. Its version is raised, so that an update of the draft with `if_version` fails.
    ///
    /// Refused with `not_found`, `version_conflict`, `invalid_field` when it would replace itself by way of
    /// others, or `bad_state` when it is not a draft, or its end has passed.
    Release {
        /// Which announcement.
        id: i64,
        /// Only if it still has this version.
        if_version: Option<u32>,
    },
    /// 彻底清除: text and viewer state are gone, the id is never used again, the key is free.
    ///
    /// Refused with `not_found`.
    Purge {
        /// Which announcement.
        id: i64,
    },
}

named! {
    /// Outcome of an operation.
    Outcome, "outcome" {
        /// It created an announcement.
        Created = 0 "created",
        /// It changed an announcement.
        Updated = 1 "updated",
        /// Nothing changed, and there is no new revision.
        Unchanged = 2 "unchanged",
        /// It retracted an announcement.
        Retracted = 3 "retracted",
        /// It published a retracted announcement again.
        Restored = 4 "restored",
        /// It erased an announcement.
        Purged = 5 "purged",
        /// It published a draft.
        Released = 6 "released",
    }
}

/// The result of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// The announcement's id.
    pub id: i64,
    /// Its version.
    pub version: u32,
    /// The board's revision at its last change.
    pub revision: i64,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether this is the result of an earlier request under the same idempotency key.
    pub duplicate: bool,
}

impl Published {
    /// Creates a result that is not a duplicate.
    pub fn new(id: i64, version: u32, revision: i64, outcome: Outcome) -> Self {
        Self {
            id,
            version,
            revision,
            outcome,
            duplicate: false,
        }
    }
}
