//! Following a board: what has changed since a revision.

use crate::named::named;
use crate::query::{Item, Query};

named! {
    /// What happened to an announcement.
    ChangeKind, "kind" {
        /// It was published, for the first time or again.
        Published = 0 "published",
        /// It was changed, and is news.
        Updated = 1 "updated",
        /// It was changed, and is no news; or another one covers or uncovers it.
        UpdatedMinor = 2 "updated_minor",
        /// It was taken back.
        Retracted = 3 "retracted",
        /// It is gone for good.
        Purged = 4 "purged",
    }
}

/// One change, as it concerns the one who follows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangeEvent {
    /// The board's revision that made the change.
    pub revision: i64,
    /// Which announcement it is about.
    pub id: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// The announcement as the follower's query sees it now; none when it does not see it any more.
    /// To keep a list up to date: put the item into it, or take the id out of it.
    pub item: Option<Item>,
    /// Why it was retracted; empty otherwise.
    pub reason: String,
}

/// From where, through whose eyes, and how much is followed.
///
/// ```
/// use notice::{ChangeQuery, Query, Viewer};
/// let follow = ChangeQuery::since(0, Query::new(Viewer::new("alice"))).limit(100);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangeQuery {
    /// The revision that the follower has; 0 is the beginning of the board.
    pub since: i64,
    /// The epoch that the follower has, to be told when the board is another one.
    pub epoch: Option<u128>,
    /// Viewer, view and filter. Search text and what depends on the viewer's own state are refused.
    pub query: Query,
    /// How many events at most, 1..=1000. A revision is never cut in two, so that there may be more.
    pub limit: u32,
}

impl ChangeQuery {
    /// What has changed since `since` for `query`.
    pub fn since(since: i64, query: Query) -> Self {
        Self {
            since,
            epoch: None,
            query,
            limit: crate::query::LIMIT,
        }
    }

    /// Asks to be told when the board is not the one of this epoch.
    #[must_use]
    pub fn epoch(mut self, epoch: u128) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Sets how many events there are at most.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

/// What has changed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChangePage {
    /// The events, oldest first.
    pub events: Vec<ChangeEvent>,
    /// Where to go on from: the follower has everything up to here.
    pub to_revision: i64,
    /// The board's revision.
    pub head: i64,
    /// Whether there is more to fetch, which is whether `to_revision` is before `head`.
    pub more: bool,
    /// Which board it is.
    pub epoch: u128,
    /// The earliest instant at which the follower's list may change by time alone.
    pub next_change_at: Option<i64>,
}
