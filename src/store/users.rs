//! What each user has seen, read, dismissed and acknowledged.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::index::Index;
use crate::error::{Bilingual, Error, Result};
use crate::model::{Announcement, Mark, Receipt};

/// Longest name of a user, in bytes.
const USER_BYTES: usize = 128;

/// All that was notified at or before `revision` and was visible at `at` is read.
///
/// The instant matters for what was published already but starts later: nobody can have read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Watermark {
    pub(crate) revision: i64,
    pub(crate) at: i64,
}

impl Watermark {
    fn covers(&self, announcement: &Announcement) -> bool {
        announcement.notify_revision() <= self.revision && announcement.starts_at() <= self.at
    }
}

/// What is kept of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) first_seen_at: i64,
    pub(crate) watermark: Watermark,
    pub(crate) receipts: HashMap<i64, Receipt>,
    /// Marked unread although the watermark covers them.
    pub(crate) unread: HashSet<i64>,
}

impl User {
    pub(crate) fn receipt(&self, id: i64) -> Receipt {
        self.receipts.get(&id).copied().unwrap_or_default()
    }

    /// Whether the user has read `announcement` since it last was news.
    pub(crate) fn has_read(&self, announcement: &Announcement) -> bool {
        self.receipt(announcement.id()).is_read(announcement) || self.has_read_all(announcement)
    }

    /// Whether mark all read has made it read.
    pub(crate) fn has_read_all(&self, announcement: &Announcement) -> bool {
        self.watermark.covers(announcement) && !self.unread.contains(&announcement.id())
    }

    /// Whether `announcement`, which is visible, is to be shown to the user at `now`.
    pub(crate) fn is_pending(&self, announcement: &Announcement, now: i64) -> bool {
        let receipt = self.receipt(announcement.id());
        !receipt.is_dismissed(announcement)
            && !receipt.is_over_limit(announcement)
            && receipt.shown_again_at(announcement) <= now
    }

    fn mark(&mut self, mark: Mark, announcement: &Announcement, now: i64) -> Result<()> {
        let id = announcement.id();
        let mut receipt = self.receipt(id);
        receipt.apply(mark, announcement, now)?;
        if receipt.is_empty() {
            self.receipts.remove(&id);
        } else {
            self.receipts.insert(id, receipt);
        }
        if mark == Mark::Unread && self.watermark.covers(announcement) {
            self.unread.insert(id);
        } else if receipt.is_read(announcement) {
            self.unread.remove(&id);
        }
        Ok(())
    }
}

/// All users of a board, by name, so that receipts can be paged.
#[derive(Debug, Default)]
pub(crate) struct Users {
    users: BTreeMap<Box<str>, User>,
}

/// Refuses a name that is empty, too long or holds a NUL.
pub(crate) fn check_user(user: &str) -> Result<()> {
    if user.is_empty() {
        let reason = Bilingual::new(
            "must not be empty: nothing is kept of an anonymous viewer",
            "不能为空：匿名读者不保存状态",
        );
        return Err(Error::invalid("user", user, reason));
    }
    crate::model::check_bytes("user", user, USER_BYTES)
}

impl Users {
    pub(crate) fn get(&self, user: &str) -> Option<&User> {
        self.users.get(user)
    }

    pub(crate) fn get_mut(&mut self, user: &str) -> Option<&mut User> {
        self.users.get_mut(user)
    }

    pub(crate) fn insert(&mut self, name: &str, user: User) {
        self.users.insert(name.into(), user);
    }

    pub(crate) fn len(&self) -> usize {
        self.users.len()
    }

    /// The users after `after` in the order of their names.
    pub(crate) fn after<'a>(&'a self, after: &str) -> impl Iterator<Item = (&'a str, &'a User)> {
        use std::ops::Bound;
        let from = if after.is_empty() {
            Bound::Unbounded
        } else {
            Bound::Excluded(after)
        };
        self.users
            .range::<str, _>((from, Bound::Unbounded))
            .map(|(name, user)| (name.as_ref(), user))
    }

    /// Marks announcements for a user: all of them, or none when one is refused.
    pub(crate) fn mark(
        &mut self,
        user: &str,
        announcements: &[&Announcement],
        mark: Mark,
        now: i64,
    ) -> Result<()> {
        // Worked out on a copy of what is touched, so that a refusal leaves nothing half done.
        for announcement in announcements {
            let mut receipt = self
                .get(user)
                .map(|u| u.receipt(announcement.id()))
                .unwrap_or_default();
            receipt.apply(mark, announcement, now)?;
        }
        let user = self.touch(user, now);
        for announcement in announcements {
            user.mark(mark, announcement, now)?;
        }
        Ok(())
    }

    /// Moves a user's watermark, which costs the same however much it covers. It never moves back.
    pub(crate) fn mark_all_read(
        &mut self,
        user: &str,
        index: &Index,
        watermark: Watermark,
        now: i64,
    ) {
        let user = self.touch(user, now);
        // What was marked unread is read again where the new watermark reaches it.
        user.unread
            .retain(|id| !index.by_id(*id).is_none_or(|a| watermark.covers(a)));
        let former = user.watermark;
        let both = Watermark {
            revision: former.revision.max(watermark.revision),
            at: former.at.max(watermark.at),
        };
        if both != former && both != watermark {
            // One is of the later revision, the other of the later instant: what lies in the corner
            // between them is in neither.
            let from = former.revision.min(watermark.revision);
            let corner = index
                .notified_after(from)
                .filter_map(|slot| index.entry(slot))
                .map(|entry| &entry.announcement)
                .filter(|a| both.covers(a) && !former.covers(a) && !watermark.covers(a));
            user.unread.extend(corner.map(|a| a.id()));
        }
        user.watermark = both;
    }

    /// Erases all that is kept of a user; whether there was anything.
    pub(crate) fn forget(&mut self, user: &str) -> bool {
        self.users.remove(user).is_some()
    }

    /// Keeps read what was read and unread what was unread when an edit that is no news moves a start,
    /// which watermarks look at.
    pub(crate) fn moved_start(&mut self, before: &Announcement, after: &Announcement) {
        let id = before.id();
        for user in self.users.values_mut() {
            let watermark = user.watermark;
            match (watermark.covers(before), watermark.covers(after)) {
                (true, false) if user.has_read_all(before) => {
                    let receipt = user.receipts.entry(id).or_default();
                    receipt.read(before.version(), watermark.at);
                }
                (false, true) => drop(user.unread.insert(id)),
                _ => {}
            }
        }
    }

    /// Erases what is kept about an announcement.
    pub(crate) fn purge(&mut self, id: i64) {
        for user in self.users.values_mut() {
            user.receipts.remove(&id);
            user.unread.remove(&id);
        }
    }

    fn touch(&mut self, user: &str, now: i64) -> &mut User {
        if !self.users.contains_key(user) {
            self.users.insert(
                user.into(),
                User {
                    first_seen_at: now,
                    ..User::default()
                },
            );
        }
        self.users.entry(user.into()).or_default()
    }
}
