//! Decides on the text whether an announcement matches a search.

use std::cell::RefCell;

use super::needle::Needle;
use super::normalise::normalise_into;
use super::query_text::{Clause, SearchQuery};
use crate::model::Announcement;
use crate::query::Field;

thread_local! {
    /// Holds one normalised text at a time, so that matching allocates only for a new longest text.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Capacity above which the scratch text is freed after use, so that one long body does not hold
/// memory for ever.
const SCRATCH_KEPT_BYTES: usize = 64 * 1024;

/// State of the clauses so far.
struct Decision<'a> {
    clauses: &'a [Clause],
    /// Bit i is set when clause i has been found. A query has at most 32 clauses.
    found: u32,
    /// Whether something could not be decided.
    open: bool,
}

impl Decision<'_> {
    /// Searches a text for the clauses not found yet; false if an excluded one occurs.
    fn look(&mut self, field: Field, mut is_in: impl FnMut(&Needle) -> Option<bool>) -> bool {
        for (clause, bit) in self.clauses.iter().zip(0..) {
            if self.found & (1 << bit) != 0 || !clause.concerns(field) {
                continue;
            }
            match is_in(&clause.needle) {
                Some(true) if clause.excluded => return false,
                Some(true) => self.found |= 1 << bit,
                Some(false) => {}
                None => self.open = true,
            }
        }
        true
    }

    /// Reports whether further text cannot change the result: everything is wanted and found.
    fn is_final(&self) -> bool {
        let mut clauses = self.clauses.iter().zip(0..);
        clauses.all(|(clause, bit)| !clause.excluded && self.found & (1 << bit) != 0)
    }

    /// Reports whether everything wanted has been found.
    fn is_met(&self) -> bool {
        let mut clauses = self.clauses.iter().zip(0..);
        clauses.all(|(clause, bit)| clause.excluded || self.found & (1 << bit) != 0)
    }
}

/// Reports whether `query` matches `announcement` for a viewer who sees its text `text_index`.
///
/// Every wanted term must occur in at least one field, and no excluded term in any.
pub(crate) fn matches(query: &SearchQuery, announcement: &Announcement, text_index: usize) -> bool {
    let mut decision = Decision {
        clauses: query.clauses(),
        found: 0,
        open: false,
    };
    for (field, text) in fields(announcement, text_index) {
        if !decision.look(field, |needle| needle.is_in_original(text)) {
            return false;
        }
    }
    if std::mem::take(&mut decision.open) && !decision.is_final() {
        for (field, text) in fields(announcement, text_index) {
            let in_normal = |normal: &str| decision.look(field, |n| Some(n.is_in(normal)));
            if !with_normalised(text, in_normal) {
                return false;
            }
            if decision.is_final() {
                return true;
            }
        }
    }
    decision.is_met()
}

/// Returns the searched texts that are not empty.
pub(crate) fn fields(
    announcement: &Announcement,
    text_index: usize,
) -> impl Iterator<Item = (Field, &str)> {
    let text = announcement.text(text_index);
    [
        (Field::Title, text.title),
        (Field::Summary, text.summary),
        (Field::Body, text.body),
    ]
    .into_iter()
    .chain(announcement.tags().map(|tag| (Field::Tag, tag)))
    .chain(std::iter::once((Field::Key, announcement.key())))
    .filter(|(_, text)| !text.is_empty())
}

/// Passes the normal form of `text` to `use_it`.
pub(crate) fn with_normalised<T>(text: &str, use_it: impl FnOnce(&str) -> T) -> T {
    SCRATCH.with(|scratch| {
        // Taken out of the cell, so that `use_it` may recurse.
        let mut normal = scratch.take();
        normalise_into(text, &mut normal);
        let result = use_it(&normal);
        if normal.capacity() <= SCRATCH_KEPT_BYTES {
            scratch.replace(normal);
        }
        result
    })
}
