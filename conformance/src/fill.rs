//! What cases write short: names of saved values, repeated texts, a title for a draft, a name for a viewer.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// Puts in what stands for something else: `"$name"` for what was saved, `{"$repeat": [text, n]}` for a
/// text n times, `{"$numbered": [text, n]}` for a list of texts with `#` as 0 to n - 1.
pub(crate) fn fill(value: &Value, names: &HashMap<String, Value>) -> Value {
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
pub(crate) fn spell_out(operation: &str, mut args: Value) -> Value {
    match operation {
        "publish" => {
            if let Some(title) = args
                .as_object_mut()
                .and_then(|draft| draft.shift_remove("title"))
            {
                args["texts"] = json!({"en": {"title": title}});
            }
        }
        "check" => match &mut args {
            Value::Array(drafts) => {
                for draft in drafts {
                    *draft = spell_out("publish", draft.take());
                }
            }
            _ => args = spell_out("publish", args),
        },
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
