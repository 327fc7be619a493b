//! Items: announcements as they are handed out.

use safer_ffi::prelude::derive_ReprC;

use super::text::NoticeStr;

/// A button of an item.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeAction {
    /// Names the action within its announcement.
    pub id: NoticeStr,
    /// What stands on it, in the item's locale or else the one that is chosen for it.
    pub label: NoticeStr,
    /// What the action does it with.
    pub value: NoticeStr,
    /// NOTICE_ACTION_...
    pub kind: i32,
    /// 0.
    pub reserved: u32,
}

/// A part of a text to highlight. Hits go from the left and do not overlap.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeHit {
    /// Where it begins, in bytes of UTF-8.
    pub byte_start: u32,
    /// How many bytes it has.
    pub byte_len: u32,
    /// Where it begins, in characters (Unicode scalar values).
    pub char_start: u32,
    /// How many characters it has.
    pub char_len: u32,
}

/// One announcement of a page, with the text that was chosen for the viewer. Times are Unix milliseconds in
/// UTC; 0 is not set. Text that is not set is empty, never NULL.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeItem {
    /// Given by the board, ascending, never used again.
    pub id: i64,
    /// The board's revision at its last change.
    pub revision: i64,
    /// Visible from here on.
    pub starts_at: i64,
    /// Visible until just before; 0 is for ever.
    pub ends_at: i64,
    /// The beginning of what it is about.
    pub event_from: i64,
    /// The end of what it is about.
    pub event_to: i64,
    /// When it was first published.
    pub created_at: i64,
    /// When it was last published.
    pub published_at: i64,
    /// When its content last changed.
    pub updated_at: i64,
    /// When it was retracted.
    pub retracted_at: i64,
    /// The board's revision at which it last was news.
    pub notify_revision: i64,
    /// 0.
    pub reserved: [u64; 4],
    /// Counts the changes of its content, from 1.
    pub version: u32,
    /// The last version that counted as news.
    pub notify_version: u32,
    /// NOTICE_STATE_...
    pub state: i32,
    /// NOTICE_SEVERITY_...
    pub severity: i32,
    /// Order inside the severity, higher first.
    pub priority: i32,
    /// NOTICE_FORMAT_...: how `body` is written.
    pub format: i32,
    /// A sum of NOTICE_DISPLAY_...: where to show it; a hint.
    pub display: u32,
    /// A sum of NOTICE_PINNED, NOTICE_DISMISSIBLE, NOTICE_REQUIRE_ACK, NOTICE_IS_FALLBACK, NOTICE_READ,
    /// NOTICE_DISMISSED, NOTICE_ACKNOWLEDGED, NOTICE_PENDING, NOTICE_CUT_BEFORE and NOTICE_CUT_AFTER, and of
    /// flags that a newer library may know.
    pub flags: u32,
    /// How often it pops up at most; 0 is without limit.
    pub show_limit: u32,
    /// Milliseconds that must lie between two popups.
    pub show_interval_ms: u32,
    /// How often it was shown to the viewer since it last was news.
    pub seen_count: u32,
    /// NOTICE_FIELD_...: what `snippet` is a part of.
    pub snippet_field: i32,
    /// The operator's own name for it.
    pub key: NoticeStr,
    /// The stream it belongs to.
    pub channel: NoticeStr,
    /// Its category.
    pub category: NoticeStr,
    /// Who wrote it.
    pub author: NoticeStr,
    /// Where it comes from.
    pub source: NoticeStr,
    /// Its identity there.
    pub external_id: NoticeStr,
    /// The application's own data as a JSON object; empty when there is none.
    pub extras_json: NoticeStr,
    /// Why it was retracted.
    pub retract_reason: NoticeStr,
    /// The locale of the text below.
    pub locale_used: NoticeStr,
    /// The title; never empty.
    pub title: NoticeStr,
    /// The summary.
    pub summary: NoticeStr,
    /// The body.
    pub body: NoticeStr,
    /// Its tags; NULL when there are none.
    pub tags: *const NoticeStr,
    /// How many tags there are.
    pub tag_count: usize,
    /// Its buttons; NULL when there are none.
    pub actions: *const NoticeAction,
    /// How many buttons there are.
    pub action_count: usize,
    /// When the query has search text: the part of the summary or the body that has most of it, else the
    /// beginning of either, or of the title when both are empty. Empty for other queries.
    pub snippet: NoticeStr,
    /// Where the search text was found in `snippet`; NULL when it was not.
    pub snippet_hits: *const NoticeHit,
    /// How many hits there are.
    pub snippet_hit_count: usize,
    /// Where the search text was found in `title`; NULL when it was not.
    pub title_hits: *const NoticeHit,
    /// How many hits there are.
    pub title_hit_count: usize,
}
