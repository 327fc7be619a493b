//! Changes to one user, worked out before they are applied.

use std::sync::Arc;

use super::user::User;
use crate::engine::memory::index::Index;
use crate::journal::{KeptEach, KeptReceipt, UserChange, Watermark};
use crate::model::{Act, Announcement, Mark, Receipt};

/// A [`UserChange`] in progress.
#[derive(Debug)]
pub(crate) struct UserEdit<'a> {
    user: Option<&'a User>,
    to: UserChange,
}

impl<'a> UserEdit<'a> {
    /// Starts from a user of the board.
    pub(super) fn of(name: &Arc<str>, user: &'a User) -> Self {
        let to = UserChange {
            name: Arc::clone(name),
            first_seen_at: user.first_seen_at,
            watermark: user.watermark,
            is_changed: false,
            kept: KeptEach::default(),
        };
        Self {
            user: Some(user),
            to,
        }
    }

    /// Starts a user who is first seen at `now`.
    pub(super) fn new(name: &str, now: i64) -> Self {
        let to = UserChange {
            name: name.into(),
            first_seen_at: now,
            watermark: Watermark::default(),
            is_changed: true,
            kept: KeptEach::default(),
        };
        Self { user: None, to }
    }

    /// Reports whether the user has no state yet.
    pub(crate) fn is_new(&self) -> bool {
        self.user.is_none()
    }

    /// Returns the change.
    pub(crate) fn finish(self) -> UserChange {
        self.to
    }

    fn kept(&self, id: i64) -> KeptReceipt {
        let before = || self.user.map(|user| user.kept(id)).unwrap_or_default();
        self.to.kept.get(id).copied().unwrap_or_else(before)
    }

    fn keep(&mut self, id: i64, receipt: Receipt, is_unread: bool) {
        self.to.kept.insert(id, KeptReceipt { receipt, is_unread });
    }

    /// Marks an announcement. Many are marked fastest in the order of their ids.
    pub(crate) fn mark(&mut self, act: Act, announcement: &Announcement) {
        let id = announcement.id();
        let KeptReceipt {
            mut receipt,
            mut is_unread,
        } = self.kept(id);
        receipt.apply(act, announcement);
        let is_unread_now =
            act.mark == Mark::Unread && act.is_of_news(announcement.notify_version());
        if is_unread_now && self.to.watermark.covers(announcement) {
            is_unread = true;
        } else if receipt.is_read(announcement) {
            is_unread = false;
        }
        self.keep(id, receipt, is_unread);
    }

    /// Moves the watermark, at a cost independent of what it covers. It never moves back.
    pub(crate) fn mark_all_read(&mut self, index: &Index, watermark: Watermark) {
        // An announcement marked as unread is read again if the new watermark covers it.
        let unread = self.user.into_iter().flat_map(|user| user.marks.unread());
        for id in unread.filter(|id| index.by_id(*id).is_none_or(|a| watermark.covers(a))) {
            let receipt = self.kept(id).receipt;
            self.keep(id, receipt, false);
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
            let mut corner: Vec<i64> = index
                .notified_after(from)
                .filter_map(|slot| index.entry(slot))
                .map(|entry| &entry.announcement)
                .filter(|a| both.covers(a) && !former.covers(a) && !watermark.covers(a))
                .map(|announcement| announcement.id())
                .collect();
            corner.sort_unstable();
            for id in corner {
                let receipt = self.kept(id).receipt;
                self.keep(id, receipt, true);
            }
        }
        self.to.watermark = both;
        self.to.is_changed |= both != former;
    }

    /// Keeps read state stable when the start of an announcement moves.
    pub(super) fn moved_start(&mut self, before: &Announcement, after: &Announcement) {
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

    /// Erases the state for an announcement.
    pub(super) fn erase(&mut self, id: i64) {
        self.keep(id, Receipt::default(), false);
    }

    /// Reports whether no receipt changes.
    pub(super) fn is_nothing(&self) -> bool {
        self.to.kept.is_empty()
    }
}
