//! Options for opening a board, in addition to its URL.

use std::fmt;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::engine::Keep;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::progress::{Progress, Step};

/// Options for opening a board, in addition to its URL.
///
/// A board in this process refuses the settings of a connection, and a remote board those of a local one, so
/// that no setting is silently ignored.
///
/// ```
/// use notice::{ManualClock, Options};
/// let board = Options::new().clock(ManualClock::new(1_781_748_000_000)).open("mem:")?;
/// assert_eq!(board.revision()?, 0);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Settings for every kind of board.
    pub common: CommonOptions,
    /// Settings for boards in this process.
    pub local: LocalOptions,
    /// Settings for boards behind a connection.
    pub remote: RemoteOptions,
}

/// Settings for every kind of board.
#[non_exhaustive]
pub struct CommonOptions {
    /// Source of time.
    pub clock: Box<dyn Clock>,
}

/// Settings for boards in this process.
#[derive(Default)]
#[non_exhaustive]
pub struct LocalOptions {
    /// Retention of the change feed; the default is 10 000 revisions and 30 days.
    pub(crate) keep: Option<Keep>,
    /// Time after its end or retraction at which an announcement is purged, in milliseconds.
    pub(crate) retention_ms: Option<i64>,
    /// Receiver of the progress of opening.
    pub(crate) progress: Option<Progress>,
}

/// Settings for boards behind a connection.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteOptions {
    /// Token that identifies the caller. Never shown by `Debug`.
    pub token: Option<String>,
    /// Maximum duration of a call, after which it is `timed_out`.
    pub timeout: Option<Duration>,
}

impl Options {
    /// Creates the default options: the system's clock, the feed kept for 10 000 revisions and 30 days,
    /// no retention, no token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the source of time.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.common.clock = Box::new(clock);
        self
    }

    /// Sets the retention of the change feed: a change is dropped once it is both older than `ms`
    /// milliseconds and more than `revisions` revisions old.
    #[must_use]
    pub fn keep_changes(mut self, revisions: u32, ms: u32) -> Self {
        self.local.keep = Some(Keep {
            revisions: revisions.into(),
            ms: ms.into(),
        });
        self
    }

    /// Purges announcements this many milliseconds after their end or retraction: with the board's
    /// next change, or in the background within a second.
    #[must_use]
    pub fn retention_ms(mut self, ms: u64) -> Self {
        self.local.retention_ms = Some(i64::try_from(ms).unwrap_or(i64::MAX));
        self
    }

    /// Reports progress while a file is opened: the step, the amount done and the total. `tell` runs on the
    /// opening thread, so a slow one delays it. A panic in it propagates from [`open`](Self::open).
    ///
    /// ```
    /// use notice::{Options, Step};
    /// let options = Options::new().progress(|step: Step, done, total| {
    ///     println!("{}: {done} of {total}", step.name());
    /// });
    /// # options.open("mem:")?;
    /// # Ok::<(), notice::Error>(())
    /// ```
    #[must_use]
    pub fn progress(mut self, tell: impl Fn(Step, u64, u64) + Send + Sync + 'static) -> Self {
        self.local.progress = Some(Progress::new(tell));
        self
    }

    /// Sets the token that identifies the caller to a remote board.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.remote.token = Some(token.into());
        self
    }

    /// Sets how long a call to a remote board may take before it is `timed_out`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.remote.timeout = Some(timeout);
        self
    }

    /// Refuses settings for boards behind a connection. For the `open` function of a scheme with boards in
    /// this process.
    ///
    /// # Errors
    /// `unsupported` with the path of the first such setting, such as `options.token`.
    pub fn refuse_remote(&self) -> Result<()> {
        let (en, zh) = (
            "only for boards reached over a connection; this one is in this process",
            "仅适用于通过连接访问的公告板；此公告板在本进程中",
        );
        refuse(
            &[
                ("token", self.remote.token.is_some()),
                ("timeout", self.remote.timeout.is_some()),
            ],
            &Bilingual::new(en, zh),
        )
    }

    /// Refuses settings for boards in this process. For the `open` function of a scheme with boards behind a
    /// connection.
    ///
    /// # Errors
    /// `unsupported` with the path of the first such setting, such as `options.retention_ms`.
    pub fn refuse_local(&self) -> Result<()> {
        let (en, zh) = (
            "must be set where the board is kept; this one is reached over a connection",
            "须在公告板所在的进程中设置；此公告板通过连接访问",
        );
        refuse(
            &[
                ("keep_changes", self.local.keep.is_some()),
                ("retention_ms", self.local.retention_ms.is_some()),
                ("progress", self.local.progress.is_some()),
            ],
            &Bilingual::new(en, zh),
        )
    }
}

/// Refuses the first setting that is set.
fn refuse(settings: &[(&str, bool)], reason: &Bilingual) -> Result<()> {
    match settings.iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => {
            let error = Error::new(ErrorKind::Unsupported, reason.clone());
            Err(error.within(&format!("options.{name}")))
        }
        None => Ok(()),
    }
}

impl Default for CommonOptions {
    fn default() -> Self {
        Self {
            clock: Box::new(SystemClock),
        }
    }
}

impl fmt::Debug for CommonOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("CommonOptions");
        shown.field("clock.now", &self.clock.now()).finish()
    }
}

impl fmt::Debug for LocalOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LocalOptions")
            .field("keep_changes", &self.keep)
            .field("retention_ms", &self.retention_ms)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// Shows whether there is a token, but never the token, because options end up in logs.
impl fmt::Debug for RemoteOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RemoteOptions")
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("timeout", &self.timeout)
            .finish()
    }
}
