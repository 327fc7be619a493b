//! One file, several processes: `file:PATH?share=NAME`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;

use notice::{Draft, ErrorKind, Head, Mark, OnChange, Query, SharedBoard, Viewer};

use crate::support::{Directory, PATIENCE, name, titles, unread, until};

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
    let alone = notice::open(&folder.url("board.notice")).unwrap();
    assert_eq!(alone.revision(), Ok(2));
    assert_eq!(unread(&*alone, "li.lei").len(), 1);
}

#[test]
fn a_file_that_is_open_but_not_shared_says_so() {
    let (name, folder) = (name(), Directory::new());
    let _alone = notice::open(&folder.url("board.notice")).unwrap();
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

/// A process of this very program that opens the file and does as it is told.
struct Other {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

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

impl Other {
    fn start(url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "joint::other_process",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(URL, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, answers }
    }

    #[track_caller]
    fn says(&mut self, expected: &str) {
        let mut line = String::new();
        while !line.starts_with(expected) {
            line.clear();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "{expected}");
        }
    }

    #[track_caller]
    fn mark(&mut self, id: i64) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{id}").unwrap();
        self.says("marked Ok(1)");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

    let mut first = Other::start(&url);
    first.says("open true");
    let board = notice::open(&url).unwrap();
    let mut third = Other::start(&url);
    third.says("open false");
    first.mark(ids[0]);
    third.mark(ids[1]);
    board
        .mark(&Viewer::new("li.lei"), &[ids[2]], Mark::Read)
        .unwrap();
    // The mark after the kill is made by whoever is faster.
    drop(first);
    board
        .mark(&Viewer::new("li.lei"), &[ids[3]], Mark::Read)
        .unwrap();
    third.mark(ids[4]);
    until(&*board, |board| unread(board, "li.lei") == ids[5..]);
    drop(third);
    board
        .mark(&Viewer::new("li.lei"), &[ids[5]], Mark::Read)
        .unwrap();
    until(&*board, |board| board.custody().is_some());
    drop(board);
    let alone = notice::open(&folder.url("board.notice")).unwrap();
    assert_eq!(unread(&*alone, "li.lei"), ids[6..]);
}
