//! Compares the layout of every structure in the header with the table that the C programs use.
//!
//! tests/c/layout.inc lists the offset of each field. tests/c/layout.c asserts that the C compiler
//! agrees, and this test that the Rust compiler does. With `NOTICE_UPDATE=1` the table is written
//! instead.

use std::fmt::Write;
use std::mem::{align_of, offset_of, size_of};
use std::path::Path;

use crate::c::array::{NoticeArray, NoticeCount};
use crate::c::board::NoticeOptions;
use crate::c::change::{NoticeChangeArray, NoticeChangeEvent};
use crate::c::changes::NoticeChanges;
use crate::c::copies::NoticeCompaction;
use crate::c::draft::{
    NoticeActionIn, NoticeCondition, NoticeConditionList, NoticeDraft, NoticeLabel, NoticeText,
};
use crate::c::explain::NoticeExplanation;
use crate::c::follow::NoticeFollower;
use crate::c::head::NoticeHead;
use crate::c::item::{NoticeAction, NoticeHit, NoticeItem};
use crate::c::last_error::NoticeErrorInfo;
use crate::c::maintain::NoticeMaintenance;
use crate::c::own_marks::NoticeOwnMarks;
use crate::c::publish::NoticePublished;
use crate::c::query::NoticeQuery;
use crate::c::receipt::{NoticeAcknowledgement, NoticeReceipt, NoticeReceiptArray};
use crate::c::receipts::NoticeReceiptQuery;
use crate::c::text::{NoticeAttribute, NoticeRange, NoticeStr};

const HEAD: &str = "\
/* The layout of the structures in notice.h, with pointers of 8 bytes, as ffi/c/layout.rs finds it:
 * STRUCT(name, size, alignment) and FIELD(structure, name, offset, size). What stands here stays so within a
 * SONAME; an input structure may grow at its end. NOTICE_UPDATE=1 cargo test -p notice-ffi layout writes it. */
";

/// Adds structures to the table. A missing field does not compile.
macro_rules! describe {
    ($table:ident: $($name:ident { $($field:ident),* })*) => {
        $(
            let _ = |value: $name| {
                let $name { $($field: _),* } = value;
            };
            let (name, size, alignment) = (stringify!($name), size_of::<$name>(), align_of::<$name>());
            writeln!($table, "\nSTRUCT({name}, {size}, {alignment})").unwrap();
            $(
                let (field, offset) = (stringify!($field), offset_of!($name, $field));
                let size = size_of_result(|value: $name| value.$field);
                writeln!($table, "FIELD({name}, {field}, {offset}, {size})").unwrap();
            )*
        )*
    };
}

/// Returns the size of a function's result, without calling it.
fn size_of_result<S, F>(_: fn(S) -> F) -> usize {
    size_of::<F>()
}

