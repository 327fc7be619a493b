//! Numbers of fields, parts and the interface version. A number never changes its meaning.

/// Interface version of this header. It is raised by one with each release that adds something.
pub const E_ANNOUNCE_ABI_VERSION: i32 = 1;

/// The id.
pub const E_ANNOUNCE_FIELD_ID: i32 = 1;
/// The title.
pub const E_ANNOUNCE_FIELD_TITLE: i32 = 2;
/// The summary.
pub const E_ANNOUNCE_FIELD_SUMMARY: i32 = 3;
/// The body.
pub const E_ANNOUNCE_FIELD_BODY: i32 = 4;
/// NOTICE_SEVERITY_...; as text, its Chinese name.
pub const E_ANNOUNCE_FIELD_SEVERITY: i32 = 5;
/// Order within the severity, -1000 to 1000.
pub const E_ANNOUNCE_FIELD_PRIORITY: i32 = 6;
/// 1 when it is pinned, else 0.
pub const E_ANNOUNCE_FIELD_PINNED: i32 = 7;
/// Stream of the announcement.
pub const E_ANNOUNCE_FIELD_CHANNEL: i32 = 8;
/// The operator's own name for it.
pub const E_ANNOUNCE_FIELD_KEY: i32 = 9;
/// The category.
pub const E_ANNOUNCE_FIELD_CATEGORY: i32 = 10;
/// The tags, separated by commas.
pub const E_ANNOUNCE_FIELD_TAGS: i32 = 11;
/// Start of visibility, inclusive; a time.
pub const E_ANNOUNCE_FIELD_STARTS_AT: i32 = 12;
/// End of visibility, exclusive; a time; 0 means no end.
pub const E_ANNOUNCE_FIELD_ENDS_AT: i32 = 13;
/// Start of the event itself; a time.
pub const E_ANNOUNCE_FIELD_EVENT_FROM: i32 = 14;
/// End of the event itself; a time.
pub const E_ANNOUNCE_FIELD_EVENT_TO: i32 = 15;
/// Time of the first publishing.
pub const E_ANNOUNCE_FIELD_CREATED_AT: i32 = 16;
/// Time of the last publishing.
pub const E_ANNOUNCE_FIELD_PUBLISHED_AT: i32 = 17;
/// Time of the last change of content.
pub const E_ANNOUNCE_FIELD_UPDATED_AT: i32 = 18;
/// Time of retraction.
pub const E_ANNOUNCE_FIELD_RETRACTED_AT: i32 = 19;
/// Reason of the retraction.
pub const E_ANNOUNCE_FIELD_RETRACT_REASON: i32 = 20;
/// NOTICE_STATE_...; as text, its Chinese name.
pub const E_ANNOUNCE_FIELD_STATE: i32 = 21;
/// Number of the content's version, from 1.
pub const E_ANNOUNCE_FIELD_VERSION: i32 = 22;
/// The last version that counted as news.
pub const E_ANNOUNCE_FIELD_NOTIFY_VERSION: i32 = 23;
/// Revision of the board at the announcement's last change.
pub const E_ANNOUNCE_FIELD_REVISION: i32 = 24;
/// 1 when the viewer has read it.
pub const E_ANNOUNCE_FIELD_IS_READ: i32 = 25;
/// 1 when the viewer has dismissed it.
pub const E_ANNOUNCE_FIELD_IS_DISMISSED: i32 = 26;
/// 1 when the viewer has acknowledged it.
pub const E_ANNOUNCE_FIELD_IS_ACKNOWLEDGED: i32 = 27;
/// 1 when it is pending: to be shown now, such as in a popup.
pub const E_ANNOUNCE_FIELD_IS_PENDING: i32 = 28;
/// 1 when a viewer may dismiss it.
pub const E_ANNOUNCE_FIELD_DISMISSIBLE: i32 = 29;
/// 1 when a viewer must acknowledge it.
pub const E_ANNOUNCE_FIELD_REQUIRE_ACK: i32 = 30;
/// Sum of NOTICE_DISPLAY_...; as text, their names separated by commas.
pub const E_ANNOUNCE_FIELD_DISPLAY: i32 = 31;
/// Maximum number of popups for each viewer; 0 means no limit.
pub const E_ANNOUNCE_FIELD_SHOW_LIMIT: i32 = 32;
/// Shortest time between two popups, in milliseconds.
pub const E_ANNOUNCE_FIELD_SHOW_INTERVAL: i32 = 33;
/// Number of times it was shown to the viewer.
pub const E_ANNOUNCE_FIELD_SEEN_COUNT: i32 = 34;
/// NOTICE_FORMAT_...; as text, its name.
pub const E_ANNOUNCE_FIELD_FORMAT: i32 = 35;
/// Locale of the text.
pub const E_ANNOUNCE_FIELD_LOCALE: i32 = 36;
/// 1 when the text is in none of the requested locales.
pub const E_ANNOUNCE_FIELD_IS_FALLBACK: i32 = 37;
/// Author of the announcement.
pub const E_ANNOUNCE_FIELD_AUTHOR: i32 = 38;
/// System that it comes from.
pub const E_ANNOUNCE_FIELD_SOURCE: i32 = 39;
/// Identity in that system.
pub const E_ANNOUNCE_FIELD_EXTERNAL_ID: i32 = 40;
/// The application's own data as a JSON object; empty when not set.
pub const E_ANNOUNCE_FIELD_EXTRAS: i32 = 41;
/// Excerpt of the text around the search hits.
pub const E_ANNOUNCE_FIELD_SNIPPET: i32 = 42;
/// NOTICE_FIELD_...: the field that the snippet is taken from; as text, its name.
pub const E_ANNOUNCE_FIELD_SNIPPET_FIELD: i32 = 43;
/// Number of buttons.
pub const E_ANNOUNCE_FIELD_ACTION_COUNT: i32 = 44;
/// Hits of the search text in the title: start and length of each, such as "2,2 8,1", in UTF-16 units;
/// as number, how many there are.
pub const E_ANNOUNCE_FIELD_TITLE_HITS: i32 = 45;
/// Hits of the search text in the snippet, in the same form.
pub const E_ANNOUNCE_FIELD_SNIPPET_HITS: i32 = 46;
/// 1 when it was published without being news: it counts as read, and never pops up.
pub const E_ANNOUNCE_FIELD_QUIET: i32 = 47;
/// Time until which the viewer has snoozed it; 0 if it is not snoozed.
pub const E_ANNOUNCE_FIELD_SNOOZED_UNTIL: i32 = 48;
/// Number of fields: the highest number above.
pub const E_ANNOUNCE_FIELDS: i32 = 48;

