//! Daemons and clients that mean harm, or are of another version: an error, and nothing that stays.

use std::fs::File;
use std::io::{IoSlice, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use notice::wire::frames::{Inbox, Kind, Message};
use notice::{Draft, Error, ErrorKind, Sharing};
use notice_server::Limits;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::json;

use super::follow;
use super::taking::Taking;
use crate::client::PATIENCE;
use crate::following::until_equal;
use crate::support::{Folder, serve_with};

/// What a daemon does when it is asked for its memory.
type Act = fn(&UnixStream, u32);

/// Opens the board of a daemon that welcomes its clients and then does this, and returns the error.
fn refusal_of(features: &[&str], act: Act) -> Error {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let welcome = json!({"version": 1, "server": "harm/1", "role": "admin", "features": features});
    let welcome = welcome.to_string();
    let is_over = Arc::new(AtomicBool::new(false));
    let daemon = thread::spawn({
        let is_over = Arc::clone(&is_over);
        move || {
            // Each attempt gets the same, whichever is told.
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                converse(stream.unwrap(), &welcome, act);
            }
        }
    });
    let error = follow(&socket, "&timeout_ms=200").unwrap_err();
    is_over.store(true, Ordering::SeqCst);
    drop(UnixStream::connect(&socket).unwrap());
    daemon.join().unwrap();
    error
}

/// Talks to a client until it goes.
fn converse(mut stream: UnixStream, welcome: &str, act: Act) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut inbox, mut buffer) = (Inbox::default(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).unwrap_or(0);
        inbox.receive(&buffer[..count]);
        if count == 0 {
            return;
        }
        while let Some(message) = inbox.next().unwrap() {
            match message.kind {
                Kind::Hello => {
                    let answer = frame(message.request, Kind::Welcome, welcome.as_bytes());
                    // The client may have gone.
                    let _ = stream.write_all(&answer);
                }
                Kind::Memory => act(&stream, message.request),
                _ => {}
            }
        }
    }
}

fn frame(request: u32, kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Message::new(request, kind, body).write(&mut bytes).unwrap();
    bytes
}

/// Sends bytes with descriptors.
fn pass(stream: &UnixStream, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) {
    let message = SendAncillaryMessage::ScmRights(descriptors);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(message));
    // The client may have gone.
    let _ = sendmsg(
        stream,
        &[IoSlice::new(bytes)],
        &mut control,
        SendFlags::NOSIGNAL,
    );
}

fn handed(request: u32, parts: &[&str]) -> Vec<u8> {
    let body = json!({ "parts": parts }).to_string();
    frame(request, Kind::Handed, body.as_bytes())
}

/// Passes as many descriptors of a file that is no memory.
fn pass_files(stream: &UnixStream, request: u32, parts: &[&str], count: usize) {
    let file = File::open("/dev/null").unwrap();
    pass(stream, &handed(request, parts), &vec![file.as_fd(); count]);
}

const ALL: [&str; 3] = ["ring", "page", "snapshot"];

