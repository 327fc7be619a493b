//! The board in this process, as handed out to callers.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Store;
use super::memory::state::State;
use super::memory::users::check_user;
use super::writer::calls::{Apply, ForgetUser, MarkAllRead, MarkEach};
use crate::board::{Board, OnChange};
use crate::custody::Custody;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{Checkpoint, Entry, Storage};
use crate::model::{self, Mark, Viewer, limits};
use crate::model::{Operation, Published};
use crate::query::Explanation;
use crate::query::Verification;
use crate::query::{ChangePage, ChangeQuery};
use crate::query::{Compaction, Maintenance, Stats};
use crate::query::{Count, Head, Item, Page, Query};
use crate::query::{ReceiptPage, ReceiptQuery};

/// A handle of a board in this process. Dropping it also ends the background threads, so that a
/// file is closed afterwards.
pub(crate) struct Local(pub(super) Arc<Store>);

impl Local {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self(store)
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Takes no lock for long, because this is for logs.
        let head = self.0.head.get();
        formatter
            .debug_struct("Board")
            .field("is_durable", &self.0.storage().is_some())
            .field("head", &head)
            .finish()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.0.head.end();
        self.0.upkeep.end();
    }
}

impl Board for Local {
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        if operations.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (operations.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("operations", actual, limit, &unit));
        }
        self.0.submit(Apply(operations.into()))
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        self.0.look_up(id, query)
    }

    fn query(&self, query: &Query) -> Result<Page> {
        self.0.page(query)
    }

    fn count(&self, query: &Query) -> Result<Count> {
        self.0.count_for(query)
    }

    fn head(&self) -> Result<Head> {
        Ok(self.0.head.get())
    }

    fn mark(&self, viewer: &Viewer, ids: &[i64], mark: Mark) -> Result<()> {
        self.0.submit(MarkEach {
            viewer: Cow::Borrowed(viewer),
            ids: ids.into(),
            mark,
        })
    }

    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64> {
        let query = Cow::Borrowed(query);
        self.0.submit(MarkAllRead { query, up_to })
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        check_user(user)?;
        self.0.submit(ForgetUser(user.into()))
    }

    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        self.0.receipts_for(query)
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        self.0.changes_for(changes)
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.0.head.wait_after(since, timeout)
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.0.head.on_change(callback)
    }

    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        self.0.explain_for(id, query)
    }

    fn stats(&self) -> Result<Stats> {
        let file_bytes = self.0.storage().map_or(0, Storage::length);
        let present = self.0.clock.now();
        let state = self.0.memory.read_at(present);
        let State {
            index, users, feed, ..
        } = &*state;
        let mut stats = Stats {
            revision: index.revision,
            epoch: state.epoch,
            announcements: index.len() as u64,
            audiences: index.groups.len() as u64,
            unknown_conditions: index.groups.unknown_conditions() as u64,
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
        self.0.head.close();
        if let Some(recent) = self.0.writer.recent() {
            recent.close();
        }
        self.0.writer.write_out()
    }
}

impl Custody for Local {
    fn maintain(&self) -> Result<Maintenance> {
        self.0.maintain_fully()
    }

    fn backup(&self, to: &Path) -> Result<i64> {
        self.0.back_up(to)
    }

    fn compact(&self) -> Result<Compaction> {
        self.0.compact_file()
    }

    fn verify(&self) -> Result<Verification> {
        self.0.verify_all()
    }

    fn export(&self, to: &mut dyn Write) -> Result<()> {
        self.0.export_to(to)
    }

    fn checkpoint(&self) -> Result<Checkpoint> {
        self.0.checkpoint()
    }

    fn entries(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        self.0.entries_from(seq, timeout)
    }

    fn import(&self, from: &mut dyn BufRead) -> Result<()> {
        self.0.import_from(from)
    }
}
