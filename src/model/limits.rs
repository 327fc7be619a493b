//! Limits of announcements, viewers, queries and boards. The C header repeats them as constants.

/// Longest `key`, in bytes.
pub const KEY_BYTES: usize = 512;
/// Longest `channel`, in bytes.
pub const CHANNEL_BYTES: usize = 128;
/// Longest `category`, in characters.
pub const CATEGORY_CHARS: usize = 64;
/// Longest tag, in characters.
pub const TAG_CHARS: usize = 64;
/// Most tags.
pub const TAGS: usize = 16;
/// Most locales, and so most texts.
pub const LOCALES: usize = 32;
/// Longest title, in characters.
pub const TITLE_CHARS: usize = 256;
/// Longest summary, in characters.
pub const SUMMARY_CHARS: usize = 1000;
/// Longest body, in bytes.
pub const BODY_BYTES: usize = 64 * 1024;
/// Largest audience, in bytes: its compact JSON, every character counted as if none had to be escaped.
pub const AUDIENCE_BYTES: usize = 256 * 1024;
/// Highest `priority`; the lowest is its negative.
pub const PRIORITY: i32 = 1000;
/// Most actions.
pub const ACTIONS: usize = 4;
/// Longest action id, in bytes.
pub const ACTION_ID_BYTES: usize = 64;
/// Longest action label, in characters.
pub const ACTION_LABEL_CHARS: usize = 64;
/// Longest value of an action, in bytes.
pub const ACTION_VALUE_BYTES: usize = 2048;
/// Most former versions of an announcement that its history keeps.
pub const HISTORY: usize = 16;
/// Most bytes of them.
pub const HISTORY_BYTES: usize = 1024 * 1024;
/// Most announcements that one may replace.
pub const REPLACES: usize = 16;
/// Longest `author`, in bytes.
pub const AUTHOR_BYTES: usize = 128;
/// Longest `source`, in bytes.
pub const SOURCE_BYTES: usize = 128;
/// Longest `external_id`, in bytes.
pub const EXTERNAL_ID_BYTES: usize = 512;
/// Largest `extras`, encoded as JSON, in bytes.
pub const EXTRAS_BYTES: usize = 8 * 1024;
/// Deepest nesting of `extras`; `{}` has depth 1.
pub const EXTRAS_DEPTH: usize = 8;
/// Longest reason of a retraction, in bytes.
pub const REASON_BYTES: usize = 500;
/// Largest announcement, all of its texts and its audience together, in bytes.
pub const RECORD_BYTES: usize = 512 * 1024;
/// Latest time, 9999-12-31T23:59:59.999Z, in Unix milliseconds.
pub const TIME_MS: i64 = 253_402_300_799_999;
/// Most operations, drafts or ids in one call.
pub const BATCH: usize = 10_000;
/// Most faults that checking drafts tells, and most lints.
pub const FINDINGS: usize = 1000;
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES: usize = 128;
/// Time for which an idempotency key is remembered, in milliseconds: 24 hours.
pub const IDEMPOTENCY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most idempotency keys remembered.
pub const IDEMPOTENCY_KEYS: usize = 10_000;

/// Longest name of a user, in bytes.
pub const USER_BYTES: usize = 512;
/// Most bytes of a viewer's attributes, names and values together.
pub const VIEWER_BYTES: usize = 64 * 1024;
/// Longest name of an attribute in a condition, in bytes.
pub const ATTRIBUTE_NAME_BYTES: usize = 64;
/// Longest value in a condition, in bytes.
pub const ATTRIBUTE_VALUE_BYTES: usize = 512;
/// Longest locale, in bytes: what RFC 5646, section 4.4.1, advises to have room for.
pub const LOCALE_BYTES: usize = 35;
/// Longest version, in bytes.
pub const VERSION_BYTES: usize = 512;
/// Longest version range, in bytes.
pub const VERSION_RANGE_BYTES: usize = 1024;
/// Most comparators in a version range.
pub const VERSION_RANGE_COMPARATORS: usize = 64;

/// Most acknowledgements that a receipt keeps.
pub const ACKNOWLEDGEMENTS: usize = 16;
/// Longest snooze, in milliseconds: ten years, three of them leap years.
pub const SNOOZE_MS: i64 = 3653 * 24 * 60 * 60 * 1000;

/// Most users that receipts are asked for by name.
pub const RECEIPT_USERS: usize = 1000;

/// Most items on a page.
pub const PAGE: u32 = 1000;
/// Items on a page by default.
pub const DEFAULT_PAGE: u32 = 50;
/// Most entries in one list of a filter.
pub const FILTER_LIST: usize = 1000;
/// Longest search text, in bytes.
pub const SEARCH_BYTES: usize = 1024;
/// Most terms and phrases in a search text.
pub const SEARCH_TERMS: usize = 32;
/// Longest snippet, in characters.
pub const SNIPPET_CHARS: usize = 120;

/// Revisions that the change feed goes back by default.
pub const KEEP_REVISIONS: u32 = 10_000;
/// Milliseconds that the change feed goes back by default: 30 days.
pub const KEEP_MS: u32 = 30 * 24 * 60 * 60 * 1000;
/// Longest line of an export, in bytes: a record of full size, with each of its bytes escaped.
pub const EXPORT_LINE_BYTES: usize = 4 * 1024 * 1024;
/// Longest call or answer in JSON or in binary, in bytes.
pub const MESSAGE_BYTES: usize = 16 * 1024 * 1024;
/// Longest list of announcements from elsewhere, in bytes.
pub const LIST_BYTES: usize = 16 * 1024 * 1024;
