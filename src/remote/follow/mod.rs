//! A local replica of a daemon's board, which answers queries in this process (`?follow=1`, `?follow=shm`).
//!
//! One thread follows the board: over a connection of its own, by [`Follower`](follower::Follower), or through memory that
//! the daemon hands over on such a connection, by [`Reading`](memory::Reading). Questions are answered by the replica, and
//! writes and marks go to the daemon as for a board without a replica.

mod follower;
#[cfg(all(feature = "shm", target_os = "linux"))]
mod handing;
#[cfg(all(feature = "shm", target_os = "linux"))]
mod memory;
mod progress;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::follower::Follower;
use self::progress::Progress;
use super::board::Remote;
use super::client::Client;
use crate::board::{Board, OnChange, SharedBoard, forward_questions};
use crate::engine::Replica;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Draft, Mark, Marking, Operation, Published, Viewer};
use crate::notifier::no_thread;
use crate::query::{
    ChangePage, ChangeQuery, Checkup, Daemon, Head, OwnMarks, OwnMarksQuery, Query, Stats,
};

/// How often the daemon is to be heard when nothing is written.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Heartbeats within the greatest age of an answer, so that a late one does no harm.
const BEATS: u32 = 4;

/// How the entries of a board come to a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over a socket.
    Stream,
    /// Through memory that the daemon hands over.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    Memory,
}

/// A replica of a daemon's board, and the way to the daemon.
pub(crate) struct Followed {
    remote: Remote,
    /// The replica, for questions.
    board: SharedBoard,
    replica: Replica,
    progress: Arc<Progress>,
    /// Age of what the replica has from which on questions are refused.
    max_staleness: Option<Duration>,
    /// None in tests, which take the follower's steps themselves.
    thread: Option<JoinHandle<()>>,
}

impl Followed {
    /// Starts to follow the board of `remote`, by `replica`, which is empty.
    ///
    /// # Errors
    /// `io` when no thread can be started.
    pub(crate) fn new(
        remote: Remote,
        replica: Replica,
        max_staleness: Option<Duration>,
        way: Way,
    ) -> Result<Self> {
        let (mut followed, follower) = Self::unattended(remote, replica, max_staleness);
        let run: Box<dyn FnOnce() + Send> = match way {
            Way::Stream => Box::new(|| follower.run()),
            #[cfg(all(feature = "shm", target_os = "linux"))]
            Way::Memory => {
                let reading = memory::Reading::new(
                    Arc::clone(followed.remote.client()),
                    followed.replica.clone(),
                    Arc::clone(&followed.progress),
                );
                Box::new(|| reading.run())
            }
        };
        let named = thread::Builder::new().name("notice-follow".to_owned());
        followed.thread = Some(named.spawn(run).map_err(no_thread)?);
        Ok(followed)
    }

    /// Creates it with a follower that nobody runs.
    fn unattended(
        remote: Remote,
        replica: Replica,
        max_staleness: Option<Duration>,
    ) -> (Self, Follower) {
        let progress = Arc::<Progress>::default();
        let often = max_staleness.map_or(HEARTBEAT, |most| most / BEATS);
        let follower = Follower::new(
            Arc::clone(remote.client()),
            replica.clone(),
            Arc::clone(&progress),
            often.min(HEARTBEAT),
        );
        let followed = Self {
            remote,
            board: replica.board(),
            replica,
            progress,
            max_staleness,
            thread: None,
        };
        (followed, follower)
    }

    /// Waits until the first snapshot has arrived.
    ///
    /// # Errors
    /// That of the first attempt that fails.
    pub(crate) fn try_out(&self) -> Result<()> {
        // A large snapshot takes its time. A daemon that sends nothing is noticed by the follower.
        let has_board = || self.progress.has_board();
        self.progress.wait(Duration::MAX, has_board).map(drop)
    }

    fn client(&self) -> &Client {
        self.remote.client()
    }

    /// Returns the replica for a question, however old it is.
    ///
    /// # Errors
    /// `unavailable` if no snapshot has arrived within the time of a call.
    fn any_age(&self) -> Result<&dyn Board> {
        if !self.progress.has_board() {
            self.wait_for_board()?;
        }
        Ok(&*self.board)
    }

