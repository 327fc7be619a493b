//! Checks of drafts before they are published.

use std::ffi::c_char;

use notice::wire::Answer;
use notice::{Checkup, Result};

use super::board::NoticeBoard;
use super::draft::{self, NoticeDraft};
use crate::boundary::arguments::Caller;
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Checks a draft without publishing it: every fault at once, and what an operator would regret.
///
/// The result is a JSON object: `{"faults": [{"draft", "error"}], "lints": [{"draft", "rule", "path", "en", "zh",
/// "remedy_en", "remedy_zh"}], "more"}`. `draft` is the position in the list, from 0, and `error` has
/// `code`, `name`, `en`, `zh`, `path`, `value`, `offset` and `limit`. Publishing succeeds if there are no
/// faults, as far as the draft decides. `more` is true when not all could be told: at most
/// NOTICE_MAX_FINDINGS of each. docs/announcements.md lists the rules.
///
/// @param board   An open board. It may be read-only.
/// @param draft   The draft. Only read during the call.
/// @param buf     Receives the JSON and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK, also when there are faults; NOTICE_TOO_SMALL; NOTICE_INVALID_FIELD for a structure
///         that cannot be read.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_check(
    board: *mut NoticeBoard,
    draft: *const NoticeDraft,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_check, |caller| {
        let board = handle::enter(board)?;
        let draft = draft::read(caller, draft)?;
        let checkup = board.check(std::slice::from_ref(&draft))?;
        write(caller, checkup, buf, cap, needed)
    })
}

/// Checks a draft, or a list of drafts, as notice_publish_json takes them.
///
/// The drafts are judged as if they were published one after the other. What cannot be read is a fault, too:
/// an unknown field, a value of another type, or invalid JSON, whose offset is one in `json`.
///
/// @param board   An open board. It may be read-only.
/// @param json    JSON object, or a list of at most NOTICE_MAX_BATCH drafts.
/// @param len     Length of `json` in bytes.
/// @param buf     Receives the result of notice_check and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK, also when there are faults; NOTICE_TOO_SMALL; NOTICE_TOO_LARGE for too many drafts.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_check_json(
    board: *mut NoticeBoard,
    json: *const c_char,
    len: usize,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_check_json, |caller| {
        let board = handle::enter(board)?;
        let json = caller.bytes("json", json, len)?;
        let checkup = board.check_json(json)?;
        write(caller, checkup, buf, cap, needed)
    })
}

fn write(
    caller: &Caller,
    checkup: Checkup,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> Result<()> {
    let json = Answer::Checkup(checkup).to_value().to_string();
    caller.write_text(&json, buf, cap, needed)
}
