//! Bounded channel between two threads.
//!
//! `std`'s channels would do, but they and scoped threads leave memory behind in threads that `std`
//! did not start, such as the main thread of a C program.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::locks::{Condvar, Mutex};
/// Capacity of the channel.
const AHEAD: usize = 8;

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<Pending<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Pending<T> {
    waiting: VecDeque<T>,
    /// Whether one end is gone.
    is_ended: bool,
}

/// Sending end. Dropping it ends the channel.
#[derive(Debug)]
pub(crate) struct Giver<T>(Arc<Shared<T>>);

/// Receiving end. After it is dropped, everything sent is discarded.
#[derive(Debug)]
pub(crate) struct Taker<T>(Arc<Shared<T>>);

/// Creates a channel.
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
    /// Reports whether the receiver is behind, so that [`give`](Self::give) would wait.
    pub(crate) fn is_full(&self) -> bool {
        let state = self.0.state.lock();
        state.waiting.len() >= AHEAD && !state.is_ended
    }

    /// Sends a value, waiting while the channel is full.
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

    /// Receives a value; None when the channel is empty and has ended.
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
    fn a_channel_is_full_until_something_is_taken() {
        let (giver, mut taker) = handover();
        for n in 0..AHEAD {
            assert!(!giver.is_full());
            giver.give(n);
        }
        assert!(giver.is_full());
        assert_eq!(taker.next(), Some(0));
        assert!(!giver.is_full());
        giver.give(AHEAD);
        drop(taker);
        assert!(!giver.is_full(), "nobody waits for one who has gone");
    }

    #[test]
    fn who_gives_is_not_held_up_by_one_who_has_gone() {
        let (giver, taker) = handover();
        drop(taker);
        (0..100).for_each(|n| giver.give(n));
    }
}
