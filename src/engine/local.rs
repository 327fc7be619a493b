//! The board in this process, as handed out to callers.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Store;
use super::memory::state::State;
use super::memory::users::check_user;
use super::writer::calls::{Apply, ForgetUser, MarkAll, MarkEach};
use crate::board::{Board, OnChange};
use crate::custody::Custody;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{Batch, Checkpoint, Entry, Place, Storage};
use crate::locks::Mutex;
use crate::model::{self, Announcement, Draft, Mark, Marking, ReadAs, Viewer, limits};
use crate::model::{Operation, Published};
use crate::process::Owner;
use crate::query::Verification;
use crate::query::{ChangePage, ChangeQuery, Checkup};
use crate::query::{Compaction, Maintenance, Stats};
use crate::query::{Count, Head, Item, Page, Query};
use crate::query::{Explanation, Resources};
use crate::query::{OwnMarks, OwnMarksQuery, ReceiptPage, ReceiptQuery};

/// Boards that forked children have abandoned, kept so that they are never dropped: that would wait
/// for threads of the parent, wake them, and write to its files. Only locked in a forked child.
static ABANDONED: Mutex<Vec<Arc<Store>>> = Mutex::new(Vec::new());

/// A handle of a board in this process. Dropping it also ends the background threads, so that a
/// file is closed afterwards.
pub(crate) struct Local {
    /// Process that opened the board, the only one in which `store` may be used.
    owner: Owner,
    pub(super) store: Arc<Store>,
}

impl Local {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self {
            owner: Owner::this(),
            store,
        }
    }

    /// Returns the board. Every call gets it from here.
    ///
    /// # Errors
    /// `unavailable` in a forked child.
    pub(in crate::engine) fn here(&self) -> Result<&Store> {
        self.owner.check()?;
        Ok(&self.store)
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Takes no lock for long, because this is for logs.
        let mut shown = formatter.debug_struct("Board");
        match self.here() {
            Ok(store) => shown
                .field("is_durable", &store.storage().is_some())
                .field("head", &store.head.get()),
            Err(_) => shown.field("is_inherited", &true),
        };
        shown.finish()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if self.owner.is_here() {
            self.store.head.end();
            self.store.upkeep.end();
            return;
        }
        self.store.memory.abandon();
        let store = Arc::clone(&self.store);
        match ABANDONED.try_lock() {
            Some(mut abandoned) => abandoned.push(store),
            // Held when a child was forked from a forked child.
            None => std::mem::forget(store),
        }
    }
}

