//! The form in which a person writes an announcement: TOML with comments.
//!
//! Times are as everywhere in this command, conditions as `--audience` takes them. What a form cannot show, such as
//! `extras`, is a text of JSON.

mod fields;
mod syntax;

use std::fmt::Write as _;
use std::ops::Range;

use notice::{Announcement, Audience, Bilingual, Condition, Error, Language, Operator};
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use self::fields::{AS_JSON, FIELDS, TIMES};
use self::syntax::{key, plain, quoted};
use crate::audience;
use crate::console::Console;
use crate::excerpt;
use crate::exit::{self, Outcome, Stop};
use crate::locate::locate;
use crate::times::Times;

/// Writes and reads the form.
pub(super) struct Template {
    times: Times,
    language: Language,
    is_coloured: bool,
}

impl Template {
    pub(super) fn new(console: &Console) -> Self {
        Self {
            times: console.times.clone(),
            language: console.language(),
            is_coloured: console.paint.is_coloured,
        }
    }

    /// Writes a form with members of an announcement, and remarks before it.
    pub(super) fn fill(&self, members: &Map<String, Value>, remarks: &[String]) -> String {
        let mut form = String::new();
        for remark in remarks {
            let _ = writeln!(form, "# {}", remark.replace('\n', " "));
        }
        let zone = self.times.zone_name();
        let head = Bilingual::new(
            format!(
                "# Write, save, and leave the editor; an empty file gives up. Times are of {zone}."
            ),
            format!("# 写好后保存并退出编辑器；清空文件则放弃。时间所在时区：{zone}。"),
        );
        let _ = writeln!(form, "{}\n", head.get(self.language));
        for (name, unset, en, zh) in FIELDS {
            let words = Bilingual::new(*en, *zh);
            let value = members.get(*name).map(|value| self.written(name, value));
            let value = value.unwrap_or_else(|| (*unset).to_owned());
            let _ = writeln!(form, "# {}\n{name} = {value}", words.get(self.language));
        }
        let is_other =
            |name: &str| name != "texts" && !FIELDS.iter().any(|(known, ..)| *known == name);
        for (name, value) in members.iter().filter(|(name, _)| is_other(name)) {
            let _ = writeln!(form, "{name} = {}", self.written(name, value));
        }
        let none = Map::new();
        let texts = members
            .get("texts")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        for (locale, text) in texts {
            section(&mut form, locale, text);
        }
        if texts.is_empty() {
            let usual = if self.language == Language::Zh {
                "zh-CN"
            } else {
                "en"
            };
            section(&mut form, usual, &json!({"title": ""}));
        }
        form
    }

    /// A value of a member as lines for people; none for one that is not set.
    pub(super) fn shown(&self, name: &str, value: &Value) -> Vec<String> {
        match value {
            Value::Null => Vec::new(),
            Value::String(text) => text.lines().map(str::to_owned).collect(),
            Value::Number(ms) if TIMES.contains(&name) => {
                vec![self.times.show_ms(ms.as_i64().unwrap_or_default())]
            }
            other => vec![self.written(name, other)],
        }
    }

