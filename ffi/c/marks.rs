//! Marks: what viewers do with announcements.

use std::ffi::c_char;

use notice::Mark;

use super::board::NoticeBoard;
use super::limits::NOTICE_MAX_BATCH;
use super::query::{self, NoticeQuery};
use crate::handle;
use crate::panic::guard;

/// Remembers what a user does with announcements: with all of them, or with none.
///
/// @param board   An open board.
/// @param viewer  Who does it: of it count user, attributes, locales and now. The user must not be empty.
/// @param ids     Which announcements, at most NOTICE_MAX_BATCH.
/// @param count   How many ids there are.
/// @param mark    NOTICE_MARK_...
/// @return NOTICE_OK; NOTICE_NOT_FOUND for an announcement that this viewer could not have seen;
///         NOTICE_BAD_STATE for dismissing what is not dismissible; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE
///         for what is refused of the viewer, the ids or the mark; NOTICE_POISONED.
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

/// Marks as read all that was news at or before a revision. What is published meanwhile stays unread, and so
/// does what is not visible yet. Without a filter, the cost does not depend on how much there is.
///
/// @param board     An open board.
/// @param query     Who reads, and under which filter; the user must not be empty.
/// @param up_to     The revision, such as that of the page that the user has seen; -1 is the present one.
/// @param revision  Where it is written up to which revision that was. May be NULL.
/// @return NOTICE_OK; NOTICE_FUTURE_REVISION; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of
///         the query or the revision; NOTICE_POISONED.
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
        if let Some(revision) = caller.optional_output(revision) {
            revision.write(marked);
        }
        Ok(())
    })
}

/// Erases all that is kept of a user.
///
/// @param board     An open board.
/// @param user      The user's name.
/// @param user_len  Bytes of `user`.
/// @param existed   Where 1 is written if there was anything, else 0. May be NULL.
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
        if let Some(existed) = caller.optional_output(existed) {
            existed.write(had.into());
        }
        Ok(())
    })
}