    /// Returns the replica for a question, if it is not older than the program wants.
    ///
    /// # Errors
    /// `unavailable`.
    fn fresh(&self) -> Result<&dyn Board> {
        let board = self.any_age()?;
        match self.max_staleness {
            Some(most) => self.check_age(most).map(|()| board),
            None => Ok(board),
        }
    }

    /// Waits for the first snapshot, for a program that opened the board without it.
    #[cold]
    fn wait_for_board(&self) -> Result<()> {
        self.client().check_owner()?;
        let timeout = self.client().settings.timeout;
        if self.progress.wait(timeout, || self.progress.has_board())? {
            return Ok(());
        }
        let address = self.client().transport.address();
        let reason = Bilingual::new(
            format!("{address}: no snapshot of the board has arrived in time"),
            format!("{address}：未在规定时间内收到公告板的快照"),
        );
        Err(Error::new(ErrorKind::Unavailable, reason))
    }

    fn check_age(&self, most: Duration) -> Result<()> {
        let age = self.staleness();
        if age <= most {
            return Ok(());
        }
        self.client().check_owner()?;
        let (address, most) = (self.client().transport.address(), most.as_secs());
        let (age, last) = (age.as_secs_f64(), self.progress.last_error());
        let why = last.map_or(String::new(), |error| format!("; {error}"));
        let reason = Bilingual::new(
            format!(
                "{address}: the replica may be {age:.1} s old, more than max_staleness={most} allows{why}"
            ),
            format!("{address}：副本可能已过时 {age:.1} 秒，超过 max_staleness={most}{why}"),
        );
        Err(Error::new(ErrorKind::Unavailable, reason))
    }

    fn staleness(&self) -> Duration {
        let now = self.client().environment.now();
        self.progress.staleness(now)
    }

    /// Waits until the replica has what the daemon has now, so that a program sees what it has written. Not longer
    /// than a call may take, nor over an attempt to follow that fails: what was written is written in any case.
    fn catch_up(&self) {
        let Ok(head) = self.remote.head() else {
            return;
        };
        let is_there = || {
            let here = self.replica.position();
            here.epoch() == head.epoch && here.seq() >= head.seq
        };
        // Why it is not there yet, the next question may tell.
        let _ = self.progress.wait(self.client().settings.timeout, is_there);
    }

    /// Writes to the daemon, and waits until the replica shows it.
    fn write<T>(&self, write: impl FnOnce(&Remote) -> Result<T>) -> Result<T> {
        let done = write(&self.remote)?;
        self.catch_up();
        Ok(done)
    }

    /// Asks, and once more if the caller knows of a revision that the replica has not seen yet.
    fn ask_ahead<T>(&self, ask: impl Fn() -> Result<T>) -> Result<T> {
        match ask() {
            Err(error) if error.kind() == ErrorKind::FutureRevision => {
                self.catch_up();
                ask()
            }
            answer => answer,
        }
    }
}

impl Board for Followed {
    forward_questions!(fresh);

    fn stats(&self) -> Result<Stats> {
        let mut stats = self.any_age()?.stats()?;
        stats.staleness_ms = u64::try_from(self.staleness().as_millis()).unwrap_or(u64::MAX);
        (stats.lost_entries, stats.reloads) = self.progress.losses();
        Ok(stats)
    }

    fn head(&self) -> Result<Head> {
        self.any_age()?.head()
    }

    fn daemon(&self) -> Result<Daemon> {
        self.remote.daemon()
    }

    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        self.write(|remote| remote.apply(operations))
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        self.remote.check(drafts)
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        self.write(|remote| remote.mark_shown(viewer, marking))
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        self.write(|remote| remote.mark_all(query, mark, up_to))
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        self.write(|remote| remote.forget_user(user))
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        self.ask_ahead(|| self.fresh()?.changes(changes))
    }

    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        self.ask_ahead(|| self.fresh()?.own_marks(query))
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.ask_ahead(|| self.any_age()?.wait(since, timeout))
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.board.on_change(callback)
    }

    fn close(&self) -> Result<()> {
        self.remote.close()?;
        self.board.close()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if self.client().check_owner().is_err() {
            // The thread stayed in the parent, and may hold whatever it held there.
            std::mem::forget(thread);
            return;
        }
        self.progress.end();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Followed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Followed")
            .field("address", &self.client().transport.address())
            .finish_non_exhaustive()
    }
}
