//! Receipts: which users have seen, read, dismissed and acknowledged an announcement.

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

/// A request for receipts. Start from NOTICE_RECEIPT_QUERY_INIT and set `id`.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceiptQuery {
    /// sizeof(NoticeReceiptQuery).
    pub struct_size: u32,
    /// Maximum number of receipts, up to NOTICE_MAX_LIMIT; 0 means NOTICE_DEFAULT_LIMIT.
    pub limit: u32,
    /// Id of the announcement.
    pub id: i64,
    /// 1: only users who have read it since it last was news.
    pub read_only: u32,
    /// 1: only users who have acknowledged it since it last was news.
    pub acknowledged_only: u32,
    /// Cursor of the page to return: `next_cursor` of the page before.
    pub cursor: NoticeStr,
}

/// One user's state for an announcement.
///
/// Times are Unix milliseconds, UTC. Versions are those of the announcement. 0 means never.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceipt {
    /// Time when it was first shown.
    pub first_seen_at: i64,
    /// Time when it was last shown.
    pub last_seen_at: i64,
    /// Time when it was read.
    pub read_at: i64,
    /// Time when it was dismissed.
    pub dismissed_at: i64,
    /// Time when it was acknowledged.
    pub acknowledged_at: i64,
    /// Always 0.
    pub reserved: [u64; 2],
    /// Number of times it was shown at `seen_version`.
    pub seen_count: u32,
    /// Version that was last shown.
    pub seen_version: u32,
    /// Version that was read.
    pub read_version: u32,
    /// Version that was dismissed.
    pub dismissed_version: u32,
    /// Version that was acknowledged.
    pub acknowledged_version: u32,
    /// Sum of NOTICE_READ, NOTICE_READ_BY_ALL and NOTICE_ACKNOWLEDGED. A newer library may set
    /// further flags.
    pub flags: u32,
    /// Name of the user.
    pub user: NoticeStr,
}

/// A page of receipts, ordered by user name. NOTICE_RECEIPT_ARRAY_INIT is an empty array, which may
/// be freed.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceiptArray {
    /// The receipts; NULL when the page is empty.
    pub receipts: *const NoticeReceipt,
    /// Number of receipts on this page.
    pub len: usize,
    /// Number of users on all pages who have read it since it last was news.
    pub read: u64,
    /// Number of users on all pages who have acknowledged it since it last was news.
    pub acknowledged: u64,
    /// Always 0.
    pub reserved: [u64; 4],
    /// Cursor of the next page, for NoticeReceiptQuery::cursor; empty on the last page.
    pub next_cursor: NoticeStr,
    /// Private to the library: do not change.
    pub memory: *mut c_void,
}

// SAFETY: integers, and a structure of a raw pointer and an integer.
unsafe impl Plain for NoticeReceiptQuery {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeReceiptQuery {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// Returns a page of receipts: which users have seen, read, dismissed and acknowledged an
/// announcement.
///
/// @param board  An open board.
/// @param query  The request.
/// @param array  Receives the page. Its previous content is not freed. The caller owns the array,
///               and frees it with notice_receipts_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_BAD_CURSOR; NOTICE_INVALID_FIELD for a limit out of
///         range; NOTICE_OVER_BUDGET when memory is exhausted.
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

/// Frees the memory of an array of receipts and sets the array to zero, so that freeing it twice is
/// harmless.
///
/// @param array  From notice_receipts, or all zero. May be NULL. Of several copies of an array,
///               free only one.
/// Threads: any, while no other thread uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_receipts_free(array: *mut NoticeReceiptArray) {
    guard_value!(notice_receipts_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { buffer::take_and_free(array, offset_of!(NoticeReceiptArray, memory)) };
        }
    })
}
