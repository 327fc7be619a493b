//! Who is handed the memory, and until when.

use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use notice::wire::Answer;
use notice::wire::frames::Kind;
use notice::wire::memory::{FEATURE, Parts};
use notice::{Draft, ErrorKind, Principal, Viewer};
use notice_server::Server;
use rustix::process::geteuid;
use serde_json::json;

use super::follow;
use super::taking::Taking;
use crate::client::Enot;
use crate::following::{served, titles, until, until_equal};
use crate::http::Web;
use crate::support::{ADMIN, EDITOR, Folder, SERVICE, Served, run, serve_with, start, stop};

/// Asks for memory, and returns the error and the number of descriptors that came.
fn refused(served: &Served, token: Option<&str>, body: &[u8]) -> (ErrorKind, usize) {
    let (mut client, received) = Taking::connect(&served.unix());
    client.hello(token).unwrap();
    client.send(7, Kind::Memory, body);
    let (request, kind, body) = client.receive().unwrap();
    assert_eq!((request, kind), (7, Kind::Answer));
    let Answer::Error(error) = Answer::from_bytes(&body).unwrap() else {
        panic!("no error");
    };
    // The connection goes on.
    client.send(8, Kind::Ping, b"");
    assert_eq!(client.receive().unwrap().1, Kind::Pong);
    let count = received.lock().unwrap().len();
    (error.kind(), count)
}

/// Asks for the ring, and tells which file it is.
fn ring(served: &Served, token: &str) -> u64 {
    let (mut client, received) = Taking::connect(&served.unix());
    client.hello(Some(token)).unwrap();
    client.send(1, Kind::Memory, br#"{"parts": ["ring"]}"#);
    assert_eq!(client.receive().unwrap().1, Kind::Handed);
    let ring = received.lock().unwrap().pop().unwrap();
    std::fs::File::from(ring).metadata().unwrap().ino()
}

#[test]
fn who_may_not_have_everything_is_handed_nothing() {
    let owner = geteuid().as_raw();
    let board = notice::open("mem:").unwrap();
    for principal in [
        Principal::public([""; 0]),
        Principal::viewer(Viewer::new("li")),
    ] {
        let served = serve_with(Arc::clone(&board), |builder| {
            builder.peer(owner, principal.clone())
        });
        let error = follow(&served.unix(), "").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert_eq!(refused(&served, None, b"{}"), (ErrorKind::Unauthorized, 0));
        // Each role that may follow may have the memory.
        for token in [SERVICE, EDITOR, ADMIN] {
            let file = served.folder.secret("own", token);
            let by_token = format!("&token_file={}", file.display());
            let replica = follow(&served.unix(), &by_token).unwrap();
            assert_eq!(replica.head(), board.head());
            let published = replica.publish(&Draft::new("en", "a").key("a"));
            assert_eq!(published.is_ok(), token != SERVICE);
        }
    }
}

#[test]
fn a_request_that_makes_no_sense_is_refused_and_the_connection_goes_on() {
    let (_, served) = served();
    for body in [&b"[]"[..], br#"{"parts": ["rings"]}"#, b"\xff"] {
        assert_eq!(refused(&served, None, body), (ErrorKind::InvalidField, 0));
    }
}

#[test]
fn only_a_unix_socket_offers_the_memory() {
    let (_, served) = served();
    let mut unix = Enot::over_unix(&served.unix());
    let features = |welcome: serde_json::Value| welcome["features"].clone();
    assert_eq!(
        features(unix.hello(None).unwrap()),
        json!(["follow", FEATURE])
    );
    let mut tcp = Enot::over(crate::client::tcp(served.tcp()));
    assert_eq!(features(tcp.hello(Some(ADMIN)).unwrap()), json!(["follow"]));
    tcp.send(9, Kind::Memory, b"{}");
    let (_, answer) = tcp.answer().unwrap();
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("follow=1"), "{error}");
}

