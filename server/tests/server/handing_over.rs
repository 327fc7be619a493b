//! Sockets that go from one server to the next, or come from the system.

use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};

use notice::wire::frames::Kind;
use notice::{Draft, ErrorKind, SharedBoard};
use notice_server::{Builder, Server, Socket};

use crate::client::{Enot, Lines};
use crate::support::{Folder, run, start, stop};

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

/// The sockets as another process gets them.
fn passed(sockets: &[Socket]) -> Vec<Socket> {
    sockets
        .iter()
        .map(|socket| {
            let (about, handles) = socket.parts();
            let handles = handles
                .into_iter()
                .map(|handle| handle.try_clone_to_owned().unwrap());
            let mut handles: Vec<OwnedFd> = handles.collect();
            Socket::from_parts(&about, &mut handles.drain(..)).unwrap()
        })
        .collect()
}

fn both(folder: &Folder) -> Builder {
    Server::builder(board())
        .unix(folder.0.join("socket"))
        .tcp("127.0.0.1:0")
}

#[test]
fn who_connects_between_two_servers_waits_and_is_served_by_the_next_one() {
    let folder = Folder::new();
    let path = folder.0.join("socket");
    let old = start(both(&folder)).unwrap();
    let addresses = old.addresses().to_vec();
    let next = passed(old.sockets());
    let (sockets, closed) = run(old.release());
    closed.unwrap();
    // Nobody accepts, and nobody is refused.
    let mut waiting = Enot::over_unix(&path);
    waiting.send(0, Kind::Hello, br#"{"versions":[1]}"#);
    drop(sockets);
    let new = start(both(&folder).sockets(next)).unwrap();
    assert_eq!(waiting.receive().unwrap().1, Kind::Welcome);
    // The port that the system chose for the first one is that of the second one.
    assert_eq!(new.addresses(), addresses);
    // The lock and the file came along.
    let error = start(both(&folder)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Locked);
    drop(waiting);
    stop(new).unwrap();
    assert!(!path.exists());
    stop(start(both(&folder)).unwrap()).unwrap();
}

#[test]
fn a_server_whose_successor_fails_goes_on_at_the_same_place() {
    let folder = Folder::new();
    let path = folder.0.join("socket");
    let old = start(both(&folder)).unwrap();
    let next = passed(old.sockets());
    let (sockets, closed) = run(old.release());
    closed.unwrap();
    // It listens, and fails then.
    let error = start(both(&folder).sockets(next).tcp("no such host:1"))
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Io);
    let again = start(both(&folder).sockets(sockets)).unwrap();
    Enot::over_unix(&path).hello(None).unwrap();
    stop(again).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_socket_that_the_next_settings_do_not_name_is_closed() {
    let folder = Folder::new();
    let path = folder.0.join("socket");
    let old = start(both(&folder)).unwrap();
    let next = passed(old.sockets());
    drop(run(old.release()));
    let new = start(Server::builder(board()).tcp("127.0.0.1:0").sockets(next)).unwrap();
    assert!(UnixStream::connect(&path).is_err());
    assert!(!path.exists());
    assert_eq!(new.addresses().len(), 1);
    stop(new).unwrap();
}

#[test]
fn sockets_that_the_system_made_are_served_and_left_to_it() {
    let folder = Folder::new();
    let path = folder.0.join("of the system");
    let unix = UnixListener::bind(&path).unwrap();
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap();
    let given =
        [OwnedFd::from(unix), OwnedFd::from(tcp)].map(|socket| Socket::inherited(socket).unwrap());
    let server = start(Server::builder(board()).sockets(given)).unwrap();
    let welcome = Enot::over_unix(&path).hello(None).unwrap();
    // The file is of this user.
    assert_eq!(welcome["role"], "admin");
    Lines::over_tcp(port)
        .call("head", &serde_json::json!({}))
        .unwrap();
    let next = passed(server.sockets());
    drop(run(server.release()));
    let next = start(Server::builder(board()).sockets(next)).unwrap();
    Enot::over_unix(&path).hello(None).unwrap();
    stop(next).unwrap();
    assert!(path.exists());
}

#[test]
fn what_is_no_listening_socket_is_refused() {
    let (one, _other) = UnixStream::pair().unwrap();
    let file = std::fs::File::open("/dev/null").unwrap();
    for handle in [OwnedFd::from(one), OwnedFd::from(file)] {
        let error = Socket::inherited(handle).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidField);
    }
    let about = serde_json::json!({"name": "x", "purpose": "unix", "file": [1, 2]});
    let error = Socket::from_parts(&about, &mut std::iter::empty()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField);
}

#[test]
fn a_server_proves_that_its_board_answers() {
    let board = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    let server = start(Server::builder(board)).unwrap();
    run(server.probe()).unwrap();
    stop(server).unwrap();
}
