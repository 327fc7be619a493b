//! The values that fields of a C structure may have. Numbers are never given another meaning.

/// No severity at all.
pub const NOTICE_SEVERITY_NONE: i32 = 0;
/// For information; what NOTICE_DRAFT_INIT sets.
pub const NOTICE_SEVERITY_INFO: i32 = 1;
/// Worth noticing.
pub const NOTICE_SEVERITY_NOTICE: i32 = 2;
/// A warning.
pub const NOTICE_SEVERITY_WARNING: i32 = 3;
/// Critical.
pub const NOTICE_SEVERITY_CRITICAL: i32 = 4;

/// On the board, subject to its times and its audience.
pub const NOTICE_STATE_PUBLISHED: i32 = 0;
/// Taken back: hidden from every viewer.
pub const NOTICE_STATE_RETRACTED: i32 = 1;

/// The body is plain text.
pub const NOTICE_FORMAT_TEXT: i32 = 0;
/// The body is Markdown (CommonMark).
pub const NOTICE_FORMAT_MARKDOWN: i32 = 1;

/// The action opens its value, an http, https or mailto address.
pub const NOTICE_ACTION_URL: i32 = 0;
/// The action copies its value.
pub const NOTICE_ACTION_COPY: i32 = 1;
/// The action does whatever the application makes of its value.
pub const NOTICE_ACTION_CUSTOM: i32 = 2;

/// Nothing is said: a change of a title, a body, the severity, a time or the audience is news.
pub const NOTICE_CHANGE_DEFAULT: i32 = 0;
/// A correction: whoever has read the announcement has still read it.
pub const NOTICE_CHANGE_MINOR: i32 = 1;
/// News: the announcement is unread and undismissed again.
pub const NOTICE_CHANGE_MAJOR: i32 = 2;

/// There was no announcement of that key, or the draft has no key.
pub const NOTICE_OUTCOME_CREATED: i32 = 0;
/// The announcement of that key was changed.
pub const NOTICE_OUTCOME_UPDATED: i32 = 1;
/// The announcement of that key was just so already.
pub const NOTICE_OUTCOME_UNCHANGED: i32 = 2;
/// It was taken back.
pub const NOTICE_OUTCOME_RETRACTED: i32 = 3;
/// It was published again after it had been taken back.
pub const NOTICE_OUTCOME_RESTORED: i32 = 4;
/// It was erased.
pub const NOTICE_OUTCOME_PURGED: i32 = 5;

/// It was shown, such as in a popup: counts towards its show limit.
pub const NOTICE_MARK_SEEN: i32 = 0;
/// It was read.
pub const NOTICE_MARK_READ: i32 = 1;
/// Undoes reading, also by notice_mark_all_read.
pub const NOTICE_MARK_UNREAD: i32 = 2;
/// It is not to be shown again: read as well, and no longer pending.
pub const NOTICE_MARK_DISMISS: i32 = 3;
/// Undoes dismissing.
pub const NOTICE_MARK_RESTORE: i32 = 4;
/// It was acknowledged: read as well.
pub const NOTICE_MARK_ACKNOWLEDGE: i32 = 5;
/// Undoes acknowledging.
pub const NOTICE_MARK_UNACKNOWLEDGE: i32 = 6;

/// It was published, for the first time or again.
pub const NOTICE_KIND_PUBLISHED: i32 = 0;
/// It was changed, and is news.
pub const NOTICE_KIND_UPDATED: i32 = 1;
/// It was changed, and is no news; or another one covers or uncovers it.
pub const NOTICE_KIND_UPDATED_MINOR: i32 = 2;
/// It was taken back.
pub const NOTICE_KIND_RETRACTED: i32 = 3;
/// It is gone for good.
pub const NOTICE_KIND_PURGED: i32 = 4;

/// No rule hides it: it is on the viewer's board.
pub const NOTICE_RULE_VISIBLE: i32 = 0;
/// It is retracted.
pub const NOTICE_RULE_RETRACTED: i32 = 1;
/// Its start is still to come.
pub const NOTICE_RULE_SCHEDULED: i32 = 2;
/// Its end is over.
pub const NOTICE_RULE_EXPIRED: i32 = 3;
/// The viewer is not in its audience.
pub const NOTICE_RULE_AUDIENCE: i32 = 4;
/// Another one that the viewer sees replaces it.
pub const NOTICE_RULE_SUPERSEDED: i32 = 5;
/// It is on the board, but dismissed: not pending.
pub const NOTICE_RULE_DISMISSED: i32 = 6;
/// It is on the board, but was shown as often as it may be: not pending.
pub const NOTICE_RULE_SHOW_LIMIT: i32 = 7;
/// It is on the board, but was shown too short a while ago: not pending.
pub const NOTICE_RULE_SHOW_INTERVAL: i32 = 8;

/// The title.
pub const NOTICE_FIELD_TITLE: i32 = 0;
/// The summary.
pub const NOTICE_FIELD_SUMMARY: i32 = 1;
/// The body.
pub const NOTICE_FIELD_BODY: i32 = 2;

/// The board as a viewer sees it: what is active and meant for this viewer.
pub const NOTICE_VIEW_VIEWER: i32 = 0;
/// The board as an editor sees it: whatever the audience, and hidden announcements too.
pub const NOTICE_VIEW_EDITOR: i32 = 1;

/// Pinned, severity, priority, start, id: all descending.
pub const NOTICE_ORDER_DEFAULT: i32 = 0;
/// What became visible last comes first.
pub const NOTICE_ORDER_NEWEST: i32 = 1;
/// What became visible first comes first.
pub const NOTICE_ORDER_OLDEST: i32 = 2;
/// What ends first comes first, and what never ends last.
pub const NOTICE_ORDER_ENDING_SOON: i32 = 3;
/// Only with search text: the best hits first, then as in the default order.
pub const NOTICE_ORDER_RELEVANCE: i32 = 4;

