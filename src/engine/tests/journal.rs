//! The journal file: what is in it is found, cut off or told, and never anything else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::disk::Disk;
use super::history::{
    History, Opening, START, Step, beginning, open, publish, script, told, update,
};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::custody::Custody;
use crate::engine::Local;
use crate::error::{Error, ErrorKind, Language, Result};
use crate::file::{Medium, Sizing};
use crate::model::{Draft, Mark, Operation, Patch, Text, Viewer};

/// One segment that is never full.
const ROOMY: Opening = Opening {
    sizing: Sizing {
        segment: 1 << 16,
        segments: 2,
        fold: None,
        fold_within: Duration::ZERO,
    },
    ..Opening::PLAIN
};

fn open_as(opening: Opening, disk: &Disk) -> Result<Local> {
    opening.open(disk, &Arc::new(ManualClock::new(START)))
}

/// Writes of which each is one frame.
fn writes() -> Vec<Step> {
    let title = |n: i64| update(n, Patch::new().title("en", format!("title {n}")));
    (1..=5)
        .map(|n| Step::Apply(vec![title(n)]))
        .chain([Step::Mark("eve", vec![3], Mark::Read)])
        .collect()
}

/// A disk as a power cut leaves it, whose journal has several frames, with what the board told after each,
/// and where each begins.
struct Frames {
    disk: Disk,
    told: Vec<String>,
    places: Vec<usize>,
}

fn frames(opening: Opening) -> Frames {
    let mut history = History::opened(opening, &beginning());
    history.reopen().unwrap();
    let mut frames = Frames {
        disk: Disk::default(),
        told: vec![history.tells()],
        places: Vec::new(),
    };
    for step in writes() {
        let before = history.disk.journal().unwrap_or_default();
        assert!(history.take(&step));
        let after = history.disk.journal().unwrap();
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b);
        // A frame begins with its length, which is not 0, at a multiple of 32.
        frames.places.push(same.count() / 32 * 32);
        frames.told.push(history.tells());
    }
    frames.disk = history.disk.copied();
    frames
}

/// The disk with a byte of the journal changed.
fn changed(disk: &Disk, place: usize, by: u8) -> Disk {
    let mut journal = disk.journal().unwrap();
    journal[place] ^= by;
    Disk::holding(Some(disk.bytes()), Some(journal))
}

#[track_caller]
fn assert_corrupt(error: &Error, en: &str, zh: &str) {
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let value = error.message(Language::En);
    assert!(value.contains("disk-journal"), "{value}");
    assert!(error.reason(Language::En).contains(en), "{error}");
    assert!(error.reason(Language::Zh).contains(zh), "{error}");
}

#[test]
fn the_journal_goes_on_from_the_boards_file_wherever_that_is() {
    let frames = frames(ROOMY);
    let board = open_as(ROOMY, &frames.disk.copied()).unwrap();
    assert_eq!(Some(&told(&board)), frames.told.last());
    assert_eq!(board.verify().unwrap().problems, []);
    board.publish(&Draft::new("en", "after")).unwrap();
}

#[test]
fn a_torn_end_is_cut_off_and_damage_before_it_is_told_with_its_place() {
    let frames = frames(ROOMY);
    let (last, others) = frames.places.split_last().unwrap();
    let found = open_as(ROOMY, &changed(&frames.disk, last + 40, 1)).unwrap();
    assert_eq!(told(&found), frames.told[frames.told.len() - 2]);
    for place in &others[1..] {
        for at in [place + 1, place + 40] {
            let error = open_as(ROOMY, &changed(&frames.disk, at, 1)).err().unwrap();
            assert_corrupt(
                &error,
                &format!("byte {place}:"),
                &format!("第 {place} 字节"),
            );
        }
    }
}

#[test]
fn a_board_with_a_torn_end_goes_on_and_its_journal_is_sound_again() {
    let frames = frames(ROOMY);
    let disk = changed(&frames.disk, frames.places.last().unwrap() + 40, 1);
    let board = open_as(ROOMY, &disk).unwrap();
    board.publish(&Draft::new("en", "on top")).unwrap();
    let (now, crashed) = (told(&board), disk.crashed(7));
    assert_eq!(told(&open_as(ROOMY, &crashed).unwrap()), now);
    drop(board);
    assert_eq!(disk.journal(), None);
    assert_eq!(told(&open_as(ROOMY, &disk).unwrap()), now);
}

