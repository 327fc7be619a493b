//! Hands things from one thread to another, in order and not too many ahead.
//!
//! The channels of `std` would do, but for what they and its scoped threads leave behind in a thread that
//! `std` did not start, such as the main thread of a C program: memory that is never given back.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

/// So many may wait to be taken.
const AHEAD: usize = 8;

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<Pending<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Pending<T> {
    waiting: VecDeque<T>,
    /// One of the two is gone.
    is_ended: bool,
}

/// The end that gives. When it goes, there is no more to take.
#[derive(Debug)]
pub(crate) struct Giver<T>(Arc<Shared<T>>);

/// The end that takes. When it goes, what is given is dropped.
#[derive(Debug)]
pub(crate) struct Taker<T>(Arc<Shared<T>>);

/// Both ends.
pub(crate) fn handover<T>() -> (Giver<T>, Taker<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(Pending {
            waiting: VecDeque::new(),
            is_ended: false,
        }),
        changed: Condvar::new(),
    });
    (Giver(Arc::clone(&shared)), Taker(shared))
}

impl<T> Giver<T> {
    /// Gives one thing; waits while too many have not been taken.
    pub(crate) fn give(&self, one: T) {
        let mut state = self.0.state.lock();
        while state.waiting.len() >= AHEAD && !state.is_ended {
            self.0.changed.wait(&mut state);
        }
        if !state.is_ended {
            state.waiting.push_back(one);
            self.0.changed.notify_one();
        }
    }
}

impl<T> Iterator for Taker<T> {
    type Item = T;

    /// The next thing; none when all were taken and there will be no more.
    fn next(&mut self) -> Option<T> {
        let mut state = self.0.state.lock();
        while state.waiting.is_empty() && !state.is_ended {
            self.0.changed.wait(&mut state);
        }
        let one = state.waiting.pop_front();
        self.0.changed.notify_one();
        one
    }
}

impl<T> Shared<T> {
    fn end(&self) {
        self.state.lock().is_ended = true;
        self.changed.notify_one();
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_arrives_in_order() {
        let (giver, taker) = handover();
        let thread = std::thread::spawn(move || (0..1000).for_each(|n| giver.give(n)));
        assert!(taker.eq(0..1000));
        thread.join().unwrap();
    }

    #[test]
    fn who_gives_is_not_held_up_by_one_who_has_gone() {
        let (giver, taker) = handover();
        drop(taker);
        (0..100).for_each(|n| giver.give(n));
    }
}
