//! Every order of the steps of a writer and readers, under the memory model of C11.
//!
//! Loom tries all of them for these sizes. Where the orders are too many, it tries those in which a thread is
//! interrupted at most so many times.

use std::sync::Arc;
use std::time::Duration;

use loom::thread;

use super::super::super::layout::word;
use super::super::super::memory::{Memory, Writable};
use super::super::{Bell, Geometry, Writer, repair};
use super::geometry;
use super::memories::Loom;
use super::order::{Checked, write};

/// Most bytes of a record: a word.
const MOST: usize = 8;

/// Tries all orders with at most so many interruptions of a thread.
fn try_all(interruptions: Option<usize>, test: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = interruptions;
    model.check(test);
}

/// A writer of `records`, and readers that look `looks` times.
fn race(geometry: Geometry, records: u64, readers: usize, looks: usize) {
    let memory = Arc::new(Loom::new(geometry));
    let threads: Vec<_> = (0..readers)
        .map(|_| {
            let memory = Arc::clone(&memory);
            thread::spawn(move || {
                let mut reader = Checked::new(&*memory, geometry, MOST);
                for _ in 0..looks {
                    reader.read();
                }
            })
        })
        .collect();
    let mut writer = Writer::new(&*memory, geometry);
    write(&mut writer, records, MOST);
    for thread in threads {
        thread.join().unwrap();
    }
    Checked::new(&*memory, geometry, MOST).finish(records);
}

#[test]
fn a_record_in_its_slot_is_whole_or_lost() {
    try_all(Some(2), || race(geometry(1, 64, 40), 2, 1, 2));
}

#[test]
fn a_record_in_the_arena_is_whole_or_lost_when_its_slot_is_taken() {
    try_all(Some(2), || race(geometry(2, 256, 0), 3, 1, 2));
}

#[test]
fn a_record_in_the_arena_is_whole_or_lost_when_its_bytes_are_overwritten() {
    try_all(Some(3), || race(geometry(4, 64, 0), 2, 1, 2));
}

#[test]
fn two_readers_see_the_same() {
    try_all(Some(1), || race(geometry(2, 64, 0), 2, 2, 1));
}

#[test]
fn a_ring_that_another_writer_goes_on_with_is_read_on() {
    try_all(Some(1), || {
        let geometry = geometry(2, 64, 0);
        let memory = Arc::new(Loom::new(geometry));
        let theirs = Arc::clone(&memory);
        let thread = thread::spawn(move || {
            let mut reader = Checked::new(&*theirs, geometry, MOST);
            reader.read();
            reader.read();
        });
        let first = Arc::clone(&memory);
        let first = thread::spawn(move || write(&mut Writer::new(&*first, geometry), 1, MOST));
        first.join().unwrap();
        let mut second = repair(&*memory, geometry).unwrap().0;
        write(&mut second, 2, MOST);
        thread.join().unwrap();
        Checked::new(&*memory, geometry, MOST).finish(2);
    });
}

/// One who tells of news, and sleepers. The memory's sleep has no time limit here: a wake that is lost is a deadlock.
fn wake(sleepers: usize, news: u64) {
    let memory = Arc::new(Loom::new(geometry(1, 64, 0)));
    let bell = Bell::new(memory.bell());
    let threads: Vec<_> = (0..sleepers)
        .map(|_| {
            let memory = Arc::clone(&memory);
            thread::spawn(move || {
                let mut seen = 0;
                while seen < news {
                    let is_there = || memory.load(word::HEAD) > seen;
                    bell.wait(&*memory, Duration::MAX, is_there);
                    memory.fence_acquire();
                    seen = memory.load(word::HEAD).max(seen);
                }
            })
        })
        .collect();
    for one in 1..=news {
        memory.publish(word::HEAD, one);
        bell.ring(&*memory);
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn one_who_sleeps_is_woken_by_each_of_two_who_ring() {
    try_all(Some(3), || {
        let memory = Arc::new(Loom::new(geometry(1, 64, 0)));
        let bell = Bell::new(memory.bell());
        let threads = [word::HEAD, word::TAIL].map(|news| {
            let memory = Arc::clone(&memory);
            thread::spawn(move || {
                memory.publish(news, 1);
                bell.ring(&*memory);
            })
        });
        for news in [word::HEAD, word::TAIL] {
            while memory.load(news) == 0 {
                bell.wait(&*memory, Duration::MAX, || memory.load(news) > 0);
            }
        }
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn one_who_sleeps_is_woken() {
    try_all(None, || wake(1, 2));
}

#[test]
fn two_who_sleep_are_woken() {
    try_all(Some(3), || wake(2, 2));
}
