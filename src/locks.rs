//! Locks, in the one form that the crate uses: without poisoning.
//!
//! On Unix they are those of the standard library. `parking_lot` keeps a table of all waiting threads
//! of the process; in a forked child the table still has the threads of the parent, and a board that
//! the child opens then waits in the wrong queue, or for ever. Elsewhere, where there is no fork, they
//! are those of `parking_lot`, because the standard library's need Windows 8.

#[cfg(not(unix))]
pub use parking_lot::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};

#[cfg(unix)]
pub use self::standard::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};

pub use self::turns::{Turn, Turns};

use std::time::{Duration, Instant};

/// Waits until `find` finds something in what the lock guards, at most for `limit`: it looks now, and after each signal.
/// A limit beyond the clock's range is no limit. Returns None if nothing was found in time.
pub fn wait_for<T, R>(
    signal: &Condvar,
    guard: &mut MutexGuard<'_, T>,
    limit: Duration,
    mut find: impl FnMut(&mut T) -> Option<R>,
) -> Option<R> {
    let deadline = Instant::now().checked_add(limit);
    loop {
        if let Some(found) = find(guard) {
            return Some(found);
        }
        match deadline {
            Some(deadline) if Instant::now() >= deadline => return None,
            Some(deadline) => {
                signal.wait_until(guard, deadline);
            }
            None => signal.wait(guard),
        }
    }
}

/// The standard library's locks with the interface of `parking_lot`. A panic in a critical section leaves the
/// value as it is; a board that could be half changed poisons itself.
#[cfg(unix)]
mod standard {
    use std::ops::{Deref, DerefMut};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{self, PoisonError, TryLockError};
    use std::time::Instant;

    pub use std::sync::{RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult};

    /// A lock for one at a time.
    #[derive(Debug, Default)]
    pub struct Mutex<T>(sync::Mutex<T>);

    /// The value of a [`Mutex`]; None only inside of [`Condvar`].
    #[derive(Debug)]
    pub struct MutexGuard<'a, T>(Option<sync::MutexGuard<'a, T>>);

    impl<T> Mutex<T> {
        /// Creates a lock around a value.
        pub const fn new(value: T) -> Self {
            Self(sync::Mutex::new(value))
        }

        /// Returns the value.
        pub fn into_inner(self) -> T {
            self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl<T> Mutex<T> {
        /// Waits for the lock.
        #[inline]
        pub fn lock(&self) -> MutexGuard<'_, T> {
            MutexGuard(Some(self.0.lock().unwrap_or_else(PoisonError::into_inner)))
        }

        /// Takes the lock if nobody has it.
        pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            match self.0.try_lock() {
                Ok(guard) => Some(MutexGuard(Some(guard))),
                Err(TryLockError::Poisoned(guard)) => Some(MutexGuard(Some(guard.into_inner()))),
                Err(TryLockError::WouldBlock) => None,
            }
        }

        /// Returns the value, which nobody else can reach.
        pub fn get_mut(&mut self) -> &mut T {
            self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            match &self.0 {
                Some(guard) => guard,
                None => unreachable!("the lock is given up during a wait only"),
            }
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        #[inline]
        fn deref_mut(&mut self) -> &mut T {
            match &mut self.0 {
                Some(guard) => guard,
                None => unreachable!("the lock is given up during a wait only"),
            }
        }
    }

    /// A signal for those who wait with a [`Mutex`]. What they wait for must be changed under that lock.
    #[derive(Debug, Default)]
    pub struct Condvar {
        signal: sync::Condvar,
        /// Number of those who wait, counted under the lock. A signal that nobody waits for is then no
        /// call of the system, which every write would make several of.
        waiting: AtomicUsize,
    }

    impl Condvar {
        /// Creates a signal.
        pub const fn new() -> Self {
            Self {
                signal: sync::Condvar::new(),
                waiting: AtomicUsize::new(0),
            }
        }

        fn is_waited_for(&self) -> bool {
            self.waiting.load(Ordering::SeqCst) > 0
        }

        /// Gives up the lock, and takes it again after a signal, or for no reason.
        pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
            if let Some(held) = guard.0.take() {
                self.waiting.fetch_add(1, Ordering::SeqCst);
                let held = self.signal.wait(held);
                self.waiting.fetch_sub(1, Ordering::SeqCst);
                guard.0 = Some(held.unwrap_or_else(PoisonError::into_inner));
            }
        }

        /// Waits like [`wait`](Self::wait), at most until an instant.
        pub fn wait_until<T>(
            &self,
            guard: &mut MutexGuard<'_, T>,
            until: Instant,
        ) -> WaitTimeoutResult {
            let Some(held) = guard.0.take() else {
                unreachable!("the lock is held by the caller");
            };
            let timeout = until.saturating_duration_since(Instant::now());
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let waited = self.signal.wait_timeout(held, timeout);
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            let (held, result) = waited.unwrap_or_else(PoisonError::into_inner);
            guard.0 = Some(held);
            result
        }

        /// Wakes one who waits.
        pub fn notify_one(&self) {
            if self.is_waited_for() {
                self.signal.notify_one();
            }
        }

        /// Wakes all who wait.
        pub fn notify_all(&self) {
            if self.is_waited_for() {
                self.signal.notify_all();
            }
        }
    }

    /// A lock for several readers or one writer.
    #[derive(Debug, Default)]
    pub struct RwLock<T>(sync::RwLock<T>);

    impl<T> RwLock<T> {
        /// Creates a lock around a value.
        pub const fn new(value: T) -> Self {
            Self(sync::RwLock::new(value))
        }
    }

    impl<T> RwLock<T> {
        /// Waits for the lock for reading.
        #[inline]
        pub fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        /// Waits for the lock for writing.
        #[inline]
        pub fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }

        /// Takes the lock for writing if nobody has it.
        pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
            match self.0.try_write() {
                Ok(guard) => Some(guard),
                Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        }
    }
}

