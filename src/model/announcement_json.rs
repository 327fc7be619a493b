//! Announcements as JSON: the writable fields as a draft has them, and those that the engine gives.

use serde_json::{Map, Value};

use super::announcement::{Announcement, Given};
use super::draft::Draft;
use super::fields::Lifecycle;
use super::json::wrong_type;
use super::raw_json::member;
use super::times::check_time;
use super::validate::check_reason;
use crate::error::Result;

/// The parts that an announcement is put together from.
pub(crate) struct TakenApart {
    pub(crate) draft: Draft,
    pub(crate) given: Given,
    pub(crate) retract_reason: String,
}

impl Announcement {
    /// The whole announcement as a JSON object, for an editor. Times are integers, Unix milliseconds.
    ///
    /// The fields that the engine gives come first, then the fields of [`Draft`](crate::Draft); those
    /// at their default are left out.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let given: [(&str, Value); 9] = [
            ("id", self.id().into()),
            ("version", self.version().into()),
            ("notify_version", self.notify_version().into()),
            ("revision", self.revision().into()),
            ("notify_revision", self.notify_revision().into()),
            ("state", self.state().name().into()),
            ("created_at", self.created_at().into()),
            ("published_at", self.published_at().into()),
            ("updated_at", self.updated_at().into()),
        ];
        map.extend(given.map(|(name, value)| (name.to_owned(), value)));
        if self.state() == Lifecycle::Retracted {
            map.insert("retracted_at".to_owned(), self.given().retracted_at.into());
            map.insert("retract_reason".to_owned(), self.retract_reason().into());
        }
        if let Some(renewed_at) = self.renewed_at() {
            map.insert("renewed_at".to_owned(), renewed_at.into());
        }
        if let Value::Object(fields) = self.to_draft().to_json() {
            map.extend(fields);
        }
        Value::Object(map)
    }

    /// Returns several announcements as the text of a JSON list of such objects.
    pub fn list_to_json_text(list: &[Self]) -> String {
        let each: Vec<String> = list.iter().map(Self::to_json_text).collect();
        format!("[{}]", each.join(","))
    }

    /// Returns the text of [`to_json`](Self::to_json), in which the extras are as they were published, byte
    /// for byte.
    pub fn to_json_text(&self) -> String {
        let mut json = self.to_json().to_string();
        if let Some(written) = member(&json, "extras") {
            // A part of `json`, so that it lies inside it.
            let start = written.as_ptr().addr() - json.as_ptr().addr();
            let range = start..start + written.len();
            json.replace_range(range, self.extras_json());
        }
        json
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// As of a draft, and `invalid_field` for a field that the engine gives.
    pub(crate) fn take_apart(mut fields: Map<String, Value>) -> Result<TakenApart> {
        let mut take = |name: &str| fields.shift_remove(name).unwrap_or(Value::Null);
        let count = |name: &str, value: Value| -> Result<i64> {
            let number = value.as_i64().filter(|number| *number >= 1);
            number.ok_or_else(|| wrong_type(name, &value, "an integer from 1 on", "正整数"))
        };
        let version = |name: &str, value: Value| -> Result<u32> {
            let number = count(name, value)?;
            u32::try_from(number).map_err(|_| wrong_type(name, &number.into(), "a version", "版本"))
        };
        let time = |name: &str, value: Value| -> Result<i64> {
            let time = value
                .as_i64()
                .ok_or_else(|| wrong_type(name, &value, "a time", "时间"))?;
            check_time(name, time)?;
            Ok(time)
        };
        let state = match take("state") {
            Value::String(name) => Lifecycle::from_name(&name)?,
            other => return Err(wrong_type("state", &other, "a text", "文本")),
        };
        let (mut retracted_at, mut retract_reason) = (0, String::new());
        if state == Lifecycle::Retracted {
            retracted_at = time("retracted_at", take("retracted_at"))?;
            retract_reason = match take("retract_reason") {
                Value::String(reason) => reason,
                other => return Err(wrong_type("retract_reason", &other, "a text", "文本")),
            };
            check_reason(&retract_reason)?;
        } else if let renewed @ Value::Number(_) = take("renewed_at") {
            retracted_at = time("renewed_at", renewed)?;
        }
        let given = Given {
            id: count("id", take("id"))?,
            version: version("version", take("version"))?,
            notify_version: version("notify_version", take("notify_version"))?,
            revision: count("revision", take("revision"))?,
            notify_revision: count("notify_revision", take("notify_revision"))?,
            state,
            created_at: time("created_at", take("created_at"))?,
            published_at: time("published_at", take("published_at"))?,
            updated_at: time("updated_at", take("updated_at"))?,
            retracted_at,
        };
        let mut draft = Draft::from_value(&Value::Object(fields))?;
        match state {
            Lifecycle::Draft => draft.state = Some(state),
            // A start in the year 9999 reads as none, and is then that of the publishing.
            _ => draft.starts_at = draft.starts_at.or(Some(given.published_at)),
        }
        Ok(TakenApart {
            draft,
            given,
            retract_reason,
        })
    }
}
