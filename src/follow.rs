//! Following a board without polling it: when to ask again, and how long to sleep.
//!
//! A [`Follower`] is a state machine without threads, clocks or I/O. Its program tells it how far the board
//! has come and what time it is, and is told what to do next. So one machine serves a thread that waits, a
//! timer of a window, an event loop and a C program.
//!
//! ```
//! use std::time::Duration;
//! use notice::follow::{Follower, Next};
//! use notice::{Draft, Query, Viewer};
//!
//! # fn now() -> i64 { 1_781_748_000_000 }
//! let board = notice::Options::new().clock(notice::ManualClock::new(now())).open("mem:")?;
//! let query = Query::new(Viewer::new("alice"));
//! let mut follower = Follower::new();
//! let mut shown = Vec::new();
//! # let mut rounds = 0;
//! loop {
//!     match follower.next(&board.head()?, now()) {
//!         Next::Ask(_) => {
//!             let page = board.query(&query)?;
//!             if follower.answered((&page.count).into()).any() {
//!                 shown = page.items;
//!             }
//!         }
//!         Next::Sleep { until } => {
//!             # rounds += 1;
//!             # if rounds == 2 { break; }
//!             # board.publish(&Draft::new("en", "Maintenance tonight"))?;
//!             let ms = until.map_or(u64::MAX, |until| until.abs_diff(now()));
//!             // Woken by the board, or by the time: the follower is asked again either way.
//!             let since = follower.known.map_or(0, |known| known.revision);
//!             let _ = board.wait(since, Duration::from_millis(ms));
//!         }
//!     }
//! }
//! # assert_eq!(shown.len(), 1);
//! # Ok::<(), notice::Error>(())
//! ```

use crate::error::ErrorKind;
use crate::query::{Count, Head};

/// Longest pause after failures, in milliseconds: a board that comes back is noticed within a minute.
const LONGEST_PAUSE_MS: i64 = 60_000;

/// Decides when to ask a board again, so that what is shown is never stale.
///
/// All instants are Unix milliseconds of the board's clock. It is plain data: a program may keep it where
/// it likes, and copy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Follower {
    /// What the last answer said; none before the first one.
    pub known: Option<Answer>,
    /// Whether `known.next_change_at` is right. It is not once [`viewer_changed`](Self::viewer_changed).
    pub knows_next_change: bool,
    /// Failures since the last answer.
    pub failures: u32,
    /// The instant before which nothing is asked after a failure.
    pub retry_at: Option<i64>,
    /// Longest sleep in milliseconds, if there is a limit: clocks are set, and machines are put to sleep.
    pub longest_nap_ms: Option<i64>,
    /// Pause after the first failure in milliseconds; it doubles with each further one, up to a minute.
    pub retry_pause_ms: i64,
}

/// What an answer of the board says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Which board answered.
    pub epoch: u128,
    /// The revision of the answer.
    pub revision: i64,
    /// The instant of the answer.
    pub now: i64,
    /// The earliest instant after `now` at which the answer may change by time alone.
    pub next_change_at: Option<i64>,
}

/// What to do next. There is nothing else that a follower could want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask the board, then call [`Follower::answered`] or [`Follower::failed`].
    Ask(Reason),
    /// Sleep until the instant or until the board has changed, whichever comes first; then call
    /// [`Follower::next`] again. Without an instant, only the board ends the sleep.
    Sleep {
        /// The instant.
        until: Option<i64>,
    },
}

/// Why the board is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It was never asked, or the follower has lost its place.
    First,
    /// It is another board than the one that answered: restored from a backup, or imported into.
    OtherBoard,
    /// Its revision has moved.
    Revision,
    /// Something starts or ends by its time.
    Time,
    /// The clock was set back to before the last answer.
    ClockSetBack,
    /// When the answer changes by time is unknown, because the viewer changed. To miss nothing that began
    /// since the last answer, ask for the instant of that answer (`known.now`).
    NextChange,
    /// The last try failed, and its pause is over.
    Retry,
}

/// What an answer brings since the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Difference {
    /// It is the first answer, or that of another board.
    pub is_new: bool,
    /// How many revisions the board has moved; a board that was put back counts too.
    pub revisions: u64,
    /// Something began or ended by its time, or may have: the clock was set back.
    pub by_time: bool,
}

impl Follower {
    /// Creates a follower that knows nothing: it asks first.
    pub const fn new() -> Self {
        Self {
            known: None,
            knows_next_change: false,
            failures: 0,
            retry_at: None,
            longest_nap_ms: None,
            retry_pause_ms: 1000,
        }
    }

