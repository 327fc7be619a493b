//! Followers that read the server's memory (`?follow=shm`): they answer like the board itself, whatever becomes of the
//! server.

mod hostile;
mod process;
mod rights;
mod taking;

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use notice::{
    ChangeQuery, Draft, ErrorKind, Head, Language, Mark, OnChange, Options, Patch, Query,
    SharedBoard, Viewer,
};
use notice_server::{Server, Socket};

use crate::client::PATIENCE;
use crate::following::{open_by, served, titles, until, until_equal};
use crate::support::{ADMIN, Folder, run, serve_with, start, stop};

pub(crate) fn follow(socket: &Path, parameters: &str) -> notice::Result<SharedBoard> {
    open_by("shm", socket, parameters)
}

/// All that an editor sees, with everything that is in it.
pub(crate) fn everything(board: &SharedBoard) -> Vec<String> {
    let page = board.query(&Query::editor().limit(100)).unwrap();
    let records = page.items.iter().map(|item| item.record().unwrap());
    records.map(|record| record.to_json_text()).collect()
}

#[test]
fn a_replica_begins_with_the_whole_board_and_follows_what_is_published_corrected_and_purged() {
    let (board, served) = served();
    let first = board.publish(&Draft::new("en", "Before")).unwrap().id;
    let replica = follow(&served.unix(), "").unwrap();
    assert_eq!(replica.head(), board.head());
    assert_eq!(titles(&replica), ["Before"]);

    let second = board.publish(&Draft::new("en", "Later")).unwrap().id;
    assert_eq!(replica.wait(1, PATIENCE), Ok(2));
    assert_eq!(titles(&replica), ["Later", "Before"]);
    board
        .update(second, Patch::new().title("en", "Corrected"))
        .unwrap();
    until_equal(&replica, &board);
    assert_eq!(titles(&replica), ["Corrected", "Before"]);
    board.purge(first).unwrap();
    until_equal(&replica, &board);
    assert_eq!(titles(&replica), ["Corrected"]);
    assert_eq!(everything(&replica), everything(&board));
    let stats = replica.stats().unwrap();
    assert_eq!((stats.lost_entries, stats.reloads), (0, 0));
    assert_eq!(replica.daemon().unwrap().role, "admin");
}

#[test]
fn a_program_sees_what_it_has_written_and_marked_at_once() {
    let (board, served) = served();
    let replica = follow(&served.unix(), "").unwrap();
    let viewer = Viewer::new("li");
    let query = Query::new(viewer.clone());
    for n in 0..20 {
        let title = format!("{n:02}");
        let id = replica.publish(&Draft::new("en", &title)).unwrap().id;
        assert!(titles(&replica).contains(&title));
        assert_eq!(replica.count(&query).unwrap().unread, Some(1));
        assert_eq!(replica.mark(&viewer, &[id], Mark::Read), Ok(1));
        assert_eq!(replica.count(&query).unwrap().unread, Some(0));
        assert_eq!(board.count(&query).unwrap().unread, Some(0));
    }
    assert_eq!(replica.forget_user("li"), Ok(true));
    assert_eq!(replica.count(&query).unwrap().unread, Some(20));
}

#[test]
fn callbacks_and_waits_are_told_of_what_comes_through_the_memory() {
    let (board, served) = served();
    let replica = follow(&served.unix(), "&max_staleness=30").unwrap();
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head);
    });
    replica.on_change(Arc::downgrade(&callback)).unwrap();
    board.publish(&Draft::new("en", "a")).unwrap();
    assert_eq!(heads.recv_timeout(PATIENCE), Ok(board.head().unwrap()));
    let waiting = Arc::clone(&replica);
    let waiter = std::thread::spawn(move || waiting.wait(1, Duration::from_secs(3600)));
    replica.close().unwrap();
    let error = waiter.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn queries_go_on_and_waits_have_no_gap_while_the_daemon_restarts() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let file = format!("file:{}", folder.0.join("board.notice").display());
    let begin = || start(Server::builder(notice::open(&file).unwrap()).unix(&socket)).unwrap();
    let mut server = begin();
    let replica = follow(&socket, "").unwrap();
    let mut known = 0;
    for round in 1..=5_i64 {
        let waiting = Arc::clone(&replica);
        let waiter = std::thread::spawn(move || waiting.wait(known, PATIENCE));
        stop(server).unwrap();
        assert_eq!(titles(&replica).len() as i64, known);
        server = begin();
        let published = replica
            .publish(&Draft::new("en", format!("round {round}")))
            .unwrap();
        assert!(!published.duplicate);
        assert_eq!(waiter.join().unwrap(), Ok(round));
        let changes = replica
            .changes(&ChangeQuery::since(known, Query::editor()))
            .unwrap();
        assert_eq!(changes.events.len(), 1);
        until(|| titles(&replica).len() as i64 == round);
        known = round;
    }
    stop(server).unwrap();
}

