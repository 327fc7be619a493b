//! Crashes in the middle of opening, and random lives with and without crashes between.

use std::io;

use proptest::prelude::*;

use super::disk::{Call, Disk, Fault, How};
use super::history::{
    History, Opening, Step, beginning, publish, restore, retract, script, script_of_upkeep, update,
};
use crate::model::{Draft, Lifecycle, Mark, Operation, Patch};

/// From the call of this number on, nothing reaches the disk.
fn power_cut(after: u64) -> Fault {
    Fault {
        call: Call::Any,
        after,
        count: u64::MAX,
        how: How::Short,
        kind: io::ErrorKind::Other,
    }
}

#[test]
fn a_crash_while_a_file_is_repaired_changes_nothing() {
    let mut history = History::new(&beginning());
    for step in &script()[..7] {
        assert!(history.take(step));
    }
    // It was not closed, so it is repaired.
    let crashed = history.disk.crashed(3);
    for after in 0.. {
        let disk = crashed.copied();
        disk.set_fault(Some(power_cut(after)));
        let opened = history.opens(&disk);
        let has_failed = disk.has_failed();
        for seed in [after, after + 1] {
            history.check_disk(&disk.crashed(seed));
        }
        if !has_failed {
            assert!(opened && after > 10, "{after}");
            break;
        }
    }
}

#[test]
fn a_crash_while_a_board_is_made_leaves_none_or_an_empty_one() {
    for after in 0.. {
        let disk = Disk::default();
        let history = History::on(disk.clone(), &[]);
        disk.set_fault(Some(power_cut(after)));
        let opened = history.opens(&disk);
        let has_failed = disk.has_failed();
        history.check_disk(&disk.crashed(after));
        if !has_failed {
            assert!(opened && after > 10, "{after}");
            break;
        }
    }
}

#[test]
fn a_crash_between_any_two_sectors_leaves_all_that_was_acknowledged() {
    for opening in [Opening::PLAIN, Opening::SHORT] {
        let mut history = History::opened(opening, &beginning());
        let script = script();
        let upkeep = script_of_upkeep();
        for (n, step) in script.iter().chain(&upkeep[2..]).enumerate() {
            assert!(history.take(step));
            for seed in 0..5 {
                history.check_disk(&history.disk.crashed(n as u64 * 5 + seed));
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Event {
    Step(Step),
    Reopen,
    Crash(u64),
}

fn operation() -> impl Strategy<Value = Operation> {
    let id = 1i64..12;
    let key = prop::option::of(0..3);
    prop_oneof![
        5 => (key, 0..4, 0..4).prop_map(|(key, retry, state)| {
            let mut draft = Draft::new("en", "new");
            if let Some(n) = key {
                draft = draft.key(format!("k{n}"));
            }
            if retry == 0 {
                draft = draft.idempotency_key("retry");
            }
            if state == 0 {
                draft = draft.state(Lifecycle::Draft);
            }
            publish(draft)
        }),
        3 => (id.clone(), any::<u8>()).prop_map(|(id, n)| {
            update(id, Patch::new().title("en", format!("t{n}")))
        }),
        1 => (id.clone(), 0..3).prop_map(|(id, n)| update(id, Patch::new().key(format!("k{n}")))),
        2 => id.clone().prop_map(retract),
        2 => id.clone().prop_map(restore),
        2 => id.clone().prop_map(|id| Operation::Release { id, if_version: None }),
        1 => id.prop_map(|id| Operation::Purge { id }),
    ]
}

/// One thing to do, which may be refused.
pub(super) fn step() -> impl Strategy<Value = Step> {
    let user = prop::sample::select(vec!["ann", "bob", "eve"]);
    let marks = prop::sample::select(Mark::ALL.to_vec());
    prop_oneof![
        8 => prop::collection::vec(operation(), 1..4).prop_map(Step::Apply),
        4 => (user.clone(), prop::collection::vec(1i64..12, 1..3), marks)
            .prop_map(|(user, ids, mark)| Step::Mark(user, ids, mark)),
        1 => user.clone().prop_map(Step::ReadAll),
        1 => user.prop_map(Step::Forget),
        1 => Just(Step::Maintain),
        1 => Just(Step::Compact),
        1 => Just(Step::Fold),
        1 => Just(Step::Evict),
        2 => (1i64..100_000_000).prop_map(Step::Clock),
    ]
}

/// Ways to open a durable board, with segments that are full soon, later, or never.
fn opening() -> impl Strategy<Value = Opening> {
    (
        prop::sample::select(vec![1024, 2048, 8192, 1 << 20]),
        1usize..4,
        any::<bool>(),
    )
        .prop_map(|(segment, segments, is_short)| {
            let mut opening = if is_short {
                Opening::SHORT
            } else {
                Opening::PLAIN
            };
            (opening.sizing.segment, opening.sizing.segments) = (segment, segments);
            opening
        })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        9 => step().prop_map(Event::Step),
        1 => Just(Event::Reopen),
        1 => any::<u64>().prop_map(Event::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_board_on_a_disk_is_one_in_memory_whatever_happens_between(
        opening in opening(),
        events in prop::collection::vec(event(), 1..40),
    ) {
        let mut history = History::opened(opening, &[]);
        for event in &events {
            match event {
                Event::Step(step) => prop_assert!(history.take(step)),
                Event::Reopen => history.reopen().unwrap(),
                Event::Crash(seed) => {
                    let disk = history.disk.crashed(*seed);
                    history.close();
                    history.disk = disk;
                    history.reopen().unwrap();
                }
            }
            history.check();
        }
        history.check_disk(&history.disk.crashed(1));
    }
}
