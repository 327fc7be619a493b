//! Table of handles: each slot has a generation, so that a closed handle differs from a new one in
//! the same slot.
//!
//! A call holds a read lock on its slot. Removing an entry therefore waits for its calls, and no
//! call touches another slot.
//!
//! A forked child has a copy of the table, in which slots may be locked by threads that it does not
//! have. Each slot says without a lock which process has filled it.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use notice::locks::{RwLock, RwLockReadGuard};
use notice::process::Owner;

/// An entry that cannot be removed while this is held.
#[derive(Debug)]
pub(crate) struct Entered<T: 'static>(RwLockReadGuard<'static, Option<Box<T>>>);

/// A slot of a table and its generation, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) index: usize,
    pub(crate) generation: usize,
}

/// Reason why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no such entry, or no longer.
    Unknown,
    /// This process was forked after the entry was made.
    Inherited,
}

/// A table of `PLACES` slots, whose generations wrap around after `GENERATIONS`.
///
/// An empty table is all zeros, so that it takes no room in the library's file.
pub(crate) struct Table<T: 'static, const PLACES: usize, const GENERATIONS: usize> {
    places: [Place<T>; PLACES],
    /// Start of the next search for a free slot, so that slots are used in turn.
    next: AtomicUsize,
}

/// A slot. `owner` and `generation` change only while `value` is locked, except by
/// [`abandon`](Table::abandon), and are read without that.
struct Place<T> {
    /// Process that filled the slot; 0 if none has, or a forked child has closed its copy.
    owner: AtomicU64,
    generation: AtomicUsize,
    /// Boxed, so that None is all zeros, too.
    value: RwLock<Option<Box<T>>>,
}

impl<T, const PLACES: usize, const GENERATIONS: usize> Table<T, PLACES, GENERATIONS> {
    /// Creates an empty table.
    pub(crate) const fn new() -> Self {
        Self {
            places: [const {
                Place {
                    owner: AtomicU64::new(0),
                    generation: AtomicUsize::new(0),
                    value: RwLock::new(None),
                }
            }; PLACES],
            next: AtomicUsize::new(0),
        }
    }

    /// Stores `value` in a free slot; None when all are taken.
    pub(crate) fn insert(&self, value: T) -> Option<Key> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..PLACES {
            let index = first.wrapping_add(step) % PLACES;
            let Some(place) = self.places.get(index) else {
                continue;
            };
            // A locked slot is in use.
            let Some(mut present) = place.value.try_write() else {
                continue;
            };
            if present.is_none() {
                let generation = place.generation.load(Ordering::Relaxed) % GENERATIONS + 1;
                // The owner first, so that who sees the generation sees the owner.
                place
                    .owner
                    .store(Owner::this().to_bits(), Ordering::Relaxed);
                place.generation.store(generation, Ordering::Release);
                *present = Some(Box::new(value));
                return Some(Key { index, generation });
            }
        }
        None
    }

    /// Returns the entry of `key`, for one call.
    pub(crate) fn enter(&'static self, key: Key) -> Result<Entered<T>, Refused> {
        let place = self.find(key)?;
        let value = place.value.read();
        place.check(key)?;
        match value.is_some() {
            true => Ok(Entered(value)),
            false => Err(Refused::Unknown),
        }
    }

    /// Removes the entry of `key` once no call uses it.
    #[cfg(any(feature = "e", test))]
    pub(crate) fn take(&self, key: Key) -> Result<T, Refused> {
        self.take_if(key, |_| Ok(()))?
    }

    /// Removes the entry of `key` once no call uses it, if `agree` succeeds then. No call begins before that.
    pub(crate) fn take_if<E>(
        &self,
        key: Key,
        agree: impl FnOnce(&T) -> Result<(), E>,
    ) -> Result<Result<T, E>, Refused> {
        let place = self.find(key)?;
        let mut value = place.value.write();
        place.check(key)?;
        let present = value.as_deref().ok_or(Refused::Unknown)?;
        if let Err(error) = agree(present) {
            return Ok(Err(error));
        }
        value.take().map(|value| Ok(*value)).ok_or(Refused::Unknown)
    }

    /// Gives up an inherited entry without waiting. Returns it, unless a thread of the parent was using it when
    /// this process was forked.
    pub(crate) fn abandon(&self, key: Key) -> Result<Option<T>, Refused> {
        match self.find(key) {
            Err(Refused::Inherited) => {}
            Err(Refused::Unknown) | Ok(_) => return Err(Refused::Unknown),
        }
        let place = self.places.get(key.index).ok_or(Refused::Unknown)?;
        if place.owner.swap(0, Ordering::Relaxed) == 0 {
            return Err(Refused::Unknown);
        }
        Ok(place.value.try_write().and_then(|mut value| {
            let value_was = value.take();
            // Unlocking would wake threads that waited in the parent.
            std::mem::forget(value);
            value_was.map(|value| *value)
        }))
    }

    /// Returns the slot of `key` if this process has filled it, without a lock.
    fn find(&self, key: Key) -> Result<&Place<T>, Refused> {
        let place = self.places.get(key.index).ok_or(Refused::Unknown)?;
        place.check(key)?;
        match place.owner.load(Ordering::Relaxed) {
            0 => Err(Refused::Unknown),
            owner if Owner::from_bits(owner).is_here() => Ok(place),
            _ => Err(Refused::Inherited),
        }
    }
}

