//! Sets of texts. Looking one up takes as long among ten thousand as among ten.

use std::hash::{DefaultHasher, Hasher};

/// Most texts that are searched in order. More of them get a table.
const FEW: usize = 8;

/// A set of texts.
#[derive(Debug, Clone)]
pub(super) enum ValueSet {
    /// Sorted.
    Few(Box<[Box<str>]>),
    Many(Box<Table>),
}

/// An open hash table. All texts lie in one allocation, because an audience may name thousands of users.
#[derive(Debug, Clone)]
pub(super) struct Table {
    text: Box<str>,
    /// End of each text.
    ends: Box<[u32]>,
    /// Number of a text plus 1, at its hash or behind it; 0 is a free place. The length is a power of two,
    /// and at least a third of the places is free.
    places: Box<[u32]>,
}

/// Returns the hash by which sets find a text.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl ValueSet {
    pub(super) fn new<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> Self {
        if values.len() > FEW {
            return Self::Many(Box::new(Table::new(values)));
        }
        let mut few: Box<[Box<str>]> = values.map(Box::from).collect();
        few.sort_unstable();
        Self::Few(few)
    }

    /// Reports whether `text` is in the set. `hash` returns its hash.
    pub(super) fn has(&self, text: &str, hash: impl FnOnce() -> u64) -> bool {
        match self {
            Self::Few(few) => few.binary_search_by(|one| (**one).cmp(text)).is_ok(),
            Self::Many(table) => table.has(text, hash()),
        }
    }
}

impl Table {
    fn new<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let capacity = (values.len() + values.len() / 2).next_power_of_two();
        let mut table = Self {
            text: Box::default(),
            ends: Box::default(),
            places: vec![0; capacity].into(),
        };
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(values.len()));
        for value in values {
            text.push_str(value);
            // An audience is far smaller than 4 GiB.
            ends.push(text.len() as u32);
            let number = ends.len() as u32;
            let free = table
                .probe(hash(value))
                .find(|place| table.places.get(*place) == Some(&0));
            if let Some(place) = free.and_then(|place| table.places.get_mut(place)) {
                *place = number;
            }
        }
        table.text = text.into();
        table.ends = ends.into();
        table
    }

    /// Returns all places, from that of the hash on.
    fn probe(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.places.len() - 1;
        (0..=mask).map(move |step| (hash as usize).wrapping_add(step) & mask)
    }

    fn has(&self, text: &str, hash: u64) -> bool {
        for place in self.probe(hash) {
            match self.places.get(place) {
                None | Some(0) => return false,
                Some(number) if self.get(*number) == text => return true,
                Some(_) => {}
            }
        }
        false
    }

    /// Returns the text with this number, from 1.
    fn get(&self, number: u32) -> &str {
        let end = |number: u32| {
            self.ends
                .get(number as usize)
                .map_or(0, |end| *end as usize)
        };
        let start = number.checked_sub(2).map_or(0, end);
        self.text.get(start..end(number - 1)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_set_has_what_was_put_in(
            values in prop::collection::vec("[ab]{0,4}", 0..40),
            others in prop::collection::vec("[ab]{0,5}", 20),
        ) {
            let set = ValueSet::new(values.iter().map(String::as_str));
            let plain: BTreeSet<&str> = values.iter().map(String::as_str).collect();
            for text in values.iter().chain(&others) {
                prop_assert_eq!(set.has(text, || hash(text)), plain.contains(text.as_str()), "{}", text);
            }
        }
    }
}
