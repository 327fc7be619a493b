//! Full-text search: matching, relevance, and an index that narrows a search.
//!
//! [`matches`] on the text is authoritative. [`SearchIndex`] only narrows the candidates, and
//! reports when its answer is already exact.

mod candidates;
mod find;
mod grams;
mod han;
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
