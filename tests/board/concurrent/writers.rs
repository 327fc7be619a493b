//! Writers that race, and what others see of them.

use std::collections::HashMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use notice::{
    ChangeQuery, Draft, ErrorKind, Filter, Importance, Mark, Operation, Order, Patch, Query, Viewer,
};
use serde_json::json;

use super::Ends;
use crate::support::{Desk, NOW, kind, of, publish, retract, update};

#[test]
fn what_is_published_while_all_is_marked_read_stays_unread() {
    let desk = Desk::new();
    let barrier = Barrier::new(2);
    for round in 0..300 {
        let (published, reached) = std::thread::scope(|scope| {
            let publisher = scope.spawn(|| {
                barrier.wait();
                desk.board.publish(&Draft::new("en", "a")).unwrap()
            });
            barrier.wait();
            let reached = desk.read_all("ann");
            (publisher.join().unwrap(), reached)
        });
        let item = desk.item("ann", published.id);
        assert_eq!(
            item.is_read(),
            published.revision <= reached,
            "round {round}"
        );
        let unread = desk.board.count(&of("ann")).unwrap().unread;
        assert_eq!(unread, Some(u64::from(published.revision > reached)));
        desk.read_all("ann");
    }
}

#[test]
fn paging_while_others_publish_and_retract_gives_each_once() {
    const STABLE: i64 = 10_000;
    let desk = Desk::new();
    let drafts: Vec<Draft> = (0..STABLE)
        .map(|n| {
            let priority = i32::try_from(n % 7).unwrap();
            Draft::new("en", "stable")
                .priority(priority)
                .visible(NOW - n % 1000, None)
        })
        .collect();
    desk.board.publish_all(&drafts).unwrap();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ends = Ends(&is_done);
        for n in 0..2 {
            let (desk, is_done) = (&desk, &is_done);
            scope.spawn(move || {
                let mut round = n;
                while !is_done.load(Ordering::SeqCst) {
                    round += 2;
                    let draft = Draft::new("en", "noise").priority(round % 9);
                    let id = desk.publish(draft.visible(NOW - 500, None));
                    if round % 3 == 0 {
                        desk.minor(id, json!({"priority": (round + 4) % 9}));
                    }
                    desk.retract(id, "");
                    if round % 4 == 0 {
                        desk.purge(id);
                    }
                }
            });
        }
        for order in [
            Order::Default,
            Order::Newest,
            Order::Oldest,
            Order::EndingSoon,
        ] {
            let mut times: HashMap<i64, usize> = HashMap::new();
            let mut query = of("ann").order(order).limit(250);
            loop {
                let page = desk.page(&query);
                for item in &page.items {
                    *times.entry(item.id()).or_default() += 1;
                }
                match page.next_cursor {
                    Some(cursor) => query.cursor = Some(cursor),
                    None => break,
                }
            }
            for id in 1..=STABLE {
                assert_eq!(times.get(&id), Some(&1), "{id} in {order:?}");
            }
        }
    });
}

#[test]
fn nobody_sees_half_a_commit() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..4).map(|n| desk.title(&n.to_string())).collect();
    let is_done = AtomicBool::new(false);
    let seen = AtomicUsize::new(0);
    let rounds = 300;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _ends = Ends(&is_done);
                let mut last = 0;
                while !is_done.load(Ordering::SeqCst) {
                    let page = desk.page(&of("ann"));
                    let revision = page.count.revision;
                    assert!(revision >= last, "the board never goes back");
                    last = revision;
                    let numbers: Vec<i32> = page.items.iter().map(|item| item.priority()).collect();
                    assert!(
                        numbers.windows(2).all(|pair| pair[0] == pair[1]),
                        "{numbers:?}"
                    );
                    // One more comes and goes together with the changes of the others.
                    let expected = if numbers[0] % 2 == 1 { 5 } else { 4 };
                    assert_eq!(numbers.len(), expected);
                    assert_eq!(page.count.total, Some(expected as u64));
                    let changes = ChangeQuery::since(4, of("ann")).limit(1);
                    let events = desk.board.changes(&changes).unwrap().events;
                    // Those who come late do not hear of one that came and went.
                    let whole = events.is_empty() || events.len() >= 4;
                    assert!(whole, "a revision is never cut");
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let _ends = Ends(&is_done);
        let mut extra = None;
        let mut round = 0;
        while !is_done.load(Ordering::SeqCst)
            && (round < rounds || seen.load(Ordering::SeqCst) < 100)
        {
            round += 1;
            let priority = round % 1000;
            let change =
                |id: &i64| update(*id, json!({"priority": priority}), Some(Importance::Minor));
            let mut operations: Vec<Operation> = ids.iter().map(change).collect();
            operations.push(match extra {
                None => publish(Draft::new("en", "extra").priority(priority)),
                Some(id) => retract(id, ""),
            });
            let done = desk.board.apply(&operations).unwrap();
            extra = match extra {
                None => Some(done[4].id),
                Some(_) => None,
            };
        }
    });
}

