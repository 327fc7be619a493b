//! Version of the library.

use std::ffi::{CStr, c_char};

use crate::boundary::panic::guard_value;

/// ABI version of this header. It is raised by one with each release that adds something.
pub const NOTICE_ABI_VERSION: u32 = 1;
/// Oldest ABI version that this library serves. Programs built with any header from this version up
/// to NOTICE_ABI_VERSION run with it.
pub const NOTICE_ABI_VERSION_OLDEST: u32 = 1;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };

/// Returns the release of the running library, such as "1.2.3". NOTICE_VERSION is the header's.
///
/// @return Static text, never NULL; do not free it.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_version() -> *const c_char {
    guard_value!(notice_version, c"".as_ptr(), || { VERSION.as_ptr() })
}

/// Returns the ABI version of the running library.
///
/// A program runs with every library of the same SONAME whose ABI version is at least the
/// NOTICE_ABI_VERSION it was built with.
///
/// @return NOTICE_ABI_VERSION of the library.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_abi_version() -> u32 {
    guard_value!(notice_abi_version, 0, || { NOTICE_ABI_VERSION })
}
