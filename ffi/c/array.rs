//! Arrays: what a query gives, and giving it back.

use std::ffi::c_void;
use std::mem::offset_of;

use notice::Count;
use safer_ffi::prelude::derive_ReprC;

use super::item::NoticeItem;
use super::text::NoticeStr;
use crate::buffer;
use crate::panic::guard_value;

/// A page of announcements, all from one revision of the board. It does not change, and threads may read it at
/// the same time. NOTICE_ARRAY_INIT is an empty one, which may be given back.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeArray {
    /// The announcements, in the query's order; NULL when there are none.
    pub items: *const NoticeItem,
    /// How many announcements there are on this page.
    pub len: usize,
    /// How many there are in all, on whatever page; NOTICE_NOT_COUNTED if that was not asked for.
    pub total: u64,
    /// Those of them that are unread; NOTICE_NOT_COUNTED likewise.
    pub unread: u64,
    /// The board's revision.
    pub revision: i64,
    /// The instant of the answer, in Unix milliseconds.
    pub now: i64,
    /// The earliest instant at which the answer may change by time alone; 0 if there is none. Enough for one
    /// timer instead of asking again and again.
    pub next_change_at: i64,
    /// Which board it is: 16 random bytes, others after it is restored from a backup.
    pub epoch: [u8; 16],
    /// 0.
    pub reserved: [u64; 4],
    /// For NoticeQuery::cursor, to ask for the page after this one; empty when this is the last.
    pub next_cursor: NoticeStr,
    /// The library's own: not to be changed.
    pub memory: *mut c_void,
}

/// How many announcements there are under a filter, and until when that is so.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCount {
    /// All that the viewer may see under the filter.
    pub total: u64,
    /// Those of them that are unread.
    pub unread: u64,
    /// The board's revision.
    pub revision: i64,
    /// The instant of the answer, in Unix milliseconds.
    pub now: i64,
    /// The earliest instant at which the answer may change by time alone; 0 if there is none.
    pub next_change_at: i64,
    /// Which board it is, as in NoticeArray.
    pub epoch: [u8; 16],
    /// 0.
    pub reserved: [u64; 2],
}

/// What a count is that was not asked for; NOTICE_NOT_COUNTED in the header.
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

/// Gives the memory of an array back and sets the array to zero, so that freeing it twice is harmless. An array of
/// notice_query_into is set to zero too; its buffer stays the caller's.
///
/// @param array  From notice_query, notice_get or notice_query_into, or all zero. May be NULL. Of copies of an
///               array only one may be freed.
/// Threads: any, while no other one uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_free(array: *mut NoticeArray) {
    guard_value!(notice_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { buffer::take_and_free(array, offset_of!(NoticeArray, memory)) };
        }
    })
}
