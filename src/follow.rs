//! Following a board without polling it: when to ask again, and how long to sleep.
//!
//! A [`Follower`] is a state machine without threads, clocks or I/O. The program passes it the board's head
//! and the time, and the follower returns the next step. It therefore fits a thread that waits, a window's
//! timer, an event loop and a C program.
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
//!             // Whether the board or the time ends the wait, ask the follower again.
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

/// Longest pause after failures, in milliseconds. A board that comes back is noticed within a minute.
const LONGEST_PAUSE_MS: i64 = 60_000;

/// Decides when to ask a board again, so that what is shown is never stale.
///
/// All instants are Unix milliseconds of the board's clock. A follower is plain data: a program may copy it
/// and keep it anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Follower {
    /// The last answer; None before the first one.
    pub known: Option<Answer>,
    /// Whether `known.next_change_at` is valid. [`viewer_changed`](Self::viewer_changed) clears it.
    pub knows_next_change: bool,
    /// Number of failures since the last answer.
    pub failures: u32,
    /// End of the pause after a failure.
    pub retry_at: Option<i64>,
    /// Longest sleep in milliseconds; None for no limit. A limit helps where the clock may be set or the
    /// machine suspended.
    pub longest_nap_ms: Option<i64>,
    /// Pause after the first failure in milliseconds. It doubles with each further failure, up to a minute.
    pub retry_pause_ms: i64,
}

/// Identity, revision and times of a board's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Epoch of the board that answered.
    pub epoch: u128,
    /// Revision of the answer.
    pub revision: i64,
    /// Instant of the answer.
    pub now: i64,
    /// Earliest instant after `now` at which the answer may change through time alone.
    pub next_change_at: Option<i64>,
}

/// Next step. No further steps will be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask the board, then call [`Follower::answered`] or [`Follower::failed`].
    Ask(Reason),
    /// Sleep until the instant or until the board changes, whichever comes first, then call
    /// [`Follower::next`] again. Without an instant, only a change of the board ends the sleep.
    Sleep {
        /// The instant.
        until: Option<i64>,
    },
}

/// Reason to ask the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The board was never asked, or the follower has lost its place.
    First,
    /// The epoch differs: the board was restored from a backup or imported into.
    OtherBoard,
    /// The revision has changed.
    Revision,
    /// An announcement starts or ends.
    Time,
    /// The clock was set to before the last answer.
    ClockSetBack,
    /// The next change through time is unknown, because the viewer changed. To miss nothing that started
    /// since the last answer, ask as of the instant of that answer (`known.now`).
    NextChange,
    /// The pause after a failure is over.
    Retry,
}

/// Difference between an answer and the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Difference {
    /// Whether it is the first answer, or the first from another board.
    pub is_new: bool,
    /// Distance between the two revisions, in either direction.
    pub revisions: u64,
    /// Whether something started or ended, or may have because the clock was set back.
    pub by_time: bool,
}

impl Follower {
    /// Creates a follower without an answer. Its first step is to ask.
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

    /// Creates a follower to which everything up to `head` and `now` is old. It asks once, to learn the next
    /// change through time.
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

    /// Sets the pause after the first failure.
    #[must_use]
    pub const fn retry_pause_ms(mut self, ms: i64) -> Self {
        self.retry_pause_ms = ms;
        self
    }

    /// Returns the next step, with the board at `head` and the time at `now`. It changes nothing, so it may
    /// be called at any time.
    pub fn next(&self, head: &Head, now: i64) -> Next {
        if let Some(retry_at) = self.retry_at {
            // A retry further ahead than any pause means that the clock was set back.
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

    /// Records an answer, and returns its difference from the previous one.
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

    /// Records that asking or waiting failed at `now`. After an error that means "list again", the follower
    /// asks at once, as if it were new. After `timed_out` it continues, and after any other error it pauses
    /// first. The program decides when to stop: a closed board stays `unavailable`.
    pub fn failed(&mut self, kind: ErrorKind, now: i64) {
        match kind {
            ErrorKind::TimedOut => {}
            ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision => {
                self.known = None;
                self.knows_next_change = false;
            }
            _ => {
                // 16 doublings exceed the longest pause even from 1 ms.
                let doubled = self.retry_pause_ms.max(1) << self.failures.min(16);
                self.failures = self.failures.saturating_add(1);
                self.retry_at = Some(now.saturating_add(doubled.min(LONGEST_PAUSE_MS)));
            }
        }
    }

    /// Records that the viewer changed, for whom announcements may start and end at other times.
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
    /// Creates the description of an answer. For a [`ChangePage`](crate::ChangePage), pass its `to_revision`
    /// and the instant of the request.
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

    /// Counts the changes: one for each revision, and one for all starts and ends together.
    pub fn count(&self) -> u64 {
        self.revisions.saturating_add(self.by_time.into())
    }
}

#[cfg(test)]
mod tests;
