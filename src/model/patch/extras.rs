//! Patches of the application's own data.

use serde_json::{Map, Value};

use super::{FieldPatch, Patch};
use crate::error::Result;
use crate::model::json::object;

/// Change of the extras.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum ExtrasPatch {
    /// No change.
    #[default]
    Keep,
    /// Removal of all extras.
    Clear,
    /// A JSON merge patch.
    Merge(Map<String, Value>),
}

impl FieldPatch<Map<String, Value>> for ExtrasPatch {
    fn read(name: &str, value: &Value, _: Map<String, Value>) -> Result<Self> {
        match value {
            Value::Null => Ok(Self::Clear),
            value => object(name, value).cloned().map(Self::Merge),
        }
    }

    fn write(&self, _: &Map<String, Value>) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Value::Null),
            Self::Merge(members) => Some(Value::Object(members.clone())),
        }
    }

    fn apply(&self, extras: &mut Map<String, Value>) {
        match self {
            Self::Keep => {}
            Self::Clear => extras.clear(),
            Self::Merge(members) => merge(extras, members),
        }
    }
}

impl Patch {
    /// Changes one member of the extras by RFC 7396: `null` removes it, and an object is merged into the
    /// existing one.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut members = match self.extras {
            ExtrasPatch::Merge(members) => members,
            ExtrasPatch::Keep | ExtrasPatch::Clear => Map::new(),
        };
        members.insert(name.into(), value.into());
        self.extras = ExtrasPatch::Merge(members);
        self
    }

    /// Removes all extras, and replaces any earlier change of them in this patch.
    #[must_use]
    pub fn clear_extras(mut self) -> Self {
        self.extras = ExtrasPatch::Clear;
        self
    }
}

/// Merges two objects by RFC 7396, section 2.
fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.shift_remove(name);
            }
            Value::Object(patch) => {
                let inner = target.entry(name.as_str()).or_insert(Value::Null);
                let mut members = match inner.take() {
                    Value::Object(members) => members,
                    _ => Map::new(),
                };
                merge(&mut members, patch);
                *inner = Value::Object(members);
            }
            value => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}
