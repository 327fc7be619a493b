//! The service manager: units, sockets, messages and the watchdog.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};

use notice::Draft;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Daemon, Machine, PATIENCE, text, until};

/// The folder of the units.
const UNITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/systemd");

/// Reports whether this machine has a tool of systemd.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: {tool} is missing; it is in Debian's package systemd");
    }
    found
}

#[test]
fn the_units_are_right_and_let_the_daemon_do_little_else() {
    if !has("systemd-analyze") {
        return;
    }
    let machine = Machine::new();
    let program = env!("CARGO_BIN_EXE_notice");
    let mut units = Vec::new();
    for name in ["notice.service", "notice.socket"] {
        let unit = std::fs::read_to_string(Path::new(UNITS).join(name)).unwrap();
        // Where the program is here.
        let unit = unit.replace("/usr/local/bin/notice", program);
        units.push(machine.write(name, &unit));
    }
    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .args(&units)
        .output()
        .unwrap();
    let said = text(&verify.stderr);
    assert!(verify.status.success() && said.is_empty(), "{said}");
    // Its highest number that still counts as good is 3.9, of 100.
    let security = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20"])
        .arg(&units[0])
        .output()
        .unwrap();
    assert!(security.status.success(), "{}", text(&security.stdout));
}

#[test]
fn a_socket_of_systemd_starts_the_daemon_and_survives_it() {
    let tool = "systemd-socket-activate";
    if !has(tool) {
        return;
    }
    let machine = Machine::new();
    let socket = machine.0.join("of systemd.sock");
    let start = || {
        let mut command = Command::new(tool);
        command
            .arg("--listen")
            .arg(&socket)
            .args(["-E", "HOME", "-E", "XDG_RUNTIME_DIR"])
            .args([env!("CARGO_BIN_EXE_notice"), "serve"])
            .env("HOME", &machine.0)
            .env("XDG_RUNTIME_DIR", machine.0.join("run"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        until("systemd listens", || socket.exists().then_some(()));
        let url = format!("unix:{}", socket.display());
        let opened = until("the daemon answers", || notice::open(&url).ok());
        let out = BufReader::new(child.stdout.take().unwrap());
        (child, opened, out)
    };
    let (mut child, board, out) = start();
    board.publish(&Draft::new("en", "a")).unwrap();
    assert_eq!(board.daemon().unwrap().role, "admin");
    let said: Vec<String> = out.lines().take(2).map(Result::unwrap).collect();
    assert_eq!(said[1], format!("  unix:{}", socket.display()));
    // Its own socket is not made when systemd has one.
    assert!(!machine.socket().exists());
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(socket.exists());
}

/// What a daemon tells its manager.
struct Manager(UnixDatagram);

impl Manager {
    fn new(machine: &Machine) -> Self {
        let socket = UnixDatagram::bind(machine.0.join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(socket)
    }

    fn serve(&self, machine: &Machine, arguments: &[&str]) -> Daemon {
        let arguments = [&["serve"], arguments].concat();
        let mut command = machine.command(&arguments);
        command
            .env("NOTIFY_SOCKET", machine.0.join("notify"))
            .env("WATCHDOG_USEC", "100000");
        Daemon::start(&mut command)
    }

    fn hear(&self) -> String {
        let mut bytes = [0; 4096];
        let count = self.0.recv(&mut bytes).unwrap();
        text(&bytes[..count]).to_owned()
    }

    /// Waits for a message with this line.
    fn hears(&self, line: &str) -> String {
        loop {
            let message = self.hear();
            if message.lines().any(|one| one == line) {
                return message;
            }
            assert!(
                message.starts_with("WATCHDOG"),
                "{message} in the place of {line}"
            );
        }
    }
}

#[test]
fn the_manager_is_told_of_every_turn_of_a_life() {
    let machine = Machine::new();
    let manager = Manager::new(&machine);
    let daemon = manager.serve(&machine, &[]);
    assert!(manager.hears("READY=1").contains("STATUS=serves file:"));
    manager.hears("WATCHDOG=1");
    daemon.signal(Signal::HUP);
    assert!(manager.hears("RELOADING=1").contains("MONOTONIC_USEC="));
    manager.hears("READY=1");
    daemon.signal(Signal::TERM);
    manager.hears("STOPPING=1");
    daemon.stop_told();
}

#[test]
fn the_watchdog_is_fed_while_the_board_answers_and_not_only_while_a_timer_runs() {
    // A daemon that serves the board of another one, which can be made not to answer.
    let machine = Machine::new();
    let inner = machine.serve(&[]);
    let manager = Manager::new(&machine);
    let socket = machine.0.join("outer.sock").display().to_string();
    let mut outer = manager.serve(&machine, &["--board", &machine.url(), "--unix", &socket]);
    manager.hears("READY=1");
    manager.hears("WATCHDOG=1");
    let mut complaints = outer.errors().lines();
    inner.signal(Signal::STOP);
    let complaint = complaints.next().unwrap().unwrap();
    assert!(complaint.contains("watchdog"), "{complaint}");
    // What was sent before.
    manager.0.set_nonblocking(true).unwrap();
    while manager.0.recv(&mut [0; 4096]).is_ok() {}
    complaints.next().unwrap().unwrap();
    assert!(manager.0.recv(&mut [0; 4096]).is_err());
    inner.signal(Signal::CONT);
    manager.0.set_nonblocking(false).unwrap();
    manager.hears("WATCHDOG=1");
    inner.stop();
}
