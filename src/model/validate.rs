//! Validation of drafts: every field is checked against its limit before anything changes.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::{Draft, Text};
use super::fields::{Action, ActionKind, Reference};
use super::json::{MAX_INTEGER, inexact, is_kept};
use super::limits;
use super::locale::Locale;
use super::names::{check_controls, check_name, check_visible};
use super::times::check_set_time;
use crate::error::{Bilingual, Error, Result};

/// Results of validation that publishing uses again.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The locales of the texts, in their order.
    pub(crate) locales: Vec<Locale>,
    /// Index of the default locale.
    pub(crate) default_index: usize,
    /// The extras as JSON; empty without extras.
    pub(crate) extras: String,
}

impl Draft {
    /// Checks every field against its limit, as publishing does.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` with the path of the first refused field.
    pub fn validate(&self) -> Result<()> {
        self.meant().check().map(|_| ())
    }

    /// Checks everything that does not depend on the board.
    pub(crate) fn check(&self) -> Result<Checked> {
        self.check_audience_by(|audience| audience.compile().map(drop))
    }

    /// Checks a draft that was published elsewhere, perhaps by another build. Its audience may contain
    /// what publishing would refuse today.
    pub(crate) fn check_accepted(&self) -> Result<Checked> {
        self.check_audience_by(Audience::check_accepted)
    }

    fn check_audience_by(&self, check: impl FnOnce(&Audience) -> Result<()>) -> Result<Checked> {
        self.check_names()?;
        check_priority(self.priority)?;
        self.check_times()?;
        self.check_showing()?;
        let (locales, default_index) = self.check_texts()?;
        check(&self.audience).map_err(|e| e.within("audience"))?;
        self.check_actions()?;
        self.check_replaces()?;
        let extras = check_extras(&self.extras)?;
        let checked = Checked {
            locales,
            default_index,
            extras,
        };
        self.check_size(&checked)?;
        Ok(checked)
    }

    fn check_names(&self) -> Result<()> {
        check_key("key", &self.key)?;
        check_bytes("channel", &self.channel, limits::CHANNEL_BYTES)?;
        check_name("channel", &self.channel)?;
        check_chars("category", &self.category, limits::CATEGORY_CHARS)?;
        check_bytes("author", &self.author, limits::AUTHOR_BYTES)?;
        check_bytes("source", &self.source, limits::SOURCE_BYTES)?;
        check_bytes("external_id", &self.external_id, limits::EXTERNAL_ID_BYTES)?;
        check_count("tags", self.tags.len(), limits::TAGS)?;
        for (i, tag) in self.tags.iter().enumerate() {
            let path = format!("tags[{i}]");
            check_present(&path, tag)?;
            check_chars(&path, tag, limits::TAG_CHARS)?;
            if self.tags.iter().take(i).any(|earlier| earlier == tag) {
                return Err(Error::invalid(path, tag, twice()));
            }
        }
        Ok(())
    }

