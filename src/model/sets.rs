//! What a draft means, whatever way it is said: sets without order, and values that are the default.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::audience::Audience;
use super::draft::Draft;
use super::fields::{Action, Lifecycle, Reference};
use super::locale::Locale;
use super::validate::channel_or_default;

/// Version of what is hashed. Changing it invalidates every stored fingerprint.
const LAYOUT: &str = "2";
/// Operator whose values are no set: a share, and what it is drawn with.
const IN_ORDER: &str = "percent";

impl Draft {
    /// Returns the SHA-256 of what the draft means, without its idempotency key (docs/file-format.md). It
    /// depends neither on the machine nor on the order in which members and sets were said.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let Value::Object(mut members) = self.to_json() else {
            return [0; 32];
        };
        members.shift_remove("idempotency_key");
        if self.state == Some(Lifecycle::Published) {
            members.shift_remove("state");
        }
        if channel_or_default(&self.channel) == "default" {
            members.shift_remove("channel");
        }
        if let Some(default) = members.get_mut("default_locale") {
            *default = tag(&self.default_locale).into();
        }
        if let Some(Value::Object(texts)) = members.get_mut("texts") {
            let named = std::mem::take(texts).into_iter();
            *texts = named.map(|(locale, text)| (tag(&locale), text)).collect();
        }
        for name in ["tags", "replaces"] {
            if let Some(Value::Array(set)) = members.get_mut(name) {
                sort(set);
            }
        }
        if let Some(audience) = members.get_mut("audience") {
            *audience = without_order(audience.take());
        }
        let mut hash = Sha256::new();
        hash.update(LAYOUT);
        hash.update(sorted(Value::Object(members)).to_string());
        hash.finalize().into()
    }
}

impl Audience {
    /// Reports whether both say the same, in whatever order.
    pub(crate) fn means(&self, other: &Self) -> bool {
        self == other || without_order(self.to_json()) == without_order(other.to_json())
    }
}

/// Reports whether two lists have the same values, in whatever order.
pub(super) fn same_set<T: Ord>(
    one: impl Iterator<Item = T>,
    other: impl Iterator<Item = T>,
) -> bool {
    let sorted = |mut values: Vec<T>| {
        values.sort_unstable();
        values
    };
    sorted(one.collect()) == sorted(other.collect())
}

/// Reports whether two lists have the same buttons, with labels in whatever order.
pub(super) fn same_actions(one: &[Action], other: &[Action]) -> bool {
    let is_same = |(one, other): (&Action, &Action)| {
        one.id == other.id
            && one.kind == other.kind
            && one.value == other.value
            && same_set(one.label.iter(), other.label.iter())
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

/// Reports whether two lists refer to the same announcements, in whatever order.
pub(super) fn same_references(one: &[Reference], other: &[Reference]) -> bool {
    let key = |reference: &Reference| match reference {
        Reference::Id(id) => (*id, String::new()),
        Reference::Key(key) => (0, key.clone()),
    };
    same_set(one.iter().map(key), other.iter().map(key))
}

/// Returns a locale in its canonical form, or as it is when it is none.
fn tag(locale: &str) -> String {
    match Locale::parse(locale) {
        Ok(locale) => locale.as_str().to_owned(),
        Err(_) => locale.to_owned(),
    }
}

fn sort(set: &mut Vec<Value>) {
    set.sort_by_cached_key(Value::to_string);
    set.dedup();
}

/// Returns an audience's JSON with all of its lists in one order, and nothing twice.
fn without_order(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.into_iter().map(without_order).collect();
            sort(&mut list);
            Value::Array(list)
        }
        Value::Object(members) => {
            let is_in_order = members.get("op").and_then(Value::as_str) == Some(IN_ORDER);
            let members = members.into_iter().map(|(name, value)| match is_in_order {
                true => (name, value),
                false => (name, without_order(value)),
            });
            sorted(Value::Object(members.collect()))
        }
        value => value,
    }
}

/// Returns a value with the members of all objects sorted by name.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            Value::Object(members.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fingerprints of the present layout. They are stored: a change of one means another [`LAYOUT`], and that
    /// requests of the last day are not recognised as repeated.
    #[test]
    fn the_layout_of_fingerprints_is_what_it_was() {
        let hex = |json: &str| {
            let print = Draft::from_json(json.as_bytes()).unwrap().fingerprint();
            print
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(
            hex(
                r#"{"texts": {"en": {"title": "Hello"}}, "idempotency_key": "r", "channel": "default"}"#
            ),
            "ecdcaf4e0f2c2b6d4aff58fe1fdc00586fd551684666667b4b5bcebf3dd42893"
        );
        assert_eq!(
            hex(r#"{
                "texts": {"zh-cn": {"title": "今晚停机维护", "body": "暂停服务。", "format": "markdown"},
                    "en": {"title": "Maintenance", "summary": ""}}, "default_locale": "EN",
                "key": "maintenance/june", "channel": "ops", "severity": "warning", "priority": -5, "pinned": true,
                "starts_at": "2026-06-18T12:00:00Z", "ends_at": 0,
                "audience": [{"attribute": "user", "op": "percent", "values": ["25", "a"]},
                    {"attribute": "platform", "op": "in", "values": ["windows", "linux", "windows"]}],
                "display": ["popup", "list"], "dismissible": false, "require_ack": true, "show_limit": 3,
                "actions": [{"id": "go", "kind": "url", "label": {"en": "Go"}, "value": "https://example.com"}],
                "category": "c", "tags": ["b", "a"], "replaces": [7, "k"],
                "extras": { "b": 1.5, "a": [1, {"z": null, "y": "x"}] }, "quiet": true, "change": "minor"
            }"#),
            "1ab7ef1fc31a182b4b4544763936bc356d13091194ffc4e3032cb1c3fd67c349"
        );
    }
}
