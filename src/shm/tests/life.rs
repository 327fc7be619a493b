//! The life of a segment: writers that come, go and are killed, readers that follow, and what is left behind.

use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};

use super::super::layout::word::HEAD;
use super::super::{Folder, Reader, Sizes, Step, Writer};
use super::damage::scribble;
use super::{Place, SMALL, append, begin, entries, entry, publish};
use crate::error::ErrorKind;

/// Where the bell of the readers is in its file.
const BELL_AT: u64 = 0x80;

#[test]
fn a_reader_begins_with_the_snapshot_and_follows() {
    let place = Place::new();
    let mut writer = place.writer();
    assert_eq!(writer.taken_over(), None);
    assert!(writer.is_snapshot_due());
    append(&mut writer, 0..3);
    publish(&mut writer, &[b"one", b"", b"three"]);
    assert!(!writer.is_snapshot_due());
    let before = append(&mut writer, 3..5);

    let mut reader = place.reader();
    assert_eq!(begin(&mut reader), [&b"one"[..], b"", b"three"]);
    assert_eq!(entries(&mut reader), before);
    assert_eq!(reader.next_step().unwrap(), Step::Empty);
    let after = append(&mut writer, 5..9);
    assert_eq!(entries(&mut reader), after);
}

#[test]
fn a_reader_that_sleeps_is_woken_by_an_entry_and_by_the_end() {
    let place = Place::new();
    let mut writer = place.sharing();
    let (said, heard) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = place.following();
            loop {
                match reader.next_step().unwrap() {
                    Step::Entry(entry) => said.send(entry.to_vec()).unwrap(),
                    Step::Closed => return,
                    step => {
                        assert_eq!(step, Step::Empty);
                        reader.wait(Duration::MAX);
                    }
                }
            }
        });
        for number in 0..200 {
            let sent = append(&mut writer, number..number + 1);
            assert_eq!(heard.recv().unwrap(), sent[0]);
        }
        drop(writer);
    });
}

#[test]
fn there_is_one_writer() {
    let place = Place::new();
    let writer = place.sharing();
    let error = Writer::open(&place.folder, "board", SMALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.to_string().contains("board.lock"), "{error}");
    let reader = place.following();
    assert!(reader.has_writer().unwrap());
    writer.vanish();
    assert!(!reader.has_writer().unwrap());
    place.writer();
    // Another name is another board.
    Writer::open(&place.folder, "another", SMALL).unwrap();
}

#[test]
fn a_writer_goes_on_where_one_was_killed_and_readers_lose_nothing() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    let mut written = append(&mut writer, 0..4);
    writer.vanish();

    // Between two writers readers read on, and others attach.
    let mut late = place.following();
    assert_eq!(entries(&mut late), written);
    let mut writer = place.writer();
    let taken_over = writer.taken_over().unwrap();
    assert_eq!(taken_over.last, Some(entry(3)));
    assert_eq!(taken_over.writers, 1);
    assert!(!taken_over.was_writing);
    assert!(!writer.is_snapshot_due(), "the one that is there will do");
    let more = append(&mut writer, 4..7);
    assert_eq!(entries(&mut late), more);
    written.extend(more);
    assert_eq!(entries(&mut reader), written);
    assert_eq!(reader.writers(), 2);
    assert_eq!(begin(&mut place.reader()), [b"first"]);
}

#[test]
fn a_writer_goes_on_where_one_has_ended() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    let mut written = append(&mut writer, 0..4);
    drop(writer);
    assert_eq!(entries(&mut reader), written);
    assert_eq!(reader.next_step().unwrap(), Step::Closed);
    let mut writer = place.writer();
    assert_eq!(reader.next_step().unwrap(), Step::Empty);
    written = append(&mut writer, 4..6);
    assert_eq!(entries(&mut reader), written);
}