/// A lock that is given out in the order of asking.
mod turns {
    use super::{Condvar, Mutex};

    /// A lock that is given out in the order of asking, so that somebody who takes it again and again does not keep
    /// the others waiting. It is meant for work that takes long beside a lock.
    #[derive(Debug, Default)]
    pub struct Turns {
        /// Guards who is next.
        queue: Mutex<Queue>,
        moved: Condvar,
    }

    #[derive(Debug, Default)]
    struct Queue {
        /// Number of the next one to ask.
        next: u64,
        /// Number of the one whose turn it is.
        present: u64,
    }

    /// The turn, for as long as it is held.
    #[derive(Debug)]
    pub struct Turn<'a>(&'a Turns);

    impl Turns {
        /// Waits for the turn.
        pub fn take(&self) -> Turn<'_> {
            let mut queue = self.queue.lock();
            let mine = queue.next;
            queue.next = mine.wrapping_add(1);
            while queue.present != mine {
                self.moved.wait(&mut queue);
            }
            Turn(self)
        }

        /// Returns how often the turn was asked for.
        #[cfg(test)]
        pub(super) fn asked(&self) -> u64 {
            self.queue.lock().next
        }
    }

    impl Drop for Turn<'_> {
        fn drop(&mut self) {
            let mut queue = self.0.queue.lock();
            queue.present = queue.present.wrapping_add(1);
            drop(queue);
            // Whose turn it is knows by the number.
            self.0.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_panic_leaves_a_lock_usable() {
        let (mutex, lock) = (Mutex::new(1), RwLock::new(1));
        let panic = |held: &mut i32| {
            *held = 2;
            panic!("while it is held");
        };
        let _ = catch_unwind(AssertUnwindSafe(|| panic(&mut mutex.lock())));
        let _ = catch_unwind(AssertUnwindSafe(|| panic(&mut lock.write())));
        assert_eq!((*mutex.lock(), *lock.read()), (2, 2));
        assert_eq!(mutex.try_lock().as_deref(), Some(&2));
        assert_eq!(lock.try_write().as_deref(), Some(&2));
    }

    #[test]
    fn a_wait_ends_at_its_time_and_by_a_signal() {
        let state = Arc::new((Mutex::new(false), Condvar::new()));
        let mut held = state.0.lock();
        let past = state.1.wait_until(&mut held, Instant::now());
        assert!(past.timed_out());
        let theirs = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            *theirs.0.lock() = true;
            theirs.1.notify_one();
        });
        let minute = Instant::now() + Duration::from_secs(60);
        while !*held {
            assert!(!state.1.wait_until(&mut held, minute).timed_out());
        }
        thread.join().unwrap();
    }

    #[test]
    fn what_is_waited_for_is_found_after_a_signal_or_not_in_time() {
        let state = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let mut held = state.0.lock();
        let none = wait_for(&state.1, &mut held, Duration::ZERO, |found| found.pop());
        assert_eq!(none, None::<u8>);
        let theirs = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            theirs.0.lock().push(7);
            theirs.1.notify_all();
        });
        // Beyond the clock's range.
        let found = wait_for(&state.1, &mut held, Duration::MAX, |found| found.pop());
        assert_eq!(found, Some(7));
        thread.join().unwrap();
    }

    #[test]
    fn turns_are_given_in_the_order_of_asking() {
        let turns = Arc::new(Turns::default());
        let (sender, order) = mpsc::channel();
        let first = turns.take();
        let mut threads = Vec::new();
        for number in 1..=5 {
            let (theirs, sender) = (Arc::clone(&turns), sender.clone());
            threads.push(std::thread::spawn(move || {
                let _turn = theirs.take();
                sender.send(number).unwrap();
            }));
            while turns.asked() < number + 1 {
                std::thread::yield_now();
            }
        }
        drop(first);
        assert_eq!(order.iter().take(5).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    }
}