/// Number of matching announcements on all pages.
pub const E_ANNOUNCE_RESULT_TOTAL: i32 = 1;
/// Number of unread announcements among the total.
pub const E_ANNOUNCE_RESULT_UNREAD: i32 = 2;
/// The board's revision.
pub const E_ANNOUNCE_RESULT_REVISION: i32 = 3;
/// Instant of the answer; a time.
pub const E_ANNOUNCE_RESULT_NOW: i32 = 4;
/// Earliest instant at which the answer may change through time alone; 0 if it cannot.
pub const E_ANNOUNCE_RESULT_NEXT_CHANGE: i32 = 5;
/// Identity of the board; text.
pub const E_ANNOUNCE_RESULT_EPOCH: i32 = 6;
/// Cursor of the next page, for the condition cursor=; text, empty on the last page.
pub const E_ANNOUNCE_RESULT_NEXT_CURSOR: i32 = 7;

/// Identifies the button within its announcement.
pub const E_ANNOUNCE_ACTION_ID: i32 = 1;
/// url, copy or custom.
pub const E_ANNOUNCE_ACTION_KIND: i32 = 2;
/// Label of the button.
pub const E_ANNOUNCE_ACTION_LABEL: i32 = 3;
/// The address, text or data that the button uses.
pub const E_ANNOUNCE_ACTION_VALUE: i32 = 4;

/// Message that makes a 标签 of the E language raise its 反馈事件.
pub const E_ANNOUNCE_LABEL_MESSAGE: i32 = 32885;

/// Longest input text, in bytes of GBK.
pub const E_ANNOUNCE_MAX_TEXT: i32 = 16_777_216;
/// Most boards open at once, and most results.
pub const E_ANNOUNCE_MAX_HANDLES: i32 = 1024;