#[test]
fn sleepers_are_not_woken_by_the_next_writer_unless_there_is_something_new() {
    /// A killed sleeper, who has said that it waits. Returns whether anybody was woken since, as the bell counts.
    fn wait(place: &Place) -> impl Fn() -> bool {
        let path = place.file("bell");
        let count = move || {
            let page = fs::read(&path).unwrap();
            let count = u64::from_le_bytes(*page[BELL_AT as usize..].first_chunk().unwrap());
            scribble(&path, BELL_AT, &(count | 1).to_le_bytes());
            count >> 1
        };
        let before = count();
        move || count() != before
    }
    let place = Place::new();
    let mut writer = place.sharing();
    let _reader = place.following();
    append(&mut writer, 0..3);
    writer.vanish();
    let is_woken = wait(&place);
    let writer = place.writer();
    assert!(!is_woken(), "one that was killed is replaced");

    // The last record is whole, and the writer was killed before it said so.
    writer.vanish();
    let is_woken = wait(&place);
    scribble(&place.file("ring"), HEAD as u64 * 8, &3_u64.to_le_bytes());
    let writer = place.writer();
    assert_eq!(writer.taken_over().unwrap().last, Some(entry(2)));
    assert!(is_woken());

    // One that has ended said so.
    drop(writer);
    let is_woken = wait(&place);
    place.writer();
    assert!(is_woken());
}

#[test]
fn a_reader_that_is_too_slow_is_told_how_much_it_has_lost_and_begins_again() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    // The record about the snapshot is one too.
    append(&mut writer, 0..200);
    assert!(writer.is_snapshot_due());
    let Step::Lost(lost) = reader.next_step().unwrap() else {
        panic!("nothing was lost");
    };
    let left = entries(&mut reader).len() as u64;
    assert_eq!(lost + left, 201);
    assert!(left > 0);

    // What is not continued any more is no snapshot, for this reader or a new one.
    assert!(!writer.is_snapshot_wanted());
    assert!(reader.snapshot(Duration::ZERO).unwrap().is_none());
    assert!(place.reader().snapshot(Duration::ZERO).unwrap().is_none());
    assert!(writer.is_snapshot_wanted());
    publish(&mut writer, &[b"second"]);
    assert!(!writer.is_snapshot_wanted());
    let more = append(&mut writer, 200..203);
    assert_eq!(begin(&mut reader), [b"second"]);
    assert_eq!(entries(&mut reader), more);
}

#[test]
fn a_reader_gets_the_snapshot_that_it_waits_for() {
    let place = Place::new();
    let mut writer = place.writer();
    thread::scope(|scope| {
        scope.spawn(|| {
            let snapshot = place.reader().snapshot(Duration::MAX).unwrap();
            assert_eq!(snapshot.unwrap().number(), 1);
        });
        let wishes = writer.wishes();
        while !writer.is_snapshot_wanted() {
            wishes.wait(Duration::MAX, || writer.is_snapshot_wanted());
        }
        publish(&mut writer, &[]);
    });
}

#[test]
fn readers_begin_again_when_the_entries_do_not_go_on() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    let before = append(&mut writer, 0..2);
    let mut snapshot = writer.snapshot().unwrap();
    append(&mut writer, 100..101);
    snapshot.part(b"another board").unwrap();
    let made = snapshot.finish().unwrap();
    writer.restart(made).unwrap();
    let after = append(&mut writer, 2..4);

    assert_eq!(reader.next_step().unwrap(), Step::Entry(&before[0]));
    assert_eq!(reader.next_step().unwrap(), Step::Entry(&before[1]));
    assert_eq!(reader.next_step().unwrap(), Step::Entry(&entry(100)));
    assert_eq!(reader.next_step().unwrap(), Step::Restart);
    for mut reader in [reader, place.reader()] {
        assert_eq!(begin(&mut reader), [b"another board"]);
        assert_eq!(entries(&mut reader), after);
        assert_eq!(reader.next_step().unwrap(), Step::Empty);
    }
}

#[test]
fn an_entry_that_is_too_large_is_refused_and_changes_nothing() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    assert_eq!(writer.largest(), 4096);
    let error = writer.append(&[1; 4097]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.limit(), Some(4096));
    writer.append(&[2; 4096]).unwrap();
    assert_eq!(entries(&mut reader), [[2; 4096]]);
}

