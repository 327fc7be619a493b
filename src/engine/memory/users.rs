//! Viewer state: what each user has seen, read, dismissed and acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::memory::index::Index;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{KeptReceipt, UserChange, Watermark};
use crate::model::{Announcement, Mark, Receipt};
use crate::number_map::{NumberMap, NumberSet};

/// State of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) first_seen_at: i64,
    pub(crate) watermark: Watermark,
    pub(crate) receipts: NumberMap<i64, Receipt>,
    /// Announcements marked as unread although the watermark covers them.
    pub(crate) unread: NumberSet<i64>,
}

impl User {
    pub(crate) fn kept(&self, id: i64) -> KeptReceipt {
        KeptReceipt {
            receipt: self.receipt(id),
            is_unread: self.unread.contains(&id),
        }
    }

    fn apply(&mut self, change: &UserChange) {
        self.first_seen_at = change.first_seen_at;
        self.watermark = change.watermark;
        for (id, kept) in &change.kept {
            if kept.receipt.is_empty() {
                self.receipts.remove(id);
            } else {
                self.receipts.insert(*id, kept.receipt);
            }
            if kept.is_unread {
                self.unread.insert(*id);
            } else {
                self.unread.remove(id);
            }
        }
    }

    pub(crate) fn receipt(&self, id: i64) -> Receipt {
        self.receipts.get(&id).copied().unwrap_or_default()
    }

    /// Reports whether the user has read `announcement` since it last was news.
    pub(crate) fn has_read(&self, announcement: &Announcement) -> bool {
        self.receipt(announcement.id()).is_read(announcement) || self.has_read_all(announcement)
    }

    /// Reports whether the watermark covers it.
    pub(crate) fn has_read_all(&self, announcement: &Announcement) -> bool {
        self.watermark.covers(announcement) && !self.unread.contains(&announcement.id())
    }

    /// Reports whether the visible `announcement` is to be shown to the user at `now`.
    pub(crate) fn is_pending(&self, announcement: &Announcement, now: i64) -> bool {
        let receipt = self.receipt(announcement.id());
        !receipt.is_dismissed(announcement)
            && !receipt.is_over_limit(announcement)
            && receipt
                .shown_again_at(announcement)
                .is_none_or(|again| again <= now)
    }
}

/// A [`UserChange`] in progress.
#[derive(Debug)]
pub(crate) struct UserEdit<'a> {
    user: Option<&'a User>,
    to: UserChange,
}

impl<'a> UserEdit<'a> {
    /// Starts from `user`. A new user is first seen at `now`.
    pub(crate) fn new(name: impl Into<Arc<str>>, user: Option<&'a User>, now: i64) -> Self {
        let to = UserChange {
            name: name.into(),
            first_seen_at: user.map_or(now, |user| user.first_seen_at),
            watermark: user.map(|user| user.watermark).unwrap_or_default(),
            is_changed: user.is_none(),
            kept: BTreeMap::new(),
        };
        Self { user, to }
    }

    pub(crate) fn finish(self) -> UserChange {
        self.to
    }

    fn kept(&self, id: i64) -> KeptReceipt {
        let before = || self.user.map(|user| user.kept(id)).unwrap_or_default();
        self.to.kept.get(&id).copied().unwrap_or_else(before)
    }

    fn keep(&mut self, id: i64, receipt: Receipt, is_unread: bool) {
        let kept = KeptReceipt { receipt, is_unread };
        self.to.kept.insert(id, kept);
    }

    /// Marks an announcement.
    ///
    /// # Errors
    /// `bad_state` for dismissing an announcement that is not dismissible.
    pub(crate) fn mark(&mut self, mark: Mark, announcement: &Announcement, now: i64) -> Result<()> {
        let id = announcement.id();
        let KeptReceipt {
            mut receipt,
            mut is_unread,
        } = self.kept(id);
        receipt.apply(mark, announcement, now)?;
        if mark == Mark::Unread && self.to.watermark.covers(announcement) {
            is_unread = true;
        } else if receipt.is_read(announcement) {
            is_unread = false;
        }
        self.keep(id, receipt, is_unread);
        Ok(())
    }

