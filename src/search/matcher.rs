//! Whether an announcement is what a search asks for, decided on its text.

use std::cell::RefCell;

use super::needle::Needle;
use super::normalise::normalise_into;
use super::query_text::{Clause, SearchQuery};
use crate::model::Announcement;
use crate::query::Field;

thread_local! {
    /// Holds one normalised text at a time, so that matching allocates only for the longest.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A longer scratch text is given back after use.
const SCRATCH_KEPT_BYTES: usize = 64 * 1024;

/// What is known of the clauses so far.
struct Decision<'a> {
    clauses: &'a [Clause],
    /// Bit i: clause i has been found. A query has at most 32 clauses.
    found: u32,
    /// Whether something could not be told.
    open: bool,
}

impl Decision<'_> {
    /// Looks for what is not found yet; false if something excluded is there.
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

    /// Whether no more text can change anything: all is wanted and found.
    fn is_final(&self) -> bool {
        let mut clauses = self.clauses.iter().zip(0..);
        clauses.all(|(clause, bit)| !clause.excluded && self.found & (1 << bit) != 0)
    }

    /// Whether all that is wanted has been found.
    fn is_met(&self) -> bool {
        let mut clauses = self.clauses.iter().zip(0..);
        clauses.all(|(clause, bit)| clause.excluded || self.found & (1 << bit) != 0)
    }
}

/// Whether `query` finds `announcement` for a viewer who is shown its text `text_index`.
///
/// Every wanted term is in at least one of the fields, and no excluded one is in any.
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

/// The texts that are searched, none of them empty.
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

/// Hands the normal form of `text` to `use_it`.
pub(crate) fn with_normalised<T>(text: &str, use_it: impl FnOnce(&str) -> T) -> T {
    SCRATCH.with(|scratch| {
        // Taken out, so that `use_it` may come here again.
        let mut normal = scratch.take();
        normalise_into(text, &mut normal);
        let result = use_it(&normal);
        if normal.capacity() <= SCRATCH_KEPT_BYTES {
            scratch.replace(normal);
        }
        result
    })
}
