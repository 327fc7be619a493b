//! Values of the crate as the suite's answers.

use notice::{Item, Locale, Published};
use serde_json::{Value, json};

pub(super) fn published(published: Published) -> Value {
    json!({
        "id": published.id,
        "version": published.version,
        "revision": published.revision,
        "outcome": published.outcome.name(),
        "duplicate": published.duplicate,
    })
}

pub(super) fn counted(count: &notice::Count) -> Value {
    json!({
        "total": count.total,
        "unread": count.unread,
        "revision": count.revision,
        "epoch": format!("{:032x}", count.epoch),
        "now": count.now,
        "next_change_at": count.next_change_at.unwrap_or(0),
    })
}

pub(super) fn item(item: &Item) -> Value {
    let (a, text) = (&item.announcement, item.text());
    let locale = Locale::parse(text.locale).unwrap();
    let action = |action: &notice::Action| {
        json!({
            "id": action.id,
            "kind": action.kind.name(),
            "label": action.label_for(&locale),
            "value": action.value,
        })
    };
    let ranges = |ranges: &[notice::HitRange]| -> Value {
        let range =
            |r: &notice::HitRange| json!([r.bytes.start, r.bytes.end, r.chars.start, r.chars.end]);
        ranges.iter().map(range).collect()
    };
    let snippet = item.found.as_ref().map(|found| {
        json!({
            "field": format!("{:?}", found.snippet.field).to_lowercase(),
            "text": found.snippet.text,
            "hits": ranges(&found.snippet.ranges),
            "cut_before": found.snippet.cut_before,
            "cut_after": found.snippet.cut_after,
        })
    });
    json!({
        "id": a.id(), "revision": a.revision(),
        "version": a.version(), "notify_version": a.notify_version(),
        "state": a.state().name(), "severity": a.severity().name(),
        "priority": a.priority(), "pinned": a.pinned(),
        "dismissible": a.dismissible(), "require_ack": a.require_ack(),
        "display": a.display().names().collect::<Value>(),
        "show_limit": a.show_limit().unwrap_or(0), "show_interval_ms": a.show_interval_ms().unwrap_or(0),
        "starts_at": a.starts_at(), "ends_at": a.ends_at().unwrap_or(0),
        "event_from": a.event_from().unwrap_or(0), "event_to": a.event_to().unwrap_or(0),
        "created_at": a.created_at(), "published_at": a.published_at(),
        "updated_at": a.updated_at(), "retracted_at": a.retracted_at().unwrap_or(0),
        "retract_reason": a.retract_reason(),
        "key": a.key(), "channel": a.channel(), "category": a.category(),
        "author": a.author(), "source": a.source(), "external_id": a.external_id(),
        "extras": a.extras(),
        "tags": a.tags().collect::<Value>(),
        "actions": a.actions().iter().map(action).collect::<Value>(),
        "locale_used": text.locale, "is_fallback": item.is_fallback,
        "title": text.title, "summary": text.summary, "body": text.body,
        "format": text.format.name(),
        "is_read": item.is_read, "is_dismissed": item.is_dismissed,
        "is_acknowledged": item.is_acknowledged, "is_pending": item.is_pending,
        "seen_count": item.seen_count,
        "title_hits": item.found.as_ref().map(|found| ranges(&found.title)),
        "snippet": snippet,
    })
}
