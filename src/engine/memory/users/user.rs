//! State of one user.

use std::sync::Arc;

use crate::engine::memory::audiences::{GroupId, Groups, Visible};
use crate::engine::memory::visibility_cache::Seen;
use crate::journal::{KeptReceipt, Marks, OwnState, Watermark};
use crate::model::{Announcement, Receipt, Viewer};

/// State of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) own: OwnState,
    pub(crate) marks: Marks,
}

/// A user in a query: what the watermark's viewer could see is looked up once.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    pub(crate) user: &'a User,
    /// The groups that the watermark is about; None for all.
    pub(crate) seen: Option<Arc<Seen>>,
}

/// State of a user for one announcement, looked up once.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) receipt: Receipt,
    /// Whether the watermark covers it.
    pub(crate) has_read_all: bool,
}

impl User {
    /// Returns the watermark; None if the user has never marked everything as read.
    pub(crate) fn watermark(&self) -> Option<&Watermark> {
        self.own.watermark.as_deref()
    }

    /// Returns the state for an announcement.
    pub(crate) fn kept(&self, id: i64) -> KeptReceipt {
        self.marks.get(id)
    }

    /// Returns the receipts that are not empty, by announcement.
    pub(crate) fn receipts(&self) -> impl Iterator<Item = (i64, Receipt)> + '_ {
        let receipts = self.marks.iter().map(|(id, kept)| (id, kept.receipt));
        receipts.filter(|(_, receipt)| !receipt.is_empty())
    }

    /// Returns the state for an announcement, which the watermark covers or not.
    pub(crate) fn standing(&self, announcement: &Announcement, is_covered: bool) -> Standing {
        let KeptReceipt { receipt, is_unread } = self.kept(announcement.id());
        Standing {
            receipt,
            has_read_all: is_covered && !is_unread,
        }
    }
}

impl<'a> Reader<'a> {
    /// Prepares the user `name`, who may see `visible` now.
    pub(crate) fn new(
        user: &'a User,
        groups: &Groups,
        viewer: &Viewer,
        visible: &Visible<'_>,
    ) -> Self {
        let said = user.watermark().and_then(|mark| mark.viewer.as_deref());
        let present = Some((viewer, visible));
        let seen = groups.seen_with(&viewer.user, said, present);
        Self { user, seen }
    }

    /// Reports whether the watermark makes an announcement of `group` read, unless it was marked as unread.
    pub(crate) fn covers(&self, announcement: &Announcement, group: GroupId) -> bool {
        let watermark = self.user.watermark();
        watermark.is_some_and(|watermark| watermark.covers(announcement))
            && self.seen.as_ref().is_none_or(|seen| seen.contains(group))
    }

    /// Returns the state for an announcement of `group`.
    pub(crate) fn standing(&self, announcement: &Announcement, group: GroupId) -> Standing {
        let is_covered = self.covers(announcement, group);
        self.user.standing(announcement, is_covered)
    }

    /// Reports whether the user has read an announcement of `group` since it last was news.
    pub(crate) fn has_read(&self, announcement: &Announcement, group: GroupId) -> bool {
        self.standing(announcement, group).is_read(announcement)
    }
}

impl Standing {
    /// Reports whether the user has read it since it last was news.
    pub(crate) fn is_read(&self, announcement: &Announcement) -> bool {
        self.receipt.is_read(announcement) || self.has_read_all
    }

    /// Reports whether the visible `announcement` is to be shown to the user at `now`.
    pub(crate) fn is_pending(&self, announcement: &Announcement, now: i64) -> bool {
        let receipt = &self.receipt;
        !announcement.quiet()
            && !receipt.is_dismissed(announcement)
            && !receipt.is_over_limit(announcement)
            && receipt.snoozed_at(announcement, now).is_none()
            && receipt
                .shown_again_at(announcement, now)
                .is_none_or(|again| again <= now)
    }
}
