//! Items of a page: announcements as one viewer sees them.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde_json::{Value, json};

use super::kept::refuse;
use super::record::together;
use super::row::Row;
use super::table::{missing, objects};
use super::value::{Packed, Wire};
use super::{codec, decoder, encoder};
use crate::error::Result;
use crate::model::json::wrong_type;
use crate::model::{
    Action, ActionKind, Announcement, Audience, Draft, ExtrasText, Format, Given, Lifecycle,
    Placement, Severity, TakenApart, Text, Viewer,
};
use crate::query::{Field, Highlights, HitRange, Item, Snippet, View};

/// The members of an item.
pub(crate) struct Shown {
    id: i64,
    revision: i64,
    version: u32,
    notify_version: u32,
    notify_revision: i64,
    state: Lifecycle,
    severity: Severity,
    priority: i32,
    pinned: bool,
    dismissible: bool,
    require_ack: bool,
    quiet: bool,
    display: Placement,
    show_limit: u32,
    show_interval_ms: u32,
    starts_at: i64,
    ends_at: i64,
    event_from: i64,
    event_to: i64,
    created_at: i64,
    published_at: i64,
    updated_at: i64,
    retracted_at: i64,
    retract_reason: String,
    key: String,
    channel: String,
    category: String,
    author: String,
    source: String,
    external_id: String,
    extras: ExtrasText,
    tags: Vec<String>,
    actions: Vec<ShownAction>,
    locale_used: String,
    is_fallback: bool,
    title: String,
    summary: String,
    body: String,
    format: Format,
    is_read: bool,
    is_dismissed: bool,
    is_acknowledged: bool,
    is_pending: bool,
    seen_count: u32,
    snoozed_until: i64,
    title_hits: Option<Vec<HitRange>>,
    snippet: Option<ShownSnippet>,
    /// The whole announcement, in the editor's view alone.
    record: Option<Box<Announcement>>,
}

/// An action, with its label in the locale of the text.
pub(crate) struct ShownAction {
    id: String,
    kind: ActionKind,
    label: String,
    value: String,
}

/// An excerpt of a text, with its hits.
pub(crate) struct ShownSnippet {
    field: Field,
    text: String,
    hits: Vec<HitRange>,
    cut_before: bool,
    cut_after: bool,
}

objects! {
    Shown as "item" {
        id: i64,
        revision: i64,
        version: u32,
        notify_version: u32,
        notify_revision: i64,
        state: Lifecycle,
        severity: Severity,
        priority: i32,
        pinned: bool,
        dismissible: bool,
        require_ack: bool,
        quiet: bool,
        display: Placement,
        show_limit: u32,
        show_interval_ms: u32,
        starts_at: i64,
        ends_at: i64,
        event_from: i64,
        event_to: i64,
        created_at: i64,
        published_at: i64,
        updated_at: i64,
        retracted_at: i64,
        retract_reason: String,
        key: String,
        channel: String,
        category: String,
        author: String,
        source: String,
        external_id: String,
        extras: ExtrasText,
        tags: Vec<String>,
        actions: Vec<ShownAction>,
        locale_used: String,
        is_fallback: bool,
        title: String,
        summary: String,
        body: String,
        format: Format,
        is_read: bool,
        is_dismissed: bool,
        is_acknowledged: bool,
        is_pending: bool,
        seen_count: u32,
        snoozed_until: i64,
        title_hits: Option<Vec<HitRange>>,
        snippet: Option<ShownSnippet>,
        record: Option<Box<Announcement>>,
    }

    ShownAction as "shown_action" {
        id: String,
        kind: ActionKind,
        label: String,
        value: String,
    }

    ShownSnippet as "snippet" {
        field: Field,
        text: String,
        hits: Vec<HitRange>,
        cut_before: bool,
        cut_after: bool,
    }
}

/// An item: its members.
impl Wire for Item {
    fn kind() -> String {
        Shown::kind()
    }

    fn write(&self) -> Value {
        Shown::of(self).write()
    }

    fn read(value: &Value) -> Result<Self> {
        Shown::read(value)?.back()
    }
}

/// Its members behind their length, so that a client knows an item again without reading it.
impl Packed for Item {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        encoder::put_item(self, |item| codec::part_to_bytes(&Shown::of(item)), to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_bytes(Part)
    }
}

