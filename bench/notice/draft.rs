//! Announcements as drafts: structures and JSON.

use serde_json::{Map, Value, json};

use super::abi::{NoticeCondition, NoticeDraft, NoticeStr, NoticeText, Zeroed};
use super::query::str;
use crate::data::{Announcement, Data};

const PINNED: u32 = 1;

/// Calls `use_it` with the announcement as a structure.
pub(super) fn with<T>(
    data: &Data,
    announcement: &Announcement,
    use_it: impl FnOnce(&NoticeDraft) -> T,
) -> T {
    let mut text = NoticeText::zeroed();
    text.locale = str(announcement.locale);
    text.title = str(&announcement.title);
    text.summary = str(&announcement.summary);
    text.body = str(&announcement.body);
    let tags: Vec<NoticeStr> = announcement.tags.iter().map(|tag| str(tag)).collect();
    let audience = data.audience(announcement);
    let values: Vec<Vec<NoticeStr>> = audience
        .iter()
        .map(|condition| condition.values.iter().map(|value| str(value)).collect())
        .collect();
    let conditions: Vec<NoticeCondition> = audience
        .iter()
        .zip(&values)
        .map(|(condition, values)| NoticeCondition {
            attribute: str(condition.attribute),
            op: str(condition.op),
            values: values.as_ptr(),
            value_count: values.len(),
        })
        .collect();
    let mut draft = NoticeDraft::zeroed();
    draft.struct_size = size_of::<NoticeDraft>() as u32;
    draft.severity = announcement.severity;
    draft.priority = announcement.priority;
    draft.flags = if announcement.is_pinned { PINNED } else { 0 };
    draft.starts_at = announcement.starts_at;
    draft.ends_at = announcement.ends_at;
    draft.channel = str(&announcement.channel);
    draft.category = str(&announcement.category);
    (draft.texts, draft.text_count) = (&raw const text, 1);
    (draft.tags, draft.tag_count) = (tags.as_ptr(), tags.len());
    (draft.audience, draft.condition_count) = (conditions.as_ptr(), conditions.len());
    use_it(&draft)
}

/// The announcement as an object of notice_publish_json.
pub(crate) fn json(data: &Data, announcement: &Announcement) -> Value {
    let text = json!({
        "title": announcement.title,
        "summary": announcement.summary,
        "body": announcement.body,
    });
    let texts: Map<String, Value> = [(announcement.locale.to_owned(), text)]
        .into_iter()
        .collect();
    let audience: Vec<Value> = data
        .audience(announcement)
        .iter()
        .map(|condition| {
            json!({"attribute": condition.attribute, "op": condition.op, "values": condition.values})
        })
        .collect();
    let severity = ["none", "info", "notice", "warning", "critical"];
    let mut draft = json!({
        "texts": texts,
        "severity": severity.get(announcement.severity as usize),
        "priority": announcement.priority,
        "pinned": announcement.is_pinned,
        "starts_at": announcement.starts_at,
        "channel": announcement.channel,
        "category": announcement.category,
        "tags": announcement.tags,
        "audience": audience,
    });
    if let (Some(draft), true) = (draft.as_object_mut(), announcement.ends_at != 0) {
        draft.insert("ends_at".to_owned(), announcement.ends_at.into());
    }
    draft
}
