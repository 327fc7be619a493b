//! What was of use lately, within a limit of bytes: two generations, of which the older one is forgotten as a whole.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Values with the bytes that they take.
type Generation<K, V> = HashMap<K, (V, usize), RandomState>;

/// Values by their keys. What was of no use for a generation is forgotten.
pub(super) struct Generations<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
    /// Bytes of the young values.
    bytes: usize,
    /// Bytes that a generation may have.
    most: usize,
}

impl<K: Eq + Hash, V> Generations<K, V> {
    /// Keeps nothing yet, and at most twice so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            young: HashMap::default(),
            old: HashMap::default(),
            bytes: 0,
            most,
        }
    }

    /// Returns how many values are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Returns a value that is kept.
    pub(super) fn find<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        // Long keys take a while to be hashed.
        if !self.old.is_empty()
            && let Some((key, (value, bytes))) = self.old.remove_entry(key)
        {
            self.keep(key, value, bytes);
        }
        self.young.get(key).map(|(value, _)| value)
    }

    /// Keeps a value of so many bytes, unless it is larger than a generation.
    pub(super) fn keep(&mut self, key: K, value: V, bytes: usize) {
        if bytes > self.most {
            return;
        }
        if self.bytes + bytes > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.young.insert(key, (value, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_use_stays_and_the_rest_goes_a_generation_later() {
        let mut kept = Generations::new(100);
        for n in 0..100 {
            kept.keep(n, n, 30);
            assert_eq!(kept.find(&0), Some(&0), "{n}");
            let all = kept.young.values().chain(kept.old.values());
            assert!(all.map(|(_, bytes)| bytes).sum::<usize>() <= 200);
        }
        assert_eq!(kept.find(&99), Some(&99));
        assert_eq!(kept.find(&90), None);
        kept.keep(1000, 1000, 101);
        assert_eq!(kept.find(&1000), None);
    }
}
