//! Effects of an entry on a board: decided values, never the operation that led to them.

use std::sync::Arc;

use super::watermark::Watermark;
use crate::model::{Announcement, Published, Receipt};
use crate::query::ChangeKind;

/// One effect of an entry. Applying it needs no clock, no budget and no check, because the writer
/// has made all decisions.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Puts an announcement on the board, replacing its former version.
    Put(Arc<Announcement>),
    /// Adds the version of an announcement before a change that was news to its history, and drops the oldest
    /// ones beyond the limits.
    Former(Arc<Announcement>),
    /// Erases an announcement with its history. Effects of their own erase the state of users for it.
    Remove(i64),
    /// Changes the state of one user.
    User(UserChange),
    /// Erases all state of a user.
    ForgetUser(Arc<str>),
    /// Appends a change to the change feed.
    Change(FeedChange),
    /// Drops the changes of all revisions up to this one from the feed.
    DropChanges(i64),
    /// Adds an idempotency key as the latest one, with its result.
    PutKey(Box<str>, KeyedResult),
    /// Drops an idempotency key.
    RemoveKey(Box<str>),
}

/// New state of one user. Receipts that are not included stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    pub(crate) name: Arc<str>,
    /// State that is not of an announcement, if it changes.
    pub(crate) own: Option<OwnState>,
    /// State for each announcement that changes.
    pub(crate) kept: KeptEach,
}

/// State of a user that is not of an announcement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnState {
    pub(crate) first_seen_at: i64,
    // Boxed, so that the many users who never mark everything as read do not pay for it.
    pub(crate) watermark: Option<Box<Watermark>>,
}

impl UserChange {
    /// Returns the user's name.
    pub fn user(&self) -> &str {
        &self.name
    }

    /// Returns the changed receipts, by announcement. An empty one is dropped.
    pub fn receipts(&self) -> impl Iterator<Item = (i64, &Receipt)> {
        self.kept.iter().map(|(id, kept)| (id, &kept.receipt))
    }
}

/// States of a user for some announcements, ascending by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeptEach(Vec<(i64, KeptReceipt)>);

impl KeptEach {
    /// Returns the state for an announcement, if it is here.
    pub(crate) fn get(&self, id: i64) -> Option<&KeptReceipt> {
        let place = self.place(id).ok()?;
        self.0.get(place).map(|(_, kept)| kept)
    }

    /// Adds or replaces the state for an announcement, fastest in the order of ids.
    pub(crate) fn insert(&mut self, id: i64, kept: KeptReceipt) {
        match self.place(id) {
            Ok(place) => {
                if let Some(one) = self.0.get_mut(place) {
                    one.1 = kept;
                }
            }
            Err(place) => self.0.insert(place, (id, kept)),
        }
    }

    /// Returns all of them.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (i64, &KeptReceipt)> {
        self.0.iter().map(|(id, kept)| (*id, kept))
    }

    /// Returns the ids.
    #[cfg(feature = "shm")]
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.0.iter().map(|(id, _)| *id).collect()
    }

    /// Reports whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, id: i64) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last < id => Err(self.0.len()),
            _ => self.0.binary_search_by_key(&id, |(id, _)| *id),
        }
    }
}

impl FromIterator<(i64, KeptReceipt)> for KeptEach {
    /// The last one of an id counts.
    fn from_iter<I: IntoIterator<Item = (i64, KeptReceipt)>>(each: I) -> Self {
        let mut each: Vec<_> = each.into_iter().collect();
        each.reverse();
        each.sort_by_key(|(id, _)| *id);
        each.dedup_by_key(|(id, _)| *id);
        Self(each)
    }
}

/// State of a user for an announcement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct KeptReceipt {
    pub(crate) receipt: Receipt,
    /// Whether it was marked unread although the watermark covers it.
    pub(crate) is_unread: bool,
}

impl KeptReceipt {
    /// Reports whether there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        self.receipt.is_empty() && !self.is_unread
    }
}

/// One change of a revision to one announcement, as the change feed keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedChange {
    pub(crate) revision: i64,
    /// Time of the change, or the latest instant read before, if the clock was set back.
    pub(crate) at: i64,
    pub(crate) id: i64,
    pub(crate) kind: ChangeKind,
    /// The announcement before, without its texts, which decides who learns of the change.
    pub(crate) before: Option<Arc<Announcement>>,
    /// Empty if the announcement itself changed; else the changed announcements that replace or
    /// replaced it.
    pub(crate) replacers: Vec<Replacer>,
}

impl FeedChange {
    /// Returns the revision that made the change.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Returns the id of the changed announcement.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Returns the kind of change.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }
}

impl FeedChange {
    /// Erases what operators wrote into announcements that are gone, and reports whether there was anything.
    pub(crate) fn redact(&mut self, is_gone: &dyn Fn(i64) -> bool) -> bool {
        let replacers = self.replacers.iter_mut();
        let replacers = replacers.map(|replacer| (replacer.id, &mut replacer.before));
        let own = std::iter::once((self.id, &mut self.before));
        let mut has_redacted = false;
        for (id, before) in own.chain(replacers) {
            if let Some(before) = before
                && !before.is_redacted()
                && is_gone(id)
            {
                *before = Arc::new(before.redacted());
                has_redacted = true;
            }
        }
        has_redacted
    }
}

/// A changed announcement that may have covered or uncovered another one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Replacer {
    pub(crate) id: i64,
    /// The announcement before, without its texts.
    pub(crate) before: Option<Arc<Announcement>>,
}

/// Fingerprint of a request, which detects a different request under the same key.
pub(crate) type Fingerprint = [u8; 32];

/// A request under an idempotency key, with its result.
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