/// Each with the error that it gets.
const HARM: &[(&str, Act, ErrorKind)] = &[
    (
        "none",
        |to, request| pass_files_none(to, request),
        ErrorKind::Corrupt,
    ),
    (
        "too few",
        |to, request| pass_files(to, request, &ALL, 2),
        ErrorKind::Corrupt,
    ),
    (
        "too many",
        |to, request| pass_files(to, request, &ALL[..2], 3),
        ErrorKind::Corrupt,
    ),
    (
        "far too many",
        |to, request| pass_files(to, request, &ALL, 200),
        ErrorKind::Unavailable,
    ),
    (
        "again and again",
        |to, _| {
            for _ in 0..100 {
                let file = File::open("/dev/null").unwrap();
                pass(to, &frame(77, Kind::Pong, b""), &[file.as_fd()]);
            }
        },
        ErrorKind::Unavailable,
    ),
    (
        "no memory",
        |to, request| pass_files(to, request, &ALL, 3),
        ErrorKind::Unauthorized,
    ),
    (
        "in another order",
        |to, request| pass_files(to, request, &["page", "ring"], 2),
        ErrorKind::Corrupt,
    ),
    (
        "parts unknown",
        |to, request| pass_files(to, request, &["rings"], 1),
        ErrorKind::InvalidField,
    ),
    (
        "only one",
        |to, request| pass_files(to, request, &["snapshot"], 1),
        ErrorKind::Corrupt,
    ),
    (
        "another answer",
        |to, request| {
            let _ = (&*to).write_all(&frame(request, Kind::Pong, b""));
        },
        ErrorKind::Unsupported,
    ),
    (
        "an end",
        |to, _| {
            let _ = to.shutdown(std::net::Shutdown::Both);
        },
        ErrorKind::Unavailable,
    ),
    ("nothing", |_, _| {}, ErrorKind::Unavailable),
    (
        "two memories",
        |to, request| {
            let board = notice::open("mem:").unwrap();
            let [one, other] = [(); 2].map(|()| {
                let sharing = Sharing::sealed(&board, notice::shm::Sizes::default()).unwrap();
                sharing.descriptors().unwrap().unwrap()
            });
            let descriptors = [one.ring.as_fd(), other.page.as_fd()];
            pass(to, &handed(request, &ALL[..2]), &descriptors);
        },
        ErrorKind::Corrupt,
    ),
];

fn pass_files_none(stream: &UnixStream, request: u32) {
    let _ = (&*stream).write_all(&handed(request, &ALL));
}

/// Attaches to each kind of daemon that means harm.
pub(super) fn attach_to_hostile_daemons() {
    for (name, act, kind) in HARM {
        let error = refusal_of(&["follow", "memory"], *act);
        assert_eq!(error.kind(), *kind, "{name}: {error}");
    }
}

#[test]
fn a_daemon_that_means_harm_gets_an_error() {
    attach_to_hostile_daemons();
}

#[test]
fn a_daemon_of_an_earlier_version_is_told_apart_from_one_that_fails() {
    let error = refusal_of(&["follow"], |_, _| panic!("it was not to be asked"));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("harm/1"), "{error}");
    assert!(error.to_string().contains("follow=1"), "{error}");
}

#[test]
fn a_daemon_that_shares_no_longer_and_says_nothing_is_left() {
    // Its memory is ended, and it hands the same over once more.
    let error = refusal_of(&["follow", "memory"], |to, request| {
        let board = notice::open("mem:").unwrap();
        let sharing = Sharing::sealed(&board, notice::shm::Sizes::default()).unwrap();
        let handed_over = loop {
            let all = sharing.descriptors().unwrap().unwrap();
            if all.snapshot.is_some() {
                break all;
            }
        };
        drop(sharing);
        let snapshot = handed_over.snapshot.as_ref().unwrap();
        let descriptors = [
            handed_over.ring.as_fd(),
            handed_over.page.as_fd(),
            snapshot.as_fd(),
        ];
        pass(to, &handed(request, &ALL), &descriptors);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn a_client_that_means_harm_harms_nobody_else() {
    let board = notice::open("mem:").unwrap();
    let mut limits = Limits::default();
    // Whoever does not take what it asks for is soon left.
    limits.send = Duration::from_secs(1);
    let served = serve_with(Arc::clone(&board), |builder| builder.limits(limits));
    let replica = follow(&served.unix(), "").unwrap();
    let socket = served.unix();
    // It passes descriptors to the server, asks without reading what comes, and leaves.
    for _ in 0..3 {
        let (mut client, _) = Taking::connect(&socket);
        client.hello(None).unwrap();
        for request in 0..1000 {
            client.send(request, Kind::Memory, b"{}");
        }
        let stream = UnixStream::connect(&socket).unwrap();
        let hello = frame(0, Kind::Hello, br#"{"versions": [1]}"#);
        pass(&stream, &hello, &[stream.as_fd(); 100]);
    }
    board.publish(&Draft::new("en", "a")).unwrap();
    until_equal(&replica, &board);
}
