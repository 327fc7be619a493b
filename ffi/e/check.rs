//! Checks of drafts before they are published.

use std::cell::RefCell;
use std::ffi::c_char;

use notice::{Bilingual, Checkup, Error, Language, Result};

use super::guard::{guard_number, guard_text};
use super::{handle, input, output};

thread_local! {
    /// Findings of this thread's last check, a line each.
    static FINDINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Checks a draft, or a list of drafts, without publishing, like notice_check_json: every fault at once, and
/// what an operator would regret.
///
/// @param board  An open board.
/// @param json   JSON object or list of objects, in GBK; write characters that GBK lacks as \uXXXX.
/// @return Number of findings, which e_announce_finding returns; negative like the failures of
///         notice_check_json. Offsets refer to the JSON in UTF-8.
/// Threads: any; each has its own findings.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_check_json(board: i32, json: *const c_char) -> i32 {
    guard_number!(e_announce_check_json, |caller| {
        let board = handle::board(board)?;
        let json = input::text(caller, "json", json)?;
        keep(&board.board().check_json(json.as_bytes())?)
    })
}

/// Checks JSON in UTF-8, such as a file that was read or downloaded. A byte order mark is skipped.
///
/// @param board   An open board.
/// @param json    JSON object or list of objects. May be NULL when `length` is 0.
/// @param length  Length of `json` in bytes.
/// @return As e_announce_check_json.
/// Threads: any; each has its own findings.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_check_utf8(
    board: i32,
    json: *const u8,
    length: i32,
) -> i32 {
    guard_number!(e_announce_check_utf8, |caller| {
        let board = handle::board(board)?;
        let json = input::bytes(caller, "json", json, length)?;
        keep(&board.board().check_json(json)?)
    })
}

/// Returns a finding of this thread's last check, separated by TABs: number of the draft from 1, status, name,
/// path, offset, and what is wrong in Chinese.
///
/// The faults come first. Their status is negative, -NOTICE_..., and publishing would be refused with it. The
/// status of what an operator would regret is 0; its name is that of the rule, and the words end with what
/// to do. The offset is one in bytes of UTF-8; -1 if there is none. When not all could be told, the last
/// finding is of draft 0 and says so.
///
/// @param index  Number of the finding, from 1.
/// @return The line; empty when there are fewer. Valid until the thread's next call that returns text.
/// Threads: any; each has its own findings.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_finding(index: i32) -> *const c_char {
    guard_text!(e_announce_finding, |_caller| { nth(index) })
}

/// Keeps the findings, and returns their number.
fn keep(checkup: &Checkup) -> Result<i32> {
    let faults = checkup.faults.iter().map(|fault| {
        let error = &fault.error;
        let offset = error.offset().map_or(-1, |offset| offset as i64);
        line(
            fault.draft + 1,
            -(error.kind() as i32),
            error.kind().name(),
            error.path().unwrap_or_default(),
            offset,
            &error.message(Language::Zh),
        )
    });
    let lints = checkup.lints.iter().map(|lint| {
        let words = lint.message(Language::Zh);
        line(lint.draft + 1, 0, lint.rule.name(), &lint.path, -1, &words)
    });
    let more = checkup
        .more
        .then(|| line(0, 0, "more", "", -1, "还有更多问题未列出；请先改正以上各项"));
    let lines: Vec<String> = faults.chain(lints).chain(more).collect();
    let count = output::count(lines.len())?;
    // A thread that is ending cannot keep anything.
    let _ = FINDINGS.try_with(|findings| findings.replace(lines));
    Ok(count)
}

fn line(draft: usize, status: i32, name: &str, path: &str, offset: i64, words: &str) -> String {
    // A message escapes control characters; the name of a member in a path may have any.
    let path = path.replace(char::is_control, " ");
    let words = words.replace(char::is_control, " ");
    format!("{draft}\t{status}\t{name}\t{path}\t{offset}\t{words}")
}

/// Returns the finding at `index`, counted from 1.
fn nth(index: i32) -> Result<String> {
    let (found, count) = FINDINGS
        .try_with(|findings| {
            let findings = findings.borrow();
            let place = usize::try_from(index).ok().and_then(|n| n.checked_sub(1));
            (place.and_then(|n| findings.get(n).cloned()), findings.len())
        })
        .unwrap_or_default();
    found.ok_or_else(|| {
        let reason = Bilingual::new(
            format!("valid findings are 1 to {count}"),
            format!("只有第 1 到 {count} 项"),
        );
        Error::invalid("index", &index.to_string(), reason)
    })
}
