//! Calls of the disk that fail, one after the other, for a whole history.

use std::io;

use super::disk::{Call, Disk, Fault, How};
use super::history::{
    History, Opening, beginning, is_uncertain, publish, script, script_of_compaction,
    script_of_upkeep,
};
use super::{Step, assert_is_of_file};
use crate::error::{ErrorKind, Language};
use crate::model::Draft;

/// Failing for good.
const FOR_GOOD: u64 = u64::MAX;

/// What the histories of one kind of fault came to.
#[derive(Debug, Default)]
struct Tally {
    runs: u64,
    refused: usize,
    /// Of those, how many nobody knew of whether they had happened.
    uncertain: usize,
    /// How often something of which nobody knew was there after a crash, and how often there was nothing.
    held: u64,
    lost: u64,
}

/// Runs the history with a fault at the first call, at the second, and so on to its end.
fn fail_everywhere(call: Call, how: How, count: u64, kind: io::ErrorKind) -> Tally {
    fail_everywhere_in(&script(), Opening::PLAIN, call, how, count, kind)
}

/// The same with some history, opened in some way.
fn fail_everywhere_in(
    script: &[Step],
    opening: Opening,
    call: Call,
    how: How,
    count: u64,
    kind: io::ErrorKind,
) -> Tally {
    let mut begun = History::opened(opening, &beginning());
    begun.close();
    let mut tally = Tally::default();
    for after in 0.. {
        let fault = Fault {
            call,
            after,
            count,
            how,
            kind,
        };
        let disk = begun.disk.copied();
        if !fail_once(script, &disk, opening, fault, &mut tally) {
            break;
        }
        tally.runs += 1;
    }
    tally
}

/// Whether the history is long enough for the fault.
fn fail_once(
    script: &[Step],
    disk: &Disk,
    opening: Opening,
    fault: Fault,
    tally: &mut Tally,
) -> bool {
    let mut history = History::on_as(disk.clone(), opening, &beginning());
    history.reopen().unwrap();
    history.disk.set_fault(Some(fault));
    for step in script {
        if !history.take(step) {
            history.check();
        }
    }
    history.check();
    let has_failed = history.disk.has_failed();
    let held = history.check_disk(&history.disk.crashed(fault.after));
    (tally.held, tally.lost) = (tally.held + u64::from(held), tally.lost + u64::from(!held));
    // The disk is well again.
    history.disk.set_fault(None);
    go_on(&mut history);
    history.check_disk(&history.disk.crashed(fault.after + 1));
    for error in &history.refused {
        assert_is_of_file(error);
    }
    tally.refused += history.refused.len();
    tally.uncertain += history.refused.iter().filter(|e| is_uncertain(e)).count();
    has_failed
}

/// The board takes a write.
fn go_on(history: &mut History) {
    let step = Step::Apply(vec![publish(Draft::new("en", "after"))]);
    // The first one may still be told of what redb found out by itself.
    let goes_on = history.take(&step) || history.take(&step);
    assert!(goes_on, "{}", history.refused.last().unwrap());
    history.check();
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    for (how, kind) in [
        (How::Undone, io::ErrorKind::Other),
        (How::Short, io::ErrorKind::StorageFull),
        (How::Done, io::ErrorKind::Other),
    ] {
        let tally = fail_everywhere(Call::Write, how, 1, kind);
        assert!(tally.runs >= 20 && tally.refused >= 20, "{tally:?}");
        assert_eq!(tally.uncertain, 0, "each was taken back");
    }
}

#[test]
fn a_sync_that_fails_leaves_nothing() {
    for how in [How::Undone, How::Done] {
        let tally = fail_everywhere(Call::Sync, how, 1, io::ErrorKind::Other);
        assert!(tally.runs >= 10 && tally.refused >= 10, "{tally:?}");
        assert_eq!(tally.uncertain, 0, "each was taken back");
    }
}

/// Runs a history with a compaction, like [`fail_everywhere`].
fn fail_compaction(call: Call, how: How, count: u64, kind: io::ErrorKind) -> Tally {
    let script = script_of_compaction();
    fail_everywhere_in(&script, Opening::PLAIN, call, how, count, kind)
}

#[test]
fn a_compaction_that_fails_anywhere_leaves_the_board_whole() {
    for (call, how, count) in [
        (Call::Write, How::Short, 1),
        (Call::Sync, How::Undone, 1),
        (Call::Any, How::Done, FOR_GOOD),
    ] {
        let tally = fail_compaction(call, how, count, io::ErrorKind::Other);
        assert!(tally.runs >= 10 && tally.refused >= 10, "{tally:?}");
    }
}

#[test]
fn a_file_that_cannot_grow_or_shrink_leaves_nothing() {
    for how in [How::Undone, How::Done] {
        let tally = fail_compaction(Call::Length, how, 1, io::ErrorKind::StorageFull);
        assert!(tally.runs >= 1 && tally.refused >= 1, "{tally:?}");
        assert_eq!(tally.uncertain, 0, "each was taken back");
    }
}

#[test]
fn a_read_that_fails_leaves_nothing() {
    let tally = fail_compaction(Call::Read, How::Undone, 1, io::ErrorKind::Other);
    assert!(tally.runs >= 5 && tally.refused >= 5, "{tally:?}");
}

