//! Values of enumerated fields in C structures. A number never changes its meaning.

/// No severity at all.
pub const NOTICE_SEVERITY_NONE: i32 = 0;
/// For information; the default of NOTICE_DRAFT_INIT.
pub const NOTICE_SEVERITY_INFO: i32 = 1;
/// Worth noticing.
pub const NOTICE_SEVERITY_NOTICE: i32 = 2;
/// A warning.
pub const NOTICE_SEVERITY_WARNING: i32 = 3;
/// Critical.
pub const NOTICE_SEVERITY_CRITICAL: i32 = 4;

/// On the board, subject to its times and audience.
pub const NOTICE_STATE_PUBLISHED: i32 = 0;
/// Retracted: hidden from every viewer.
pub const NOTICE_STATE_RETRACTED: i32 = 1;
/// A draft, which no viewer sees until notice_release.
pub const NOTICE_STATE_DRAFT: i32 = 2;

/// The body is plain text.
pub const NOTICE_FORMAT_TEXT: i32 = 0;
/// The body is Markdown (CommonMark).
pub const NOTICE_FORMAT_MARKDOWN: i32 = 1;

/// The action opens its value, an http, https or mailto address.
pub const NOTICE_ACTION_URL: i32 = 0;
/// The action copies its value.
pub const NOTICE_ACTION_COPY: i32 = 1;
/// The application defines what the action does with its value.
pub const NOTICE_ACTION_CUSTOM: i32 = 2;

/// Not specified: it is news when a title or a body changes in a locale that was there, the severity
/// rises, or the start or the event moves.
pub const NOTICE_CHANGE_DEFAULT: i32 = 0;
/// Correction: viewers who have read the announcement still have.
pub const NOTICE_CHANGE_MINOR: i32 = 1;
/// News: the announcement is unread and undismissed again.
pub const NOTICE_CHANGE_MAJOR: i32 = 2;

/// Created: the draft has no key, or the key is new.
pub const NOTICE_OUTCOME_CREATED: i32 = 0;
/// Updated the announcement with that key.
pub const NOTICE_OUTCOME_UPDATED: i32 = 1;
/// Nothing changed: the announcement with that key was already the same.
pub const NOTICE_OUTCOME_UNCHANGED: i32 = 2;
/// Retracted.
pub const NOTICE_OUTCOME_RETRACTED: i32 = 3;
/// Restored: published again after a retraction.
pub const NOTICE_OUTCOME_RESTORED: i32 = 4;
/// Purged.
pub const NOTICE_OUTCOME_PURGED: i32 = 5;
/// Released: a draft was published.
pub const NOTICE_OUTCOME_RELEASED: i32 = 6;

/// Shown, such as in a popup; counts towards the show limit.
pub const NOTICE_MARK_SEEN: i32 = 0;
/// Read.
pub const NOTICE_MARK_READ: i32 = 1;
/// Undoes reading, including reading by notice_mark_all_read.
pub const NOTICE_MARK_UNREAD: i32 = 2;
/// Dismissed: also read, and no longer pending.
pub const NOTICE_MARK_DISMISS: i32 = 3;
/// Undoes a dismissal.
pub const NOTICE_MARK_RESTORE: i32 = 4;
/// Acknowledged: also read.
pub const NOTICE_MARK_ACKNOWLEDGE: i32 = 5;
/// Undoes an acknowledgement.
pub const NOTICE_MARK_UNACKNOWLEDGE: i32 = 6;
/// Snoozed: not pending until an instant, or until it is news again.
pub const NOTICE_MARK_SNOOZE: i32 = 7;
/// Undoes a snooze.
pub const NOTICE_MARK_UNSNOOZE: i32 = 8;

/// Published, for the first time or again.
pub const NOTICE_KIND_PUBLISHED: i32 = 0;
/// Updated, as news.
pub const NOTICE_KIND_UPDATED: i32 = 1;
/// Updated without news; or covered or uncovered by another announcement.
pub const NOTICE_KIND_UPDATED_MINOR: i32 = 2;
/// Retracted.
pub const NOTICE_KIND_RETRACTED: i32 = 3;
/// Purged.
pub const NOTICE_KIND_PURGED: i32 = 4;

/// No rule hides it: it is on the viewer's board.
pub const NOTICE_RULE_VISIBLE: i32 = 0;
/// Retracted.
pub const NOTICE_RULE_RETRACTED: i32 = 1;
/// Starts in the future.
pub const NOTICE_RULE_SCHEDULED: i32 = 2;
/// Has ended.
pub const NOTICE_RULE_EXPIRED: i32 = 3;
/// The viewer is not in the audience.
pub const NOTICE_RULE_AUDIENCE: i32 = 4;
/// Superseded by another announcement that the viewer sees.
pub const NOTICE_RULE_SUPERSEDED: i32 = 5;
/// On the board but dismissed, so not pending.
pub const NOTICE_RULE_DISMISSED: i32 = 6;
/// On the board but at its show limit, so not pending.
pub const NOTICE_RULE_SHOW_LIMIT: i32 = 7;
/// On the board but shown too recently, so not pending.
pub const NOTICE_RULE_SHOW_INTERVAL: i32 = 8;
/// Something that the viewer says could not be read and was passed over. Hides nothing.
pub const NOTICE_RULE_UNREADABLE: i32 = 9;
/// A draft, which is not released yet.
pub const NOTICE_RULE_DRAFT: i32 = 10;
/// On the board but snoozed, so not pending.
pub const NOTICE_RULE_SNOOZED: i32 = 11;

