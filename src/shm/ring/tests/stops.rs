//! A writer that ends at each of its steps, as one that is killed does.

use std::cell::Cell;

use super::super::super::layout::word;
use super::super::super::memory::{Memory, Writable};
use super::super::{Writer, repair};
use super::geometry;
use super::memories::Plain;
use super::order::{Checked, write};

/// Memory that takes so many stores, and then no more.
struct Dying<'a> {
    memory: &'a Plain,
    left: Cell<u64>,
}

impl Dying<'_> {
    fn lives(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }
}

impl Memory for Dying<'_> {
    fn load(&self, word: usize) -> u64 {
        self.memory.load(word)
    }

    fn fence_acquire(&self) {}

    fn fence_all(&self) {}
}

impl Writable for Dying<'_> {
    fn store(&self, word: usize, value: u64) {
        if self.lives() {
            self.memory.store(word, value);
        }
    }

    fn publish(&self, word: usize, value: u64) {
        self.store(word, value);
    }

    fn fence_release(&self) {}
}

/// For each step, a writer that ends there, a reader before and after it, and the next writer.
fn end_at_each_step(slots: u64, arena: u64, most: usize) {
    let geometry = geometry(slots, arena, 40);
    let before = 3 * slots;
    let mut halves = 0;
    for steps in 0.. {
        let memory = &Plain::new(geometry);
        write(&mut Writer::new(memory, geometry), before, most);
        let mut early = Checked::new(memory, geometry, most);
        while early.read() {}
        let lost = early.lost;

        let dying = Dying {
            memory,
            left: Cell::new(steps),
        };
        let mut writer = repair(&dying, geometry).unwrap().0;
        write(&mut writer, before + 1, most);
        let is_whole = dying.left.get() > 0;

        // Between the writers.
        while early.read() {}
        let seen = early.reader.cursor();
        let (mut next, was_writing) = repair(memory, geometry).unwrap();
        halves += u64::from(was_writing);
        assert!(next.next() >= seen, "what was read is there");
        assert_eq!(memory.load(word::HEAD), next.next());
        assert!((before..=before + 1).contains(&next.next()));
        assert!(!is_whole || next.next() == before + 1);
        // Nothing of what was not overwritten is lost.
        Checked::new(memory, geometry, most).finish(next.next());

        let last = next.next() + 2 * slots;
        for record in next.next()..=last {
            write(&mut next, record, most);
            while early.read() {}
        }
        assert_eq!(early.lost, lost, "a reader that keeps up loses nothing");
        early.finish(last);
        if is_whole {
            assert!(halves > 0, "a record that was half written is told");
            return;
        }
    }
}

#[test]
fn a_writer_that_ends_at_any_step_loses_nothing_that_was_written() {
    end_at_each_step(4, 1024, 30);
    end_at_each_step(4, 1024, 150);
    // Records overwrite the bytes of several others.
    end_at_each_step(8, 256, 150);
    // Each overwrites all the others.
    end_at_each_step(8, 256, 256);
}

#[test]
fn a_ring_that_does_not_fit_together_is_not_gone_on_with() {
    let geometry = geometry(8, 512, 40);
    let slot = |number| geometry.slot(number);
    type Damage<'a> = (&'a str, usize, fn(u64) -> u64);
    let damages: [Damage<'_>; 9] = [
        ("a head far ahead", word::HEAD, |_| u64::MAX - 3),
        ("a head ahead", word::HEAD, |head| head + 1),
        ("a head behind", word::HEAD, |head| head - 2),
        ("an older version", slot(18), |version| version - 2),
        ("a version of nobody", slot(18), |_| 7),
        (
            "a position that is not a multiple",
            slot(17) + 1,
            |position| position + 8,
        ),
        ("a position in the future", slot(17) + 1, |position| {
            position + 1024
        }),
        ("a length beyond the largest", slot(17) + 2, |_| 513),
        ("a position at the end of numbers", slot(19) + 1, |_| {
            u64::MAX - 63
        }),
    ];
    for (what, place, damage) in damages {
        let memory = &Plain::new(geometry);
        write(&mut Writer::new(memory, geometry), 20, 60);
        assert!(repair(memory, geometry).is_some());
        memory.store(place, damage(memory.load(place)));
        let before = memory.load(word::HEAD);
        assert!(repair(memory, geometry).is_none(), "{what}");
        assert_eq!(memory.load(word::HEAD), before, "{what}");
    }
}

#[test]
fn a_last_record_that_is_short_and_not_in_its_place_is_not_gone_on_with() {
    let geometry = geometry(8, 512, 40);
    let memory = &Plain::new(geometry);
    write(&mut Writer::new(memory, geometry), 19, 60);
    let place = geometry.slot(18) + 1;
    assert!(repair(memory, geometry).is_some());
    memory.store(place, memory.load(place) + 8);
    assert!(repair(memory, geometry).is_none());
}