impl Board for Local {
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        let store = self.here()?;
        if operations.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (operations.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("operations", actual, limit, &unit));
        }
        store.submit(Apply(operations.into()))
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        let store = self.here()?;
        if drafts.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (drafts.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("drafts", actual, limit, &unit));
        }
        store.check_drafts(drafts)
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        self.here()?.look_up(id, query)
    }

    fn query(&self, query: &Query) -> Result<Page> {
        self.here()?.page(query)
    }

    fn count(&self, query: &Query) -> Result<Count> {
        self.here()?.count_for(query)
    }

    fn head(&self) -> Result<Head> {
        Ok(self.here()?.head.get())
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        let store = self.here()?;
        store.count_unreadable(viewer);
        store.submit(MarkEach {
            viewer: Cow::Borrowed(viewer),
            marking: Cow::Borrowed(marking),
        })
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        let store = self.here()?;
        store.count_unreadable(&query.viewer);
        let query = Cow::Borrowed(query);
        store.submit(MarkAll { query, mark, up_to })
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        let store = self.here()?;
        check_user(user)?;
        store.submit(ForgetUser(user.into()))
    }

    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        self.here()?.receipts_for(query)
    }

    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        self.here()?.own_marks_for(query)
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        self.here()?.changes_for(changes)
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.here()?.head.wait_after(since, timeout)
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.here()?.head.on_change(callback)
    }

    fn snapshot(&self) -> Result<Arc<Checkpoint>> {
        self.here()?.snapshot()
    }

    fn entries_after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        self.here()?.entries_after(place, bytes)
    }

    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        self.here()?.explain_for(id, query)
    }

    fn history(&self, id: i64) -> Result<Vec<Announcement>> {
        self.here()?.history_of(id)
    }

    fn stats(&self) -> Result<Stats> {
        let store = self.here()?;
        let file_bytes = store.storage().map_or(0, Storage::length);
        let present = store.present()?;
        let state = store.memory.read_at(present);
        let State {
            index, users, feed, ..
        } = &*state;
        let mut stats = Stats {
            revision: index.revision,
            epoch: state.epoch,
            announcements: index.len() as u64,
            audiences: index.groups.len() as u64,
            unknown_conditions: index.groups.unknown_conditions() as u64,
            unreadable_versions: index.groups.unreadable(ReadAs::Version),
            unreadable_numbers: index.groups.unreadable(ReadAs::Number),
            unreadable_locales: store.unreadable_locales.load(Ordering::Relaxed),
            users: users.len() as u64,
            receipts: users.receipts(),
            idempotency_keys: index.idempotency_keys.len() as u64,
            changes: feed.len() as u64,
            oldest_revision: feed.oldest(),
            text_bytes: index.text_bytes() as u64,
            memory_bytes: state.heap_bytes() as u64,
            search_bytes: index.search_bytes as u64,
            unsearched: index.unsearched.len() as u64,
            created_at: state.created_at,
            shelved: index.evicted.len(),
            file_bytes,
            ..Stats::default()
        };
        for entry in index.slots().filter_map(|slot| index.entry(slot)) {
            let announcement = &entry.announcement;
            match announcement.state() {
                model::Lifecycle::Retracted => stats.retracted += 1,
                model::Lifecycle::Draft => stats.drafts += 1,
                model::Lifecycle::Published if announcement.starts_at() > present => {
                    stats.scheduled += 1
                }
                model::Lifecycle::Published if announcement.is_active(present) => stats.active += 1,
                model::Lifecycle::Published => stats.expired += 1,
            }
        }
        Ok(stats)
    }

    fn custody(&self) -> Option<&dyn Custody> {
        Some(self)
    }

    fn close(&self) -> Result<()> {
        let Ok(store) = self.here() else {
            self.store.memory.abandon();
            return Ok(());
        };
        // Before anybody is disturbed, because the board goes on when this fails.
        store.settle()?;
        store.end_waits(true);
        // What was deferred in the meantime.
        let written = store.settle();
        if written.is_err() {
            store.end_waits(false);
        }
        written
    }

    fn give_up(&self) {
        match self.here() {
            Ok(store) => {
                store.end_waits(true);
                // The caller has decided to lose what cannot be written.
                let _ = store.settle();
            }
            Err(_) => self.store.memory.abandon(),
        }
    }
}

impl Store {
    /// Writes what was deferred, and moves all of it into the board's file.
    fn settle(&self) -> Result<()> {
        self.writer.write_out()?;
        match self.storage() {
            Some(storage) => storage.fold(),
            None => Ok(()),
        }
    }

    /// Ends all waits from now on, or lets callers wait again.
    fn end_waits(&self, is_closed: bool) {
        self.head.set_closed(is_closed);
        self.own.set_closed(is_closed);
        if let Some(recent) = self.writer.recent() {
            recent.set_closed(is_closed);
        }
    }
}

impl Custody for Local {
    fn maintain(&self) -> Result<Maintenance> {
        self.here()?.maintain_fully()
    }

    fn backup(&self, to: &Path) -> Result<i64> {
        self.here()?.back_up(to)
    }

    fn flush(&self) -> Result<()> {
        self.here()?.writer.write_out()
    }

    fn resources(&self) -> Result<Resources> {
        let store = self.here()?;
        let journal = store.storage().map(Storage::resources);
        Ok(Resources {
            budget_bytes: store.budget_bytes,
            ..journal.unwrap_or_default()
        })
    }

    fn compact(&self) -> Result<Compaction> {
        self.here()?.compact_file()
    }

    fn verify(&self) -> Result<Verification> {
        self.here()?.verify_all()
    }

    fn export(&self, to: &mut dyn Write) -> Result<()> {
        self.here()?.export_to(to)
    }

    fn checkpoint(&self) -> Result<Checkpoint> {
        self.here()?.checkpoint()
    }

    fn entries(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        self.here()?.entries_from(seq, timeout)
    }

    fn import(&self, from: &mut dyn BufRead) -> Result<()> {
        self.here()?.import_from(from)
    }
}
