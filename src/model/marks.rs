//! What a viewer does with an announcement, and what is remembered of it.

use super::announcement::Announcement;
use super::fields::named;
use crate::error::{Bilingual, Error, Result};

named! {
    /// What a viewer does with an announcement.
    Mark, "mark" {
        /// It was shown, such as in a popup: counts towards the show limit.
        Seen = 0 "seen",
        /// 已读.
        Read = 1 "read",
        /// 未读: undoes reading, also by mark all read.
        Unread = 2 "unread",
        /// 关闭(不再提示): read as well, and no longer pending.
        Dismiss = 3 "dismiss",
        /// Undoes dismissing.
        Restore = 4 "restore",
        /// 确认(已阅): read as well.
        Acknowledge = 5 "acknowledge",
        /// Undoes acknowledging.
        Unacknowledge = 6 "unacknowledge",
    }
}

/// What is remembered of one user and one announcement. A version of 0 is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipt {
    /// How often it was shown at `seen_version`.
    pub seen_count: u32,
    /// The version that counted as news when it was shown last.
    pub seen_version: u32,
    /// When it was first shown, in Unix milliseconds.
    pub first_seen_at: i64,
    /// When it was last shown.
    pub last_seen_at: i64,
    /// The version that was read.
    pub read_version: u32,
    /// When that was.
    pub read_at: i64,
    /// The version that was dismissed.
    pub dismissed_version: u32,
    /// When that was.
    pub dismissed_at: i64,
    /// The version that was acknowledged.
    pub acknowledged_version: u32,
    /// When that was.
    pub acknowledged_at: i64,
}

impl Receipt {
    /// Changes the receipt as `mark` at `now` has it.
    ///
    /// # Errors
    /// `bad_state` for dismissing what is not dismissible.
    pub(crate) fn apply(
        &mut self,
        mark: Mark,
        announcement: &Announcement,
        now: i64,
    ) -> Result<()> {
        let version = announcement.version();
        match mark {
            Mark::Seen => {
                // News is shown anew, so its count begins anew.
                if self.seen_version < announcement.notify_version() {
                    self.seen_count = 0;
                }
                self.seen_count = self.seen_count.saturating_add(1);
                self.seen_version = version;
                self.last_seen_at = now;
                if self.first_seen_at == 0 {
                    self.first_seen_at = now;
                }
            }
            Mark::Read => self.read(version, now),
            Mark::Unread => (self.read_version, self.read_at) = (0, 0),
            Mark::Dismiss if !announcement.dismissible() => {
                let id = announcement.id();
                return Err(Error::new(
                    crate::error::ErrorKind::BadState,
                    Bilingual::new(
                        format!("announcement {id} is not dismissible"),
                        format!("公告 {id} 不可关闭"),
                    ),
                ));
            }
            Mark::Dismiss => {
                (self.dismissed_version, self.dismissed_at) = (version, now);
                self.read(version, now);
            }
            Mark::Restore => (self.dismissed_version, self.dismissed_at) = (0, 0),
            Mark::Acknowledge => {
                (self.acknowledged_version, self.acknowledged_at) = (version, now);
                self.read(version, now);
            }
            Mark::Unacknowledge => (self.acknowledged_version, self.acknowledged_at) = (0, 0),
        }
        Ok(())
    }

    /// Makes it read at `version`.
    pub(crate) fn read(&mut self, version: u32, now: i64) {
        // The first reading of what is news stays the one that is told.
        if self.read_version < version {
            (self.read_version, self.read_at) = (version, now);
        }
    }

    /// Whether it was read since it last was news, not counting mark all read.
    pub(crate) fn is_read(&self, announcement: &Announcement) -> bool {
        self.read_version >= announcement.notify_version()
    }

    /// Whether it is dismissed: since it last was news, and only while it may be.
    pub(crate) fn is_dismissed(&self, announcement: &Announcement) -> bool {
        announcement.dismissible() && self.dismissed_version >= announcement.notify_version()
    }

    /// Whether it was acknowledged since it last was news.
    pub(crate) fn is_acknowledged(&self, announcement: &Announcement) -> bool {
        self.acknowledged_version >= announcement.notify_version()
    }

    /// How often it was shown since it last was news.
    pub(crate) fn shown(&self, announcement: &Announcement) -> u32 {
        if self.seen_version >= announcement.notify_version() {
            self.seen_count
        } else {
            0
        }
    }

    /// Whether it was shown as often as it may be.
    pub(crate) fn is_over_limit(&self, announcement: &Announcement) -> bool {
        let limit = announcement.show_limit();
        limit != 0 && self.shown(announcement) >= limit
    }

    /// The instant from which it may be shown again; 0 if at once.
    pub(crate) fn shown_again_at(&self, announcement: &Announcement) -> i64 {
        let interval = i64::from(announcement.show_interval_ms());
        if interval == 0 || self.shown(announcement) == 0 {
            return 0;
        }
        self.last_seen_at.saturating_add(interval)
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
