//! Merge patches over the writable fields of an announcement.

use serde_json::{Map, Value};

use crate::error::{Bilingual, Error, Result};
use crate::model::Locale;

/// Applies `patch` to `fields` by RFC 7396, section 2. A text is found under any form of its
/// locale: `zh_cn` changes or removes `zh-CN`.
///
/// # Errors
/// `invalid_field` for a patch that is not an object, or that names a locale in two forms.
pub(crate) fn patched(mut fields: Value, patch: &Value) -> Result<Value> {
    let Value::Object(patch) = patch else {
        let reason = Bilingual::new("must be a JSON object", "必须是 JSON 对象");
        return Err(Error::invalid("patch", &patch.to_string(), reason));
    };
    let mut patch = patch.clone();
    if let Some(Value::Object(texts)) = patch.get_mut("texts") {
        *texts = named_as_kept(texts)?;
    }
    merge(&mut fields, &Value::Object(patch));
    Ok(fields)
}

/// Renames the texts of a patch to the names in the announcement. An invalid locale is kept, to be
/// refused under its own name.
fn named_as_kept(texts: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut named = Map::new();
    for (name, text) in texts {
        let kept = Locale::parse(name).map_or_else(|_| name.clone(), |l| l.as_str().to_owned());
        if named.insert(kept, text.clone()).is_some() {
            let reason = Bilingual::new("duplicate", "重复");
            return Err(Error::invalid(format!("texts.{name}"), name, reason));
        }
    }
    Ok(named)
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.shift_remove(name);
            } else {
                merge(target.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
