//! Text, in and out.

use std::ffi::c_char;

use safer_ffi::prelude::derive_ReprC;

use crate::arguments::Plain;

/// A piece of text in UTF-8.
///
/// In: `len` bytes at `ptr`; no NUL is needed behind them and none is allowed among them. {NULL, 0} is the
/// empty text, which everywhere means "not set"; {NULL, n} is refused.
/// Out: `ptr` is never NULL and always has a NUL behind the text, which `len` does not count.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeStr {
    /// Where the text begins.
    pub ptr: *const c_char,
    /// How many bytes it has.
    pub len: usize,
}

/// One value of an attribute of a viewer. Repeat the name for several values.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeAttribute {
    /// The attribute's name, such as "role".
    pub name: NoticeStr,
    /// A value that the viewer has there.
    pub value: NoticeStr,
}

/// A span of time: from `from` until just before `until`, in Unix milliseconds; 0 is no bound.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeRange {
    /// The first instant that is in it.
    pub from: i64,
    /// The first instant that is not in it any more.
    pub until: i64,
}

impl NoticeStr {
    /// The empty text as it is handed out.
    pub(crate) const EMPTY: Self = Self {
        ptr: c"".as_ptr(),
        len: 0,
    };
}

// SAFETY: a raw pointer and an integer.
unsafe impl Plain for NoticeStr {}
// SAFETY: two of these.
unsafe impl Plain for NoticeAttribute {}
