//! Members of an announcement that the engine gives, as a draft or a patch repeats them.
//!
//! An editor reads an announcement as JSON, changes it and publishes it again. What the engine gave comes back
//! with it: it is passed over when it says what is so, and refused otherwise.

use serde_json::{Map, Value};

use super::json::{integer, text};
use super::times::time;
use crate::error::Result;

/// Members that only the engine gives. `state`, `created_at` and `published_at` are fields of a draft.
const GIVEN: [&str; 9] = [
    "id",
    "version",
    "notify_version",
    "revision",
    "notify_revision",
    "updated_at",
    "renewed_at",
    "retracted_at",
    "retract_reason",
];

/// What a draft or a patch says about the engine's own members.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stated(Option<Box<Map<String, Value>>>);

impl Stated {
    /// Reads a member. Returns whether it is one of the engine's own; `null` says nothing.
    ///
    /// # Errors
    /// `invalid_field` for a value of another type.
    pub(super) fn read(&mut self, name: &str, value: &Value) -> Result<bool> {
        if !GIVEN.contains(&name) {
            return Ok(false);
        }
        if value.is_null() {
            return Ok(true);
        }
        let value = match name {
            "retract_reason" => text(name, value)?.into(),
            "updated_at" | "renewed_at" | "retracted_at" => time(name, value)?.into(),
            _ => integer::<i64>(name, value)?.into(),
        };
        self.0
            .get_or_insert_default()
            .insert(name.to_owned(), value);
        Ok(true)
    }

    /// Adds the members to a JSON object.
    pub(super) fn write(&self, to: &mut Map<String, Value>) {
        to.extend(
            self.members()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }

    /// Returns the members as JSON text; empty if there are none.
    pub(crate) fn to_text(&self) -> String {
        let members = self.0.as_deref().cloned();
        members.map_or_else(String::new, |members| Value::Object(members).to_string())
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    /// `invalid_field` for anything else.
    pub(crate) fn from_text(json: &str) -> Result<Self> {
        let mut stated = Self::default();
        if json.is_empty() {
            return Ok(stated);
        }
        let value = super::json::parse(json.as_bytes())?;
        for (name, value) in super::json::object("", &value)? {
            if !stated.read(name, value)? {
                return Err(super::json::unknown(name, value));
            }
        }
        Ok(stated)
    }

    /// Returns the id that is said.
    pub(crate) fn id(&self) -> Option<i64> {
        self.0.as_ref()?.get("id")?.as_i64()
    }

    /// Returns the version that is said, and the last one that was news.
    pub(crate) fn versions(&self) -> Option<(u32, u32)> {
        let members = self.0.as_ref()?;
        let number = |name| u32::try_from(members.get(name)?.as_i64()?).ok();
        let version = number("version")?;
        Some((version, number("notify_version").unwrap_or(version)))
    }

    /// Returns what is said, by name.
    pub(super) fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|members| members.iter())
    }
}