#[test]
fn who_goes_last_leaves_nothing_behind() {
    type End = fn(Writer, Reader);
    let ends: [End; 4] = [
        |writer, reader| drop((writer, reader)),
        |writer, reader| drop((reader, writer)),
        |writer, reader| {
            writer.vanish();
            drop(reader);
        },
        |writer, reader| {
            drop(reader);
            writer.vanish();
        },
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let place = Place::new();
        let (writer, reader) = (place.sharing(), place.following());
        let expected = ["board.bell", "board.lock", "board.ring", "board.snapshot-1"];
        assert_eq!(place.files(), expected);
        end(writer, reader);
        if number == 3 {
            // Killed, with nobody there: whoever comes next, for another board, removes it.
            assert_eq!(place.files(), expected);
            drop(Writer::open(&place.folder, "another", SMALL).unwrap());
        }
        assert_eq!(place.files(), [""; 0], "end {number}");
    }
}

#[test]
fn what_is_in_use_is_not_removed() {
    let place = Place::new();
    let (writer, reader) = (place.sharing(), place.following());
    let second = place.following();
    let all = place.files();
    drop(second);
    drop(Writer::open(&place.folder, "another", SMALL).unwrap());
    assert_eq!(place.files(), all);
    writer.vanish();
    drop(Writer::open(&place.folder, "another", SMALL).unwrap());
    assert_eq!(place.files(), all, "a reader is there");
    drop(reader);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn what_was_left_of_something_new_is_removed() {
    let place = Place::new();
    for ending in [
        "ring-new",
        "bell-new",
        "snapshot-new",
        "snapshot-7",
        "bell",
        "gone-7",
    ] {
        fs::write(place.file(ending), b"left behind").unwrap();
    }
    for name in ["other.ring-new", "third.gone-7"] {
        fs::write(place.path.join(name), b"left behind").unwrap();
    }
    fs::write(place.path.join("not ours"), b"of somebody").unwrap();
    let mut writer = place.sharing();
    publish(&mut writer, &[b"second"]);
    let expected = [
        "board.bell",
        "board.lock",
        "board.ring",
        "board.snapshot-2",
        "not ours",
    ];
    assert_eq!(place.files(), expected);
    drop(writer);
    assert_eq!(place.files(), ["not ours"]);
}

#[test]
fn nothing_is_shared_under_a_name_that_nobody_shares() {
    let place = Place::new();
    let error = Reader::attach(&place.folder, "board").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn names_are_of_letters_and_digits() {
    let place = Place::new();
    for name in ["公告", "a", "A-1_b.c", "7"] {
        drop(Writer::open(&place.folder, name, SMALL).unwrap());
    }
    let long = "x".repeat(101);
    for name in [
        "", ".", "..", "a/b", "/tmp/x", "a b", "a\0", "-a", ".hidden", "a:b", &long,
    ] {
        let error = Writer::open(&place.folder, name, SMALL).unwrap_err();
        let kind = if name.len() > 100 {
            ErrorKind::TooLarge
        } else {
            ErrorKind::InvalidField
        };
        assert_eq!(error.kind(), kind, "{name:?}");
        assert_eq!(
            Reader::attach(&place.folder, name).unwrap_err().kind(),
            kind
        );
    }
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn sizes_that_no_segment_has_are_refused_before_anything_is_made() {
    let place = Place::new();
    let refused = |slots, arena| {
        let error = Writer::open(&place.folder, "board", Sizes { slots, arena }).unwrap_err();
        let sealed = Writer::sealed(Sizes { slots, arena }).unwrap_err();
        assert_eq!(error.kind(), sealed.kind());
        error.kind()
    };
    for slots in [0, 1, 32, 65, 1000, 1 << 17, u32::MAX] {
        assert_eq!(refused(slots, 1 << 20), ErrorKind::InvalidField);
    }
    for arena in [0, 1, 2048, 5000, u64::MAX] {
        assert_eq!(refused(64, arena), ErrorKind::InvalidField);
    }
    for arena in [1 << 27, 1 << 40, 1 << 63] {
        assert_eq!(refused(64, arena), ErrorKind::TooLarge);
    }
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn the_folder_of_a_user_is_of_that_user() {
    let folder = Folder::of_user().unwrap();
    assert_eq!(Folder::of_user().unwrap(), folder);
}
