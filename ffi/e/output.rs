//! Output text.

use std::cell::RefCell;
use std::ffi::c_char;

use notice::{Bilingual, Error, Result};

use super::{gbk, input};
use crate::boundary::arguments::Caller;

thread_local! {
    /// Text returned by this thread's last call, with its NUL.
    static KEPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps `text` in GBK until the thread's next call of this function, and returns a pointer to it.
pub(crate) fn keep(text: &str) -> *const c_char {
    let mut bytes = gbk::encode(&gbk::with_crlf(text));
    bytes.push(0);
    let kept = KEPT.try_with(|kept| {
        kept.replace(bytes);
        kept.borrow().as_ptr().cast()
    });
    // A thread that is ending cannot keep anything.
    kept.unwrap_or(c"".as_ptr())
}

/// Writes `text` in GBK with CR LF into the caller's buffer. Returns the size of the whole text
/// without a NUL.
pub(crate) fn write_gbk(
    caller: &Caller,
    text: &str,
    buffer: *mut c_char,
    capacity: i32,
) -> Result<i32> {
    let bytes = gbk::encode(&gbk::with_crlf(text));
    write(caller, &bytes, buffer.cast(), capacity, gbk::cut)
}

/// Writes `text` unchanged into the caller's buffer. Returns the size of the whole text without a
/// NUL.
pub(crate) fn write_utf8(
    caller: &Caller,
    text: &str,
    buffer: *mut u8,
    capacity: i32,
) -> Result<i32> {
    let cut = |_: &[u8], room| {
        let ends = (0..=room).rev();
        ends.into_iter()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0)
    };
    write(caller, text.as_bytes(), buffer, capacity, cut)
}

fn write(
    caller: &Caller,
    bytes: &[u8],
    buffer: *mut u8,
    capacity: i32,
    cut: impl Fn(&[u8], usize) -> usize,
) -> Result<i32> {
    let cap = input::size("capacity", capacity)?;
    let needed = count(bytes.len())?;
    caller.write_cut(bytes, buffer, cap, cut)?;
    Ok(needed)
}

/// Converts a result to a number; negative ones are errors.
pub(crate) fn count<N: TryInto<i32> + Copy + TryInto<u64>>(number: N) -> Result<i32> {
    number.try_into().map_err(|_| {
        let limit = i32::MAX as u64;
        let unit = Bilingual::new("in a number of 32 bits", "（32位整数）");
        Error::too_large("", number.try_into().unwrap_or(u64::MAX), limit, &unit)
    })
}
