//! A request to mark announcements as a viewer saw them.

use super::announcement::Announcement;
use super::marks::Mark;
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
}

impl Marking {
    /// Creates it from ids, or from announcements with their versions.
    pub fn new<S: Into<Shown>>(mark: Mark, shown: impl IntoIterator<Item = S>) -> Self {
        Self {
            mark,
            shown: shown.into_iter().map(Into::into).collect(),
        }
    }
}
