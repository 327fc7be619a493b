//! What a C program reads of the structures that it is given, as the suite's answers.

use serde_json::{Value, json};

use super::abi::{
    NoticeAction, NoticeArray, NoticeChangeArray, NoticeChangeEvent, NoticeCount,
    NoticeExplanation, NoticeHit, NoticeItem, NoticePublished, NoticeReceipt, NoticeReceiptArray,
    NoticeStr,
};
use super::names::{self, name};

/// A text that the library wrote: never NULL, with a NUL behind it.
///
/// # Safety
/// What the library wrote it into is still there.
unsafe fn text(text: NoticeStr) -> String {
    assert!(!text.ptr.is_null());
    // SAFETY: the header says that there are `len` bytes and a NUL.
    let bytes = unsafe { std::slice::from_raw_parts(text.ptr.cast::<u8>(), text.len + 1) };
    assert_eq!(bytes[text.len], 0, "a NUL stands behind each text");
    String::from_utf8(bytes[..text.len].to_vec()).unwrap()
}

/// A list that the library wrote; NULL when it is empty.
///
/// # Safety
/// As of [`text`].
unsafe fn list<'a, T>(list: *const T, len: usize) -> &'a [T] {
    if list.is_null() {
        assert_eq!(len, 0);
        return &[];
    }
    // SAFETY: the header says that there are `len` of them.
    unsafe { std::slice::from_raw_parts(list, len) }
}

pub(super) fn published(done: &NoticePublished) -> Value {
    json!({
        "id": done.id,
        "version": done.version,
        "revision": done.revision,
        "outcome": name(names::OUTCOMES, done.outcome),
        "duplicate": done.is_duplicate == 1,
    })
}

pub(super) fn counted(count: &NoticeCount) -> Value {
    json!({
        "total": count.total,
        "unread": count.unread,
        "revision": count.revision,
        "epoch": epoch(count.epoch),
        "now": count.now,
        "next_change_at": count.next_change_at,
    })
}

/// # Safety
/// As of [`text`].
pub(super) unsafe fn page(array: &NoticeArray, searched: bool) -> Value {
    // SAFETY: as the caller says.
    let (items, cursor) = unsafe { (list(array.items, array.len), cursor(array.next_cursor)) };
    json!({
        // SAFETY: as the caller says.
        "items": items.iter().map(|i| unsafe { item(i, searched) }).collect::<Value>(),
        "total": array.total,
        "unread": array.unread,
        "revision": array.revision,
        "epoch": epoch(array.epoch),
        "now": array.now,
        "next_change_at": array.next_change_at,
        "next_cursor": cursor,
    })
}

/// # Safety
/// As of [`text`].
pub(super) unsafe fn receipts(array: &NoticeReceiptArray) -> Value {
    // SAFETY: as the caller says.
    let (all, cursor) = unsafe { (list(array.receipts, array.len), cursor(array.next_cursor)) };
    let receipt = |r: &NoticeReceipt| {
        json!({
            // SAFETY: as the caller says.
            "user": unsafe { text(r.user) },
            "seen_count": r.seen_count,
            "first_seen_at": r.first_seen_at,
            "last_seen_at": r.last_seen_at,
            "read_version": r.read_version,
            "read_at": r.read_at,
            "dismissed_version": r.dismissed_version,
            "dismissed_at": r.dismissed_at,
            "acknowledged_version": r.acknowledged_version,
            "acknowledged_at": r.acknowledged_at,
            "snoozed_until": r.snoozed_until,
            // SAFETY: as the caller says.
            "acknowledgements": unsafe { list(r.acknowledgements, r.acknowledgement_count) }
                .iter()
                .map(|one| json!({"version": one.version, "at": one.at}))
                .collect::<Value>(),
            "is_read": r.flags & names::READ != 0,
            "by_read_all": r.flags & names::READ_BY_ALL != 0,
            "is_acknowledged": r.flags & names::ACKNOWLEDGED != 0,
        })
    };
    json!({
        "receipts": all.iter().map(receipt).collect::<Value>(),
        "read": array.read,
        "acknowledged": array.acknowledged,
        "next_cursor": cursor,
    })
}

/// # Safety
/// As of [`text`].
pub(super) unsafe fn changes(array: &NoticeChangeArray) -> Value {
    let event = |event: &NoticeChangeEvent| {
        // SAFETY: as the caller says.
        let (found, reason) = unsafe { (event.item.as_ref(), text(event.reason)) };
        json!({
            "revision": event.revision,
            "id": event.id,
            "kind": name(names::KINDS, event.kind),
            // SAFETY: as the caller says.
            "item": found.map(|found| unsafe { item(found, false) }),
            "reason": reason,
        })
    };
    // SAFETY: as the caller says.
    let events = unsafe { list(array.events, array.len) };
    json!({
        "events": events.iter().map(event).collect::<Value>(),
        "to_revision": array.to_revision,
        "head": array.head,
        "more": array.more == 1,
        "epoch": epoch(array.epoch),
        "next_change_at": array.next_change_at,
    })
}

