//! One file, several processes: `file:PATH?share=NAME`.

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
