//! Results: the pages that queries return.

use super::guard::guard_number;
use super::{handle, output};

/// Returns the number of rows in a result.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_count(result: i32) -> i32 {
    guard_number!(e_announce_count, |_caller| {
        output::count(handle::result(result)?.page.items.len())
    })
}

/// Returns the number of matching announcements on all pages.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_total(result: i32) -> i32 {
    guard_number!(e_announce_total, |_caller| {
        output::count(handle::result(result)?.page.count.total.unwrap_or_default())
    })
}

/// Returns the number of unread announcements among the total.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_unread(result: i32) -> i32 {
    guard_number!(e_announce_unread, |_caller| {
        output::count(
            handle::result(result)?
                .page
                .count
                .unread
                .unwrap_or_default(),
        )
    })
}

/// Frees a result.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid or freed handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_free(result: i32) -> i32 {
    guard_number!(e_announce_free, |_caller| {
        handle::free(result)?;
        Ok(0)
    })
}
