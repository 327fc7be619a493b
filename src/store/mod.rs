//! The board in this process: one commit at a time, any number of readers.

mod attributes;
mod commit;
mod groups;
mod index;
mod selection;
mod supersession;
mod timeline;

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::commit::{Commit, Staging};
use self::index::Index;
use self::selection::{Selection, announcements};
use crate::board::{Board, Published};
use crate::clock::Clock;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Draft, check_reason, check_time, limits};
use crate::query::{Count, Cursor, Filter, Item, Page, Phase, Query, View, sort_key};

/// A board that lives in this process.
pub(crate) struct Store {
    clock: Box<dyn Clock>,
    epoch: u128,
    /// Held by the one commit that is being made.
    writer: Mutex<()>,
    index: RwLock<Index>,
    /// A commit broke off in the middle: what is there can be read, but nothing written.
    is_poisoned: AtomicBool,
}

/// Poisons the store if a commit leaves by a panic.
struct PoisonOnPanic<'a>(&'a AtomicBool);

impl Drop for PoisonOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

impl Store {
    /// An empty board.
    pub(crate) fn new(clock: Box<dyn Clock>, epoch: u128) -> Self {
        let index = RwLock::new(Index::new(clock.now()));
        Self {
            clock,
            epoch,
            writer: Mutex::new(()),
            index,
            is_poisoned: AtomicBool::new(false),
        }
    }

    /// Stages and applies a commit. The staging sees the board as it is, while others go on reading.
    fn commit<T>(&self, stage: impl FnOnce(&mut Staging<'_>) -> Result<T>) -> Result<T> {
        let _writer = self.writer.lock();
        if self.is_poisoned.load(Ordering::SeqCst) {
            let kind = ErrorKind::Poisoned;
            let (en, zh) = crate::error::described(kind);
            return Err(Error::new(kind, Bilingual::new(en, zh)));
        }
        let _poison = PoisonOnPanic(&self.is_poisoned);
        let now = self.clock.now();
        let (commit, result) = {
            let index = self.index.read();
            let mut staging = Staging::new(&index, now);
            let result = stage(&mut staging)?;
            (staging.finish(), result)
        };
        #[cfg(feature = "panic-injection")]
        crate::injection::panic_if_armed("commit");
        if !commit.is_empty() {
            self.apply(commit);
        }
        Ok(result)
    }

    fn apply(&self, commit: Commit) {
        let mut index = self.index.write();
        debug_assert_eq!(commit.revision(), index.revision + 1);
        commit.apply(&mut index);
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

    fn count_of(&self, index: &Index, selection: &Selection<'_>, now: i64) -> Count {
        let total = selection.total();
        Count {
            total,
            // Nothing is ever marked on this board, so all of it is unread.
            unread: total,
            revision: index.revision,
            epoch: self.epoch,
            now,
            next_change_at: selection.next_change_at(),
        }
    }
}

impl Board for Store {
    fn publish_all(&self, drafts: &[Draft]) -> Result<Vec<Published>> {
        if drafts.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (drafts.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("drafts", actual, limit, &unit));
        }
        self.commit(|staging| {
            let publish = |(i, draft): (usize, &Draft)| {
                staging
                    .publish(draft)
                    .map_err(|error| error.within(&format!("[{i}]")))
            };
            drafts.iter().enumerate().map(publish).collect()
        })
    }

    fn retract(&self, id: i64, reason: &str) -> Result<i64> {
        check_reason(reason)?;
        self.commit(|staging| staging.retract(id, reason))
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        query.viewer.validate()?;
        let present = self.clock.now();
        let now = self.instant(query, present)?;
        let phase = match query.view {
            View::Viewer => Phase::Active,
            View::Editor => Phase::Any,
        };
        let filter = Filter {
            phase,
            ids: vec![id],
            ..Filter::default()
        };
        let query = Query {
            filter,
            ..query.clone()
        };
        let announcement = {
            let index = self.read(present);
            let selection = Selection::new(&index, &query, now);
            announcements(&index, &selection.page(None, 1, 1)).pop()
        };
        let announcement = announcement.ok_or_else(|| Error::not_found(id))?;
        Ok(Item::new(announcement, &query.viewer))
    }

    fn query(&self, query: &Query) -> Result<Page> {
        query.check()?;
        let cursor = Cursor::decode(query)?;
        let present = self.clock.now();
        let now = match cursor {
            Some(cursor) => cursor.now,
            None => self.instant(query, present)?,
        };
        let limit = query.limit as usize;
        let (mut found, count) = {
            let index = self.read(present);
            let selection = Selection::new(&index, query, now);
            let count = self.count_of(&index, &selection, now);
            let slots = selection.page(cursor.map(|c| c.after), limit + 1, count.total);
            (announcements(&index, &slots), count)
        };
        let has_more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| has_more).map(|last| {
            Cursor {
                now,
                after: sort_key(query.order, last),
            }
            .encode(query)
        });
        let item = |announcement| Item::new(announcement, &query.viewer);
        Ok(Page {
            items: found.into_iter().map(item).collect(),
            count,
            next_cursor,
        })
    }

    fn count(&self, query: &Query) -> Result<Count> {
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        let present = self.clock.now();
        let now = self.instant(query, present)?;
        let index = self.read(present);
        Ok(self.count_of(&index, &Selection::new(&index, query, now), now))
    }

    fn revision(&self) -> Result<i64> {
        Ok(self.index.read().revision)
    }
}
