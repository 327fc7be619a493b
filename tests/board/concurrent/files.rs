//! Many threads that write to one file at the same time.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

use notice::{Board, ChangeQuery, Draft, Mark, Query, ReceiptQuery, View, Viewer};

use crate::directory::Directory;

const THREADS: usize = 8;
const EACH: usize = 25;

/// Runs `work` with each number below [`THREADS`], all at the same time.
fn at_once<R: Send>(work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|n| {
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(n)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn editor() -> Query {
    Query::editor().view(View::Editor)
}

/// The revisions that the feed tells of.
fn revisions(board: &dyn Board) -> Vec<i64> {
    let page = board.changes(&ChangeQuery::since(0, editor())).unwrap();
    assert!(!page.more);
    page.events.iter().map(|event| event.revision).collect()
}

#[test]
fn each_of_many_publications_at_once_has_a_revision_of_its_own() {
    let directory = Directory::new();
    for durability in ["full", "relaxed"] {
        let url = format!("{}?durability={durability}", directory.url(durability));
        let board = notice::open(&url).unwrap();
        let given: Vec<(i64, i64)> = at_once(|n| {
            let mut last = 0;
            let mut given = Vec::new();
            for i in 0..EACH {
                let done = board
                    .publish(&Draft::new("en", format!("{n} {i}")))
                    .unwrap();
                assert!(done.revision > last, "later calls have later revisions");
                last = done.revision;
                given.push((done.revision, done.id));
            }
            given
        })
        .concat();
        let all: Vec<i64> = (1..=(THREADS * EACH) as i64).collect();
        let sorted = |numbers: BTreeSet<i64>| numbers.into_iter().collect::<Vec<_>>();
        assert_eq!(
            sorted(given.iter().map(|(revision, _)| *revision).collect()),
            all
        );
        assert_eq!(sorted(given.iter().map(|(_, id)| *id).collect()), all);
        assert_eq!(revisions(&*board), all);
        drop(board);
        let board = notice::open(&url).unwrap();
        assert_eq!(revisions(&*board), all);
        assert!(board.custody().unwrap().verify().unwrap().is_good());
    }
}

#[test]
fn one_idempotency_key_of_many_threads_publishes_once() {
    let directory = Directory::new();
    let board = directory.open("board");
    for round in 0..10 {
        let draft = Draft::new("en", "once").idempotency_key(format!("once {round}"));
        let done = at_once(|_| board.publish(&draft).unwrap());
        assert_eq!(done.iter().filter(|done| !done.duplicate).count(), 1);
        assert!(done.iter().all(|other| other.id == done[0].id));
    }
    assert_eq!(board.revision().unwrap(), 10);
}

#[test]
fn marks_and_publications_and_purges_at_once_are_all_kept() {
    let directory = Directory::new();
    let board = directory.open("board");
    let seen = (THREADS * EACH) as i64 + 1;
    let drafts: Vec<Draft> = (0..seen)
        .map(|n| Draft::new("en", format!("{n}")))
        .collect();
    board.publish_all(&drafts).unwrap();
    at_once(|n| {
        for i in 0..EACH {
            let id = (n * EACH + i) as i64 + 1;
            board
                .mark(&Viewer::new("shared"), &[seen], Mark::Seen)
                .unwrap();
            // Others mark for the same user at the same time.
            board
                .mark(&Viewer::new("shared"), &[id], Mark::Read)
                .unwrap();
            board
                .mark(&Viewer::new(format!("user {n}")), &[id], Mark::Acknowledge)
                .unwrap();
            match i % 3 {
                0 => drop(board.purge(id).unwrap()),
                1 => drop(board.retract(id, "why").unwrap()),
                _ => drop(board.publish(&Draft::new("en", "more")).unwrap()),
            }
        }
    });
    let check = |board: &dyn Board| {
        let receipts = board.receipts(&ReceiptQuery::new(seen)).unwrap().receipts;
        let count = receipts[0].receipt.seen_count() as usize;
        assert_eq!(count, THREADS * EACH, "none was overwritten by another");
        let mut kept = 1;
        for id in 1..=(THREADS * EACH) as i64 {
            let (n, i) = ((id as usize - 1) / EACH, (id as usize - 1) % EACH);
            let receipts = board.receipts(&ReceiptQuery::new(id));
            if i % 3 == 0 {
                assert!(receipts.is_err(), "{id} is purged");
                continue;
            }
            let users: Vec<String> = receipts
                .unwrap()
                .receipts
                .into_iter()
                .map(|r| r.user)
                .collect();
            assert_eq!(users, ["shared".to_owned(), format!("user {n}")]);
            kept += 2;
        }
        assert_eq!(
            board.stats().unwrap().receipts,
            kept,
            "no receipts of what is purged"
        );
        assert_eq!(board.revision().unwrap(), 1 + (THREADS * EACH) as i64);
        assert!(board.custody().unwrap().verify().unwrap().is_good());
    };
    check(&*board);
    drop(board);
    check(&*directory.open("board"));
}

#[test]
fn nothing_is_kept_of_a_user_about_what_is_purged_at_the_same_time() {
    let directory = Directory::new();
    let board = directory.open("board");
    let ids: Vec<i64> = (1..=40).collect();
    let drafts: Vec<Draft> = ids
        .iter()
        .map(|id| Draft::new("en", id.to_string()))
        .collect();
    board.publish_all(&drafts).unwrap();
    for id in ids {
        at_once(|n| match n {
            0 => drop(board.purge(id).unwrap()),
            // Whoever comes after the purge is told that it is not there.
            _ => drop(board.mark(&Viewer::new(format!("user {n}")), &[id], Mark::Read)),
        });
    }
    assert_eq!(board.stats().unwrap().receipts, 0);
    assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
    drop(board);
    let board = directory.open("board");
    assert_eq!(board.stats().unwrap().receipts, 0);
    assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
}

#[test]
fn a_purge_has_its_turn_however_many_mark() {
    const PURGES: i64 = 10;
    let directory = Directory::new();
    let board = directory.open("board");
    let drafts: Vec<Draft> = (0..=PURGES)
        .map(|n| Draft::new("en", n.to_string()))
        .collect();
    let ids: Vec<i64> = board
        .publish_all(&drafts)
        .unwrap()
        .iter()
        .map(|d| d.id)
        .collect();
    board
        .mark(&Viewer::new("reader"), &ids, Mark::Read)
        .unwrap();
    let is_done = AtomicBool::new(false);
    at_once(|n| {
        if n == 0 {
            for id in 1..=PURGES {
                board.purge(id).unwrap();
            }
            is_done.store(true, Ordering::SeqCst);
            return;
        }
        let mut marks = 0;
        while !is_done.load(Ordering::SeqCst) {
            marks += 1;
            assert!(marks < 10_000, "the purges are never served");
            let viewer = Viewer::new(format!("user {n}"));
            board.mark(&viewer, &[PURGES + 1], Mark::Seen).unwrap();
        }
    });
    assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
}