/// Reads an item from its bytes.
struct Part;

impl Visitor<'_> for Part {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> std::result::Result<Item, E> {
        decoder::item(bytes, |bytes| {
            let row: Shown = codec::part_from_bytes(bytes)?;
            row.back().map_err(refuse)
        })
    }
}

impl Row<Item> for Shown {
    fn of(item: &Item) -> Self {
        let (a, text) = (&item.announcement, item.text());
        let locales = a.locales();
        let label = |action: &Action| match locales.get(item.text_index) {
            Some(locale) => action.label_for(locale).to_owned(),
            None => String::new(),
        };
        Self {
            id: a.id(),
            revision: a.revision(),
            version: a.version(),
            notify_version: a.notify_version(),
            notify_revision: a.notify_revision(),
            state: a.state(),
            severity: a.severity(),
            priority: a.priority(),
            pinned: a.pinned(),
            dismissible: a.dismissible(),
            require_ack: a.require_ack(),
            quiet: a.quiet(),
            display: a.display(),
            show_limit: a.show_limit().unwrap_or(0),
            show_interval_ms: a.show_interval_ms().unwrap_or(0),
            starts_at: a.starts_at(),
            ends_at: a.ends_at().unwrap_or(0),
            event_from: a.event_from().unwrap_or(0),
            event_to: a.event_to().unwrap_or(0),
            created_at: a.created_at(),
            published_at: a.published_at(),
            updated_at: a.updated_at(),
            retracted_at: a.retracted_at().unwrap_or(0),
            retract_reason: a.retract_reason().to_owned(),
            key: a.key().to_owned(),
            channel: a.channel().to_owned(),
            category: a.category().to_owned(),
            author: a.author().to_owned(),
            source: a.source().to_owned(),
            external_id: a.external_id().to_owned(),
            extras: ExtrasText::new(a.extras_json()),
            tags: a.tags().map(str::to_owned).collect(),
            actions: a
                .actions()
                .iter()
                .map(|action| ShownAction {
                    id: action.id.clone(),
                    kind: action.kind,
                    label: label(action),
                    value: action.value.clone(),
                })
                .collect(),
            locale_used: text.locale.to_owned(),
            is_fallback: item.is_fallback,
            title: text.title.to_owned(),
            summary: text.summary.to_owned(),
            body: text.body.to_owned(),
            format: text.format,
            is_read: item.is_read,
            is_dismissed: item.is_dismissed,
            is_acknowledged: item.is_acknowledged,
            is_pending: item.is_pending,
            seen_count: item.seen_count,
            snoozed_until: item.snoozed_until,
            title_hits: item.found.as_ref().map(|found| found.title.clone()),
            snippet: item.found.as_ref().map(|found| ShownSnippet {
                field: found.snippet.field,
                text: found.snippet.text.clone(),
                hits: found.snippet.ranges.clone(),
                cut_before: found.snippet.cut_before,
                cut_after: found.snippet.cut_after,
            }),
            record: item.record().cloned().map(Box::new),
        }
    }

