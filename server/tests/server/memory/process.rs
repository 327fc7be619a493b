//! Other processes: of another user, stopped for a while, killed, or alone, so that their descriptors can be counted.

#![allow(
    clippy::print_stdout,
    reason = "the other process says what it does, and a skipped test why"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use notice::{Draft, ErrorKind, Mark, Principal, Viewer};
use notice_server::Server;
use rustix::process::{Pid, Signal, geteuid, kill_process};

use super::follow;
use super::hostile;
use crate::following::{served, titles, until, until_equal};
use crate::support::{Folder, serve_with, start, stop};

/// What the other process does.
const DOES: &str = "NOTICE_TEST_MEMORY";
/// Where it does that.
const AT: &str = "NOTICE_TEST_MEMORY_AT";
/// A user who owns nothing.
const NOBODY: u32 = 65534;
/// How often memory is attached to.
const ATTACHINGS: usize = 1000;

/// This program, which does something else than its tests.
struct Other {
    child: Child,
    input: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Other {
    fn start(does: &str, at: &std::path::Path, user: Option<u32>) -> std::io::Result<Self> {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "memory::process::other_process",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(DOES, does)
            .env(AT, at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(user) = user {
            command.uid(user).gid(user).current_dir("/");
        }
        let mut child = command.spawn()?;
        let answers = BufReader::new(child.stdout.take().unwrap());
        Ok(Self {
            input: child.stdin.take(),
            child,
            answers,
        })
    }

    /// Returns the rest of the next line that begins so.
    #[track_caller]
    fn says(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            let count = self.answers.read_line(&mut line).unwrap();
            assert_ne!(count, 0, "{beginning}");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test: what the other process does.
#[test]
fn other_process() {
    let (Ok(does), Ok(at)) = (std::env::var(DOES), std::env::var(AT)) else {
        return;
    };
    let at = std::path::PathBuf::from(at);
    match does.as_str() {
        "serve" => {
            let file = format!("file:{}", at.with_extension("notice").display());
            let server = start(Server::builder(notice::open(&file).unwrap()).unix(&at)).unwrap();
            println!("\nserving");
            let _ = std::io::stdin().lines().next();
            stop(server).unwrap();
        }
        "read" => read(&at),
        "count" => count_descriptors(),
        other => panic!("{other}"),
    }
}

/// Follows, marks, and says what it sees.
fn read(socket: &std::path::Path) {
    let replica = match follow(socket, "") {
        Ok(replica) => replica,
        Err(error) => return println!("\nopened {}", error.kind().name()),
    };
    println!("\nopened as {}", geteuid().as_raw());
    for line in std::io::stdin().lines() {
        let revision = line.unwrap().parse().unwrap();
        until(|| replica.revision() == Ok(revision));
        let stats = replica.stats().unwrap();
        println!(
            "\nsees {} lost {} reloads {}",
            titles(&replica).len(),
            stats.lost_entries > 0,
            stats.reloads > 0
        );
        let marked = replica.mark(&Viewer::new("li"), &[1], Mark::Read);
        println!("\nmarked {marked:?}");
    }
}

#[test]
fn a_process_of_another_user_is_handed_the_memory_if_its_role_allows_it() {
    if !geteuid().is_root() {
        return println!("skipped: only root can start a process of another user");
    }
    let board = notice::open("mem:").unwrap();
    board.publish(&Draft::new("en", "a")).unwrap();
    for (principal, is_allowed) in [
        (Principal::service(), true),
        (Principal::public([""; 0]), false),
    ] {
        let served = serve_with(Arc::clone(&board), |builder| {
            builder.peer(NOBODY, principal.clone())
        });
        let everybody = std::fs::Permissions::from_mode(0o666);
        std::fs::set_permissions(served.unix(), everybody).unwrap();
        let mut other = Other::start("read", &served.unix(), Some(NOBODY)).unwrap();
        if !is_allowed {
            assert_eq!(other.says("opened "), "unauthorized");
            continue;
        }
        assert_eq!(other.says("opened as "), NOBODY.to_string());
        let revision = board.publish(&Draft::new("en", "b")).unwrap().revision;
        other.tell(&revision.to_string());
        assert_eq!(other.says("sees "), "2 lost false reloads false");
        assert_eq!(other.says("marked "), "Ok(1)");
        assert_eq!(
            board
                .receipts(&notice::ReceiptQuery::new(1))
                .unwrap()
                .receipts
                .len(),
            1
        );
    }
}

#[test]
fn a_reader_that_is_stopped_for_a_while_is_told_what_it_lost_and_is_right_again() {
    let (board, served) = served();
    board.publish(&Draft::new("en", "a")).unwrap();
    let mut other = Other::start("read", &served.unix(), None).unwrap();
    other.says("opened as ");
    other.signal(Signal::STOP);
    // More than the ring has slots.
    let mut revision = 0;
    for n in 0..5000 {
        let draft = Draft::new("en", format!("{n}")).key("one");
        revision = board.publish(&draft).unwrap().revision;
    }
    // Not overtaken by what is appended after it goes on.
    let late = follow(&served.unix(), "").unwrap();
    until_equal(&late, &board);
    other.signal(Signal::CONT);
    other.tell(&revision.to_string());
    assert_eq!(other.says("sees "), "2 lost true reloads true");
    assert_eq!(other.says("marked "), "Ok(1)");
}

#[test]
fn nothing_is_lost_or_there_twice_when_the_daemon_is_killed_and_another_one_comes() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let mut daemon = Other::start("serve", &socket, None).unwrap();
    daemon.says("serving");
    let replica = follow(&socket, "").unwrap();
    for round in 0..3 {
        replica
            .publish(&Draft::new("en", format!("before {round}")))
            .unwrap();
        daemon.signal(Signal::KILL);
        daemon.child.wait().unwrap();
        assert_eq!(titles(&replica).len(), 2 * round + 1);
        daemon = Other::start("serve", &socket, None).unwrap();
        daemon.says("serving");
        replica
            .publish(&Draft::new("en", format!("after {round}")))
            .unwrap();
        until(|| titles(&replica).len() == 2 * round + 2);
    }
    let changes = notice::ChangeQuery::since(0, notice::Query::editor());
    assert_eq!(replica.changes(&changes).unwrap().events.len(), 6);
    drop(daemon);
}

#[test]
fn no_descriptor_is_left_after_a_thousand_attachings_or_from_a_hostile_daemon() {
    let mut other = Other::start("count", &Folder::new().0, None).unwrap();
    assert_eq!(other.says("descriptors "), "none is left");
    // It has a folder to take away.
    assert!(other.child.wait().unwrap().success());
}

/// Attaches again and again, in a process that does nothing else.
fn count_descriptors() {
    let (board, served) = served();
    board.publish(&Draft::new("en", "a")).unwrap();
    let count = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    // What stays for the whole process, and the memory of the server.
    drop(follow(&served.unix(), "").unwrap());
    hostile::attach_to_hostile_daemons();
    // The server closes its side of a connection a moment later.
    let is_gone = |before| until(|| count() <= before);
    let kept = follow(&served.unix(), "").unwrap();
    let before = count();
    for _ in 0..ATTACHINGS {
        let replica = follow(&served.unix(), "").unwrap();
        assert_eq!(titles(&replica), ["a"]);
    }
    is_gone(before);
    hostile::attach_to_hostile_daemons();
    is_gone(before);
    // One who has nothing to do with it is refused, and gets nothing.
    for _ in 0..10 {
        let error = notice::open(&format!("tcp:{}?follow=shm", served.tcp())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
    is_gone(before);
    drop(kept);
    println!("\ndescriptors none is left");
}
