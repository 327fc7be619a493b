//! Numbers of users by name.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::number_map::NumberMap;

/// Numbers by name. Names are not stored here, but looked up by number.
///
/// Strangers choose the names, so they are hashed as the standard library does. Keeping hashes
/// instead of names makes it small, and growing does not touch the names.
#[derive(Debug, Default)]
pub(super) struct Names {
    hasher: RandomState,
    by_hash: NumberMap<u32, u32>,
    /// Names whose hash was taken by another one.
    clashing: BTreeMap<Arc<str>, u32>,
}

impl Names {
    /// Returns the number of `name`. `is_it` reports whether a number has that name.
    pub(super) fn get(&self, name: &str, is_it: impl FnOnce(u32) -> bool) -> Option<u32> {
        let found = self.by_hash.get(&self.hash(name)).copied();
        match found.filter(|number| is_it(*number)) {
            None if !self.clashing.is_empty() => self.clashing.get(name).copied(),
            found => found,
        }
    }

    /// Adds a name, which must be new.
    pub(super) fn insert(&mut self, name: &Arc<str>, number: u32) {
        use std::collections::hash_map::Entry;
        match self.by_hash.entry(self.hash(name)) {
            Entry::Vacant(vacant) => drop(vacant.insert(number)),
            Entry::Occupied(_) => drop(self.clashing.insert(Arc::clone(name), number)),
        }
    }

    /// Removes a name with its number.
    pub(super) fn remove(&mut self, name: &str, number: u32) {
        if self.clashing.remove(name).is_none() {
            let hash = self.hash(name);
            debug_assert_eq!(self.by_hash.get(&hash), Some(&number));
            self.by_hash.remove(&hash);
        }
    }

    /// Estimates the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        // A byte for each place tells apart hashes, and an eighth of the places stays free.
        self.by_hash.capacity() * 8 / 7 * (size_of::<(u32, u32)>() + 1)
    }

    fn hash(&self, name: &str) -> u32 {
        (self.hasher.hash_one(name) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_the_same_hash_are_told_apart() {
        // Among so many, some clash.
        let all: Vec<Arc<str>> = (0..400_000).map(|n| format!("user-{n}").into()).collect();
        let mut names = Names::default();
        for (number, name) in (0..).zip(&all) {
            names.insert(name, number);
        }
        assert!(!names.clashing.is_empty());
        let find = |names: &Names, name: &Arc<str>| {
            names.get(name, |number| all[number as usize] == *name)
        };
        for (number, name) in (0..).zip(&all) {
            assert_eq!(find(&names, name), Some(number));
        }
        assert_eq!(find(&names, &"nobody".into()), None);
        for (number, name) in (0..).zip(&all).filter(|(number, _)| number % 2 == 0) {
            names.remove(name, number);
        }
        for (number, name) in (0..).zip(&all) {
            let expected = (number % 2 == 1).then_some(number);
            assert_eq!(find(&names, name), expected);
        }
    }
}