    /// Creates a follower for whom everything up to `head` and `now` is old. It asks once, to learn when
    /// something changes by time.
    pub const fn after(head: &Head, now: i64) -> Self {
        let known = Answer::new(head.epoch, head.revision, now, None);
        Self {
            known: Some(known),
            ..Self::new()
        }
    }

    /// Sets the longest sleep.
    #[must_use]
    pub const fn longest_nap_ms(mut self, ms: i64) -> Self {
        self.longest_nap_ms = Some(ms);
        self
    }

    /// Sets the pause after a first failure.
    #[must_use]
    pub const fn retry_pause_ms(mut self, ms: i64) -> Self {
        self.retry_pause_ms = ms;
        self
    }

    /// Decides what to do, with the board at `head` and the time at `now`. Nothing is remembered of
    /// either, so it may be called at any time.
    pub fn next(&self, head: &Head, now: i64) -> Next {
        if let Some(retry_at) = self.retry_at {
            // A retry far ahead is of before the clock was set back.
            return match retry_at.saturating_sub(now) {
                1..=LONGEST_PAUSE_MS => Next::Sleep {
                    until: Some(retry_at),
                },
                _ => Next::Ask(Reason::Retry),
            };
        }
        let Some(known) = self.known else {
            return Next::Ask(Reason::First);
        };
        if head.epoch != known.epoch {
            Next::Ask(Reason::OtherBoard)
        } else if head.revision != known.revision {
            Next::Ask(Reason::Revision)
        } else if now < known.now {
            Next::Ask(Reason::ClockSetBack)
        } else if !self.knows_next_change {
            Next::Ask(Reason::NextChange)
        } else if known.next_change_at.is_some_and(|at| at <= now) {
            Next::Ask(Reason::Time)
        } else {
            let nap = self.longest_nap_ms.map(|nap| now.saturating_add(nap));
            let until = known.next_change_at.into_iter().chain(nap).min();
            Next::Sleep { until }
        }
    }

    /// Takes what the board answered, and returns what that brings since the last answer.
    pub fn answered(&mut self, answer: Answer) -> Difference {
        let before = self.known.replace(answer);
        self.knows_next_change = true;
        (self.failures, self.retry_at) = (0, None);
        match before {
            Some(before) if before.epoch == answer.epoch => Difference {
                is_new: false,
                revisions: before.revision.abs_diff(answer.revision),
                by_time: answer.now < before.now
                    || before.next_change_at.is_some_and(|at| at <= answer.now),
            },
            before => Difference {
                is_new: true,
                revisions: before.map_or(0, |before| before.revision.abs_diff(answer.revision)),
                by_time: false,
            },
        }
    }

    /// Takes that asking, or waiting, failed at `now`. After an error that means "list again" the
    /// follower asks at once as if it were new; after any other one but `timed_out` it pauses first.
    /// Whether to go on at all is the program's business: a closed board is `unavailable` for good.
    pub fn failed(&mut self, kind: ErrorKind, now: i64) {
        match kind {
            ErrorKind::TimedOut => {}
            ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision => {
                self.known = None;
                self.knows_next_change = false;
            }
            _ => {
                // Beyond 16 doublings any pause is longer than the longest one.
                let doubled = self.retry_pause_ms.max(1) << self.failures.min(16);
                self.failures = self.failures.saturating_add(1);
                self.retry_at = Some(now.saturating_add(doubled.min(LONGEST_PAUSE_MS)));
            }
        }
    }

    /// Takes that somebody else looks at the board now, who sees things begin and end at other times.
    pub fn viewer_changed(&mut self) {
        self.knows_next_change = false;
        if let Some(known) = &mut self.known {
            known.next_change_at = None;
        }
    }
}

impl Default for Follower {
    fn default() -> Self {
        Self::new()
    }
}

impl Answer {
    /// Describes an answer, such as a [`ChangePage`](crate::ChangePage) with its `to_revision` and the
    /// instant at which it was asked for.
    pub const fn new(epoch: u128, revision: i64, now: i64, next_change_at: Option<i64>) -> Self {
        Self {
            epoch,
            revision,
            now,
            next_change_at,
        }
    }
}

impl From<&Count> for Answer {
    fn from(count: &Count) -> Self {
        Self::new(count.epoch, count.revision, count.now, count.next_change_at)
    }
}

impl Difference {
    /// Returns whether what is shown may have changed.
    pub fn any(&self) -> bool {
        self.is_new || self.count() > 0
    }

    /// Counts the changes: one for each revision, and one for all that the time brought.
    pub fn count(&self) -> u64 {
        self.revisions.saturating_add(self.by_time.into())
    }
}

#[cfg(test)]
mod tests;
