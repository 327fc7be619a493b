//! Starting, waiting, and stopping while clients are at work.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use notice::wire::frames::Kind;
use notice::wire::{Answer, Call};
use notice::{Draft, ErrorKind, Query, SharedBoard, Viewer};
use notice_server::{Limits, Server};
use serde_json::json;

use crate::client::{Enot, PATIENCE, to_the_end, unix};
use crate::support::{ADMIN, Folder, Served, serve, serve_with, start, stop};

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

/// Connects until the server answers: it notices the end of a connection in its own time.
fn until_there_is_room(served: &Served) -> Enot {
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        let mut client = Enot::over_unix(&served.unix());
        client.send(0, Kind::Hello, br#"{"versions": [1]}"#);
        if client.receive().is_some() {
            return client;
        }
        assert!(std::time::Instant::now() < end, "there is no room");
    }
}

fn published(title: &str) -> Call {
    let call = json!({"publish": {"texts": {"en": {"title": title}}}});
    Call::from_json(call.to_string().as_bytes()).unwrap()
}

fn wait(since: i64) -> Call {
    let timeout_ms = 60_000;
    Call::Wait { since, timeout_ms }
}

#[test]
fn a_socket_is_private_while_the_server_runs_and_gone_afterwards() {
    let mut served = serve(board());
    let mode = fs::metadata(served.unix()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let url = served.server().addresses()[0].to_string();
    assert_eq!(url, format!("unix:{}", served.unix().display()));
    served.stop().unwrap();
    assert!(!served.unix().exists());
}

#[test]
fn a_socket_of_a_dead_server_is_replaced() {
    let folder = Folder::new();
    let path = folder.0.join("socket");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = start(Server::builder(board()).unix(&path)).unwrap();
    Enot::over_unix(&path).hello(None).unwrap();
    stop(server).unwrap();
}

#[test]
fn a_socket_of_a_live_server_is_left_alone() {
    let served = serve(board());
    let error = start(Server::builder(board()).unix(served.unix()))
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(served.enot().call(&Call::Head).is_ok());
    // One of another program, without the lock of ours.
    let folder = Folder::new();
    let path = folder.0.join("socket");
    let _listener = UnixListener::bind(&path).unwrap();
    let error = start(Server::builder(board()).unix(&path)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(UnixStream::connect(&path).is_ok());
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let folder = Folder::new();
    let path = folder.secret("socket", "precious");
    let error = start(Server::builder(board()).unix(&path)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn answers_come_when_they_are_ready() {
    let served = serve(board());
    let mut enot = served.enot();
    let waiting = enot.begin(&wait(0));
    let asking = enot.begin(&Call::Head);
    assert_eq!(enot.answer().unwrap().0, asking);
    served
        .lines(Some(ADMIN))
        .call("publish", &json!({"texts": {"en": {"title": "a"}}}))
        .unwrap();
    let (request, answer) = enot.answer().unwrap();
    assert_eq!(request, waiting);
    assert!(matches!(answer, Ok(Answer::Revision { revision: 1 })));
}

#[test]
fn hundreds_of_waits_hold_no_thread_of_those_that_writes_need() {
    let served = serve(board());
    let mut clients: Vec<Enot> = (0..4).map(|_| served.enot()).collect();
    for client in &mut clients {
        for _ in 0..200 {
            client.begin(&wait(0));
        }
    }
    let mut writer = served.enot();
    writer.call(&published("a")).unwrap();
    for client in &mut clients {
        let mut requests: Vec<u32> = (0..200)
            .map(|_| {
                let (request, answer) = client.answer().unwrap();
                assert!(matches!(answer, Ok(Answer::Revision { revision: 1 })));
                request
            })
            .collect();
        requests.sort_unstable();
        assert!(requests.into_iter().eq(1..=200));
    }
}

#[test]
fn a_wait_ends_at_its_time_and_refuses_a_revision_to_come() {
    let served = serve(board());
    let mut client = served.lines(Some(ADMIN));
    let error = client
        .call("wait", &json!({"since": 0, "timeout_ms": 1}))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let error = client
        .call("wait", &json!({"since": 5, "timeout_ms": 60_000}))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
}

#[test]
fn many_calls_in_one_write_are_all_answered() {
    let served = serve(board());
    let mut client = served.lines(Some(ADMIN));
    let line = |id: u32| json!({"jsonrpc": "2.0", "id": id, "method": "head"}).to_string();
    let all: Vec<String> = (0..500).map(line).collect();
    client.send(&all.join("\n"));
    for id in 0..500 {
        assert_eq!(client.receive().unwrap()["id"], id);
    }
}

#[test]
fn a_connection_beyond_the_limit_is_closed_and_there_is_room_again_later() {
    let mut limits = Limits::default();
    limits.connections = 1;
    let served = serve_with(board(), |builder| builder.limits(limits));
    let first = served.enot();
    assert_eq!(to_the_end(unix(&served.unix())), b"");
    drop(first);
    // The server notices the end of the first one in its own time.
    until_there_is_room(&served);
}

#[test]
fn a_client_that_leaves_gives_up_its_waits() {
    let mut limits = Limits::default();
    limits.connections = 1;
    let served = serve_with(board(), |builder| builder.limits(limits));
    let ask = Call::from_value("own_marks", &json!({"user": "li"})).unwrap();
    let known = until_there_is_room(&served).call(&ask).unwrap().to_value();
    let for_ever = (1_u64 << 53) - 1;
    for (method, params) in [
        ("wait", json!({"since": 0, "timeout_ms": for_ever})),
        (
            "own_marks",
            json!({"user": "li", "since": known["revision"], "timeout_ms": for_ever}),
        ),
    ] {
        let mut enot = until_there_is_room(&served);
        enot.begin(&Call::from_value(method, &params).unwrap());
        enot.call_behind(&Call::Head);
        drop(enot);
        until_there_is_room(&served);
        // The connection that found room may still hold it.
        let mut line =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        line.push_str("\n{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"head\"}\n");
        let end = std::time::Instant::now() + PATIENCE;
        let lines = loop {
            let mut stream = BufReader::new(unix(&served.unix()));
            // Without room it may be closed by now.
            let _ = stream.get_mut().write_all(line.as_bytes());
            let mut answer = String::new();
            if stream.read_line(&mut answer).is_ok_and(|count| count > 0) {
                // The other one waits.
                let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
                assert_eq!(answer["id"], 2, "{answer}");
                break stream;
            }
            assert!(std::time::Instant::now() < end, "there is no room");
        };
        drop(lines);
        until_there_is_room(&served);
    }
}

#[test]
fn stopping_ends_waits_and_closes_connections_that_are_idle() {
    let mut served = serve(board());
    let mut idle = served.lines(None);
    idle.call("head", &json!({})).unwrap();
    let mut enot = served.enot();
    let waiting = enot.begin(&wait(0));
    // Once this is answered, the wait has begun.
    enot.call_behind(&Call::Head);
    served.stop().unwrap();
    let (request, answer) = enot.answer().unwrap();
    assert_eq!(request, waiting);
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
    // Whoever has no answer by now knows that nothing was done.
    assert_eq!(enot.receive(), Some((0, Kind::Goodbye, Vec::new())));
    assert!(enot.answer().is_none());
    assert!(idle.receive().is_none());
}

#[test]
fn what_was_acknowledged_before_a_stop_is_on_the_board() {
    let folder = Folder::new();
    let url = format!("file:{}", folder.0.join("board.notice").display());
    let mut served = serve(notice::open(&url).unwrap());
    let begun = AtomicBool::new(false);
    let acknowledged: usize = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (mut client, begun) = (served.enot(), &begun);
                scope.spawn(move || {
                    let mut done = 0;
                    loop {
                        client.begin(&published(&format!("{writer} {done}")));
                        match client.answer() {
                            Some((_, Ok(_))) => done += 1,
                            Some((_, Err(error))) => panic!("{error}"),
                            None => return done,
                        }
                        begun.store(true, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        while !begun.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        served.stop().unwrap();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum()
    });
    let board = notice::open(&url).unwrap();
    let total = board
        .count(&Query::new(Viewer::anonymous()))
        .unwrap()
        .total
        .unwrap();
    assert!(acknowledged > 0);
    // A call that was cut off may have been carried out.
    assert!(
        (acknowledged as u64..=acknowledged as u64 + 4).contains(&total),
        "{total}"
    );
    drop(board);
}

#[test]
fn a_board_is_closed_when_its_server_has_stopped() {
    let board = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    let mut served = serve(board.clone());
    served.stop().unwrap();
    let error = board.wait(1, std::time::Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
