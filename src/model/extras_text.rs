//! The application's own data as it was written: white space, order and the spelling of numbers.

use serde_json::{Map, Value};

use super::json::{object, parse_data};
use super::raw_json::member;
use crate::error::Result;

/// Text of a draft's extras. It only tells how they were written: what they are is in the draft, and a text that
/// says something else is passed over. So it is no part of what a draft means.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtrasText(Option<Box<str>>);

impl PartialEq for ExtrasText {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl ExtrasText {
    /// Keeps a text; an empty one is none.
    pub(crate) fn new(text: &str) -> Self {
        Self((!text.is_empty()).then(|| text.into()))
    }

    /// Keeps the text of `extras`, unless it is the compact one that they have anyway.
    pub(super) fn written(text: &str, extras: &Map<String, Value>) -> Self {
        match !extras.is_empty() && text != compact(extras) {
            true => Self::new(text),
            false => Self::default(),
        }
    }

    /// Finds the text of `extras` in the JSON of their draft.
    pub(super) fn in_draft(json: &str, extras: &Map<String, Value>) -> Self {
        let text = member(json, "extras");
        Self::written(text.unwrap_or_default(), extras)
    }

    /// Returns the text; empty if none is kept.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Returns the object that the text says; empty for no text.
    ///
    /// # Errors
    /// `invalid_field` for anything but an object.
    pub(crate) fn read_object(&self) -> Result<Map<String, Value>> {
        match self.as_str() {
            "" => Ok(Map::new()),
            text => object("", &parse_data(text.as_bytes())?).cloned(),
        }
    }

    /// Returns the JSON of `extras`: the text, if it says the same. Empty for no extras.
    pub(crate) fn of(&self, extras: &Map<String, Value>) -> String {
        if extras.is_empty() {
            return String::new();
        }
        let compact = compact(extras);
        let text = self.as_str();
        let is_same = || self.read_object().is_ok_and(|said| said == *extras);
        match text == compact || text.is_empty() || !is_same() {
            true => compact,
            false => text.to_owned(),
        }
    }
}

fn compact(extras: &Map<String, Value>) -> String {
    Value::Object(extras.clone()).to_string()
}
