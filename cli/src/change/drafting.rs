//! The options that describe an announcement, in `publish` and `update`: as members of a draft, as docs/json.md has them.

use notice::{Audience, Condition};
use serde_json::{Map, Value, json};

use crate::audience;
use crate::console::Console;
use crate::exit::{self, Outcome, Stop};

const TEXTS: &str = "Texts";
const WHEN: &str = "When";
const WHO: &str = "Who and how";

/// Members of an announcement.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub(crate) struct Members {
    /// Title; with LOCALE= in front for more than one language, such as en="Maintenance tonight"
    #[arg(long, short, value_name = "[LOCALE=]TEXT", help_heading = TEXTS)]
    title: Vec<String>,
    /// Summary of one or two sentences
    #[arg(long, value_name = "[LOCALE=]TEXT", help_heading = TEXTS)]
    summary: Vec<String>,
    /// Body
    #[arg(long, value_name = "[LOCALE=]TEXT", help_heading = TEXTS)]
    body: Vec<String>,
    /// The bodies are Markdown
    #[arg(long, help_heading = TEXTS)]
    markdown: bool,
    /// Locale of texts without one [default: that of the messages]
    #[arg(long, value_name = "LOCALE", help_heading = TEXTS)]
    locale: Option<String>,

    /// Visible from this time, such as "tomorrow 22:00" [default: at once]
    #[arg(long, value_name = "TIME", help_heading = WHEN)]
    starts: Option<String>,
    /// Visible until this time, such as "+2h"; `never` removes an end
    #[arg(long, value_name = "TIME", help_heading = WHEN)]
    ends: Option<String>,
    /// Beginning of what it is about
    #[arg(long, value_name = "TIME", help_heading = WHEN)]
    event_from: Option<String>,
    /// End of what it is about
    #[arg(long, value_name = "TIME", help_heading = WHEN)]
    event_to: Option<String>,

    /// Your own name for it; publishing under it again changes it
    #[arg(long, short, value_name = "KEY", help_heading = WHO)]
    key: Option<String>,
    /// Channel, such as a product
    #[arg(long, value_name = "NAME", help_heading = WHO)]
    channel: Option<String>,
    /// Severity: none, info, notice, warning or critical
    #[arg(long, short, value_name = "SEVERITY", help_heading = WHO)]
    severity: Option<String>,
    /// Order within its severity, -1000 to 1000
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help_heading = WHO)]
    priority: Option<i32>,
    /// Condition on viewers, such as role=admin,staff; all must hold, and `everyone` removes them
    #[arg(long, short, value_name = "CONDITION", help_heading = WHO)]
    audience: Vec<String>,
    /// Category
    #[arg(long, value_name = "NAME", help_heading = WHO)]
    category: Option<String>,
    /// Tags
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = WHO)]
    tag: Vec<String>,
    /// Where to show it: list, banner, popup, ticker, badge
    #[arg(long, value_name = "PLACE", value_delimiter = ',', help_heading = WHO)]
    display: Vec<String>,
    /// Keep it at the top
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = WHO)]
    pinned: Option<bool>,
    /// Readers must acknowledge it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = WHO)]
    require_ack: Option<bool>,
    /// Whether readers may dismiss it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = WHO)]
    dismissible: Option<bool>,
    /// Button that opens an address, such as Details=https://example.com
    #[arg(long, value_name = "LABEL=URL", help_heading = WHO)]
    link: Vec<String>,
    /// What it supersedes: a number or a key
    #[arg(long, value_name = "ANNOUNCEMENT", help_heading = WHO)]
    replaces: Vec<String>,
    /// Who wrote it
    #[arg(long, value_name = "NAME", help_heading = WHO)]
    author: Option<String>,
    /// Any other member, as JSON, such as extras={"ticket":7}
    #[arg(long, value_name = "MEMBER=JSON", help_heading = WHO)]
    set: Vec<String>,
}

