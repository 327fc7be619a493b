//! The store as a board.

use std::io::{BufRead, Write};
use std::time::Duration;

use super::Store;
use super::users::check_user;
use crate::board::Board;
use crate::error::{Bilingual, Error, Result};
use crate::explain::Explanation;
use crate::feed::{ChangePage, Changes};
use crate::model::{Mark, State, Viewer, limits};
use crate::operation::{Operation, Published};
use crate::query::{Count, Item, Page, Query};
use crate::receipts::{ReceiptPage, ReceiptQuery};
use crate::stats::{Maintenance, Stats};

impl Board for Store {
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        if operations.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (operations.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("operations", actual, limit, &unit));
        }
        self.commit(operations)
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        self.look_up(id, query)
    }

    fn query(&self, query: &Query) -> Result<Page> {
        self.page(query)
    }

    fn count(&self, query: &Query) -> Result<Count> {
        self.count_for(query)
    }

    fn revision(&self) -> Result<i64> {
        Ok(self.head.lock().revision)
    }

    fn mark(&self, viewer: &Viewer, ids: &[i64], mark: Mark) -> Result<()> {
        self.mark_for(viewer, ids, mark)
    }

    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64> {
        self.mark_all_read_for(query, up_to)
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        check_user(user)?;
        let _right = self.write()?;
        Ok(self.users.write().forget(user))
    }

    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        self.receipts_for(query)
    }

    fn changes(&self, changes: &Changes) -> Result<ChangePage> {
        self.changes_for(changes)
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.wait_after(since, timeout)
    }

    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        self.explain_for(id, query)
    }

    fn stats(&self) -> Result<Stats> {
        let present = self.clock.now();
        let index = self.read(present);
        let users = self.users.read();
        let feed = self.feed.read();
        let mut stats = Stats {
            revision: index.revision,
            epoch: *self.epoch.read(),
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
            search_bytes: index.search.heap_bytes() as u64,
            ..Stats::default()
        };
        for entry in index.slots().filter_map(|slot| index.entry(slot)) {
            let announcement = &entry.announcement;
            match announcement.state() {
                State::Retracted => stats.retracted += 1,
                State::Published if announcement.starts_at() > present => stats.scheduled += 1,
                State::Published if announcement.is_active(present) => stats.active += 1,
                State::Published => stats.expired += 1,
            }
        }
        Ok(stats)
    }

    fn maintain(&self) -> Result<Maintenance> {
        self.maintain_fully()
    }

    fn export(&self, to: &mut dyn Write) -> Result<()> {
        self.export_to(to)
    }

    fn import(&self, from: &mut dyn BufRead) -> Result<()> {
        self.import_from(from)
    }

    fn close(&self) {
        self.head.lock().is_closed = true;
        self.moved.notify_all();
    }
}
