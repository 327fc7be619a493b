//! Limits of an announcement. The C header repeats them as constants.

/// Longest `key`, in bytes.
pub const KEY_BYTES: usize = 128;
/// Longest `channel`, in bytes.
pub const CHANNEL_BYTES: usize = 64;
/// Longest `category`, in bytes.
pub const CATEGORY_BYTES: usize = 64;
/// Longest tag, in bytes.
pub const TAG_BYTES: usize = 32;
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
/// Largest audience, encoded as JSON, in bytes.
pub const AUDIENCE_BYTES: usize = 16 * 1024;
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
/// Largest announcement, all of its texts together, in bytes.
pub const RECORD_BYTES: usize = 256 * 1024;
/// Latest time, 9999-12-31T23:59:59.999Z, in Unix milliseconds.
pub const TIME_MS: i64 = 253_402_300_799_999;
/// Most announcements in one batch.
pub const BATCH: usize = 10_000;
