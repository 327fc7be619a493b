//! Numbers of fields, of parts and of the interface. They are never given another meaning.

/// The interface of this header. It grows by one with each release that adds something.
pub const E_ANNOUNCE_ABI_VERSION: i32 = 1;

/// The id.
pub const E_ANNOUNCE_FIELD_ID: i32 = 1;
/// The title.
pub const E_ANNOUNCE_FIELD_TITLE: i32 = 2;
/// The summary.
pub const E_ANNOUNCE_FIELD_SUMMARY: i32 = 3;
/// The body.
pub const E_ANNOUNCE_FIELD_BODY: i32 = 4;
/// NOTICE_SEVERITY_...; as text its Chinese name.
pub const E_ANNOUNCE_FIELD_SEVERITY: i32 = 5;
/// Order inside the severity, -1000 to 1000.
pub const E_ANNOUNCE_FIELD_PRIORITY: i32 = 6;
/// 1 when it is pinned, else 0.
pub const E_ANNOUNCE_FIELD_PINNED: i32 = 7;
/// The stream it belongs to.
pub const E_ANNOUNCE_FIELD_CHANNEL: i32 = 8;
/// The operator's own name for it.
pub const E_ANNOUNCE_FIELD_KEY: i32 = 9;
/// Its category.
pub const E_ANNOUNCE_FIELD_CATEGORY: i32 = 10;
/// Its tags, with commas between them.
pub const E_ANNOUNCE_FIELD_TAGS: i32 = 11;
/// Visible from here on, a time.
pub const E_ANNOUNCE_FIELD_STARTS_AT: i32 = 12;
/// Visible until just before, a time; 0 is for ever.
pub const E_ANNOUNCE_FIELD_ENDS_AT: i32 = 13;
/// The beginning of what it is about, a time.
pub const E_ANNOUNCE_FIELD_EVENT_FROM: i32 = 14;
/// The end of what it is about, a time.
pub const E_ANNOUNCE_FIELD_EVENT_TO: i32 = 15;
/// When it was first published.
pub const E_ANNOUNCE_FIELD_CREATED_AT: i32 = 16;
/// When it was last published.
pub const E_ANNOUNCE_FIELD_PUBLISHED_AT: i32 = 17;
/// When its content last changed.
pub const E_ANNOUNCE_FIELD_UPDATED_AT: i32 = 18;
/// When it was retracted.
pub const E_ANNOUNCE_FIELD_RETRACTED_AT: i32 = 19;
/// Why it was retracted.
pub const E_ANNOUNCE_FIELD_RETRACT_REASON: i32 = 20;
/// NOTICE_STATE_...; as text its Chinese name.
pub const E_ANNOUNCE_FIELD_STATE: i32 = 21;
/// Counts the changes of its content.
pub const E_ANNOUNCE_FIELD_VERSION: i32 = 22;
/// The last version that counted as news.
pub const E_ANNOUNCE_FIELD_NOTIFY_VERSION: i32 = 23;
/// The board's revision at its last change.
pub const E_ANNOUNCE_FIELD_REVISION: i32 = 24;
/// 1 when the viewer has read it.
pub const E_ANNOUNCE_FIELD_IS_READ: i32 = 25;
/// 1 when the viewer has dismissed it.
pub const E_ANNOUNCE_FIELD_IS_DISMISSED: i32 = 26;
/// 1 when the viewer has acknowledged it.
pub const E_ANNOUNCE_FIELD_IS_ACKNOWLEDGED: i32 = 27;
/// 1 when it is to be shown now, such as in a popup.
pub const E_ANNOUNCE_FIELD_IS_PENDING: i32 = 28;
/// 1 when a viewer may dismiss it.
pub const E_ANNOUNCE_FIELD_DISMISSIBLE: i32 = 29;
/// 1 when a viewer must acknowledge it.
pub const E_ANNOUNCE_FIELD_REQUIRE_ACK: i32 = 30;
/// A sum of NOTICE_DISPLAY_...; as text their names, with commas between them.
pub const E_ANNOUNCE_FIELD_DISPLAY: i32 = 31;
/// How often it pops up at most; 0 is without limit.
pub const E_ANNOUNCE_FIELD_SHOW_LIMIT: i32 = 32;
/// Milliseconds that must lie between two popups.
pub const E_ANNOUNCE_FIELD_SHOW_INTERVAL: i32 = 33;
/// How often it was shown to the viewer.
pub const E_ANNOUNCE_FIELD_SEEN_COUNT: i32 = 34;
/// NOTICE_FORMAT_...; as text its name.
pub const E_ANNOUNCE_FIELD_FORMAT: i32 = 35;
/// The locale of its text.
pub const E_ANNOUNCE_FIELD_LOCALE: i32 = 36;
/// 1 when its text is in none of the locales that were asked for.
pub const E_ANNOUNCE_FIELD_IS_FALLBACK: i32 = 37;
/// Who wrote it.
pub const E_ANNOUNCE_FIELD_AUTHOR: i32 = 38;
/// Where it comes from.
pub const E_ANNOUNCE_FIELD_SOURCE: i32 = 39;
/// Its identity there.
pub const E_ANNOUNCE_FIELD_EXTERNAL_ID: i32 = 40;
/// The application's own data as a JSON object; empty when there is none.
pub const E_ANNOUNCE_FIELD_EXTRAS: i32 = 41;
/// The part of it that the search text was found in.
pub const E_ANNOUNCE_FIELD_SNIPPET: i32 = 42;
/// NOTICE_FIELD_...: what the snippet is a part of; as text its name.
pub const E_ANNOUNCE_FIELD_SNIPPET_FIELD: i32 = 43;
/// How many buttons it has.
pub const E_ANNOUNCE_FIELD_ACTION_COUNT: i32 = 44;
/// How many fields there are: the highest number.
pub const E_ANNOUNCE_FIELDS: i32 = 44;

/// How many there are in all, on whatever page.
pub const E_ANNOUNCE_RESULT_TOTAL: i32 = 1;
/// Those of them that are unread.
pub const E_ANNOUNCE_RESULT_UNREAD: i32 = 2;
/// The board's revision.
pub const E_ANNOUNCE_RESULT_REVISION: i32 = 3;
/// The instant of the answer, a time.
pub const E_ANNOUNCE_RESULT_NOW: i32 = 4;
/// The earliest instant at which the answer may change by time alone; 0 if there is none.
pub const E_ANNOUNCE_RESULT_NEXT_CHANGE: i32 = 5;
/// Which board it is; text.
pub const E_ANNOUNCE_RESULT_EPOCH: i32 = 6;
/// For the condition cursor=; text, empty when this is the last page.
pub const E_ANNOUNCE_RESULT_NEXT_CURSOR: i32 = 7;

/// The button's name within its announcement.
pub const E_ANNOUNCE_ACTION_ID: i32 = 1;
/// url, copy or custom.
pub const E_ANNOUNCE_ACTION_KIND: i32 = 2;
/// What stands on it.
pub const E_ANNOUNCE_ACTION_LABEL: i32 = 3;
/// What it does it with.
pub const E_ANNOUNCE_ACTION_VALUE: i32 = 4;

/// The message that makes a 标签 of the E language raise its 反馈事件.
pub const E_ANNOUNCE_LABEL_MESSAGE: i32 = 32885;

/// The longest text that is handed in, in bytes of GBK.
pub const E_ANNOUNCE_MAX_TEXT: i32 = 16_777_216;
/// Most boards that are open at a time, and most results.
pub const E_ANNOUNCE_MAX_HANDLES: i32 = 1024;
