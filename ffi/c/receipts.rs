//! Receipts: who has seen, read, dismissed and acknowledged an announcement.

use std::ffi::c_void;
use std::mem::offset_of;

use notice::ReceiptQuery;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::text::NoticeStr;
use crate::arguments::{Growing, Plain, set};
use crate::buffer;
use crate::handle;
use crate::panic::{guard, guard_value};

/// Which receipts are asked for. Start from NOTICE_RECEIPT_QUERY_INIT and give it an id.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceiptQuery {
    /// sizeof(NoticeReceiptQuery).
    pub struct_size: u32,
    /// How many at most, up to NOTICE_MAX_LIMIT; 0 is NOTICE_DEFAULT_LIMIT.
    pub limit: u32,
    /// Of which announcement.
    pub id: i64,
    /// 1: only of users who have read it since it last was news.
    pub read_only: u32,
    /// 1: only of users who have acknowledged it since it last was news.
    pub acknowledged_only: u32,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: NoticeStr,
}

/// What one user did with an announcement. Times are Unix milliseconds in UTC, versions those of the
/// announcement; 0 is never.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceipt {
    /// When it was first shown.
    pub first_seen_at: i64,
    /// When it was last shown.
    pub last_seen_at: i64,
    /// When it was read.
    pub read_at: i64,
    /// When it was dismissed.
    pub dismissed_at: i64,
    /// When it was acknowledged.
    pub acknowledged_at: i64,
    /// 0.
    pub reserved: [u64; 2],
    /// How often it was shown at `seen_version`.
    pub seen_count: u32,
    /// The version that was last shown.
    pub seen_version: u32,
    /// The version that was read.
    pub read_version: u32,
    /// The version that was dismissed.
    pub dismissed_version: u32,
    /// The version that was acknowledged.
    pub acknowledged_version: u32,
    /// A sum of NOTICE_READ, NOTICE_READ_BY_ALL and NOTICE_ACKNOWLEDGED, and of flags that a newer library may
    /// know.
    pub flags: u32,
    /// Who.
    pub user: NoticeStr,
}

/// A page of receipts, in the order of the users' names. NOTICE_RECEIPT_ARRAY_INIT is an empty one, which may
/// be given back.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceiptArray {
    /// The receipts; NULL when there are none.
    pub receipts: *const NoticeReceipt,
    /// How many there are on this page.
    pub len: usize,
    /// How many users have read it since it last was news, on whatever page.
    pub read: u64,
    /// How many users have acknowledged it since it last was news.
    pub acknowledged: u64,
    /// 0.
    pub reserved: [u64; 4],
    /// For NoticeReceiptQuery::cursor, to ask for the page after this one; empty when this is the last.
    pub next_cursor: NoticeStr,
    /// The library's own: not to be changed.
    pub memory: *mut c_void,
}

// SAFETY: integers, and a structure of a raw pointer and an integer.
unsafe impl Plain for NoticeReceiptQuery {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeReceiptQuery {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// Who has seen, read, dismissed and acknowledged an announcement, a page at a time.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param array  Where the page is written. What was there is not freed. It is the caller's, to be given back
///               with notice_receipts_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_BAD_CURSOR; NOTICE_INVALID_FIELD for a limit that is out of
///         range; NOTICE_OVER_BUDGET when there is no memory.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_receipts(
    board: *mut NoticeBoard,
    query: *const NoticeReceiptQuery,
    array: *mut NoticeReceiptArray,
) -> i32 {
    guard!(notice_receipts, |caller| {
        let board = handle::enter(board)?;
        let array = caller.output("array", array)?;
        let given = caller.structure("query", query)?;
        let mut query = ReceiptQuery::new(given.id);
        if given.limit != 0 {
            query.limit = given.limit;
        }
        query.read_only = caller.flag("read_only", given.read_only)?;
        query.acknowledged_only = caller.flag("acknowledged_only", given.acknowledged_only)?;
        query.cursor = set(caller.string("cursor", given.cursor)?);
        array.write(buffer::allocate_receipts(&board.receipts(&query)?)?);
        Ok(())
    })
}

/// Gives the memory of an array of receipts back and sets the array to zero, so that freeing it twice is harmless.
///
/// @param array  From notice_receipts, or all zero. May be NULL. Of copies of an array only one may be freed.
/// Threads: any, while no other one uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_receipts_free(array: *mut NoticeReceiptArray) {
    guard_value!(notice_receipts_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { buffer::take_and_free(array, offset_of!(NoticeReceiptArray, memory)) };
        }
    })
}
