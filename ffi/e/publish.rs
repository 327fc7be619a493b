//! Publishing and the other operations of an editor.

use std::ffi::c_char;

use notice::{
    Announcement, Draft, Error, Importance, Operation, Query, Result, Severity, SharedBoard, Text,
};

use super::guard::{guard_number, guard_text};
use super::{handle, input, output, published};
use crate::c::names::NOTICE_CHANGE_DEFAULT;
use crate::c::publish::is_list;

/// Locale of the text that e_announce_publish publishes.
const LOCALE: &str = "zh-CN";

/// Publishes an announcement in Chinese (zh-CN) for everyone, or updates the one that has its key
/// in its channel. For other fields, use e_announce_publish_json.
///
/// @param board     An open board.
/// @param channel   Stream of the announcement; empty means "default".
/// @param key       Your own name for the announcement; empty for none.
/// @param title     Not empty.
/// @param body      May be empty. CR LF becomes LF, as on every surface, and CR LF again when it is
///                  read here.
/// @param severity  NOTICE_SEVERITY_...
/// @return 1, with the id in e_announce_published_id; negative like the failures of notice_publish.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_publish(
    board: i32,
    channel: *const c_char,
    key: *const c_char,
    title: *const c_char,
    body: *const c_char,
    severity: i32,
) -> i32 {
    guard_number!(e_announce_publish, |caller| {
        let board = handle::board(board)?;
        let body = input::text(caller, "body", body)?.replace("\r\n", "\n");
        let text = Text::new(LOCALE, input::text(caller, "title", title)?).body(body);
        let draft = Draft::from_text(text)
            .channel(input::text(caller, "channel", channel)?)
            .key(input::text(caller, "key", key)?)
            .severity(Severity::from_code(severity)?);
        published::keep(vec![board.board().publish(&draft)?])
    })
}

/// Publishes a draft, or a list of drafts as one revision, like notice_publish_json.
///
/// @param board  An open board.
/// @param json   JSON object or list of objects, in GBK; write characters that GBK lacks as \uXXXX.
/// @return Number of drafts; negative like the failures of notice_publish_json. Offsets refer to
///         the JSON in UTF-8.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_publish_json(board: i32, json: *const c_char) -> i32 {
    guard_number!(e_announce_publish_json, |caller| {
        let board = handle::board(board)?;
        let json = input::text(caller, "json", json)?;
        publish_json(board.board(), json.as_bytes())
    })
}

/// Publishes JSON in UTF-8, such as a file that was read or downloaded. A byte order mark is
/// skipped.
///
/// @param board   An open board.
/// @param json    JSON object or list of objects. May be NULL when `length` is 0.
/// @param length  Length of `json` in bytes.
/// @return As e_announce_publish_json.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_publish_utf8(
    board: i32,
    json: *const u8,
    length: i32,
) -> i32 {
    guard_number!(e_announce_publish_utf8, |caller| {
        let board = handle::board(board)?;
        let json = input::bytes(caller, "json", json, length)?;
        publish_json(board.board(), json)
    })
}

/// Changes some fields of an announcement, like notice_update_json.
///
/// @param board       An open board.
/// @param id          Id from e_announce_id.
/// @param patch       JSON object with the fields to change, in GBK; null resets a field to its
///                    default.
/// @param if_version  Version that the announcement must have; 0 accepts any.
/// @param change      NOTICE_CHANGE_...: whether the change is news.
/// @return 1; negative like the failures of notice_update_json.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_update_json(
    board: i32,
    id: *const c_char,
    patch: *const c_char,
    if_version: i32,
    change: i32,
) -> i32 {
    guard_number!(e_announce_update_json, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        let patch = input::text(caller, "patch", patch)?;
        let version = u32::try_from(input::size("if_version", if_version)?).unwrap_or(u32::MAX);
        let change = match change {
            NOTICE_CHANGE_DEFAULT => None,
            code => Some(Importance::from_code(code)?),
        };
        let version = (version != 0).then_some(version);
        let update = Operation::update_from_json(id, patch.as_bytes(), version, change)?;
        published::keep(vec![board.board().apply_one(update)?])
    })
}

/// Makes several changes as one revision of the board, like notice_apply_json.
///
/// @param board  An open board.
/// @param json   JSON list of operations, in GBK.
/// @return Number of operations; negative like the failures of notice_apply_json. Offsets refer to
///         the JSON in UTF-8.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_apply_json(board: i32, json: *const c_char) -> i32 {
    guard_number!(e_announce_apply_json, |caller| {
        let board = handle::board(board)?;
        let json = input::text(caller, "json", json)?;
        apply_json(board.board(), json.as_bytes())
    })
}

/// Makes several changes from JSON in UTF-8. A byte order mark is skipped.
///
/// @param board   An open board.
/// @param json    JSON list of operations. May be NULL when `length` is 0.
/// @param length  Length of `json` in bytes.
/// @return As e_announce_apply_json.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_apply_utf8(
    board: i32,
    json: *const u8,
    length: i32,
) -> i32 {
    guard_number!(e_announce_apply_utf8, |caller| {
        let board = handle::board(board)?;
        let json = input::bytes(caller, "json", json, length)?;
        apply_json(board.board(), json)
    })
}

