//! Readers of a board in a file, beside a plain book that knows no index and no packing.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::disk::Disk;
use super::history::{START, open, publish, update};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::custody::Custody;
use crate::engine::Local;
use crate::engine::memory::users::User;
use crate::journal::Watermark;
use crate::model::{Act, Announcement, Draft, Importance, Mark, Operation, Patch, Receipt, Viewer};
use crate::query::{Query, ReceiptQuery};

const MARKS: [Mark; 7] = [
    Mark::Seen,
    Mark::Read,
    Mark::Unread,
    Mark::Dismiss,
    Mark::Restore,
    Mark::Acknowledge,
    Mark::Unacknowledge,
];
/// More than one record holds the state for so many.
const MANY: i64 = 90;

#[derive(Debug, Clone)]
enum Step {
    /// One user marks these announcements, from one on.
    Mark(String, i64, i64, Mark),
    /// One user reads all that was news some revisions ago, as of some quarters of an hour ago or ahead.
    ReadAll(String, i64, i64),
    Forget(String),
    Purge(Vec<i64>),
    /// Moves a start by some quarters of an hour, silently.
    Move(i64, i64),
    /// Makes an announcement news again.
    Renew(i64),
    Reopen,
    Compact,
    /// Asks for the readers of an announcement.
    Ask(i64),
}

#[derive(Debug, Clone, Default)]
struct Reader {
    watermark: Watermark,
    receipts: BTreeMap<i64, Receipt>,
    unread: Vec<i64>,
}

type Book = BTreeMap<String, Reader>;

const HOUR: i64 = 3_600_000;
/// Times are this far apart, so that several fall into one hour.
const PART: i64 = HOUR / 4;

fn step() -> impl Strategy<Value = Step> {
    let name = || "[ab公]{1,2}";
    let id = || 1..=MANY;
    let mark = || prop::sample::select(&MARKS[..]);
    prop_oneof![
        6 => (name(), id(), 1..4_i64, mark()).prop_map(|(user, id, n, mark)| Step::Mark(user, id, n, mark)),
        2 => (name(), Just(1), Just(MANY), mark()).prop_map(|(user, id, n, mark)| Step::Mark(user, id, n, mark)),
        3 => (name(), 0..8_i64, -9..9_i64).prop_map(|(user, ago, parts)| Step::ReadAll(user, ago, parts)),
        1 => name().prop_map(Step::Forget),
        1 => prop::collection::vec(id(), 1..4).prop_map(Step::Purge),
        3 => (id(), -9..9_i64).prop_map(|(id, parts)| Step::Move(id, parts)),
        1 => id().prop_map(Step::Renew),
        1 => Just(Step::Reopen),
        1 => Just(Step::Compact),
        2 => id().prop_map(Step::Ask),
    ]
}

/// A board with its book.
struct Library {
    disk: Disk,
    clock: Arc<ManualClock>,
    board: Local,
    book: Book,
}

impl Library {
    fn new() -> Self {
        let (disk, clock) = (Disk::default(), Arc::new(ManualClock::new(START)));
        let board = open(&disk, &clock).unwrap();
        let draft = |n: i64| publish(Draft::new("en", format!("{n}")));
        for n in 1..=MANY {
            board.apply(&[draft(n)]).unwrap();
        }
        clock.set(START + 4 * HOUR);
        Self {
            disk,
            clock,
            board,
            book: Book::new(),
        }
    }

    fn announcement(&self, id: i64) -> Option<Arc<Announcement>> {
        let found = self.board.get(id, &Query::editor());
        found.ok().map(|item| item.announcement)
    }

