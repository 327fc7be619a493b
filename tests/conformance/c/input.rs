//! Requests of the suite as the structures that a C program hands in.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_char;

use serde_json::Value;

use super::abi::{
    NoticeActionIn, NoticeAttribute, NoticeChanges, NoticeCondition, NoticeConditionList,
    NoticeDraft, NoticeLabel, NoticeQuery, NoticeRange, NoticeReceiptQuery, NoticeStr, NoticeText,
    Zeroed,
};
use super::names;

/// Keeps what structures point at until the call is over.
#[derive(Default)]
pub(super) struct Arena(RefCell<Vec<Box<dyn Any>>>);

impl Arena {
    /// Keeps a list; NULL when it is empty.
    fn list<T: 'static>(&self, list: Vec<T>) -> (*const T, usize) {
        if list.is_empty() {
            return (std::ptr::null(), 0);
        }
        let list = Box::new(list);
        let found = (list.as_ptr(), list.len());
        self.0.borrow_mut().push(list);
        found
    }

    /// Keeps a text of its own.
    fn own(&self, text: String) -> NoticeStr {
        let (ptr, len) = self.list(text.into_bytes());
        NoticeStr {
            ptr: ptr.cast::<c_char>(),
            len,
        }
    }

    fn text(&self, value: &Value) -> NoticeStr {
        self.own(value.as_str().unwrap_or_default().to_owned())
    }

    fn texts(&self, value: &Value) -> (*const NoticeStr, usize) {
        self.list(
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(|text| self.text(text))
                .collect(),
        )
    }

    fn integers(&self, value: &Value) -> (*const i64, usize) {
        self.list(integers(value))
    }

    /// A draft; none when the structure cannot say it, such as a time in words.
    pub(super) fn draft(&self, json: &Value) -> Option<NoticeDraft> {
        let mut draft = NoticeDraft::zeroed();
        draft.struct_size = u32::try_from(size_of::<NoticeDraft>()).ok()?;
        draft.severity = names::SEVERITY_INFO;
        let text = |value: &Value| value.as_str().map(|text| self.own(text.to_owned()));
        for (name, value) in json.as_object()? {
            match name.as_str() {
                "key" => draft.key = text(value)?,
                "channel" => draft.channel = text(value)?,
                "severity" => draft.severity = names::code(names::SEVERITIES, value)?,
                "priority" => draft.priority = i32::try_from(value.as_i64()?).ok()?,
                "pinned" => draft.flags |= names::PINNED * u32::from(value.as_bool()?),
                "starts_at" => draft.starts_at = value.as_i64()?,
                "ends_at" => draft.ends_at = value.as_i64()?,
                "event_from" => draft.event_from = value.as_i64()?,
                "event_to" => draft.event_to = value.as_i64()?,
                "created_at" => draft.created_at = value.as_i64()?,
                "published_at" => draft.published_at = value.as_i64()?,
                "texts" => (draft.texts, draft.text_count) = self.draft_texts(value)?,
                "default_locale" => draft.default_locale = text(value)?,
                "audience" => self.audience(value, &mut draft)?,
                "display" => draft.display = names::display(value)?,
                "dismissible" => {
                    draft.flags |= names::NOT_DISMISSIBLE * u32::from(!value.as_bool()?)
                }
                "quiet" => draft.flags |= names::QUIET * u32::from(value.as_bool()?),
                "state" if value == "draft" => draft.flags |= names::AS_DRAFT,
                "require_ack" => draft.flags |= names::REQUIRE_ACK * u32::from(value.as_bool()?),
                "show_limit" => draft.show_limit = u32::try_from(value.as_u64()?).ok()?,
                "show_interval_ms" => {
                    draft.show_interval_ms = u32::try_from(value.as_u64()?).ok()?
                }
                "actions" => (draft.actions, draft.action_count) = self.actions(value)?,
                "category" => draft.category = text(value)?,
                "tags" => (draft.tags, draft.tag_count) = self.texts(value),
                "replaces" => {
                    let keys = value.as_array()?.iter().filter_map(text).collect();
                    (draft.replaces_keys, draft.replaces_key_count) = self.list(keys);
                    (draft.replaces_ids, draft.replaces_id_count) = self.integers(value);
                }
                "author" => draft.author = text(value)?,
                "source" => draft.source = text(value)?,
                "external_id" => draft.external_id = text(value)?,
                "extras" => draft.extras_json = self.own(value.to_string()),
                "change" => draft.change = names::code(names::CHANGES, value)?,
                "idempotency_key" => draft.idempotency_key = text(value)?,
                _ => return None,
            }
        }
        Some(draft)
    }

    fn draft_texts(&self, value: &Value) -> Option<(*const NoticeText, usize)> {
        let mut texts = Vec::new();
        for (locale, value) in value.as_object()? {
            let mut text = NoticeText::zeroed();
            text.locale = self.own(locale.clone());
            for (name, value) in value.as_object()? {
                match name.as_str() {
                    "title" => text.title = self.text(value),
                    "summary" => text.summary = self.text(value),
                    "body" => text.body = self.text(value),
                    "format" => text.format = names::code(names::FORMATS, value)?,
                    _ => return None,
                }
            }
            texts.push(text);
        }
        Some(self.list(texts))
    }

    fn audience(&self, value: &Value, draft: &mut NoticeDraft) -> Option<()> {
        let Value::Object(members) = value else {
            (draft.audience, draft.condition_count) = self.conditions(value)?;
            return Some(());
        };
        for (name, lists) in members {
            let lists = self.list(self.condition_lists(lists)?);
            match name.as_str() {
                "any" => (draft.audience_any, draft.audience_any_count) = lists,
                "none" => (draft.audience_none, draft.audience_none_count) = lists,
                _ => return None,
            }
        }
        Some(())
    }

    fn condition_lists(&self, value: &Value) -> Option<Vec<NoticeConditionList>> {
        let list = |value| {
            let (conditions, count) = self.conditions(value)?;
            Some(NoticeConditionList { conditions, count })
        };
        value.as_array()?.iter().map(list).collect()
    }

    fn conditions(&self, value: &Value) -> Option<(*const NoticeCondition, usize)> {
        let mut conditions = Vec::new();
        for value in value.as_array()? {
            // A number stands for its digits.
            let text = |value: &Value| match value {
                Value::String(text) => self.own(text.clone()),
                other => self.own(other.to_string()),
            };
            let values = value["values"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect();
            let (values, value_count) = self.list(values);
            // What is no text, or not there, only JSON can say.
            value["attribute"].as_str()?;
            conditions.push(NoticeCondition {
                attribute: self.text(&value["attribute"]),
                op: self.text(&value["op"]),
                values,
                value_count,
            });
        }
        Some(self.list(conditions))
    }

    fn actions(&self, value: &Value) -> Option<(*const NoticeActionIn, usize)> {
        let mut actions = Vec::new();
        for value in value.as_array()? {
            let label = |(locale, text): (&String, &Value)| NoticeLabel {
                locale: self.own(locale.clone()),
                text: self.text(text),
            };
            let (labels, count) =
                self.list(value["label"].as_object()?.iter().map(label).collect());
            actions.push(NoticeActionIn {
                id: self.text(&value["id"]),
                kind: names::code(names::ACTIONS, &value["kind"])?,
                label_count: u32::try_from(count).ok()?,
                labels,
                value: self.text(&value["value"]),
            });
        }
        Some(self.list(actions))
    }

    /// Viewer, view, filter, order, limit and cursor.
    pub(super) fn query(&self, args: &Value) -> NoticeQuery {
        let (viewer, filter) = (&args["viewer"], &args["filter"]);
        let mut query = NoticeQuery::zeroed();
        query.struct_size = u32::try_from(size_of::<NoticeQuery>()).unwrap();
        query.view = names::code_or_zero(names::VIEWS, &args["view"]);
        query.order = names::code_or_zero(names::ORDERS, &args["order"]);
        query.limit = number(&args["limit"]);
        query.cursor = self.text(&args["cursor"]);
        query.user = self.text(&viewer["user"]);
        (query.locales, query.locale_count) = self.texts(&viewer["locales"]);
        (query.attributes, query.attribute_count) = self.attributes(&viewer["attributes"]);
        query.now = viewer["now"].as_i64().unwrap_or(0);
        (query.channels, query.channel_count) = self.texts(&filter["channels"]);
        (query.categories, query.category_count) = self.texts(&filter["categories"]);
        (query.tags_any, query.tags_any_count) = self.texts(&filter["tags_any"]);
        (query.tags_all, query.tags_all_count) = self.texts(&filter["tags_all"]);
        (query.tags_none, query.tags_none_count) = self.texts(&filter["tags_none"]);
        (query.keys, query.key_count) = self.texts(&filter["keys"]);
        (query.ids, query.id_count) = self.integers(&filter["ids"]);
        query.severity_at_least =
            names::code_or_zero(names::SEVERITIES, &filter["severity_at_least"]);
        query.pinned = match filter["pinned"].as_bool() {
            None => 0,
            Some(true) => 1,
            Some(false) => -1,
        };
        query.author = self.text(&filter["author"]);
        query.external_id = self.text(&filter["external_id"]);
        query.phase = names::code_or_zero(names::PHASES, &filter["phase"]);
        query.starts = range(&filter["starts"]);
        query.ends = range(&filter["ends"]);
        query.published = range(&filter["published"]);
        query.updated = range(&filter["updated"]);
        query.changed_since = filter["changed_since"].as_i64().unwrap_or(0);
        query.has_locale = self.text(&filter["has_locale"]);
        query.q = self.text(&filter["q"]);
        query.unread_only = u32::from(filter["unread_only"] == true);
        query.pending_only = u32::from(filter["pending_only"] == true);
        query.unacknowledged_only = u32::from(filter["unacknowledged_only"] == true);
        query
    }

    fn attributes(&self, value: &Value) -> (*const NoticeAttribute, usize) {
        let mut pairs = Vec::new();
        for (name, values) in value.as_object().into_iter().flatten() {
            let one = std::slice::from_ref(values);
            for value in values.as_array().map_or(one, Vec::as_slice) {
                pairs.push(NoticeAttribute {
                    name: self.own(name.clone()),
                    value: self.text(value),
                });
            }
        }
        self.list(pairs)
    }

    pub(super) fn receipts(&self, args: &Value) -> NoticeReceiptQuery {
        let users = args["users"].as_array();
        let names = users.into_iter().flatten().map(|name| self.text(name));
        let (mut list, user_count) = self.list(names.collect());
        if users.is_some() && list.is_null() {
            // A list without names, not no list.
            list = std::ptr::dangling();
        }
        NoticeReceiptQuery {
            struct_size: u32::try_from(size_of::<NoticeReceiptQuery>()).unwrap(),
            limit: number(&args["limit"]),
            id: args["id"].as_i64().unwrap(),
            read_only: u32::from(args["read_only"] == true),
            acknowledged_only: u32::from(args["acknowledged_only"] == true),
            cursor: self.text(&args["cursor"]),
            users: if users.is_some() {
                list
            } else {
                std::ptr::null()
            },
            user_count,
        }
    }

    pub(super) fn changes(&self, args: &Value) -> NoticeChanges {
        let mut query = self.query(args);
        query.limit = 0;
        let mut changes = NoticeChanges::zeroed();
        changes.struct_size = u32::try_from(size_of::<NoticeChanges>()).unwrap();
        changes.limit = number(&args["limit"]);
        changes.since = args["since"].as_i64().unwrap_or(0);
        (changes.query, _) = self.list(vec![query]);
        if let Some(epoch) = args["epoch"].as_str() {
            changes.has_epoch = 1;
            changes.epoch = u128::from_str_radix(epoch, 16).unwrap().to_be_bytes();
        }
        changes
    }
}

/// The integers of a list; what else is in it is left out.
pub(super) fn integers(value: &Value) -> Vec<i64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

fn range(value: &Value) -> NoticeRange {
    let bound = |n: usize| value[n].as_i64().unwrap_or(0);
    NoticeRange {
        from: bound(0),
        until: bound(1),
    }
}

fn number(value: &Value) -> u32 {
    value
        .as_u64()
        .map_or(0, |number| u32::try_from(number).unwrap())
}