#[test]
fn an_operator_who_forbids_it_hands_nothing_over() {
    let with = |bytes: usize| {
        let mut limits = notice_server::Limits::default();
        limits.memory_bytes = bytes;
        let board = notice::open("mem:").unwrap();
        Server::builder(board).limits(limits)
    };
    for bytes in [1, 5000, 128 * 1024 * 1024] {
        let error = start(with(bytes)).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidField);
        assert!(error.to_string().contains(&bytes.to_string()), "{error}");
        assert_eq!(run(with(bytes).check()), [("memory-bytes", error)]);
    }
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let server = start(with(0).unix(&socket)).unwrap();
    let error = follow(&socket, "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let mut client = Enot::over_unix(&socket);
    client.hello(None).unwrap();
    client.send(1, Kind::Memory, b"{}");
    let error = client.answer().unwrap().1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    drop(client);
    stop(server).unwrap();
}

#[test]
fn one_whose_token_is_withdrawn_reads_nothing_more_and_the_others_go_on() {
    let owner = geteuid().as_raw();
    let board = notice::open("mem:").unwrap();
    let served = serve_with(Arc::clone(&board), |builder| {
        builder.peer(owner, Principal::public([""; 0]))
    });
    let by = |name: &str, token: &str| {
        let file = served.folder.secret(name, token);
        follow(&served.unix(), &format!("&token_file={}", file.display())).unwrap()
    };
    let (stays, goes) = (by("editor", EDITOR), by("service", SERVICE));
    board.publish(&Draft::new("en", "for both")).unwrap();
    until_equal(&goes, &board);
    let former = ring(&served, EDITOR);

    served
        .folder
        .secret("tokens", &format!("editor {EDITOR}\n"));
    served.server().reload().unwrap();
    // The memory that both had goes no further.
    until(|| ring(&served, EDITOR) != former);
    board.publish(&Draft::new("en", "for one")).unwrap();
    until_equal(&stays, &board);
    assert_eq!(titles(&stays), ["for one", "for both"]);
    assert_eq!(titles(&goes), ["for both"]);
}

#[test]
fn what_is_handed_over_can_neither_be_written_nor_truncated() {
    let (board, served) = served();
    board.publish(&Draft::new("en", "a")).unwrap();
    // The first one waits for a snapshot, which is there then.
    let replica = follow(&served.unix(), "").unwrap();
    let (mut client, received) = Taking::connect(&served.unix());
    client.hello(None).unwrap();
    client.send(1, Kind::Memory, b"{}");
    let (_, kind, body) = client.receive().unwrap();
    assert_eq!(kind, Kind::Handed);
    let parts = Parts::from_bytes(&body).unwrap();
    let handed: Vec<OwnedFd> = std::mem::take(&mut *received.lock().unwrap());
    assert_eq!(parts.as_slice().len(), 3);
    assert_eq!(handed.len(), 3);
    for (at, descriptor) in handed.into_iter().enumerate() {
        let file = std::fs::File::from(descriptor);
        let length = file.metadata().unwrap().len();
        assert!(file.set_len(length - 1).is_err());
        assert!(file.set_len(length + 1).is_err());
        // The page for waking is what readers write.
        let written = std::os::unix::fs::FileExt::write_at(&file, b"x", length - 1);
        assert_eq!(written.is_ok(), at == 1, "{at}");
    }
    board.publish(&Draft::new("en", "b")).unwrap();
    until_equal(&replica, &board);
}

#[test]
fn the_metrics_count_who_was_handed_the_memory() {
    let (_, served) = served();
    let readers = || {
        let answer = Web::new(&served, Some(ADMIN)).get("/metrics");
        let text = String::from_utf8(answer.body).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("notice_memory_readers "));
        line.unwrap().to_owned()
    };
    assert_eq!(readers(), "0");
    let replicas = [(); 2].map(|()| follow(&served.unix(), "").unwrap());
    assert_eq!(readers(), "2");
    drop(replicas);
    until(|| readers() == "0");
}