/// The title.
pub const NOTICE_FIELD_TITLE: i32 = 0;
/// The summary.
pub const NOTICE_FIELD_SUMMARY: i32 = 1;
/// The body.
pub const NOTICE_FIELD_BODY: i32 = 2;

/// The board as a viewer sees it: announcements addressed to this viewer that are active, or expired when
/// the phase asks for these.
pub const NOTICE_VIEW_VIEWER: i32 = 0;
/// The board as an editor sees it: any audience, hidden announcements included.
pub const NOTICE_VIEW_EDITOR: i32 = 1;

/// Pinned, severity, priority, start and id, all descending.
pub const NOTICE_ORDER_DEFAULT: i32 = 0;
/// Most recently visible first.
pub const NOTICE_ORDER_NEWEST: i32 = 1;
/// Longest visible first.
pub const NOTICE_ORDER_OLDEST: i32 = 2;
/// Soonest end first, announcements without an end last.
pub const NOTICE_ORDER_ENDING_SOON: i32 = 3;
/// Best hits first, then the default order. Only with search text.
pub const NOTICE_ORDER_RELEVANCE: i32 = 4;

/// Visible now.
pub const NOTICE_PHASE_ACTIVE: i32 = 0;
/// Starts in the future. Needs NOTICE_VIEW_EDITOR.
pub const NOTICE_PHASE_SCHEDULED: i32 = 1;
/// Has ended. Viewers may ask for it too, each within the own audience.
pub const NOTICE_PHASE_EXPIRED: i32 = 2;
/// Retracted. Needs NOTICE_VIEW_EDITOR.
pub const NOTICE_PHASE_RETRACTED: i32 = 3;
/// Any phase. Needs NOTICE_VIEW_EDITOR.
pub const NOTICE_PHASE_ANY: i32 = 4;
/// A draft. Needs NOTICE_VIEW_EDITOR.
pub const NOTICE_PHASE_DRAFT: i32 = 5;

/// For NoticeQuery::pinned: pinned or not.
pub const NOTICE_PINNED_ANY: i32 = 0;
/// For NoticeQuery::pinned: only pinned announcements.
pub const NOTICE_PINNED_ONLY: i32 = 1;
/// For NoticeQuery::pinned: only announcements that are not pinned.
pub const NOTICE_PINNED_NOT: i32 = -1;

/// Flag of an item and of a draft: sorts before everything that is not pinned.
pub const NOTICE_PINNED: u32 = 1;
/// Flag of an item: a viewer may dismiss it.
pub const NOTICE_DISMISSIBLE: u32 = 2;
/// Flag of an item and of a draft: a viewer must acknowledge it.
pub const NOTICE_REQUIRE_ACK: u32 = 4;
/// Flag of an item: its text is in none of the requested locales.
pub const NOTICE_IS_FALLBACK: u32 = 8;
/// Flag of an item and of a receipt: the viewer has read it since it last was news.
pub const NOTICE_READ: u32 = 16;
/// Flag of an item: the viewer has dismissed it since it last was news.
pub const NOTICE_DISMISSED: u32 = 32;
/// Flag of an item and of a receipt: the viewer has acknowledged it since it last was news.
pub const NOTICE_ACKNOWLEDGED: u32 = 64;
/// Flag of an item: to be shown to the viewer now, such as in a popup.
pub const NOTICE_PENDING: u32 = 128;
/// Flag of a receipt: read only because the user marked everything as read.
pub const NOTICE_READ_BY_ALL: u32 = 256;
/// Flag of an item: the snippet omits text before it.
pub const NOTICE_CUT_BEFORE: u32 = 512;
/// Flag of an item: the snippet omits text after it.
pub const NOTICE_CUT_AFTER: u32 = 1024;
/// Flag of a draft: a viewer may not dismiss it.
pub const NOTICE_NOT_DISMISSIBLE: u32 = 0x1_0000;
/// Flag of an item and of a draft: published without being news. It counts as read, and never pops up.
pub const NOTICE_QUIET: u32 = 0x2_0000;
/// Flag of a draft: kept from all viewers until notice_release. Without it, what is a draft already stays
/// one.
pub const NOTICE_AS_DRAFT: u32 = 0x4_0000;

/// Show it in the list of announcements; the default of a draft.
pub const NOTICE_DISPLAY_LIST: u32 = 1;
/// Show it as a banner.
pub const NOTICE_DISPLAY_BANNER: u32 = 2;
/// Show it as a popup.
pub const NOTICE_DISPLAY_POPUP: u32 = 4;
/// Show it in the ticker.
pub const NOTICE_DISPLAY_TICKER: u32 = 8;
/// Show it as a badge: a dot or a number.
pub const NOTICE_DISPLAY_BADGE: u32 = 16;
/// For a draft, alone: show it nowhere in particular. The item then has 0.
pub const NOTICE_DISPLAY_NOWHERE: u32 = 0x1_0000;

/// For NoticeOptions::progress: checking a file that was not closed cleanly.
pub const NOTICE_STEP_REPAIRING: i32 = 0;
/// For NoticeOptions::progress: reading announcements.
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

    /// Reports whether the header has a constant of that name and number.
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