    /// Writes the value of a member as TOML.
    fn written(&self, name: &str, value: &Value) -> String {
        if TIMES.contains(&name) {
            let shown = value
                .as_i64()
                .filter(|ms| *ms != 0)
                .map(|ms| self.times.exact(ms));
            return quoted(&shown.unwrap_or_default());
        }
        if name == "audience" {
            return match simple(value) {
                Some(conditions) => format!(
                    "[{}]",
                    conditions
                        .iter()
                        .map(|one| quoted(one))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                None => quoted(&value.to_string()),
            };
        }
        if AS_JSON.contains(&name) {
            return quoted(&value.to_string());
        }
        match value {
            Value::String(text) => quoted(text),
            Value::Array(list) => format!(
                "[{}]",
                list.iter()
                    .map(|one| quoted(one.as_str().unwrap_or_default()))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            other => other.to_string(),
        }
    }

    /// The members of an announcement that a person can change, as the form has them: a member at its default is not set.
    pub(super) fn members(&self, record: &Announcement) -> Outcome<Map<String, Value>> {
        match record.to_draft().to_json() {
            Value::Object(members) => self.read(&self.fill(&members, &[])),
            _ => Ok(Map::new()),
        }
    }

    /// Reads a form as members of a draft, without those that are not set.
    ///
    /// # Errors
    /// Each shows its place in the form.
    pub(super) fn read(&self, form: &str) -> Outcome<Map<String, Value>> {
        let table = DeTable::parse(form).map_err(|error| {
            let message = error.message().to_owned();
            self.at(
                form,
                error.span().unwrap_or_default(),
                &Bilingual::new(message.clone(), message),
            )
        })?;
        let mut members = Map::new();
        for (name, value) in table.get_ref() {
            let name = name.get_ref().as_ref();
            let read = self
                .member(name, value.get_ref())
                .map_err(|why| self.at(form, value.span(), &why))?;
            if let Some(read) = read {
                members.insert(name.to_owned(), read);
            }
        }
        Ok(members)
    }

    /// Reads a member; None if it is not set.
    fn member(&self, name: &str, value: &DeValue<'_>) -> Result<Option<Value>, Bilingual> {
        let value = plain(value)?;
        let text = value.as_str().map(str::trim);
        if text == Some("") {
            return Ok(None);
        }
        if TIMES.contains(&name)
            && let Some(text) = text
        {
            let instant = self.times.read(text).map_err(|fault| fault.reason)?;
            return Ok(Some(json!(instant.as_millisecond())));
        }
        if (AS_JSON.contains(&name) || name == "audience")
            && let Some(text) = text
        {
            let read = notice::wire::parse(text.as_bytes());
            return read.map(Some).map_err(|error| {
                Bilingual::new(error.message(Language::En), error.message(Language::Zh))
            });
        }
        if name == "audience"
            && let Some(list) = value.as_array()
        {
            let read = list.iter().map(|one| {
                let text = one.as_str().unwrap_or_default();
                audience::condition(text).map_err(|fault| fault.reason)
            });
            let conditions = read.collect::<Result<Vec<Condition>, Bilingual>>()?;
            let is_set = !conditions.is_empty();
            return Ok(is_set.then(|| Audience::from(conditions).to_json()));
        }
        if name == "texts"
            && let Some(texts) = value.as_object()
        {
            return Ok(Some(Value::Object(
                texts.iter().filter_map(of_locale).collect(),
            )));
        }
        let unset = FIELDS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, unset, ..)| *unset);
        Ok(Some(value).filter(|value| Some(value.to_string().as_str()) != unset))
    }

    /// Shows what the board has refused at its place in the form, if it was that.
    pub(super) fn pointed(&self, form: &str, stop: Stop) -> Stop {
        match &stop.error {
            Some(error) if error.path().is_some() => self.refused(form, error),
            _ => stop,
        }
    }

    /// Shows the refusal of a draft at its place in the form.
    pub(super) fn refused(&self, form: &str, error: &Error) -> Stop {
        let path = error.path().unwrap_or_default();
        let said = |language| self.times.in_words(&error.message(language));
        let words = Bilingual::new(said(Language::En), said(Language::Zh));
        let table = DeTable::parse(form).ok().map(syntax::whole);
        match table.and_then(|table| locate(&&table, path)) {
            Some(span) => self.at(form, span, &words),
            None => error.clone().into(),
        }
    }

    fn at(&self, form: &str, span: Range<usize>, words: &Bilingual) -> Stop {
        let shown =
            |message: &str| excerpt::show("form", form, span.clone(), message, self.is_coloured);
        Stop::new(exit::USAGE, shown(&words.en), shown(&words.zh))
    }
}

/// Writes the texts of a locale.
fn section(form: &mut String, locale: &str, text: &Value) {
    let part = |name: &str| text.get(name).and_then(Value::as_str).unwrap_or_default();
    let _ = writeln!(form, "\n[texts.{}]", key(locale));
    let _ = writeln!(form, "title = {}", quoted(part("title")));
    let _ = writeln!(form, "summary = {}", quoted(part("summary")));
    if part("format") == "markdown" {
        let _ = writeln!(form, "format = \"markdown\"");
    }
    let body = part("body");
    match body.contains("'''") || body.contains('\r') {
        true => {
            let _ = writeln!(form, "body = {}", quoted(body));
        }
        // The line end behind the quotes is not part of the text.
        false => {
            let _ = writeln!(form, "body = '''\n{body}'''");
        }
    }
}

/// The conditions of an audience as a person types them; None if it is more than a list of them.
fn simple(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array()?;
    let typed = list.iter().map(|one| {
        let text = |name: &str| one.get(name)?.as_str().map(str::to_owned);
        let values = one
            .get("values")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let values: Option<Vec<String>> = values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect();
        let operator = Operator::from_name(&text("op")?);
        let condition = Condition::new(text("attribute")?, operator, values?);
        let typed = audience::typed(&condition);
        // What would be read in another way is better shown as it is.
        (audience::condition(&typed) == Ok(condition)).then_some(typed)
    });
    typed.collect()
}

/// The texts of a locale without the parts that are empty; None if nothing is left.
fn of_locale((locale, text): (&String, &Value)) -> Option<(String, Value)> {
    let Some(parts) = text.as_object() else {
        return Some((locale.clone(), text.clone()));
    };
    let is_set = |value: &&Value| value.as_str() != Some("");
    let parts = parts
        .iter()
        .filter(|(name, value)| *name == "title" || is_set(value));
    Some((
        locale.clone(),
        parts
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    ))
}
