//! The numbers of notice.h and the names that the suite has for them.

use serde_json::Value;

/// Names in the order of their numbers, from 0.
pub(super) type Names = &'static [&'static str];

pub(super) const SEVERITIES: Names = &["none", "info", "notice", "warning", "critical"];
pub(super) const STATES: Names = &["published", "retracted", "draft"];
pub(super) const FORMATS: Names = &["text", "markdown"];
pub(super) const ACTIONS: Names = &["url", "copy", "custom"];
pub(super) const CHANGES: Names = &["", "minor", "major"];
pub(super) const OUTCOMES: Names = &[
    "created",
    "updated",
    "unchanged",
    "retracted",
    "restored",
    "purged",
    "released",
];
pub(super) const VIEWS: Names = &["viewer", "editor"];
pub(super) const ORDERS: Names = &["default", "newest", "oldest", "ending_soon", "relevance"];
pub(super) const PHASES: Names = &[
    "active",
    "scheduled",
    "expired",
    "retracted",
    "any",
    "draft",
];
pub(super) const MARKS: Names = &[
    "seen",
    "read",
    "unread",
    "dismiss",
    "restore",
    "acknowledge",
    "unacknowledge",
    "snooze",
    "unsnooze",
];
pub(super) const KINDS: Names = &[
    "published",
    "updated",
    "updated_minor",
    "retracted",
    "purged",
];
pub(super) const FIELDS: Names = &["title", "summary", "body"];
pub(super) const RULES: Names = &[
    "visible",
    "retracted",
    "scheduled",
    "expired",
    "audience",
    "superseded",
    "dismissed",
    "show_limit",
    "show_interval",
    "unreadable",
    "draft",
    "snoozed",
];
const DISPLAYS: Names = &["list", "banner", "popup", "ticker", "badge"];

pub(super) const SEVERITY_INFO: i32 = 1;
pub(super) const PINNED: u32 = 1;
pub(super) const DISMISSIBLE: u32 = 2;
pub(super) const REQUIRE_ACK: u32 = 4;
pub(super) const IS_FALLBACK: u32 = 8;
pub(super) const READ: u32 = 16;
pub(super) const DISMISSED: u32 = 32;
pub(super) const ACKNOWLEDGED: u32 = 64;
pub(super) const PENDING: u32 = 128;
pub(super) const READ_BY_ALL: u32 = 256;
pub(super) const CUT_BEFORE: u32 = 512;
pub(super) const CUT_AFTER: u32 = 1024;
pub(super) const NOT_DISMISSIBLE: u32 = 65536;
pub(super) const QUIET: u32 = 131_072;
pub(super) const AS_DRAFT: u32 = 262_144;
pub(super) const NOWHERE: u32 = 65536;

/// The number of a name; none for what is no name of these.
pub(super) fn code(names: Names, value: &Value) -> Option<i32> {
    let place = names.iter().position(|name| value == name)?;
    i32::try_from(place).ok()
}

/// The number of a name, 0 when nothing is said.
pub(super) fn code_or_zero(names: Names, value: &Value) -> i32 {
    match value {
        Value::Null => 0,
        value => code(names, value).unwrap_or_else(|| panic!("C has no number for {value}")),
    }
}

/// The name of a number.
pub(super) fn name(names: Names, code: i32) -> &'static str {
    names[usize::try_from(code).unwrap()]
}

/// The bits of a list of places.
pub(super) fn display(value: &Value) -> Option<u32> {
    let places = value.as_array()?;
    if places.is_empty() {
        return Some(NOWHERE);
    }
    places
        .iter()
        .try_fold(0, |bits, place| Some(bits | 1 << code(DISPLAYS, place)?))
}

/// The list of places of an item's bits.
pub(super) fn displays(bits: u32) -> Value {
    let places = DISPLAYS
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits & 1 << bit != 0);
    places.map(|(_, name)| *name).collect()
}
