//! Limits of announcements, of queries and of the library.

use notice::limits;

use crate::boundary::handle;

/// Longest key, in bytes.
pub const NOTICE_MAX_KEY_BYTES: u32 = 512;
/// Longest channel, in bytes.
pub const NOTICE_MAX_CHANNEL_BYTES: u32 = 128;
/// Longest category, in characters.
pub const NOTICE_MAX_CATEGORY_CHARS: u32 = 64;
/// Longest tag, in characters.
pub const NOTICE_MAX_TAG_CHARS: u32 = 64;
/// Most tags.
pub const NOTICE_MAX_TAGS: u32 = 16;
/// Most texts of an announcement.
pub const NOTICE_MAX_LOCALES: u32 = 32;
/// Longest title, in characters.
pub const NOTICE_MAX_TITLE_CHARS: u32 = 256;
/// Longest summary, in characters.
pub const NOTICE_MAX_SUMMARY_CHARS: u32 = 1000;
/// Longest body, in bytes.
pub const NOTICE_MAX_BODY_BYTES: u32 = 65_536;
/// Largest audience, encoded as JSON, in bytes.
pub const NOTICE_MAX_AUDIENCE_BYTES: u32 = 262_144;
/// Highest priority; the lowest is its negative.
pub const NOTICE_MAX_PRIORITY: i32 = 1000;
/// Most actions.
pub const NOTICE_MAX_ACTIONS: u32 = 4;
/// Longest id of an action, in bytes.
pub const NOTICE_MAX_ACTION_ID_BYTES: u32 = 64;
/// Longest label of an action, in characters.
pub const NOTICE_MAX_ACTION_LABEL_CHARS: u32 = 64;
/// Longest value of an action, in bytes.
pub const NOTICE_MAX_ACTION_VALUE_BYTES: u32 = 2048;
/// Most announcements that one may replace, ids and keys together.
pub const NOTICE_MAX_REPLACES: u32 = 16;
/// Longest author, in bytes.
pub const NOTICE_MAX_AUTHOR_BYTES: u32 = 128;
/// Longest source, in bytes.
pub const NOTICE_MAX_SOURCE_BYTES: u32 = 128;
/// Longest external id, in bytes.
pub const NOTICE_MAX_EXTERNAL_ID_BYTES: u32 = 512;
/// Largest extras, as JSON, in bytes.
pub const NOTICE_MAX_EXTRAS_BYTES: u32 = 8192;
/// Deepest nesting of extras; {} has depth 1.
pub const NOTICE_MAX_EXTRAS_DEPTH: u32 = 8;
/// Longest reason of a retraction, in bytes.
pub const NOTICE_MAX_REASON_BYTES: u32 = 500;
/// Largest announcement, all of its texts and its audience together, in bytes.
pub const NOTICE_MAX_RECORD_BYTES: u32 = 524_288;
/// Most drafts in one call of notice_publish_json, operations in one call of notice_apply_json, and
/// ids in one call of notice_mark.
pub const NOTICE_MAX_BATCH: u32 = 10_000;
/// Most faults that a check tells, and most lints.
pub const NOTICE_MAX_FINDINGS: u32 = 1000;
/// Latest time: the end of the year 9999, in Unix milliseconds.
pub const NOTICE_MAX_TIME: i64 = 253_402_300_799_999;
/// Most items on a page.
pub const NOTICE_MAX_LIMIT: u32 = 1000;
/// Most users that receipts are asked for by name.
pub const NOTICE_MAX_RECEIPT_USERS: u32 = 1000;
/// Most acknowledgements that a receipt keeps.
pub const NOTICE_MAX_ACKNOWLEDGEMENTS: u32 = 16;
/// Items on a page when the query's limit is 0.
pub const NOTICE_DEFAULT_LIMIT: u32 = 50;
/// Most entries in one list of a query's filter.
pub const NOTICE_MAX_FILTER_LIST: u32 = 1000;
/// Most bytes of a viewer's attributes, names and values together; and so most entries in their list.
pub const NOTICE_MAX_ATTRIBUTES: u32 = 65_536;
/// Longest search text, in bytes.
pub const NOTICE_MAX_SEARCH_BYTES: u32 = 1024;
/// Longest idempotency key, in bytes.
pub const NOTICE_MAX_IDEMPOTENCY_KEY_BYTES: u32 = 128;
/// Most boards that a process may have open at once.
pub const NOTICE_MAX_BOARDS: u32 = 1024;

