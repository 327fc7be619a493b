//! The functions of the E layer as a program has them: found by name and called by the C convention of this machine,
//! or called by a program on Windows, see `remote.rs`.

use std::ffi::{CStr, c_char};
use std::sync::OnceLock;

use super::remote::{self, Passed, Returned};
use crate::c::library::load;

/// The functions that are used, with the types that notice_e.h gives them.
macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        pub(super) struct Functions {
            $(pub(super) $name: unsafe extern "system" fn($($type),*) -> $result,)*
            /// Keeps the functions where they are.
            _library: Option<libloading::Library>,
        }

        fn find(library: libloading::Library) -> Functions {
            Functions {
                $($name: {
                    let name = concat!("e_announce_", stringify!($name));
                    // SAFETY: the function of this name has this type in notice_e.h.
                    let symbol = unsafe { library.get(name.as_bytes()) };
                    *symbol.expect(name)
                },)*
                _library: Some(library),
            }
        }

        /// Each function as a call of the program on Windows.
        mod on_windows {
            use super::*;

            $(pub(super) unsafe extern "system" fn $name($($argument: $type),*) -> $result {
                let name = concat!("e_announce_", stringify!($name));
                <$result>::returned(remote::call(name, &[$($argument.passed()),*]))
            })*
        }

        fn remote() -> Functions {
            Functions {
                $($name: on_windows::$name,)*
                _library: None,
            }
        }
    };
}

type Text = *const c_char;

functions! {
    open(url: Text) -> i32;
    close(board: i32) -> i32;
    set_viewer(board: i32, name: Text, value: Text) -> i32;
    set_clock(board: i32, time: Text) -> i32;
    query(board: i32, conditions: Text) -> i32;
    get(board: i32, id: Text, conditions: Text) -> i32;
    count(result: i32) -> i32;
    count_active(board: i32, conditions: Text) -> i32;
    count_unread(board: i32, conditions: Text) -> i32;
    number_halves(result: i32, row: i32, field: i32, low: *mut i32, high: *mut i32) -> i32;
    text_utf8(result: i32, row: i32, field: i32, buffer: *mut u8, capacity: i32) -> i32;
    action(result: i32, row: i32, index: i32, part: i32) -> Text;
    free(result: i32) -> i32;
    publish_utf8(board: i32, json: *const u8, length: i32) -> i32;
    check_utf8(board: i32, json: *const u8, length: i32) -> i32;
    finding(index: i32) -> Text;
    update_json(board: i32, id: Text, patch: Text, if_version: i32, change: i32) -> i32;
    apply_utf8(board: i32, json: *const u8, length: i32) -> i32;
    retract(board: i32, id: Text, reason: Text) -> i32;
    restore(board: i32, id: Text) -> i32;
    release(board: i32, id: Text) -> i32;
    purge(board: i32, id: Text) -> i32;
    published(index: i32) -> Text;
    json(board: i32, id: Text, buffer: *mut u8, capacity: i32) -> i32;
    history(board: i32, id: Text, buffer: *mut u8, capacity: i32) -> i32;
    mark_ids(board: i32, ids: Text, mark: i32) -> i32;
    snooze(board: i32, ids: Text, until: Text) -> i32;
    mark_all(board: i32, conditions: Text, mark: i32) -> i32;
    mark_all_read(board: i32, conditions: Text) -> i32;
    forget_user(board: i32, user: Text) -> i32;
    explain_rules(board: i32, id: Text, conditions: Text) -> i32;
    stats(board: i32) -> Text;
    last_error() -> Text;
    last_error_english() -> Text;
    last_error_path() -> Text;
    last_error_offset() -> i32;
    last_error_limit() -> i32;
    last_status() -> i32;
}

/// The functions of the library, which is built and loaded the first time.
pub(super) fn functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(|| find(load()))
}

/// The functions of the DLL on Windows.
pub(super) fn functions_on_windows() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(remote)
}

/// A text that was handed out, copied at once.
pub(super) fn copied(text: Text) -> String {
    // SAFETY: the header says that it ends in NUL, and is valid until the next call.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    let (text, _, had_errors) = encoding_rs::GBK.decode(bytes);
    assert!(!had_errors, "{bytes:x?} is no GBK");
    text.into_owned()
}
