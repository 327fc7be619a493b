//! Full-text search: what a query matches, how good the match is, and an index that finds it quickly.
//!
//! [`matches`] on the text is the truth. [`SearchIndex`] only narrows what has to be looked at, and
//! says so where it already knows the answer.

mod matcher;
mod needle;
mod normalise;
mod query_text;
mod relevance;
mod snippet;
mod words;

#[cfg(test)]
mod oracle;

pub(crate) use matcher::matches;
pub(crate) use query_text::{Field, SearchQuery};
pub(crate) use relevance::hits;
pub(crate) use snippet::{HitRange, Snippet, highlights, snippet};
