//! Publishing, and everything else that an editor does.

use std::ffi::c_char;

use notice::{Draft, Importance, Operation, Query, Result, Severity, SharedBoard, Text};

use super::guard::{guard_number, guard_text};
use super::{handle, input, output, published};
use crate::c::names::NOTICE_CHANGE_DEFAULT;

/// The language of what e_announce_publish publishes.
const LOCALE: &str = "zh-CN";

/// Publishes an announcement in Chinese (zh-CN) for everyone, or changes the one that has its key in its channel.
/// For all else there is e_announce_publish_json.
///
/// @param board     An open board.
/// @param channel   The stream it belongs to; empty is "default".
/// @param key       Your own name for it; empty is none.
/// @param title     Not empty.
/// @param body      May be empty. CR LF in it becomes the one LF that every surface has, and is CR LF again when it
///                  is read here.
/// @param severity  NOTICE_SEVERITY_...
/// @return 1, and e_announce_published_id has its id; negative as notice_publish fails.
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

/// Publishes a draft, or a list of drafts as one revision, as notice_publish_json does.
///
/// @param board  An open board.
/// @param json   A JSON object or a list of them, in GBK; what GBK lacks is written as \uXXXX.
/// @return How many; negative as notice_publish_json fails. Offsets are those of the JSON in UTF-8.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_publish_json(board: i32, json: *const c_char) -> i32 {
    guard_number!(e_announce_publish_json, |caller| {
        let board = handle::board(board)?;
        let json = input::text(caller, "json", json)?;
        publish_json(board.board(), json.as_bytes())
    })
}

/// The same with JSON in UTF-8, such as a file that was read or downloaded; a byte order mark is left out.
///
/// @param board   An open board.
/// @param json    A JSON object or a list of them. May be NULL when `length` is 0.
/// @param length  Bytes of `json`.
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
        publish_json(board.board(), without_mark(json))
    })
}

/// Changes some fields of an announcement, as notice_update_json does.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param patch       A JSON object with the fields to change, in GBK; null sets a field back to its default.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param change      NOTICE_CHANGE_...: whether it is news.
/// @return 1; negative as notice_update_json fails.
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
        let version = u32::try_from(output::size("if_version", if_version)?).unwrap_or(u32::MAX);
        let change = match change {
            NOTICE_CHANGE_DEFAULT => None,
            code => Some(Importance::from_code(code)?),
        };
        let version = (version != 0).then_some(version);
        let update = Operation::update_from_json(id, patch.as_bytes(), version, change)?;
        apply_one(board.board(), update)
    })
}

/// Makes several changes as one revision of the board, as notice_apply_json does.
///
/// @param board  An open board.
/// @param json   A JSON list of operations, in GBK.
/// @return How many; negative as notice_apply_json fails. Offsets are those of the JSON in UTF-8.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_apply_json(board: i32, json: *const c_char) -> i32 {
    guard_number!(e_announce_apply_json, |caller| {
        let board = handle::board(board)?;
        let json = input::text(caller, "json", json)?;
        apply_json(board.board(), json.as_bytes())
    })
}

/// The same with JSON in UTF-8; a byte order mark is left out.
///
/// @param board   An open board.
/// @param json    A JSON list of operations. May be NULL when `length` is 0.
/// @param length  Bytes of `json`.
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
        apply_json(board.board(), without_mark(json))
    })
}

/// Takes an announcement back: at once no viewer sees it. Retracting it again changes nothing.
///
/// @param board   An open board.
/// @param id      Which one, as e_announce_id gives it.
/// @param reason  Why; may be empty.
/// @return 1; negative as notice_retract fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_retract(
    board: i32,
    id: *const c_char,
    reason: *const c_char,
) -> i32 {
    guard_number!(e_announce_retract, |caller| {
        let board = handle::board(board)?;
        let retract = Operation::Retract {
            id: input::id(caller, id)?,
            reason: input::text(caller, "reason", reason)?,
            if_version: None,
        };
        apply_one(board.board(), retract)
    })
}

/// Publishes a retracted announcement again, as news.
///
/// @param board  An open board.
/// @param id     Which one, as e_announce_id gives it.
/// @return 1; negative as notice_restore fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_restore(board: i32, id: *const c_char) -> i32 {
    guard_number!(e_announce_restore, |caller| {
        let board = handle::board(board)?;
        let restore = Operation::Restore {
            id: input::id(caller, id)?,
            if_version: None,
        };
        apply_one(board.board(), restore)
    })
}

/// Erases an announcement, and what is kept of users about it.
///
/// @param board  An open board.
/// @param id     Which one, as e_announce_id gives it.
/// @return 1; negative as notice_purge fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_purge(board: i32, id: *const c_char) -> i32 {
    guard_number!(e_announce_purge, |caller| {
        let board = handle::board(board)?;
        let id = input::id(caller, id)?;
        apply_one(board.board(), Operation::Purge { id })
    })
}

/// The id of what this thread's last publishing, update, retraction, restoration or purge was about.
///
/// @param index  Which of several, from 1.
/// @return The id; empty when there were not so many. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_published_id(index: i32) -> *const c_char {
    guard_text!(e_announce_published_id, |_caller| {
        Ok(published::nth(index)?.id.to_string())
    })
}

/// All of that: id, version, revision, what was done (NOTICE_OUTCOME_...), and 1 when it is the result of an
/// earlier publishing under the same idempotency key, else 0; TABs between them.
///
/// @param index  Which of several, from 1.
/// @return The line; empty when there were not so many. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
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

/// One whole announcement as a JSON object in UTF-8, all its texts and its audience included, for an editor to
/// change and publish again.
///
/// @param board     An open board.
/// @param id        Which one, as e_announce_id gives it.
/// @param buffer    Where the JSON and a NUL are written. May be NULL when `capacity` is 0.
/// @param capacity  Bytes of `buffer`.
/// @return The size of the whole JSON in bytes, without its NUL; as much as fits was written when that is not below
///         `capacity`. -NOTICE_NOT_FOUND.
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
        let json = item.announcement.to_json().to_string();
        output::write_utf8(caller, &json, buffer, capacity)
    })
}

/// The editor of Windows 7 begins every file in UTF-8 with a byte order mark.
fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json)
}

fn publish_json(board: &SharedBoard, json: &[u8]) -> Result<i32> {
    let drafts = Draft::batch_from_json(json)?;
    published::keep(match drafts.as_slice() {
        // One draft has no place in a list, unless it was given in one.
        [draft] if !json.trim_ascii_start().starts_with(b"[") => vec![board.publish(draft)?],
        drafts => board.publish_all(drafts)?,
    })
}

fn apply_json(board: &SharedBoard, json: &[u8]) -> Result<i32> {
    published::keep(board.apply(&Operation::batch_from_json(json)?)?)
}

fn apply_one(board: &SharedBoard, operation: Operation) -> Result<i32> {
    published::keep(vec![board.apply_one(operation)?])
}
