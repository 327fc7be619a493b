//! The board in this process: one group of commits at a time, any number of readers.

mod answers;
mod custody;
mod head_watch;
mod local;
mod memory;
#[cfg(test)]
mod tests;
mod upkeep;
mod writer;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::head_watch::HeadWatch;
use self::memory::feed::Feed;
use self::memory::index::Index;
use self::memory::users::Users;
use self::upkeep::worker::Worker;
use self::writer::durable::Durable;
use self::writer::write_queue::Queue;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Viewer, check_time};
use crate::query::Head;

#[cfg(feature = "file")]
pub use self::custody::backup::{restore_backup, verify};
pub(crate) use self::local::Local;
pub(crate) use self::memory::feed::Keep;
pub use self::memory::feed::{KEEP_MS, KEEP_REVISIONS};
pub(crate) use self::writer::durable::Durability;

/// What a board in this process is made with.
pub(crate) struct Settings {
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) keep: Keep,
    /// How long after its end or retraction an announcement is purged, in milliseconds.
    pub(crate) retention_ms: Option<i64>,
    /// How much memory announcements may take.
    pub(crate) budget_bytes: Option<u64>,
}

/// A board that lives in this process.
///
/// Locks are taken in the order of the fields, and none twice by one thread.
pub(crate) struct Store {
    clock: Box<dyn Clock>,
    keep: Keep,
    retention_ms: Option<i64>,
    budget_bytes: Option<u64>,
    /// What waits for its turn to be written.
    queue: Queue,
    /// Held by the one who is writing.
    writer: Mutex<()>,
    /// Where the board is kept; none if that is in memory only.
    durable: Option<Durable>,
    /// Held while the search index and what it is said to know may differ.
    settling: Mutex<()>,
    index: RwLock<Index>,
    users: RwLock<Users>,
    feed: RwLock<Feed>,
    epoch: RwLock<u128>,
    created_at: i64,
    head: HeadWatch,
    /// A commit broke off in the middle: what is there can be read, but nothing written.
    is_poisoned: AtomicBool,
    /// Keeps the board in order.
    worker: Worker,
    /// Writes out what was put off.
    writer_behind: Worker,
}

/// What a board consists of, beside what it was made with.
pub(crate) struct Parts {
    index: Index,
    users: Users,
    feed: Feed,
    epoch: u128,
    /// When the board was made; 0 if that is not known.
    created_at: i64,
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
    /// An empty board in memory.
    pub(crate) fn new(settings: Settings) -> Arc<Self> {
        let now = settings.clock.now();
        let parts = Parts {
            index: Index::new(now),
            created_at: now,
            users: Users::default(),
            feed: Feed::default(),
            epoch: random_epoch(),
        };
        Self::with(settings, parts, None)
    }

    fn with(settings: Settings, parts: Parts, durable: Option<Durable>) -> Arc<Self> {
        let store = Arc::new(Self {
            clock: settings.clock,
            keep: settings.keep,
            retention_ms: settings.retention_ms,
            budget_bytes: settings.budget_bytes,
            queue: Queue::default(),
            writer: Mutex::new(()),
            durable,
            settling: Mutex::new(()),
            head: HeadWatch::new(Head::new(parts.epoch, parts.index.revision, 0)),
            index: RwLock::new(parts.index),
            users: RwLock::new(parts.users),
            feed: RwLock::new(parts.feed),
            epoch: RwLock::new(parts.epoch),
            created_at: parts.created_at,
            is_poisoned: AtomicBool::new(false),
            worker: Worker::new(upkeep::worker::tidy),
            writer_behind: Worker::new(upkeep::worker::write_behind),
        });
        store.worker.belongs_to(&store);
        store.writer_behind.belongs_to(&store);
        if store.retention_ms.is_some() {
            store.worker.start();
        }
        store
    }

    /// Begins to write: it is poisoned if this ends by a panic.
    ///
    /// # Errors
    /// `poisoned` after a commit broke off.
    fn begin(&self) -> Result<PoisonOnPanic<'_>> {
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(Error::described(ErrorKind::Poisoned));
        }
        Ok(self.poison_on_panic())
    }

    /// Poisons the board if what is done while this is held ends by a panic.
    fn poison_on_panic(&self) -> PoisonOnPanic<'_> {
        PoisonOnPanic {
            is_poisoned: &self.is_poisoned,
            was_panicking: std::thread::panicking(),
        }
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
}

/// The instant of a query: its viewer's, or else the present.
fn instant(viewer: &Viewer, present: i64) -> Result<i64> {
    let Some(now) = viewer.now else {
        return Ok(present);
    };
    check_time("viewer.now", now)?;
    Ok(now)
}

/// 128 random bits: the standard library seeds its hashers from the operating system.
fn random_epoch() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(std::time::SystemTime::now()));
    half() << 64 | half()
}
