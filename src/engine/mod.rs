//! The board in this process: one group of commits at a time, any number of readers.

mod answers;
mod checking;
mod custody;
mod guarded;
mod head_watch;
mod local;
mod memory;
#[cfg(feature = "shm")]
mod mirror;
mod own_watch;
mod replica;
#[cfg(test)]
#[cfg(feature = "file")]
mod tests;
mod upkeep;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::custody::following::SharedSnapshot;
use self::head_watch::HeadWatch;
use self::memory::Memory;
use self::memory::state::State;
use self::own_watch::OwnWatch;
use self::upkeep::Upkeep;
use self::writer::Writer;
use self::writer::durable::Durable;
use crate::clock::Clock;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{Checkpoint, Position, Storage};
use crate::model::{Viewer, check_time, check_unit, limits};
use crate::progress::Progress;
use crate::query::Query;
use crate::random;

#[cfg(feature = "file")]
pub(crate) use self::custody::verify::verify_storage;
pub use self::guarded::{Guarded, Principal, Role};
pub(crate) use self::local::Local;
pub(crate) use self::memory::feed::Keep;
#[cfg(feature = "shm")]
pub(crate) use self::mirror::Mirror;
pub use self::replica::{Arriving, Replica};
pub(crate) use self::writer::durable::Durability;

/// Function that writes a board to a new file with these permissions; None for the usual ones.
pub(crate) type WriteCopy = fn(&Checkpoint, &Path, Option<u32>) -> Result<()>;

/// Settings of a board in this process.
pub(crate) struct Settings {
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) keep: Keep,
    /// Time after its end or retraction at which an announcement is purged, in milliseconds.
    pub(crate) retention_ms: Option<i64>,
    /// Memory budget of announcements.
    pub(crate) budget_bytes: Option<u64>,
    /// Backs up a board in memory; None if this build has no files.
    pub(crate) write_copy: Option<WriteCopy>,
}

/// A board in this process.
///
/// Locks are in `memory`, `writer`, `upkeep`, `head` and `own`, each of which documents what they guard.
/// They are taken in this order: the writer's turn, those of the memory, those of the upkeep, the
/// head or the followed users.
pub(crate) struct Store {
    clock: Box<dyn Clock>,
    keep: Keep,
    retention_ms: Option<i64>,
    budget_bytes: Option<u64>,
    write_copy: Option<WriteCopy>,
    writer: Writer,
    memory: Memory,
    upkeep: Upkeep,
    head: HeadWatch,
    /// Users whose own marks are followed.
    own: OwnWatch,
    shared_snapshot: SharedSnapshot,
    /// The file that keeps the marks of a mirror.
    #[cfg(feature = "shm")]
    keeper: std::sync::OnceLock<Arc<Store>>,
    /// Locales that queries have passed over since the board was opened.
    unreadable_locales: AtomicU64,
}

impl Settings {
    /// Returns the instant of opening; 0 if the clock shows no time, which each call refuses later.
    pub(crate) fn opened_at(&self) -> i64 {
        read_clock(&*self.clock).unwrap_or_default()
    }
}

impl Store {
    /// Creates an empty board in memory.
    pub(crate) fn new(settings: Settings) -> Arc<Self> {
        let now = settings.opened_at();
        let state = State::unfollowed(&Position::new(random::identity(), now), now);
        Self::with(settings, state, Writer::new(None, None))
    }

    /// Opens the board that `storage` keeps.
    ///
    /// # Errors
    /// Those of the storage.
    pub(crate) fn open(
        settings: Settings,
        storage: Arc<dyn Storage>,
        durability: Durability,
        progress: Option<&Progress>,
    ) -> Result<Arc<Self>> {
        let mut state = State::load(&*storage, settings.opened_at(), progress)?;
        let read_only = (durability == Durability::ReadOnly).then(|| {
            Bilingual::new(
                "opened for reading only (mode=ro); open it with mode=rw to write to it",
                "以只读方式打开 (mode=ro)；如需写入，请用 mode=rw 打开",
            )
        });
        let durable = Durable::new(storage, durability);
        if durable.is_relaxed() {
            state.end_chain();
        }
        Ok(Self::with(
            settings,
            state,
            Writer::new(Some(durable), read_only),
        ))
    }

    /// Creates the board of a checkpoint, which accepts only the entries that follow.
    pub(crate) fn following(
        settings: Settings,
        checkpoint: &Checkpoint,
        read_only: Bilingual,
    ) -> Arc<Self> {
        let state = State::restored(checkpoint, settings.opened_at());
        Self::with(settings, state, Writer::new(None, Some(read_only)))
    }

    fn with(settings: Settings, state: State, writer: Writer) -> Arc<Self> {
        let is_behind = state.index.unsearched.len() > 0;
        let store = Arc::new(Self {
            clock: settings.clock,
            keep: settings.keep,
            retention_ms: settings.retention_ms,
            budget_bytes: settings.budget_bytes,
            write_copy: settings.write_copy,
            head: HeadWatch::new(state.head().told()),
            writer,
            memory: Memory::new(state),
            upkeep: Upkeep::new(),
            own: OwnWatch::default(),
            shared_snapshot: SharedSnapshot::default(),
            #[cfg(feature = "shm")]
            keeper: std::sync::OnceLock::new(),
            unreadable_locales: AtomicU64::new(0),
        });
        store.upkeep.belong_to(&store);
        if store.retention_ms.is_some() {
            store.upkeep.tidy.start();
        }
        store.upkeep.tidy.wake_if(is_behind);
        store.fold_when_due();
        store
    }

    /// Reads the clock, once for each call.
    ///
    /// # Errors
    /// `invalid_field` for the path `clock`, if it shows a time that no announcement may have.
    fn present(&self) -> Result<i64> {
        read_clock(&*self.clock)
    }

    /// Counts what a viewer says that cannot be read.
    fn count_unreadable(&self, viewer: &Viewer) {
        let unreadable = viewer.locales.unreadable().len();
        if unreadable > 0 {
            self.unreadable_locales
                .fetch_add(unreadable as u64, Ordering::Relaxed);
        }
    }

    /// Returns the storage of evicted texts.
    fn storage(&self) -> Option<&dyn Storage> {
        self.writer.durable.as_ref().map(Durable::storage)
    }
}

/// Reads a clock. What it shows is stored, so that it must be a time that an announcement may have.
fn read_clock(clock: &dyn Clock) -> Result<i64> {
    let now = clock.now();
    if (1..=limits::TIME_MS).contains(&now) {
        return Ok(now);
    }
    let reason = Bilingual::new(
        "the board's clock must show Unix milliseconds of the years 1970 to 9999; set it right",
        "公告板的时钟必须是 1970 年至 9999 年的 Unix 毫秒数；请校准时钟",
    );
    Err(Error::invalid("clock", &now.to_string(), reason))
}

/// Returns the instant of a query: its viewer's, or else the present.
fn instant(viewer: &Viewer, present: i64) -> Result<i64> {
    let Some(now) = viewer.now else {
        return Ok(present);
    };
    check_time("viewer.now", now)?;
    check_unit("viewer.now", now, present)?;
    Ok(now)
}

/// Returns the instant of a query whose times must have been said in milliseconds.
fn instant_of(query: &Query, present: i64) -> Result<i64> {
    for (path, time) in query.filter.times() {
        check_unit(&path, time, present)?;
    }
    instant(&query.viewer, present)
}
