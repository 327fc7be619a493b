//! Operations: changing what was published.

use std::ffi::c_char;

use notice::{Importance, Operation};

use super::board::NoticeBoard;
use super::names::NOTICE_CHANGE_DEFAULT;
use super::publish::{NoticePublished, Results};
use crate::handle;
use crate::panic::guard;

/// Changes some fields of an announcement, by a JSON merge patch (RFC 7396) over the fields of a draft: null sets
/// a field back to its default. A retracted announcement can be changed too, and stays retracted.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param patch       A JSON object with the fields to change, named as in notice_publish_json.
/// @param len         Bytes of `patch`.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param change      NOTICE_CHANGE_...: whether it is news.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the
///         first field that is refused; NOTICE_EXISTS when the patch gives it a key that another one has;
///         NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_update_json(
    board: *mut NoticeBoard,
    id: i64,
    patch: *const c_char,
    len: usize,
    if_version: u32,
    change: i32,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_update_json, |caller| {
        let board = handle::enter(board)?;
        let patch = caller.bytes("patch", patch, len)?;
        let change = match change {
            NOTICE_CHANGE_DEFAULT => None,
            code => Some(Importance::from_code(code)?),
        };
        let update = Operation::update_from_json(id, patch, version(if_version), change)?;
        let done = board.apply_one(update)?;
        if let Some(published) = caller.optional_output(published) {
            published.write(done.into());
        }
        Ok(())
    })
}

/// Takes an announcement back: at once no viewer sees it. Retracting it again changes nothing.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param reason      Why, at most NOTICE_MAX_REASON_BYTES; {NULL, 0} for no reason.
/// @param len         Bytes of `reason`.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for
///         the reason; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_retract(
    board: *mut NoticeBoard,
    id: i64,
    reason: *const c_char,
    len: usize,
    if_version: u32,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_retract, |caller| {
        let board = handle::enter(board)?;
        let done = board.apply_one(Operation::Retract {
            id,
            reason: caller.text("reason", reason, len)?.to_owned(),
            if_version: version(if_version),
        })?;
        if let Some(published) = caller.optional_output(published) {
            published.write(done.into());
        }
        Ok(())
    })
}

/// Publishes a retracted announcement again, as news.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_BAD_STATE when it is not retracted;
///         NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_restore(
    board: *mut NoticeBoard,
    id: i64,
    if_version: u32,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_restore, |caller| {
        let board = handle::enter(board)?;
        let done = board.apply_one(Operation::Restore {
            id,
            if_version: version(if_version),
        })?;
        if let Some(published) = caller.optional_output(published) {
            published.write(done.into());
        }
        Ok(())
    })
}

/// Erases an announcement: its text and what is kept of users about it are gone, its id is never used again, its
/// key is free.
///
/// @param board      An open board.
/// @param id         Which announcement.
/// @param published  Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_purge(
    board: *mut NoticeBoard,
    id: i64,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_purge, |caller| {
        let board = handle::enter(board)?;
        let done = board.apply_one(Operation::Purge { id })?;
        if let Some(published) = caller.optional_output(published) {
            published.write(done.into());
        }
        Ok(())
    })
}

/// Makes several changes as one revision of the board: all of them, or none.
///
/// The JSON is a list of {"publish": draft}, {"update": {"id", "patch", "if_version", "change"}},
/// {"retract": {"id", "reason", "if_version"}}, {"restore": {"id", "if_version"}} and {"purge": {"id"}}.
/// `change` is "major" or "minor"; all but "id" and "patch" may be left out.
///
/// @param board    An open board.
/// @param json     A JSON list of at most NOTICE_MAX_BATCH.
/// @param len      Bytes of `json`.
/// @param results  Where it is written what was done, change by change. {NULL, 0} when it is not wanted.
/// @param cap      How many `results` has room for.
/// @param count    Where the number of changes is written, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` has no room for all, and nothing is changed then;
///         otherwise what the functions for a single change return, the path of the error beginning with the
///         place in the list.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_apply_json(
    board: *mut NoticeBoard,
    json: *const c_char,
    len: usize,
    results: *mut NoticePublished,
    cap: usize,
    count: *mut usize,
) -> i32 {
    guard!(notice_apply_json, |caller| {
        let board = handle::enter(board)?;
        let results = Results::new(caller, results, cap, count)?;
        let json = caller.bytes("json", json, len)?;
        let operations = Operation::batch_from_json(json)?;
        results.write(operations.len(), || board.apply(&operations))
    })
}

/// The version that is expected, if any.
fn version(if_version: u32) -> Option<u32> {
    (if_version != 0).then_some(if_version)
}
