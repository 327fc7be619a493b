//! The thread's status: the outcome of its last call.

use std::ffi::c_char;

use notice::{Error, Language};

use super::guard::{quiet, quiet_text};
use crate::boundary::last_error::with;

/// Returns the error of this thread's last call in Chinese: path, offending value, reason and
/// position.
///
/// The functions of this group leave the status as it is; every other call sets it.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that
///         returns text.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error() -> *const c_char {
    quiet_text("e_announce_last_error", || message(Language::Zh))
}

/// Returns the error of this thread's last call in English.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that
///         returns text.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_english() -> *const c_char {
    quiet_text("e_announce_last_error_english", || message(Language::En))
}

/// Returns the field or parameter that was refused, such as "conditions" or "texts.zh-CN.title".
///
/// @return The path; empty when the error has none. Valid until the thread's next call that returns
///         text.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_path() -> *const c_char {
    quiet_text("e_announce_last_error_path", || {
        with(|error| error.and_then(Error::path).unwrap_or_default().to_owned())
    })
}

/// Returns the position of the fault in the offending value, in bytes.
///
/// The unit is GBK as passed in for conditions and for text that is not valid GBK, and UTF-8 for
/// everything else.
///
/// @return The offset; -1 when the error has none.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_offset() -> i32 {
    quiet("e_announce_last_error_offset", -1, || {
        number(with(|error| error.and_then(Error::offset)).map(|n| n as u64))
    })
}

/// Returns the limit that was exceeded.
///
/// @return The limit; -1 when the error has none.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_limit() -> i32 {
    quiet("e_announce_last_error_limit", -1, || {
        number(with(|error| error.and_then(Error::limit)))
    })
}

/// Returns the status of this thread's last call, for calls that return text.
///
/// @return 0 on success; negative like the result of a function that returns a number.
/// Threads: any; each has its own status.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_status() -> i32 {
    quiet("e_announce_last_status", 0, || {
        with(|error| error.map_or(0, |error| -(error.kind() as i32)))
    })
}

fn message(language: Language) -> String {
    with(|error| error.map(|error| error.message(language))).unwrap_or_default()
}

/// Returns -1 for a missing number, and the largest `i32` for one that is too large.
fn number(number: Option<u64>) -> i32 {
    number.map_or(-1, |number| i32::try_from(number).unwrap_or(i32::MAX))
}