    fn back(self) -> Result<Item> {
        let found = match (self.title_hits, self.snippet) {
            (None, None) => None,
            (Some(title), Some(snippet)) => Some(Box::new(Highlights {
                title,
                snippet: Snippet {
                    field: snippet.field,
                    text: snippet.text,
                    ranges: snippet.hits,
                    cut_before: snippet.cut_before,
                    cut_after: snippet.cut_after,
                },
            })),
            (None, Some(_)) => return Err(missing("title_hits")),
            (Some(_), None) => return Err(missing("snippet")),
        };
        let locale_used = self.locale_used.clone();
        let action = |action: ShownAction| Action {
            id: action.id,
            kind: action.kind,
            label: vec![(self.locale_used.clone(), action.label)],
            value: action.value,
        };
        let parts = TakenApart {
            given: Given {
                id: self.id,
                version: self.version,
                notify_version: self.notify_version,
                revision: self.revision,
                notify_revision: self.notify_revision,
                state: self.state,
                created_at: self.created_at,
                published_at: self.published_at,
                updated_at: self.updated_at,
                retracted_at: self.retracted_at,
            },
            retract_reason: self.retract_reason,
            draft: Draft {
                key: self.key,
                channel: self.channel,
                severity: self.severity,
                priority: self.priority,
                pinned: self.pinned,
                starts_at: Some(self.starts_at).filter(|n| *n != 0),
                ends_at: Some(self.ends_at).filter(|n| *n != 0),
                event_from: Some(self.event_from).filter(|n| *n != 0),
                event_to: Some(self.event_to).filter(|n| *n != 0),
                actions: self.actions.into_iter().map(action).collect(),
                texts: vec![Text {
                    locale: self.locale_used,
                    title: self.title,
                    summary: self.summary,
                    body: self.body,
                    format: self.format,
                }],
                default_locale: String::new(),
                audience: Audience::default(),
                display: self.display,
                dismissible: self.dismissible,
                require_ack: self.require_ack,
                quiet: self.quiet,
                show_limit: Some(self.show_limit).filter(|n| *n != 0),
                show_interval_ms: Some(self.show_interval_ms).filter(|n| *n != 0),
                category: self.category,
                tags: self.tags,
                replaces: Vec::new(),
                author: self.author,
                source: self.source,
                external_id: self.external_id,
                extras: self
                    .extras
                    .read_object()
                    .map_err(|error| error.within("extras"))?,
                extras_text: self.extras,
                ..Draft::default()
            },
        };
        let viewer = Viewer::anonymous();
        let mut item = match self.record {
            None => Item::new(Arc::new(together(parts)?), &viewer, View::Viewer),
            Some(record) => {
                let locales = record.locales();
                let chosen = locales
                    .iter()
                    .position(|one| one.as_str() == locale_used)
                    .ok_or_else(|| missing("record.texts"))?;
                let mut item = Item::new(Arc::new(*record), &viewer, View::Editor);
                item.text_index = chosen;
                item
            }
        };
        item.is_fallback = self.is_fallback;
        item.is_read = self.is_read;
        item.is_dismissed = self.is_dismissed;
        item.is_acknowledged = self.is_acknowledged;
        item.is_pending = self.is_pending;
        item.seen_count = self.seen_count;
        item.snoozed_until = self.snoozed_until;
        item.found = found;
        Ok(item)
    }
}

/// A list of placements.
impl Wire for Placement {
    fn kind() -> String {
        "[display]".to_owned()
    }

    fn write(&self) -> Value {
        self.names().collect()
    }

    fn read(value: &Value) -> Result<Self> {
        crate::model::display(value)
    }
}

/// `[byte start, byte end, character start, character end, UTF-16 start, UTF-16 end]`.
impl Wire for HitRange {
    fn kind() -> String {
        "hit".to_owned()
    }

    fn write(&self) -> Value {
        json!([
            self.bytes.start,
            self.bytes.end,
            self.chars.start,
            self.chars.end,
            self.utf16.start,
            self.utf16.end
        ])
    }

    fn read(value: &Value) -> Result<Self> {
        match Vec::<u32>::read(value)?.as_slice() {
            [from, until, first, end, unit, last] => Ok(Self {
                bytes: *from as usize..*until as usize,
                chars: *first as usize..*end as usize,
                utf16: *unit as usize..*last as usize,
            }),
            _ => {
                let (en, zh) = (
                    "[byte start, byte end, character start, character end, UTF-16 start, UTF-16 end]",
                    " [起始字节, 结束字节, 起始字符, 结束字符, 起始 UTF-16 单元, 结束 UTF-16 单元]",
                );
                Err(wrong_type("", value, en, zh))
            }
        }
    }
}

impl Packed for HitRange {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let ends = [
            &self.bytes.start,
            &self.bytes.end,
            &self.chars.start,
            &self.chars.end,
            &self.utf16.start,
            &self.utf16.end,
        ];
        // A text has at most 64 KiB.
        let ends = ends.map(|end| u32::try_from(*end).unwrap_or(u32::MAX));
        serde::Serialize::serialize(&ends, to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let [from, until, first, end, unit, last] =
            <[u32; 6] as serde::Deserialize>::deserialize(from)?;
        Ok(Self {
            bytes: from as usize..until as usize,
            chars: first as usize..end as usize,
            utf16: unit as usize..last as usize,
        })
    }
}
