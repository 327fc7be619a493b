//! Text, as input and output.

use std::ffi::c_char;

use notice::Result;
use safer_ffi::prelude::derive_ReprC;

use crate::boundary::arguments::{Caller, Plain};

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

impl Caller {
    /// Reads a text.
    pub(crate) fn str<'a>(&'a self, path: &str, text: NoticeStr) -> Result<&'a str> {
        self.text(path, text.ptr, text.len)
    }

    /// Reads a text into an owned string.
    pub(crate) fn string(&self, path: &str, text: NoticeStr) -> Result<String> {
        let text = self.str(path, text)?;
        notice::has_room_for(text.len())?;
        Ok(text.to_owned())
    }

    /// Reads the texts at `pointer`.
    pub(crate) fn strings(
        &self,
        path: &str,
        pointer: *const NoticeStr,
        count: usize,
        limit: usize,
    ) -> Result<Vec<String>> {
        self.list(path, pointer, count, limit, |text| self.string("", text))
    }
}

#[cfg(test)]
mod tests {
    use notice::{ErrorKind, Language};

    use super::*;

    fn caller() -> Caller {
        // SAFETY: what these tests hand in is there.
        unsafe { Caller::trusted() }
    }

    #[test]
    fn a_text_that_is_null_is_refused_with_the_name_of_the_parameter() {
        let text = NoticeStr {
            ptr: std::ptr::null(),
            len: 1,
        };
        let error = caller().str("given", text).unwrap_err();
        assert_eq!(error.message(Language::En), "given: must not be NULL");
        assert_eq!(error.kind(), ErrorKind::InvalidField);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_place() {
        let bytes = "公告\u{7f}"
            .as_bytes()
            .iter()
            .copied()
            .chain([0xff])
            .collect::<Vec<_>>();
        let text = NoticeStr {
            ptr: bytes.as_ptr().cast(),
            len: bytes.len(),
        };
        let good = NoticeStr {
            ptr: bytes.as_ptr().cast(),
            len: 6,
        };
        let error = caller()
            .strings("tags", [good, text].as_ptr(), 2, 9)
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.path(), error.offset()),
            (ErrorKind::InvalidField, Some("tags[1]"), Some(7))
        );
    }
}
