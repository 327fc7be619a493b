//! Readers of a board in a file, beside a plain book that knows no index and no packing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::disk::Disk;
use super::history::{START, open, publish, update};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::custody::Custody;
use crate::engine::Local;
use crate::engine::memory::users::User;
use crate::model::{
    Act, Announcement, Audience, Draft, Importance, Mark, Operation, Operator, Patch, Receipt,
    Viewer,
};
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
    /// One user, in one of the roles or in none, reads all that was news some revisions ago, as of some
    /// quarters of an hour ago or ahead.
    ReadAll(String, i64, i64, Option<usize>),
    Forget(String),
    Purge(Vec<i64>),
    /// Moves a start by some quarters of an hour, silently.
    Move(i64, i64),
    /// Moves an end, silently; to 0 to remove it.
    End(i64, i64),
    /// Gives an announcement to a role or to everyone, silently.
    Audience(i64, Option<usize>),
    Retract(i64),
    /// Makes an announcement news again.
    Renew(i64),
    Reopen,
    Compact,
    /// Asks for the readers of an announcement.
    Ask(i64),
}

#[derive(Debug, Clone, Default)]
struct Reader {
    receipts: BTreeMap<i64, Receipt>,
    /// What was visible when the user marked everything as read.
    by_all: BTreeSet<i64>,
}

type Book = BTreeMap<String, Reader>;

const ROLES: [&str; 2] = ["red", "blue"];

const HOUR: i64 = 3_600_000;
/// Times are this far apart, so that several fall into one hour.
const PART: i64 = HOUR / 4;

