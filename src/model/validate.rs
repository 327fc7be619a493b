//! Validation of drafts: every field is checked against its limit before anything changes.

use serde_json::{Map, Value};

use super::draft::{Draft, Text};
use super::faults::Faults;
use super::fields::{Action, ActionKind, Reference};
use super::json::{MAX_INTEGER, inexact, is_kept};
use super::limits;
use super::locale::Locale;
use super::names::{check_controls, check_name, check_printable, check_visible};
use super::times::check_set_time;
use crate::error::{Bilingual, Error, Result};

/// Where a draft comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// An editor, who can mend it.
    Editor,
    /// A board, perhaps of a build that accepted control characters.
    Board,
}

impl Origin {
    fn check_controls(self, path: &str, text: &str, lines: bool) -> Result<()> {
        match self {
            Self::Editor => check_controls(path, text, lines),
            Self::Board => Ok(()),
        }
    }

    /// Checks a category or a tag, which is shown and chosen by what can be seen of it.
    fn check_label(self, path: &str, label: &str) -> Result<()> {
        match self {
            Self::Editor => check_printable(path, label),
            Self::Board => Ok(()),
        }
    }
}

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
        self.meant().check(&mut Faults::First).map(|_| ())
    }

    /// Checks everything that does not depend on the board. What it returns is whole only if there is no
    /// fault.
    pub(crate) fn check(&self, faults: &mut Faults) -> Result<Checked> {
        self.check_of(Origin::Editor, faults)
    }

    /// Checks a draft that was published elsewhere, perhaps by another build. Its audience may contain
    /// what publishing would refuse today, and its texts may have control characters.
    pub(crate) fn check_accepted(&self) -> Result<Checked> {
        self.check_of(Origin::Board, &mut Faults::First)
    }

    fn check_of(&self, origin: Origin, faults: &mut Faults) -> Result<Checked> {
        self.check_names(origin, faults)?;
        faults.of(check_priority(self.priority))?;
        self.check_times(faults)?;
        self.check_showing(faults)?;
        let (locales, default_index) = self.check_texts(origin, faults)?;
        faults.within("audience", |faults| match origin {
            Origin::Editor => self.audience.check(faults),
            Origin::Board => self.audience.check_accepted(),
        })?;
        self.check_actions(origin, faults)?;
        self.check_replaces(faults)?;
        check_extras(&self.extras, faults)?;
        let extras = self.extras_text.of(&self.extras);
        if extras.len() > limits::EXTRAS_BYTES {
            faults.tell(too_many_bytes("extras", extras.len(), limits::EXTRAS_BYTES))?;
        }
        let checked = Checked {
            locales,
            default_index,
            extras,
        };
        faults.of(self.check_size(&checked))?;
        Ok(checked)
    }

    fn check_names(&self, origin: Origin, faults: &mut Faults) -> Result<()> {
        faults.of(check_key("key", &self.key))?;
        faults.of(check_channel(&self.channel))?;
        let category = check_chars("category", &self.category, limits::CATEGORY_CHARS);
        let category = category.and_then(|()| origin.check_label("category", &self.category));
        faults.of(category)?;
        for (path, value, limit) in [
            ("author", &self.author, limits::AUTHOR_BYTES),
            ("source", &self.source, limits::SOURCE_BYTES),
            ("external_id", &self.external_id, limits::EXTERNAL_ID_BYTES),
        ] {
            faults.of(check_bytes(path, value, limit))?;
        }
        faults.of(check_count("tags", self.tags.len(), limits::TAGS))?;
        for (i, tag) in self.tags.iter().enumerate() {
            let is_there = self.tags.iter().take(i).any(|earlier| earlier == tag);
            faults.within(format_args!("tags[{i}]"), |faults| {
                let checked = check_tag(tag, is_there);
                faults.of(checked.and_then(|()| origin.check_label("", tag)))
            })?;
        }
        Ok(())
    }

    fn check_times(&self, faults: &mut Faults) -> Result<()> {
        for (path, time) in self.times() {
            faults.of(check_set_time(path, time))?;
        }
        let starts_at = self.starts_at.unwrap_or(0);
        faults.of(check_order("ends_at", starts_at, self.ends_at))?;
        match (self.event_from, self.event_to) {
            (Some(from), Some(to)) if to < from => faults.tell(Error::invalid(
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
    fn check_showing(&self, faults: &mut Faults) -> Result<()> {
        for (path, value) in [
            ("show_limit", self.show_limit),
            ("show_interval_ms", self.show_interval_ms),
        ] {
            if value == Some(0) {
                let reason = Bilingual::new(
                    "must be 1 or more; leave it unset for no limit",
                    "必须不小于 1；不需要限制时不要设置",
                );
                faults.tell(Error::invalid(path, "0", reason))?;
            }
        }
        Ok(())
    }

    fn check_texts(&self, origin: Origin, faults: &mut Faults) -> Result<(Vec<Locale>, usize)> {
        if self.texts.is_empty() {
            faults.tell(no_text())?;
        }
        faults.of(check_count("texts", self.texts.len(), limits::LOCALES))?;
        let mut locales = Vec::with_capacity(self.texts.len());
        for text in &self.texts {
            faults.within(format_args!("texts.{}", text.locale), |faults| {
                let locale = faults.value(Locale::parse(&text.locale))?;
                check_text(text, origin, faults)?;
                let Some(locale) = locale else { return Ok(()) };
                if locales.contains(&locale) {
                    faults.tell(Error::invalid("", &text.locale, twice()))?;
                }
                locales.push(locale);
                Ok(())
            })?;
        }
        // Nothing can be the default where there is no text, which has been said.
        if self.default_locale.is_empty() || self.texts.is_empty() {
            return Ok((locales, 0));
        }
        let default = Locale::parse(&self.default_locale).map_err(|e| e.within("default_locale"));
        let Some(default) = faults.value(default)? else {
            return Ok((locales, 0));
        };
        let index = locales.iter().position(|locale| *locale == default);
        if index.is_none() {
            faults.tell(Error::invalid(
                "default_locale",
                &self.default_locale,
                Bilingual::new("must be a locale in texts", "必须是 texts 中的某个语言区域"),
            ))?;
        }
        Ok((locales, index.unwrap_or(0)))
    }

    fn check_actions(&self, origin: Origin, faults: &mut Faults) -> Result<()> {
        faults.of(check_count("actions", self.actions.len(), limits::ACTIONS))?;
        for (i, action) in self.actions.iter().enumerate() {
            faults.within(format_args!("actions[{i}]"), |faults| {
                check_action(action, origin, faults)?;
                let mut earlier = self.actions.iter().take(i);
                match earlier.any(|earlier| earlier.id == action.id) {
                    true => faults.tell(Error::invalid("id", &action.id, twice())),
                    false => Ok(()),
                }
            })?;
        }
        Ok(())
    }

    fn check_replaces(&self, faults: &mut Faults) -> Result<()> {
        let count = self.replaces.len();
        faults.of(check_count("replaces", count, limits::REPLACES))?;
        for (i, reference) in self.replaces.iter().enumerate() {
            faults.within(format_args!("replaces[{i}]"), |faults| {
                faults.of(self.check_reference(reference))
            })?;
        }
        Ok(())
    }

    fn check_reference(&self, reference: &Reference) -> Result<()> {
        match reference {
            Reference::Id(id) if *id < 1 => {
                let reason = Bilingual::new("an id must be 1 or greater", "编号必须大于或等于 1");
                Err(Error::invalid("", &id.to_string(), reason))
            }
            Reference::Id(id) if *id > MAX_INTEGER => {
                Err(Error::invalid("", &id.to_string(), inexact()))
            }
            Reference::Id(_) => Ok(()),
            Reference::Key(key) => {
                check_present("", key)?;
                check_key("", key)?;
                if *key == self.key {
                    let reason = Bilingual::new("cannot replace itself", "不能取代自身");
                    return Err(Error::invalid("", key, reason));
                }
                Ok(())
            }
        }
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
    match memchr::memchr(0, value.as_bytes()) {
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

fn check_channel(channel: &str) -> Result<()> {
    check_bytes("channel", channel, limits::CHANNEL_BYTES)?;
    check_name("channel", channel)
}

fn check_tag(tag: &str, is_there: bool) -> Result<()> {
    check_present("", tag)?;
    check_chars("", tag, limits::TAG_CHARS)?;
    match is_there {
        true => Err(Error::invalid("", tag, twice())),
        false => Ok(()),
    }
}

/// Refuses an id of an action that is not made of letters, digits and a few signs.
fn check_action_id(path: &str, id: &str) -> Result<()> {
    check_present(path, id)?;
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

fn check_text(text: &Text, origin: Origin, faults: &mut Faults) -> Result<()> {
    let title = check_line("title", &text.title, limits::TITLE_CHARS, origin);
    faults.of(title)?;
    let (path, summary) = ("summary", &text.summary);
    let checked = check_chars(path, summary, limits::SUMMARY_CHARS);
    faults.of(checked.and_then(|()| origin.check_controls(path, summary, false)))?;
    let (path, body) = ("body", &text.body);
    let checked = check_bytes(path, body, limits::BODY_BYTES);
    faults.of(checked.and_then(|()| origin.check_controls(path, body, true)))
}

/// Refuses a title or a label that is too long, that shows nothing, or that has control characters.
fn check_line(path: &str, line: &str, limit: usize, origin: Origin) -> Result<()> {
    check_chars(path, line, limit)?;
    match origin {
        Origin::Editor => check_visible(path, line)?,
        Origin::Board => check_present(path, line)?,
    }
    origin.check_controls(path, line, false)
}

fn check_action(action: &Action, origin: Origin, faults: &mut Faults) -> Result<()> {
    faults.of(check_action_id("id", &action.id))?;
    if action.label.is_empty() {
        let reason = Bilingual::new("must have at least one locale", "至少要有一个语言区域");
        faults.tell(Error::invalid("label", "", reason))?;
    }
    faults.of(check_count("label", action.label.len(), limits::LOCALES))?;
    let mut locales = Vec::with_capacity(action.label.len());
    for (locale, label) in &action.label {
        faults.within(format_args!("label.{locale}"), |faults| {
            let parsed = faults.value(Locale::parse(locale))?;
            faults.of(check_line("", label, limits::ACTION_LABEL_CHARS, origin))?;
            let Some(parsed) = parsed else { return Ok(()) };
            if locales.contains(&parsed) {
                faults.tell(Error::invalid("", locale, twice()))?;
            }
            locales.push(parsed);
            Ok(())
        })?;
    }
    faults.of(check_value(action))
}

fn check_value(action: &Action) -> Result<()> {
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

fn check_extras(extras: &Map<String, Value>, faults: &mut Faults) -> Result<()> {
    for (name, value) in extras {
        check_extra(&format!("extras.{name}"), name, value, 2, faults)?;
    }
    Ok(())
}

/// `depth` is the nesting that `value` would have if it were an object or a list.
fn check_extra(
    path: &str,
    name: &str,
    value: &Value,
    depth: usize,
    faults: &mut Faults,
) -> Result<()> {
    faults.of(check_nul(path, name))?;
    let nested: Box<dyn Iterator<Item = (String, &str, &Value)>> = match value {
        Value::String(text) => return faults.of(check_nul(path, text)),
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
            return faults.tell(Error::invalid(path, &number.to_string(), inexact()));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => return Ok(()),
    };
    if depth > limits::EXTRAS_DEPTH {
        let unit = Bilingual::new("levels deep", "层嵌套");
        let (actual, limit) = (depth as u64, limits::EXTRAS_DEPTH as u64);
        // What is below is too deep as well, and may be as deep as the parser goes.
        return faults.tell(Error::too_large(path, actual, limit, &unit));
    }
    for (path, name, value) in nested {
        check_extra(&path, name, value, depth + 1, faults)?;
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
