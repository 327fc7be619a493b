//! Statuses: the results of all functions that can fail.

use std::ffi::c_char;

use notice::Language;

use super::names::NOTICE_LANGUAGE_ZH;
use crate::boundary::panic::guard_value;
use crate::boundary::status;

/// Success.
pub const NOTICE_OK: i32 = 0;
/// The announcement does not exist, or this viewer may not see it.
pub const NOTICE_NOT_FOUND: i32 = 1;
/// The name is already taken.
pub const NOTICE_EXISTS: i32 = 2;
/// The announcement is not at the version that the caller expected.
pub const NOTICE_VERSION_CONFLICT: i32 = 3;
/// The idempotency key was used before with a different request.
pub const NOTICE_IDEMPOTENCY_CONFLICT: i32 = 4;
/// A field or an argument has an invalid value.
pub const NOTICE_INVALID_FIELD: i32 = 5;
/// A value exceeds its limit.
pub const NOTICE_TOO_LARGE: i32 = 6;
/// The cursor is damaged, or belongs to another query.
pub const NOTICE_BAD_CURSOR: i32 = 7;
/// The requested part of the change feed is no longer kept.
pub const NOTICE_COMPACTED: i32 = 8;
/// The board is not the one that the caller followed.
pub const NOTICE_EPOCH_MISMATCH: i32 = 9;
/// The board has not reached this revision.
pub const NOTICE_FUTURE_REVISION: i32 = 10;
/// The announcement's state does not allow this operation.
pub const NOTICE_BAD_STATE: i32 = 11;
/// The board is read-only.
pub const NOTICE_READ_ONLY: i32 = 12;
/// The board's file is already open, in this process or another.
pub const NOTICE_LOCKED: i32 = 13;
/// Stored data is damaged.
pub const NOTICE_CORRUPT: i32 = 14;
/// The operating system reported an error.
pub const NOTICE_IO: i32 = 15;
/// The memory budget or the memory is exhausted.
pub const NOTICE_OVER_BUDGET: i32 = 16;
/// The board is unavailable: closed during the call, or opened before this process was forked.
pub const NOTICE_UNAVAILABLE: i32 = 17;
/// The time limit ran out.
pub const NOTICE_TIMED_OUT: i32 = 18;
/// The caller is not authorised.
pub const NOTICE_UNAUTHORIZED: i32 = 19;
/// This build, or this kind of board, does not support the operation.
pub const NOTICE_UNSUPPORTED: i32 = 20;
/// A defect interrupted a write. The board refuses writes until it is reopened; reads still work.
pub const NOTICE_POISONED: i32 = 21;
/// A panic in the library was caught at its boundary.
pub const NOTICE_PANIC: i32 = 22;
/// The caller's buffer is too small; the required size was written.
pub const NOTICE_TOO_SMALL: i32 = 23;

const _: () = assert!(NOTICE_OK == status::OK);

/// Returns the stable name of a status, such as "not_found"; "ok" for NOTICE_OK, "unknown" for an
/// undefined number.
///
/// @return Static text, never NULL; do not free it.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_status_name(status: i32) -> *const c_char {
    guard_value!(notice_status_name, c"".as_ptr(), || {
        status::name(status)
    })
}

/// Returns the general meaning of a status. notice_last_error has the details of a particular
/// failure.
///
/// @param status    A status.
/// @param language  NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH; any other number means English.
/// @return Static text in UTF-8, never NULL; do not free it.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn notice_status_message(status: i32, language: i32) -> *const c_char {
    guard_value!(notice_status_message, c"".as_ptr(), || {
        let language = if language == NOTICE_LANGUAGE_ZH {
            Language::Zh
        } else {
            Language::En
        };
        status::message(status, language)
    })
}
