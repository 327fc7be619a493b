//! Hits of a search in an announcement.

use std::ops::Range;

use crate::named::named;

named! {
    /// Part of an announcement that is searched.
    Field, "field" {
        /// The title.
        Title = 0 "title",
        /// The summary.
        Summary = 1 "summary",
        /// The body.
        Body = 2 "body",
        /// The tags.
        Tag = 3 "tag",
        /// The operator's own name.
        Key = 4 "key",
    }
}

/// An excerpt of one text of an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// Field that the excerpt is taken from.
    pub field: Field,
    /// Part of the field, exactly as written.
    pub text: String,
    /// Whether text was omitted before the excerpt.
    pub cut_before: bool,
    /// Whether text was omitted after the excerpt.
    pub cut_after: bool,
    /// The hits as ranges of `text`, in order, without overlaps.
    pub ranges: Vec<HitRange>,
}

/// Part of a text to highlight.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HitRange {
    /// In UTF-8 bytes.
    pub bytes: Range<usize>,
    /// In characters (Unicode scalar values).
    pub chars: Range<usize>,
    /// In UTF-16 units, as Windows, .NET, Java and JavaScript count.
    pub utf16: Range<usize>,
}
