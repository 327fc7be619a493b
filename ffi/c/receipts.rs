//! Receipts: which users have seen, read, dismissed and acknowledged an announcement.

use std::mem::offset_of;

use notice::ReceiptQuery;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::buffer;
use super::limits::NOTICE_MAX_RECEIPT_USERS;
use super::receipt::NoticeReceiptArray;
use super::text::NoticeStr;
use crate::boundary::arguments::{Growing, Plain, set};
use crate::boundary::panic::{guard, guard_value};
use crate::boundary::{handle, memory};

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
    /// Names of users, at most NOTICE_MAX_RECEIPT_USERS: a receipt for each in this order, also for one who
    /// has done nothing, all on one page whatever the limit. A name that occurs again is passed over. NULL
    /// for every user with a receipt; a list that is not NULL and has no names asks for nobody.
    pub users: *const NoticeStr,
    /// Number of names.
    pub user_count: usize,
}

// SAFETY: integers, raw pointers, and a structure of a raw pointer and an integer.
unsafe impl Plain for NoticeReceiptQuery {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeReceiptQuery {
    const SIZES: &'static [usize] = &[offset_of!(Self, users), size_of::<Self>()];
}

/// Returns a page of receipts: which users have seen, read, dismissed and acknowledged an
/// announcement.
///
/// @param board  An open board.
/// @param query  The request.
/// @param array  Receives the page. Its previous content is not freed. The caller owns the array,
///               and frees it with notice_receipts_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_BAD_CURSOR; NOTICE_INVALID_FIELD for a limit out of
///         range, an empty name, or a cursor beside names; NOTICE_TOO_LARGE for too many or too long
///         names; NOTICE_OVER_BUDGET when memory is exhausted.
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
        if !given.users.is_null() {
            let most = NOTICE_MAX_RECEIPT_USERS as usize;
            query.users = Some(caller.strings("users", given.users, given.user_count, most)?);
        }
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
            unsafe { memory::take_and_free(array, offset_of!(NoticeReceiptArray, memory)) };
        }
    })
}
