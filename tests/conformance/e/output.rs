//! Rows and results as the suite's answers: each field is asked for by its number.

use notice::{ActionKind, ErrorKind, Format, Lifecycle, Outcome, Placement, Rule, Severity};
use serde_json::{Map, Value, json};

use super::Board;
use super::library::copied;

/// How a field of an announcement is asked for.
enum Kind {
    Number,
    Flag,
    Text,
    Name(fn(i32) -> &'static str),
    Placement,
    Tags,
    Json,
}

/// The fields by their names, in the order of their numbers, which begin with 1.
const FIELDS: [(&str, Kind); 41] = [
    ("id", Kind::Number),
    ("title", Kind::Text),
    ("summary", Kind::Text),
    ("body", Kind::Text),
    (
        "severity",
        Kind::Name(|code| Severity::from_code(code).unwrap().name()),
    ),
    ("priority", Kind::Number),
    ("pinned", Kind::Flag),
    ("channel", Kind::Text),
    ("key", Kind::Text),
    ("category", Kind::Text),
    ("tags", Kind::Tags),
    ("starts_at", Kind::Number),
    ("ends_at", Kind::Number),
    ("event_from", Kind::Number),
    ("event_to", Kind::Number),
    ("created_at", Kind::Number),
    ("published_at", Kind::Number),
    ("updated_at", Kind::Number),
    ("retracted_at", Kind::Number),
    ("retract_reason", Kind::Text),
    (
        "state",
        Kind::Name(|code| Lifecycle::from_code(code).unwrap().name()),
    ),
    ("version", Kind::Number),
    ("notify_version", Kind::Number),
    ("revision", Kind::Number),
    ("is_read", Kind::Flag),
    ("is_dismissed", Kind::Flag),
    ("is_acknowledged", Kind::Flag),
    ("is_pending", Kind::Flag),
    ("dismissible", Kind::Flag),
    ("require_ack", Kind::Flag),
    ("display", Kind::Placement),
    ("show_limit", Kind::Number),
    ("show_interval_ms", Kind::Number),
    ("seen_count", Kind::Number),
    (
        "format",
        Kind::Name(|code| Format::from_code(code).unwrap().name()),
    ),
    ("locale_used", Kind::Text),
    ("is_fallback", Kind::Flag),
    ("author", Kind::Text),
    ("source", Kind::Text),
    ("external_id", Kind::Text),
    ("extras", Kind::Json),
];
const SNIPPET: i32 = 42;
const SNIPPET_FIELD: i32 = 43;
const ACTION_COUNT: i32 = 44;
const QUIET: i32 = 47;
const SNOOZED_UNTIL: i32 = 48;

/// What is asked of a row of its own has no revision, epoch and time of its own.
pub(super) fn result(e: &Board, result: i32) -> Value {
    let cursor = e.text(result, 0, 7);
    json!({
        "total": e.number(result, 0, 1),
        "unread": e.number(result, 0, 2),
        "revision": e.number(result, 0, 3),
        "now": e.number(result, 0, 4),
        "next_change_at": e.number(result, 0, 5),
        "epoch": e.text(result, 0, 6),
        "next_cursor": (!cursor.is_empty()).then_some(cursor),
    })
}

pub(super) fn item(e: &Board, result: i32, row: i32) -> Value {
    let mut item = Map::new();
    for (field, (name, kind)) in (1..).zip(&FIELDS) {
        let number = || e.number(result, row, field);
        let code = || i32::try_from(number()).unwrap();
        let text = || e.text(result, row, field);
        let value = match kind {
            Kind::Number => number().into(),
            Kind::Flag => (number() == 1).into(),
            Kind::Text => text().into(),
            Kind::Name(name) => name(code()).into(),
            Kind::Placement => {
                let display = Placement::from_bits(code().cast_unsigned()).unwrap();
                display.names().collect()
            }
            Kind::Tags => text().split(',').filter(|tag| !tag.is_empty()).collect(),
            Kind::Json => match text().as_str() {
                "" => json!({}),
                json => serde_json::from_str(json).unwrap(),
            },
        };
        item.insert((*name).to_owned(), value);
    }
    item.insert(
        "quiet".to_owned(),
        (e.number(result, row, QUIET) == 1).into(),
    );
    let snoozed_until = e.number(result, row, SNOOZED_UNTIL);
    item.insert("snoozed_until".to_owned(), snoozed_until.into());
    item.insert("actions".to_owned(), actions(e, result, row));
    item.insert("snippet".to_owned(), snippet(e, result, row));
    item.into()
}

fn actions(e: &Board, result: i32, row: i32) -> Value {
    let count = i32::try_from(e.number(result, row, ACTION_COUNT)).unwrap();
    (1..=count)
        .map(|index| {
            // SAFETY: nothing is pointed at; the text is copied at once.
            let part = |part| copied(unsafe { (e.functions.action)(result, row, index, part) });
            let kind = part(2);
            ActionKind::from_name(&kind).unwrap();
            json!({"id": part(1), "kind": kind, "label": part(3), "value": part(4)})
        })
        .collect()
}

fn snippet(e: &Board, result: i32, row: i32) -> Value {
    let field = e.text(result, row, SNIPPET_FIELD);
    match field.is_empty() {
        true => Value::Null,
        false => json!({"field": field, "text": e.text(result, row, SNIPPET)}),
    }
}

/// A line of what was done.
pub(super) fn published(line: &str) -> Value {
    let numbers: Vec<i64> = line.split('\t').map(|part| part.parse().unwrap()).collect();
    let outcome = Outcome::from_code(i32::try_from(numbers[3]).unwrap()).unwrap();
    json!({
        "id": numbers[0],
        "version": numbers[1],
        "revision": numbers[2],
        "outcome": outcome.name(),
        "duplicate": numbers[4] == 1,
    })
}

/// The rules of that sum.
pub(super) fn explained(id: i64, rules: i32) -> Value {
    let is_in = |rule: &&Rule| rules & 1 << rule.code() != 0;
    let hides = |rule: &Rule| {
        !matches!(
            rule,
            Rule::Visible
                | Rule::Dismissed
                | Rule::ShowLimit
                | Rule::ShowInterval
                | Rule::Unreadable
                | Rule::Snoozed
        )
    };
    let found: Vec<&Rule> = Rule::ALL.iter().filter(is_in).collect();
    json!({
        "id": id,
        "visible": !found.iter().any(|rule| hides(rule)),
        "pending": found.iter().all(|rule| matches!(rule, Rule::Visible | Rule::Unreadable)),
        "rules": found.iter().map(|rule| rule.name()).collect::<Value>(),
    })
}

/// The findings about drafts, from a line for each.
pub(super) fn checked(lines: impl Iterator<Item = String>) -> Value {
    let (mut faults, mut lints, mut more) = (Vec::new(), Vec::new(), false);
    for line in lines {
        let parts: Vec<&str> = line.split('\t').collect();
        let [draft, status, name, path, offset, words] = parts.as_slice() else {
            panic!("{line:?} has six parts")
        };
        let (draft, status): (i64, i32) = (draft.parse().unwrap(), status.parse().unwrap());
        assert!(!words.is_ascii(), "{words}");
        let offset = offset.parse().ok().filter(|offset: &i64| *offset >= 0);
        match (draft, status) {
            (0, 0) => more = true,
            (draft, 0) => lints.push(json!({"draft": draft - 1, "rule": name, "path": path})),
            (draft, status) => {
                assert_eq!(ErrorKind::from_code(-status).unwrap().name(), *name);
                faults.push(
                    json!({"draft": draft - 1, "kind": name, "path": path, "offset": offset}),
                );
            }
        }
    }
    json!({"faults": faults, "lints": lints, "more": more})
}
