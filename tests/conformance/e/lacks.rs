//! What cases need that the E layer has no way to say.

use serde_json::Value;

use super::input::is_gbk;
use notice_conformance::{Case, Expected, Step};

/// What a case needs that this layer does not carry; docs/conformance.md has the list.
pub(super) fn lacks(case: &Case) -> Option<&'static str> {
    let options = case.options;
    if options.keep_changes.is_some() || options.retention_ms.is_some() {
        return Some("a board is opened without options");
    }
    case.steps.iter().find_map(lacks_step)
}

fn lacks_step(step: &Step) -> Option<&'static str> {
    let (args, viewer) = (&step.args, &step.args["viewer"]);
    let is_one_of = |names: &[&str]| names.contains(&step.operation.as_str());
    if is_one_of(&["changes", "wait", "receipts"]) {
        return Some("there is no feed and there are no receipts; it polls");
    }
    let is_more =
        |name: &str| !args[name].is_null() || name != "epoch" && !expected_of(step)[name].is_null();
    if is_one_of(&["own_marks"])
        && ["since", "epoch", "timeout_ms", "all", "changed"]
            .iter()
            .any(|name| is_more(name))
    {
        return Some("of the own marks there is only the revision");
    }
    if is_one_of(&["mark"]) && viewer["now"].is_i64() {
        return Some("a mark has no time of its own");
    }
    if is_one_of(&["mark"]) && args["mark"] != "snooze" && args["until"].is_i64() {
        return Some("only a snooze takes a time");
    }
    let expected = expected_of(step);
    if is_one_of(&["mark_all", "mark_all_read"]) && !expected["revision"].is_null() {
        return Some("marking all read does not say up to where");
    }
    if is_one_of(&["explain"]) && !expected["next_change_at"].is_null() {
        return Some("an explanation has its times in words");
    }
    let left_out = [
        "title_hits",
        "hits",
        "cut_before",
        "cut_after",
        "notify_revision",
    ];
    if has_member(expected, &left_out) {
        return Some("where a search text was found is not carried");
    }
    let attributes = viewer["attributes"].as_object();
    let mut values = attributes
        .into_iter()
        .flatten()
        .flat_map(|(_, values)| match values {
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            one => vec![one.as_str().unwrap_or_default()],
        });
    if values.any(|value| value.is_empty() || value.contains(['\r', '\n'])) {
        return Some("a value of an attribute is a line that is not empty");
    }
    let is_read_as_gbk = !is_one_of(&[
        "publish",
        "publish_json",
        "check",
        "check_json",
        "apply",
        "update",
        "at",
    ]);
    (is_read_as_gbk && !all_texts(args, &is_gbk))
        .then_some("GBK lacks a character of what is asked")
}

/// The answer that a step expects.
fn expected_of(step: &Step) -> &Value {
    match &step.expected {
        Expected::Answer(Some(expected)) => expected,
        _ => &Value::Null,
    }
}

/// Whether a value has a member of one of these names anywhere.
fn has_member(value: &Value, names: &[&str]) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| names.contains(&name.as_str()) || has_member(value, names)),
        Value::Array(list) => list.iter().any(|value| has_member(value, names)),
        _ => false,
    }
}

fn all_texts(value: &Value, holds: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(list) => list.iter().all(|value| all_texts(value, holds)),
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| holds(name) && all_texts(value, holds)),
        _ => true,
    }
}
