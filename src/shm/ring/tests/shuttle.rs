//! Long runs in random orders: what loom cannot try for larger sizes.

use std::sync::Arc;
use std::time::Duration;

use shuttle::thread;

use super::super::{Bell, Writer};
use super::geometry;
use super::memories::Shuttle;
use super::order::{Checked, write};

/// A writer, readers that never sleep, and readers that sleep when there is nothing.
fn run() {
    const RECORDS: u64 = 60;
    const MOST: usize = 100;
    let geometry = geometry(8, 512, 40);
    let memory = Arc::new(Shuttle::new(geometry));
    let readers: Vec<_> = (0..3)
        .map(|n| {
            let memory = Arc::clone(&memory);
            thread::spawn(move || {
                let bell = Bell::new(memory.bell());
                let mut reader = Checked::new(&*memory, geometry, MOST);
                while reader.reader.cursor() < RECORDS {
                    match (reader.read(), n) {
                        (true, _) => {}
                        (false, 0) => thread::yield_now(),
                        (false, _) => {
                            bell.wait(&*memory, Duration::MAX, || reader.reader.is_behind())
                        }
                    }
                }
                reader.finish(RECORDS);
            })
        })
        .collect();
    let bell = Bell::new(memory.bell());
    let mut writer = Writer::new(&*memory, geometry);
    for record in 1..=RECORDS {
        write(&mut writer, record, MOST);
        bell.ring(&*memory);
    }
    for reader in readers {
        reader.join().unwrap();
    }
}

#[test]
fn readers_at_any_pace_see_whole_records_in_order() {
    shuttle::check_random(run, 300);
}

#[test]
fn readers_that_fall_far_behind_see_whole_records_in_order() {
    shuttle::check_pct(run, 300, 3);
}
