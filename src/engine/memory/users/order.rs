//! Users in the order of their names.

use std::iter::Peekable;
use std::ops::Bound;

use roaring::RoaringBitmap;

use super::{Entry, User, Users};

impl Users {
    /// Returns the users after `after`, by name.
    pub(crate) fn after(&self, after: &str) -> impl Iterator<Item = (&str, &User)> {
        self.entries_after(after)
            .map(|entry| (&*entry.name, &entry.user))
    }

    pub(super) fn entries_after(&self, after: &str) -> impl Iterator<Item = &Entry> {
        Merged {
            one: self.in_order(&self.ordered, after).peekable(),
            other: self
                .late_after(after)
                .filter_map(|number| self.entry(number))
                .peekable(),
        }
    }

    /// Returns the first `limit` of the users with these numbers after `after`, by name.
    pub(crate) fn page(
        &self,
        numbers: &RoaringBitmap,
        after: &str,
        limit: usize,
    ) -> Vec<(&str, &User)> {
        let (ordered, late) = match self.late.is_empty() {
            true => (numbers.clone(), RoaringBitmap::new()),
            false => (numbers & &self.ordered, numbers - &self.ordered),
        };
        // Either all of them are put in order, or all late users are passed over until the page is
        // full.
        let wanted = late
            .len()
            .min(limit as u64)
            .saturating_mul(self.late.len() as u64);
        let late: Box<dyn Iterator<Item = &Entry>> = match wanted / late.len().max(1) < late.len() {
            true => {
                // Looking at the others would take most of the time.
                let wanted = self.late_after(after).filter(move |n| late.contains(*n));
                Box::new(wanted.filter_map(|number| self.entry(number)))
            }
            false => {
                let entries = late.iter().filter_map(|number| self.entry(number));
                let mut entries: Vec<&Entry> = entries.filter(|e| *e.name > *after).collect();
                if entries.len() > limit {
                    entries.select_nth_unstable_by(limit, |a, b| a.name.cmp(&b.name));
                    entries.truncate(limit);
                }
                entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
                Box::new(entries.into_iter())
            }
        };
        let all = Merged {
            one: self.in_order(&ordered, after).peekable(),
            other: late.peekable(),
        };
        let page = all.take(limit).map(|entry| (&*entry.name, &entry.user));
        page.collect()
    }

    /// Returns the users after `after` with these numbers, which are in the order of names.
    fn in_order<'a, 'n>(
        &'a self,
        numbers: &'n RoaringBitmap,
        after: &str,
    ) -> impl Iterator<Item = &'a Entry> + use<'a, 'n> {
        let is_later = |number: u32| self.entry(number).is_some_and(|entry| *entry.name > *after);
        let mut first = 0..u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        while !after.is_empty() && first.start < first.end {
            let middle = first.start.midpoint(first.end);
            match numbers.select(middle).is_some_and(is_later) {
                true => first.end = middle,
                false => first.start = middle + 1,
            }
        }
        let from = numbers.select(first.start);
        let numbers = from.map(|from| numbers.range(from..));
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|number| self.entry(number))
    }

    /// Returns the numbers of the late users after `after`, by name.
    fn late_after<'a>(&'a self, after: &str) -> impl Iterator<Item = u32> + use<'a> {
        let from = match after.is_empty() {
            true => Bound::Unbounded,
            false => Bound::Excluded(after),
        };
        let late = self.late.range::<str, _>((from, Bound::Unbounded));
        late.map(|(_, number)| *number)
    }
}

/// Two sequences of users by name, merged.
struct Merged<A: Iterator, B: Iterator> {
    one: Peekable<A>,
    other: Peekable<B>,
}

impl<'a, A, B> Iterator for Merged<A, B>
where
    A: Iterator<Item = &'a Entry>,
    B: Iterator<Item = &'a Entry>,
{
    type Item = &'a Entry;

    fn next(&mut self) -> Option<&'a Entry> {
        match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) if other.name < one.name => self.other.next(),
            (Some(_), _) => self.one.next(),
            (None, _) => self.other.next(),
        }
    }
}
