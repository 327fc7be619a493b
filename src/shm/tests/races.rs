//! Files that become others between two steps of one who opens them.

use std::fs;
use std::rc::Rc;

use super::super::meanwhile::{Moment, at};
use super::super::{Folder, Reader, Writer};
use super::{Place, SMALL, begin, publish};
use crate::error::ErrorKind;

fn shared(folder: &Folder) -> Writer {
    let mut writer = Writer::open(folder, "board", SMALL).unwrap();
    publish(&mut writer, &[b"first"]);
    writer
}

#[test]
fn a_right_to_a_file_that_was_removed_meanwhile_is_none() {
    let place = Place::new();
    let before = place.sharing();
    let folder = place.folder.clone();
    let later = Rc::new(std::cell::OnceCell::new());
    let shown = Rc::clone(&later);
    // One ends and removes the file that was just opened, and another one begins with a new file.
    at(Moment::Opened, move || {
        drop(before);
        let _ = shown.set(shared(&folder));
    });
    let error = Writer::open(&place.folder, "board", SMALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(later.get().is_some(), "nothing happened meanwhile");
    assert!(place.reader().has_writer().unwrap());
}

#[test]
fn a_file_that_was_removed_meanwhile_is_made_again_by_who_takes_its_right() {
    let place = Place::new();
    let before = place.sharing();
    at(Moment::Opened, move || drop(before));
    let writer = place.writer();
    assert_eq!(writer.taken_over(), None);
    // The others see the right that it has.
    assert!(place.reader().has_writer().unwrap());
    let error = Writer::open(&place.folder, "board", SMALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
}

#[test]
fn a_lease_of_a_segment_that_was_replaced_meanwhile_does_not_count_for_the_new_one() {
    let place = Place::new();
    let before = place.sharing();
    let (folder, ring) = (place.folder.clone(), place.file("ring"));
    let later = Rc::new(std::cell::Cell::new(None));
    let shown = Rc::clone(&later);
    // The writer is killed, its segment is damaged, and the next one makes another.
    at(Moment::Leased, move || {
        before.vanish();
        fs::write(&ring, b"damaged").unwrap();
        let writer = shared(&folder);
        assert_eq!(writer.taken_over(), None);
        shown.set(Some(writer));
    });
    let mut reader = Reader::attach(&place.folder, "board").unwrap();
    let writer: Writer = later.take().expect("nothing happened meanwhile");
    assert_eq!(begin(&mut reader), [b"first"]);

    // The files are in use as long as the reader is there, and no longer.
    writer.vanish();
    let all = place.files();
    drop(Writer::open(&place.folder, "another", SMALL).unwrap());
    assert_eq!(place.files(), all);
    drop(reader);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn a_reader_that_leaves_while_the_writer_looks_for_readers_leaves_nothing_behind() {
    let place = Place::new();
    let (writer, reader) = (place.sharing(), place.following());
    // It cannot remove anything itself, because the writer still has the right to.
    at(Moment::Used, move || drop(reader));
    drop(writer);
    assert_eq!(place.files(), [""; 0]);
}
