//! The library's own client: `unix:` and `tcp:` boards, which are used like any other.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use notice::wire;
use notice::{
    ChangeQuery, Draft, ErrorKind, Head, ManualClock, Mark, OnChange, Options, OwnMarksQuery,
    Query, SharedBoard, Viewer,
};
use notice_conformance::{BoardOptions, Joined, Surface, call_of, nothing, open_board, surface_of};
use notice_server::Server;
use serde_json::Value;

use crate::conformance::holds;
use crate::support::{ADMIN, Folder, SERVICE, Served, serve, start, stop};

/// Longer than anything here takes, so that a fault is told and does not hang.
const LONG: Duration = Duration::from_secs(60);

const UNIX: Joined = Joined {
    name: "unix:",
    open: over_unix,
    lacks: nothing,
};

const TCP: Joined = Joined {
    name: "tcp:",
    open: over_tcp,
    lacks: nothing,
};

const UNIX_REPLICA: Joined = Joined {
    name: "unix:?follow=1",
    open: beside_unix,
    lacks: nothing,
};

#[cfg(target_os = "linux")]
const UNIX_MEMORY: Joined = Joined {
    name: "unix:?follow=shm",
    open: through_memory,
    lacks: nothing,
};

const TCP_REPLICA: Joined = Joined {
    name: "tcp:?follow=1",
    open: beside_tcp,
    lacks: nothing,
};

#[test]
fn every_case_holds_for_a_replica_that_follows_over_a_socket() {
    holds(UNIX_REPLICA);
}

#[cfg(target_os = "linux")]
#[test]
fn every_case_holds_for_a_replica_that_follows_through_memory() {
    holds(UNIX_MEMORY);
}

#[test]
fn every_case_holds_for_a_replica_that_follows_over_a_port() {
    holds(TCP_REPLICA);
}

#[test]
fn every_case_holds_for_a_board_that_is_opened_at_a_socket() {
    holds(UNIX);
}

#[test]
fn every_case_holds_for_a_board_that_is_opened_at_a_port() {
    holds(TCP);
}

fn over_unix(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    surface(url, now, options, |served, _| at_socket(served, ""))
}

fn beside_unix(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    surface(url, now, options, |served, clock| {
        let url = format!("unix:{}?follow=1", served.unix().display());
        Options::new().clock(clock).open(&url)
    })
}

#[cfg(target_os = "linux")]
fn through_memory(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    surface(url, now, options, |served, clock| {
        let url = format!("unix:{}?follow=shm", served.unix().display());
        Options::new().clock(clock).open(&url)
    })
}

fn beside_tcp(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    surface(url, now, options, |served, clock| {
        let url = format!("tcp:{}?follow=1", served.tcp());
        Options::new().clock(clock).token(ADMIN).open(&url)
    })
}

fn over_tcp(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    surface(url, now, options, |served, _| at_port(served, ADMIN))
}

fn surface(
    url: &str,
    now: i64,
    options: BoardOptions,
    open: impl FnOnce(&Served, Arc<ManualClock>) -> notice::Result<SharedBoard>,
) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let served = serve(board);
    let remote = open(&served, Arc::clone(&clock)).unwrap();
    surface_over(served, remote, clock)
}

/// A surface of a board that a server has, which ends with it.
pub(crate) fn surface_over(
    served: Served,
    remote: SharedBoard,
    clock: Arc<ManualClock>,
) -> Box<dyn Surface> {
    let ask = move |name: &str, args: &Value| {
        let _ = &served;
        Ok(wire::answer(&*remote, call_of(name, args)?)?.to_value())
    };
    surface_of(clock, Box::new(ask))
}

/// Opens the board at the served socket, as its owner.
fn at_socket(served: &Served, parameters: &str) -> notice::Result<SharedBoard> {
    notice::open(&format!("unix:{}?{parameters}", served.unix().display()))
}

/// Opens the board at the served port.
fn at_port(served: &Served, token: &str) -> notice::Result<SharedBoard> {
    Options::new()
        .token(token)
        .open(&format!("tcp:{}", served.tcp()))
}

fn served() -> Served {
    serve(notice::open("mem:").unwrap())
}

#[test]
fn a_token_opens_its_role_and_no_other() {
    let served = served();
    let service = at_port(&served, SERVICE).unwrap();
    let error = service.publish(&Draft::new("en", "a")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(service.query(&Query::new(Viewer::new("li"))).is_ok());
    let error = at_port(&served, "no such token").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let file = served.folder.secret("own", &format!("{ADMIN}\n"));
    let url = format!("tcp:{}?token_file={}", served.tcp(), file.display());
    let admin = notice::open(&url).unwrap();
    assert!(admin.publish(&Draft::new("en", "a")).is_ok());
}

#[test]
fn a_daemon_that_is_not_there_is_told_on_opening_unless_the_program_is_lazy() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let url = format!(
        "unix:{}?reconnect_ms=1&reconnect_max_ms=1",
        socket.display()
    );
    let error = notice::open(&url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("socket"), "{error}");
    let lazy = notice::open(&format!("{url}&lazy=1&failures=1000&timeout_ms=60000")).unwrap();
    let server = Server::builder(notice::open("mem:").unwrap()).unix(&socket);
    let server = start(server).unwrap();
    assert_eq!(lazy.revision(), Ok(0));
    stop(server).unwrap();
}