#[test]
fn a_replica_that_lacks_nothing_takes_no_snapshot_of_the_next_daemon() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let file = format!("file:{}", folder.0.join("board.notice").display());
    let begin = || {
        let board = notice::open(&file).unwrap();
        let server = start(Server::builder(Arc::clone(&board)).unix(&socket)).unwrap();
        (board, server)
    };
    let (_, server) = begin();
    let replica = follow(&socket, "").unwrap();
    replica.publish(&Draft::new("en", "a")).unwrap();
    stop(server).unwrap();
    let (board, server) = begin();
    // The snapshot that both of them get is made now.
    let other = follow(&socket, "").unwrap();
    board.publish(&Draft::new("en", "b")).unwrap();
    until_equal(&replica, &board);
    until_equal(&other, &board);
    assert_eq!(titles(&replica), ["b", "a"]);
    assert_eq!(replica.stats().unwrap().reloads, 0);
    stop(server).unwrap();
}

#[test]
fn another_board_at_the_same_address_is_followed_from_its_beginning() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let begin = |titles: &[&str]| {
        let board = notice::open("mem:").unwrap();
        for title in titles {
            board.publish(&Draft::new("en", *title)).unwrap();
        }
        let server = start(Server::builder(Arc::clone(&board)).unix(&socket)).unwrap();
        (board, server)
    };
    let (first, server) = begin(&["a", "b", "c"]);
    let replica = follow(&socket, "").unwrap();
    let mut changes = ChangeQuery::since(2, Query::editor());
    changes.epoch = Some(first.head().unwrap().epoch);
    assert_eq!(replica.changes(&changes).unwrap().events.len(), 1);
    let waiting = Arc::clone(&replica);
    let waiter = std::thread::spawn(move || waiting.wait(3, PATIENCE));
    stop(server).unwrap();
    let (second, server) = begin(&["d"]);
    until_equal(&replica, &second);
    assert_eq!(titles(&replica), ["d"]);
    let error = replica.changes(&changes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::EpochMismatch);
    let error = waiter.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
    assert_eq!(replica.stats().unwrap().reloads, 1);
    stop(server).unwrap();
}

#[test]
fn a_server_that_takes_over_is_asked_for_its_own_memory() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let file = format!("file:{}", folder.0.join("board.notice").display());
    let builder = || Server::builder(notice::open(&file).unwrap()).unix(&socket);
    let old = start(builder()).unwrap();
    let replica = follow(&socket, "").unwrap();
    replica.publish(&Draft::new("en", "a")).unwrap();
    let (sockets, closed) = run(old.release());
    closed.unwrap();
    assert_eq!(titles(&replica), ["a"]);
    let new = start(builder().sockets(sockets)).unwrap();
    replica.publish(&Draft::new("en", "b")).unwrap();
    until(|| titles(&replica) == ["b", "a"]);
    assert!(
        new.sockets()
            .iter()
            .all(|socket| !Socket::is_private(socket))
    );
    stop(new).unwrap();
}

#[test]
fn what_is_larger_than_a_record_begins_anew_and_nothing_is_missing() {
    let board = notice::open("mem:").unwrap();
    let mut limits = notice_server::Limits::default();
    limits.memory_bytes = 4096;
    let served = serve_with(Arc::clone(&board), |builder| builder.limits(limits));
    let replica = follow(&served.unix(), "").unwrap();
    let drafts: Vec<Draft> = (0..60).map(|n| Draft::new("en", format!("{n}"))).collect();
    board.publish_all(&drafts).unwrap();
    board.publish(&Draft::new("en", "behind")).unwrap();
    until_equal(&replica, &board);
    assert_eq!(everything(&replica), everything(&board));
    assert!(replica.stats().unwrap().reloads >= 1);
}

#[test]
fn a_lazy_program_waits_for_a_daemon_that_comes_later() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let error = follow(&socket, "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let lazy = follow(&socket, "&lazy=1&timeout_ms=60000").unwrap();
    let server = start(Server::builder(notice::open("mem:").unwrap()).unix(&socket)).unwrap();
    until(|| lazy.revision() == Ok(0));
    stop(server).unwrap();
}

#[test]
fn where_memory_cannot_be_handed_over_the_error_says_what_to_write() {
    let (_, served) = served();
    let over_tcp = Options::new()
        .token(ADMIN)
        .open(&format!("tcp:{}?follow=shm", served.tcp()))
        .unwrap_err();
    // A board that another server keeps.
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let relay = notice::open(&format!("unix:{}", served.unix().display())).unwrap();
    let server = start(Server::builder(relay).unix(&socket)).unwrap();
    let of_relay = follow(&socket, "").unwrap_err();
    stop(server).unwrap();
    assert_eq!(of_relay.kind(), ErrorKind::Unsupported);
    assert_eq!(over_tcp.kind(), ErrorKind::Unsupported);
    for language in [Language::En, Language::Zh] {
        let reason = over_tcp.reason(language);
        assert!(reason.contains("follow=1"), "{reason}");
    }
    let error = notice::open("unix:nowhere?follow=yes").unwrap_err();
    assert!(error.to_string().contains("1 or shm or 0"), "{error}");
}
