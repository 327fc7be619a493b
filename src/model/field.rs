//! Types of a draft's fields, and their JSON.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::Text;
use super::fields::{
    Action, ActionKind, Format, Importance, Lifecycle, Placement, Reference, Severity,
};
use super::json::{boolean, each, integer, object, str, text, unknown, wrong_type};
use super::times::time;
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
}

/// Implements types of fields, each with its name in docs/json.md, its reader and its writer.
macro_rules! fields {
    ($($type:ty, $kind:literal $(required $required:literal)?: $read:expr, $write:expr;)*) => {$(
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
        }
    )*};
}

fields! {
    String, "text":
        text,
        |value| value.as_str().into();
    bool, "boolean":
        boolean,
        |value| (*value).into();
    i32, "i32":
        integer,
        |value| (*value).into();
    // An optional number, for which JSON also accepts 0.
    Option<u32>, "u32":
        |name, value| Ok(Some(integer(name, value)?).filter(|number| *number != 0)),
        |value| value.unwrap_or_default().into();
    // An optional time, for which JSON also accepts 0.
    Option<i64>, "time":
        |name, value| Ok(Some(time(name, value)?).filter(|time| *time != 0)),
        |value| value.unwrap_or_default().into();
    Severity, "severity":
        |name, value| Severity::from_name(str(name, value)?),
        |value| value.name().into();
    Option<Importance>, "change?":
        |name, value| Importance::from_name(str(name, value)?).map(Some),
        |value| value.map(Importance::name).into();
    Option<Lifecycle>, "state?":
        |name, value| Lifecycle::from_name(str(name, value)?).map(Some),
        |value| value.map(Lifecycle::name).into();
    Placement, "[display]":
        |name, value| display(value).map_err(|error| error.within(name)),
        |value| value.names().collect();
    Vec<Text>, "texts" required true: texts, |value| texts_json(value);
    Audience, "audience":
        |name, value| Audience::from_json(value).map_err(|error| error.within(name)),
        Audience::to_json;
    Vec<Action>, "[action]":
        |name, value| each(name, value, action),
        |value| value.iter().map(action_json).collect();
    Vec<Reference>, "[reference]":
        |name, value| each(name, value, reference),
        |value| value.iter().map(reference_json).collect();
    Vec<String>, "[text]":
        |name, value| each(name, value, |tag| text("", tag)),
        |value| value.clone().into();
    Map<String, Value>, "object":
        |name, value| object(name, value).cloned(),
        |value| Value::Object(value.clone());
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
            "title" | "summary" | "body" | "format" if value.is_null() => {}
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
            "id" | "kind" | "label" | "value" if value.is_null() => {}
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
