//! Patches of the audience.

use serde_json::{Map, Value};

use super::{FieldPatch, Patch};
use crate::error::Result;
use crate::model::audience::Audience;
use crate::model::condition::Condition;

/// Lists of conditions.
type Lists = Vec<Vec<Condition>>;

/// Change of the audience.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum AudiencePatch {
    /// No change.
    #[default]
    Keep,
    /// Another audience.
    Set(Audience),
    /// A JSON merge patch of the form with `any` and `none`. None keeps a member; an empty list removes it.
    Merge {
        any: Option<Lists>,
        none: Option<Lists>,
    },
}

impl FieldPatch<Audience> for AudiencePatch {
    fn read(name: &str, value: &Value, default: Audience) -> Result<Self> {
        let members = match value {
            Value::Null => return Ok(Self::Set(default)),
            Value::Object(members) => members,
            list => {
                let audience = Audience::from_json(list).map_err(|error| error.within(name))?;
                return Ok(Self::Set(audience));
            }
        };
        let audience = Audience::from_json(value).map_err(|error| error.within(name))?;
        let named = |member: &str, lists: Lists| members.contains_key(member).then_some(lists);
        Ok(Self::Merge {
            any: named("any", audience.any),
            none: named("none", audience.none),
        })
    }

    fn write(&self, default: &Audience) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Set(audience) if audience == default => Some(Value::Null),
            // A patch with `any` and `none` would keep the one that is not named.
            Self::Set(audience) => Some(match audience.to_json() {
                Value::Object(mut members) => {
                    for name in ["any", "none"] {
                        members.entry(name).or_insert(Value::Null);
                    }
                    Value::Object(members)
                }
                list => list,
            }),
            Self::Merge { any, none } => {
                let mut members = Map::new();
                for (name, lists) in [("any", any), ("none", none)] {
                    let Some(lists) = lists else { continue };
                    let list =
                        |list: &Vec<Condition>| list.iter().map(Condition::to_json).collect();
                    let value = match lists.is_empty() {
                        true => Value::Null,
                        false => lists.iter().map(list).collect::<Vec<Value>>().into(),
                    };
                    members.insert(name.to_owned(), value);
                }
                Some(Value::Object(members))
            }
        }
    }

    fn apply(&self, audience: &mut Audience) {
        match self {
            Self::Keep => {}
            Self::Set(other) => audience.clone_from(other),
            Self::Merge {
                any: None,
                none: None,
            } => {}
            Self::Merge { any, none } => {
                // In JSON, what must hold in any case is a part of each list of `any`.
                let always = std::mem::take(&mut audience.conditions);
                match any {
                    Some(any) => audience.any.clone_from(any),
                    None if always.is_empty() => {}
                    None if audience.any.is_empty() => audience.any.push(always),
                    None => {
                        for list in &mut audience.any {
                            list.splice(..0, always.iter().cloned());
                        }
                    }
                }
                if let Some(none) = none {
                    audience.none.clone_from(none);
                }
            }
        }
    }
}

impl Patch {
    /// Sets the whole audience.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Audience>) -> Self {
        self.audience = AudiencePatch::Set(audience.into());
        self
    }
}
