//! Panic guards: every exported body runs in one of them, so that no panic leaves the library.
//!
//! They are macros inside the body, so that cbindgen sees the signature.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use notice::{Bilingual, Error, ErrorKind, Result};

use super::{last_error, runtime, status};

/// Runs the body of a function that returns a status. The body gets a [`Caller`] for its pointers.
/// Its error becomes the status and the thread's last error.
macro_rules! guard {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::boundary::panic::status(stringify!($name), {
            // SAFETY: the exported function is unsafe itself: that its pointers are what the header
            // says is its caller's promise, and this hands the promise on to the body.
            let promise = unsafe { $crate::boundary::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard;

/// Runs a body like [`guard!`], but leaves the thread's last error, which the function reads.
macro_rules! guard_quietly {
    ($name:ident, |$caller:ident| $body:block) => {
        $crate::boundary::panic::quiet_status(stringify!($name), {
            // SAFETY: as in `guard!`.
            let promise = unsafe { $crate::boundary::arguments::Caller::trusted() };
            move || {
                let $caller = &promise;
                $body
            }
        })
    };
}
pub(crate) use guard_quietly;

/// Runs the body of a function without a status; returns `$fallback` after a panic.
macro_rules! guard_value {
    ($name:ident, $fallback:expr, || $body:block) => {
        $crate::boundary::panic::value(stringify!($name), $fallback, move || $body)
    };
}
pub(crate) use guard_value;

/// Implements [`guard!`].
pub(crate) fn status(name: &str, body: impl FnOnce() -> Result<()>) -> i32 {
    match caught(name, body) {
        Ok(()) => status::OK,
        Err(error) => last_error::set(error),
    }
}

/// Implements [`guard_quietly!`].
pub(crate) fn quiet_status(name: &str, body: impl FnOnce() -> Result<()>) -> i32 {
    match caught(name, body) {
        Ok(()) => status::OK,
        Err(error) => error.kind() as i32,
    }
}

/// Implements [`guard_value!`].
pub(crate) fn value<T>(name: &str, fallback: T, body: impl FnOnce() -> T) -> T {
    match caught(name, || Ok(body())) {
        Ok(value) => value,
        Err(error) => {
            last_error::set(error);
            fallback
        }
    }
}

/// Runs `body` and converts a panic to an error.
pub(crate) fn caught<T>(name: &str, body: impl FnOnce() -> Result<T>) -> Result<T> {
    runtime::prepare();
    // A panic can leave behind only the board, which guards itself, and the caller's memory, which
    // is written last.
    let run = AssertUnwindSafe(|| {
        #[cfg(feature = "panic-injection")]
        notice::failpoint::panic_if_armed(name);
        body()
    });
    match catch_unwind(run) {
        Ok(result) => result,
        Err(payload) => Err(defect(name, payload)),
    }
}

fn defect(name: &str, payload: Box<dyn Any + Send>) -> Error {
    let what = notice::panic_text(payload);
    let reason = Bilingual::new(
        format!("internal error in {name}: {what}"),
        format!("{name} 发生内部错误：{what}"),
    );
    Error::new(ErrorKind::Panic, reason)
}

/// Makes the next call of the exported function `name` panic, once; `commit` is the inside of a
/// commit. Compiled only for tests, and in no header.
#[cfg(feature = "panic-injection")]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn notice_test_arm_panic(name: *const std::ffi::c_char) -> i32 {
    guard!(notice_test_arm_panic, |caller| {
        notice::failpoint::arm(caller.c_string("name", name)?);
        Ok(())
    })
}

/// Returns how often a function has panicked on demand. Compiled only for tests, and in no header.
#[cfg(feature = "panic-injection")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn notice_test_panics() -> u32 {
    notice::failpoint::panics()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notice::Language;

    #[test]
    fn a_panic_becomes_a_status_and_a_message() {
        assert_eq!(
            status("notice_example", || panic!("seven is {}", 8)),
            ErrorKind::Panic as i32
        );
        let message = last_error::with(|error| error.map(|e| e.message(Language::En)));
        assert!(message.unwrap().ends_with("notice_example: seven is 8"));
        assert_eq!(
            value("notice_example", 7, || std::panic::panic_any(1_u8)),
            7
        );
    }

    #[test]
    fn a_quiet_failure_leaves_the_last_error() {
        status("notice_example", || Err(Error::not_found(7)));
        let quiet = quiet_status("notice_example", || Err(Error::not_found(8)));
        assert_eq!(quiet, ErrorKind::NotFound as i32);
        let message = last_error::with(|error| error.map(|e| e.message(Language::En)));
        assert_eq!(message.unwrap(), "announcement 7 not found");
    }
}