fn step() -> impl Strategy<Value = Step> {
    let name = || "[ab公]{1,2}";
    let id = || 1..=MANY;
    let mark = || prop::sample::select(&MARKS[..]);
    let role = || prop::option::of(0..ROLES.len());
    prop_oneof![
        6 => (name(), id(), 1..4_i64, mark()).prop_map(|(user, id, n, mark)| Step::Mark(user, id, n, mark)),
        2 => (name(), Just(1), Just(MANY), mark()).prop_map(|(user, id, n, mark)| Step::Mark(user, id, n, mark)),
        4 => (name(), 0..8_i64, -9..9_i64, role()).prop_map(|(user, ago, parts, role)| Step::ReadAll(user, ago, parts, role)),
        1 => name().prop_map(Step::Forget),
        1 => prop::collection::vec(id(), 1..4).prop_map(Step::Purge),
        3 => (id(), -9..9_i64).prop_map(|(id, parts)| Step::Move(id, parts)),
        2 => (id(), -9..9_i64).prop_map(|(id, parts)| Step::End(id, parts)),
        2 => (id(), role()).prop_map(|(id, role)| Step::Audience(id, role)),
        1 => id().prop_map(Step::Retract),
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
                    .filter(|announcement| announcement.has_shown(now))
                    .collect();
                let ids: Vec<i64> = known.iter().rev().map(|a| a.id()).collect();
                let viewer = Viewer::new(user);
                let viewer = ROLES.iter().fold(viewer, |v, role| v.with("role", *role));
                match self.board.mark(&viewer, &ids, *mark) {
                    Ok(marked) => assert_eq!(marked, ids.len() as u64),
                    Err(_) => assert!(ids.is_empty()),
                }
                if known.is_empty() {
                    return;
                }
                let reader = self.book.entry(user.clone()).or_default();
                for announcement in &known {
                    reader.mark(*mark, announcement, now);
                }
            }
            Step::ReadAll(user, ago, parts, role) => {
                let up_to = (self.board.revision().unwrap() - ago).max(0);
                let at = now + parts * PART;
                let mut viewer = Viewer::new(user);
                viewer.now = Some(at);
                if let Some(role) = role {
                    viewer = viewer.with("role", ROLES[*role]);
                }
                let query = Query::new(viewer.clone());
                self.board.mark_all_read(&query, Some(up_to)).unwrap();
                let all: Vec<_> = (1..=MANY).filter_map(|id| self.announcement(id)).collect();
                let reader = self.book.entry(user.clone()).or_default();
                let visible = all.iter().filter(|a| {
                    a.is_active(at)
                        && a.notify_revision() <= up_to
                        && a.audience().admits(&viewer).unwrap()
                });
                reader.by_all.extend(visible.map(|a| a.id()));
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
                    reader.by_all.retain(|id| !ids.contains(id));
                }
            }
            Step::Move(id, parts) => {
                let starts_at = START + parts * PART + 3 * HOUR;
                self.edit(*id, Patch::new().starts_at(starts_at));
            }
            Step::End(id, parts) => {
                let ends_at = START + parts * PART + 4 * HOUR;
                let ends_at = Some(ends_at).filter(|_| *parts != 0);
                self.edit(*id, Patch::new().ends_at(ends_at));
            }
            Step::Audience(id, role) => {
                let everyone = Audience::everyone();
                let audience = match role {
                    Some(role) => everyone.and("role", Operator::In, [ROLES[*role]]),
                    None => everyone,
                };
                self.edit(*id, Patch::new().audience(audience));
            }
            Step::Retract(id) => {
                if self.announcement(*id).is_some() {
                    self.board.retract(*id, "").unwrap();
                }
            }
            Step::Renew(id) => {
                if self.announcement(*id).is_some() {
                    let patch = Patch::new().title("en", format!("news {n}"));
                    self.board.apply(&[update(*id, patch)]).unwrap();
                    for reader in self.book.values_mut() {
                        reader.by_all.remove(id);
                    }
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

    /// Changes an announcement silently, unless the change is refused.
    fn edit(&self, id: i64, patch: Patch) {
        let _ = self.board.apply(&[Operation::Update {
            id,
            patch: Box::new(patch),
            if_version: None,
            change: Some(Importance::Minor),
        }]);
    }

    /// Compares everything.
    fn check(&self) {
        let state = self.board.store.memory.read();
        let found: BTreeMap<&str, &User> = state.users.after("").collect();
        assert_eq!(found.len(), self.book.len());
        for (name, reader) in &self.book {
            let user = found[name.as_str()];
            let without_reading = |receipt: &Receipt| Receipt {
                read_version: 0,
                read_at: 0,
                ..receipt.clone()
            };
            let rest = |receipts: &mut dyn Iterator<Item = (i64, Receipt)>| -> BTreeMap<_, _> {
                let rest = receipts.map(|(id, receipt)| (id, without_reading(&receipt)));
                rest.filter(|(_, receipt)| !receipt.is_empty()).collect()
            };
            let written = &mut reader
                .receipts
                .iter()
                .map(|(id, receipt)| (*id, receipt.clone()));
            assert_eq!(rest(&mut user.receipts()), rest(written), "{name}");
        }
        drop(state);
        for id in 1..=MANY {
            if let Some(announcement) = self.announcement(id) {
                self.check_receipts(&announcement);
            }
        }
    }

    /// The receipts of listed users are those of the page of all, and of the others there is nothing.
    fn check_listed(&self, id: i64) {
        let page = self
            .board
            .receipts(&ReceiptQuery::new(id).limit(1000))
            .unwrap();
        let names = self.book.keys().rev().map(String::as_str);
        let names: Vec<&str> = std::iter::once("nobody").chain(names).collect();
        let query = ReceiptQuery::new(id).users(names.iter().copied());
        let listed = self.board.receipts(&query).unwrap();
        assert_eq!(
            (listed.read, listed.acknowledged),
            (page.read, page.acknowledged),
            "{id}"
        );
        assert_eq!(listed.next_cursor, None);
        let rows: Vec<&str> = listed
            .receipts
            .iter()
            .map(|row| row.user.as_str())
            .collect();
        assert_eq!(rows, names);
        for row in &listed.receipts {
            match page.receipts.iter().find(|other| other.user == row.user) {
                Some(other) => assert_eq!(row, other, "{id}"),
                None => {
                    assert_eq!(row.receipt, Receipt::default(), "{id} of {}", row.user);
                    assert!(!row.is_read && !row.by_read_all && !row.is_acknowledged);
                }
            }
        }
    }

    fn check_receipts(&self, announcement: &Announcement) {
        let id = announcement.id();
        let all: Vec<(&str, bool, bool)> = self
            .book
            .iter()
            .filter_map(|(name, reader)| {
                let receipt = reader.receipts.get(&id).cloned().unwrap_or_default();
                let is_read = receipt.is_read(announcement) || reader.by_all.contains(&id);
                let is_told = !receipt.is_empty() || is_read;
                is_told.then_some((
                    name.as_str(),
                    is_read,
                    receipt.is_acknowledged(announcement),
                ))
            })
            .collect();
        self.check_listed(id);
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
                // A reading by marking all is kept by itself where the watermark would be wrong after a silent edit.
                // It then stays as that of an older version, which the book does not follow.
                let is_written = |user: &str| {
                    let reader = self.book.get(user);
                    reader.is_some_and(|reader| reader.receipts.contains_key(&id))
                };
                let found: Vec<_> = found
                    .iter()
                    .filter(|r| r.is_read || r.is_acknowledged || is_written(&r.user))
                    .map(|r| (r.user.as_str(), r.is_read, r.is_acknowledged))
                    .collect();
                assert_eq!(found, wanted, "{id}");
            }
        }
    }
}

impl Reader {
    fn mark(&mut self, mark: Mark, announcement: &Announcement, now: i64) {
        let id = announcement.id();
        let mut receipt = self.receipts.remove(&id).unwrap_or_default();
        let version = announcement.version();
        let act = Act {
            mark,
            version,
            at: now,
            until: 0,
        };
        receipt.apply(act, announcement);
        if mark == Mark::Unread {
            self.by_all.remove(&id);
        }
        if !receipt.is_empty() {
            self.receipts.insert(id, receipt);
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
