//! What is written: drafts and operations.

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::table::{listed, packed};
use super::value::{Packed, Wire};
use super::variants::{single, tagged, variants};
use crate::error::Result;
use crate::model::{
    Action, ActionKind, Audience, Condition, Draft, Format, Importance, Operation, Operator,
    Placement, Reference, Severity, Text, limits,
};

packed! {
    Text {
        locale: String,
        title: String,
        summary: String,
        body: String,
        format: Format,
    }

    Condition {
        attribute: String,
        operator: Operator,
        values: Vec<String>,
    }

    Audience {
        conditions: Vec<Condition>,
    }

    Action {
        id: String,
        kind: ActionKind,
        label: Vec<(String, String)>,
        value: String,
    }
}

listed! {
    Draft as "draft" {
        key: String as "text" = "",
        channel: String as "text" = "",
        severity: Severity as "severity" = "info",
        priority: i32 as "i32" = 0,
        pinned: bool as "boolean" = false,
        starts_at: Option<i64> as "time" = 0,
        ends_at: Option<i64> as "time" = 0,
        event_from: Option<i64> as "time" = 0,
        event_to: Option<i64> as "time" = 0,
        texts: Vec<Text> as "texts",
        default_locale: String as "text" = "",
        audience: Audience as "[condition]" = [],
        display: Placement as "[display]" = ["list"],
        dismissible: bool as "boolean" = true,
        require_ack: bool as "boolean" = false,
        show_limit: Option<u32> as "u32" = 0,
        show_interval_ms: Option<u32> as "u32" = 0,
        actions: Vec<Action> as "[action]" = [],
        category: String as "text" = "",
        tags: Vec<String> as "[text]" = [],
        replaces: Vec<Reference> as "[reference]" = [],
        author: String as "text" = "",
        source: String as "text" = "",
        external_id: String as "text" = "",
        extras: Map<String, Value> as "object" = {},
        change: Option<Importance> as "change?" = null,
        idempotency_key: String as "text" = "",
    }
}

impl Wire for Draft {
    fn kind() -> String {
        "draft".to_owned()
    }

    fn write(&self) -> Value {
        self.to_json()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::from_value(value)
    }
}

impl Wire for Audience {
    fn kind() -> String {
        "[condition]".to_owned()
    }

    fn write(&self) -> Value {
        self.to_json()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::from_json(value)
    }
}

/// A label and its locale.
impl Packed for (String, String) {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.serialize(to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

/// In binary a set is the sum of its bits.
impl Packed for Placement {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_u32(self.bits())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::from_bits(u32::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// In binary an id comes first, 0 where the key behind it is meant.
impl Packed for Reference {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Id(id) => (false, *id, "").serialize(to),
            Self::Key(key) => (true, 0_i64, key.as_str()).serialize(to),
        }
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let (has_key, id, key) = <(bool, i64, String)>::deserialize(from)?;
        match (has_key, id, key.is_empty()) {
            (true, 0, _) => Ok(Self::Key(key)),
            (false, id, true) => Ok(Self::Id(id)),
            _ => Err(D::Error::custom("an id or a key, not both")),
        }
    }
}

/// A patch is an object of its own making, so that in binary it is its JSON text.
impl Packed for Value {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_string())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let json = String::deserialize(from)?;
        crate::model::json::parse(json.as_bytes()).map_err(D::Error::custom)
    }
}

impl Wire for Value {
    fn kind() -> String {
        "patch".to_owned()
    }

    fn write(&self) -> Value {
        self.clone()
    }

    fn read(value: &Value) -> Result<Self> {
        Ok(value.clone())
    }
}

variants! {
    Operation at most limits::BATCH {
        values {
            Publish 1 "publish": Arc<Draft>,
        }
        objects {
            Update 2 "update" {
                id: i64,
                patch: Value,
                if_version: Option<u32> = None,
                change: Option<Importance> = None,
            }
            Retract 3 "retract" {
                id: i64,
                reason: String = String::new(),
                if_version: Option<u32> = None,
            }
            Restore 4 "restore" {
                id: i64,
                if_version: Option<u32> = None,
            }
            Purge 5 "purge" {
                id: i64,
            }
        }
    }
}

/// In a list an operation is an object with its name; paths tell the name.
impl Wire for Operation {
    fn kind() -> String {
        "operation".to_owned()
    }

    fn write(&self) -> Value {
        tagged(self.name(), self.arguments())
    }

    fn read(value: &Value) -> Result<Self> {
        let (name, value) = single(value, Self::NAMES)?;
        Self::read_as(name, value).map_err(|error| error.within(name))
    }
}
