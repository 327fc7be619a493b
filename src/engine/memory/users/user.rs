//! State of one user.

use crate::journal::{KeptReceipt, Marks, Watermark};
use crate::model::{Announcement, Receipt};

/// State of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) first_seen_at: i64,
    pub(crate) watermark: Watermark,
    pub(crate) marks: Marks,
}

/// State of a user for one announcement, looked up once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) receipt: Receipt,
    /// Whether the watermark covers it.
    pub(crate) has_read_all: bool,
}

impl User {
    /// Returns the state for an announcement.
    pub(crate) fn kept(&self, id: i64) -> KeptReceipt {
        self.marks.get(id)
    }

    /// Returns the receipts that are not empty, by announcement.
    pub(crate) fn receipts(&self) -> impl Iterator<Item = (i64, Receipt)> + '_ {
        let receipts = self.marks.iter().map(|(id, kept)| (id, kept.receipt));
        receipts.filter(|(_, receipt)| !receipt.is_empty())
    }

    /// Returns the state for an announcement together with the watermark.
    pub(crate) fn standing(&self, announcement: &Announcement) -> Standing {
        let KeptReceipt { receipt, is_unread } = self.kept(announcement.id());
        Standing {
            receipt,
            has_read_all: self.watermark.covers(announcement) && !is_unread,
        }
    }

    /// Reports whether the user has read `announcement` since it last was news.
    pub(crate) fn has_read(&self, announcement: &Announcement) -> bool {
        self.standing(announcement).is_read(announcement)
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
            && receipt
                .shown_again_at(announcement)
                .is_none_or(|again| again <= now)
    }
}
