//! What a person types for a call: a command line, and what goes to its standard input.

use serde_json::{Map, Value};

/// Returns the command that says the same as a call; None if no command has these arguments.
pub(super) fn typed(name: &str, args: &Value) -> Option<(Vec<String>, String)> {
    let none = Map::new();
    let args = args.as_object().unwrap_or(&none);
    let given = Given(args);
    match name {
        "update" => {
            let patch = args
                .get("patch")
                .filter(|patch| patch.as_object().is_some_and(|patch| !patch.is_empty()))?;
            let line = given.of(
                &["update", "--patch", "-"],
                &["id", "patch", "if_version", "change"],
            )?;
            Some((line, patch.to_string()))
        }
        "retract" | "restore" | "release" => given.alone(&[name], &["id", "if_version", "reason"]),
        "purge" => given.alone(&["purge", "--yes"], &["id"]),
        "record" => given.alone(&["show"], &["id"]),
        "get" => given.alone(&["show", "--viewer"], &["id", "viewer"]),
        "explain" if args.get("view")? == "editor" => {
            given.alone(&["explain"], &["id", "viewer", "view"])
        }
        "receipts" => given.alone(&["receipts"], &["id", "read_only", "acknowledged_only"]),
        "stats" => given.alone(&["stats"], &[]),
        // Without a user's name the command refuses by itself, and the board is not asked.
        "mark_all_read" | "mark" if !has_user(args.get("viewer")?) => None,
        "mark_all_read" => given.alone(&["read", "--all"], &["viewer"]),
        "mark" => {
            let mark = args.get("mark")?.as_str()?;
            let is_command = ["read", "dismiss", "acknowledge"].contains(&mark);
            is_command.then_some(())?;
            given.alone(&[mark], &["mark", "ids", "viewer"])
        }
        "query" => given.query(),
        _ => None,
    }
}

/// The arguments of a call.
struct Given<'a>(&'a Map<String, Value>);

impl Given<'_> {
    /// A command line with all arguments, if it is only these, and a command can say their values.
    fn of(&self, begin: &[&str], names: &[&str]) -> Option<Vec<String>> {
        let mut line: Vec<String> = begin.iter().map(|word| (*word).to_owned()).collect();
        for (name, value) in self.0 {
            names.contains(&name.as_str()).then_some(())?;
            match name.as_str() {
                "patch" | "mark" | "view" => {}
                "id" => line.push(number(value)?),
                "ids" => line.extend(numbers(value)?),
                "if_version" => line.extend(["--if-version".to_owned(), number(value)?]),
                "change" => line.extend(["--change".to_owned(), word(value, &["major", "minor"])?]),
                "reason" => line.push(format!("--reason={}", value.as_str()?)),
                "read_only" => line.extend(value.as_bool()?.then(|| "--read".to_owned())),
                "acknowledged_only" => {
                    line.extend(value.as_bool()?.then(|| "--acknowledged".to_owned()))
                }
                "viewer" => line.extend(viewer(value)?),
                _ => return None,
            }
        }
        Some(line)
    }

    /// The same where nothing goes to the standard input.
    fn alone(&self, begin: &[&str], names: &[&str]) -> Option<(Vec<String>, String)> {
        Some((self.of(begin, names)?, String::new()))
    }

    /// `active` for a page that a viewer sees, `search` where words are looked for.
    fn query(&self) -> Option<(Vec<String>, String)> {
        let none = Map::new();
        let filter = match self.0.get("filter") {
            Some(filter) => filter.as_object()?,
            None => &none,
        };
        let mut rest = self.0.clone();
        let words = filter.get("q");
        let order = rest.shift_remove("order");
        rest.shift_remove("filter");
        let mut line = match (words, order.as_ref().and_then(Value::as_str)) {
            (None, None | Some("default")) => Given(&rest).of(&["active"], &["viewer"])?,
            (Some(_), Some("relevance")) => {
                Given(&rest).of(&["search", "--viewer", "-n", "50"], &["viewer"])?
            }
            _ => return None,
        };
        for (name, value) in filter {
            match name.as_str() {
                "q" => {}
                "channels" => line.extend(["--channel".to_owned(), list(value)?]),
                "categories" => line.extend(["--category".to_owned(), list(value)?]),
                "tags_any" => line.extend(["--tag".to_owned(), list(value)?]),
                "author" => line.push(format!("--author={}", value.as_str()?)),
                "severity_at_least" => {
                    line.extend(["--severity".to_owned(), value.as_str()?.to_owned()])
                }
                "unread_only" if words.is_none() => {
                    line.extend(value.as_bool()?.then(|| "--unread".to_owned()))
                }
                "pending_only" if words.is_none() => {
                    line.extend(value.as_bool()?.then(|| "--pending".to_owned()))
                }
                _ => return None,
            }
        }
        if let Some(words) = words {
            line.extend(["--".to_owned(), words.as_str()?.to_owned()]);
        }
        Some((line, String::new()))
    }
}

/// A number from 0 on. Anything else would be a key, or a flag.
fn number(value: &Value) -> Option<String> {
    value.as_u64().map(|number| number.to_string())
}

fn numbers(value: &Value) -> Option<Vec<String>> {
    let all: Option<Vec<String>> = value.as_array()?.iter().map(number).collect();
    all.filter(|all| !all.is_empty())
}

fn word(value: &Value, known: &[&str]) -> Option<String> {
    let text = value.as_str()?;
    known.contains(&text).then(|| text.to_owned())
}

/// Texts that are separated by commas, none of which has one or is empty.
fn list(value: &Value) -> Option<String> {
    let all: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
    let all = all.filter(|all| !all.is_empty() && all.iter().all(|one| is_plain(one)))?;
    Some(all.join(","))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.contains([',', '=', '\0'])
        && !text.starts_with('-')
        && text == text.trim()
}

fn has_user(viewer: &Value) -> bool {
    viewer.is_string() || viewer["user"].is_string()
}

/// `--as` and `--locale` of a viewer, which is a name, or an object without a moment of its own.
fn viewer(value: &Value) -> Option<Vec<String>> {
    let mut facts = Vec::new();
    let mut line = Vec::new();
    match value {
        Value::String(user) => facts.push(("user", user.as_str())),
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("user", Value::String(user)) => facts.push(("user", user)),
                    ("locales", locales) => line.extend(["--locale".to_owned(), list(locales)?]),
                    ("attributes", Value::Object(attributes)) => {
                        for (name, value) in attributes {
                            is_plain(name).then_some(())?;
                            facts.push((name, value.as_str()?));
                        }
                    }
                    _ => return None,
                }
            }
        }
        _ => return None,
    }
    let facts: Option<Vec<String>> = facts
        .iter()
        .map(|(name, value)| is_plain(value).then(|| format!("{name}={value}")))
        .collect();
    let facts = facts?;
    if !facts.is_empty() {
        line.extend(["--as".to_owned(), facts.join(",")]);
    }
    Some(line)
}
