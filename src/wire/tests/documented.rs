//! Comparison of the tables and examples in docs/json.md with the code.

use std::sync::Arc;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::error::{ErrorKind, Language};
use crate::model::{Draft, Operation};
use crate::wire::{Answer, Call, Member, Table, answer, names, tables};

/// Rows of the first table below each heading, by section and by the name in the heading.
type Page = BTreeMap<(String, String), Vec<Vec<String>>>;

fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    std::fs::read_to_string(path).unwrap()
}

fn page() -> Page {
    let mut page = Page::new();
    let (mut section, mut name) = (String::new(), String::new());
    for line in text().lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            (section, name) = (heading.to_owned(), String::new());
        } else if let Some(heading) = line.strip_prefix("### ") {
            heading.clone_into(&mut name);
        } else if let Some(row) = line.strip_prefix("| ") {
            let cells = row.trim_end_matches(" |").split(" | ");
            let cells = cells.map(|cell| cell.trim().replace('`', "")).collect();
            page.entry((section.clone(), name.replace('`', "")))
                .or_default()
                .push(cells);
        }
    }
    page
}

/// Rows after the header.
fn rows<'a>(page: &'a Page, section: &str, name: &str) -> &'a [Vec<String>] {
    let rows = page.get(&(section.to_owned(), name.to_owned()));
    rows.unwrap_or_else(|| panic!("no table of {name:?} in {section:?}"))
        .get(1..)
        .unwrap()
}

fn expected(member: &Member) -> Vec<String> {
    let default = member.default.as_ref();
    let default = default.map_or("required".to_owned(), Value::to_string);
    vec![member.name.to_owned(), member.kind.clone(), default]
}

#[test]
fn every_call_is_documented_with_its_number_members_and_answer() {
    let page = page();
    let listed = rows(&page, "Calls", "");
    let calls = Call::list();
    assert_eq!(listed.len(), calls.len());
    for (number, Table { name, members, .. }) in calls {
        let row = listed.iter().find(|row| row[0] == name).expect(name);
        assert_eq!(row[1], number.to_string(), "{name}");
        if members.is_empty() {
            continue;
        }
        let rows = rows(&page, "Calls", name);
        assert_eq!(rows.len(), members.len(), "{name}");
        for (row, member) in rows.iter().zip(&members) {
            assert_eq!(row[..3], expected(member), "{name}");
        }
    }
}

#[test]
fn every_answer_is_documented_with_its_number() {
    let page = page();
    let listed = rows(&page, "Answers", "");
    let answers = Answer::list();
    assert_eq!(listed.len(), answers.len());
    for (row, (number, table)) in listed.iter().zip(answers) {
        assert_eq!(row[..2], [table.name.to_owned(), number.to_string()]);
    }
}

#[test]
fn every_object_is_documented_with_its_members() {
    let page = page();
    for Table { name, members } in tables() {
        let rows = rows(&page, "Objects", name);
        assert_eq!(rows.len(), members.len(), "{name}");
        for (row, member) in rows.iter().zip(&members) {
            let expected = expected(member);
            // Members of answers are always present, so their tables have no defaults.
            let is_asked = members.iter().any(|member| member.default.is_some());
            let columns = if is_asked { 3 } else { 2 };
            assert_eq!(row[..columns], expected[..columns], "{name}");
        }
    }
}

#[test]
fn every_name_is_documented_with_its_number() {
    let page = page();
    let listed = rows(&page, "Names", "");
    let names = names();
    assert_eq!(listed.len(), names.len());
    for (row, (kind, values)) in listed.iter().zip(names) {
        let values: Vec<_> = values
            .iter()
            .map(|(code, name)| format!("{code} {name}"))
            .collect();
        assert_eq!(row[..2], [kind.to_owned(), values.join(", ")]);
    }
}

#[test]
fn every_error_is_documented_with_its_number_and_meaning() {
    let page = page();
    let listed = rows(&page, "Errors", "");
    assert_eq!(listed.len(), ErrorKind::ALL.len());
    for (row, kind) in listed.iter().zip(ErrorKind::ALL) {
        let meaning = kind.describe(Language::En).to_owned();
        assert_eq!(
            row[..3],
            [(*kind as i32).to_string(), kind.name().to_owned(), meaning]
        );
    }
}

#[test]
fn every_example_is_a_message_as_the_library_writes_it() {
    let text = text();
    let blocks = text
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let mut count = 0;
    for block in blocks {
        let value: Value = serde_json::from_str(block).unwrap_or_else(|e| panic!("{e}: {block}"));
        let name = value.as_object().unwrap().keys().next().unwrap().as_str();
        let is_call = Call::NAMES.contains(&name) && value[name].get("total").is_none();
        let written = match is_call {
            true => Call::from_json(block.as_bytes()).map(|call| call.to_json()),
            false => Answer::from_json(block.as_bytes()).map(|answer| answer.to_json()),
        };
        assert_eq!(written.unwrap_or_else(|e| panic!("{e}: {block}")), value);
        count += 1;
    }
    assert!(count >= 6, "only {count} examples");
}

