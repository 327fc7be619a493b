//! The daemon's life: signals, and what stays behind.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

use notice::{Draft, ErrorKind, Options};
use rustix::process::Signal;

use crate::support::{Machine, text, until};

#[test]
fn a_signal_stops_it_and_leaves_a_closed_board_and_no_socket() {
    for signal in [Signal::TERM, Signal::INT] {
        let machine = Machine::new();
        let mut daemon = machine.serve(&[]);
        machine.open().publish(&Draft::new("en", "a")).unwrap();
        daemon.signal(signal);
        assert_eq!(daemon.wait(), Some(0));
        assert_eq!(daemon.complaints(), "");
        assert!(!machine.socket().exists());
        let board = machine.0.join(".local/share/notice/board.notice");
        // A board that was closed in order has everything in its own file.
        assert!(!board.with_extension("notice-journal").exists());
        let board = notice::open(&format!("file:{}", board.display())).unwrap();
        assert_eq!(board.revision(), Ok(1));
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let machine = Machine::new();
    let mut daemon = machine.serve(&["--drain", "1h"]);
    // A request that is half sent keeps the daemon from stopping for as long as it may.
    let mut half = UnixStream::connect(machine.socket()).unwrap();
    half.write_all(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    // A request on another connection, which was accepted later, has been served.
    machine.open().revision().unwrap();
    daemon.signal(Signal::TERM);
    until("it accepts nothing more", || {
        UnixStream::connect(machine.socket()).err()
    });
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.wait(), Some(128 + 15));
    let mut rest = Vec::new();
    let _ = half.read_to_end(&mut rest);
}

#[test]
fn one_daemon_has_a_board_and_a_socket() {
    let machine = Machine::new();
    let daemon = machine.serve(&[]);
    let second = machine.run(&["serve"]);
    assert_eq!(second.status.code(), Some(3), "{}", text(&second.stderr));
    let elsewhere = machine.run(&["serve", "--unix", "other.sock"]);
    assert_eq!(elsewhere.status.code(), Some(3));
    let other_board = machine.run(&["serve", "--board", "mem:"]);
    assert_eq!(other_board.status.code(), Some(3));
    daemon.stop();
}

#[test]
fn a_hangup_takes_a_withdrawn_token_away() {
    let machine = Machine::new();
    let token = "editor-token-0123456789abcdef0123456789abcdef";
    let tokens = machine.write("tokens", &format!("editor {token}\n"));
    std::fs::set_permissions(&tokens, PermissionsExt::from_mode(0o600)).unwrap();
    let daemon = machine.serve(&["--tcp", "127.0.0.1:0", "--unix=", "--tokens", "tokens"]);
    let url = daemon.said.last().unwrap().trim();
    let board = Options::new().token(token).open(url).unwrap();
    board.publish(&Draft::new("en", "a")).unwrap();
    std::fs::write(&tokens, "# nobody\n").unwrap();
    daemon.signal(Signal::HUP);
    let error = until("the token is refused", || board.revision().err());
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    daemon.stop();
}
