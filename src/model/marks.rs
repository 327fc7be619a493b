//! Marks: what a viewer does with an announcement, and the state that results.

use super::announcement::Announcement;
use crate::named::named;

named! {
    /// Action of a viewer on an announcement.
    Mark, "mark" {
        /// Shown, such as in a popup; counts towards the show limit.
        Seen = 0 "seen",
        /// 已读.
        Read = 1 "read",
        /// 未读: undoes reading, including by mark all read.
        Unread = 2 "unread",
        /// 关闭(不再提示): also read, and no longer pending.
        Dismiss = 3 "dismiss",
        /// Undoes a dismissal.
        Restore = 4 "restore",
        /// 确认(已阅): also read.
        Acknowledge = 5 "acknowledge",
        /// Undoes an acknowledgement.
        Unacknowledge = 6 "unacknowledge",
    }
}

/// A mark of one announcement, in the version that the viewer had before them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act {
    pub(crate) mark: Mark,
    pub(crate) version: u32,
    pub(crate) at: i64,
}

impl Act {
    /// Reports whether it takes back what was done at version `done`, if `news` is the last version that
    /// was news.
    fn undoes(self, done: u32, news: u32) -> bool {
        self.is_of_news(news) || done <= self.version
    }

    /// Reports whether the viewer had the news, or a minor edit of it, before them.
    pub(crate) fn is_of_news(self, news: u32) -> bool {
        self.version >= news
    }
}

/// State of one user for one announcement. Times are Unix milliseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipt {
    // Millions of these are kept, so 0 means never in here, and getters return an `Option`.
    pub(crate) seen_count: u32,
    pub(crate) seen_version: u32,
    pub(crate) first_seen_at: i64,
    pub(crate) last_seen_at: i64,
    pub(crate) read_version: u32,
    pub(crate) read_at: i64,
    pub(crate) dismissed_version: u32,
    pub(crate) dismissed_at: i64,
    pub(crate) acknowledged_version: u32,
    pub(crate) acknowledged_at: i64,
}

/// Getters of a version and time, if it ever happened.
macro_rules! happened {
    ($($(#[$doc:meta])* $name:ident: $type:ty where $version:ident;)*) => {
        impl Receipt {
            $($(#[$doc])*
            pub fn $name(&self) -> Option<$type> {
                (self.$version != 0).then_some(self.$name)
            })*
        }
    };
}

happened! {
    /// The version that was shown last.
    seen_version: u32 where seen_version;
    /// When it was first shown.
    first_seen_at: i64 where seen_version;
    /// When it was last shown.
    last_seen_at: i64 where seen_version;
    /// The version that was read.
    read_version: u32 where read_version;
    /// When that was.
    read_at: i64 where read_version;
    /// The version that was dismissed.
    dismissed_version: u32 where dismissed_version;
    /// When that was.
    dismissed_at: i64 where dismissed_version;
    /// The version that was acknowledged.
    acknowledged_version: u32 where acknowledged_version;
    /// When that was.
    acknowledged_at: i64 where acknowledged_version;
}

impl Receipt {
    /// Returns how often it was shown at [`seen_version`](Self::seen_version).
    pub fn seen_count(&self) -> u32 {
        self.seen_count
    }

    /// Changes the receipt as `act` has it.
    pub(crate) fn apply(&mut self, act: Act, announcement: &Announcement) {
        let Act { mark, version, at } = act;
        let news = announcement.notify_version();
        match mark {
            Mark::Seen => self.see(version, at, news),
            Mark::Read => self.read(version, at),
            Mark::Dismiss => {
                if self.dismissed_version <= version {
                    (self.dismissed_version, self.dismissed_at) = (version, at);
                }
                self.read(version, at);
            }
            Mark::Acknowledge => {
                if self.acknowledged_version <= version {
                    (self.acknowledged_version, self.acknowledged_at) = (version, at);
                }
                self.read(version, at);
            }
            Mark::Unread if act.undoes(self.read_version, news) => {
                (self.read_version, self.read_at) = (0, 0);
            }
            Mark::Restore if act.undoes(self.dismissed_version, news) => {
                (self.dismissed_version, self.dismissed_at) = (0, 0);
            }
            Mark::Unacknowledge if act.undoes(self.acknowledged_version, news) => {
                (self.acknowledged_version, self.acknowledged_at) = (0, 0);
            }
            // Somebody who looks at what is no longer news takes back nothing that was done since.
            Mark::Unread | Mark::Restore | Mark::Unacknowledge => {}
        }
    }

    /// Counts a showing of `version`; `news` is the last version that was news.
    fn see(&mut self, version: u32, at: i64, news: u32) {
        if version < news && self.seen_version >= news {
            // An old text, shown after the news was, is no showing of the news.
            return;
        }
        // News is shown again, so its count restarts.
        if version >= news && self.seen_version < news {
            self.seen_count = 0;
        }
        self.seen_count = self.seen_count.saturating_add(1);
        self.seen_version = self.seen_version.max(version);
        self.last_seen_at = at;
        if self.first_seen_at == 0 {
            self.first_seen_at = at;
        }
    }

    /// Makes it read at `version`.
    pub(crate) fn read(&mut self, version: u32, now: i64) {
        // Receipts report the first reading since it was last news.
        if self.read_version < version {
            (self.read_version, self.read_at) = (version, now);
        }
    }

    /// Whether it was read since it last was news, not counting mark all read.
    pub(crate) fn is_read(&self, announcement: &Announcement) -> bool {
        announcement.quiet() || self.read_version >= announcement.notify_version()
    }

    /// Whether it is dismissed: since it last was news, and only while it may be.
    pub(crate) fn is_dismissed(&self, announcement: &Announcement) -> bool {
        announcement.dismissible() && self.dismissed_version >= announcement.notify_version()
    }

    /// Whether it was acknowledged since it last was news.
    pub(crate) fn is_acknowledged(&self, announcement: &Announcement) -> bool {
        self.acknowledged_version >= announcement.notify_version()
    }

    /// Returns how often it was shown since it was last news.
    pub(crate) fn shown(&self, announcement: &Announcement) -> u32 {
        if self.seen_version >= announcement.notify_version() {
            self.seen_count
        } else {
            0
        }
    }

    /// Whether it was shown as often as it may be.
    pub(crate) fn is_over_limit(&self, announcement: &Announcement) -> bool {
        announcement
            .show_limit()
            .is_some_and(|limit| self.shown(announcement) >= limit)
    }

    /// The instant from which it may be shown again; none if at once.
    pub(crate) fn shown_again_at(&self, announcement: &Announcement, now: i64) -> Option<i64> {
        // A clock that was set back must not keep it hidden until the later instant has come again.
        let is_past = self.last_seen_at <= now;
        self.interval_end(announcement).filter(|_| is_past)
    }

    /// The next instant at which its interval begins or ends: it begins after `now` if the clock was set
    /// back since it was shown.
    pub(crate) fn showing_changes_at(&self, announcement: &Announcement, now: i64) -> Option<i64> {
        let end = self.interval_end(announcement)?;
        [self.last_seen_at, end].into_iter().find(|at| *at > now)
    }

    fn interval_end(&self, announcement: &Announcement) -> Option<i64> {
        let interval = announcement.show_interval_ms()?;
        (self.shown(announcement) > 0)
            .then(|| self.last_seen_at.saturating_add(i64::from(interval)))
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