pub(super) fn explanation(explained: &NoticeExplanation) -> Value {
    let said = |rule: i32| explained.rules & 1 << rule != 0;
    assert!(
        said(explained.rule),
        "the rule that decides is one of the rules"
    );
    let mut rules = vec![name(names::RULES, explained.rule)];
    for (rule, name) in (0..).zip(names::RULES) {
        if said(rule) && rule != explained.rule {
            rules.push(name);
        }
    }
    json!({
        "id": explained.id,
        "visible": explained.visible == 1,
        "pending": explained.pending == 1,
        "rules": rules,
        "next_change_at": explained.next_change_at,
    })
}

/// # Safety
/// As of [`text`].
pub(super) unsafe fn item(a: &NoticeItem, searched: bool) -> Value {
    // SAFETY: as the caller says, for all that is read of the item.
    let (text, hits) = (|t| unsafe { text(t) }, |h, n| unsafe { hits(h, n) });
    // SAFETY: as the caller says.
    let tags = unsafe { list(a.tags, a.tag_count) };
    // SAFETY: as the caller says.
    let actions = unsafe { list(a.actions, a.action_count) };
    let action = |action: &NoticeAction| {
        json!({
            "id": text(action.id),
            "kind": name(names::ACTIONS, action.kind),
            "label": text(action.label),
            "value": text(action.value),
        })
    };
    let extras = text(a.extras_json);
    let extras: Value = match extras.as_str() {
        "" => json!({}),
        extras => serde_json::from_str(extras).unwrap(),
    };
    let flag = |bit: u32| a.flags & bit != 0;
    let snippet = searched.then(|| {
        json!({
            "field": name(names::FIELDS, a.snippet_field),
            "text": text(a.snippet),
            "hits": hits(a.snippet_hits, a.snippet_hit_count),
            "cut_before": flag(names::CUT_BEFORE),
            "cut_after": flag(names::CUT_AFTER),
        })
    });
    json!({
        "id": a.id, "revision": a.revision,
        "version": a.version, "notify_version": a.notify_version,
        "state": name(names::STATES, a.state), "severity": name(names::SEVERITIES, a.severity),
        "priority": a.priority, "pinned": flag(names::PINNED),
        "dismissible": flag(names::DISMISSIBLE), "require_ack": flag(names::REQUIRE_ACK),
        "quiet": flag(names::QUIET),
        "display": names::displays(a.display),
        "show_limit": a.show_limit, "show_interval_ms": a.show_interval_ms,
        "starts_at": a.starts_at, "ends_at": a.ends_at,
        "event_from": a.event_from, "event_to": a.event_to,
        "created_at": a.created_at, "published_at": a.published_at,
        "updated_at": a.updated_at, "retracted_at": a.retracted_at,
        "retract_reason": text(a.retract_reason),
        "key": text(a.key), "channel": text(a.channel), "category": text(a.category),
        "author": text(a.author), "source": text(a.source), "external_id": text(a.external_id),
        "extras": extras,
        "tags": tags.iter().map(|tag| text(*tag)).collect::<Value>(),
        "actions": actions.iter().map(action).collect::<Value>(),
        "locale_used": text(a.locale_used), "is_fallback": flag(names::IS_FALLBACK),
        "title": text(a.title), "summary": text(a.summary), "body": text(a.body),
        "format": name(names::FORMATS, a.format),
        "is_read": flag(names::READ), "is_dismissed": flag(names::DISMISSED),
        "is_acknowledged": flag(names::ACKNOWLEDGED), "is_pending": flag(names::PENDING),
        "seen_count": a.seen_count, "snoozed_until": a.snoozed_until,
        "title_hits": searched.then(|| hits(a.title_hits, a.title_hit_count)),
        "snippet": snippet,
    })
}

/// # Safety
/// As of [`text`].
unsafe fn hits(hits: *const NoticeHit, len: usize) -> Value {
    // SAFETY: as the caller says.
    let hits = unsafe { list(hits, len) };
    let ends = |h: &NoticeHit| {
        json!([
            h.byte_start,
            h.byte_start + h.byte_len,
            h.char_start,
            h.char_start + h.char_len,
            h.utf16_start,
            h.utf16_start + h.utf16_len
        ])
    };
    hits.iter().map(ends).collect()
}

/// # Safety
/// As of [`text`].
unsafe fn cursor(cursor: NoticeStr) -> Option<String> {
    // SAFETY: as the caller says.
    Some(unsafe { text(cursor) }).filter(|cursor| !cursor.is_empty())
}

fn epoch(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}