#[test]
fn nobody_sees_half_a_mark() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..5).map(|n| desk.title(&n.to_string())).collect();
    let is_done = AtomicBool::new(false);
    let seen = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _ends = Ends(&is_done);
                while !is_done.load(Ordering::SeqCst) {
                    let page = desk.page(&of("ann"));
                    let read = page.items.iter().filter(|item| item.is_read()).count();
                    assert!(read == 0 || read == 5, "{read} of 5 are read");
                    assert_eq!(page.count.unread, Some(5 - read as u64));
                    let unread = Filter::new().unread_only(true);
                    let unread = desk.page(&of("ann").filter(unread));
                    assert!(unread.items.len() == 5 || unread.items.is_empty());
                    assert_eq!(Some(unread.items.len() as u64), unread.count.total);
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let _ends = Ends(&is_done);
        let mut round = 0;
        while !is_done.load(Ordering::SeqCst) && (round < 300 || seen.load(Ordering::SeqCst) < 100)
        {
            round += 1;
            match round % 3 {
                0 => drop(desk.board.mark_all_read(&of("ann"), None)),
                1 => desk.mark("ann", &ids, Mark::Unread),
                _ => desk.mark("ann", &ids, Mark::Dismiss),
            }
        }
    });
}

#[test]
fn a_revision_that_a_page_names_is_there_for_everybody() {
    let desk = Desk::new();
    let is_done = AtomicBool::new(false);
    let seen = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _ends = Ends(&is_done);
                while !is_done.load(Ordering::SeqCst) {
                    let revision = desk.board.count(&of("ann")).unwrap().revision;
                    assert!(desk.revision() >= revision);
                    if let Err(error) = desk.board.wait(revision, Duration::ZERO) {
                        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
                    }
                    let at = desk.revision();
                    let changes = ChangeQuery::since(at, of("ann"));
                    assert!(desk.board.changes(&changes).unwrap().head >= at);
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let _ends = Ends(&is_done);
        let mut round = 0;
        while !is_done.load(Ordering::SeqCst) && (round < 500 || seen.load(Ordering::SeqCst) < 500)
        {
            round += 1;
            desk.update(desk_id(&desk), json!({"priority": round % 1000}));
        }
    });
}

/// The one announcement of the board, published if it is not there yet.
fn desk_id(desk: &Desk) -> i64 {
    desk.publish(Draft::new("en", "a").key("one").idempotency_key("one"))
}

#[test]
fn a_follower_of_a_busy_board_has_every_change_once() {
    let desk = Desk::new();
    const EACH: i64 = 150;
    std::thread::scope(|scope| {
        for n in 0..3 {
            let desk = &desk;
            scope.spawn(move || {
                for round in 0..EACH {
                    desk.title(&format!("{n}/{round}"));
                }
            });
        }
        let mut since = 0;
        let mut ids = Vec::new();
        while ids.len() < 3 * EACH as usize {
            desk.board.wait(since, Duration::MAX).unwrap();
            let page = desk
                .board
                .changes(&ChangeQuery::since(since, of("ann")).limit(7))
                .unwrap();
            ids.extend(page.events.iter().map(|event| (event.revision, event.id)));
            since = page.to_revision;
        }
        let expected: Vec<(i64, i64)> = (1..=3 * EACH).map(|n| (n, n)).collect();
        assert_eq!(ids, expected);
    });
    let last = desk.board.wait(3 * EACH, Duration::ZERO);
    assert_eq!(kind(last), ErrorKind::TimedOut);
}

#[test]
fn of_those_who_race_for_a_version_one_wins() {
    let desk = Desk::new();
    let id = desk.title("a");
    let barrier = Barrier::new(4);
    for version in 1..50 {
        let wins: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|n| {
                    let (desk, barrier) = (&desk, &barrier);
                    scope.spawn(move || {
                        barrier.wait();
                        let operation = Operation::Update {
                            id,
                            patch: Box::new(Patch::new().extra("version", version).extra("by", n)),
                            if_version: Some(version),
                            change: None,
                        };
                        match desk.board.apply_one(operation) {
                            Ok(_) => 1,
                            Err(error) => {
                                assert_eq!(error.kind(), ErrorKind::VersionConflict);
                                0
                            }
                        }
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(wins, 1);
    }
}

#[test]
fn many_users_are_marked_at_once_each_their_own() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..20).map(|n| desk.title(&n.to_string())).collect();
    std::thread::scope(|scope| {
        for n in 0..4usize {
            let (desk, ids) = (&desk, &ids);
            scope.spawn(move || {
                for (round, id) in ids.iter().enumerate() {
                    let user = format!("user{}", (n + round) % 8);
                    desk.board
                        .mark(&Viewer::new(user), &[*id], Mark::Read)
                        .unwrap();
                }
            });
        }
    });
    for user in 0..8usize {
        let query = Query::new(Viewer::new(format!("user{user}")));
        let expected: Vec<i64> = (0..20usize)
            .filter(|round| (0..4).any(|n| (n + round) % 8 == user))
            .map(|round| ids[round])
            .collect();
        let items = desk.all(&query);
        let read = items.iter().filter(|item| item.is_read());
        let mut read: Vec<i64> = read.map(|item| item.id()).collect();
        read.sort_unstable();
        assert_eq!(read, expected);
    }
}
