//! The guards that every function of this layer runs in: no panic gets out, and each call sets the thread's
//! status.

use std::ffi::c_char;

use notice::Result;

use super::output;
use crate::last_error;
use crate::panic::caught;

/// Runs the body of a function that returns a number: what the body gives, or the negated status. The body gets a
/// [`Caller`](crate::arguments::Caller) for its pointers.
macro_rules! guard_number {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::e::guard::number(stringify!($name), {
            // SAFETY: the exported function is unsafe itself: that its pointers are what the header
            // says is its caller's promise, and this hands the promise on to the body.
            let promise = unsafe { $crate::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard_number;

/// Runs the body of a function that returns text; the text is empty when it fails.
macro_rules! guard_text {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::e::guard::text(stringify!($name), {
            // SAFETY: as in `guard_number!`.
            let promise = unsafe { $crate::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard_text;

/// What [`guard_number!`] does.
pub(crate) fn number(name: &str, body: impl FnOnce() -> Result<i32>) -> i32 {
    match caught(name, body) {
        Ok(number) => {
            last_error::clear();
            number
        }
        Err(error) => -last_error::set(error),
    }
}

/// What [`guard_text!`] does.
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

/// Runs the body of a function that reads the thread's status and so must leave it; `fallback` is what it
/// returns when it panics.
pub(crate) fn quiet<T>(name: &str, fallback: T, body: impl FnOnce() -> T) -> T {
    caught(name, || Ok(body())).unwrap_or(fallback)
}

/// The same with text, which is empty when it panics.
pub(crate) fn quiet_text(name: &str, body: impl FnOnce() -> String) -> *const c_char {
    quiet(name, c"".as_ptr(), || output::keep(&body()))
}