impl Members {
    /// Returns the members that were given.
    pub(crate) fn to_json(&self, console: &Console) -> Outcome<Map<String, Value>> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        let texts = self.texts(console)?;
        if !texts.is_empty() {
            put("texts", Value::Object(texts));
        }
        for (flag, member, text) in [
            ("--starts", "starts_at", &self.starts),
            ("--ends", "ends_at", &self.ends),
            ("--event-from", "event_from", &self.event_from),
            ("--event-to", "event_to", &self.event_to),
        ] {
            if let Some(text) = text {
                put(member, time(console, flag, text)?);
            }
        }
        for (member, text) in [
            ("key", &self.key),
            ("channel", &self.channel),
            ("severity", &self.severity),
            ("category", &self.category),
            ("author", &self.author),
        ] {
            if let Some(text) = text {
                put(member, json!(text));
            }
        }
        for (member, flag) in [
            ("pinned", self.pinned),
            ("require_ack", self.require_ack),
            ("dismissible", self.dismissible),
        ] {
            if let Some(flag) = flag {
                put(member, json!(flag));
            }
        }
        if let Some(priority) = self.priority {
            put("priority", json!(priority));
        }
        for (member, list) in [("tags", &self.tag), ("display", &self.display)] {
            if !list.is_empty() {
                put(member, json!(list));
            }
        }
        if !self.audience.is_empty() {
            put("audience", self.conditions()?);
        }
        if !self.link.is_empty() {
            put("actions", self.links(console)?);
        }
        if !self.replaces.is_empty() {
            let reference = |one: &String| {
                one.parse::<i64>()
                    .map_or_else(|_| json!(one), |id| json!(id))
            };
            put("replaces", self.replaces.iter().map(reference).collect());
        }
        for one in &self.set {
            let (name, value) = set(one)?;
            put(name, value);
        }
        Ok(members)
    }

    /// The locale of texts that state none.
    fn usual_locale<'a>(&'a self, console: &'a Console) -> &'a str {
        match &self.locale {
            Some(locale) => locale,
            None => console.word("en", "zh-CN"),
        }
    }

    fn texts(&self, console: &Console) -> Outcome<Map<String, Value>> {
        let usual = self.usual_locale(console);
        let mut texts = Map::new();
        for (member, all) in [
            ("title", &self.title),
            ("summary", &self.summary),
            ("body", &self.body),
        ] {
            for one in all {
                let (locale, text) = of_locale(one).unwrap_or((usual, one));
                let entry = texts.entry(locale).or_insert_with(|| json!({}));
                if entry.get(member).is_some() {
                    return Err(Stop::new(
                        exit::USAGE,
                        format!(
                            "--{member} is there twice for {locale}; write LOCALE=TEXT for another language"
                        ),
                        format!("--{member} 对 {locale} 出现了两次；其他语言请写 语言=文本"),
                    ));
                }
                if let Some(members) = entry.as_object_mut() {
                    members.insert(member.to_owned(), json!(text));
                    if member == "body" && self.markdown {
                        members.insert("format".to_owned(), json!("markdown"));
                    }
                }
            }
        }
        Ok(texts)
    }

    fn conditions(&self) -> Outcome<Value> {
        let is_everyone = self.audience.iter().any(|one| one == "everyone");
        let typed = self.audience.iter().filter(|_| !is_everyone);
        let read = typed
            .map(|text| audience::condition(text).map_err(|fault| fault.stop("--audience", text)));
        let conditions = read.collect::<Outcome<Vec<Condition>>>()?;
        Ok(Audience::from(conditions).to_json())
    }

    fn links(&self, console: &Console) -> Outcome<Value> {
        let locale = self.usual_locale(console);
        let read = self.link.iter().enumerate().map(|(index, link)| {
            let (label, url) = link.split_once('=').ok_or_else(|| {
                Stop::new(
                    exit::USAGE,
                    format!(
                        "--link: {link:?} is no LABEL=URL, such as Details=https://example.com"
                    ),
                    format!("--link：{link:?} 应写作 名称=网址，例如 详情=https://example.com"),
                )
            })?;
            let id = format!("link{}", index + 1);
            Ok(json!({"id": id, "kind": "url", "label": {locale: label}, "value": url}))
        });
        read.collect::<Outcome<Vec<Value>>>().map(Value::Array)
    }
}

/// Splits `en=Text` where what is in front is a locale.
fn of_locale(text: &str) -> Option<(&str, &str)> {
    let (locale, rest) = text.split_once('=')?;
    let mut parts = locale.split('-');
    let is_lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && is_lower(part));
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (is_language && parts.all(is_part)).then_some((locale, rest))
}

fn time(console: &Console, flag: &str, text: &str) -> Outcome<Value> {
    match text {
        "never" | "永不" => Ok(Value::Null),
        _ => Ok(json!(console.times.milliseconds(flag, text)?)),
    }
}

fn set(text: &str) -> Outcome<(&str, Value)> {
    let wrong = |why: &str| {
        Stop::new(
            exit::USAGE,
            format!("--set: {text:?} is no MEMBER=JSON, such as extras={{\"ticket\":7}}: {why}"),
            format!("--set：{text:?} 应写作 成员=JSON，例如 extras={{\"ticket\":7}}：{why}"),
        )
    };
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("="))?;
    let value = notice::wire::parse(value.as_bytes()).map_err(|error| wrong(&error.to_string()))?;
    Ok((name, value))
}
