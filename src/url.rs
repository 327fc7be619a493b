//! Which kind of board a URL names, and opening it.

use std::sync::Arc;

use crate::board::SharedBoard;
use crate::clock::{Clock, SystemClock};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::store::{Keep, Settings, Store};

/// How a board is opened.
///
/// ```
/// use notice::{ManualClock, Options};
/// let board = Options::new().clock(ManualClock::new(1_781_748_000_000)).open("mem:")?;
/// assert_eq!(board.revision()?, 0);
/// # Ok::<(), notice::Error>(())
/// ```
pub struct Options {
    clock: Box<dyn Clock>,
    keep: Keep,
    retention_ms: Option<i64>,
}

impl Options {
    /// The system's clock, the feed kept for 10 000 revisions and 30 days, and no retention.
    pub fn new() -> Self {
        Self {
            clock: Box::new(SystemClock),
            keep: Keep::default(),
            retention_ms: None,
        }
    }

    /// Sets how long the change feed is kept: each change until it is both older than `ms`
    /// milliseconds and more than `revisions` revisions ago.
    #[must_use]
    pub fn keep_changes(mut self, revisions: u32, ms: u32) -> Self {
        self.keep = Keep {
            revisions: revisions.into(),
            ms: ms.into(),
        };
        self
    }

    /// Purges announcements so many milliseconds after they have ended or were retracted.
    #[must_use]
    pub fn retention_ms(mut self, ms: u64) -> Self {
        self.retention_ms = Some(i64::try_from(ms).unwrap_or(i64::MAX));
        self
    }

    /// Sets where the board takes the time from.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Opens the board that `url` names.
    ///
    /// # Errors
    /// As [`open`].
    pub fn open(self, url: &str) -> Result<SharedBoard> {
        match url.split_once(':') {
            Some(("mem", "")) => Ok(Arc::new(Store::new(Settings {
                clock: self.clock,
                keep: self.keep,
                retention_ms: self.retention_ms,
            }))),
            Some(("mem", _)) => Err(Error::invalid(
                "url",
                url,
                Bilingual::new(
                    "a board in memory has no name: mem:",
                    "内存公告板没有名称：mem:",
                ),
            )),
            _ => Err(Error::invalid(
                "url",
                url,
                Bilingual::new(
                    "names no kind of board that this build has; it has mem:",
                    "本构建不支持此类公告板；支持的有 mem:",
                ),
            )
            .of_kind(ErrorKind::Unsupported)),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// Opens a board.
///
/// | URL | what it is |
/// |---|---|
/// | `mem:` | a board in this process, gone with it |
///
/// # Errors
/// `unsupported` for a URL of another kind, `invalid_field` for one that is malformed.
pub fn open(url: &str) -> Result<SharedBoard> {
    Options::new().open(url)
}
