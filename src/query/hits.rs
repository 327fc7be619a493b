//! Where the words of a search were found.

use std::ops::Range;

use crate::named::named;

named! {
    /// A part of an announcement that is searched.
    Field, "field" {
        /// The title.
        Title = 0 "title",
        /// The summary.
        Summary = 1 "summary",
        /// The body.
        Body = 2 "body",
        /// Each of the tags.
        Tag = 3 "tag",
        /// The operator's own name for it.
        Key = 4 "key",
    }
}

/// A window over one text of an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The field that it is from.
    pub field: Field,
    /// A part of the field, exactly as it was written.
    pub text: String,
    /// Whether something stands before the window.
    pub cut_before: bool,
    /// Whether something stands after it.
    pub cut_after: bool,
    /// The hits, from the left, as ranges of `text`. They do not overlap.
    pub ranges: Vec<HitRange>,
}

/// A part of a text to highlight.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HitRange {
    /// In UTF-8 bytes.
    pub bytes: Range<usize>,
    /// In characters (Unicode scalar values).
    pub chars: Range<usize>,
}
