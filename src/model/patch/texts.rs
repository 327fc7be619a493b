//! Patches of the texts, locale by locale.

use serde_json::{Map, Value};

use super::{FieldPatch, Patch};
use crate::error::{Bilingual, Error, Result};
use crate::model::field::Field;
use crate::model::json::{object, str, text, unknown};
use crate::model::validate::no_text;
use crate::model::{Format, Locale, Text};

/// Changes of the texts, by locale.
///
/// Locales are in canonical form. An invalid one keeps its spelling, so that the error names it as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TextPatches(Vec<(String, TextPatch)>);

/// Change of the text in one locale.
#[derive(Debug, Clone, PartialEq)]
enum TextPatch {
    /// Removal of the text, if it exists.
    Remove,
    /// Change of these members. A missing text is added.
    Change(Members),
}

/// Members of a text that change.
#[derive(Debug, Clone, Default, PartialEq)]
struct Members {
    title: Option<String>,
    summary: Option<String>,
    body: Option<String>,
    format: Option<Format>,
}

impl FieldPatch<Vec<Text>> for TextPatches {
    fn read(path: &str, value: &Value, _: Vec<Text>) -> Result<Self> {
        if value.is_null() {
            return Err(no_text());
        }
        let mut patches = Self::default();
        for (name, value) in object(path, value)? {
            let locale = as_kept(name);
            if patches.0.iter().any(|(earlier, _)| *earlier == locale) {
                let reason = Bilingual::new("duplicate", "重复");
                return Err(Error::invalid(format!("{path}.{name}"), name, reason));
            }
            let patch = match value {
                Value::Null => TextPatch::Remove,
                value => {
                    let inside = |error: Error| error.within(&format!("{path}.{locale}"));
                    TextPatch::Change(Members::read(value).map_err(inside)?)
                }
            };
            patches.0.push((locale, patch));
        }
        Ok(patches)
    }

    fn write(&self, _: &Vec<Text>) -> Option<Value> {
        let one = |(locale, patch): &(String, TextPatch)| match patch {
            TextPatch::Remove => (locale.clone(), Value::Null),
            TextPatch::Change(members) => (locale.clone(), members.write()),
        };
        (!self.0.is_empty()).then(|| Value::Object(self.0.iter().map(one).collect()))
    }

    fn apply(&self, texts: &mut Vec<Text>) {
        for (locale, patch) in &self.0 {
            let place = texts
                .iter()
                .position(|text| as_kept(&text.locale) == *locale);
            match (patch, place.and_then(|place| texts.get_mut(place))) {
                (TextPatch::Change(members), Some(text)) => members.apply(text),
                (TextPatch::Change(members), None) => {
                    let mut text = Text::new(locale, "");
                    members.apply(&mut text);
                    texts.push(text);
                }
                (TextPatch::Remove, _) => texts.retain(|text| as_kept(&text.locale) != *locale),
            }
        }
    }
}

impl TextPatches {
    /// Returns the members of a locale, and cancels its removal.
    fn change(&mut self, locale: &str, change: impl FnOnce(&mut Members)) {
        let locale = as_kept(locale);
        let earlier = self.0.iter_mut().find(|(known, _)| *known == locale);
        if let Some((_, TextPatch::Change(members))) = earlier {
            return change(members);
        }
        let mut members = Members::default();
        change(&mut members);
        self.set(locale, TextPatch::Change(members));
    }

    fn set(&mut self, locale: String, patch: TextPatch) {
        self.0.retain(|(known, _)| *known != locale);
        self.0.push((locale, patch));
    }
}

impl Members {
    fn read(value: &Value) -> Result<Self> {
        let mut members = Self::default();
        for (name, value) in object("", value)? {
            match name.as_str() {
                "title" => members.title = Some(written(name, value)?),
                "summary" => members.summary = Some(written(name, value)?),
                "body" => members.body = Some(written(name, value)?),
                "format" => {
                    members.format = Some(match value {
                        Value::Null => Format::Text,
                        value => Format::from_name(str(name, value)?)?,
                    });
                }
                _ => return Err(unknown(name, value)),
            }
        }
        Ok(members)
    }

    fn write(&self) -> Value {
        let mut members = Map::new();
        let texts = [
            ("title", &self.title),
            ("summary", &self.summary),
            ("body", &self.body),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                let value = Some(text.write()).filter(|_| !text.is_empty());
                members.insert(name.to_owned(), value.into());
            }
        }
        if let Some(format) = self.format {
            let value = Some(format.name()).filter(|_| format != Format::Text);
            members.insert("format".to_owned(), value.into());
        }
        Value::Object(members)
    }

    fn apply(&self, text: &mut Text) {
        for (field, value) in [
            (&mut text.title, &self.title),
            (&mut text.summary, &self.summary),
            (&mut text.body, &self.body),
        ] {
            if let Some(value) = value {
                field.clone_from(value);
            }
        }
        text.format = self.format.unwrap_or(text.format);
    }
}

impl Patch {
    /// Sets the title in one locale. A locale without a text gets one.
    #[must_use]
    pub fn title(mut self, locale: impl AsRef<str>, title: impl Into<String>) -> Self {
        self.texts
            .change(locale.as_ref(), |text| text.title = Some(title.into()));
        self
    }

    /// Sets the summary in one locale.
    #[must_use]
    pub fn summary(mut self, locale: impl AsRef<str>, summary: impl Into<String>) -> Self {
        self.texts
            .change(locale.as_ref(), |text| text.summary = Some(summary.into()));
        self
    }

    /// Sets the body in one locale, and keeps its format.
    #[must_use]
    pub fn body(mut self, locale: impl AsRef<str>, body: impl Into<String>) -> Self {
        self.texts
            .change(locale.as_ref(), |text| text.body = Some(body.into()));
        self
    }

    /// Sets the format of the body in one locale.
    #[must_use]
    pub fn format(mut self, locale: impl AsRef<str>, format: Format) -> Self {
        self.texts
            .change(locale.as_ref(), |text| text.format = Some(format));
        self
    }

    /// Removes the text of one locale, and replaces any earlier change of it in this patch.
    #[must_use]
    pub fn remove_text(mut self, locale: impl AsRef<str>) -> Self {
        self.texts.set(as_kept(locale.as_ref()), TextPatch::Remove);
        self
    }
}

/// Reads a text; `null` is empty.
fn written(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::Null => Ok(String::new()),
        value => text(name, value),
    }
}

/// Returns the canonical form of a locale.
fn as_kept(locale: &str) -> String {
    Locale::parse(locale).map_or_else(|_| locale.to_owned(), |l| l.as_str().to_owned())
}
