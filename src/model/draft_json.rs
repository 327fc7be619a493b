//! Drafts as JSON: a JSON object with the writable fields of an announcement.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::{Draft, Text};
use super::draft_fields::draft_fields;
use super::extras_text::ExtrasText;
use super::field::Field;
use super::fields::{Action, Importance, Lifecycle, Placement, Reference, Severity};
use super::json::{object, parse, parse_data, text_of, unknown};
use super::limits;
use super::raw_json::elements;
use crate::error::{Bilingual, Error, Result};

impl Draft {
    /// Reads a draft from a JSON object. A member that is `null` is the same as an absent one.
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
    /// `invalid_field` with a path for a syntax error, an unknown or duplicate member, or a value of another
    /// type. What the engine gives, such as `id` and `version`, may be there: publishing refuses it when it
    /// is not so. [`validate`](Self::validate) checks the limits.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let mut draft = Self::from_value(&parse(json)?)?;
        draft.keep_extras_text(text_of(json));
        Ok(draft)
    }

    /// Reads one draft, or several from a JSON list.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json); the path of a draft in a list begins with its index, such as `[3]`.
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
                let mut drafts: Vec<Self> =
                    list.iter().enumerate().map(read).collect::<Result<_>>()?;
                let texts = elements(text_of(json));
                for (draft, text) in drafts.iter_mut().zip(texts) {
                    draft.keep_extras_text(text);
                }
                Ok(drafts)
            }
            value => {
                let mut draft = Self::from_value(&value)?;
                draft.keep_extras_text(text_of(json));
                Ok(vec![draft])
            }
        }
    }

    /// Reads a draft from a parsed JSON value.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(value: &Value) -> Result<Self> {
        let mut draft = Self::default();
        for (name, value) in object("", value)? {
            if !draft.read(name, value)? {
                return Err(unknown(name, value));
            }
        }
        Ok(draft)
    }

    /// Keeps how the extras are written in the JSON of the draft.
    pub(crate) fn keep_extras_text(&mut self, json: &str) {
        if !self.extras.is_empty() {
            self.extras_text = ExtrasText::in_draft(json, &self.extras);
        }
    }

    /// Reads a member. Returns whether a draft has one of this name.
    pub(super) fn read(&mut self, name: &str, value: &Value) -> Result<bool> {
        Ok(self.set(name, value)? || self.stated.read(name, value)?)
    }

    /// Sets the application's own data from the text of a JSON object; empty text removes it.
    ///
    /// # Errors
    /// `invalid_field` for anything but a JSON object, with a path that begins with `extras`.
    pub fn extras_json(mut self, json: &[u8]) -> Result<Self> {
        self.extras = Map::new();
        self.extras_text = ExtrasText::default();
        if !json.is_empty() {
            let value = parse_data(json).map_err(|error| match error.path() {
                Some("json") => error.at_path("extras"),
                _ => error.within("extras"),
            })?;
            self.extras = object("extras", &value)?.clone();
            self.extras_text = ExtrasText::written(text_of(json).trim(), &self.extras);
        }
        Ok(self)
    }
}

/// Generates the functions that read and write the fields.
macro_rules! json {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $who:ident($by:ty) $($says:literal)?;)*) => {
        impl Draft {
            /// Sets one field from its JSON value; `null` leaves it as it is. Returns whether there is such
            /// a field.
            fn set(&mut self, name: &str, value: &Value) -> Result<bool> {
                match name {
                    $(stringify!($name) if value.is_null() => {}
                    stringify!($name) => self.$name = <$type as Field>::read(name, value)?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            /// Returns the draft as a JSON object. Fields at their default are omitted; times are integers.
            pub fn to_json(&self) -> Value {
                let unset = Self::default();
                let mut map = Map::new();
                $(if <$type as Field>::REQUIRED || self.$name != unset.$name {
                    map.insert(stringify!($name).to_owned(), self.$name.write());
                })*
                self.stated.write(&mut map);
                Value::Object(map)
            }
        }
    };
}

draft_fields!(json);
