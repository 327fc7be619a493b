//! A writer that is no writer: whatever stands in the memory, a reader ends and touches nothing else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use proptest::prelude::*;

use super::super::super::layout::{SLOTS_AT, word};
use super::super::super::memory::{Memory, WORD, Writable};
use super::super::{Geometry, Read, Reader, Writer, repair};
use super::geometry;
use super::memories::Plain;
use super::order::write;

/// Numbers as somebody would choose them who means harm, from random ones.
fn evil(random: u64) -> u64 {
    let small = random >> 32;
    match random % 8 {
        0 => random,
        1 => u64::MAX - small % 3,
        2 => 1 << (small % 64),
        3 => (1 << (small % 64)) - 1,
        // A version that a reader takes for that of its record.
        4 => small % 200,
        // A length and a kind.
        5 => (small << 32) | (small % 2000),
        // Where bytes might be.
        6 => small % 64 * 64,
        _ => 0,
    }
}

/// Words of the ring that are of use.
fn place(random: u64, words: usize) -> usize {
    match random % 4 {
        0 => word::HEAD,
        1 => word::TAIL,
        _ => SLOTS_AT / WORD + (random >> 8) as usize % words,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_numbers_in_the_memory_are_refused_or_read_within_bounds(
        written in 0..40_u64,
        scribbles in prop::collection::vec(any::<(u64, u64)>(), 1..30),
        cursor in 0..60_u64,
    ) {
        let geometry = Geometry { largest: 256, ..geometry(8, 512, 40) };
        let memory = &Plain::new(geometry);
        write(&mut Writer::new(memory, geometry), written, 200);
        let mut reader = Reader::new(memory, geometry, cursor);
        for (at, value) in scribbles {
            memory.store(place(at, 8 * 8 + 64), evil(value));
            for _ in 0..12 {
                let before = reader.cursor();
                match reader.read() {
                    Read::Record { length, .. } => {
                        prop_assert!(length <= 256);
                        prop_assert_eq!(reader.bytes(length).len(), length);
                        prop_assert_eq!(reader.cursor(), before + 1);
                    }
                    Read::Lost(count) => prop_assert_eq!(reader.cursor(), before + count),
                    Read::Empty | Read::Damaged(_) => {
                        prop_assert_eq!(reader.cursor(), before);
                        break;
                    }
                }
            }
        }
        // And the next writer goes on, or says that it cannot.
        if let Some((mut writer, _)) = repair(memory, geometry) {
            prop_assert!(writer.append(0, &[1; 200]).is_some());
            prop_assert!(writer.old() <= writer.next());
        }
    }
}

#[test]
fn a_record_that_would_not_lie_in_the_arena_is_damaged() {
    let geometry = Geometry {
        largest: 256,
        ..geometry(8, 512, 40)
    };
    let memory = &Plain::new(geometry);
    write(&mut Writer::new(memory, geometry), 1, 100);
    let slot = geometry.slot(0);
    let read = |position, length| {
        memory.store(slot + 1, position);
        memory.store(slot + 2, length);
        Reader::new(memory, geometry, 0).read()
    };
    for (position, length) in [
        (0, 257),
        (0, 512),
        (0, u64::from(u32::MAX)),
        (448, 65),
        (320, 193),
        (512 * 7 + 448, 256),
        (u64::MAX - 63, 65),
        (8, 100),
        (63, 41),
    ] {
        assert_eq!(
            read(position, length),
            Read::Damaged(0),
            "{position} {length}"
        );
    }
    for (position, length) in [
        (0, 256),
        (448, 64),
        (512 * 7 + 256, 256),
        (u64::MAX - 63, 64),
    ] {
        let (kind, length_read) = (0, length as usize);
        let expected = Read::Record {
            kind,
            length: length_read,
        };
        assert_eq!(read(position, length), expected, "{position} {length}");
    }
}

#[test]
fn a_reader_ends_while_somebody_scribbles_over_everything() {
    let looks = if cfg!(miri) { 300 } else { 2_000_000 };
    let geometry = Geometry {
        largest: 256,
        ..geometry(8, 512, 40)
    };
    let memory = &Plain::new(geometry);
    let is_over = &AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut random = 1_u64;
            while !is_over.load(Ordering::Relaxed) {
                let mut next = || {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random
                };
                let (at, value) = (next(), next());
                memory.store(place(at, 8 * 8 + 64), evil(value));
            }
        });
        let mut reader = Reader::new(memory, geometry, 0);
        for look in 0..looks {
            if let Read::Record { length, .. } = reader.read() {
                assert!(length <= 256);
            }
            if look % 64 == 0 {
                reader.go_to(memory.load(word::HEAD) % 100);
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
