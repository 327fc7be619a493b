//! Keeps a list up to date, and prints what comes, changes and goes: `cargo run --example follow`
//!
//! A second thread plays the editor; the list ends with the board.

#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::thread;
use std::time::Duration;

use notice::{ChangeQuery, Draft, ErrorKind, Query, SharedBoard, Text, Viewer};

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
    let page = board.query(&query)?;
    let titles = page.items.iter();
    let mut list: BTreeMap<i64, String> = titles
        .map(|item| (item.announcement.id(), item.text().title.to_owned()))
        .collect();
    let mut follow = ChangeQuery::since(page.count.revision, query).epoch(page.count.epoch);
    while !list.is_empty() {
        // Announcements that start or end by time alone make no revision; none here does. Otherwise
        // `next_change_at` says how long to wait at most before the query is asked again.
        match board.wait(follow.since, Duration::from_secs(60)) {
            Err(error) if error.kind() == ErrorKind::TimedOut => continue,
            reached => drop(reached?),
        }
        let changes = board.changes(&follow)?;
        for event in changes.events {
            match event.item {
                Some(item) => {
                    println!("+ {}", item.text().title);
                    list.insert(event.id, item.text().title.to_owned());
                }
                None => {
                    if let Some(title) = list.remove(&event.id) {
                        println!("- {title} {}", event.reason);
                    }
                }
            }
        }
        follow.since = changes.to_revision;
    }
    Ok(())
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
