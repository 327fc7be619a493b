//! Drafts as JSON: a JSON object with the writable fields of an announcement.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::{Draft, Text};
use super::fields::{Action, ActionKind, Format, Importance, Placement, Reference, Severity};
use super::json::{boolean, each, integer, object, parse, str, text, unknown, wrong_type};
use super::limits;
use crate::error::{Bilingual, Error, Result};
use crate::model::WrittenTime;

/// Members that an announcement has and a draft has not.
const GIVEN: [&str; 11] = [
    "id",
    "version",
    "notify_version",
    "revision",
    "notify_revision",
    "state",
    "created_at",
    "published_at",
    "updated_at",
    "retracted_at",
    "retract_reason",
];

impl Draft {
    /// Reads a draft from a JSON object. `null` is the same as a member that is not there.
    ///
    /// Times are integers, Unix milliseconds, or RFC 3339 text with an offset.
    ///
    /// ```
    /// use notice::Draft;
    /// let draft = Draft::from_json(r#"{
    ///     "key": "maintenance/june", "severity": "warning",
    ///     "starts_at": "2026-06-18T20:00:00+08:00",
    ///     "texts": {"zh-CN": {"title": "今晚停机维护"}}
    /// }"#.as_bytes())?;
    /// assert_eq!(draft.starts_at, Some(1_781_784_000_000));
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_field` with the path of what is refused: a syntax error, an unknown or repeated
    /// member, a value of another type. Limits are checked by [`validate`](Self::validate).
    pub fn from_json(json: &[u8]) -> Result<Self> {
        Self::from_value(&parse(json)?)
    }

    /// Reads one draft, or several from a JSON list.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json); the path of a draft in a list begins with its place, `[3]`.
    /// `too_large` for more than 10 000 drafts.
    pub fn batch_from_json(json: &[u8]) -> Result<Vec<Self>> {
        match parse(json)? {
            Value::Array(list) => {
                if list.len() > limits::BATCH {
                    let unit = Bilingual::new("entries", "项");
                    let (actual, limit) = (list.len() as u64, limits::BATCH as u64);
                    return Err(Error::too_large("json", actual, limit, &unit));
                }
                let read = |(i, v): (usize, &Value)| {
                    Self::from_value(v).map_err(|e| e.within(&format!("[{i}]")))
                };
                list.iter().enumerate().map(read).collect()
            }
            value => Ok(vec![Self::from_value(&value)?]),
        }
    }

    /// Reads a draft from a JSON value that has been parsed already.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(value: &Value) -> Result<Self> {
        let mut draft = Self::default();
        for (name, value) in object("", value)? {
            if !value.is_null() {
                draft.set(name, value)?;
            }
        }
        Ok(draft)
    }

    /// Sets the application's own data from the text of a JSON object; empty text is none.
    ///
    /// # Errors
    /// `invalid_field` for what is no JSON object, with a path that begins with `extras`.
    pub fn extras_json(mut self, json: &[u8]) -> Result<Self> {
        self.extras = Map::new();
        if !json.is_empty() {
            let value = parse(json).map_err(|error| match error.path() {
                Some("json") => error.at_path("extras"),
                _ => error.within("extras"),
            })?;
            self.extras = object("extras", &value)?.clone();
        }
        Ok(self)
    }

    /// Sets one field from its JSON value.
    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        match name {
            "key" => self.key = text(name, value)?,
            "channel" => self.channel = text(name, value)?,
            "severity" => self.severity = Severity::from_name(str(name, value)?)?,
            "priority" => self.priority = integer(name, value)?,
            "pinned" => self.pinned = boolean(name, value)?,
            "starts_at" => self.starts_at = set_time(name, value)?,
            "ends_at" => self.ends_at = set_time(name, value)?,
            "event_from" => self.event_from = set_time(name, value)?,
            "event_to" => self.event_to = set_time(name, value)?,
            "texts" => self.texts = texts(value)?,
            "default_locale" => self.default_locale = text(name, value)?,
            "audience" => {
                self.audience = Audience::from_json(value).map_err(|e| e.within("audience"))?;
            }
            "display" => self.display = display(value).map_err(|e| e.within(name))?,
            "dismissible" => self.dismissible = boolean(name, value)?,
            "require_ack" => self.require_ack = boolean(name, value)?,
            "show_limit" => self.show_limit = Some(integer(name, value)?).filter(|n| *n != 0),
            "show_interval_ms" => {
                self.show_interval_ms = Some(integer(name, value)?).filter(|n| *n != 0)
            }
            "actions" => self.actions = each(name, value, action)?,
            "category" => self.category = text(name, value)?,
            "tags" => self.tags = each(name, value, |v| text("", v))?,
            "replaces" => self.replaces = each(name, value, reference)?,
            "author" => self.author = text(name, value)?,
            "source" => self.source = text(name, value)?,
            "external_id" => self.external_id = text(name, value)?,
            "extras" => self.extras = object(name, value)?.clone(),
            "change" => self.change = Some(Importance::from_name(str(name, value)?)?),
            "idempotency_key" => self.idempotency_key = text(name, value)?,
            given if GIVEN.contains(&given) => {
                let reason = Bilingual::new("read-only: set by the engine", "只读字段，由引擎填写");
                return Err(Error::invalid(name, &value.to_string(), reason));
            }
            _ => return Err(unknown(name, value)),
        }
        Ok(())
    }

    /// The draft as a JSON object. Fields at their default are left out; times are integers.
    pub fn to_json(&self) -> Value {
        let unset = Self::default();
        let mut map = Map::new();
        let mut put = |name: &str, value: Value, is_set: bool| {
            if is_set {
                map.insert(name.to_owned(), value);
            }
        };
        put("key", self.key.as_str().into(), !self.key.is_empty());
        put(
            "channel",
            self.channel.as_str().into(),
            !self.channel.is_empty(),
        );
        put(
            "severity",
            self.severity.name().into(),
            self.severity != unset.severity,
        );
        put("priority", self.priority.into(), self.priority != 0);
        put("pinned", self.pinned.into(), self.pinned);
        put("starts_at", self.starts_at.into(), self.starts_at.is_some());
        put("ends_at", self.ends_at.into(), self.ends_at.is_some());
        put(
            "event_from",
            self.event_from.into(),
            self.event_from.is_some(),
        );
        put("event_to", self.event_to.into(), self.event_to.is_some());
        put("texts", self.texts_json(), true);
        put(
            "default_locale",
            self.default_locale.as_str().into(),
            !self.default_locale.is_empty(),
        );
        put(
            "audience",
            self.audience.to_json(),
            !self.audience.conditions.is_empty(),
        );
        let places: Vec<&str> = self.display.names().collect();
        put("display", places.into(), self.display != unset.display);
        put("dismissible", self.dismissible.into(), !self.dismissible);
        put("require_ack", self.require_ack.into(), self.require_ack);
        put(
            "show_limit",
            self.show_limit.into(),
            self.show_limit.is_some(),
        );
        put(
            "show_interval_ms",
            self.show_interval_ms.into(),
            self.show_interval_ms.is_some(),
        );
        let actions: Vec<Value> = self.actions.iter().map(action_json).collect();
        put("actions", actions.into(), !self.actions.is_empty());
        put(
            "category",
            self.category.as_str().into(),
            !self.category.is_empty(),
        );
        put("tags", self.tags.clone().into(), !self.tags.is_empty());
        let replaces: Vec<Value> = self.replaces.iter().map(reference_json).collect();
        put("replaces", replaces.into(), !self.replaces.is_empty());
        put(
            "author",
            self.author.as_str().into(),
            !self.author.is_empty(),
        );
        put(
            "source",
            self.source.as_str().into(),
            !self.source.is_empty(),
        );
        put(
            "external_id",
            self.external_id.as_str().into(),
            !self.external_id.is_empty(),
        );
        put(
            "extras",
            Value::Object(self.extras.clone()),
            !self.extras.is_empty(),
        );
        put(
            "change",
            self.change.map(Importance::name).into(),
            self.change.is_some(),
        );
        let key = self.idempotency_key.as_str();
        put("idempotency_key", key.into(), !key.is_empty());
        Value::Object(map)
    }

    fn texts_json(&self) -> Value {
        let mut texts = Map::new();
        for text in &self.texts {
            let mut members = Map::new();
            members.insert("title".to_owned(), text.title.as_str().into());
            for (name, value) in [("summary", &text.summary), ("body", &text.body)] {
                if !value.is_empty() {
                    members.insert(name.to_owned(), value.as_str().into());
                }
            }
            if text.format != Format::Text {
                members.insert("format".to_owned(), text.format.name().into());
            }
            texts.insert(text.locale.clone(), Value::Object(members));
        }
        Value::Object(texts)
    }
}

fn texts(value: &Value) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for (locale, value) in object("texts", value)? {
        let path = format!("texts.{locale}");
        texts.push(one_text(locale, value).map_err(|e| e.within(&path))?);
    }
    Ok(texts)
}

fn one_text(locale: &str, value: &Value) -> Result<Text> {
    let mut result = Text::new(locale, "");
    for (name, value) in object("", value)? {
        match name.as_str() {
            _ if value.is_null() => {}
            "title" => result.title = text(name, value)?,
            "summary" => result.summary = text(name, value)?,
            "body" => result.body = text(name, value)?,
            "format" => result.format = Format::from_name(str(name, value)?)?,
            _ => return Err(unknown(name, value)),
        }
    }
    Ok(result)
}

/// A set of places from the list of their names.
pub(crate) fn display(value: &Value) -> Result<Placement> {
    let places = each("", value, |v| {
        Placement::from_name(str("", v)?).map_err(unnamed)
    })?;
    Ok(places
        .into_iter()
        .fold(Placement::NONE, |set, place| set | place))
}

/// The error without its own path, for one that `each` names by its place.
fn unnamed(error: Error) -> Error {
    error.at_path("")
}

fn action(value: &Value) -> Result<Action> {
    let mut result = Action {
        id: String::new(),
        kind: ActionKind::Custom,
        label: Vec::new(),
        value: String::new(),
    };
    let mut has_kind = false;
    for (name, value) in object("", value)? {
        match name.as_str() {
            _ if value.is_null() => {}
            "id" => result.id = text(name, value)?,
            "kind" => {
                result.kind = ActionKind::from_name(str(name, value)?)?;
                has_kind = true;
            }
            "label" => {
                for (locale, label) in object(name, value)? {
                    result
                        .label
                        .push((locale.clone(), text(&format!("label.{locale}"), label)?));
                }
            }
            "value" => result.value = text(name, value)?,
            _ => return Err(unknown(name, value)),
        }
    }
    if !has_kind {
        let reason = Bilingual::new(
            "must be one of url copy custom",
            "必须是以下之一：url copy custom",
        );
        return Err(Error::invalid("kind", "", reason));
    }
    Ok(result)
}

fn action_json(action: &Action) -> Value {
    let label: Map<String, Value> = action
        .label
        .iter()
        .map(|(locale, text)| (locale.clone(), text.as_str().into()))
        .collect();
    serde_json::json!({
        "id": action.id, "kind": action.kind.name(), "label": label, "value": action.value,
    })
}

fn reference(value: &Value) -> Result<Reference> {
    match value {
        Value::String(key) => Ok(Reference::Key(key.clone())),
        Value::Number(_) => Ok(Reference::Id(integer("", value)?)),
        _ => Err(wrong_type("", value, "an id or a key", "编号或 key")),
    }
}

fn reference_json(reference: &Reference) -> Value {
    match reference {
        Reference::Id(id) => (*id).into(),
        Reference::Key(key) => key.as_str().into(),
    }
}

/// A time that may be left open, for which JSON also has 0.
pub(crate) fn set_time(path: &str, value: &Value) -> Result<Option<i64>> {
    Ok(Some(time(path, value)?).filter(|time| *time != 0))
}

/// A time: an integer, or RFC 3339 with an offset.
pub(crate) fn time(path: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Number(_) => integer(path, value),
        Value::String(text) => WrittenTime::parse(text)
            .and_then(WrittenTime::instant)
            .ok_or_else(|| {
                let reason = Bilingual::new(
                    "must be a date and time with an offset, such as 2026-06-18T20:00:00+08:00",
                    "必须是带时区偏移的日期时间，例如 2026-06-18T20:00:00+08:00",
                );
                Error::invalid(path, text, reason)
            }),
        _ => Err(wrong_type(path, value, "a time", "时间")),
    }
}
