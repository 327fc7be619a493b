//! Drafts and operations.

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::kept::{refuse, refuse_at_path};
use super::table::{Listed, Member, Table, packed};
use super::value::{Packed, Wire};
use super::variants::{tagged, variants};
use crate::error::Result;
use crate::model::json::object;
use crate::model::{
    Action, ActionKind, Audience, Condition, Draft, ExtrasText, Field, Format, Importance,
    Lifecycle, Operation, Operator, Patch, Placement, Reference, Severity, Stated, Text,
    draft_fields, limits,
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
        any: Vec<Vec<Condition>>,
        none: Vec<Vec<Condition>>,
    }

    Action {
        id: String,
        kind: ActionKind,
        label: Vec<(String, String)>,
        value: String,
    }
}

/// Generates the table of a draft's members, and its binary form.
macro_rules! draft {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $who:ident($by:ty) $($says:literal)?;)*) => {
        impl Listed for Draft {
            fn table() -> Table {
                let unset = Self::default();
                Table {
                    name: "draft",
                    members: vec![$(Member {
                        name: stringify!($name),
                        kind: <$type as Field>::KIND.to_owned(),
                        default: (!<$type as Field>::REQUIRED).then(|| Field::write(&unset.$name)),
                    },)*],
                }
            }
        }

        packed! { Draft { $($name: $type,)* stated: Stated, extras_text: ExtrasText, } }
    };
}

draft_fields!(draft);

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
        "audience".to_owned()
    }

    fn write(&self) -> Value {
        self.to_json()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::from_json(value)
    }
}

/// The binary form is JSON text, empty for none: few drafts repeat what the engine gave.
impl Packed for Stated {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_text())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::from_text(&String::deserialize(from)?).map_err(refuse_at_path)
    }
}

/// How extras are written. As a member it is the object itself, which JSON cannot keep as it is written.
impl Wire for ExtrasText {
    fn kind() -> String {
        "object".to_owned()
    }

    fn write(&self) -> Value {
        Value::Object(self.read_object().unwrap_or_default())
    }

    fn read(value: &Value) -> Result<Self> {
        let extras = object("", value)?;
        Ok(match extras.is_empty() {
            true => Self::default(),
            false => Self::new(&value.to_string()),
        })
    }
}

impl Packed for ExtrasText {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self::new(&text))
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

/// The binary form of a set is the sum of its bits.
impl Packed for Placement {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_u32(self.bits())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::from_bits(u32::deserialize(from)?).map_err(refuse)
    }
}

/// The binary form has an id, which is 0 when the key after it is meant.
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

/// The binary form of a patch is its JSON text, because most fields are usually absent.
impl Packed for Patch {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_json().to_string())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let json = String::deserialize(from)?;
        Self::from_json(json.as_bytes()).map_err(refuse_at_path)
    }
}

impl Wire for Patch {
    const BEGINS_PATHS: bool = true;

    fn kind() -> String {
        "patch".to_owned()
    }

    fn write(&self) -> Value {
        self.to_json()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::from_value(value)
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
                patch: Box<Patch>,
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
            Release 6 "release" {
                id: i64,
                if_version: Option<u32> = None,
            }
        }
    }
}

/// An operation in a list is an object with one member, its name. Paths include the name.
impl Wire for Operation {
    fn kind() -> String {
        "operation".to_owned()
    }

    fn write(&self) -> Value {
        tagged(self.name(), self.arguments())
    }

    fn read(value: &Value) -> Result<Self> {
        Self::from_value(value)
    }
}
