//! Requests of the suite as the texts that the E layer takes.

use std::ffi::CString;

use serde_json::Value;

/// A text as it is handed in.
pub(super) fn gbk(text: &str) -> CString {
    let (bytes, _, had_errors) = encoding_rs::GBK.encode(text);
    assert!(!had_errors, "GBK lacks something of {text}");
    CString::new(bytes.into_owned()).unwrap()
}

/// Whether a text can be handed in.
pub(super) fn is_gbk(text: &str) -> bool {
    !encoding_rs::GBK.encode(text).2 && !text.contains('\0')
}

/// An instant, whatever the machine's time zone.
pub(super) fn instant(ms: i64) -> String {
    format!("@{ms}")
}

/// View, filter, order, limit, cursor, the viewer's time and the revision to mark up to, as conditions.
pub(super) fn conditions(args: &Value) -> String {
    let mut conditions = Vec::new();
    let mut add = |name: &str, value: &str| conditions.push(format!("{name}{}", quoted(value)));
    for name in ["view", "order", "cursor"] {
        if let Some(value) = args[name].as_str().filter(|value| !value.is_empty()) {
            add(&format!("{name}="), value);
        }
    }
    for name in ["limit", "up_to"] {
        if let Some(number) = args[name].as_i64() {
            add(&format!("{name}="), &number.to_string());
        }
    }
    if let Some(now) = args["viewer"]["now"].as_i64() {
        add("now=", &instant(now));
    }
    let filter = &args["filter"];
    for (member, name) in [
        ("channels", "channel="),
        ("categories", "category="),
        ("tags_any", "tag="),
        ("tags_all", "all_tags="),
        ("tags_none", "no_tag="),
        ("keys", "key="),
    ] {
        for value in filter[member].as_array().into_iter().flatten() {
            add(name, value.as_str().unwrap());
        }
    }
    for id in filter["ids"].as_array().into_iter().flatten() {
        add("id=", &id.to_string());
    }
    for (member, name) in [
        ("severity_at_least", "severity>="),
        ("author", "author="),
        ("external_id", "external_id="),
        ("phase", "phase="),
        ("has_locale", "has_locale="),
        ("q", "q="),
    ] {
        if let Some(value) = filter[member].as_str() {
            add(name, value);
        }
    }
    if let Some(since) = filter["changed_since"].as_i64() {
        add("changed_since=", &since.to_string());
    }
    for name in ["starts", "ends", "published", "updated"] {
        for (n, sign) in [(0, ">="), (1, "<")] {
            if let Some(time) = filter[name][n].as_i64().filter(|time| *time != 0) {
                add(&format!("{name}{sign}"), &instant(time));
            }
        }
    }
    let pinned = filter["pinned"].as_bool();
    for (is_set, word) in [
        (pinned == Some(true), "pinned"),
        (pinned == Some(false), "unpinned"),
        (filter["unread_only"] == true, "unread"),
        (filter["pending_only"] == true, "pending"),
        (filter["unacknowledged_only"] == true, "unacknowledged"),
    ] {
        if is_set {
            conditions.push(word.to_owned());
        }
    }
    conditions.join(" ")
}

/// A value in quotes, as a program that does not know what is in it writes it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// What of a viewer is set by name: user, locales and attributes.
pub(super) fn viewer(viewer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value, between: &str| match value {
        Value::String(one) => one.clone(),
        many => {
            let texts: Vec<String> = many.as_array().into_iter().flatten().map(text).collect();
            texts.join(between)
        }
    };
    let mut set = vec![
        ("user".to_owned(), text(&viewer["user"])),
        ("语言".to_owned(), list(&viewer["locales"], ",")),
    ];
    for (name, values) in viewer["attributes"].as_object().into_iter().flatten() {
        set.push((name.clone(), list(values, "\r\n")));
    }
    set
}
