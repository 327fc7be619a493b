//! Boards that are written behind their callers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::disk::{Disk, fail_a_sync};
use super::history::{START, settings};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::engine::{Durability, Local};
use crate::file::{Mode, Sizing};
use crate::file_board;
use crate::model::{Draft, Text};

fn relaxed(disk: &Disk) -> Local {
    let clock = Arc::new(ManualClock::new(START));
    let medium = Box::new(disk.clone());
    let (settings, sizing) = (settings(&clock), Sizing::default());
    let relaxed = Durability::Relaxed;
    let store = file_board::open(settings, medium, Mode::Create, relaxed, None, sizing);
    Local::new(store.unwrap())
}

/// Waits until something is so, which it must be at some time.
#[track_caller]
fn wait_until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until);
        std::thread::yield_now();
    }
}

#[test]
fn writing_out_does_not_wait_for_the_search_index() {
    let disk = Disk::default();
    let board = relaxed(&disk);
    let syncs = disk.syncs();
    let draft = |n: u32| {
        let body: String = (0..200).map(|i| format!("{} ", n * 7919 + i)).collect();
        Draft::from_text(Text::new("en", "Long").body(body))
    };
    let drafts: Vec<Draft> = (0..4000).map(draft).collect();
    board.publish_all(&drafts).unwrap();
    wait_until(|| disk.syncs() > syncs);
    assert!(board.stats().unwrap().unsearched > 0);
}

#[test]
fn what_could_not_be_written_out_is_tried_again_without_being_asked() {
    let disk = Disk::default();
    let board = relaxed(&disk);
    fail_a_sync(&disk);
    board.publish(&Draft::new("en", "kept")).unwrap();
    let syncs = disk.syncs();
    wait_until(|| disk.has_failed() && disk.syncs() > syncs);
    wait_until(|| relaxed(&disk.crashed(1)).revision().unwrap() == 1);
}