impl<T> Deref for Entered<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &*self.0 {
            Some(value) => value,
            None => unreachable!("a slot that was entered is filled, and cannot be emptied"),
        }
    }
}

impl<T> Place<T> {
    fn check(&self, key: Key) -> Result<(), Refused> {
        match self.generation.load(Ordering::Acquire) == key.generation {
            true => Ok(()),
            false => Err(Refused::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_used_again_has_another_generation() {
        static TABLE: Table<u8, 2, 3> = Table::new();
        let mut keys = Vec::new();
        for value in 0..7 {
            let key = TABLE.insert(value).unwrap();
            assert_eq!(TABLE.enter(key).as_deref(), Ok(&value));
            assert_eq!(TABLE.take(key), Ok(value));
            assert_eq!(TABLE.take(key), Err(Refused::Unknown));
            assert!(TABLE.enter(key).is_err());
            keys.push((key.index, key.generation));
        }
        // The first generation follows the last one.
        assert_eq!(
            keys,
            [(0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3), (0, 1)]
        );
    }

    #[test]
    fn a_full_table_takes_no_more() {
        static TABLE: Table<u8, 2, 3> = Table::new();
        let first = TABLE.insert(1).unwrap();
        TABLE.insert(2).unwrap();
        assert_eq!(TABLE.insert(3), None);
        TABLE.take(first).unwrap();
        let again = TABLE.insert(3).unwrap();
        assert_eq!(again.index, first.index);
        assert!(TABLE.enter(first).is_err());
        assert_eq!(TABLE.take(first), Err(Refused::Unknown));
        assert_eq!(TABLE.enter(again).as_deref(), Ok(&3));
        let nowhere = Key {
            index: 2,
            generation: 1,
        };
        assert!(TABLE.enter(nowhere).is_err());
        assert!(TABLE.take(nowhere).is_err());
    }

    #[test]
    fn taking_out_waits_for_a_call() {
        static TABLE: Table<u8, 1, 3> = Table::new();
        let key = TABLE.insert(1).unwrap();
        let entered = TABLE.enter(key).unwrap();
        let taking = std::thread::spawn(move || TABLE.take(key));
        // The slot cannot be written during the call.
        assert!(TABLE.places[0].value.try_write().is_none());
        assert_eq!(*entered, 1);
        drop(entered);
        assert_eq!(taking.join().unwrap(), Ok(1));
    }

    #[test]
    fn an_entry_of_another_process_is_refused_and_given_up_without_waiting() {
        static TABLE: Table<u8, 2, 3> = Table::new();
        let keys = [1, 2].map(|value| TABLE.insert(value).unwrap());
        let entered = TABLE.enter(keys[0]).unwrap();
        let this = Owner::this();
        // Whether forks are reported by now or not.
        let other = Owner::from_bits(this.to_bits() ^ (1 << 62 | 1 << 31));
        for place in &TABLE.places {
            place.owner.store(other.to_bits(), Ordering::Relaxed);
        }
        for (key, value) in keys.into_iter().zip([None, Some(2)]) {
            assert_eq!(TABLE.enter(key).unwrap_err(), Refused::Inherited);
            assert_eq!(TABLE.take(key), Err(Refused::Inherited));
            assert_eq!(TABLE.abandon(key), Ok(value));
            assert_eq!(TABLE.abandon(key), Err(Refused::Unknown));
            assert_eq!(TABLE.enter(key).unwrap_err(), Refused::Unknown);
        }
        assert_eq!(TABLE.insert(3), None, "a lock is never given back");
        drop(entered);
    }
}
