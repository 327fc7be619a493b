//! Daemons that are killed, restarted and taken over, again and again, under clients that write, ask and follow.
//!
//! A few rounds each; `cargo xtask crash --daemon --rounds 200` does more, and reports figures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use notice::{
    ChangeKind, ChangeQuery, Draft, ErrorKind, Head, Mark, OnChange, Order, Query, SharedBoard,
    Viewer,
};
use rustix::process::Signal;

use crate::support::{Daemon, Machine, until};

/// How the daemon goes, and the next one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Kill,
    Restart,
    TakeOver,
}

fn rounds() -> u64 {
    let rounds = std::env::var("NOTICE_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

/// A client that comes back at once, and does not give up.
fn patient(machine: &Machine) -> SharedBoard {
    let url = machine.url();
    notice::open(&format!(
        "{url}?lazy=1&reconnect_ms=1&reconnect_max_ms=20&failures=1000&timeout_ms=60000"
    ))
    .unwrap()
}

/// Brings the next daemon in the place of the last one.
fn turn(machine: &Machine, daemon: &mut Daemon, turn: Turn) {
    match turn {
        Turn::Kill => {
            daemon.signal(Signal::KILL);
            daemon.wait();
            *daemon = machine.serve(&[]);
        }
        Turn::Restart => {
            daemon.signal(Signal::TERM);
            assert_eq!(daemon.wait(), Some(0));
            *daemon = machine.serve(&[]);
        }
        Turn::TakeOver => {
            let next = machine.serve(&["--take-over"]);
            assert_eq!(daemon.wait(), Some(0));
            *daemon = next;
        }
    }
}

/// What somebody knows who follows the board.
#[derive(Default)]
struct Followed {
    known: i64,
    /// Revision of the last change of each announcement, and what it was.
    last: BTreeMap<i64, (i64, ChangeKind)>,
}

impl Followed {
    /// Asks for the changes so far.
    fn step(&mut self, board: &SharedBoard) -> notice::Result<()> {
        loop {
            let page = board.changes(&ChangeQuery::since(self.known, Query::editor()))?;
            let mut before = self.known;
            for event in &page.events {
                // Of several changes of an announcement only the last one may be told, and nothing twice.
                assert!(event.revision > before, "{event:?} behind {before}");
                before = event.revision;
                self.last.insert(event.id, (event.revision, event.kind));
            }
            self.known = page.to_revision;
            if !page.more {
                return Ok(());
            }
        }
    }
}

/// Titles on the board, with how often each is there.
fn titles(board: &SharedBoard) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    let mut query = Query::editor().limit(200).order(Order::Newest);
    loop {
        let page = board.query(&query).unwrap();
        for item in &page.items {
            *all.entry(item.text().title.to_owned()).or_default() += 1;
        }
        match page.next_cursor {
            Some(next) => query = query.cursor(next),
            None => return all,
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kills_of_the_daemon_and_is_there_once() {
    const WRITERS: u64 = 4;
    let machine = Machine::new();
    let mut daemon = machine.serve(&[]);
    let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let acknowledged: Mutex<BTreeMap<String, i64>> = Mutex::default();
    let unknown: Mutex<BTreeSet<String>> = Mutex::default();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (machine, stop, count) = (&machine, &stop, &count);
            let (acknowledged, unknown) = (&acknowledged, &unknown);
            scope.spawn(move || {
                let board = patient(machine);
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let title = format!("{writer} {number}");
                    match board.publish(&Draft::new("en", &title)) {
                        Ok(published) => {
                            assert!(!published.duplicate);
                            acknowledged.lock().unwrap().insert(title, published.id);
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
                            unknown.lock().unwrap().insert(title);
                        }
                    }
                }
            });
        }
        for round in 0..rounds() {
            // Killed after a number of writes that differs.
            let enough = count.load(Ordering::Relaxed) + 1 + round * 7 % 40;
            until("writes", || {
                (count.load(Ordering::Relaxed) >= enough).then_some(())
            });
            turn(&machine, &mut daemon, Turn::Kill);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let found = titles(&machine.open());
    let (acknowledged, unknown) = (
        acknowledged.into_inner().unwrap(),
        unknown.into_inner().unwrap(),
    );
    let board = machine.open();
    for (title, id) in &acknowledged {
        assert_eq!(found.get(title), Some(&1), "{title}");
        assert_eq!(
            board.get(*id, &Query::editor()).unwrap().text().title,
            *title
        );
    }
    for (title, times) in &found {
        assert_eq!(*times, 1, "{title}");
        assert!(
            acknowledged.contains_key(title) || unknown.contains(title),
            "{title}"
        );
    }
    eprintln!(
        "{} kills: {} writes acknowledged and there once, {} without an answer",
        rounds(),
        acknowledged.len(),
        unknown.len()
    );
    daemon.stop();
}

#[test]
fn followers_miss_nothing_and_see_nothing_twice_over_restarts() {
    follow(Turn::Restart);
}

#[test]
fn no_call_fails_and_followers_miss_nothing_while_daemons_take_over() {
    follow(Turn::TakeOver);
}

fn follow(how: Turn) {
    let machine = Machine::new();
    let mut daemon = machine.serve(&[]);
    let open = || match how {
        // Nothing special, as any program opens it.
        Turn::TakeOver => machine.open(),
        _ => patient(&machine),
    };
    let (stop, failed) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    // Followers go on to the revision at which writing ended.
    let end = AtomicI64::new(i64::MAX);
    let calls = AtomicU64::new(0);
    let seen = Arc::new(AtomicI64::new(0));
    let watcher = open();
    let callback: Arc<OnChange> = {
        let seen = Arc::clone(&seen);
        Arc::new(move |head: Head| seen.store(head.revision, Ordering::Relaxed))
    };
    watcher.on_change(Arc::downgrade(&callback)).unwrap();
    thread::scope(|scope| {
        let (stop, failed, calls, end) = (&stop, &failed, &calls, &end);
        let did = move |what: &str, result: notice::Result<()>| {
            calls.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = result {
                failed.lock().unwrap().push(format!("{what}: {error}"));
            }
        };
        let mut followers = Vec::new();
        for _ in 0..2 {
            let board = open();
            followers.push(scope.spawn(move || {
                let mut followed = Followed::default();
                while followed.known < end.load(Ordering::Relaxed) {
                    match board.wait(followed.known, Duration::from_millis(200)) {
                        Ok(_) => did("changes", followed.step(&board)),
                        Err(error) if error.kind() == ErrorKind::TimedOut => {}
                        Err(error) => did("wait", Err(error)),
                    }
                }
                followed
            }));
            let board = open();
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    did(
                        "query",
                        board.query(&Query::new(Viewer::new("li"))).map(|_| ()),
                    );
                }
            });
        }
        // Also calls that no client repeats if they may have been carried out.
        let board = open();
        let writer = scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let published = board.publish(&Draft::new("en", "a"));
                let id = published.as_ref().map(|published| published.id).ok();
                did("publish", published.map(|_| ()));
                let Some(id) = id else { continue };
                did(
                    "seen",
                    board
                        .mark(&Viewer::new("li"), &[id], Mark::Seen)
                        .map(|_| ()),
                );
                did("retract", board.retract(id, "").map(|_| ()));
            }
            board.revision().unwrap()
        });
        for round in 0..rounds() {
            let enough = calls.load(Ordering::Relaxed) + 20 + round * 13 % 200;
            until("calls", || {
                (calls.load(Ordering::Relaxed) >= enough).then_some(())
            });
            turn(&machine, &mut daemon, how);
        }
        stop.store(true, Ordering::Relaxed);
        end.store(writer.join().unwrap(), Ordering::Relaxed);
        // What somebody sees who was not there when it happened.
        let mut afterwards = Followed::default();
        afterwards.step(&open()).unwrap();
        assert!(afterwards.last.len() > 1);
        for follower in followers {
            assert_eq!(follower.join().unwrap().last, afterwards.last);
        }
    });
    let last = watcher.revision().unwrap();
    assert_eq!(last, end.load(Ordering::Relaxed));
    until("the callback is told of the last change", || {
        (seen.load(Ordering::Relaxed) == last).then_some(())
    });
    let (calls, failed) = (calls.load(Ordering::Relaxed), failed.into_inner().unwrap());
    eprintln!(
        "{} turns ({how:?}): {calls} calls, {} failed, {last} revisions",
        rounds(),
        failed.len()
    );
    match how {
        Turn::TakeOver => assert!(failed.is_empty(), "{failed:#?}"),
        // Only what may have been carried out is not repeated.
        _ => assert!(
            failed.iter().all(|failed| failed.contains("may have been")),
            "{failed:#?}"
        ),
    }
    daemon.stop();
}
