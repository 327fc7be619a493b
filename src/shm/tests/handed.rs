//! Segments that are handed over: sealed, or refused.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::time::Duration;

use super::super::platform::{self, Sealed};
use super::super::{Descriptors, Reader, Step, Writer};
use super::{SMALL, append, entries, publish, read};
use crate::error::ErrorKind;

fn descriptors(writer: &Writer) -> Descriptors {
    writer.descriptors().unwrap().unwrap()
}

#[test]
fn a_reader_follows_what_it_was_handed() {
    let mut writer = Writer::sealed(SMALL).unwrap();
    let (mut early, snapshot) = Reader::from_descriptors(descriptors(&writer)).unwrap();
    assert!(snapshot.is_none());
    early.ask_for_snapshot();
    assert!(writer.is_snapshot_wanted());
    publish(&mut writer, &[b"one", b"two"]);
    let written = append(&mut writer, 0..5);

    // Several read the same snapshot at once, though they share its descriptor.
    let handed = descriptors(&writer).snapshot.unwrap();
    let mut first = early.snapshot_from(handed.try_clone().unwrap()).unwrap();
    assert_eq!(first.next_part().unwrap().unwrap(), b"one");
    let mut second = early.snapshot_from(handed).unwrap();
    assert_eq!(read(&mut second), [b"one", b"two"]);
    assert_eq!(read(&mut first), [b"two"]);
    early.begin(&first).unwrap();
    let (mut late, snapshot) = Reader::from_descriptors(descriptors(&writer)).unwrap();
    let mut snapshot = snapshot.unwrap();
    read(&mut snapshot);
    late.begin(&snapshot).unwrap();
    for reader in [&mut early, &mut late] {
        assert_eq!(entries(reader), written);
    }
    assert_eq!(
        early.snapshot(Duration::ZERO).unwrap_err().kind(),
        ErrorKind::BadState
    );
    drop(writer);
    assert_eq!(late.next_step().unwrap(), Step::Closed);
}

#[test]
fn nobody_truncates_or_writes_what_is_handed_over() {
    let mut writer = Writer::sealed(SMALL).unwrap();
    publish(&mut writer, &[b"one"]);
    let handed = descriptors(&writer);
    let file = |descriptor: OwnedFd| File::from(descriptor);
    let (mut ring, page, mut snapshot) = (
        file(handed.ring),
        file(handed.page),
        file(handed.snapshot.unwrap()),
    );
    for file in [&ring, &page, &snapshot] {
        let length = file.metadata().unwrap().len();
        assert!(file.set_len(length - 1).is_err());
        assert!(file.set_len(length + 4096).is_err());
        assert!(platform::seal(file, Sealed::Unchanging).is_err());
    }
    assert!(ring.write_all(b"x").is_err());
    assert!(snapshot.write_all(b"x").is_err());
    append(&mut writer, 0..3);
}

#[test]
fn memory_that_is_not_sealed_is_refused() {
    let mut writer = Writer::sealed(SMALL).unwrap();
    publish(&mut writer, &[b"one"]);
    let copy = |descriptor: &OwnedFd, sealed: Option<Sealed>| {
        let from = File::from(descriptor.try_clone().unwrap());
        let mut bytes = vec![0; from.metadata().unwrap().len() as usize];
        assert_eq!(
            platform::read_at(&from, &mut bytes, 0).unwrap(),
            bytes.len()
        );
        let mut to = platform::memory_file("copy").unwrap();
        to.write_all(&bytes).unwrap();
        if let Some(sealed) = sealed {
            platform::seal(&to, sealed).unwrap();
        }
        OwnedFd::from(to)
    };
    type Change<'a> = &'a dyn Fn(&mut Descriptors);
    let refused = |change: Change<'_>| {
        let mut handed = descriptors(&writer);
        change(&mut handed);
        Reader::from_descriptors(handed).unwrap_err().kind()
    };
    let changes: [Change<'_>; 5] = [
        &|handed| handed.ring = copy(&handed.ring, None),
        &|handed| handed.ring = copy(&handed.ring, Some(Sealed::Write)),
        &|handed| handed.page = copy(&handed.page, None),
        &|handed| handed.snapshot = handed.snapshot.as_ref().map(|one| copy(one, None)),
        &|handed| handed.ring = File::open("/dev/zero").unwrap().into(),
    ];
    for change in changes {
        assert_eq!(refused(change), ErrorKind::Unauthorized);
    }
    // Copies that are sealed are as good.
    let mut handed = descriptors(&writer);
    handed.ring = copy(&handed.ring, Some(Sealed::Read));
    handed.page = copy(&handed.page, Some(Sealed::Write));
    Reader::from_descriptors(handed).unwrap();
}

#[test]
fn parts_of_two_segments_do_not_go_together() {
    let mut writers = [(); 2].map(|()| Writer::sealed(SMALL).unwrap());
    for writer in &mut writers {
        publish(writer, &[b"one"]);
    }
    let [one, other] = &writers;
    let mut handed = descriptors(one);
    handed.page = descriptors(other).page;
    assert_eq!(
        Reader::from_descriptors(handed).unwrap_err().kind(),
        ErrorKind::Corrupt
    );
    let mut handed = descriptors(one);
    handed.snapshot = descriptors(other).snapshot;
    assert_eq!(
        Reader::from_descriptors(handed).unwrap_err().kind(),
        ErrorKind::Corrupt
    );
}