#[test]
fn a_disk_that_fails_for_good_keeps_what_was_acknowledged() {
    let mut held = 0;
    for how in [How::Undone, How::Short, How::Done] {
        let tally = fail_everywhere(Call::Any, how, FOR_GOOD, io::ErrorKind::Other);
        assert!(tally.runs >= 20 && tally.uncertain > 0, "{tally:?}");
        assert!(tally.lost > 0, "{tally:?}");
        held += tally.held;
    }
    assert!(held > 0);
}

#[test]
fn a_journal_that_cannot_be_made_or_removed_leaves_nothing() {
    for call in [Call::Create, Call::Remove] {
        for how in [How::Undone, How::Done] {
            let tally = fail_everywhere(call, how, 1, io::ErrorKind::Other);
            assert_eq!(tally.uncertain, 0, "{tally:?}");
            assert!(tally.runs >= 1 || call == Call::Remove, "{tally:?}");
        }
    }
}

#[test]
fn nothing_is_lost_with_retention_and_evicted_texts_whatever_fails() {
    for (call, how, count) in [
        (Call::Write, How::Short, 1),
        (Call::Any, How::Done, FOR_GOOD),
    ] {
        let (script, kind) = (script_of_upkeep(), io::ErrorKind::Other);
        let tally = fail_everywhere_in(&script, Opening::SHORT, call, how, count, kind);
        assert!(tally.runs >= 10 && tally.refused >= 10, "{tally:?}");
    }
}

#[test]
fn a_relaxed_board_never_loses_what_the_disk_had_nor_half_of_a_change() {
    for (script, call, how, count) in [
        (script(), Call::Write, How::Short, 1),
        (script(), Call::Sync, How::Done, 3),
        (script_of_upkeep(), Call::Sync, How::Undone, 1),
        (script_of_upkeep(), Call::Any, How::Undone, FOR_GOOD),
    ] {
        let kind = io::ErrorKind::Other;
        let tally = fail_everywhere_in(&script, Opening::RELAXED, call, how, count, kind);
        assert!(tally.runs >= 10, "{tally:?}");
    }
}

#[test]
fn a_disk_that_is_full_at_any_byte_keeps_what_was_acknowledged() {
    let mut refused = 0;
    for opening in [Opening::PLAIN, Opening::SHORT, Opening::RELAXED] {
        for room in (0..6).map(|n| n * 900).chain([20_000, 100_000]) {
            let mut history = History::opened(opening, &beginning());
            history.disk.set_room(Some(room));
            for step in script().iter().chain(&script_of_upkeep()[..6]) {
                if !history.take(step) {
                    history.check();
                }
            }
            for error in &history.refused {
                assert!(
                    error.reason(Language::En).contains("disk is full"),
                    "{error}"
                );
            }
            refused += history.refused.len();
            history.check_disk(&history.disk.crashed(room as u64));
            history.disk.set_room(None);
            go_on(&mut history);
            history.check_disk(&history.disk.crashed(room as u64 + 1));
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn a_disk_that_fails_for_a_while_does_not_confuse_the_board() {
    for count in [2, 4] {
        let tally = fail_everywhere(Call::Any, How::Undone, count, io::ErrorKind::Other);
        assert!(tally.runs >= 20 && tally.uncertain > 0, "{tally:?}");
    }
}

#[test]
fn a_full_disk_says_so_and_the_board_goes_on_when_there_is_room() {
    let mut history = History::new(&beginning());
    history.disk.set_fault(Some(Fault {
        call: Call::Write,
        after: 0,
        count: FOR_GOOD,
        how: How::Short,
        kind: io::ErrorKind::StorageFull,
    }));
    for _ in 0..2 {
        assert!(!history.take(&script()[0]));
        let error = history.refused.last().unwrap();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(
            error.reason(Language::En).contains("the disk is full"),
            "{error}"
        );
        assert!(error.reason(Language::Zh).contains("磁盘已满"), "{error}");
        history.check();
    }
    history.disk.set_fault(None);
    go_on(&mut history);
    history.check_disk(&history.disk.crashed(1));
}

#[test]
fn a_board_that_was_closed_while_the_disk_failed_is_whole() {
    let mut begun = History::new(&beginning());
    begun.close();
    for after in 0..40 {
        let mut history = History::on(begun.disk.copied(), &beginning());
        history.reopen().unwrap();
        history.disk.set_fault(Some(Fault {
            call: Call::Any,
            after,
            count: FOR_GOOD,
            how: How::Undone,
            kind: io::ErrorKind::Other,
        }));
        for step in &script()[..3] {
            history.take(step);
        }
        history.close();
        history.disk.set_fault(None);
        history.check_disk(&history.disk.copied());
    }
}

#[test]
fn a_disk_that_turns_read_only_says_so() {
    let mut history = History::new(&beginning());
    history.disk.set_fault(Some(Fault {
        call: Call::Write,
        after: 0,
        count: FOR_GOOD,
        how: How::Undone,
        kind: io::ErrorKind::ReadOnlyFilesystem,
    }));
    assert!(!history.take(&script()[0]));
    assert_eq!(history.refused[0].kind(), ErrorKind::ReadOnly);
    history.check();
}