/// Returns the whole table.
fn table() -> String {
    let mut table = HEAD.to_owned();
    describe! { table:
        NoticeOptions { struct_size, reserved, clock, clock_data, keep_changes_revisions, keep_changes_ms, retention_ms, progress, progress_data }
        NoticeStr { ptr, len }
        NoticeText { locale, title, summary, body, format, reserved }
        NoticeCondition { attribute, op, values, value_count }
        NoticeConditionList { conditions, count }
        NoticeLabel { locale, text }
        NoticeActionIn { id, kind, label_count, labels, value }
        NoticeDraft { struct_size, severity, priority, flags, display, show_limit, show_interval_ms, change, starts_at, ends_at, event_from, event_to, key, channel, texts, text_count, default_locale, audience, condition_count, actions, action_count, category, tags, tag_count, replaces_ids, replaces_id_count, replaces_keys, replaces_key_count, author, source, external_id, extras_json, idempotency_key, audience_any, audience_any_count, audience_none, audience_none_count, created_at, published_at }
        NoticePublished { id, revision, version, outcome, is_duplicate, reserved, reserved_more }
        NoticeRange { from, until }
        NoticeAttribute { name, value }
        NoticeQuery { struct_size, view, order, limit, phase, severity_at_least, pinned, reserved, now, changed_since, starts, ends, published, updated, user, locales, locale_count, attributes, attribute_count, cursor, channels, channel_count, categories, category_count, tags_any, tags_any_count, tags_all, tags_all_count, tags_none, tags_none_count, keys, key_count, ids, id_count, author, external_id, has_locale, q, unread_only, pending_only, unacknowledged_only, uncounted }
        NoticeAction { id, label, value, kind, reserved }
        NoticeHit { byte_start, byte_len, char_start, char_len, utf16_start, utf16_len }
        NoticeItem { id, revision, starts_at, ends_at, event_from, event_to, created_at, published_at, updated_at, retracted_at, notify_revision, snoozed_until, reserved, version, notify_version, state, severity, priority, format, display, flags, show_limit, show_interval_ms, seen_count, snippet_field, key, channel, category, author, source, external_id, extras_json, retract_reason, locale_used, title, summary, body, tags, tag_count, actions, action_count, snippet, snippet_hits, snippet_hit_count, title_hits, title_hit_count }
        NoticeArray { items, len, total, unread, revision, now, next_change_at, epoch, reserved, next_cursor, memory }
        NoticeCount { total, unread, revision, now, next_change_at, epoch, reserved }
        NoticeOwnMarks { revision, epoch, all, count, changed, reserved }
        NoticeReceiptQuery { struct_size, limit, id, read_only, acknowledged_only, cursor, users, user_count }
        NoticeAcknowledgement { at, version, reserved }
        NoticeReceipt { first_seen_at, last_seen_at, read_at, dismissed_at, acknowledged_at, snoozed_until, reserved, seen_count, seen_version, read_version, dismissed_version, acknowledged_version, flags, user, acknowledgements, acknowledgement_count }
        NoticeReceiptArray { receipts, len, read, acknowledged, reserved, next_cursor, memory }
        NoticeChanges { struct_size, limit, since, query, has_epoch, reserved, epoch }
        NoticeHead { epoch, revision, seq, reserved }
        NoticeFollower { struct_size, failures, knows_board, knows_next_change, revision, now, next_change_at, retry_at, longest_nap_ms, retry_pause_ms, epoch }
        NoticeChangeEvent { revision, id, kind, reserved, item, reason }
        NoticeChangeArray { events, len, to_revision, head, next_change_at, epoch, more, reserved, reserved_more, memory }
        NoticeExplanation { id, visible, pending, rule, rules, next_change_at, reserved }
        NoticeMaintenance { purged, changes_dropped, idempotency_keys_dropped, reserved }
        NoticeCompaction { before, after, reserved }
        NoticeErrorInfo { status, has_offset, offset, limit, reserved }
    }
    table
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/c/layout.inc")
}

#[test]
#[cfg(target_pointer_width = "64")]
fn every_field_stands_where_the_c_programs_say() {
    let table = table();
    if std::env::var_os("NOTICE_UPDATE").is_some() {
        std::fs::write(path(), &table).unwrap();
    }
    let committed = std::fs::read_to_string(path()).unwrap();
    for (line, (is, was)) in table.lines().zip(committed.lines()).enumerate() {
        assert_eq!(is, was, "tests/c/layout.inc, line {}", line + 1);
    }
    assert_eq!(table, committed, "tests/c/layout.inc");
}

#[test]
fn no_structure_of_the_header_is_missing() {
    let header = concat!(env!("CARGO_MANIFEST_DIR"), "/../include/notice.h");
    let header = std::fs::read_to_string(header).unwrap();
    let in_header = header
        .lines()
        .filter_map(|line| line.strip_prefix("typedef struct ")?.strip_suffix(" {"));
    let mut in_header: Vec<&str> = in_header.collect();
    let table = table();
    let in_table = table
        .lines()
        .filter_map(|line| line.strip_prefix("STRUCT("));
    let mut in_table: Vec<&str> = in_table.filter_map(|line| line.split(',').next()).collect();
    in_header.sort_unstable();
    in_table.sort_unstable();
    assert_eq!(in_table, in_header);
}
