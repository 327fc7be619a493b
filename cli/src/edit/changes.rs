//! What differs between two states of an announcement, member by member.

use notice::Importance;
use serde_json::{Map, Value, json};

use super::template::Template;
use crate::console::{Console, Look};
use crate::exit::Outcome;

/// Changes, as a merge patch (RFC 7396) with the former values.
pub(super) struct Changes {
    patch: Value,
    /// Name, former and new value of each; a text counts by its locale and part.
    parts: Vec<(String, Value, Value)>,
}

impl Changes {
    /// Compares two states. A member that is absent is at its default.
    pub(super) fn between(former: &Map<String, Value>, new: &Map<String, Value>) -> Self {
        let mut patch = Map::new();
        let mut parts = Vec::new();
        for name in former
            .keys()
            .chain(new.keys().filter(|name| !former.contains_key(*name)))
        {
            let (before, after) = (value(former, name), value(new, name));
            if before == after {
                continue;
            }
            match (name.as_str(), before.as_object(), after.as_object()) {
                ("texts", Some(before), Some(after)) => {
                    patch.insert(name.clone(), texts(before, after, &mut parts));
                }
                _ => {
                    parts.push((name.clone(), before, after.clone()));
                    patch.insert(name.clone(), after);
                }
            }
        }
        Self {
            patch: Value::Object(patch),
            parts,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn patch(&self) -> &Value {
        &self.patch
    }

    /// Whether both change the same.
    pub(super) fn touches(&self, other: &Self) -> bool {
        let names = |one: &str| {
            other.parts.iter().any(|(name, ..)| {
                name == one
                    || name.starts_with(&format!("{one}."))
                    || one.starts_with(&format!("{name}."))
            })
        };
        self.parts.iter().any(|(name, ..)| names(name))
    }

    /// Makes these changes to another state.
    pub(super) fn applied(&self, to: &Map<String, Value>) -> Map<String, Value> {
        let mut state = Value::Object(to.clone());
        merge(&mut state, &self.patch);
        match state {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// Writes what was there with a minus, and what is new with a plus.
    pub(super) fn show(&self, console: &Console, template: &Template) -> Outcome {
        for (name, before, after) in &self.parts {
            console.line(&console.paint.text(Look::Bold, name))?;
            for (sign, value, look) in [("-", before, Look::Bad), ("+", after, Look::Good)] {
                for line in template.shown(name, value) {
                    let line = console.paint.text(look, format!("  {sign} {line}"));
                    console.paragraph(&line, "    ")?;
                }
            }
        }
        Ok(())
    }

    /// The changes as lines, for comments.
    pub(super) fn told(&self, console: &Console, template: &Template) -> Vec<String> {
        let title = console.word(
            "Somebody else has changed meanwhile:",
            "他人在此期间修改了：",
        );
        let all = self.parts.iter().map(|(name, _, after)| {
            let shown = template.shown(name, after);
            format!("{name}: {}", shown.join(" "))
        });
        std::iter::once(title.to_owned()).chain(all).collect()
    }

    /// Asks whether the change is news, until the answer is one; None at the end of the input, which is none.
    pub(super) fn ask(&self, console: &Console) -> Outcome<Option<Answer>> {
        let question = console.word(
            "Is this news to those who have read it? [m]ajor, mi[n]or, or Enter to let the board decide: ",
            "对已读者是否算新消息？[m] 重大、[n] 细微，直接回车由系统判断：",
        );
        while let Some(typed) = console.question(question)? {
            match typed.to_lowercase().as_str() {
                "m" | "major" | "重大" => return Ok(Some(Some(Importance::Major))),
                "n" | "minor" | "细微" => return Ok(Some(Some(Importance::Minor))),
                "" => return Ok(Some(None)),
                _ => {}
            }
        }
        Ok(None)
    }
}

/// Whether a change is news; None if the board is to decide.
pub(super) type Answer = Option<Importance>;

fn value(members: &Map<String, Value>, name: &str) -> Value {
    members.get(name).cloned().unwrap_or(Value::Null)
}

/// Compares texts by locale and part.
fn texts(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    parts: &mut Vec<(String, Value, Value)>,
) -> Value {
    let mut patch = Map::new();
    for locale in before
        .keys()
        .chain(after.keys().filter(|locale| !before.contains_key(*locale)))
    {
        let (old, new) = (value(before, locale), value(after, locale));
        if old == new {
            continue;
        }
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
            parts.push((format!("texts.{locale}"), old, new.clone()));
            patch.insert(locale.clone(), new);
            continue;
        };
        let mut of_locale = Map::new();
        for part in ["title", "summary", "body", "format"] {
            let (old, new) = (value(old, part), value(new, part));
            if old != new {
                of_locale.insert(part.to_owned(), new.clone());
                parts.push((format!("texts.{locale}.{part}"), old, new));
            }
        }
        patch.insert(locale.clone(), Value::Object(of_locale));
    }
    Value::Object(patch)
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(members) = target.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        match value {
            Value::Null => {
                members.shift_remove(name);
            }
            _ => merge(members.entry(name.clone()).or_insert(Value::Null), value),
        }
    }
}