    /// Moves the watermark, at a cost independent of what it covers. It never moves back.
    pub(crate) fn mark_all_read(&mut self, index: &Index, watermark: Watermark) {
        // An announcement marked as unread is read again if the new watermark covers it.
        let unread = self.user.into_iter().flat_map(|user| &user.unread);
        for id in unread.filter(|id| index.by_id(**id).is_none_or(|a| watermark.covers(a))) {
            let receipt = self.kept(*id).receipt;
            self.keep(*id, receipt, false);
        }
        let former = self.to.watermark;
        let both = Watermark {
            revision: former.revision.max(watermark.revision),
            at: former.at.max(watermark.at),
        };
        if both != former && both != watermark {
            // One watermark has the later revision, the other the later instant. Neither covers
            // what lies in the corner between them.
            let from = former.revision.min(watermark.revision);
            let corner = index
                .notified_after(from)
                .filter_map(|slot| index.entry(slot))
                .map(|entry| &entry.announcement)
                .filter(|a| both.covers(a) && !former.covers(a) && !watermark.covers(a));
            for announcement in corner {
                let receipt = self.kept(announcement.id()).receipt;
                self.keep(announcement.id(), receipt, true);
            }
        }
        self.to.watermark = both;
        self.to.is_changed |= both != former;
    }

    fn moved_start(&mut self, before: &Announcement, after: &Announcement) {
        let id = before.id();
        let watermark = self.to.watermark;
        let KeptReceipt {
            mut receipt,
            is_unread,
        } = self.kept(id);
        match (watermark.covers(before), watermark.covers(after)) {
            (true, false) if !is_unread => {
                receipt.read(before.version(), watermark.at);
                self.keep(id, receipt, is_unread);
            }
            (false, true) => self.keep(id, receipt, true),
            _ => {}
        }
    }
}

/// All users of a board, by name, so that receipts can be paged.
#[derive(Debug, Default)]
pub(crate) struct Users {
    /// The name is shared with the effect that brought it.
    users: BTreeMap<Arc<str>, User>,
}

/// Refuses a name that is empty, too long or contains a NUL.
pub(crate) fn check_user(user: &str) -> Result<()> {
    if user.is_empty() {
        let reason = Bilingual::new(
            "must not be empty: no state is kept for anonymous viewers",
            "不能为空：系统不保存匿名读者的状态",
        );
        return Err(Error::invalid("user", user, reason));
    }
    crate::model::check_bytes("user", user, crate::model::limits::USER_BYTES)
}

impl Users {
    pub(crate) fn get(&self, user: &str) -> Option<&User> {
        self.users.get(user)
    }

    /// Returns all state as changes to a board without any state.
    pub(crate) fn as_changes(&self) -> impl Iterator<Item = UserChange> {
        self.users.iter().map(|(name, user)| {
            let ids = user.receipts.keys().chain(&user.unread);
            UserChange {
                name: Arc::clone(name),
                first_seen_at: user.first_seen_at,
                watermark: user.watermark,
                is_changed: true,
                kept: ids.map(|id| (*id, user.kept(*id))).collect(),
            }
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.users.len()
    }

    /// Returns the users after `after`, by name.
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

    /// Applies a change that was worked out before.
    pub(crate) fn apply(&mut self, change: &UserChange) {
        match self.users.get_mut(&change.name) {
            Some(user) => user.apply(change),
            None => {
                let mut user = User::default();
                user.receipts.reserve(change.kept.len());
                user.apply(change);
                self.users.insert(Arc::clone(&change.name), user);
            }
        }
    }

    /// Erases all state of a user.
    pub(crate) fn forget(&mut self, name: &str) {
        self.users.remove(name);
    }

    /// Returns the effect of a commit on users. It keeps read state stable when a silent edit moves
    /// the start time, which watermarks depend on. It erases the state for an announcement that is
    /// purged.
    pub(crate) fn affected(
        &self,
        moved: &[(Arc<Announcement>, Arc<Announcement>)],
        purged: &[i64],
    ) -> Vec<UserChange> {
        if moved.is_empty() && purged.is_empty() {
            return Vec::new();
        }
        let of_user = |(name, user): (&Arc<str>, &User)| {
            let mut edit = UserEdit::new(Arc::clone(name), Some(user), 0);
            for (before, after) in moved {
                edit.moved_start(before, after);
            }
            for id in purged {
                if user.receipts.contains_key(id) || user.unread.contains(id) {
                    edit.keep(*id, Receipt::default(), false);
                }
            }
            (!edit.to.kept.is_empty()).then(|| edit.finish())
        };
        self.users.iter().filter_map(of_user).collect()
    }
}
