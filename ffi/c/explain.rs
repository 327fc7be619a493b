//! Explanations: why a viewer sees an announcement or does not.

use std::ffi::c_char;

use notice::Rule;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::last_error::read_language;
use super::query::{self, NoticeQuery};
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// The rules that hide an announcement from a viewer.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeExplanation {
    /// Id of the announcement.
    pub id: i64,
    /// 1 when it is on the viewer's board, else 0.
    pub visible: u32,
    /// 1 when it is also pending, to be shown in a popup, else 0.
    pub pending: u32,
    /// NOTICE_RULE_...: the deciding rule, or NOTICE_RULE_VISIBLE when no rule hides it.
    pub rule: i32,
    /// All rules that apply: a sum of 1 << NOTICE_RULE_...
    pub rules: u32,
    /// Earliest instant at which this answer may change through time alone; 0 if it cannot.
    pub next_change_at: i64,
    /// Always 0.
    pub reserved: [u64; 1],
}

/// Explains which rules hide an announcement from the query's viewer, and which keep it from being
/// pending.
///
/// A viewer gets no explanation of an announcement outside that viewer's audience.
///
/// @param board        An open board.
/// @param id           Id of the announcement.
/// @param query        The viewer. Only view, user, locales, attributes and now are used.
/// @param explanation  Receives the rules.
/// @param language     Language of the words: NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH.
/// @param buf          Receives the rules in words and a NUL, one rule a line. {NULL, 0} asks for
///                     `needed`.
/// @param cap          Size of `buf` in bytes.
/// @param needed       Receives the required size in bytes, including the NUL, also on
///                     NOTICE_TOO_SMALL. May be NULL together with {NULL, 0}, when no words are
///                     wanted.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_NOT_FOUND; otherwise as notice_query.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_explain(
    board: *mut NoticeBoard,
    id: i64,
    query: *const NoticeQuery,
    explanation: *mut NoticeExplanation,
    language: i32,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_explain, |caller| {
        let board = handle::enter(board)?;
        let output = caller.output("explanation", explanation)?;
        let language = read_language(language)?;
        let explained = board.explain(id, &query::read(caller, "query", query)?)?;
        let findings = || explained.findings.iter();
        if !(needed.is_null() && buf.is_null() && cap == 0) {
            let lines: Vec<&str> = findings().map(|f| f.words.get(language)).collect();
            caller.write_text(&lines.join("\n"), buf, cap, needed)?;
        }
        output.write(NoticeExplanation {
            id: explained.id,
            visible: explained.visible.into(),
            pending: explained.pending.into(),
            rule: findings().next().map_or(Rule::Visible, |f| f.rule).code(),
            rules: findings().fold(0, |rules, f| rules | 1 << f.rule.code()),
            next_change_at: explained.next_change_at.unwrap_or_default(),
            reserved: [0; 1],
        });
        Ok(())
    })
}
