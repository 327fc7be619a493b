//! Segments that are none, or were damaged: an error each.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::super::header::HEADER;
use super::super::layout::SLOTS_AT;
use super::super::{Folder, Reader, Step};
use super::{Place, append, begin, entries, publish};
use crate::error::ErrorKind;

/// Writes bytes into the middle of a file.
pub(super) fn scribble(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

pub(super) fn kind_of_attaching(place: &Place) -> ErrorKind {
    Reader::attach(&place.folder, "board").unwrap_err().kind()
}

/// A segment whose writer is gone and whose reader stays, so that it is not removed.
pub(super) fn left(place: &Place) -> Reader {
    let mut writer = place.sharing();
    let reader = place.following();
    append(&mut writer, 0..20);
    writer.vanish();
    reader
}

/// The same with nobody there. Windows lets nobody truncate or remove what is mapped.
fn left_alone(place: &Place) {
    let reader = left(place);
    let copies = ["ring", "bell", "snapshot-1"].map(|ending| {
        let path = place.file(ending);
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    });
    drop(reader);
    for (path, bytes) in copies {
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn a_segment_that_was_truncated_is_refused_at_any_length() {
    let place = Place::new();
    left_alone(&place);
    let whole = fs::metadata(place.file("ring")).unwrap().len();
    let file = OpenOptions::new()
        .write(true)
        .open(place.file("ring"))
        .unwrap();
    for length in [
        whole - 1,
        whole - 4096,
        SLOTS_AT as u64,
        HEADER as u64,
        HEADER as u64 - 1,
        1,
        0,
    ] {
        file.set_len(length).unwrap();
        assert_eq!(
            kind_of_attaching(&place),
            ErrorKind::Corrupt,
            "{length} bytes"
        );
    }
    file.set_len(whole + 4096).unwrap();
    assert_eq!(kind_of_attaching(&place), ErrorKind::Corrupt);
    // The next writer makes a new one.
    let writer = place.writer();
    assert_eq!(writer.taken_over(), None);
    place.reader();
}

#[test]
fn a_header_that_was_changed_anywhere_is_refused() {
    let place = Place::new();
    let _reader = left(&place);
    let whole = fs::read(place.file("ring")).unwrap();
    for at in 0..HEADER {
        for by in [1, 0x80] {
            scribble(&place.file("ring"), at as u64, &[whole[at] ^ by]);
            let kind = kind_of_attaching(&place);
            let expected = if (8..12).contains(&at) {
                ErrorKind::Unsupported
            } else {
                ErrorKind::Corrupt
            };
            assert_eq!(kind, expected, "byte {at}");
        }
        scribble(&place.file("ring"), at as u64, &whole[at..=at]);
    }
    place.reader();
}

#[test]
fn numbers_that_somebody_chose_are_refused_though_the_checksum_is_right() {
    let place = Place::new();
    let _reader = left(&place);
    let whole = fs::read(place.file("ring")).unwrap();
    let fields: [(usize, &[u64]); 6] = [
        // Header size, slots, slot size: u32 each.
        (12, &[0, 67, 69, u32::MAX as u64]),
        (32, &[0, 1, 32, 63, 65, 128, 1 << 31, u32::MAX as u64]),
        (36, &[0, 32, 128]),
        // Arena and total: u64 each.
        (
            40,
            &[
                0,
                64,
                4096,
                16 * 1024 + 1,
                32 * 1024,
                1 << 27,
                1 << 62,
                u64::MAX,
            ],
        ),
        (48, &[0, 1, 4096, 1 << 27, u64::MAX]),
        // Largest record.
        (56, &[0, 63, 16 * 1024 + 1, u32::MAX as u64]),
    ];
    for (at, values) in fields {
        for value in values {
            let mut header = whole[..HEADER].to_vec();
            let size = if at == 40 || at == 48 { 8 } else { 4 };
            header[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
            let crc = crc32fast::hash(&header[..HEADER - 4]).to_le_bytes();
            header[HEADER - 4..].copy_from_slice(&crc);
            scribble(&place.file("ring"), 0, &header);
            assert_eq!(
                kind_of_attaching(&place),
                ErrorKind::Corrupt,
                "{value} at {at}"
            );
        }
    }
}

#[test]
fn another_layout_says_so() {
    let place = Place::new();
    let _reader = left(&place);
    scribble(&place.file("ring"), 8, &[2]);
    let error = Reader::attach(&place.folder, "board").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("layout 2"), "{error}");
    // A writer of this layout makes its own.
    assert_eq!(place.writer().taken_over(), None);
}

#[test]
fn a_page_that_is_missing_short_or_of_another_segment_is_none() {
    let place = Place::new();
    left_alone(&place);
    let page = fs::read(place.file("bell")).unwrap();
    scribble(&place.file("bell"), 16, &[page[16] ^ 1]);
    assert_eq!(kind_of_attaching(&place), ErrorKind::NotFound);
    fs::write(place.file("bell"), &page[..4095]).unwrap();
    assert_eq!(kind_of_attaching(&place), ErrorKind::Corrupt);
    fs::remove_file(place.file("bell")).unwrap();
    assert_eq!(kind_of_attaching(&place), ErrorKind::NotFound);
    let writer = place.writer();
    assert_eq!(writer.taken_over(), None);
    place.reader();
}

#[test]
fn folders_are_no_segments() {
    let place = Place::new();
    let _reader = left(&place);
    fs::rename(place.file("ring"), place.path.join("elsewhere")).unwrap();
    fs::create_dir(place.file("ring")).unwrap();
    assert_eq!(kind_of_attaching(&place), ErrorKind::Corrupt);
    assert!(Folder::at(place.path.join("elsewhere")).is_err());
    assert!(Folder::at(place.path.join("nowhere")).is_err());
}

#[test]
fn readers_of_a_ring_that_does_not_fit_together_learn_of_the_next_one() {
    let place = Place::new();
    let mut reader = left(&place);
    // The version of a slot that is in use, and the beginning of its bytes.
    scribble(&place.file("ring"), SLOTS_AT as u64 + 10 * 64, &[7]);
    assert!(entries_until_damage(&mut reader));
    let mut idle = place.reader();
    assert_eq!(idle.next_step().unwrap(), Step::Empty);
    let mut writer = place.writer();
    assert_eq!(writer.taken_over(), None);
    publish(&mut writer, &[b"new"]);
    let written = append(&mut writer, 0..2);
    // One that has nothing to read sees it, the other one goes by its own failures.
    idle.wait(Duration::MAX);
    assert_eq!(idle.next_step().unwrap(), Step::Retired);
    let mut reader = place.reader();
    assert_eq!(begin(&mut reader), [b"new"]);
    assert_eq!(entries(&mut reader), written);
}

#[test]
fn what_was_retired_is_removed_when_its_readers_are_gone() {
    let place = Place::new();
    let reader = left(&place);
    scribble(&place.file("ring"), SLOTS_AT as u64 + 10 * 64, &[7]);
    let mut writer = place.sharing();
    assert_eq!(writer.taken_over(), None);
    drop(reader);
    publish(&mut writer, &[b"second"]);
    let expected = ["board.bell", "board.lock", "board.ring", "board.snapshot-2"];
    assert_eq!(place.files(), expected);
}

fn entries_until_damage(reader: &mut Reader) -> bool {
    loop {
        match reader.next_step() {
            Ok(Step::Entry(_)) => {}
            Ok(_) => return false,
            Err(error) => return error.kind() == ErrorKind::Corrupt,
        }
    }
}

#[test]
fn a_damaged_record_is_passed_by_a_later_snapshot() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    append(&mut writer, 0..20);
    scribble(
        &place.file("ring"),
        SLOTS_AT as u64 + 10 * 64 + 16,
        &[0xff; 4],
    );
    assert!(entries_until_damage(&mut reader));
    assert!(entries_until_damage(&mut reader), "there is no way past it");
    assert!(reader.snapshot(Duration::ZERO).unwrap().is_none());
    publish(&mut writer, &[b"later"]);
    let written = append(&mut writer, 20..23);
    assert_eq!(begin(&mut reader), [b"later"]);
    assert_eq!(entries(&mut reader), written);
}

#[test]
fn a_damaged_head_does_not_lead_a_reader_astray() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut reader = place.following();
    append(&mut writer, 0..3);
    assert_eq!(entries(&mut reader).len(), 3);
    writer.vanish();
    // The head: nothing fits any more.
    scribble(&place.file("ring"), 0x100, &[0xff; 8]);
    let writer = place.sharing();
    assert_eq!(writer.taken_over(), None);
    // The damaged head says that there is more to read, and there is not.
    assert_eq!(reader.next_step().unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(begin(&mut place.reader()), [b"first"]);
}