/// Retracts an announcement: it is hidden from every viewer at once. Retracting it again is a
/// no-op.
///
/// @param board   An open board.
/// @param id      Id from e_announce_id.
/// @param reason  The reason; may be empty.
/// @return 1; negative like the failures of notice_retract.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_retract(
    board: i32,
    id: *const c_char,
    reason: *const c_char,
) -> i32 {
    guard_number!(e_announce_retract, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        let reason = input::text(caller, "reason", reason)?;
        published::keep(vec![board.board().retract(id, &reason)?])
    })
}

/// Publishes a retracted announcement again, as news.
///
/// @param board  An open board.
/// @param id     Id from e_announce_id.
/// @return 1; negative like the failures of notice_restore.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_restore(board: i32, id: *const c_char) -> i32 {
    guard_number!(e_announce_restore, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        published::keep(vec![board.board().restore(id)?])
    })
}

/// Publishes a draft, as news. In JSON, `"state": "draft"` publishes one.
///
/// @param board  An open board.
/// @param id     Id from e_announce_id.
/// @return 1; negative like the failures of notice_release.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_release(board: i32, id: *const c_char) -> i32 {
    guard_number!(e_announce_release, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        published::keep(vec![board.board().release(id)?])
    })
}

/// Erases an announcement and its viewer state.
///
/// @param board  An open board.
/// @param id     Id from e_announce_id.
/// @return 1; negative like the failures of notice_purge.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_purge(board: i32, id: *const c_char) -> i32 {
    guard_number!(e_announce_purge, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        published::keep(vec![board.board().purge(id)?])
    })
}

/// Returns the id of the announcement in this thread's last publish, update, retract, restore, release
/// or purge.
///
/// @param index  Number of the announcement in a batch, from 1.
/// @return The id; empty when the batch was smaller. Valid until the thread's next call that
///         returns text.
/// Threads: any; each has its own results.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_published_id(index: i32) -> *const c_char {
    guard_text!(e_announce_published_id, |_caller| {
        Ok(published::nth(index)?.id.to_string())
    })
}

/// Returns the whole result of this thread's last operation, separated by TABs: id, version,
/// revision, NOTICE_OUTCOME_..., and 1 for an earlier result under the same idempotency key, else
/// 0.
///
/// @param index  Number of the announcement in a batch, from 1.
/// @return The line; empty when the batch was smaller. Valid until the thread's next call that
///         returns text.
/// Threads: any; each has its own results.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_published(index: i32) -> *const c_char {
    guard_text!(e_announce_published, |_caller| {
        let done = published::nth(index)?;
        Ok(format!(
            "{}\t{}\t{}\t{}\t{}",
            done.id,
            done.version,
            done.revision,
            done.outcome.code(),
            u8::from(done.duplicate)
        ))
    })
}

/// Returns one whole announcement as a JSON object in UTF-8, including all texts and the audience,
/// for an editor to change and publish again.
///
/// @param board     An open board.
/// @param id        Id from e_announce_id.
/// @param buffer    Receives the JSON and a NUL. May be NULL when `capacity` is 0.
/// @param capacity  Size of `buffer` in bytes.
/// @return Size of the whole JSON in bytes, without its NUL. When that is not below `capacity`, the
///         text was cut to fit. -NOTICE_NOT_FOUND.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_json(
    board: i32,
    id: *const c_char,
    buffer: *mut u8,
    capacity: i32,
) -> i32 {
    guard_number!(e_announce_json, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        let item = board.board().get(id, &Query::editor())?;
        let record = item.record().ok_or_else(|| Error::not_found(id))?;
        let json = record.to_json_text();
        output::write_utf8(caller, &json, buffer, capacity)
    })
}

/// Returns the earlier versions of an announcement that were news, the oldest first, as a JSON list in UTF-8
/// of objects as of e_announce_json, like notice_history_json.
///
/// @param board     An open board.
/// @param id        Id from e_announce_id.
/// @param buffer    Receives the JSON and a NUL. May be NULL when `capacity` is 0.
/// @param capacity  Size of `buffer` in bytes.
/// @return As e_announce_json.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_history(
    board: i32,
    id: *const c_char,
    buffer: *mut u8,
    capacity: i32,
) -> i32 {
    guard_number!(e_announce_history, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        let json = Announcement::list_to_json_text(&board.board().history(id)?);
        output::write_utf8(caller, &json, buffer, capacity)
    })
}

fn publish_json(board: &SharedBoard, json: &[u8]) -> Result<i32> {
    let drafts = Draft::batch_from_json(json)?;
    published::keep(match drafts.as_slice() {
        // A single draft has no position in an error's path, unless it was given in a list.
        [draft] if !is_list(json) => vec![board.publish(draft)?],
        drafts => board.publish_all(drafts)?,
    })
}

fn apply_json(board: &SharedBoard, json: &[u8]) -> Result<i32> {
    published::keep(board.apply(&Operation::batch_from_json(json)?)?)
}
