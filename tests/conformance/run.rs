//! Runs a case on a surface: fills in what was saved, and compares what comes with what is expected.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::case::{Case, Expected, Step};
use crate::kept::{Files, Kept};
use crate::surface::{Answer, Open, Refusal, WRITES, call};

/// Runs `case` on a board that is kept so; what went wrong, if anything did.
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

/// Puts in what stands for something else: `"$name"` for what was saved, `{"$repeat": [text, n]}` for a
/// text n times, `{"$numbered": [text, n]}` for a list of texts with `#` as 0 to n - 1.
fn fill(value: &Value, names: &HashMap<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => names
                .get(name)
                .unwrap_or_else(|| panic!("{text} was not saved"))
                .clone(),
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(|value| fill(value, names)).collect(),
        Value::Object(members) => generated(members).unwrap_or_else(|| {
            let fill = |(name, value): (&String, &Value)| (name.clone(), fill(value, names));
            Value::Object(members.iter().map(fill).collect())
        }),
        other => other.clone(),
    }
}

/// Writes out what cases may write short: a draft's `title` is its text in English, and a viewer who is a
/// text has that name.
fn spell_out(operation: &str, mut args: Value) -> Value {
    match operation {
        "publish" => {
            if let Some(title) = args
                .as_object_mut()
                .and_then(|draft| draft.shift_remove("title"))
            {
                args["texts"] = json!({"en": {"title": title}});
            }
        }
        "apply" => {
            for operation in args.as_array_mut().expect("apply takes a list") {
                if let Some(draft) = operation.get_mut("publish") {
                    *draft = spell_out("publish", draft.take());
                }
            }
        }
        _ if args["viewer"].is_string() => {
            args["viewer"] = json!({"user": args["viewer"]});
        }
        _ => {}
    }
    args
}

fn generated(members: &Map<String, Value>) -> Option<Value> {
    let (name, value) = members.iter().next()?;
    let parts = || {
        let count = usize::try_from(value[1].as_u64().unwrap()).unwrap();
        (value[0].as_str().unwrap(), count)
    };
    match name.as_str() {
        "$repeat" => {
            let (text, count) = parts();
            Some(text.repeat(count).into())
        }
        "$numbered" => {
            let (text, count) = parts();
            Some(
                (0..count)
                    .map(|n| text.replace('#', &n.to_string()))
                    .collect(),
            )
        }
        _ => None,
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
