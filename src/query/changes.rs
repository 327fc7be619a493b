//! Following a board: the changes since a revision.

use crate::model::limits;
use crate::named::named;
use crate::query::{Item, Query};

named! {
    /// Kind of change to an announcement.
    ChangeKind, "kind" {
        /// Published, for the first time or again.
        Published = 0 "published",
        /// Updated, as news.
        Updated = 1 "updated",
        /// Updated without news; or covered or uncovered by another announcement.
        UpdatedMinor = 2 "updated_minor",
        /// Retracted.
        Retracted = 3 "retracted",
        /// Purged.
        Purged = 4 "purged",
    }
}

/// One change, as the follower sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangeEvent {
    /// Revision of the board that made the change.
    pub revision: i64,
    /// Id of the announcement.
    pub id: i64,
    /// Kind of the change.
    pub kind: ChangeKind,
    /// The announcement as the follower's query sees it now; None when the query does not match it
    /// any more. To keep a list up to date, put the item into it, or remove the id.
    pub item: Option<Item>,
    /// Reason of a retraction; empty otherwise.
    pub reason: String,
}

/// A request for changes: where to start, for which query, and how many.
///
/// ```
/// use notice::{ChangeQuery, Query, Viewer};
/// let follow = ChangeQuery::since(0, Query::new(Viewer::new("alice"))).limit(100);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangeQuery {
    /// Revision that the follower has reached; 0 is the beginning of the board.
    pub since: i64,
    /// Epoch of the followed board; a board with another epoch is refused with `epoch_mismatch`.
    pub epoch: Option<u128>,
    /// Viewer, view and filter. Search text and conditions on viewer state are refused.
    pub query: Query,
    /// Maximum number of events, 1..=1000. A revision is never split, so there may be more.
    pub limit: u32,
}

impl ChangeQuery {
    /// Requests the changes since `since` for `query`.
    pub fn since(since: i64, query: Query) -> Self {
        Self {
            since,
            epoch: None,
            query,
            limit: limits::PAGE,
        }
    }

    /// Sets the epoch of the followed board.
    #[must_use]
    pub fn epoch(mut self, epoch: u128) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Sets the maximum number of events.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

/// A page of changes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangePage {
    /// The events, oldest first.
    pub events: Vec<ChangeEvent>,
    /// Revision that the follower has now reached, and the next `since`.
    pub to_revision: i64,
    /// The board's revision.
    pub head: i64,
    /// Whether more changes are available at once: `to_revision` is before `head`.
    pub more: bool,
    /// Identity of the board.
    pub epoch: u128,
    /// Earliest instant at which the follower's list may change through time alone, in Unix
    /// milliseconds; None if it cannot.
    pub next_change_at: Option<i64>,
}
