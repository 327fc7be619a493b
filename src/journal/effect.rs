//! What an entry does to a board: decided values, never the operation that led to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Announcement, Published, Receipt};
use crate::query::ChangeKind;

/// One thing that an entry does. Applying it needs no clock, no budget and no check: whoever wrote it has
/// made all decisions.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Puts an announcement on the board, in the place of its former version if there is one.
    Put(Arc<Announcement>),
    /// Erases the announcement of this id. What is kept of it for users goes by effects of its own.
    Remove(i64),
    /// Changes what is kept of one user.
    User(UserChange),
    /// Erases all that is kept of a user.
    ForgetUser(Arc<str>),
    /// Adds a change to the end of the change feed.
    Change(FeedChange),
    /// Drops the changes of all revisions up to this one from the feed.
    DropChanges(i64),
    /// Remembers an idempotency key as the latest one, with the result that it gave.
    PutKey(Box<str>, KeyedResult),
    /// Forgets an idempotency key.
    RemoveKey(Box<str>),
}

/// All that was notified at or before `revision` and was visible at `at` is read.
///
/// The instant matters for what was published already but starts later: nobody can have read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Watermark {
    pub(crate) revision: i64,
    pub(crate) at: i64,
}

impl Watermark {
    /// Whether it makes `announcement` read.
    pub(crate) fn covers(self, announcement: &Announcement) -> bool {
        announcement.notify_revision() <= self.revision && announcement.starts_at() <= self.at
    }
}

/// What is kept of one user from now on. Receipts that are not in it stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    pub(crate) name: Arc<str>,
    pub(crate) first_seen_at: i64,
    pub(crate) watermark: Watermark,
    /// Whether one of the above is not what it was, so that the user's own record must be written.
    pub(crate) is_changed: bool,
    /// What is kept of each announcement that changes.
    pub(crate) kept: BTreeMap<i64, KeptReceipt>,
}

impl UserChange {
    /// Keeps nothing yet of the user `name`.
    pub(crate) fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            first_seen_at: 0,
            watermark: Watermark::default(),
            is_changed: true,
            kept: BTreeMap::new(),
        }
    }

    /// Returns the user's name.
    pub fn user(&self) -> &str {
        &self.name
    }

    /// Returns the receipts that change, by announcement. One that is empty goes.
    pub fn receipts(&self) -> impl Iterator<Item = (i64, &Receipt)> {
        self.kept.iter().map(|(id, kept)| (*id, &kept.receipt))
    }
}

/// What is kept of a user and an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct KeptReceipt {
    pub(crate) receipt: Receipt,
    /// Marked unread although the watermark covers it.
    pub(crate) is_unread: bool,
}

impl KeptReceipt {
    /// Whether there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        self.receipt.is_empty() && !self.is_unread
    }
}

/// One thing that a revision did to one announcement, as the change feed keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedChange {
    pub(crate) revision: i64,
    /// When that was, or the latest instant that was read at before, if the clock was set back.
    pub(crate) at: i64,
    pub(crate) id: i64,
    pub(crate) kind: ChangeKind,
    /// What it was before, without its texts: who could see it decides who is told.
    pub(crate) before: Option<Arc<Announcement>>,
    /// Empty if it was changed itself; else what was changed that replaces it, or did.
    pub(crate) replacers: Vec<Replacer>,
}

impl FeedChange {
    /// Returns the revision that made it.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Returns the announcement that was changed.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Returns what was done to it.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }
}

/// One that was changed, and may thereby have covered or uncovered another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Replacer {
    pub(crate) id: i64,
    /// What it was before, without its texts.
    pub(crate) before: Option<Arc<Announcement>>,
}

/// What a request was, so that another one under the same key is noticed.
pub(crate) type Fingerprint = [u8; 32];

/// The request that came with an idempotency key, and the result that it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyedResult {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) published: Published,
    pub(crate) at: i64,
}

impl KeyedResult {
    /// Returns the result.
    pub fn published(&self) -> &Published {
        &self.published
    }
}
