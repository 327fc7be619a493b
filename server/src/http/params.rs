//! Parameters of a request's query string. Unknown and repeated ones are refused, as members of JSON are.

use notice::{Error, Result};
use serde_json::{Map, Value, json};

use crate::fault::invalid;

/// Prefix of a viewer's attribute, such as `attr.role=admin`.
const ATTRIBUTE: &str = "attr.";

/// Parameters that were not taken yet.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn new(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// Takes every value of a parameter.
    pub(super) fn all(&mut self, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        self.0.retain_mut(|(known, value)| {
            let is_it = known == name;
            if is_it {
                values.push(std::mem::take(value));
            }
            !is_it
        });
        values
    }

    /// Takes a parameter that may be there once.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>> {
        let mut values = self.all(name);
        match values.len() {
            0 | 1 => Ok(values.pop()),
            _ => {
                let value = values.pop().unwrap_or_default();
                Err(invalid(name, &value, "is there twice", "重复出现"))
            }
        }
    }

    /// Takes an integer.
    pub(super) fn integer(&mut self, name: &str) -> Result<Option<i64>> {
        self.read(name, "must be an integer", "必须是整数")
    }

    /// Takes `true` or `false`.
    pub(super) fn boolean(&mut self, name: &str) -> Result<Option<bool>> {
        self.read(name, "must be true or false", "必须是 true 或 false")
    }

    fn read<T: std::str::FromStr>(&mut self, name: &str, en: &str, zh: &str) -> Result<Option<T>> {
        let text = self.text(name)?;
        let read = |text: String| text.parse().map_err(|_| invalid(name, &text, en, zh));
        text.map(read).transpose()
    }

    /// Takes the viewer: `user`, repeated `locale`, and an `attr.NAME` for each value of an attribute.
    pub(super) fn viewer(&mut self) -> Result<Value> {
        let mut viewer = json!({
            "user": self.text("user")?.unwrap_or_default(),
            "locales": self.all("locale"),
        });
        if let Some(now) = self.integer("now")? {
            put(&mut viewer, "now", now.into());
        }
        let mut attributes = Map::new();
        self.0.retain(|(name, value)| {
            let Some(name) = name.strip_prefix(ATTRIBUTE) else {
                return true;
            };
            let values = attributes.entry(name).or_insert_with(|| json!([]));
            if let Value::Array(values) = values {
                values.push(value.as_str().into());
            }
            false
        });
        put(&mut viewer, "attributes", Value::Object(attributes));
        Ok(viewer)
    }

    /// Takes the conditions that a query string can have.
    pub(super) fn filter(&mut self) -> Result<Value> {
        let mut filter = json!({});
        for (name, member) in [
            ("channel", "channels"),
            ("category", "categories"),
            ("tag", "tags_any"),
            ("key", "keys"),
        ] {
            let values = self.all(name);
            if !values.is_empty() {
                put(&mut filter, member, values.into());
            }
        }
        for name in ["q", "phase", "severity_at_least"] {
            if let Some(text) = self.text(name)? {
                put(&mut filter, name, text.into());
            }
        }
        for name in [
            "pinned",
            "unread_only",
            "pending_only",
            "unacknowledged_only",
        ] {
            if let Some(is_so) = self.boolean(name)? {
                put(&mut filter, name, is_so.into());
            }
        }
        Ok(filter)
    }

    /// Takes texts and integers into the arguments of a call, under their own names.
    pub(super) fn move_to(
        &mut self,
        args: &mut Value,
        texts: &[&str],
        integers: &[&str],
    ) -> Result<()> {
        for name in texts {
            if let Some(text) = self.text(name)? {
                put(args, name, text.into());
            }
        }
        for name in integers {
            if let Some(number) = self.integer(name)? {
                put(args, name, number.into());
            }
        }
        Ok(())
    }

    /// Refuses what was not taken.
    pub(super) fn done(self) -> Result<()> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, value)) => Err(unknown(&name, &value)),
        }
    }
}

fn unknown(name: &str, value: &str) -> Error {
    let (en, zh) = ("unknown parameter", "未知的参数");
    invalid(name, value, en, zh)
}

/// Sets a member of an object.
pub(super) fn put(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}
