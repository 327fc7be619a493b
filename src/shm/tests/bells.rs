//! Bells of a page that is mapped: no sleeper is left asleep.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::super::extent::Extent;
use super::super::page::PAGE;
use super::super::platform::{self, How, Mapping};
use super::super::ring::Bell;
use super::Place;

/// So long that a wake that is lost is a test that never ends.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);
const ROUNDS: u64 = 3000;

/// A page, mapped once more, as in another process.
fn map(place: &Place, file: &File) -> Mapping {
    let extent = Extent::new(&place.path, 0, PAGE, PAGE, platform::page()).unwrap();
    Mapping::new(&place.path, file, extent).unwrap()
}

#[test]
fn every_ring_wakes_every_sleeper() {
    let place = Place::new();
    let file = platform::open(&place.file("bell"), How::New).unwrap();
    platform::reserve(&file, PAGE).unwrap();
    // Each sleeper says by a bell of its own that it has seen a round, and the next one begins when both have.
    let bell = Bell::new(16);
    let answers = [Bell::new(32), Bell::new(48)];
    let round = AtomicU64::new(0);
    let seen = [AtomicU64::new(0), AtomicU64::new(0)];
    thread::scope(|scope| {
        for (seen, answer) in seen.iter().zip(answers) {
            let (memory, round) = (map(&place, &file), &round);
            scope.spawn(move || {
                for number in 1..=ROUNDS {
                    let is_there = || round.load(Ordering::Relaxed) >= number;
                    while !is_there() {
                        bell.wait(&memory, LONG, is_there);
                    }
                    seen.store(number, Ordering::Relaxed);
                    answer.ring(&memory);
                }
            });
        }
        let memory = map(&place, &file);
        for number in 1..=ROUNDS {
            round.store(number, Ordering::Relaxed);
            bell.ring(&memory);
            for (seen, answer) in seen.iter().zip(answers) {
                let is_there = || seen.load(Ordering::Relaxed) >= number;
                while !is_there() {
                    answer.wait(&memory, LONG, is_there);
                }
            }
        }
    });
}
