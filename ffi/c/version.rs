//! Which library it is.

use std::ffi::{CStr, c_char};

use crate::panic::guard_value;

/// The ABI of this header. It grows by one with each release that adds something.
pub const NOTICE_ABI_VERSION: u32 = 1;
/// The oldest ABI that a library of this header serves: a program built with any header from here up to
/// NOTICE_ABI_VERSION runs with it.
pub const NOTICE_ABI_VERSION_OLDEST: u32 = 1;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };

/// The release of the library that is running, such as "1.2.3". NOTICE_VERSION is that of the header.
///
/// @return Static text, never NULL, not to be freed.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_version() -> *const c_char {
    guard_value!(notice_version, c"".as_ptr(), || { VERSION.as_ptr() })
}

/// The ABI of the library that is running. A program runs with every library for which this is at least the
/// NOTICE_ABI_VERSION that it was built with, of the same SONAME.
///
/// @return NOTICE_ABI_VERSION of the library.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_abi_version() -> u32 {
    guard_value!(notice_abi_version, 0, || { NOTICE_ABI_VERSION })
}