/// Visible now.
pub const NOTICE_PHASE_ACTIVE: i32 = 0;
/// Its start is still to come. Needs NOTICE_VIEW_EDITOR, as the phases below do.
pub const NOTICE_PHASE_SCHEDULED: i32 = 1;
/// Its end is over.
pub const NOTICE_PHASE_EXPIRED: i32 = 2;
/// Taken back.
pub const NOTICE_PHASE_RETRACTED: i32 = 3;
/// Any of these.
pub const NOTICE_PHASE_ANY: i32 = 4;

/// NoticeQuery::pinned: pinned or not.
pub const NOTICE_PINNED_ANY: i32 = 0;
/// NoticeQuery::pinned: only what is pinned.
pub const NOTICE_PINNED_ONLY: i32 = 1;
/// NoticeQuery::pinned: only what is not pinned.
pub const NOTICE_PINNED_NOT: i32 = -1;

/// Flag of an item and of a draft: before everything else on the board.
pub const NOTICE_PINNED: u32 = 1;
/// Flag of an item: a viewer may dismiss it.
pub const NOTICE_DISMISSIBLE: u32 = 2;
/// Flag of an item and of a draft: a viewer must acknowledge it.
pub const NOTICE_REQUIRE_ACK: u32 = 4;
/// Flag of an item: its text is in none of the locales that were asked for.
pub const NOTICE_IS_FALLBACK: u32 = 8;
/// Flag of an item and of a receipt: the viewer has read it since it last was news.
pub const NOTICE_READ: u32 = 16;
/// Flag of an item: the viewer has dismissed it since it last was news.
pub const NOTICE_DISMISSED: u32 = 32;
/// Flag of an item and of a receipt: the viewer has acknowledged it since it last was news.
pub const NOTICE_ACKNOWLEDGED: u32 = 64;
/// Flag of an item: it is to be shown to the viewer now, such as in a popup.
pub const NOTICE_PENDING: u32 = 128;
/// Flag of a receipt: it is read only because the user marked everything read.
pub const NOTICE_READ_BY_ALL: u32 = 256;
/// Flag of an item: something stands before its snippet.
pub const NOTICE_CUT_BEFORE: u32 = 512;
/// Flag of an item: something stands after its snippet.
pub const NOTICE_CUT_AFTER: u32 = 1024;
/// Flag of a draft: a viewer may not dismiss it.
pub const NOTICE_NOT_DISMISSIBLE: u32 = 0x1_0000;

/// Show it in the list of announcements; what a draft means that says nothing.
pub const NOTICE_DISPLAY_LIST: u32 = 1;
/// Show it as a banner.
pub const NOTICE_DISPLAY_BANNER: u32 = 2;
/// Show it as a popup.
pub const NOTICE_DISPLAY_POPUP: u32 = 4;
/// Show it in the ticker.
pub const NOTICE_DISPLAY_TICKER: u32 = 8;
/// Show it as a badge, a dot or a number.
pub const NOTICE_DISPLAY_BADGE: u32 = 16;
/// In a draft, alone: nowhere in particular. An item has 0 then.
pub const NOTICE_DISPLAY_NOWHERE: u32 = 0x1_0000;

/// NoticeOptions::progress: a file that was not closed in good order is being checked.
pub const NOTICE_STEP_REPAIRING: i32 = 0;
/// NoticeOptions::progress: announcements are being read.
pub const NOTICE_STEP_LOADING: i32 = 1;

/// English.
pub const NOTICE_LANGUAGE_EN: i32 = 0;
/// Chinese (simplified).
pub const NOTICE_LANGUAGE_ZH: i32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use notice::{
        ActionKind, ChangeKind, ErrorKind, Format, Importance, Lifecycle, Mark, Order, Outcome,
        Phase, Placement, Rule, Severity, Step, View,
    };

    const HEADER: &str = include_str!("../../include/notice.h");

    /// Whether the header has a constant of that name and number.
    fn is_defined(name: &str, number: i64) -> bool {
        let line = format!("#define NOTICE_{} {number}", name.to_ascii_uppercase());
        HEADER.lines().any(|known| known == line)
    }

    #[test]
    fn every_named_value_has_its_constant() {
        let mut named: Vec<(String, i32)> = Vec::new();
        macro_rules! all {
            ($($type:ident $prefix:literal)*) => {
                $(named.extend($type::ALL.iter().map(|v| (format!("{}{}", $prefix, v.name()), v.code())));)*
            };
        }
        all! {
            Severity "severity_" Lifecycle "state_" Format "format_" ActionKind "action_" Importance "change_"
            View "view_" Order "order_" Phase "phase_" Outcome "outcome_" Mark "mark_"
            ChangeKind "kind_" Rule "rule_" Step "step_"
        }
        named.extend(
            ErrorKind::ALL
                .iter()
                .map(|kind| (kind.name().to_owned(), *kind as i32)),
        );
        for (name, number) in named {
            assert!(is_defined(&name, i64::from(number)), "{name} {number}");
        }
    }

    #[test]
    fn every_place_to_show_an_announcement_has_its_constant() {
        for bit in 0..5 {
            let display = Placement::from_bits(1 << bit).unwrap();
            let name = format!("display_{}", display.names().next().unwrap());
            assert!(is_defined(&name, 1 << bit), "{name}");
        }
        assert!(Placement::from_bits(1 << 5).is_err());
        assert!(Placement::from_bits(NOTICE_DISPLAY_NOWHERE).is_err());
    }
}