#[test]
fn a_restart_goes_unnoticed_by_who_asks_publishes_and_waits() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let file = format!("file:{}", folder.0.join("board.notice").display());
    let begin = || {
        let board = notice::open(&file).unwrap();
        start(Server::builder(board).unix(&socket)).unwrap()
    };
    let url = format!(
        "unix:{}?reconnect_ms=1&reconnect_max_ms=20&failures=1000",
        socket.display()
    );
    let mut server = begin();
    let remote = notice::open(&url).unwrap();
    let mut known = 0;
    for round in 1..=10_i64 {
        let (waiting, ready) = (Arc::clone(&remote), mpsc::channel());
        let waiter = std::thread::spawn(move || {
            ready.0.send(()).unwrap();
            waiting.wait(known, LONG)
        });
        ready.1.recv().unwrap();
        stop(server).unwrap();
        server = begin();
        let published = remote
            .publish(&Draft::new("en", format!("round {round}")))
            .unwrap();
        assert!(!published.duplicate);
        assert_eq!(published.revision, round);
        assert_eq!(waiter.join().unwrap(), Ok(round));
        let since = ChangeQuery::since(known, Query::editor());
        assert_eq!(remote.changes(&since).unwrap().events.len(), 1);
        known = round;
    }
    stop(server).unwrap();
}

#[test]
fn a_callback_is_told_of_changes_and_of_none_after_the_board_is_dropped() {
    let served = served();
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head.revision);
    });
    let remote = at_socket(&served, "").unwrap();
    remote.on_change(Arc::downgrade(&callback)).unwrap();
    let other = at_port(&served, ADMIN).unwrap();
    other.publish(&Draft::new("en", "a")).unwrap();
    assert_eq!(heads.recv_timeout(LONG), Ok(1));
    other.retract(1, "").unwrap();
    assert_eq!(heads.recv_timeout(LONG), Ok(2));
    drop(remote);
    other.restore(1).unwrap();
    assert!(heads.try_recv().is_err());
}

#[test]
fn closing_ends_a_wait_in_another_thread_at_once() {
    let served = served();
    closing_ends_a_wait(&at_socket(&served, "").unwrap());
}

/// The same of a connection of any kind, to a board that has no announcement.
pub(crate) fn closing_ends_a_wait(remote: &SharedBoard) {
    let (waiting, ready) = (Arc::clone(remote), mpsc::channel());
    let waiter = std::thread::spawn(move || {
        ready.0.send(()).unwrap();
        waiting.wait(0, Duration::from_secs(3600))
    });
    ready.1.recv().unwrap();
    remote.close().unwrap();
    let error = waiter.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(remote.revision(), Ok(0));
}

#[test]
fn a_second_device_learns_of_a_mark_by_waiting_for_it() {
    let served = served();
    let (phone, desk) = (
        at_socket(&served, "").unwrap(),
        at_socket(&served, "").unwrap(),
    );
    let id = desk.publish(&Draft::new("en", "a")).unwrap().id;
    let known = phone.own_marks(&OwnMarksQuery::new("li")).unwrap();
    let query = OwnMarksQuery::new("li").since(known.revision).timeout(LONG);
    let (sender, ready) = mpsc::channel();
    let waiter = std::thread::spawn(move || {
        sender.send(()).unwrap();
        phone.own_marks(&query)
    });
    ready.recv().unwrap();
    // Another user's mark is none of hers.
    assert_eq!(desk.mark(&Viewer::new("wang"), &[id], Mark::Read), Ok(1));
    assert_eq!(desk.mark(&Viewer::new("li"), &[id], Mark::Read), Ok(1));
    let marks = waiter.join().unwrap().unwrap();
    assert_eq!((marks.all, marks.changed), (false, vec![id]));
}

#[test]
fn a_daemon_says_who_it_is_and_who_the_client_is_there() {
    let served = served();
    let owner = at_socket(&served, "").unwrap().daemon().unwrap();
    assert_eq!(owner.role, "admin");
    assert!(owner.server.starts_with("libnotice/"), "{owner:?}");
    let service = at_port(&served, SERVICE).unwrap();
    assert_eq!(service.daemon().unwrap().role, "service");
    let here = notice::open("mem:").unwrap();
    assert_eq!(here.daemon().unwrap_err().kind(), ErrorKind::Unsupported);
    // A daemon that has stopped answers nothing.
    drop(served);
    assert_eq!(service.daemon().unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn many_threads_share_a_client() {
    let served = served();
    let remote = at_socket(&served, "").unwrap();
    let ids: Vec<i64> = (0..20)
        .map(|n| {
            remote
                .publish(&Draft::new("en", format!("{n}")))
                .unwrap()
                .id
        })
        .collect();
    std::thread::scope(|scope| {
        for user in 0..16 {
            let (remote, ids) = (&remote, &ids);
            scope.spawn(move || {
                let viewer = Viewer::new(format!("user {user}"));
                for id in ids {
                    assert_eq!(remote.mark(&viewer, &[*id], Mark::Read), Ok(1));
                }
                let count = remote.count(&Query::new(viewer)).unwrap();
                assert_eq!((count.total, count.unread), (Some(20), Some(0)));
            });
        }
    });
}
