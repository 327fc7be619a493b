//! The store as a board.

use std::fmt;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Store;
use super::memory::users::check_user;
use super::writer::request::{Done, Held, Request};
use crate::board::{Board, OnChange};
use crate::custody::Custody;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Lifecycle, Mark, Viewer, limits};
use crate::model::{Operation, Published};
use crate::query::Explanation;
use crate::query::Verification;
use crate::query::{ChangePage, ChangeQuery};
use crate::query::{Compaction, Maintenance, Stats};
use crate::query::{Count, Head, Item, Page, Query};
use crate::query::{ReceiptPage, ReceiptQuery};

/// A board in this process as it is handed out. With it go the threads behind the board, so that a file
/// is closed when it has been dropped.
pub(crate) struct Local(Arc<Store>);

impl Local {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self(store)
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing that takes a lock for long: this is for logs.
        let head = self.0.head.get();
        formatter
            .debug_struct("Board")
            .field("is_durable", &self.0.durable.is_some())
            .field("head", &head)
            .finish()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.0.head.end();
        self.0.worker.end();
        self.0.writer_behind.end();
    }
}

impl Board for Local {
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        if operations.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (operations.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("operations", actual, limit, &unit));
        }
        match self.0.submit(Request::Apply(operations.into()))? {
            Done::Applied(done) => Ok(done),
            other => Err(unexpected(&other)),
        }
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
        let request = Request::Mark {
            viewer: Held::Lent(viewer),
            ids: ids.into(),
            mark,
        };
        self.0.submit(request).map(drop)
    }

    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64> {
        let query = Held::Lent(query);
        match self.0.submit(Request::MarkAllRead { query, up_to })? {
            Done::ReadUpTo(revision) => Ok(revision),
            other => Err(unexpected(&other)),
        }
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        check_user(user)?;
        match self.0.submit(Request::Forget(user.into()))? {
            Done::Forgotten(was_known) => Ok(was_known),
            other => Err(unexpected(&other)),
        }
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
        let durable = self.0.durable.as_ref();
        let file_bytes = durable.map_or(0, |durable| durable.file.length());
        let present = self.0.clock.now();
        let index = self.0.read(present);
        let users = self.0.users.read();
        let feed = self.0.feed.read();
        let mut stats = Stats {
            revision: index.revision,
            epoch: *self.0.epoch.read(),
            announcements: index.len() as u64,
            audiences: index.groups.len() as u64,
            unknown_conditions: index.groups.unknown_conditions() as u64,
            users: users.len() as u64,
            receipts: users
                .after("")
                .map(|(_, user)| user.receipts.len() as u64)
                .sum(),
            idempotency_keys: index.idempotency_keys.len() as u64,
            changes: feed.len() as u64,
            oldest_revision: feed.oldest(),
            text_bytes: index.text_bytes() as u64,
            memory_bytes: index.heap_bytes() as u64,
            search_bytes: index.search_bytes as u64,
            unsearched: index.unsearched.len() as u64,
            created_at: self.0.created_at,
            shelved: index.shelf.slots.len(),
            file_bytes,
            ..Stats::default()
        };
        for entry in index.slots().filter_map(|slot| index.entry(slot)) {
            let announcement = &entry.announcement;
            match announcement.state() {
                Lifecycle::Retracted => stats.retracted += 1,
                Lifecycle::Published if announcement.starts_at() > present => stats.scheduled += 1,
                Lifecycle::Published if announcement.is_active(present) => stats.active += 1,
                Lifecycle::Published => stats.expired += 1,
            }
        }
        Ok(stats)
    }

    fn custody(&self) -> Option<&dyn Custody> {
        Some(self)
    }

    fn close(&self) -> Result<()> {
        self.0.head.close();
        self.0.write_out()
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

    fn import(&self, from: &mut dyn BufRead) -> Result<()> {
        self.0.import_from(from)
    }
}

/// A request has one kind of answer.
fn unexpected(done: &Done) -> Error {
    let reason = Bilingual::new(
        format!("answered with {done:?}"),
        format!("应答为 {done:?}"),
    );
    Error::new(ErrorKind::Panic, reason)
}
