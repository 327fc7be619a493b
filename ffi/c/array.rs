//! Arrays: the pages that queries return, and freeing them.

use std::ffi::c_void;
use std::mem::offset_of;

use notice::Count;
use safer_ffi::prelude::derive_ReprC;

use super::item::NoticeItem;
use super::text::NoticeStr;
use crate::boundary::memory;
use crate::boundary::panic::guard_value;

/// A page of announcements from one revision of the board.
///
/// It is immutable, and several threads may read it at once. NOTICE_ARRAY_INIT is an empty array,
/// which may be freed.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeArray {
    /// The announcements, in the query's order; NULL when the page is empty.
    pub items: *const NoticeItem,
    /// Number of announcements on this page.
    pub len: usize,
    /// Number of matching announcements on all pages; NOTICE_NOT_COUNTED if the query is uncounted.
    pub total: u64,
    /// Number of unread announcements among `total`; NOTICE_NOT_COUNTED if the query is uncounted.
    pub unread: u64,
    /// The board's revision.
    pub revision: i64,
    /// Instant of the answer, in Unix milliseconds.
    pub now: i64,
    /// Earliest instant at which the answer may change through time alone, in Unix milliseconds; 0
    /// if it cannot. Set one timer to it instead of polling.
    pub next_change_at: i64,
    /// Identity of the board: 16 random bytes, which change when the board is restored from a
    /// backup.
    pub epoch: [u8; 16],
    /// Always 0.
    pub reserved: [u64; 4],
    /// Cursor of the next page, for NoticeQuery::cursor; empty on the last page.
    pub next_cursor: NoticeStr,
    /// Private to the library: do not change.
    pub memory: *mut c_void,
}

/// Number of announcements that match a filter, and how long the answer is valid.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCount {
    /// Number of matching announcements that the viewer may see.
    pub total: u64,
    /// Number of unread announcements among `total`.
    pub unread: u64,
    /// The board's revision.
    pub revision: i64,
    /// Instant of the answer, in Unix milliseconds.
    pub now: i64,
    /// Earliest instant at which the answer may change through time alone, in Unix milliseconds; 0
    /// if it cannot.
    pub next_change_at: i64,
    /// Identity of the board, as in NoticeArray.
    pub epoch: [u8; 16],
    /// Always 0.
    pub reserved: [u64; 2],
}

/// Value of a count that was not requested; NOTICE_NOT_COUNTED in the header.
pub(crate) const NOT_COUNTED: u64 = u64::MAX;

impl From<Count> for NoticeCount {
    fn from(count: Count) -> Self {
        Self {
            total: count.total.unwrap_or(NOT_COUNTED),
            unread: count.unread.unwrap_or(NOT_COUNTED),
            revision: count.revision,
            now: count.now,
            next_change_at: count.next_change_at.unwrap_or_default(),
            epoch: count.epoch.to_be_bytes(),
            reserved: [0; 2],
        }
    }
}

/// Frees the memory of an array and sets the array to zero, so that freeing it twice is harmless.
///
/// An array of notice_query_into is set to zero too; its buffer remains the caller's.
///
/// @param array  From notice_query, notice_get or notice_query_into, or all zero. May be NULL. Of
///               several copies of an array, free only one.
/// Threads: any, while no other thread uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_free(array: *mut NoticeArray) {
    guard_value!(notice_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { memory::take_and_free(array, offset_of!(NoticeArray, memory)) };
        }
    })
}
