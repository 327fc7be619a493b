//! The board in this process: one commit at a time, any number of readers.

mod answers;
mod attributes;
mod board;
mod changes;
mod commit;
mod explain;
mod feed;
mod groups;
mod idempotency;
mod index;
mod locales;
mod receipts;
mod selection;
mod supersession;
mod timeline;
mod transfer;
mod users;
mod verified;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::commit::{Commit, Staging};
use self::feed::Feed;
use self::index::Index;
use self::users::Users;
use crate::clock::Clock;
use crate::error::{Bilingual, Error, ErrorKind, Result, described};
use crate::model::check_time;
use crate::operation::{Operation, Published};
use crate::query::Query;
use crate::stats::Maintenance;

pub(crate) use self::feed::Keep;
pub use self::feed::{KEEP_MS, KEEP_REVISIONS};

/// Most announcements that one commit purges because their retention is over.
const PURGED_AT_ONCE: usize = 1000;

/// What a board in this process is made with.
pub(crate) struct Settings {
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) keep: Keep,
    /// How long after its end or retraction an announcement is purged, in milliseconds.
    pub(crate) retention_ms: Option<i64>,
}

/// A board that lives in this process.
///
/// Locks are taken in the order of the fields, and none twice by one thread.
pub(crate) struct Store {
    clock: Box<dyn Clock>,
    keep: Keep,
    retention_ms: Option<i64>,
    /// Held by the one commit that is being made.
    writer: Mutex<()>,
    index: RwLock<Index>,
    users: RwLock<Users>,
    feed: RwLock<Feed>,
    epoch: RwLock<u128>,
    head: Mutex<Head>,
    moved: Condvar,
    /// A commit broke off in the middle: what is there can be read, but nothing written.
    is_poisoned: AtomicBool,
}

/// What those wait for who wait.
struct Head {
    revision: i64,
    is_closed: bool,
}

/// Poisons the store if a commit leaves by a panic.
struct PoisonOnPanic<'a> {
    is_poisoned: &'a AtomicBool,
    /// A commit in a destructor may be made, and end well, while its thread unwinds already.
    was_panicking: bool,
}

impl Drop for PoisonOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.was_panicking {
            self.is_poisoned.store(true, Ordering::SeqCst);
        }
    }
}

