//! Marks: recording what viewers did with announcements.

use std::ffi::c_char;

use notice::Mark;

use super::board::NoticeBoard;
use super::limits::NOTICE_MAX_BATCH;
use super::query::{self, NoticeQuery};
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Marks announcements for a user: all of them, or none.
///
/// @param board   An open board.
/// @param viewer  The user. Only user, attributes, locales and now are used. The user must not be
///                empty.
/// @param ids     Ids of the announcements, at most NOTICE_MAX_BATCH.
/// @param count   Number of ids.
/// @param mark    NOTICE_MARK_...
/// @return NOTICE_OK; NOTICE_NOT_FOUND for an announcement that this viewer could not have seen;
///         NOTICE_BAD_STATE for dismissing an announcement that is not dismissible;
///         NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an invalid viewer, id or mark;
///         NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_mark(
    board: *mut NoticeBoard,
    viewer: *const NoticeQuery,
    ids: *const i64,
    count: usize,
    mark: i32,
) -> i32 {
    guard!(notice_mark, |caller| {
        let board = handle::enter(board)?;
        let viewer = query::read(caller, "viewer", viewer)?.viewer;
        let ids = caller.list("ids", ids, count, NOTICE_MAX_BATCH as usize, Ok)?;
        board.mark(&viewer, &ids, Mark::from_code(mark)?)
    })
}

/// Marks as read everything that was news at or before a revision.
///
/// Announcements published later, and those that are not visible yet, stay unread. Without a
/// filter, the cost does not depend on the number of announcements.
///
/// @param board     An open board.
/// @param query     The user and an optional filter. The user must not be empty.
/// @param up_to     The revision, such as that of the page that the user has seen; -1 means the
///                  present one.
/// @param revision  Receives the revision that was used. May be NULL.
/// @return NOTICE_OK; NOTICE_FUTURE_REVISION; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an
///         invalid query or revision; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_mark_all_read(
    board: *mut NoticeBoard,
    query: *const NoticeQuery,
    up_to: i64,
    revision: *mut i64,
) -> i32 {
    guard!(notice_mark_all_read, |caller| {
        let board = handle::enter(board)?;
        let query = query::read(caller, "query", query)?;
        let marked = board.mark_all_read(&query, (up_to != -1).then_some(up_to))?;
        caller.write_optional(revision, marked);
        Ok(())
    })
}

/// Erases all data of a user.
///
/// @param board     An open board.
/// @param user      Name of the user.
/// @param user_len  Length of `user` in bytes.
/// @param existed   Receives 1 if there was any data, else 0. May be NULL.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD for an empty name; NOTICE_TOO_LARGE; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_forget_user(
    board: *mut NoticeBoard,
    user: *const c_char,
    user_len: usize,
    existed: *mut i32,
) -> i32 {
    guard!(notice_forget_user, |caller| {
        let board = handle::enter(board)?;
        let had = board.forget_user(caller.text("user", user, user_len)?)?;
        caller.write_optional(existed, had);
        Ok(())
    })
}
