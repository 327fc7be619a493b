//! Explanations: why the viewer sees an announcement, or does not.

use std::ffi::c_char;

use notice::{Explanation, Language, Result};

use super::guard::{guard_number, guard_text};
use super::query;
use super::{handle, input};
use crate::caller::Caller;

/// Says in Chinese which rules hide an announcement from the board's viewer, or that none does. What a viewer may
/// not see is not explained to a viewer; it is to an editor, with view=editor.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return The rules, one a line; empty when it is not found. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_explain(
    board: i32,
    id: *const c_char,
    conditions: *const c_char,
) -> *const c_char {
    guard_text!(e_announce_explain, |caller| {
        let explained = explain(caller, board, id, conditions)?;
        let lines = explained.findings.iter();
        let lines: Vec<&str> = lines.map(|f| f.words.get(Language::Zh)).collect();
        Ok(lines.join("\n"))
    })
}

/// The same as a number.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return A sum of 1 << NOTICE_RULE_...; negative as notice_explain fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_explain_rules(
    board: i32,
    id: *const c_char,
    conditions: *const c_char,
) -> i32 {
    guard_number!(e_announce_explain_rules, |caller| {
        let explained = explain(caller, board, id, conditions)?;
        let rules = explained.findings.iter();
        Ok(rules.fold(0, |rules, finding| rules | 1 << finding.rule.code()))
    })
}

fn explain(
    caller: &Caller,
    board: i32,
    id: *const c_char,
    conditions: *const c_char,
) -> Result<Explanation> {
    let board = handle::board(board)?;
    let id = input::id(caller, id)?;
    let query = query::read_one(caller, conditions, &board)?;
    board.board().explain(id, &query)
}
