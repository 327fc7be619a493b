//! Keeps a list up to date, and prints what comes, changes and goes: `cargo run --example follow`
//!
//! A second thread plays the editor; the list ends with the board.

#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::thread;
use std::time::Duration;

use notice::follow::{Answer, Follower, Next, Reason};
use notice::{
    ChangeQuery, Clock, Draft, ErrorKind, Item, Query, SharedBoard, SystemClock, Text, Viewer,
};

fn main() -> Result<(), Box<dyn Error>> {
    let board = notice::open("mem:")?;
    let welcome = board.publish(&draft("Welcome"))?.id;
    let editor = {
        let board = board.clone();
        thread::spawn(move || edit(&board, welcome))
    };
    follow(&board)?;
    editor.join().map_err(|_| "the editor panicked")??;
    Ok(())
}

/// Follows until nothing is left on the board.
fn follow(board: &SharedBoard) -> notice::Result<()> {
    let query = Query::new(Viewer::new("m.keller")).limit(100);
    let mut list = List::default();
    let mut follower = Follower::new();
    while follower.known.is_none() || !list.titles.is_empty() {
        let head = board.head()?;
        match follower.next(&head, SystemClock.now()) {
            // What has changed, while the board can still tell that.
            Next::Ask(Reason::Revision) => match news(board, &follower, &query, &mut list) {
                Ok(answer) => drop(follower.answered(answer)),
                Err(error) => follower.failed(error.kind(), SystemClock.now()),
            },
            // Everything: at first, and when something has started or ended by its time.
            Next::Ask(_) => {
                let page = board.query(&query)?;
                list.replace(&page.items);
                follower.answered((&page.count).into());
            }
            Next::Sleep { until } => {
                let ms = until.map_or(u64::MAX, |until| until.abs_diff(SystemClock.now()));
                match board.wait(head.revision, Duration::from_millis(ms)) {
                    Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error),
                    // Woken by a change or by the time: the follower knows what to do.
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Brings the list up to date with what has changed.
fn news(
    board: &SharedBoard,
    follower: &Follower,
    query: &Query,
    list: &mut List,
) -> notice::Result<Answer> {
    let now = SystemClock.now();
    let since = follower.known.map_or(0, |known| known.revision);
    let mut changes = ChangeQuery::since(since, query.clone());
    changes.epoch = follower.known.map(|known| known.epoch);
    let page = board.changes(&changes)?;
    for event in page.events {
        match event.item {
            Some(item) => list.put(&item),
            None => list.take(event.id, &event.reason),
        }
    }
    Ok(Answer::new(
        page.epoch,
        page.to_revision,
        now,
        page.next_change_at,
    ))
}

/// The titles that are shown, by id.
#[derive(Default)]
struct List {
    titles: BTreeMap<i64, String>,
}

impl List {
    fn put(&mut self, item: &Item) {
        println!("+ {}", item.text().title);
        let title = item.text().title.to_owned();
        self.titles.insert(item.id(), title);
    }

    fn take(&mut self, id: i64, reason: &str) {
        if let Some(title) = self.titles.remove(&id) {
            println!("- {title} {reason}");
        }
    }

    fn replace(&mut self, items: &[Item]) {
        let titles = items.iter();
        self.titles = titles
            .map(|item| (item.id(), item.text().title.to_owned()))
            .collect();
    }
}

fn edit(board: &SharedBoard, welcome: i64) -> notice::Result<()> {
    let maintenance = board.publish(&draft("Maintenance tonight"))?.id;
    board.retract(welcome, "(out of date)")?;
    board.purge(maintenance)?;
    Ok(())
}

fn draft(title: &str) -> Draft {
    Draft::from_text(Text::new("en", title))
}
