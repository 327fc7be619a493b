//! One file, several processes: `file:PATH?share=NAME`.

#[cfg(unix)]
use std::process::Child;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread;

use notice::{Draft, ErrorKind, Head, Mark, OnChange, Query, SharedBoard, Viewer};

use crate::directory::Directory;
use crate::other::Other;
use crate::support::{PATIENCE, name, titles, unread, until};

fn open(folder: &Directory, name: &str) -> SharedBoard {
    notice::open(&format!("{}?share={name}", folder.url("board.notice"))).unwrap()
}

#[test]
fn the_second_follows_the_first_and_writes_through_it() {
    let (name, folder) = (name(), Directory::new());
    let first = open(&folder, &name);
    let second = open(&folder, &name);
    assert!(first.custody().is_some() && second.custody().is_none());
    let id = first.publish(&Draft::new("en", "Of the first")).unwrap().id;
    assert_eq!(second.wait(0, PATIENCE), Ok(1));
    let own = second.publish(&Draft::new("en", "Of the second")).unwrap();
    assert!(!own.duplicate);
    assert_eq!(
        titles(&*second, "li.lei"),
        ["Of the second", "Of the first"]
    );
    second
        .mark(&Viewer::new("li.lei"), &[id], Mark::Read)
        .unwrap();
    assert_eq!(unread(&*first, "li.lei"), [own.id]);
    assert_eq!(
        unread(&*second, "li.lei"),
        [own.id],
        "whoever has marked sees the mark"
    );
    let error = second
        .mark(&Viewer::new("li.lei"), &[77], Mark::Read)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let all = Query::new(Viewer::new("li.lei"));
    assert_eq!(second.mark_all_read(&all, None), Ok(2));
    assert!(second.forget_user("li.lei").unwrap());
    assert_eq!(unread(&*first, "li.lei"), [id, own.id]);
    let faults = second.check(&[Draft::new("en", "")]).unwrap().faults;
    assert_eq!(faults.len(), 1);
}

#[test]
fn a_follower_sees_what_it_has_written_whenever_the_call_returns() {
    let (name, folder) = (name(), Directory::new());
    let _first = open(&folder, &name);
    let second = open(&folder, &name);
    for revision in 1..=50 {
        let published = second.publish(&Draft::new("en", "Here")).unwrap();
        assert_eq!(second.revision(), Ok(revision));
        assert!(unread(&*second, "li.lei").contains(&published.id));
    }
}

#[test]
fn when_the_first_ends_the_second_has_the_file_and_waits_go_on() {
    let (name, folder) = (name(), Directory::new());
    let first = open(&folder, &name);
    let id = first.publish(&Draft::new("en", "Kept")).unwrap().id;
    let second = open(&folder, &name);
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head.revision);
    });
    second.on_change(Arc::downgrade(&callback)).unwrap();
    let waiting = Arc::clone(&second);
    let wait = thread::spawn(move || waiting.wait(1, PATIENCE));
    drop(first);
    until(&*second, |second| second.custody().is_some());
    second
        .mark(&Viewer::new("li.lei"), &[id], Mark::Read)
        .unwrap();
    second.publish(&Draft::new("en", "Later")).unwrap();
    assert_eq!(wait.join().unwrap(), Ok(2));
    assert_eq!(heads.iter().find(|revision| *revision == 2), Some(2));

    let third = open(&folder, &name);
    assert_eq!(unread(&*third, "li.lei").len(), 1);
    drop((second, third));
    let alone = folder.open("board.notice");
    assert_eq!(alone.revision(), Ok(2));
    assert_eq!(unread(&*alone, "li.lei").len(), 1);
}

#[test]
fn a_file_is_closed_at_once_also_while_what_was_written_is_being_shared() {
    let folder = Directory::new();
    for round in 0..20 {
        let name = name();
        let joint = open(&folder, &name);
        joint.publish(&Draft::new("en", "Joint")).unwrap();
        drop(joint);
        let alone = folder.open("board.notice");
        let sharing = notice::share(&alone, &name).unwrap();
        alone.publish(&Draft::new("en", "Shared")).unwrap();
        drop((sharing, alone));
        assert_eq!(folder.open("board.notice").revision(), Ok(2 * (round + 1)));
    }
}

