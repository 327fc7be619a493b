//! Operations: changing published announcements.

use std::ffi::c_char;

use notice::{Importance, Operation};

use super::board::NoticeBoard;
use super::names::NOTICE_CHANGE_DEFAULT;
use super::publish::{NoticePublished, Results};
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Changes some fields of an announcement by a JSON merge patch (RFC 7396).
///
/// The patch covers the fields of a draft; null resets a field to its default. A retracted
/// announcement can be changed too, and stays retracted.
///
/// @param board       An open board.
/// @param id          Id of the announcement.
/// @param patch       JSON object with the fields to change, named as in notice_publish_json.
/// @param len         Length of `patch` in bytes.
/// @param if_version  Version that the announcement must have; 0 accepts any.
/// @param change      NOTICE_CHANGE_...: whether the change is news.
/// @param published   Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or
///         NOTICE_TOO_LARGE for the first invalid field; NOTICE_EXISTS when another announcement
///         has the new key; NOTICE_POISONED.
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
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Retracts an announcement: it is hidden from every viewer at once. Retracting it again is a
/// no-op.
///
/// @param board       An open board.
/// @param id          Id of the announcement.
/// @param reason      The reason, at most NOTICE_MAX_REASON_BYTES; {NULL, 0} for none.
/// @param len         Length of `reason` in bytes.
/// @param if_version  Version that the announcement must have; 0 accepts any.
/// @param published   Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or
///         NOTICE_TOO_LARGE for the reason; NOTICE_BAD_STATE for a draft; NOTICE_POISONED.
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
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Publishes a retracted announcement again, as news.
///
/// @param board       An open board.
/// @param id          Id of the announcement.
/// @param if_version  Version that the announcement must have; 0 accepts any.
/// @param published   Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_BAD_STATE when it is not
///         retracted; NOTICE_POISONED.
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
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Publishes a draft: from now on, or from its start if that is later. It is news for everybody, unless it
/// is quiet.
///
/// @param board       An open board.
/// @param id          Id of the announcement.
/// @param if_version  Version that the announcement must have; 0 accepts any.
/// @param published   Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_BAD_STATE when it is not a
///         draft, or its end has passed; NOTICE_INVALID_FIELD when it would replace itself by way of
///         others; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_release(
    board: *mut NoticeBoard,
    id: i64,
    if_version: u32,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_release, |caller| {
        let board = handle::enter(board)?;
        let done = board.apply_one(Operation::Release {
            id,
            if_version: version(if_version),
        })?;
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Erases an announcement: its texts and its viewer state. The id is never used again, and the key
/// becomes free.
///
/// @param board      An open board.
/// @param id         Id of the announcement.
/// @param published  Receives the result. May be NULL.
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
        let done = board.purge(id)?;
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Makes several changes as one revision of the board: all of them, or none.
///
/// The JSON is a list of {"publish": draft}, {"update": {"id", "patch", "if_version", "change"}},
/// {"retract": {"id", "reason", "if_version"}}, {"restore": {"id", "if_version"}}, {"release": {"id",
/// "if_version"}} and {"purge": {"id"}}. `change` is "major" or "minor". Only "id" and "patch" are required.
///
/// @param board    An open board.
/// @param json     JSON list of at most NOTICE_MAX_BATCH changes.
/// @param len      Length of `json` in bytes.
/// @param results  Receives the results, in the order of the changes. {NULL, 0} when they are not
///                 wanted.
/// @param cap      Capacity of `results`, in structures.
/// @param count    Receives the number of changes, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` is too small, in which case nothing is
///         changed; otherwise the statuses of the functions for single changes, with a path that
///         begins with the position in the list.
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

/// Returns the expected version, if any.
fn version(if_version: u32) -> Option<u32> {
    (if_version != 0).then_some(if_version)
}