impl Store {
    /// An empty board.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            index: RwLock::new(Index::new(settings.clock.now())),
            clock: settings.clock,
            keep: settings.keep,
            retention_ms: settings.retention_ms,
            writer: Mutex::new(()),
            users: RwLock::default(),
            feed: RwLock::default(),
            epoch: RwLock::new(random_epoch()),
            head: Mutex::new(Head {
                revision: 0,
                is_closed: false,
            }),
            moved: Condvar::new(),
            is_poisoned: AtomicBool::new(false),
        }
    }

    /// The right to write.
    ///
    /// # Errors
    /// `poisoned` after a commit broke off.
    fn write(&self) -> Result<(MutexGuard<'_, ()>, PoisonOnPanic<'_>)> {
        let writer = self.writer.lock();
        if self.is_poisoned.load(Ordering::SeqCst) {
            let kind = ErrorKind::Poisoned;
            let (en, zh) = described(kind);
            return Err(Error::new(kind, Bilingual::new(en, zh)));
        }
        let was_panicking = std::thread::panicking();
        Ok((
            writer,
            PoisonOnPanic {
                is_poisoned: &self.is_poisoned,
                was_panicking,
            },
        ))
    }

    /// Stages and applies operations. The staging sees the board as it is, while others go on reading.
    fn commit(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        let _right = self.write()?;
        let now = self.clock.now();
        let done = self.commit_at(operations, now)?;
        self.maintain_at(now)?;
        Ok(done)
    }

    /// As [`commit`](Self::commit), for one who has the right to write.
    fn commit_at(&self, operations: &[Operation], now: i64) -> Result<Vec<Published>> {
        let (commit, done) = {
            let index = self.index.read();
            let mut staging = Staging::new(&index, now);
            let stage = |(i, operation): (usize, &Operation)| {
                staging
                    .stage(operation)
                    .map_err(|error| error.within(&format!("[{i}]")))
            };
            let done: Vec<Published> = operations
                .iter()
                .enumerate()
                .map(stage)
                .collect::<Result<_>>()?;
            (staging.finish(), done)
        };
        #[cfg(feature = "panic-injection")]
        crate::injection::panic_if_armed("commit");
        if let Some(commit) = commit {
            self.apply(commit);
        }
        Ok(done)
    }

    fn apply(&self, commit: Commit) {
        let revision = commit.revision();
        {
            let mut index = self.index.write();
            let purged: Vec<i64> = commit.purged().collect();
            if !purged.is_empty() || commit.moved_starts(&index).next().is_some() {
                let mut users = self.users.write();
                for (before, after) in commit.moved_starts(&index) {
                    users.moved_start(before, after);
                }
                purged.into_iter().for_each(|id| users.purge(id));
            }
            commit.apply(&mut index, &mut self.feed.write());
            // Before anybody can read the revision: one that a page has is no future revision.
            self.head.lock().revision = revision;
        }
        self.moved.notify_all();
    }

    /// As [`maintain_at`](Self::maintain_at), until nothing is left to be purged.
    fn maintain_fully(&self) -> Result<Maintenance> {
        let _right = self.write()?;
        let now = self.clock.now();
        let mut done = Maintenance::default();
        loop {
            let step = self.maintain_at(now)?;
            done.purged += step.purged;
            done.changes_dropped += step.changes_dropped;
            done.idempotency_keys_dropped += step.idempotency_keys_dropped;
            if step.purged < PURGED_AT_ONCE as u64 {
                return Ok(done);
            }
        }
    }

    /// Purges what retention is over for, not more than a commit should, and drops what need not be kept.
    fn maintain_at(&self, now: i64) -> Result<Maintenance> {
        let mut done = Maintenance::default();
        if let Some(retention_ms) = self.retention_ms {
            let over = now.saturating_sub(retention_ms);
            let ids = self.index.read().over_by(over, PURGED_AT_ONCE);
            let purges: Vec<Operation> =
                ids.into_iter().map(|id| Operation::Purge { id }).collect();
            self.commit_at(&purges, now)?;
            done.purged = purges.len() as u64;
        }
        let mut index = self.index.write();
        let dropped = self.feed.write().compact(self.keep, index.revision, now);
        done.changes_dropped = dropped as u64;
        done.idempotency_keys_dropped = index.idempotency_keys.compact(now) as u64;
        Ok(done)
    }

    /// The index for reading, moved to the present if something has started or ended since.
    fn read(&self, present: i64) -> RwLockReadGuard<'_, Index> {
        let index = self.index.read();
        if !index.timeline.has_changes(index.at(), present) {
            return index;
        }
        drop(index);
        let mut index = self.index.write();
        if index.at() < present {
            index.move_to(present);
        }
        RwLockWriteGuard::downgrade(index)
    }

    /// The instant of a query: its viewer's, or else the present.
    fn instant(&self, query: &Query, present: i64) -> Result<i64> {
        let Some(now) = query.viewer.now else {
            return Ok(present);
        };
        check_time("viewer.now", now)?;
        Ok(now)
    }

    /// Waits until the board's revision is after `since`.
    fn wait_after(&self, since: i64, timeout: Duration) -> Result<i64> {
        // A time limit beyond what the clock can say is none.
        let deadline = Instant::now().checked_add(timeout);
        let mut head = self.head.lock();
        loop {
            if head.is_closed {
                let kind = ErrorKind::Unavailable;
                let reason = Bilingual::new("the board is being closed", "公告板正在关闭");
                return Err(Error::new(kind, reason));
            }
            if head.revision > since {
                return Ok(head.revision);
            }
            if since > head.revision {
                return Err(Error::future_revision(since, head.revision));
            }
            let timed_out = match deadline {
                Some(deadline) => self.moved.wait_until(&mut head, deadline).timed_out(),
                None => {
                    self.moved.wait(&mut head);
                    false
                }
            };
            if timed_out && head.revision <= since && !head.is_closed {
                let reason = Bilingual::new(
                    format!("nothing changed after revision {since} within {timeout:?}"),
                    format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
                );
                return Err(Error::new(ErrorKind::TimedOut, reason));
            }
        }
    }
}

/// 128 random bits: the standard library seeds its hashers from the operating system.
fn random_epoch() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(std::time::SystemTime::now()));
    half() << 64 | half()
}