#[test]
fn a_file_that_is_open_but_not_shared_says_so() {
    let (name, folder) = (name(), Directory::new());
    let _alone = folder.open("board.notice");
    let url = format!("{}?share={name}", folder.url("board.notice"));
    let error = notice::open(&url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(
        error.to_string().contains(&format!("?share={name}")),
        "{error}"
    );
    let url = format!("{}?share={name}&mode=ro", folder.url("board.notice"));
    assert_eq!(notice::open(&url).unwrap_err().path(), Some("url.share"));
}

#[test]
fn whoever_opens_the_file_finds_the_others_without_a_name() {
    let folder = Directory::new();
    let first = open(&folder, "auto");
    let id = first.publish(&Draft::new("en", "Here")).unwrap().id;
    std::fs::create_dir(folder.path("inside")).unwrap();
    let detour = folder.path("inside").join("..").join("board.notice");
    let second = notice::open(&format!("file:{}?share=auto", detour.display())).unwrap();
    assert!(second.custody().is_none());
    second
        .mark(&Viewer::new("li.lei"), &[id], Mark::Read)
        .unwrap();
    assert_eq!(unread(&*first, "li.lei"), [0_i64; 0]);

    let other = notice::open(&format!("{}?share=auto", folder.url("other.notice"))).unwrap();
    assert!(other.custody().is_some(), "another file is another board");
    assert_eq!(other.revision(), Ok(0));
    drop(first);
    until(&*second, |second| second.custody().is_some());
    let third = open(&folder, "auto");
    assert!(third.custody().is_none());
    assert_eq!(titles(&*third, "li.lei"), ["Here"]);
}

#[test]
fn another_board_under_the_name_is_not_taken_for_the_file() {
    let (name, folder) = (name(), Directory::new());
    let first = open(&folder, &name);
    let url = format!(
        "{}?share={name}&timeout_ms=1000",
        folder.url("other.notice")
    );
    let error = notice::open(&url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    drop(first);
    let other = notice::open(&url).unwrap();
    assert!(other.custody().is_some());
}

#[test]
fn a_timeout_is_for_files_that_are_shared() {
    let folder = Directory::new();
    for parameters in ["timeout_ms=1000", "share=auto&timeout_ms=999"] {
        let error = notice::open(&format!("{}?{parameters}", folder.url("board.notice")));
        assert_eq!(error.unwrap_err().path(), Some("url.timeout_ms"));
    }
    assert!(!folder.path("board.notice").exists());
}

/// A process that is stopped. It goes on when this is dropped, also by a test that fails.
#[cfg(unix)]
struct Stopped(u32);

#[cfg(unix)]
impl Stopped {
    fn new(child: &Child) -> Self {
        let stopped = Self(child.id());
        stopped.signal("-STOP");
        // Each thread stops when it runs next.
        while !threads(child).iter().all(|state| state == "T") {
            thread::yield_now();
        }
        stopped
    }

    fn signal(&self, signal: &str) {
        let id = self.0.to_string();
        let _ = Command::new("kill").args([signal, &id]).status();
    }
}

#[cfg(unix)]
impl Drop for Stopped {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// The states of the threads of a process.
#[cfg(unix)]
fn threads(child: &Child) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    let state = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
        let (_, behind) = stat.rsplit_once(") ").unwrap();
        behind.split(' ').next().unwrap().to_owned()
    };
    tasks.map(state).collect()
}

#[cfg(unix)]
#[test]
fn nobody_waits_long_for_a_process_that_is_stopped() {
    let (name, folder) = (name(), Directory::new());
    let url = format!(
        "{}?share={name}&timeout_ms=1000",
        folder.url("board.notice")
    );
    let board = notice::open(&url).unwrap();
    let id = board.publish(&Draft::new("en", "Here")).unwrap().id;
    drop(board);
    let mut first = start(&url);
    says(&mut first, "open true");
    let second = notice::open(&url).unwrap();
    let reader = Viewer::new("li.lei");
    second.mark(&reader, &[id], Mark::Read).unwrap();
    let stopped = Stopped::new(&first.child);
    // It waits until the other one has been silent for as long as a call may take, and then no more.
    until(&*second, |second| {
        let error = second.mark(&reader, &[id], Mark::Dismiss).unwrap_err();
        let is_silent = error.kind() == ErrorKind::Unavailable;
        assert!(is_silent || error.kind() == ErrorKind::TimedOut, "{error}");
        is_silent
    });
    assert_eq!(
        titles(&*second, "li.lei"),
        ["Here"],
        "it answers all the same"
    );
    // The snapshot is there from before, and what has the file needs not to answer.
    let third = notice::open(&url).unwrap();
    assert_eq!(titles(&*third, "li.lei"), ["Here"]);
    drop(stopped);
    until(&*second, |second| {
        second.mark(&reader, &[id], Mark::Acknowledge).is_ok()
    });
}

#[cfg(unix)]
#[test]
fn opening_fails_in_time_if_who_has_the_file_is_stopped_and_has_left_no_snapshot() {
    use std::os::unix::fs::MetadataExt;

    let (name, folder) = (name(), Directory::new());
    let url = format!(
        "{}?share={name}&timeout_ms=1000",
        folder.url("board.notice")
    );
    let mut first = start(&url);
    says(&mut first, "open true");
    drop(notice::open(&url).unwrap());
    let stopped = Stopped::new(&first.child);
    let user = std::fs::metadata(folder.path("")).unwrap().uid();
    let snapshot = format!("{name}.snapshot-");
    for entry in std::fs::read_dir(format!("/dev/shm/notice-{user}")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_str().unwrap().starts_with(&snapshot) {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    for url in [&url, &format!("shm:{name}?timeout_ms=1000")] {
        let error = notice::open(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    }
    drop(stopped);
    assert!(notice::open(&url).unwrap().custody().is_none());
}

/// What another process of this very program opens.
const URL: &str = "NOTICE_TEST_JOINT";

/// Not a test: what the other process does.
#[test]
fn other_process() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let board = notice::open(&url).unwrap();
    println!("\nopen {}", board.custody().is_some());
    for line in std::io::stdin().lines() {
        let id = line.unwrap().parse().unwrap();
        let marked = board.mark(&Viewer::new("li.lei"), &[id], Mark::Read);
        println!("\nmarked {marked:?}");
    }
}

/// Starts a process of this very program that opens the file, and marks what it is told to.
fn start(url: &str) -> Other {
    let name = "joint::other_process";
    let words = [name, "--exact", "--nocapture", "--test-threads=1"];
    let mut command = Command::new(std::env::current_exe().unwrap());
    Other::start(command.args(words).env(URL, url))
}

/// Reads until the other process says what is expected, among what the test harness says.
#[track_caller]
fn says(other: &mut Other, expected: &str) {
    while !other.line().starts_with(expected) {}
}

#[track_caller]
fn mark(other: &mut Other, id: i64) {
    other.tell(&id.to_string());
    says(other, "marked Ok(1)");
}

fn kill(mut other: Other) {
    other.child.kill().unwrap();
}

#[test]
fn no_mark_is_lost_when_the_one_who_has_the_file_is_killed() {
    let (name, folder) = (name(), Directory::new());
    let url = format!("{}?share={name}", folder.url("board.notice"));
    let board = notice::open(&url).unwrap();
    let ids: Vec<i64> = (0..9)
        .map(|number| {
            board
                .publish(&Draft::new("en", format!("{number}")))
                .unwrap()
                .id
        })
        .collect();
    drop(board);

    let mut first = start(&url);
    says(&mut first, "open true");
    let board = notice::open(&url).unwrap();
    let mut third = start(&url);
    says(&mut third, "open false");
    mark(&mut first, ids[0]);
    mark(&mut third, ids[1]);
    board
        .mark(&Viewer::new("li.lei"), &[ids[2]], Mark::Read)
        .unwrap();
    // The mark after the kill is made by whoever is faster.
    kill(first);
    board
        .mark(&Viewer::new("li.lei"), &[ids[3]], Mark::Read)
        .unwrap();
    mark(&mut third, ids[4]);
    until(&*board, |board| unread(board, "li.lei") == ids[5..]);
    kill(third);
    board
        .mark(&Viewer::new("li.lei"), &[ids[5]], Mark::Read)
        .unwrap();
    until(&*board, |board| board.custody().is_some());
    drop(board);
    let alone = folder.open("board.notice");
    assert_eq!(unread(&*alone, "li.lei"), ids[6..]);
}