    fn take(&mut self, step: &Step, n: i64) {
        let now = START + 4 * HOUR + n;
        self.clock.set(now);
        match step {
            Step::Mark(user, from, count, mark) => {
                let known: Vec<_> = (*from..from + count)
                    .filter_map(|id| self.announcement(id))
                    .filter(|announcement| announcement.starts_at() <= now)
                    .collect();
                let ids: Vec<i64> = known.iter().rev().map(|a| a.id()).collect();
                self.board.mark(&Viewer::new(user), &ids, *mark).unwrap();
                if known.is_empty() {
                    return;
                }
                let reader = self.book.entry(user.clone()).or_default();
                for announcement in &known {
                    reader.mark(*mark, announcement, now);
                }
            }
            Step::ReadAll(user, ago, parts) => {
                let up_to = (self.board.revision().unwrap() - ago).max(0);
                let at = now + parts * PART;
                let mut viewer = Viewer::new(user);
                viewer.now = Some(at);
                let query = Query::new(viewer);
                self.board.mark_all_read(&query, Some(up_to)).unwrap();
                let watermark = Watermark {
                    revision: up_to,
                    at,
                };
                let all: Vec<_> = (1..=MANY).filter_map(|id| self.announcement(id)).collect();
                let reader = self.book.entry(user.clone()).or_default();
                reader.read_all(&all, watermark);
            }
            Step::Forget(user) => {
                let was_known = self.board.forget_user(user).unwrap();
                assert_eq!(was_known, self.book.remove(user).is_some());
            }
            Step::Purge(ids) => {
                let mut ids = ids.clone();
                ids.retain(|id| self.announcement(*id).is_some());
                ids.sort_unstable();
                ids.dedup();
                let purges = ids.iter().map(|id| Operation::Purge { id: *id });
                self.board.apply(&purges.collect::<Vec<_>>()).unwrap();
                for reader in self.book.values_mut() {
                    reader.receipts.retain(|id, _| !ids.contains(id));
                    reader.unread.retain(|id| !ids.contains(id));
                }
            }
            Step::Move(id, parts) => {
                let Some(before) = self.announcement(*id) else {
                    return;
                };
                let patch = Patch::new().starts_at(START + parts * PART + 3 * HOUR);
                self.board
                    .apply(&[Operation::Update {
                        id: *id,
                        patch: Box::new(patch),
                        if_version: None,
                        change: Some(Importance::Minor),
                    }])
                    .unwrap();
                let after = self.announcement(*id).unwrap();
                for reader in self.book.values_mut() {
                    reader.moved_start(&before, &after);
                }
            }
            Step::Renew(id) => {
                if self.announcement(*id).is_some() {
                    let patch = Patch::new().title("en", format!("news {n}"));
                    self.board.apply(&[update(*id, patch)]).unwrap();
                }
            }
            Step::Reopen => {
                let empty = Local::new(crate::engine::Store::new(super::history::settings(
                    &self.clock,
                )));
                drop(std::mem::replace(&mut self.board, empty));
                self.board = open(&self.disk, &self.clock).unwrap();
            }
            Step::Compact => drop(self.board.compact().unwrap()),
            Step::Ask(id) => drop(self.board.receipts(&ReceiptQuery::new(*id))),
        }
    }

    /// Compares everything.
    fn check(&self) {
        let state = self.board.store.memory.read();
        let found: BTreeMap<&str, &User> = state.users.after("").collect();
        assert_eq!(found.len(), self.book.len());
        for (name, reader) in &self.book {
            let user = found[name.as_str()];
            assert_eq!(user.watermark, reader.watermark, "{name}");
            assert_eq!(
                user.receipts().collect::<BTreeMap<_, _>>(),
                reader.receipts,
                "{name}"
            );
            let mut unread = reader.unread.clone();
            unread.sort_unstable();
            assert_eq!(user.marks.unread().collect::<Vec<_>>(), unread, "{name}");
        }
        drop(state);
        for id in 1..=MANY {
            if let Some(announcement) = self.announcement(id) {
                self.check_receipts(&announcement);
            }
        }
    }

