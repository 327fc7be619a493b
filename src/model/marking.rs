//! A request to mark announcements as a viewer saw them.

use super::announcement::Announcement;
use super::limits;
use super::marks::Mark;
use super::times::check_unit;
use crate::error::{Bilingual, Error, Result};

/// An announcement in the version that a viewer had before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// Id of the announcement.
    pub id: i64,
    /// The version that was shown; 0 means the present one.
    pub version: u32,
}

impl Shown {
    /// Creates it; version 0 means the present one.
    pub fn new(id: i64, version: u32) -> Self {
        Self { id, version }
    }

    /// Returns the version to mark.
    ///
    /// # Errors
    /// `invalid_field` for a version that the announcement does not have yet.
    pub(crate) fn version_of(self, announcement: &Announcement) -> Result<u32> {
        let (version, present) = (self.version, announcement.version());
        match version {
            0 => Ok(present),
            _ if version <= present => Ok(version),
            _ => {
                let id = self.id;
                let reason = Bilingual::new(
                    format!(
                        "announcement {id} is at version {present}; give the version that was \
                         shown, or 0 for the present one"
                    ),
                    format!(
                        "公告 {id} 的当前版本是 {present}；请填写读者所见的版本，或填 0 表示当前版本"
                    ),
                );
                Err(Error::invalid("version", &version.to_string(), reason))
            }
        }
    }
}

impl From<i64> for Shown {
    /// The present version.
    fn from(id: i64) -> Self {
        Self::new(id, 0)
    }
}

/// What a viewer does with some announcements.
///
/// A mark counts for the version that the viewer had before them: who acknowledges version 1 while
/// version 2 is published has not acknowledged version 2, unless version 2 was a minor edit.
///
/// ```
/// use notice::{Draft, Mark, Marking, Query, Shown, Viewer};
///
/// let board = notice::open("mem:")?;
/// board.publish(&Draft::new("en", "Terms of use").require_ack(true))?;
/// let alice = Viewer::new("alice");
/// let page = board.query(&Query::new(alice.clone()))?;
/// let seen = page.items.iter().map(|item| Shown::new(item.id(), item.version()));
/// assert_eq!(board.mark_shown(&alice, &Marking::new(Mark::Acknowledge, seen))?, 1);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marking {
    /// What the viewer does.
    pub mark: Mark,
    /// The announcements, each in the version that was shown; at most 10 000.
    pub shown: Vec<Shown>,
    /// When a snooze ends, in Unix milliseconds; None for every other mark.
    pub until: Option<i64>,
}

impl Marking {
    /// Creates it from ids, or from announcements with their versions.
    pub fn new<S: Into<Shown>>(mark: Mark, shown: impl IntoIterator<Item = S>) -> Self {
        Self {
            mark,
            shown: shown.into_iter().map(Into::into).collect(),
            until: None,
        }
    }

    /// Sets when a snooze ends: in the future, and at most ten years from now.
    #[must_use]
    pub fn until(mut self, until: i64) -> Self {
        self.until = Some(until);
        self
    }

    /// Returns the end of a snooze, and 0 for every other mark. The mark is made at `now`, and the board's
    /// clock shows `present`.
    ///
    /// # Errors
    /// `invalid_field` for a snooze without an end, in the past or too far away, and for an end of
    /// another mark.
    pub(crate) fn checked_until(&self, now: i64, present: i64) -> Result<i64> {
        let refused = |until: i64, en: String, zh: String| {
            let reason = Bilingual::new(en, zh);
            Err(Error::invalid("until", &until.to_string(), reason))
        };
        let (mark, until) = (self.mark, self.until.unwrap_or_default());
        if mark != Mark::Snooze {
            return match until {
                0 => Ok(0),
                _ => refused(
                    until,
                    format!("only a snooze ends; leave it out for {}", mark.name()),
                    format!("只有 snooze 才有结束时间；{} 请不要填写", mark.name()),
                ),
            };
        }
        if until == 0 {
            return refused(
                until,
                format!("a snooze needs the instant at which it ends, later than {now}"),
                format!("稍后提醒必须指定结束时间，且晚于 {now}"),
            );
        }
        // Seconds would be refused as past, and microseconds as too far away.
        check_unit("until", until, present)?;
        let latest = present.saturating_add(limits::SNOOZE_MS);
        if until <= now {
            return refused(
                until,
                format!("must be later than now, which is {now} in Unix milliseconds"),
                format!("必须晚于当前时间 {now}（Unix 毫秒）"),
            );
        }
        if until > latest {
            return refused(
                until,
                format!("must be at most ten years from now: {latest} at the latest"),
                format!("距今不得超过十年，最晚为 {latest}"),
            );
        }
        Ok(until)
    }
}