#[test]
fn every_member_of_a_draft_is_in_its_table() {
    let tables = tables();
    let table = tables.iter().find(|table| table.name == "draft").unwrap();
    for member in &table.members {
        // The wrong type is refused with another error than an unknown member.
        let odd = Value::Object(
            [(member.name.to_owned(), odd(&member.kind))]
                .into_iter()
                .collect(),
        );
        let error = Draft::from_value(&odd).unwrap_err();
        assert!(!error.to_string().contains("unknown"), "{error}");
    }
    let unset = Draft::default().to_json();
    assert_eq!(
        unset,
        serde_json::json!({"texts": {}}),
        "defaults are left out"
    );
}

/// A value that a member of this type refuses.
fn odd(kind: &str) -> Value {
    match kind {
        "text" | "texts" | "object" | "audience" => Value::from(7),
        _ => Value::Object(serde_json::Map::new()),
    }
}

#[test]
fn every_call_has_the_answer_that_it_says() {
    let board = crate::open("mem:").unwrap();
    let draft = Draft::new("en", "Maintenance tonight");
    let publish = || Call::Publish(Arc::new(draft.clone()));
    let calls = [
        publish(),
        Call::from(Operation::Retract {
            id: 1,
            reason: String::new(),
            if_version: None,
        }),
        Call::Restore {
            id: 1,
            if_version: None,
        },
        Call::Apply(vec![Operation::Publish(Arc::new(draft.clone()))]),
        Call::Check(draft.to_json()),
        Call::from_json(br#"{"update": {"id": 1, "patch": {"pinned": true}}}"#).unwrap(),
        Call::from_json(br#"{"query": {}}"#).unwrap(),
        Call::from_json(br#"{"count": {}}"#).unwrap(),
        Call::from_json(br#"{"get": {"id": 1}}"#).unwrap(),
        Call::Record { id: 1 },
        Call::History { id: 1 },
        Call::from_json(br#"{"explain": {"id": 1}}"#).unwrap(),
        Call::from_json(br#"{"mark": {"viewer": {"user": "a"}, "ids": [1], "mark": "read"}}"#)
            .unwrap(),
        Call::from_json(br#"{"mark_all_read": {"viewer": {"user": "a"}}}"#).unwrap(),
        Call::from_json(br#"{"mark_all": {"viewer": {"user": "a"}, "mark": "seen"}}"#).unwrap(),
        Call::from_json(br#"{"receipts": {"id": 1}}"#).unwrap(),
        Call::from_json(br#"{"changes": {}}"#).unwrap(),
        Call::from_json(br#"{"wait": {}}"#).unwrap(),
        Call::Stats,
        Call::Head,
        Call::Maintain,
        Call::Verify,
        Call::Flush,
        Call::ForgetUser {
            user: "a".to_owned(),
        },
        Call::from_json(br#"{"publish": {"state": "draft", "texts": {"en": {"title": "a"}}}}"#)
            .unwrap(),
        Call::Release {
            id: 3,
            if_version: Some(1),
        },
        Call::Purge { id: 1 },
    ];
    let mut left: Vec<_> = Call::NAMES.to_vec();
    for call in calls {
        left.retain(|name| *name != call.name());
        let (name, text) = (call.answer_name(), call.to_json());
        assert_eq!(answer(&*board, call).unwrap().name(), name, "{text}");
    }
    // A board in memory has no file to compact.
    assert_eq!(left, ["compact"]);
}

#[test]
fn the_members_of_a_record_are_documented_in_their_order() {
    let board = crate::open("mem:").unwrap();
    let id = board.publish(&Draft::new("en", "a")).unwrap().id;
    board.retract(id, "wrong").unwrap();
    let record = answer(&*board, Call::Record { id }).unwrap().to_value();
    let page = page();
    let documented = rows(&page, "Objects", "record")
        .iter()
        .map(|row| row[0].clone());
    let written = record.as_object().unwrap().keys().cloned();
    let count = documented.len();
    assert_eq!(
        written.take(count).collect::<Vec<_>>(),
        documented.collect::<Vec<_>>()
    );
}

#[test]
fn the_example_in_binary_is_what_the_library_writes() {
    let call = Call::from_json(br#"{"get": {"id": 1}}"#).unwrap();
    let bytes: Vec<String> = call
        .to_bytes()
        .unwrap()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(
        text().contains(&format!("`{}`", bytes.join(" "))),
        "{bytes:?}"
    );
}
