//! Whether an announcement is what a search asks for, decided on its text.

use std::cell::RefCell;

use super::normalise::normalise_into;
use super::query_text::{Clause, Field, SearchQuery};
use crate::model::Announcement;

thread_local! {
    /// Holds one normalised text at a time, so that matching allocates only for the longest.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A longer scratch text is given back after use.
const SCRATCH_KEPT_BYTES: usize = 64 * 1024;

/// Whether `query` finds `announcement` for a viewer who is shown its text `text_index`.
///
/// Every wanted term is in at least one of the fields, and no excluded one is in any.
pub(crate) fn matches(query: &SearchQuery, announcement: &Announcement, text_index: usize) -> bool {
    let clauses = query.clauses();
    // Bit i: clause i has been found. A query has at most 32 clauses.
    let mut found: u32 = 0;
    for (field, text) in fields(announcement, text_index) {
        let surely =
            |clause: &Clause| clause.concerns(field) && clause.needle.is_surely_in_original(text);
        if !note(clauses, &mut found, surely) {
            return false;
        }
    }
    if is_decided(clauses, found) {
        return true;
    }
    for (field, text) in fields(announcement, text_index) {
        let goes_on = with_normalised(text, |normal| {
            let is_in = |clause: &Clause| clause.concerns(field) && clause.needle.is_in(normal);
            note(clauses, &mut found, is_in)
        });
        if !goes_on {
            return false;
        }
        if is_decided(clauses, found) {
            return true;
        }
    }
    clauses
        .iter()
        .zip(0..)
        .all(|(clause, bit)| clause.excluded || found & (1 << bit) != 0)
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

/// Marks the clauses that `is_in` finds; false if one of them must not be there.
fn note(clauses: &[Clause], found: &mut u32, is_in: impl Fn(&Clause) -> bool) -> bool {
    for (clause, bit) in clauses.iter().zip(0..) {
        if *found & (1 << bit) == 0 && is_in(clause) {
            if clause.excluded {
                return false;
            }
            *found |= 1 << bit;
        }
    }
    true
}

/// Whether no more text needs to be looked at: all that is wanted is found, and nothing is excluded.
fn is_decided(clauses: &[Clause], found: u32) -> bool {
    clauses
        .iter()
        .zip(0..)
        .all(|(clause, bit)| !clause.excluded && found & (1 << bit) != 0)
}
