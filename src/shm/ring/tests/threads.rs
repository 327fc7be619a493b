//! Threads as the system and the processor run them.

use std::thread;
use std::time::Duration;

use super::super::{Bell, Writer};
use super::geometry;
use super::memories::Plain;
use super::order::{Checked, write};

#[test]
fn threads_read_what_a_thread_writes() {
    // Miri takes a thousand times as long.
    let records = if cfg!(miri) { 12 } else { 50_000 };
    const MOST: usize = 200;
    let geometry = geometry(16, 1024, 40);
    let memory = &Plain::new(geometry);
    thread::scope(|scope| {
        for n in 0..2 {
            scope.spawn(move || {
                let bell = Bell::new(memory.bell());
                let mut reader = Checked::new(memory, geometry, MOST);
                while reader.reader.cursor() < records {
                    match (reader.read(), n) {
                        (true, _) => {}
                        (false, 0) => thread::yield_now(),
                        (false, _) => {
                            bell.wait(memory, Duration::MAX, || reader.reader.is_behind())
                        }
                    }
                }
                reader.finish(records);
            });
        }
        let bell = Bell::new(memory.bell());
        let mut writer = Writer::new(memory, geometry);
        for record in 1..=records {
            write(&mut writer, record, MOST);
            bell.ring(memory);
        }
    });
}
