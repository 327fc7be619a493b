//! When entries are folded into the board's file, and what goes on meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::disk::Disk;
use super::history::{START, settings, told};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::engine::{Durability, Local};
use crate::file::{Mode, Sizing};
use crate::file_board;
use crate::model::Draft;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Opens a board that is folded in the background: from so many bytes on, or after that time.
fn open(disk: &Disk, fold: u64, fold_within: Duration) -> Local {
    let clock = Arc::new(ManualClock::new(START));
    let sizing = Sizing {
        fold: Some(fold),
        fold_within,
        ..Sizing::default()
    };
    let medium = Box::new(disk.clone());
    let full = Durability::Full;
    let store = file_board::open(settings(&clock), medium, Mode::Create, full, None, sizing);
    Local::new(store.unwrap())
}

/// Waits until something is so, which it must be at some time.
#[track_caller]
fn wait_until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + MINUTE;
    while !is_so() {
        assert!(Instant::now() < until);
        std::thread::yield_now();
    }
}

#[test]
fn entries_are_folded_after_five_seconds_or_four_mebibytes() {
    let Sizing {
        fold, fold_within, ..
    } = Sizing::default();
    assert_eq!((fold, fold_within), (Some(4 << 20), Duration::from_secs(5)));
}

#[test]
fn an_entry_is_folded_when_its_time_is_over() {
    let disk = Disk::default();
    let board = open(&disk, u64::MAX, Duration::ZERO);
    for n in 0..3 {
        let before = disk.bytes();
        board.publish(&Draft::new("en", format!("{n}"))).unwrap();
        wait_until(|| disk.bytes() != before);
    }
}

#[test]
fn entries_are_folded_when_they_are_many_and_not_before() {
    const MOST: u64 = 20_000;
    let disk = Disk::default();
    let board = open(&disk, MOST, DAY);
    let before = disk.bytes();
    let mut written = 0;
    // An entry has more bytes than its title, and less than twice as many.
    let draft = Draft::new("en", "x".repeat(200));
    while 2 * (written + 200) < MOST {
        board.publish(&draft).unwrap();
        written += 200;
        assert!(disk.bytes() == before, "{written} bytes of titles");
    }
    while written < MOST {
        board.publish(&draft).unwrap();
        written += 200;
    }
    wait_until(|| disk.bytes() != before);
}

#[test]
fn writes_are_answered_and_durable_while_a_fold_goes_on() {
    let disk = Disk::default();
    let board = Arc::new(open(&disk, u64::MAX, Duration::ZERO));
    let held = disk.hold_syncs_of_board();
    board.publish(&Draft::new("en", "being folded")).unwrap();
    held.begun.recv_timeout(MINUTE).unwrap();
    // On a thread of its own, so that a writer that waits for the fold fails the test.
    let (writer, (sender, done)) = (Arc::clone(&board), std::sync::mpsc::channel());
    let thread = std::thread::spawn(move || {
        for n in 0..20 {
            writer.publish(&Draft::new("en", format!("{n}"))).unwrap();
        }
        sender.send(()).unwrap();
    });
    done.recv_timeout(MINUTE).unwrap();
    thread.join().unwrap();
    assert_eq!(board.revision().unwrap(), 21);
    // Not before the fold is over, which would fold what an export needs.
    let crashed: Vec<Disk> = (0..10).map(|seed| disk.crashed(seed)).collect();
    drop(held);
    let now = told(&*board);
    for disk in crashed {
        assert_eq!(told(&open(&disk, u64::MAX, DAY)), now);
    }
}
