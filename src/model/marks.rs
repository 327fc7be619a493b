//! Marks: what a viewer does with an announcement, and the state that results.

use super::announcement::Announcement;
use super::limits;
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
        /// 稍后提醒: not pending until an instant, or until it is news again.
        Snooze = 7 "snooze",
        /// Undoes a snooze.
        Unsnooze = 8 "unsnooze",
    }
}

/// A mark of one announcement, in the version that the viewer had before them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act {
    pub(crate) mark: Mark,
    pub(crate) version: u32,
    pub(crate) at: i64,
    /// End of a snooze.
    pub(crate) until: i64,
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

/// Acknowledgement of one version of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The version.
    pub version: u32,
    /// When it was first acknowledged, in Unix milliseconds.
    pub at: i64,
}

/// Acknowledgements of a receipt besides the last one.
pub(crate) const EARLIER: usize = limits::ACKNOWLEDGEMENTS - 1;

/// State of one user for one announcement. Times are Unix milliseconds, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    pub(crate) snoozed_version: u32,
    pub(crate) snoozed_until: i64,
    /// Acknowledgements of earlier versions, ascending; empty for most users, and then without memory.
    pub(crate) earlier: Vec<Acknowledgement>,
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
    /// The latest version that was acknowledged.
    acknowledged_version: u32 where acknowledged_version;
    /// When that was, the first time.
    acknowledged_at: i64 where acknowledged_version;
    /// The version that was snoozed.
    snoozed_version: u32 where snoozed_version;
    /// When that ends, or has ended.
    snoozed_until: i64 where snoozed_version;
}

impl Receipt {
    /// Returns how often it was shown at [`seen_version`](Self::seen_version).
    pub fn seen_count(&self) -> u32 {
        self.seen_count
    }

    /// Returns the acknowledgements of the last 16 versions that the user has acknowledged and not taken
    /// back, ascending by version.
    pub fn acknowledgements(&self) -> impl Iterator<Item = Acknowledgement> + '_ {
        let (version, at) = (self.acknowledged_version, self.acknowledged_at);
        let last = (version != 0).then_some(Acknowledgement { version, at });
        self.earlier.iter().copied().chain(last)
    }

    /// Reports whether the earlier acknowledgements are as this build keeps them.
    pub(crate) fn is_in_order(&self) -> bool {
        let versions = self.earlier.iter().map(|earlier| earlier.version);
        let mut before = 0;
        self.earlier.len() <= EARLIER
            && versions
                .chain((!self.earlier.is_empty()).then_some(self.acknowledged_version))
                .all(|version| std::mem::replace(&mut before, version) < version)
    }

    /// Changes the receipt as `act` has it.
    pub(crate) fn apply(&mut self, act: Act, announcement: &Announcement) {
        let Act {
            mark,
            version,
            at,
            until,
        } = act;
        let news = announcement.notify_version();
        match mark {
            Mark::Seen => self.see(version, at, news),
            Mark::Read => self.read(version, at),
            Mark::Dismiss => {
                if self.dismissed_version <= version {
                    (self.dismissed_version, self.dismissed_at) = (version, at);
                }
                // What was closed for good needs no reminder.
                if act.undoes(self.snoozed_version, news) {
                    (self.snoozed_version, self.snoozed_until) = (0, 0);
                }
                self.read(version, at);
            }
            Mark::Acknowledge => {
                self.acknowledge(version, at);
                self.read(version, at);
            }
            Mark::Snooze if act.undoes(self.snoozed_version, news) => {
                (self.snoozed_version, self.snoozed_until) = (version, until);
                // Who wants to be reminded has not closed it for good.
                if act.undoes(self.dismissed_version, news) {
                    (self.dismissed_version, self.dismissed_at) = (0, 0);
                }
            }
            Mark::Unsnooze if act.undoes(self.snoozed_version, news) => {
                (self.snoozed_version, self.snoozed_until) = (0, 0);
            }
            Mark::Unread if act.undoes(self.read_version, news) => {
                (self.read_version, self.read_at) = (0, 0);
            }
            Mark::Restore if act.undoes(self.dismissed_version, news) => {
                (self.dismissed_version, self.dismissed_at) = (0, 0);
            }
            Mark::Unacknowledge => self.unacknowledge(act, news),
            // Somebody who looks at what is no longer news takes back nothing that was done since.
            Mark::Unread | Mark::Restore | Mark::Snooze | Mark::Unsnooze => {}
        }
    }

    /// Acknowledges `version`. Doing so again proves nothing more, so the first time is kept.
    fn acknowledge(&mut self, version: u32, at: i64) {
        if version == self.acknowledged_version {
            return;
        }
        let (mut added, place) = (Acknowledgement { version, at }, self.place(version));
        let place = match (place, version < self.acknowledged_version) {
            (Ok(_), _) => return,
            (Err(place), true) => place,
            (Err(place), false) => {
                let last = (self.acknowledged_version, self.acknowledged_at);
                (self.acknowledged_version, self.acknowledged_at) = (version, at);
                if last.0 == 0 {
                    return;
                }
                (added.version, added.at) = last;
                place
            }
        };
        self.earlier.insert(place, added);
        if self.earlier.len() > EARLIER {
            self.earlier.remove(0);
        }
    }

    /// Takes back the acknowledgement that the viewer had before them: that of the present news, or else the
    /// last one up to the version of `act`. What was acknowledged before was acknowledged all the same.
    fn unacknowledge(&mut self, act: Act, news: u32) {
        if act.is_of_news(news) {
            while self.acknowledged_version >= news {
                self.take_back_last();
            }
        } else if self.acknowledged_version <= act.version {
            self.take_back_last();
        } else {
            let place = match self.place(act.version) {
                Ok(place) => Some(place),
                Err(place) => place.checked_sub(1),
            };
            place.map(|place| self.earlier.remove(place));
        }
    }

    fn take_back_last(&mut self) {
        let last = self.earlier.pop();
        let last = last.map(|earlier| (earlier.version, earlier.at));
        (self.acknowledged_version, self.acknowledged_at) = last.unwrap_or_default();
    }

    fn place(&self, version: u32) -> Result<usize, usize> {
        let by = |earlier: &Acknowledgement| earlier.version;
        self.earlier.binary_search_by_key(&version, by)
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

    /// The next instant at which a snooze ends, or an interval begins or ends: it begins after `now` if the
    /// clock was set back since it was shown.
    pub(crate) fn showing_changes_at(&self, announcement: &Announcement, now: i64) -> Option<i64> {
        // Intervals change nothing until the snooze ends.
        let snoozed = self.snoozed_at(announcement, now);
        snoozed.or_else(|| self.interval_changes_at(announcement, now))
    }

    fn interval_changes_at(&self, announcement: &Announcement, now: i64) -> Option<i64> {
        let end = self.interval_end(announcement)?;
        [self.last_seen_at, end].into_iter().find(|at| *at > now)
    }

    fn interval_end(&self, announcement: &Announcement) -> Option<i64> {
        let interval = announcement.show_interval_ms()?;
        (self.shown(announcement) > 0)
            .then(|| self.last_seen_at.saturating_add(i64::from(interval)))
    }

    /// The instant until which it is snoozed; none if it is not, or if it was news since.
    pub(crate) fn snoozed_at(&self, announcement: &Announcement, now: i64) -> Option<i64> {
        let is_news = self.snoozed_version >= announcement.notify_version();
        (is_news && now < self.snoozed_until).then_some(self.snoozed_until)
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
