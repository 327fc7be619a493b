//! The ring against a list of all that was ever written.

use proptest::prelude::*;

use super::super::{Read, Reader, Writer, repair};
use super::memories::Plain;
use super::{bytes, geometry};

#[derive(Debug, Clone)]
enum Step {
    Append(usize),
    Read(usize),
    /// The writer goes, and another one comes.
    Change,
}

fn step(largest: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..=largest).prop_map(Step::Append),
        2 => (0..50_usize).prop_map(Step::Append),
        6 => (0..2_usize).prop_map(Step::Read),
        1 => Just(Step::Change),
    ]
}

/// Records, by their number, of which the ring must still have those behind the first one that is in the way: as many as
/// there are slots, and as have room in the arena, each in one piece.
struct Oracle {
    lengths: Vec<usize>,
    slots: usize,
    arena: usize,
}

impl Oracle {
    /// The oldest record that is there.
    fn oldest(&self) -> usize {
        // Where each begins, counted without end.
        let (mut starts, mut end) = (Vec::new(), 0_usize);
        for length in &self.lengths {
            let need = if *length <= 40 {
                0
            } else {
                length.next_multiple_of(64)
            };
            if end % self.arena + need > self.arena {
                end = end.next_multiple_of(self.arena);
            }
            starts.push(end);
            end += need;
        }
        let is_there = |number: &usize| {
            let has_slot = self.lengths.len() - number <= self.slots;
            has_slot && end - starts[*number] <= self.arena
        };
        (0..self.lengths.len())
            .find(is_there)
            .unwrap_or(self.lengths.len())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn readers_see_what_was_written_or_how_much_of_it_is_gone(
        slots in 1..5_u32,
        arena in 8..11_u32,
        steps in prop::collection::vec(step(300), 1..120),
    ) {
        let geometry = geometry(1 << slots, 1 << arena, 40);
        let memory = &Plain::new(geometry);
        let mut writer = Writer::new(memory, geometry);
        let mut readers = [0, 0].map(|_| Reader::new(memory, geometry, 0));
        let mut oracle = Oracle { lengths: vec![], slots: 1 << slots, arena: 1 << arena };
        for step in steps {
            let next = oracle.lengths.len() as u64;
            match step {
                Step::Append(length) if length > geometry.largest as usize => {
                    prop_assert_eq!(writer.append(0, &bytes(next, length)), None);
                }
                Step::Append(length) => {
                    prop_assert_eq!(writer.append(length as u32, &bytes(next, length)), Some(next));
                    oracle.lengths.push(length);
                }
                Step::Read(which) => {
                    let reader = &mut readers[which];
                    let number = reader.cursor();
                    let oldest = oracle.oldest() as u64;
                    match reader.read() {
                        Read::Record { kind, length } => {
                            prop_assert!(number >= oldest);
                            prop_assert_eq!(length, oracle.lengths[number as usize]);
                            prop_assert_eq!(kind as usize, length);
                            prop_assert_eq!(reader.bytes(length), bytes(number, length));
                        }
                        Read::Empty => prop_assert_eq!(number, next),
                        Read::Lost(count) => prop_assert_eq!(number + count, oldest),
                        Read::Damaged(number) => prop_assert!(false, "{number} is damaged"),
                    }
                }
                Step::Change => {
                    writer = repair(memory, geometry).unwrap().0;
                    prop_assert_eq!(writer.next(), next);
                    prop_assert_eq!(writer.old(), oracle.oldest() as u64);
                }
            }
        }
    }
}
