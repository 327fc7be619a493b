//! The cases as they are read from their files; what is not in the vocabulary is refused here.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::surface::{BoardOptions, OPERATIONS, PARTS};

/// The present, in Unix milliseconds, of a case that names none.
pub(crate) const NOW: i64 = 1000;

/// A sentence of the contract, and how to see that it holds.
#[derive(Debug)]
pub(crate) struct Case {
    /// The file's name without its ending.
    pub(crate) theme: String,
    pub(crate) name: String,
    pub(crate) now: i64,
    pub(crate) options: BoardOptions,
    /// Surfaces that it does not apply to, and why.
    pub(crate) not_on: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
}

/// One step of a case.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) operation: String,
    pub(crate) args: Value,
    pub(crate) expected: Expected,
    /// Names for parts of the answer: name and path.
    pub(crate) save: Vec<(String, String)>,
}

/// How a step must end.
#[derive(Debug)]
pub(crate) enum Expected {
    /// With an answer that has at least this.
    Answer(Option<Value>),
    /// With an error that has at least this.
    Error(Value),
}

/// All cases, file by file, in the order in which they stand there.
pub(crate) fn read_all(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let theme = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{theme}: {e}"));
        for case in file
            .as_array()
            .unwrap_or_else(|| panic!("{theme}: not a list"))
        {
            cases.push(read_case(&theme, case));
        }
    }
    cases
}

fn read_case(theme: &str, case: &Value) -> Case {
    let name = case["name"]
        .as_str()
        .unwrap_or_else(|| panic!("{theme}: a case without a name"));
    let at = format!("{theme}: {name}");
    check_members(&at, case, &["name", "now", "options", "not_on", "steps"]);
    let options = &case["options"];
    if !options.is_null() {
        check_members(&at, options, &["keep_changes", "retention_ms"]);
    }
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let not_on = case["not_on"].as_object().cloned().unwrap_or_default();
    Case {
        theme: theme.to_owned(),
        name: name.to_owned(),
        now: case["now"].as_i64().unwrap_or(NOW),
        options: BoardOptions {
            keep_changes: options["keep_changes"]
                .as_array()
                .map(|k| (number(&k[0]), number(&k[1]))),
            retention_ms: options["retention_ms"].as_u64(),
        },
        not_on: texts(&not_on),
        steps: case["steps"]
            .as_array()
            .unwrap_or_else(|| panic!("{at}: no steps"))
            .iter()
            .map(|step| read_step(&at, step))
            .collect(),
    }
}

fn read_step(at: &str, step: &Value) -> Step {
    let members = step
        .as_object()
        .unwrap_or_else(|| panic!("{at}: {step} is no step"));
    let mut rest = members.clone();
    let (expect, error) = (rest.shift_remove("expect"), rest.shift_remove("error"));
    let mut save = texts(
        &rest
            .shift_remove("save")
            .map_or(Map::new(), |s| s.as_object().unwrap().clone()),
    );
    if let Some(name) = rest.shift_remove("as") {
        save.push((name.as_str().unwrap().to_owned(), "id".to_owned()));
    }
    let mut rest = rest.into_iter();
    let (Some((operation, args)), None) = (rest.next(), rest.next()) else {
        panic!("{at}: {step} must have exactly one operation");
    };
    if operation != "at" {
        let known = OPERATIONS.iter().find(|(name, _)| *name == operation);
        let (_, names) = known.unwrap_or_else(|| panic!("{at}: no operation {operation:?}"));
        if !names.is_empty() {
            check_members(at, &args, names);
        }
        for (part, names) in PARTS {
            if args.get(part).is_some_and(Value::is_object) {
                check_members(at, &args[part], names);
            }
        }
    }
    assert!(
        expect.is_none() || error.is_none(),
        "{at}: {step} expects an answer and an error"
    );
    Step {
        operation,
        args,
        expected: error.map_or(Expected::Answer(expect), Expected::Error),
        save,
    }
}

fn check_members(at: &str, value: &Value, names: &[&str]) {
    let members = value
        .as_object()
        .unwrap_or_else(|| panic!("{at}: {value} is no object"));
    for name in members.keys() {
        assert!(
            names.contains(&name.as_str()),
            "{at}: no member is named {name:?}"
        );
    }
}

fn texts(members: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    members
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
