//! Marks: recording what viewers did with announcements.

use std::ffi::c_char;

use notice::{Mark, Marking, Shown};

use super::board::NoticeBoard;
use super::limits::NOTICE_MAX_BATCH;
use super::query::{self, NoticeQuery};
use crate::boundary::arguments::set;
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Marks announcements for a user, in their present versions.
///
/// Of several, those are passed over that are gone or never were for this viewer. So are those that
/// are not dismissible when they are dismissed: they are read. notice_mark_shown says how many were
/// marked, and takes the versions that the user had before them.
///
/// @param board   An open board.
/// @param viewer  The user. Only user, attributes, locales and now are used. The user must not be
///                empty.
/// @param ids     Ids of the announcements, at most NOTICE_MAX_BATCH.
/// @param count   Number of ids.
/// @param mark    NOTICE_MARK_...
/// @return NOTICE_OK; for one announcement alone NOTICE_NOT_FOUND, if this viewer could not have seen
///         it, and NOTICE_BAD_STATE for dismissing it if it is not dismissible;
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
        board.mark(&viewer, &ids, Mark::from_code(mark)?)?;
        Ok(())
    })
}

/// Marks announcements for a user, in the versions that the user had before them.
///
/// A mark counts for that version: acknowledging version 1 while version 2 is published does not
/// acknowledge version 2, unless version 2 was a minor edit.
///
/// @param board     An open board.
/// @param viewer    As for notice_mark.
/// @param ids       Ids of the announcements, at most NOTICE_MAX_BATCH.
/// @param versions  The version of each, from NoticeItem.version; 0 means the present one. NULL means
///                  the present version of all.
/// @param count     Number of ids and of versions.
/// @param mark      NOTICE_MARK_...
/// @param until     When NOTICE_MARK_SNOOZE ends: in the future, at most ten years away. 0 for every other
///                  mark.
/// @param marked    Receives the number of announcements that were marked. May be NULL.
/// @return As notice_mark; NOTICE_INVALID_FIELD for a version later than the present one, and then
///         nothing is marked.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_mark_shown(
    board: *mut NoticeBoard,
    viewer: *const NoticeQuery,
    ids: *const i64,
    versions: *const u32,
    count: usize,
    mark: i32,
    until: i64,
    marked: *mut u64,
) -> i32 {
    guard!(notice_mark_shown, |caller| {
        let board = handle::enter(board)?;
        let viewer = query::read(caller, "viewer", viewer)?.viewer;
        let most = NOTICE_MAX_BATCH as usize;
        let ids = caller.list("ids", ids, count, most, Ok)?;
        let versions = match versions.is_null() {
            true => vec![0; count],
            false => caller.list("versions", versions, count, most, Ok)?,
        };
        let shown = ids.into_iter().zip(versions);
        let shown = shown.map(|(id, version)| Shown::new(id, version));
        let mut marking = Marking::new(Mark::from_code(mark)?, shown);
        marking.until = set(until);
        let done = board.mark_shown(&viewer, &marking)?;
        caller.write_optional(marked, done);
        Ok(())
    })
}

/// Marks as read everything that a viewer sees: notice_mark_all with NOTICE_MARK_READ.
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

/// Marks everything that a viewer sees at this moment, and that was news at or before a revision.
///
/// What the viewer could not see then stays as it is: what is scheduled, over, retracted or superseded,
/// and what is for other attributes. After an upgrade or with a new role it is unread. Reading without
/// a filter costs the same however much there is to read.
///
/// @param board     An open board.
/// @param query     The user and an optional filter. The user must not be empty.
/// @param mark      NOTICE_MARK_SEEN, NOTICE_MARK_READ or NOTICE_MARK_DISMISS. What is not dismissible
///                  is read instead.
/// @param up_to     The revision, such as that of the page that the user has seen; -1 means the
///                  present one.
/// @param revision  Receives the revision that was used. May be NULL.
/// @return NOTICE_OK; NOTICE_FUTURE_REVISION; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an
///         invalid query, mark or revision; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_mark_all(
    board: *mut NoticeBoard,
    query: *const NoticeQuery,
    mark: i32,
    up_to: i64,
    revision: *mut i64,
) -> i32 {
    guard!(notice_mark_all, |caller| {
        let board = handle::enter(board)?;
        let query = query::read(caller, "query", query)?;
        let up_to = (up_to != -1).then_some(up_to);
        let marked = board.mark_all(&query, Mark::from_code(mark)?, up_to)?;
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
