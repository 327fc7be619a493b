//! The thread's status: what became of its last call.

use std::ffi::c_char;

use notice::{Error, Language};

use super::guard::{quiet, quiet_text};
use crate::last_error::with;

/// What was wrong with this thread's last call, in Chinese: path, offending value, reason and place. The functions
/// of this group leave it as it is; every other call sets it.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error() -> *const c_char {
    quiet_text("e_announce_last_error", || message(Language::Zh))
}

/// The same in English.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_english() -> *const c_char {
    quiet_text("e_announce_last_error_english", || message(Language::En))
}

/// The field or the parameter that was refused, such as "conditions" or "texts.zh-CN.title".
///
/// @return The path; empty when there is none. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_path() -> *const c_char {
    quiet_text("e_announce_last_error_path", || {
        with(|error| error.and_then(Error::path).unwrap_or_default().to_owned())
    })
}

/// Where the fault is, in bytes from the beginning of the value: of conditions, and of text that is no GBK, as it was
/// handed in; of everything else in UTF-8.
///
/// @return The offset; -1 when there is none.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_offset() -> i32 {
    quiet("e_announce_last_error_offset", -1, || {
        number(with(|error| error.and_then(Error::offset)).map(|n| n as u64))
    })
}

/// The limit that a value went over.
///
/// @return The limit; -1 when there is none.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_error_limit() -> i32 {
    quiet("e_announce_last_error_limit", -1, || {
        number(with(|error| error.and_then(Error::limit)))
    })
}

/// The status of this thread's last call, for those that return text.
///
/// @return 0 when it succeeded; else negative, as a function that returns a number would.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_last_status() -> i32 {
    quiet("e_announce_last_status", 0, || {
        with(|error| error.map_or(0, |error| -(error.kind() as i32)))
    })
}

fn message(language: Language) -> String {
    with(|error| error.map(|error| error.message(language))).unwrap_or_default()
}

/// A number that may be missing; one that is too large is the largest.
fn number(number: Option<u64>) -> i32 {
    number.map_or(-1, |number| i32::try_from(number).unwrap_or(i32::MAX))
}
