//! The cases as they are read from their files. A name outside the vocabulary is refused here.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::surface::{BoardOptions, OPERATIONS, PARTS};

/// The present, in Unix milliseconds, of a case that names none.
const NOW: i64 = 1000;

/// A sentence of the contract, and the steps that show that it holds.
#[derive(Debug)]
pub struct Case {
    /// The file's name without its ending.
    pub theme: String,
    /// The sentence.
    pub name: String,
    /// The clock at the beginning, in Unix milliseconds.
    pub now: i64,
    /// How the board is opened.
    pub options: BoardOptions,
    /// Surfaces that it does not apply to, and why.
    pub not_on: Vec<(String, String)>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// One step of a case.
#[derive(Debug)]
pub struct Step {
    /// The name of the operation.
    pub operation: String,
    /// Its arguments, with placeholders.
    pub args: Value,
    /// How it must end.
    pub expected: Expected,
    /// Names for parts of the answer: name and path.
    pub save: Vec<(String, String)>,
}

/// How a step must end.
#[derive(Debug)]
pub enum Expected {
    /// With an answer that has at least this.
    Answer(Option<Value>),
    /// With an error that has at least this.
    Error(Value),
}

/// All cases of a folder, file by file in the order of their names, in the order within each file.
///
/// # Errors
/// A sentence with file and case for a file that cannot be read or a name outside the vocabulary.
pub fn read_all(folder: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for path in files(folder)? {
        let theme = path.file_stem().unwrap_or_default();
        let theme = theme.to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| format!("{theme}.json: {error}"))?;
        let file: Value =
            serde_json::from_str(&text).map_err(|error| format!("{theme}.json: {error}"))?;
        let list = file.get("cases").unwrap_or(&file).as_array();
        let list = list.ok_or_else(|| {
            format!("{theme}.json: must be a list of cases, or {{\"cases\": list}}")
        })?;
        for case in list {
            cases.push(read_case(&theme, case)?);
        }
    }
    Ok(cases)
}

/// The JSON files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    match paths.is_empty() {
        true => Err(format!("{}: no cases (*.json)", folder.display())),
        false => Ok(paths),
    }
}

fn read_case(theme: &str, case: &Value) -> Result<Case, String> {
    let name = case["name"]
        .as_str()
        .ok_or_else(|| format!("{theme}.json: a case without a name"))?;
    let at = format!("{theme}.json: {name}");
    check_members(&at, case, &["name", "now", "options", "not_on", "steps"])?;
    let steps = case["steps"]
        .as_array()
        .ok_or_else(|| format!("{at}: no steps"))?;
    Ok(Case {
        theme: theme.to_owned(),
        name: name.to_owned(),
        now: match &case["now"] {
            Value::Null => NOW,
            now => now.as_i64().ok_or_else(|| wrong(&at, "now", now))?,
        },
        options: read_options(&at, &case["options"])?,
        not_on: texts(&at, &case["not_on"])?,
        steps: steps
            .iter()
            .map(|step| read_step(&at, step))
            .collect::<Result<_, _>>()?,
    })
}

fn read_options(at: &str, options: &Value) -> Result<BoardOptions, String> {
    if options.is_null() {
        return Ok(BoardOptions::default());
    }
    check_members(at, options, &["keep_changes", "retention_ms"])?;
    let mut read = BoardOptions::default();
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    if let Some(keep) = options.get("keep_changes") {
        let pair = match keep.as_array().map(Vec::as_slice) {
            Some([revisions, ms]) => number(revisions).zip(number(ms)),
            _ => None,
        };
        read.keep_changes = Some(pair.ok_or_else(|| wrong(at, "keep_changes", keep))?);
    }
    if let Some(ms) = options.get("retention_ms") {
        read.retention_ms = Some(ms.as_u64().ok_or_else(|| wrong(at, "retention_ms", ms))?);
    }
    Ok(read)
}

fn read_step(at: &str, step: &Value) -> Result<Step, String> {
    let mut rest = members(at, step)?.clone();
    let (expect, error) = (rest.shift_remove("expect"), rest.shift_remove("error"));
    if expect.is_some() && error.is_some() {
        return Err(format!("{at}: {step} expects an answer and an error"));
    }
    let mut save = texts(at, &rest.shift_remove("save").unwrap_or_default())?;
    if let Some(name) = rest.shift_remove("as") {
        let name = name.as_str().ok_or_else(|| wrong(at, "as", &name))?;
        save.push((name.to_owned(), "id".to_owned()));
    }
    let mut rest = rest.into_iter();
    let (Some((operation, args)), None) = (rest.next(), rest.next()) else {
        return Err(format!("{at}: {step} must have exactly one operation"));
    };
    check_arguments(at, &operation, &args)?;
    Ok(Step {
        operation,
        args,
        expected: error.map_or(Expected::Answer(expect), Expected::Error),
        save,
    })
}

/// Refuses an operation or a member that the vocabulary does not have.
fn check_arguments(at: &str, operation: &str, args: &Value) -> Result<(), String> {
    if operation == "at" {
        return Ok(());
    }
    let known = OPERATIONS.iter().find(|(name, _)| *name == operation);
    let (_, names) = known.ok_or_else(|| format!("{at}: no operation {operation:?}"))?;
    if !names.is_empty() {
        check_members(at, args, names)?;
    }
    for (part, names) in PARTS {
        if args.get(part).is_some_and(Value::is_object) {
            check_members(at, &args[part], names)?;
        }
    }
    Ok(())
}

fn check_members(at: &str, value: &Value, names: &[&str]) -> Result<(), String> {
    match members(at, value)?
        .keys()
        .find(|name| !names.contains(&name.as_str()))
    {
        Some(name) => Err(format!(
            "{at}: no member is named {name:?}; there are {}",
            names.join(" ")
        )),
        None => Ok(()),
    }
}

fn members<'a>(at: &str, value: &'a Value) -> Result<&'a Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{at}: {value} must be an object"))
}

/// The members of an object that are all texts; `null` has none.
fn texts(at: &str, value: &Value) -> Result<Vec<(String, String)>, String> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let text = |(name, value): (&String, &Value)| {
        let text = value.as_str().ok_or_else(|| wrong(at, name, value))?;
        Ok((name.clone(), text.to_owned()))
    };
    members(at, value)?.iter().map(text).collect()
}

fn wrong(at: &str, name: &str, value: &Value) -> String {
    format!("{at}: {name} cannot be {value}")
}
