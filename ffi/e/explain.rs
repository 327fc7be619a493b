//! Explanations: why the viewer sees an announcement or does not.

use std::ffi::c_char;

use notice::{Explanation, Finding, Language, Result, Rule};

use super::guard::{guard_number, guard_text};
use super::local_time::{self, Zone};
use super::{handle, input, query, zone};
use crate::boundary::arguments::Caller;

/// Explains in Chinese which rules hide an announcement from the board's viewer.
///
/// A viewer gets no explanation of an announcement outside that viewer's audience; an editor, with
/// view=editor, does.
///
/// @param board       An open board.
/// @param id          Id from e_announce_id.
/// @param conditions  Empty, or view= and now=.
/// @return The rules, one a line, with times in local time; empty when the announcement is not
///         found. Valid until the thread's next call that returns text.
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
        let lines: Vec<String> = lines.map(|f| in_local_time(f, zone::offset)).collect();
        Ok(lines.join("\n"))
    })
}

/// Returns the rules of e_announce_explain as a number.
///
/// @param board       An open board.
/// @param id          Id from e_announce_id.
/// @param conditions  Empty, or view= and now=.
/// @return A sum of 1 << NOTICE_RULE_...; negative like the failures of notice_explain.
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

/// Returns the Chinese words of a finding, with Unix milliseconds replaced by local times.
fn in_local_time(finding: &Finding, zone: Zone) -> String {
    // Anything after the times is the editor's own text.
    let times = match finding.rule {
        Rule::Retracted | Rule::Dismissed | Rule::Snoozed => 1,
        Rule::Scheduled | Rule::Expired | Rule::ShowInterval => 2,
        _ => 0,
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let (mut line, mut rest) = (String::new(), finding.words.get(Language::Zh));
    for _ in 0..times {
        let (before, behind) = rest.split_at(rest.find(is_digit).unwrap_or(rest.len()));
        let end = behind.find(|c| !is_digit(c)).unwrap_or(behind.len());
        let (number, after) = behind.split_at(end);
        let time = number.parse().map(|ms| local_time::format(ms, zone));
        line.push_str(before);
        line.push_str(time.as_deref().unwrap_or(number));
        rest = after;
    }
    line + rest
}

#[cfg(test)]
mod tests {
    use notice::{Draft, Mark, Query, Viewer};

    use super::*;
    use crate::e::state::EBoard;

    /// Returns the explanation for an editor at `now`.
    fn said(board: &EBoard, id: i64, now: i64) -> Vec<String> {
        let mut query = Query::editor();
        query.viewer = Viewer::new("u");
        query.viewer.now = Some(now);
        let explained = board.board().explain(id, &query).unwrap();
        let east: Zone = |_| 8 * 3600;
        let findings = explained.findings.iter();
        findings.map(|f| in_local_time(f, east)).collect()
    }

    #[test]
    fn times_are_said_as_the_clock_on_the_wall() {
        const NOW: i64 = 1_781_740_800_000;
        let board = EBoard::open("mem:").unwrap();
        board.shared().clock.set(Some(NOW));
        let draft = Draft::new("zh-CN", "a").visible(NOW, NOW + 60_000);
        let id = board.board().publish(&draft).unwrap().id;
        assert_eq!(
            said(&board, id, NOW - 1000),
            ["2026-06-18 08:00:00 起生效，当前时间为 2026-06-18 07:59:59"]
        );
        assert_eq!(
            said(&board, id, NOW + 60_000),
            ["已于 2026-06-18 08:01:00 结束，当前时间为 2026-06-18 08:01:00"]
        );
        let viewer = Viewer::new("u");
        board.board().mark(&viewer, &[id], Mark::Dismiss).unwrap();
        assert!(said(&board, id, NOW).contains(&"已于 2026-06-18 08:00:00 关闭".to_owned()));
        board.board().retract(id, "工单 202606180001").unwrap();
        assert!(
            said(&board, id, NOW)
                .contains(&"已于 2026-06-18 08:00:00 撤回：\"工单 202606180001\"".to_owned())
        );
    }

    #[test]
    fn numbers_of_an_audience_are_left_alone() {
        let board = EBoard::open("mem:").unwrap();
        let draft =
            Draft::new("zh-CN", "a").audience("team", notice::Operator::In, ["1781740800000"]);
        let id = board.board().publish(&draft).unwrap().id;
        let lines = said(&board, id, 1000).join("\n");
        assert!(lines.contains("1781740800000"), "{lines}");
    }
}