    fn check_receipts(&self, announcement: &Announcement) {
        let id = announcement.id();
        let all: Vec<(&str, bool, bool, bool)> = self
            .book
            .iter()
            .filter_map(|(name, reader)| {
                let receipt = reader.receipts.get(&id).copied().unwrap_or_default();
                let by_all = reader.has_read_all(announcement);
                let is_read = receipt.is_read(announcement);
                let is_told = !receipt.is_empty() || (by_all && !is_read);
                let is_acknowledged = receipt.is_acknowledged(announcement);
                let by_read_all = by_all && !is_read;
                is_told.then_some((
                    name.as_str(),
                    is_read || by_all,
                    is_acknowledged,
                    by_read_all,
                ))
            })
            .collect();
        let read = all.iter().filter(|one| one.1).count() as u64;
        let acknowledged = all.iter().filter(|one| one.2).count() as u64;
        for (read_only, acknowledged_only) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            let wanted = all
                .iter()
                .filter(|one| (!read_only || one.1) && (!acknowledged_only || one.2));
            let wanted: Vec<_> = wanted.copied().collect();
            for limit in 1..=(wanted.len() as u32).clamp(1, 4) {
                let mut query = ReceiptQuery::new(id).limit(limit);
                (query.read_only, query.acknowledged_only) = (read_only, acknowledged_only);
                let mut found = Vec::new();
                loop {
                    let page = self.board.receipts(&query).unwrap();
                    assert_eq!((page.read, page.acknowledged), (read, acknowledged), "{id}");
                    assert!(page.receipts.len() <= limit as usize);
                    found.extend(page.receipts);
                    match page.next_cursor {
                        Some(cursor) => query = query.cursor(cursor),
                        None => break,
                    }
                }
                let found: Vec<_> = found
                    .iter()
                    .map(|r| (r.user.as_str(), r.is_read, r.is_acknowledged, r.by_read_all))
                    .collect();
                assert_eq!(found, wanted, "{id}");
            }
        }
    }
}

impl Reader {
    fn has_read_all(&self, announcement: &Announcement) -> bool {
        self.watermark.covers(announcement) && !self.unread.contains(&announcement.id())
    }

    fn mark(&mut self, mark: Mark, announcement: &Announcement, now: i64) {
        let id = announcement.id();
        let mut receipt = self.receipts.remove(&id).unwrap_or_default();
        let version = announcement.version();
        let act = Act {
            mark,
            version,
            at: now,
        };
        receipt.apply(act, announcement);
        let is_unread = mark == Mark::Unread && self.watermark.covers(announcement);
        if is_unread || receipt.is_read(announcement) {
            self.unread.retain(|other| *other != id);
        }
        if is_unread {
            self.unread.push(id);
        }
        if !receipt.is_empty() {
            self.receipts.insert(id, receipt);
        }
    }

    fn read_all(&mut self, all: &[Arc<Announcement>], watermark: Watermark) {
        self.unread.retain(|id| {
            let known = all.iter().find(|announcement| announcement.id() == *id);
            known.is_some_and(|announcement| !watermark.covers(announcement))
        });
        let former = self.watermark;
        self.watermark = Watermark {
            revision: former.revision.max(watermark.revision),
            at: former.at.max(watermark.at),
        };
        for announcement in all {
            let is_new = self.watermark.covers(announcement)
                && !former.covers(announcement)
                && !watermark.covers(announcement);
            if is_new {
                self.unread.push(announcement.id());
            }
        }
    }

    fn moved_start(&mut self, before: &Announcement, after: &Announcement) {
        let id = before.id();
        let is_unread = self.unread.contains(&id);
        match (self.watermark.covers(before), self.watermark.covers(after)) {
            (true, false) if !is_unread => {
                let receipt = self.receipts.entry(id).or_default();
                receipt.read(before.version(), self.watermark.at);
            }
            (false, true) if !is_unread => self.unread.push(id),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn readers_are_those_of_a_plain_book(steps in prop::collection::vec(step(), 1..40)) {
        let mut library = Library::new();
        for (n, step) in (1..).zip(&steps) {
            library.take(step, n);
        }
        library.check();
        prop_assert_eq!(library.board.verify().unwrap().problems, []);
        library.take(&Step::Reopen, 100);
        library.check();
        prop_assert_eq!(library.board.verify().unwrap().problems, []);
    }
}
