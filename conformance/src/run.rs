//! Runs a case on a surface: fills in what was saved, and compares what comes with what is expected.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::case::{Case, Expected, Step};
use crate::fill::{fill, spell_out};
use crate::kept::{Files, Kept};
use crate::surface::{Answer, Open, Refusal, WRITES, call};

/// Runs `case` on a board that is kept so.
///
/// # Errors
/// The step that went wrong, what was expected and what came.
pub(crate) fn run(case: &Case, open: Open, kept: Kept, files: &Files) -> Result<(), String> {
    let file = files.fresh();
    let (url, mut now) = (kept.url(&file), case.now);
    let mut surface = open(&url, now, case.options);
    let mut names = HashMap::new();
    for (number, step) in case.steps.iter().enumerate() {
        let args = spell_out(&step.operation, fill(&step.args, &names));
        if step.operation == "at" {
            now = args.as_i64().expect("a time");
            surface.set_now(now);
            continue;
        }
        let answer = call(surface.as_ref(), &step.operation, &args);
        if let Err(fault) = compare(step, &answer, &names) {
            let (operation, number) = (&step.operation, number + 1);
            return Err(format!("step {number}: {operation} {args}\n{fault}"));
        }
        for (name, path) in &step.save {
            let whole = answer.as_ref().expect("only an answer is saved");
            let part = at_path(whole, path);
            if part.is_null() {
                return Err(format!(
                    "step {}: nothing to save at {path} of {whole}",
                    number + 1
                ));
            }
            names.insert(name.clone(), part.clone());
        }
        if kept == Kept::Reopened && WRITES.contains(&step.operation.as_str()) {
            drop(surface);
            surface = open(&url, now, case.options);
        }
    }
    Ok(())
}

fn compare(step: &Step, answer: &Answer, names: &HashMap<String, Value>) -> Result<(), String> {
    match (&step.expected, answer) {
        (Expected::Answer(None), Ok(_)) => Ok(()),
        (Expected::Answer(Some(expected)), Ok(got)) => {
            let expected = fill(expected, names);
            differ("", &expected, got).map_or(Ok(()), Err)
        }
        (Expected::Answer(expected), Err(refusal)) => {
            let expected = expected.clone().unwrap_or_default();
            Err(format!("  expected: {expected}\n  got:      {refusal:?}"))
        }
        (Expected::Error(expected), Ok(got)) => {
            Err(format!("  expected: error {expected}\n  got:      {got}"))
        }
        (Expected::Error(expected), Err(refusal)) => {
            let expected = match expected {
                Value::String(kind) => json!({ "kind": kind }),
                other => fill(other, names),
            };
            let got = describe(refusal);
            if let Some(fault) = differ("", &expected, &got) {
                return Err(fault);
            }
            let [en, zh] = refusal.messages.as_ref();
            // Every error says in both languages what is wrong.
            match en.is_empty() || zh.is_empty() || en == zh {
                true => Err(format!("  the messages are {en:?} and {zh:?}")),
                false => Ok(()),
            }
        }
    }
}

/// An error as cases write it.
fn describe(refusal: &Refusal) -> Value {
    json!({
        "kind": refusal.kind,
        "path": refusal.path,
        "offset": refusal.offset,
        "limit": refusal.limit,
    })
}

/// Where `got` lacks something of `expected`. Objects may have more members than are expected, lists are
/// as long; `null` is a member that is not there, `"*"` any value but null.
fn differ(path: &str, expected: &Value, got: &Value) -> Option<String> {
    match (expected, got) {
        (Value::String(any), got) if any == "*" && !got.is_null() => None,
        (Value::Object(members), Value::Object(_)) => {
            members.iter().find_map(|(name, expected)| {
                let got = got.get(name).unwrap_or(&Value::Null);
                differ(&format!("{path}.{name}"), expected, got)
            })
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => expected
            .iter()
            .zip(got)
            .enumerate()
            .find_map(|(n, (expected, got))| differ(&format!("{path}[{n}]"), expected, got)),
        (expected, got) if expected == got => None,
        (expected, got) => {
            let path = path.trim_start_matches('.');
            Some(format!(
                "  at:       {path}\n  expected: {expected}\n  got:      {got}"
            ))
        }
    }
}

/// The part of a value at a path such as `items.0.id`.
fn at_path<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .fold(value, |value, step| match step.parse::<usize>() {
            Ok(index) => value.get(index).unwrap_or(&Value::Null),
            Err(_) => value.get(step).unwrap_or(&Value::Null),
        })
}