/// The header repeats the engine's limits and the table's; a difference does not compile.
const _: () = {
    assert!(NOTICE_MAX_BOARDS as usize == handle::PLACES);
    assert!(NOTICE_MAX_KEY_BYTES as usize == limits::KEY_BYTES);
    assert!(NOTICE_MAX_CHANNEL_BYTES as usize == limits::CHANNEL_BYTES);
    assert!(NOTICE_MAX_CATEGORY_CHARS as usize == limits::CATEGORY_CHARS);
    assert!(NOTICE_MAX_TAG_CHARS as usize == limits::TAG_CHARS);
    assert!(NOTICE_MAX_TAGS as usize == limits::TAGS);
    assert!(NOTICE_MAX_LOCALES as usize == limits::LOCALES);
    assert!(NOTICE_MAX_TITLE_CHARS as usize == limits::TITLE_CHARS);
    assert!(NOTICE_MAX_SUMMARY_CHARS as usize == limits::SUMMARY_CHARS);
    assert!(NOTICE_MAX_BODY_BYTES as usize == limits::BODY_BYTES);
    assert!(NOTICE_MAX_AUDIENCE_BYTES as usize == limits::AUDIENCE_BYTES);
    assert!(NOTICE_MAX_PRIORITY == limits::PRIORITY);
    assert!(NOTICE_MAX_ACTIONS as usize == limits::ACTIONS);
    assert!(NOTICE_MAX_ACTION_ID_BYTES as usize == limits::ACTION_ID_BYTES);
    assert!(NOTICE_MAX_ACTION_LABEL_CHARS as usize == limits::ACTION_LABEL_CHARS);
    assert!(NOTICE_MAX_ACTION_VALUE_BYTES as usize == limits::ACTION_VALUE_BYTES);
    assert!(NOTICE_MAX_REPLACES as usize == limits::REPLACES);
    assert!(NOTICE_MAX_AUTHOR_BYTES as usize == limits::AUTHOR_BYTES);
    assert!(NOTICE_MAX_SOURCE_BYTES as usize == limits::SOURCE_BYTES);
    assert!(NOTICE_MAX_EXTERNAL_ID_BYTES as usize == limits::EXTERNAL_ID_BYTES);
    assert!(NOTICE_MAX_EXTRAS_BYTES as usize == limits::EXTRAS_BYTES);
    assert!(NOTICE_MAX_EXTRAS_DEPTH as usize == limits::EXTRAS_DEPTH);
    assert!(NOTICE_MAX_REASON_BYTES as usize == limits::REASON_BYTES);
    assert!(NOTICE_MAX_RECORD_BYTES as usize == limits::RECORD_BYTES);
    assert!(NOTICE_MAX_ATTRIBUTES as usize == limits::VIEWER_BYTES);
    assert!(NOTICE_MAX_BATCH as usize == limits::BATCH);
    assert!(NOTICE_MAX_FINDINGS as usize == limits::FINDINGS);
    assert!(NOTICE_MAX_TIME == limits::TIME_MS);
    assert!(NOTICE_MAX_LIMIT == limits::PAGE);
    assert!(NOTICE_MAX_RECEIPT_USERS as usize == limits::RECEIPT_USERS);
    assert!(NOTICE_MAX_ACKNOWLEDGEMENTS as usize == limits::ACKNOWLEDGEMENTS);
    assert!(NOTICE_DEFAULT_LIMIT == limits::DEFAULT_PAGE);
    assert!(NOTICE_MAX_FILTER_LIST as usize == limits::FILTER_LIST);
};
