//! Items: announcements as the library returns them.

use safer_ffi::prelude::derive_ReprC;

use super::text::NoticeStr;

/// Button of an item.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeAction {
    /// Identifies the action within its announcement.
    pub id: NoticeStr,
    /// Label in the item's locale, or in the locale chosen in its place.
    pub label: NoticeStr,
    /// The address, text or data that the action uses.
    pub value: NoticeStr,
    /// NOTICE_ACTION_...
    pub kind: i32,
    /// Always 0.
    pub reserved: u32,
}

/// Part of a text to highlight. Hits are ordered from the start of the text and do not overlap.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeHit {
    /// Start of the hit, in bytes of UTF-8.
    pub byte_start: u32,
    /// Length in bytes.
    pub byte_len: u32,
    /// Start of the hit, in characters (Unicode scalar values).
    pub char_start: u32,
    /// Length in characters.
    pub char_len: u32,
    /// Start of the hit, in UTF-16 units, as Windows, .NET, Java and JavaScript count.
    pub utf16_start: u32,
    /// Length in UTF-16 units.
    pub utf16_len: u32,
}

/// One announcement of a page, with the text chosen for the viewer.
///
/// Times are Unix milliseconds, UTC; 0 means not set. A text that is not set is empty, never NULL.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeItem {
    /// Id given by the board; ascending, never used again.
    pub id: i64,
    /// Revision of the board at the announcement's last change.
    pub revision: i64,
    /// Start of visibility, inclusive.
    pub starts_at: i64,
    /// End of visibility, exclusive; 0 means no end.
    pub ends_at: i64,
    /// Start of the event itself.
    pub event_from: i64,
    /// End of the event itself.
    pub event_to: i64,
    /// Time of the first publishing.
    pub created_at: i64,
    /// Time of the last publishing.
    pub published_at: i64,
    /// Time of the last change of content.
    pub updated_at: i64,
    /// Time of retraction.
    pub retracted_at: i64,
    /// Revision of the board at which the announcement last was news.
    pub notify_revision: i64,
    /// Time until which the viewer has snoozed it; 0 if it is not snoozed, or was news since.
    pub snoozed_until: i64,
    /// Always 0.
    pub reserved: [u64; 3],
    /// Number of the content's version, from 1.
    pub version: u32,
    /// Last version that counted as news.
    pub notify_version: u32,
    /// NOTICE_STATE_...
    pub state: i32,
    /// NOTICE_SEVERITY_...
    pub severity: i32,
    /// Order within the severity, higher first.
    pub priority: i32,
    /// Format of `body`: NOTICE_FORMAT_...
    pub format: i32,
    /// Sum of NOTICE_DISPLAY_...: a hint on where to show it.
    pub display: u32,
    /// Sum of NOTICE_PINNED, NOTICE_DISMISSIBLE, NOTICE_REQUIRE_ACK, NOTICE_IS_FALLBACK,
    /// NOTICE_READ, NOTICE_DISMISSED, NOTICE_ACKNOWLEDGED, NOTICE_PENDING, NOTICE_QUIET,
    /// NOTICE_CUT_BEFORE and NOTICE_CUT_AFTER. A newer library may set further flags.
    pub flags: u32,
    /// Maximum number of popups for each viewer; 0 means no limit.
    pub show_limit: u32,
    /// Shortest time between two popups, in milliseconds.
    pub show_interval_ms: u32,
    /// Number of times it was shown to the viewer since it last was news.
    pub seen_count: u32,
    /// NOTICE_FIELD_...: the field that `snippet` is taken from.
    pub snippet_field: i32,
    /// The operator's own name for it.
    pub key: NoticeStr,
    /// Stream of the announcement.
    pub channel: NoticeStr,
    /// The category.
    pub category: NoticeStr,
    /// Author of the announcement.
    pub author: NoticeStr,
    /// System that it comes from.
    pub source: NoticeStr,
    /// Identity in that system.
    pub external_id: NoticeStr,
    /// The application's own data as a JSON object; empty when not set.
    pub extras_json: NoticeStr,
    /// Reason of the retraction.
    pub retract_reason: NoticeStr,
    /// Locale of the text below.
    pub locale_used: NoticeStr,
    /// The title; never empty.
    pub title: NoticeStr,
    /// The summary.
    pub summary: NoticeStr,
    /// The body.
    pub body: NoticeStr,
    /// The tags; NULL when `tag_count` is 0.
    pub tags: *const NoticeStr,
    /// Number of tags.
    pub tag_count: usize,
    /// The buttons; NULL when `action_count` is 0.
    pub actions: *const NoticeAction,
    /// Number of buttons.
    pub action_count: usize,
    /// For a query with search text: the part of the summary or body with the most hits. Without
    /// hits, the beginning of either, or of the title when both are empty. Empty for other queries.
    pub snippet: NoticeStr,
    /// Hits of the search text in `snippet`; NULL when `snippet_hit_count` is 0.
    pub snippet_hits: *const NoticeHit,
    /// Number of hits.
    pub snippet_hit_count: usize,
    /// Hits of the search text in `title`; NULL when `title_hit_count` is 0.
    pub title_hits: *const NoticeHit,
    /// Number of hits.
    pub title_hit_count: usize,
}
