//! Full-text search: what a query matches, how good the match is, and an index that finds it quickly.
//!
//! [`matches`] on the text is the truth. [`SearchIndex`] only narrows what has to be looked at, and
//! says so where it already knows the answer.

mod candidates;
mod find;
mod grams;
mod index;
mod mapped;
mod matcher;
mod needle;
mod normalise;
mod packed;
mod posting;
mod query_text;
mod relevance;
mod snippet;
mod words;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

pub(crate) use find::Planes;
pub(crate) use index::SearchIndex;
pub(crate) use matcher::matches;
pub(crate) use query_text::SearchQuery;
pub(crate) use relevance::hits;
pub(crate) use snippet::{highlights, snippet};
