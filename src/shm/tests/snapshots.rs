//! Snapshots: whole or nothing.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;

use super::super::Reader;
use super::{Place, append, begin, entries, publish, read};
use crate::error::ErrorKind;

/// What reading the present snapshot to its end gives.
fn read_whole(reader: &Reader) -> Result<Option<Vec<Vec<u8>>>, ErrorKind> {
    let kind = |error: crate::error::Error| error.kind();
    let Some(mut snapshot) = reader.snapshot(Duration::ZERO).map_err(kind)? else {
        return Ok(None);
    };
    let mut parts = Vec::new();
    while let Some(part) = snapshot.next_part().map_err(kind)? {
        parts.push(part.to_vec());
    }
    Ok(Some(parts))
}

#[test]
fn a_snapshot_that_is_being_read_stays_while_others_are_published() {
    let place = Place::new();
    let mut writer = place.writer();
    let large = vec![7; 300_000];
    publish(&mut writer, &[b"one", &large, b"three"]);
    let mut reader = place.reader();
    let mut snapshot = reader.snapshot(Duration::ZERO).unwrap().unwrap();
    assert_eq!(snapshot.next_part().unwrap().unwrap(), b"one");
    publish(&mut writer, &[b"another"]);
    let written = append(&mut writer, 0..3);
    assert_eq!(read(&mut snapshot), [&large[..], b"three"]);
    reader.begin(&snapshot).unwrap();
    assert_eq!(entries(&mut reader), written);
    assert!(place.files().contains(&"board.snapshot-2".to_owned()));
    assert!(!place.files().contains(&"board.snapshot-1".to_owned()));
}

#[test]
fn nobody_begins_with_a_part_of_a_snapshot() {
    let place = Place::new();
    let mut writer = place.writer();
    publish(&mut writer, &[b"one", b"two"]);
    let mut reader = place.reader();
    let mut snapshot = reader.snapshot(Duration::ZERO).unwrap().unwrap();
    for _ in 0..2 {
        let error = reader.begin(&snapshot).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadState);
        snapshot.next_part().unwrap();
    }
    assert!(reader.begin(&snapshot).is_err(), "its end was not seen");
    assert_eq!(snapshot.next_part().unwrap(), None);
    reader.begin(&snapshot).unwrap();
}

#[test]
fn a_snapshot_that_another_one_has_overtaken_is_not_published() {
    let place = Place::new();
    let mut writer = place.sharing();
    let first = writer.snapshot().unwrap().finish().unwrap();
    let second = writer.snapshot().unwrap().finish().unwrap();
    assert_eq!(
        writer.publish(first).unwrap_err().kind(),
        ErrorKind::BadState
    );
    writer.publish(second).unwrap();
}

#[test]
fn a_snapshot_that_was_not_finished_is_none() {
    let place = Place::new();
    let mut writer = place.sharing();
    let mut half = writer.snapshot().unwrap();
    half.part(&[1; 100_000]).unwrap();
    writer.vanish();
    let mut reader = place.reader();
    assert_eq!(begin(&mut reader), [b"first"]);
    let mut writer = place.writer();
    publish(&mut writer, &[b"whole"]);
    assert_eq!(begin(&mut place.reader()), [b"whole"]);
}

#[test]
fn a_new_writer_makes_a_snapshot_where_there_is_none_that_can_be_read() {
    let place = Place::new();
    let writer = place.sharing();
    let _reader = place.following();
    writer.vanish();
    fs::write(place.file("snapshot-1"), b"damaged").unwrap();
    assert_eq!(read_whole(&place.reader()), Err(ErrorKind::Corrupt));
    let mut writer = place.writer();
    assert!(writer.taken_over().is_some());
    assert!(writer.is_snapshot_due());
    publish(&mut writer, &[b"again"]);
    assert_eq!(begin(&mut place.reader()), [b"again"]);
}

#[test]
fn a_new_writer_does_not_take_the_snapshot_of_another_segment_for_its_own() {
    let (place, other) = (Place::new(), Place::new());
    let (writer, _other) = (place.sharing(), other.sharing());
    let reader = place.following();
    writer.vanish();
    fs::copy(other.file("snapshot-1"), place.file("snapshot-1")).unwrap();
    assert_eq!(read_whole(&reader), Err(ErrorKind::Corrupt));
    assert!(place.writer().is_snapshot_due());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_that_was_changed_or_cut_anywhere_is_refused(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6),
        at in any::<prop::sample::Index>(),
        by in 1u8..,
        change in 0..3,
    ) {
        let place = Place::new();
        let mut writer = place.writer();
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        publish(&mut writer, &slices);
        let reader = place.reader();
        prop_assert_eq!(read_whole(&reader), Ok(Some(parts)));
        let mut bytes = fs::read(place.file("snapshot-1")).unwrap();
        let at = at.index(bytes.len());
        match change {
            0 => bytes.truncate(at),
            1 => bytes.push(by),
            _ => bytes[at] ^= by,
        }
        fs::write(place.file("snapshot-1"), bytes).unwrap();
        prop_assert_eq!(read_whole(&reader), Err(ErrorKind::Corrupt));
    }
}