#[test]
fn changed_bytes_of_either_file_are_told_or_cut_off_the_end() {
    for opening in [ROOMY, Opening::PLAIN] {
        let frames = frames(opening);
        let (board, journal) = (frames.disk.bytes(), frames.disk.journal().unwrap());
        let used = journal.iter().rposition(|byte| *byte != 0).unwrap() + 64;
        let heads = frames.places.iter().flat_map(|place| *place..*place + 40);
        let in_journal: BTreeSet<usize> = (0..80)
            .chain(heads)
            .chain((0..used.min(journal.len())).step_by(5))
            .collect();
        let mut refused = 0;
        let mut check = |disk: Disk, place: usize| {
            let found = match open_as(opening, &disk) {
                Ok(board) => board,
                Err(error) => {
                    let kind = error.kind();
                    let is_said = matches!(kind, ErrorKind::Corrupt | ErrorKind::Unsupported);
                    assert!(is_said, "byte {place}: {error}");
                    refused += 1;
                    return;
                }
            };
            let is_good = found.verify().is_ok_and(|found| found.is_good());
            assert!(
                !is_good || frames.told.contains(&told(&found)),
                "byte {place}"
            );
        };
        for (n, place) in in_journal.into_iter().enumerate() {
            check(changed(&frames.disk, place, [0x01, 0xFF][n % 2]), place);
        }
        for (n, place) in (0..320)
            .step_by(7)
            .chain((320..board.len()).step_by(16_411))
            .enumerate()
        {
            let mut changed = board.clone();
            changed[place] ^= [0x01, 0xFF][n % 2];
            check(Disk::holding(Some(changed), Some(journal.clone())), place);
        }
        assert!(refused > 100, "{refused}");
    }
}

#[test]
fn any_bytes_as_a_journal_are_refused_or_nothing() {
    let frames = frames(ROOMY);
    let board = frames.disk.bytes();
    let whole = frames.disk.journal().unwrap();
    for length in (0..frames.places[1]).step_by(97).chain([whole.len() - 1]) {
        let disk = Disk::holding(Some(board.clone()), Some(whole[..length].to_vec()));
        if let Ok(found) = open_as(ROOMY, &disk) {
            assert!(frames.told.contains(&told(&found)), "{length}");
        }
    }
    for text in [b"a text that somebody needs".to_vec(), vec![b'x'; 5000]] {
        let disk = Disk::holding(Some(board.clone()), Some(text.clone()));
        let error = open_as(ROOMY, &disk).err().unwrap();
        assert_corrupt(&error, "damaged at byte 0", "第 0 字节");
        assert_eq!(disk.journal(), Some(text), "it is left as it is");
    }
    let zeros = Disk::holding(Some(board), Some(vec![0; 5000]));
    assert_eq!(told(&open_as(ROOMY, &zeros).unwrap()), frames.told[0]);
}

#[test]
fn the_journal_of_a_different_board_is_refused_and_left_as_it_is() {
    let frames = frames(ROOMY);
    let other = History::opened(ROOMY, &beginning());
    let disk = Disk::holding(Some(other.disk.bytes()), frames.disk.journal());
    let before = disk.journal();
    let error = open_as(ROOMY, &disk).err().unwrap();
    assert_corrupt(&error, "journal of a different board", "另一个公告板");
    assert_eq!(disk.journal(), before);
}

#[test]
fn the_journal_of_a_newer_board_is_refused_beside_an_older_copy() {
    let mut history = History::opened(ROOMY, &beginning());
    history.reopen().unwrap();
    let copy = history.disk.bytes();
    for step in &script()[..3] {
        assert!(history.take(step));
    }
    // What is in redb is no longer in the journal.
    assert!(history.take(&Step::Compact) && history.take(&script()[4]));
    let disk = Disk::holding(Some(copy), history.disk.journal());
    let error = open_as(ROOMY, &disk).err().unwrap();
    assert_corrupt(&error, "replaced by an older copy", "较旧的副本");
}

#[test]
fn the_journal_of_a_different_history_is_refused() {
    let mut history = History::opened(ROOMY, &beginning());
    history.reopen().unwrap();
    let copy = Disk::holding(Some(history.disk.bytes()), None);
    assert!(history.take(&writes()[0]) && history.take(&writes()[1]));
    // Two boards went on from one file. One of them has folded as much as the other, or less.
    for steps in [1, 2] {
        let other = copy.copied();
        let board = open_as(ROOMY, &other).unwrap();
        for n in 0..steps {
            board.retract(n + 1, "otherwise").unwrap();
        }
        drop(board);
        let disk = Disk::holding(Some(other.bytes()), history.disk.journal());
        let error = open_as(ROOMY, &disk).err().unwrap();
        assert_corrupt(&error, "different history", "历史不一致");
    }
}

