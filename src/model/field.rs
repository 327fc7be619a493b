//! Types of a draft's fields: their JSON, and their bytes in a fingerprint.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::calendar::WrittenTime;
use super::condition::Condition;
use super::draft::Text;
use super::field_bytes::FieldBytes;
use super::fields::{Action, ActionKind, Format, Importance, Placement, Reference, Severity};
use super::json::{boolean, each, integer, object, str, text, unknown, wrong_type};
use crate::error::{Bilingual, Error, Result};

/// A type of a draft's field.
pub(crate) trait Field: Sized {
    /// The type as docs/json.md names it.
    const KIND: &'static str;
    /// Whether the field is required: every valid draft has a value, which JSON always includes.
    const REQUIRED: bool = false;

    /// Reads the field `name`.
    ///
    /// # Errors
    /// `invalid_field` with a path that begins with `name`.
    fn read(name: &str, value: &Value) -> Result<Self>;

    /// Writes the field in the form that [`read`](Self::read) reads.
    fn write(&self) -> Value;

    /// Passes the field's bytes to a fingerprint. They must never change, because stored fingerprints depend
    /// on them.
    fn digest<S: FnMut(&[u8])>(&self, out: &mut FieldBytes<S>);
}

/// Implements types of fields, each with its name in docs/json.md, its reader, its writer and its digest.
macro_rules! fields {
    ($($type:ty, $kind:literal $(required $required:literal)?: $read:expr, $write:expr, $digest:expr;)*) => {$(
        impl Field for $type {
            const KIND: &'static str = $kind;
            $(const REQUIRED: bool = $required;)?

            fn read(name: &str, value: &Value) -> Result<Self> {
                let read: fn(&str, &Value) -> Result<Self> = $read;
                read(name, value)
            }

            fn write(&self) -> Value {
                let write: fn(&Self) -> Value = $write;
                write(self)
            }

            fn digest<S: FnMut(&[u8])>(&self, out: &mut FieldBytes<S>) {
                let digest: fn(&Self, &mut FieldBytes<S>) = $digest;
                digest(self, out);
            }
        }
    )*};
}

fields! {
    String, "text":
        text,
        |value| value.as_str().into(),
        |value, out| { out.text(value); };
    bool, "boolean":
        boolean,
        |value| (*value).into(),
        |value, out| { out.flag(*value); };
    i32, "i32":
        integer,
        |value| (*value).into(),
        |value, out| { out.number((*value).into()); };
    // An optional number, for which JSON also accepts 0.
    Option<u32>, "u32":
        |name, value| Ok(Some(integer(name, value)?).filter(|number| *number != 0)),
        |value| value.unwrap_or_default().into(),
        |value, out| { out.time(value.map(i64::from)); };
    // An optional time, for which JSON also accepts 0.
    Option<i64>, "time":
        |name, value| Ok(Some(time(name, value)?).filter(|time| *time != 0)),
        |value| value.unwrap_or_default().into(),
        |value, out| { out.time(*value); };
    Severity, "severity":
        |name, value| Severity::from_name(str(name, value)?),
        |value| value.name().into(),
        |value, out| { out.number(value.code().into()); };
    Option<Importance>, "change?":
        |name, value| Importance::from_name(str(name, value)?).map(Some),
        |value| value.map(Importance::name).into(),
        |value, out| { out.option(*value, |out, change| { out.number(change.code().into()); }); };
    Placement, "[display]":
        |name, value| display(value).map_err(|error| error.within(name)),
        |value| value.names().collect(),
        |value, out| { out.number(value.bits().into()); };
    Vec<Text>, "texts" required true: texts, |value| texts_json(value), |value, out| digest_texts(value, out);
    Audience, "audience":
        |name, value| Audience::from_json(value).map_err(|error| error.within(name)),
        Audience::to_json,
        digest_audience;
    Vec<Action>, "[action]":
        |name, value| each(name, value, action),
        |value| value.iter().map(action_json).collect(),
        |value, out| digest_actions(value, out);
    Vec<Reference>, "[reference]":
        |name, value| each(name, value, reference),
        |value| value.iter().map(reference_json).collect(),
        |value, out| digest_references(value, out);
    Vec<String>, "[text]":
        |name, value| each(name, value, |tag| text("", tag)),
        |value| value.clone().into(),
        |value, out| { out.texts(value); };
    Map<String, Value>, "object":
        |name, value| object(name, value).cloned(),
        |value| Value::Object(value.clone()),
        // Compact JSON, with members in the order of the input.
        |value, out| { out.text(&Value::Object(value.clone()).to_string()); };
}

fn digest_texts<S: FnMut(&[u8])>(texts: &[Text], out: &mut FieldBytes<S>) {
    out.list(texts, |out, text| {
        out.text(&text.locale).text(&text.title);
        out.text(&text.summary).text(&text.body);
        out.number(text.format.code().into());
    });
}

fn digest_audience<S: FnMut(&[u8])>(audience: &Audience, out: &mut FieldBytes<S>) {
    digest_conditions(&audience.conditions, out);
    // An audience without lists keeps the fingerprint that it had before there were any.
    if !audience.any.is_empty() || !audience.none.is_empty() {
        out.list(&audience.any, |out, list| digest_conditions(list, out));
        out.list(&audience.none, |out, list| digest_conditions(list, out));
    }
}

fn digest_conditions<S: FnMut(&[u8])>(conditions: &[Condition], out: &mut FieldBytes<S>) {
    out.list(conditions, |out, condition| {
        out.text(&condition.attribute)
            .text(condition.operator.name());
        out.texts(&condition.values);
    });
}

fn digest_actions<S: FnMut(&[u8])>(actions: &[Action], out: &mut FieldBytes<S>) {
    out.list(actions, |out, action| {
        out.text(&action.id).number(action.kind.code().into());
        out.list(&action.label, |out, (locale, label)| {
            out.text(locale).text(label);
        });
        out.text(&action.value);
    });
}

fn digest_references<S: FnMut(&[u8])>(references: &[Reference], out: &mut FieldBytes<S>) {
    out.list(references, |out, reference| {
        match reference {
            Reference::Id(id) => out.byte(0).number(*id),
            Reference::Key(key) => out.byte(1).text(key),
        };
    });
}
fn texts_json(texts: &[Text]) -> Value {
    let mut members_by_locale = Map::new();
    for text in texts {
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
        members_by_locale.insert(text.locale.clone(), Value::Object(members));
    }
    Value::Object(members_by_locale)
}

fn texts(path: &str, value: &Value) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for (locale, value) in object(path, value)? {
        let path = format!("{path}.{locale}");
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

/// Reads a set of placements from a list of their names.
pub(crate) fn display(value: &Value) -> Result<Placement> {
    let places = each("", value, |v| {
        Placement::from_name(str("", v)?).map_err(unnamed)
    })?;
    Ok(places
        .into_iter()
        .fold(Placement::NONE, |set, place| set | place))
}

/// Removes the path of an error, because `each` sets the path to the index.
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

/// Reads a time: an integer, or RFC 3339 text with an offset.
fn time(path: &str, value: &Value) -> Result<i64> {
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
