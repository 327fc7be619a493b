//! Input parameters.

use std::ffi::c_char;

use notice::{Bilingual, Error, Result};

use super::gbk;
use super::names::E_ANNOUNCE_MAX_TEXT;
use crate::boundary::arguments::Caller;

/// Reads the NUL-terminated GBK text at `pointer`; NULL is empty.
pub(crate) fn text(caller: &Caller, path: &str, pointer: *const c_char) -> Result<String> {
    let bytes = caller.bytes_until_nul(path, pointer, E_ANNOUNCE_MAX_TEXT as usize)?;
    gbk::decode(path, bytes)
}

/// Reads `length` bytes at `pointer`.
pub(crate) fn bytes<'a>(
    caller: &'a Caller,
    path: &str,
    pointer: *const u8,
    length: i32,
) -> Result<&'a [u8]> {
    caller.bytes(path, pointer.cast(), size("length", length)?)
}

/// Reads the text at `pointer` as an id.
pub(crate) fn id(caller: &Caller, pointer: *const c_char) -> Result<i64> {
    parse_id("id", &text(caller, "id", pointer)?)
}

/// Parses an id.
pub(crate) fn parse_id(path: &str, text: &str) -> Result<i64> {
    text.trim().parse().map_err(|_| {
        let reason = Bilingual::new("invalid announcement id", "公告编号无效");
        Error::invalid(path, text, reason)
    })
}

/// Reads a size from the caller.
pub(crate) fn size(path: &str, size: i32) -> Result<usize> {
    usize::try_from(size).map_err(|_| {
        let reason = Bilingual::new("must not be negative", "不能为负数");
        Error::invalid(path, &size.to_string(), reason)
    })
}
