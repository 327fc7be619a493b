//! Table of handles: each slot has a generation, so that a closed handle differs from a new one in
//! the same slot.
//!
//! A call holds a read lock on its slot. Removing an entry therefore waits for its calls, and no
//! call touches another slot.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{MappedRwLockReadGuard, RwLock, RwLockReadGuard};

/// An entry that cannot be removed while this is held.
pub(crate) type Entered<T> = MappedRwLockReadGuard<'static, T>;

/// A slot of a table and its generation, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) index: usize,
    pub(crate) generation: usize,
}

/// A table of `PLACES` slots, whose generations wrap around after `GENERATIONS`.
///
/// An empty table is all zeros, so that it takes no room in the library's file.
pub(crate) struct Table<T: 'static, const PLACES: usize, const GENERATIONS: usize> {
    places: [RwLock<Place<T>>; PLACES],
    /// Start of the next search for a free slot, so that slots are used in turn.
    next: AtomicUsize,
}

struct Place<T> {
    generation: usize,
    /// Boxed, so that None is all zeros, too.
    value: Option<Box<T>>,
}

impl<T, const PLACES: usize, const GENERATIONS: usize> Table<T, PLACES, GENERATIONS> {
    /// Creates an empty table.
    pub(crate) const fn new() -> Self {
        Self {
            places: [const {
                RwLock::new(Place {
                    generation: 0,
                    value: None,
                })
            }; PLACES],
            next: AtomicUsize::new(0),
        }
    }

    /// Stores `value` in a free slot; None when all are taken.
    pub(crate) fn insert(&self, value: T) -> Option<Key> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..PLACES {
            let index = first.wrapping_add(step) % PLACES;
            // A locked slot is in use.
            let Some(mut place) = self.places.get(index).and_then(RwLock::try_write) else {
                continue;
            };
            if place.value.is_none() {
                place.generation = place.generation % GENERATIONS + 1;
                place.value = Some(Box::new(value));
                let generation = place.generation;
                return Some(Key { index, generation });
            }
        }
        None
    }

    /// Returns the entry of `key`, for one call.
    pub(crate) fn enter(&'static self, key: Key) -> Option<Entered<T>> {
        let place = self.places.get(key.index)?.read();
        if place.generation != key.generation {
            return None;
        }
        RwLockReadGuard::try_map(place, |place| place.value.as_deref()).ok()
    }

    /// Removes the entry of `key` once no call uses it.
    pub(crate) fn take(&self, key: Key) -> Option<T> {
        let mut place = self.places.get(key.index)?.write();
        match place.generation == key.generation {
            true => place.value.take().map(|value| *value),
            false => None,
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
            assert_eq!(TABLE.enter(key).as_deref(), Some(&value));
            assert_eq!(TABLE.take(key), Some(value));
            assert_eq!(TABLE.take(key), None);
            assert!(TABLE.enter(key).is_none());
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
        TABLE.take(first);
        let again = TABLE.insert(3).unwrap();
        assert_eq!(again.index, first.index);
        assert!(TABLE.enter(first).is_none());
        assert_eq!(TABLE.take(first), None);
        assert_eq!(TABLE.enter(again).as_deref(), Some(&3));
        let nowhere = Key {
            index: 2,
            generation: 1,
        };
        assert!(TABLE.enter(nowhere).is_none());
        assert!(TABLE.take(nowhere).is_none());
    }

    #[test]
    fn taking_out_waits_for_a_call() {
        static TABLE: Table<u8, 1, 3> = Table::new();
        let key = TABLE.insert(1).unwrap();
        let entered = TABLE.enter(key).unwrap();
        let taking = std::thread::spawn(move || TABLE.take(key));
        // The slot cannot be written during the call.
        assert!(TABLE.places[0].try_write().is_none());
        assert_eq!(*entered, 1);
        drop(entered);
        assert_eq!(taking.join().unwrap(), Some(1));
    }
}