    fn check_times(&self) -> Result<()> {
        for (path, time) in self.times() {
            check_set_time(path, time)?;
        }
        check_order("ends_at", self.starts_at.unwrap_or(0), self.ends_at)?;
        match (self.event_from, self.event_to) {
            (Some(from), Some(to)) if to < from => Err(Error::invalid(
                "event_to",
                &to.to_string(),
                Bilingual::new(
                    format!("must not be before event_from ({from})"),
                    format!("不得早于 event_from（{from}）"),
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a popup limit or interval of 0, which means "not set" in C and in JSON.
    fn check_showing(&self) -> Result<()> {
        for (path, value) in [
            ("show_limit", self.show_limit),
            ("show_interval_ms", self.show_interval_ms),
        ] {
            if value == Some(0) {
                let reason = Bilingual::new(
                    "must be 1 or more; leave it unset for no limit",
                    "必须不小于 1；不需要限制时不要设置",
                );
                return Err(Error::invalid(path, "0", reason));
            }
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(Vec<Locale>, usize)> {
        if self.texts.is_empty() {
            return Err(no_text());
        }
        check_count("texts", self.texts.len(), limits::LOCALES)?;
        let mut locales = Vec::with_capacity(self.texts.len());
        for text in &self.texts {
            let path = format!("texts.{}", text.locale);
            let locale = Locale::parse(&text.locale).map_err(|e| e.within(&path))?;
            check_text(&path, text)?;
            if locales.contains(&locale) {
                return Err(Error::invalid(path, &text.locale, twice()));
            }
            locales.push(locale);
        }
        if self.default_locale.is_empty() {
            return Ok((locales, 0));
        }
        let default =
            Locale::parse(&self.default_locale).map_err(|e| e.within("default_locale"))?;
        match locales.iter().position(|locale| *locale == default) {
            Some(index) => Ok((locales, index)),
            None => Err(Error::invalid(
                "default_locale",
                &self.default_locale,
                Bilingual::new("must be a locale in texts", "必须是 texts 中的某个语言区域"),
            )),
        }
    }

    fn check_actions(&self) -> Result<()> {
        check_count("actions", self.actions.len(), limits::ACTIONS)?;
        for (i, action) in self.actions.iter().enumerate() {
            let path = format!("actions[{i}]");
            check_action(action).map_err(|e| e.within(&path))?;
            if self
                .actions
                .iter()
                .take(i)
                .any(|earlier| earlier.id == action.id)
            {
                return Err(Error::invalid(format!("{path}.id"), &action.id, twice()));
            }
        }
        Ok(())
    }

    fn check_replaces(&self) -> Result<()> {
        check_count("replaces", self.replaces.len(), limits::REPLACES)?;
        for (i, reference) in self.replaces.iter().enumerate() {
            let path = format!("replaces[{i}]");
            match reference {
                Reference::Id(id) if *id < 1 => {
                    let reason =
                        Bilingual::new("an id must be 1 or greater", "编号必须大于或等于 1");
                    return Err(Error::invalid(path, &id.to_string(), reason));
                }
                Reference::Id(id) if *id > MAX_INTEGER => {
                    return Err(Error::invalid(path, &id.to_string(), inexact()));
                }
                Reference::Id(_) => {}
                Reference::Key(key) => {
                    check_present(&path, key)?;
                    check_key(&path, key)?;
                    if *key == self.key {
                        let reason = Bilingual::new("cannot replace itself", "不能取代自身");
                        return Err(Error::invalid(path, key, reason));
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks the size of the whole record, because 32 long bodies may each be within their limit.
    fn check_size(&self, checked: &Checked) -> Result<()> {
        let texts = self
            .texts
            .iter()
            .map(|t| t.title.len() + t.summary.len() + t.body.len());
        let actions = self.actions.iter().map(|a| {
            a.id.len()
                + a.value.len()
                + a.label
                    .iter()
                    .map(|(l, s)| l.len() + s.len())
                    .sum::<usize>()
        });
        let bytes = texts.sum::<usize>()
            + actions.sum::<usize>()
            + checked.extras.len()
            + self.audience.encoded_bytes();
        if bytes > limits::RECORD_BYTES {
            return Err(too_many_bytes("texts", bytes, limits::RECORD_BYTES));
        }
        Ok(())
    }
}

/// Returns the channel for a name; an empty name means the default one.
pub(crate) fn channel_or_default(channel: &str) -> &str {
    if channel.is_empty() {
        "default"
    } else {
        channel
    }
}

/// Refuses a reason for a retraction that is too long or contains a NUL.
pub(crate) fn check_reason(reason: &str) -> Result<()> {
    check_bytes("reason", reason, limits::REASON_BYTES)
}

/// Refuses an interval that ends before it starts.
pub(crate) fn check_order(path: &str, starts_at: i64, ends_at: Option<i64>) -> Result<()> {
    match ends_at {
        Some(ends_at) if ends_at <= starts_at => Err(Error::invalid(
            path,
            &ends_at.to_string(),
            Bilingual::new(
                format!("must be after starts_at ({starts_at})"),
                format!("必须晚于 starts_at（{starts_at}）"),
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses a draft without a text.
pub(super) fn no_text() -> Error {
    let reason = Bilingual::new("must have at least one locale", "至少要有一个语言区域");
    Error::invalid("texts", "", reason)
}

/// Refuses a text that contains a NUL or exceeds the limit.
pub(crate) fn check_bytes(path: &str, value: &str, limit: usize) -> Result<()> {
    if value.len() > limit {
        return Err(too_many_bytes(path, value.len(), limit));
    }
    check_nul(path, value)
}

fn check_chars(path: &str, value: &str, limit: usize) -> Result<()> {
    // A character has at most four bytes, so short texts pass without counting characters.
    if value.len() > limit {
        let chars = value.chars().count();
        if chars > limit {
            let unit = Bilingual::new("characters", "个字符");
            return Err(Error::too_large(path, chars as u64, limit as u64, &unit));
        }
    }
    check_nul(path, value)
}

fn check_nul(path: &str, value: &str) -> Result<()> {
    match value.bytes().position(|byte| byte == 0) {
        Some(offset) => {
            let reason = Bilingual::new("must not contain a NUL character", "不能包含 NUL 字符");
            Err(Error::invalid(path, value, reason).at_offset(offset))
        }
        None => Ok(()),
    }
}

fn check_present(path: &str, value: &str) -> Result<()> {
    if value.is_empty() {
        return Err(Error::invalid(
            path,
            value,
            Bilingual::new("must not be empty", "不能为空"),
        ));
    }
    Ok(())
}

fn check_count(path: &str, count: usize, limit: usize) -> Result<()> {
    if count > limit {
        let unit = Bilingual::new("entries", "项");
        return Err(Error::too_large(path, count as u64, limit as u64, &unit));
    }
    Ok(())
}

fn check_priority(priority: i32) -> Result<()> {
    if (-limits::PRIORITY..=limits::PRIORITY).contains(&priority) {
        return Ok(());
    }
    Err(Error::invalid(
        "priority",
        &priority.to_string(),
        Bilingual::new("must be from -1000 to 1000", "必须在 -1000 到 1000 之间"),
    ))
}

fn check_key(path: &str, key: &str) -> Result<()> {
    check_bytes(path, key, limits::KEY_BYTES)?;
    check_name(path, key)
}

/// Refuses an id of an action that is not made of letters, digits and a few signs.
fn check_action_id(path: &str, id: &str) -> Result<()> {
    check_bytes(path, id, limits::ACTION_ID_BYTES)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._:/-".contains(c);
    match id.char_indices().find(|(_, c)| !allowed(*c)) {
        Some((offset, _)) => {
            let reason = Bilingual::new(
                "must contain only letters, digits and . _ : / -",
                "只能包含字母、数字和 . _ : / -",
            );
            Err(Error::invalid(path, id, reason).at_offset(offset))
        }
        None => Ok(()),
    }
}

fn check_text(path: &str, text: &Text) -> Result<()> {
    let title = format!("{path}.title");
    check_chars(&title, &text.title, limits::TITLE_CHARS)?;
    check_visible(&title, &text.title)?;
    check_controls(&title, &text.title, false)?;
    let summary = format!("{path}.summary");
    check_chars(&summary, &text.summary, limits::SUMMARY_CHARS)?;
    check_controls(&summary, &text.summary, false)?;
    let body = format!("{path}.body");
    check_bytes(&body, &text.body, limits::BODY_BYTES)?;
    check_controls(&body, &text.body, true)
}

fn check_action(action: &Action) -> Result<()> {
    check_present("id", &action.id)?;
    check_action_id("id", &action.id)?;
    if action.label.is_empty() {
        let reason = Bilingual::new("must have at least one locale", "至少要有一个语言区域");
        return Err(Error::invalid("label", "", reason));
    }
    check_count("label", action.label.len(), limits::LOCALES)?;
    let mut locales = Vec::with_capacity(action.label.len());
    for (locale, label) in &action.label {
        let path = format!("label.{locale}");
        let parsed = Locale::parse(locale).map_err(|e| e.within(&path))?;
        check_chars(&path, label, limits::ACTION_LABEL_CHARS)?;
        check_controls(&path, label, false)?;
        check_visible(&path, label)?;
        if locales.contains(&parsed) {
            return Err(Error::invalid(path, locale, twice()));
        }
        locales.push(parsed);
    }
    check_bytes("value", &action.value, limits::ACTION_VALUE_BYTES)?;
    if action.kind == ActionKind::Url && !has_allowed_scheme(&action.value) {
        let reason = Bilingual::new(
            "must be an http:, https: or mailto: address",
            "必须是 http:、https: 或 mailto: 地址",
        );
        return Err(Error::invalid("value", &action.value, reason));
    }
    Ok(())
}

/// Returns whether an address has an allowed scheme, in any case (RFC 3986, section 3.1). A control character
/// or a blank is refused, because programs pass the address to the system's shell.
fn has_allowed_scheme(url: &str) -> bool {
    let rest = ["http://", "https://", "mailto:"]
        .iter()
        .find_map(|scheme| {
            url.get(..scheme.len())
                .filter(|head| head.eq_ignore_ascii_case(scheme))
                .and_then(|_| url.get(scheme.len()..))
        });
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.chars().any(|c| c.is_control() || c.is_whitespace())
    })
}

fn check_extras(extras: &Map<String, Value>) -> Result<String> {
    if extras.is_empty() {
        return Ok(String::new());
    }
    for (name, value) in extras {
        check_extra(&format!("extras.{name}"), name, value, 2)?;
    }
    let json = Value::Object(extras.clone()).to_string();
    if json.len() > limits::EXTRAS_BYTES {
        return Err(too_many_bytes("extras", json.len(), limits::EXTRAS_BYTES));
    }
    Ok(json)
}

/// `depth` is the nesting that `value` would have if it were an object or a list.
fn check_extra(path: &str, name: &str, value: &Value, depth: usize) -> Result<()> {
    check_nul(path, name)?;
    let nested: Box<dyn Iterator<Item = (String, &str, &Value)>> = match value {
        Value::String(text) => return check_nul(path, text),
        Value::Array(list) => Box::new(
            list.iter()
                .enumerate()
                .map(|(i, v)| (format!("{path}[{i}]"), "", v)),
        ),
        Value::Object(map) => Box::new(
            map.iter()
                .map(|(k, v)| (format!("{path}.{k}"), k.as_str(), v)),
        ),
        Value::Number(number) if !is_kept(number) => {
            return Err(Error::invalid(path, &number.to_string(), inexact()));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => return Ok(()),
    };
    if depth > limits::EXTRAS_DEPTH {
        let unit = Bilingual::new("levels deep", "层嵌套");
        return Err(Error::too_large(
            path,
            depth as u64,
            limits::EXTRAS_DEPTH as u64,
            &unit,
        ));
    }
    for (path, name, value) in nested {
        check_extra(&path, name, value, depth + 1)?;
    }
    Ok(())
}

fn too_many_bytes(path: &str, actual: usize, limit: usize) -> Error {
    Error::too_large(
        path,
        actual as u64,
        limit as u64,
        &Bilingual::new("bytes", "字节"),
    )
}

fn twice() -> Bilingual {
    Bilingual::new("duplicate", "重复")
}
