//! Taking over: no connection is refused, nothing is lost, and whoever dies half way leaves a clean state.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::Command;

use notice::{Draft, Query, Viewer};
use rustix::process::Signal;

use crate::support::{Daemon, Machine, PATIENCE, text, until};

fn draft(title: &str) -> Draft {
    Draft::new("en", title)
}

/// A process that asks to take over, as far as a test wants.
struct Half {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
}

impl Half {
    fn connect(machine: &Machine) -> Self {
        let stream = UnixStream::connect(machine.0.join("run/notice/notice.sock.control")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        Self { stream, lines }
    }

    fn say(&mut self, line: &str) {
        self.stream.write_all(line.as_bytes()).unwrap();
        self.stream.write_all(b"\n").unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }
}

#[test]
fn a_second_daemon_takes_over_and_the_first_one_ends() {
    let machine = Machine::new();
    let arguments = ["--tcp", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let mut first = machine.serve(&arguments);
    let board = machine.open();
    board.publish(&draft("before")).unwrap();
    let second = machine.serve(&[&arguments[..], &["--take-over"]].concat());
    assert_eq!(first.wait(), Some(0));
    assert_eq!(first.complaints(), "");
    assert!(
        second
            .said
            .iter()
            .any(|line| line.contains("in the place of process"))
    );
    // The same port, although the system chose it.
    assert_eq!(first.said.last(), second.said.last());
    // The old connection went with the old process; the client does not show it.
    board.publish(&draft("after")).unwrap();
    let answer = machine.run(&["ping"]);
    assert!(text(&answer.stdout).contains("revision 2"));
    // Everything that the first one had is the second one's now.
    assert_eq!(machine.run(&["serve"]).status.code(), Some(3));
    let third = machine.serve(&[&arguments[..], &["--take-over"]].concat());
    drop(second);
    third.stop();
    for file in std::fs::read_dir(machine.0.join("run/notice")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(name.ends_with(".lock"), "{name} was left");
    }
}

#[test]
fn who_connects_in_between_waits_and_is_served() {
    let machine = Machine::new();
    let first = machine.serve(&[]);
    // Everything up to the point at which the first one has closed its board.
    let mut half = Half::connect(&machine);
    half.say(r#"{"take_over": 1}"#);
    assert!(half.hear().contains("sockets"));
    half.say(r#"{"ready": true}"#);
    assert!(half.hear().contains("closed"));
    let mut waiting = UnixStream::connect(machine.socket()).unwrap();
    waiting.set_read_timeout(Some(PATIENCE)).unwrap();
    waiting
        .write_all(b"GET /v1/head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    // It dies instead of serving, and the first one goes on.
    drop(half);
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    machine.open().publish(&draft("a")).unwrap();
    // And somebody else may take over.
    let second = machine.serve(&["--take-over"]);
    drop(first);
    second.stop();
}

#[test]
fn who_dies_before_it_is_ready_changes_nothing() {
    let machine = Machine::new();
    let first = machine.serve(&[]);
    let board = machine.open();
    for lines in [
        &[][..],
        &["nonsense"],
        &[r#"{"take_over": 2}"#],
        &[r#"{"take_over": 1}"#],
    ] {
        let mut half = Half::connect(&machine);
        lines.iter().for_each(|line| half.say(line));
        if lines.iter().any(|line| line.contains(": 1}")) {
            half.hear();
        }
        drop(half);
        board.publish(&draft("a")).unwrap();
    }
    first.stop();
}

#[test]
fn a_daemon_that_dies_once_it_has_given_its_sockets_is_followed_by_the_other_one() {
    let machine = Machine::new();
    // A request that is half sent keeps the first one from closing its board.
    let mut first = machine.serve(&["--drain", "1h"]);
    machine.open().publish(&draft("a")).unwrap();
    let mut half = UnixStream::connect(machine.socket()).unwrap();
    half.write_all(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    machine.open().revision().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = machine.command(&["serve", "--take-over"]);
    let mut second = command.stdout(writer).spawn().unwrap();
    drop(command);
    // The first one is told, and accepts nothing more: whoever connects now waits for the second one.
    let waiting = machine.0.clone();
    let waiting = std::thread::spawn(move || {
        let url = format!("unix:{}", waiting.join("run/notice/notice.sock").display());
        until("an answer of the second one", || {
            let board = notice::open(&url).ok()?;
            board.count(&Query::new(Viewer::anonymous())).ok()?.total
        })
    });
    until("the first one stops", || {
        let mut probe = UnixStream::connect(machine.socket()).unwrap();
        probe
            .set_read_timeout(Some(std::time::Duration::from_millis(50)))
            .unwrap();
        probe
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        probe.read(&mut [0; 1]).err()
    });
    first.signal(Signal::KILL);
    first.wait();
    assert_eq!(waiting.join().unwrap(), 1);
    assert!(machine.run(&["ping"]).status.success());
    second.kill().unwrap();
    second.wait().unwrap();
    drop(reader);
}

#[test]
fn a_new_daemon_that_cannot_serve_leaves_the_first_one_serving() {
    let machine = Machine::new();
    let first = machine.serve(&[]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    // The address is in use, which shows only when it is bound.
    let second = machine.run(&["serve", "--take-over", "--tcp", &address]);
    assert_ne!(second.status.code(), Some(0));
    // It may be opening its board again.
    until("it serves", || {
        machine.run(&["ping"]).status.success().then_some(())
    });
    machine.open().publish(&draft("a")).unwrap();
    first.stop();
}

#[test]
fn nobody_to_take_over_from_is_no_reason_not_to_start() {
    let machine = Machine::new();
    let daemon = machine.serve(&["--take-over"]);
    let control = machine.0.join("run/notice/notice.sock.control");
    let mode = std::fs::metadata(control).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    daemon.stop();
}

#[test]
fn a_signal_while_another_process_takes_over_ends_the_first_one() {
    let machine = Machine::new();
    let mut first = machine.serve(&[]);
    let mut half = Half::connect(&machine);
    half.say(r#"{"take_over": 1}"#);
    half.hear();
    half.say(r#"{"ready": true}"#);
    half.hear();
    first.signal(Signal::TERM);
    assert_eq!(first.wait(), Some(0));
    drop(half);
    // What stayed behind does not keep the next one from starting.
    let next = Daemon::start(machine.command(&["serve"]).env("NOTICE_LOG", "info") as &mut Command);
    next.stop();
}
