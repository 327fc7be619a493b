//! Text, as input and output.

use std::ffi::c_char;

use safer_ffi::prelude::derive_ReprC;

use crate::arguments::Plain;

/// A text in UTF-8.
///
/// As input: `len` bytes at `ptr`, with no NUL among them; a NUL behind them is not needed. {NULL,
/// 0} is the empty text, which means "not set"; {NULL, n} is refused. As output: `ptr` is never
/// NULL and always has a NUL behind the text, which `len` does not count.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeStr {
    /// Start of the text.
    pub ptr: *const c_char,
    /// Length in bytes.
    pub len: usize,
}

/// One value of a viewer's attribute. Repeat the name to give several values.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeAttribute {
    /// Name of the attribute, such as "role".
    pub name: NoticeStr,
    /// Value of the attribute.
    pub value: NoticeStr,
}

/// A range of time from `from` (inclusive) to `until` (exclusive), in Unix milliseconds; 0 means no
/// bound.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeRange {
    /// First instant in the range.
    pub from: i64,
    /// First instant after the range.
    pub until: i64,
}

impl NoticeStr {
    /// The empty text, as output.
    pub(crate) const EMPTY: Self = Self {
        ptr: c"".as_ptr(),
        len: 0,
    };
}

// SAFETY: a raw pointer and an integer.
unsafe impl Plain for NoticeStr {}
// SAFETY: two of these.
unsafe impl Plain for NoticeAttribute {}
