//! Guards for all functions of this layer: they catch panics and set the thread's status.

use std::ffi::c_char;

use notice::Result;

use super::output;
use crate::boundary::last_error;
use crate::boundary::panic::caught;

/// Runs the body of a function that returns a number, and returns its result or the negated status.
/// The body gets a [`Caller`](crate::boundary::arguments::Caller) for its pointers.
macro_rules! guard_number {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::e::guard::number(stringify!($name), {
            // SAFETY: the exported function is unsafe. Its caller promises that its pointers are as
            // the header says, and this passes the promise on to the body.
            let promise = unsafe { $crate::boundary::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard_number;

/// Runs the body of a function that returns text, and returns the empty text when it fails.
macro_rules! guard_text {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::e::guard::text(stringify!($name), {
            // SAFETY: as in `guard_number!`.
            let promise = unsafe { $crate::boundary::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard_text;

/// Implements [`guard_number!`].
pub(crate) fn number(name: &str, body: impl FnOnce() -> Result<i32>) -> i32 {
    match caught(name, body) {
        Ok(number) => {
            last_error::clear();
            number
        }
        Err(error) => -last_error::set(error),
    }
}

/// Implements [`guard_text!`].
pub(crate) fn text<T: AsRef<str>>(name: &str, body: impl FnOnce() -> Result<T>) -> *const c_char {
    match caught(name, || Ok(output::keep(body()?.as_ref()))) {
        Ok(text) => {
            last_error::clear();
            text
        }
        Err(error) => {
            last_error::set(error);
            c"".as_ptr()
        }
    }
}

/// Runs the body of a function that reads the thread's status and so must not change it. Returns
/// `fallback` after a panic.
pub(crate) fn quiet<T>(name: &str, fallback: T, body: impl FnOnce() -> T) -> T {
    caught(name, || Ok(body())).unwrap_or(fallback)
}

/// Runs a body like [`quiet`], for a text that is empty after a panic.
pub(crate) fn quiet_text(name: &str, body: impl FnOnce() -> String) -> *const c_char {
    quiet(name, c"".as_ptr(), || output::keep(&body()))
}
