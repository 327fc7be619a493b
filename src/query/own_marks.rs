//! A user's own marks, followed from one device to another.

use std::time::Duration;

/// A question about what of a user's own marks has changed.
///
/// ```
/// use notice::{Draft, Mark, OwnMarksQuery, Viewer};
///
/// let board = notice::open("mem:")?;
/// let id = board.publish(&Draft::new("en", "Maintenance tonight"))?.id;
/// // The phone lists everything, and follows from here.
/// let phone = board.own_marks(&OwnMarksQuery::new("alice"))?;
/// assert!(phone.all);
/// // Alice reads it on her desktop.
/// board.mark(&Viewer::new("alice"), &[id], Mark::Read)?;
/// let news = board.own_marks(&OwnMarksQuery::new("alice").since(phone.revision))?;
/// assert_eq!((news.all, news.changed), (false, vec![id]));
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnMarksQuery {
    /// Name of the user.
    pub user: String,
    /// `revision` of the answer before; 0 for the first question.
    pub since: u64,
    /// Epoch of the followed board; a board with another epoch is refused with `epoch_mismatch`.
    pub epoch: Option<u128>,
    /// How long to wait while nothing has changed; zero asks without waiting.
    pub timeout: Duration,
}

impl OwnMarksQuery {
    /// Asks about a user for the first time.
    pub fn new(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            since: 0,
            epoch: None,
            timeout: Duration::ZERO,
        }
    }

    /// Asks what has changed since `revision`, which is that of the answer before.
    #[must_use]
    pub fn since(mut self, revision: u64) -> Self {
        self.since = revision;
        self
    }

    /// Sets the epoch of the followed board.
    #[must_use]
    pub fn epoch(mut self, epoch: u128) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Waits as long as this while nothing has changed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// What of a user's own marks has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnMarks {
    /// The user's own revision: the next `since`. It moves with each change of the user's marks, and means
    /// nothing beside another user's.
    pub revision: u64,
    /// Identity of the board.
    pub epoch: u128,
    /// Whether anything may have changed, so that everything must be listed again: after the first question,
    /// after everything was marked at once or the user was forgotten, after many changes, and after the
    /// board was opened again.
    pub all: bool,
    /// The announcements whose marks have changed, ascending; empty with `all`.
    pub changed: Vec<i64>,
}