#[test]
fn a_journal_without_its_board_is_not_made_a_new_board_of() {
    let frames = frames(ROOMY);
    let disk = Disk::holding(None, frames.disk.journal());
    let error = open_as(ROOMY, &disk).err().unwrap();
    assert_corrupt(&error, "whose file is missing", "公告板文件缺失");
    assert!(!disk.exists().unwrap() && disk.journal() == frames.disk.journal());
    // One that has nothing in it is of no use to anybody.
    open_as(ROOMY, &Disk::holding(None, Some(Vec::new()))).unwrap();
}

#[test]
fn a_write_that_was_refused_never_comes_to_life() {
    use super::disk::{Call, Fault, How};
    let frames = frames(ROOMY);
    let mut kept = 0;
    // The frame and what takes it back: each may be done and fail all the same, or not be done.
    for (how, after) in [
        (How::Done, 0),
        (How::Undone, 1),
        (How::Done, 1),
        (How::Short, 0),
    ] {
        let disk = frames.disk.copied();
        let board = open_as(ROOMY, &disk).unwrap();
        board.publish(&Draft::new("en", "before")).unwrap();
        let before = told(&board);
        disk.set_fault(Some(Fault {
            call: Call::Any,
            after,
            count: 1,
            how,
            kind: std::io::ErrorKind::Other,
        }));
        let error = board.publish(&Draft::new("en", "refused")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        for seed in 0..20 {
            let found = open_as(ROOMY, &disk.crashed(seed)).unwrap();
            assert_eq!(told(&found), before);
        }
        board.publish(&Draft::new("en", "instead")).unwrap();
        let after = told(&board);
        for seed in 0..20 {
            let found = open_as(ROOMY, &disk.crashed(seed)).unwrap();
            assert_eq!(told(&found), after);
            kept += 1;
        }
    }
    assert_eq!(kept, 80);
}

#[test]
fn a_group_longer_than_a_segment_is_one_all_the_same() {
    let mut history = History::opened(Opening::PLAIN, &beginning());
    let long = |n: i32| {
        publish(Draft::from_text(
            Text::new("en", format!("long {n}")).body("x".repeat(3000)),
        ))
    };
    assert!(history.take(&writes()[0]));
    assert!(history.take(&Step::Apply((0..20).map(long).collect())));
    assert!(history.take(&writes()[1]));
    history.check();
    for seed in 0..10 {
        history.check_disk(&history.disk.crashed(seed));
    }
}

#[test]
fn the_journal_stays_within_its_bound_however_much_is_written() {
    let mut history = History::opened(Opening::PLAIN, &beginning());
    let Sizing {
        segment, segments, ..
    } = Opening::PLAIN.sizing;
    let most = segment as usize * segments;
    let mut is_at_most = false;
    for n in 0..200 {
        let draft = Draft::new("en", format!("{n}")).key("same");
        assert!(history.take(&Step::Apply(vec![publish(draft)])));
        let length = history.disk.journal().unwrap().len();
        assert!(length <= most, "{length}");
        is_at_most |= length == most;
    }
    assert!(is_at_most);
    history.check();
    history.check_disk(&history.disk.crashed(1));
}

#[test]
fn a_sync_of_a_segment_that_is_used_again_changes_no_length() {
    let mut history = History::opened(Opening::PLAIN, &beginning());
    let mut lengths = Vec::new();
    for n in 0..200 {
        let draft = Draft::new("en", format!("{n}")).key("same");
        assert!(history.take(&Step::Apply(vec![publish(draft)])));
        lengths.push(history.disk.journal().unwrap().len());
    }
    assert!(lengths[50..].iter().all(|length| *length == lengths[50]));
}

#[test]
fn a_board_that_was_closed_is_its_file_alone() {
    let mut history = History::opened(ROOMY, &beginning());
    for step in &script() {
        assert!(history.take(step));
    }
    assert!(history.disk.journal().is_some());
    history.close();
    for seed in 0..10 {
        assert_eq!(history.disk.crashed(seed).journal(), None);
    }
    history.check_disk(&history.disk.copied());
}

#[test]
fn opening_and_asking_make_no_journal() {
    let mut history = History::opened(ROOMY, &beginning());
    history.reopen().unwrap();
    history.check();
    assert_eq!(history.disk.journal(), None);
}

#[test]
fn a_text_that_was_evicted_is_found_while_only_the_journal_has_it() {
    let clock = Arc::new(ManualClock::new(START));
    let disk = Disk::default();
    let board = ROOMY.open(&disk, &clock).unwrap();
    let brief = |title: &str| publish(Draft::new("en", title).visible(None, START + 10));
    board.apply(&[brief("one"), brief("two")]).unwrap();
    clock.set(START + 20);
    Step::Evict.take(&board).unwrap();
    assert_eq!(board.stats().unwrap().shelved, 2);
    assert!(told(&board).contains("one"));
    board
        .update(1, Patch::new().title("en", "changed"))
        .unwrap();
    board.apply_one(Operation::Purge { id: 2 }).unwrap();
    Step::Evict.take(&board).unwrap();
    for _ in 0..2 {
        let told = told(&board);
        assert!(told.contains("changed") && !told.contains("two"));
        // And then in redb.
        Step::Fold.take(&board).unwrap();
    }
    assert_eq!(board.verify().unwrap().problems, []);
}

#[test]
fn an_import_leaves_nothing_in_the_journal_that_could_be_taken_for_its_own() {
    let mut lines = Vec::new();
    let from = History::opened(ROOMY, &beginning());
    from.export_to(&mut lines);
    let disk = Disk::default();
    let board = open_as(ROOMY, &disk).unwrap();
    let viewer = Viewer::new("early");
    board
        .mark_all_read(&crate::query::Query::new(viewer), None)
        .unwrap();
    assert!(disk.journal().is_some_and(|journal| !journal.is_empty()));
    board.import(&mut &lines[..]).unwrap();
    let imported = told(&board);
    for seed in 0..10 {
        assert_eq!(
            told(&open_as(ROOMY, &disk.crashed(seed)).unwrap()),
            imported
        );
    }
    board.publish(&Draft::new("en", "after")).unwrap();
    let after = told(&board);
    for seed in 0..10 {
        assert_eq!(told(&open_as(ROOMY, &disk.crashed(seed)).unwrap()), after);
    }
}

#[test]
fn what_was_purged_or_forgotten_is_in_neither_file_after_compaction() {
    const SECRET: &str = "xyzzyxyzzy";
    let has = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
    // Texts of less than a page and of several, purged in the fold that they came with, or in a later one.
    for (length, folds) in [(1, 1), (50, 2), (50, 0), (1500, 3)] {
        let disk = Disk::default();
        let board = open_as(ROOMY, &disk).unwrap();
        for n in 0..20 {
            let text = Text::new("en", format!("{SECRET} {n}")).body(SECRET.repeat(length));
            board.publish(&Draft::from_text(text)).unwrap();
            board
                .publish(&Draft::new("en", format!("kept {n}")))
                .unwrap();
            let user = Viewer::new(format!("{SECRET} {n}"));
            board.mark(&user, &[2 * n + 2], Mark::Read).unwrap();
            if folds > 1 && n % 7 == 0 {
                Step::Fold.take(&board).unwrap();
            }
        }
        if folds == 1 {
            Step::Fold.take(&board).unwrap();
        }
        for n in 0..20 {
            board.apply_one(Operation::Purge { id: 2 * n + 1 }).unwrap();
            assert!(board.forget_user(&format!("{SECRET} {n}")).unwrap());
            if folds > 2 && n % 5 == 0 {
                Step::Fold.take(&board).unwrap();
            }
        }
        assert!(has(&disk.journal().unwrap()) && (folds == 0 || has(&disk.bytes())));
        let before = told(&board);
        board.compact().unwrap();
        assert!(
            !has(&disk.journal().unwrap_or_default()),
            "in the journal: {length}"
        );
        assert!(!has(&disk.bytes()), "in the board's file: {length} {folds}");
        assert_eq!(board.verify().unwrap().problems, []);
        assert_eq!(told(&board), before);
        drop(board);
        assert_eq!(told(&open_as(ROOMY, &disk).unwrap()), before);
        assert!(!has(&disk.bytes()), "{length}");
    }
}

#[test]
fn damage_of_the_journal_while_the_board_is_open_is_found_by_verifying() {
    let disk = Disk::default();
    let board = open_as(ROOMY, &disk).unwrap();
    for n in 0..3 {
        board.publish(&Draft::new("en", format!("{n}"))).unwrap();
    }
    let journal = disk.open_journal().unwrap().unwrap();
    journal.write(512 + 40, b"damaged").unwrap();
    let problems = board.verify().unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    // Memory is intact, and is in redb now.
    assert_eq!(board.verify().unwrap().problems, []);
    drop(board);
    let clock = Arc::new(ManualClock::new(START));
    assert_eq!(open(&disk, &clock).unwrap().revision().unwrap(), 3);
}
