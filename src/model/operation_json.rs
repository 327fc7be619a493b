//! Operations as JSON: an object with a single member that says what is done.

use std::sync::Arc;

use serde_json::Value;

use crate::error::{Bilingual, Error, Result};
use crate::model::Operation;
use crate::model::json::{integer, object, parse, str, text, text_of, unknown, wrong_type};
use crate::model::raw_json::{elements, member};
use crate::model::{Draft, Importance, Patch, limits};

impl Operation {
    /// Reads operations from a JSON list.
    ///
    /// ```
    /// use notice::Operation;
    /// let operations = Operation::batch_from_json(br#"[
    ///     {"publish": {"texts": {"en": {"title": "Maintenance tonight"}}}},
    ///     {"update": {"id": 7, "patch": {"pinned": true}, "if_version": 2, "change": "minor"}},
    ///     {"retract": {"id": 3, "reason": "the price was wrong"}},
    ///     {"restore": {"id": 4}},
    ///     {"release": {"id": 6, "if_version": 3}},
    ///     {"purge": {"id": 5}}
    /// ]"#)?;
    /// assert_eq!(operations.len(), 6);
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_field` for anything but such a list, with a path such as `[1].update.id`; `too_large` for
    /// more than 10 000 operations.
    pub fn batch_from_json(json: &[u8]) -> Result<Vec<Self>> {
        let value = parse(json)?;
        let Value::Array(list) = value else {
            return Err(wrong_type("json", &value, "a list", "列表"));
        };
        if list.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (list.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("json", actual, limit, &unit));
        }
        let read = |(i, value): (usize, &Value)| {
            Self::from_value(value).map_err(|error| error.within(&format!("[{i}]")))
        };
        let mut operations: Vec<Self> = list.iter().enumerate().map(read).collect::<Result<_>>()?;
        Self::keep_extras_texts(&mut operations, text_of(json));
        Ok(operations)
    }

    /// Keeps how the extras of drafts are written in the JSON of a list of operations.
    pub(crate) fn keep_extras_texts(operations: &mut [Self], json: &str) {
        for (operation, text) in operations.iter_mut().zip(elements(json)) {
            if let Self::Publish(draft) = operation
                && !draft.extras.is_empty()
                && let Some(text) = member(text, "publish")
            {
                Arc::make_mut(draft).keep_extras_text(text);
            }
        }
    }

    /// An update whose patch is the text of a JSON object.
    ///
    /// # Errors
    /// As [`Patch::from_json`].
    pub fn update_from_json(
        id: i64,
        patch: &[u8],
        if_version: Option<u32>,
        change: Option<Importance>,
    ) -> Result<Self> {
        Ok(Self::Update {
            id,
            patch: Box::new(Patch::from_json(patch)?),
            if_version,
            change,
        })
    }

    /// Reads one operation. The fields of a patch have paths of their own, as where a board refuses them.
    ///
    /// # Errors
    /// As [`batch_from_json`](Self::batch_from_json), with a path from the operation on.
    pub(crate) fn from_value(value: &Value) -> Result<Self> {
        let mut members = object("", value)?.iter();
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            let (en, zh) = (
                "an object with one of publish update retract restore release purge",
                "只含 publish update retract restore release purge 之一的对象",
            );
            return Err(wrong_type("", value, en, zh));
        };
        if name == "publish" {
            let draft = Draft::from_value(value).map_err(|error| error.within(name))?;
            return Ok(Self::Publish(Arc::new(draft)));
        }
        let mut arguments = Arguments::read(name, value).map_err(|error| error.within(name))?;
        let patch = arguments.patch.take().map(Patch::from_value).transpose()?;
        arguments
            .operation(name, patch)
            .map_err(|error| error.within(name))
    }
}

/// The members of all operations but publishing.
#[derive(Default)]
struct Arguments<'a> {
    id: Option<i64>,
    patch: Option<&'a Value>,
    if_version: Option<u32>,
    change: Option<Importance>,
    reason: String,
}

impl<'a> Arguments<'a> {
    /// Reads the members that the operation `name` has.
    fn read(name: &str, value: &'a Value) -> Result<Self> {
        let allowed: &[&str] = match name {
            "update" => &["id", "patch", "if_version", "change"],
            "retract" => &["id", "reason", "if_version"],
            "restore" | "release" => &["id", "if_version"],
            _ => &["id"],
        };
        let mut read = Self::default();
        for (member, value) in object("", value)? {
            match member.as_str() {
                other if !allowed.contains(&other) => return Err(unknown(member, value)),
                _ if value.is_null() => {}
                "id" => read.id = Some(integer(member, value)?),
                "patch" => read.patch = Some(value),
                "if_version" => read.if_version = Some(integer(member, value)?),
                "change" => read.change = Some(Importance::from_name(str(member, value)?)?),
                _ => read.reason = text(member, value)?,
            }
        }
        Ok(read)
    }

    fn operation(self, name: &str, patch: Option<Patch>) -> Result<Operation> {
        let missing = |member: &str| {
            let reason = Bilingual::new("missing", "缺失");
            Error::invalid(member, "", reason)
        };
        let id = self.id.ok_or_else(|| missing("id"));
        let if_version = self.if_version;
        Ok(match name {
            "update" => Operation::Update {
                id: id?,
                patch: Box::new(patch.ok_or_else(|| missing("patch"))?),
                if_version,
                change: self.change,
            },
            "retract" => Operation::Retract {
                id: id?,
                reason: self.reason,
                if_version,
            },
            "restore" => Operation::Restore {
                id: id?,
                if_version,
            },
            "release" => Operation::Release {
                id: id?,
                if_version,
            },
            "purge" => Operation::Purge { id: id? },
            _ => {
                let reason = Bilingual::new(
                    "must be one of publish update retract restore release purge",
                    "必须是以下之一：publish update retract restore release purge",
                );
                return Err(Error::invalid("", name, reason));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> Option<String> {
        let error = Operation::batch_from_json(json.as_bytes()).unwrap_err();
        error.path().map(str::to_owned)
    }

    #[test]
    fn each_operation_is_read_with_its_members() {
        let operations = Operation::batch_from_json(
            br#"[{"update": {"id": 7, "patch": {"pinned": null}, "if_version": 2, "change": "minor"}},
                 {"retract": {"id": 3, "reason": "why"}}, {"restore": {"id": 4, "if_version": null}},
                 {"release": {"id": 6, "if_version": 3}}, {"purge": {"id": 5}}]"#,
        );
        let expected = vec![
            Operation::Update {
                id: 7,
                patch: Box::new(Patch::new().pinned(false)),
                if_version: Some(2),
                change: Some(Importance::Minor),
            },
            Operation::Retract {
                id: 3,
                reason: "why".to_owned(),
                if_version: None,
            },
            Operation::Restore {
                id: 4,
                if_version: None,
            },
            Operation::Release {
                id: 6,
                if_version: Some(3),
            },
            Operation::Purge { id: 5 },
        ];
        assert_eq!(operations, Ok(expected));
    }

    #[test]
    fn what_is_no_operation_is_refused_with_its_path() {
        for (json, path) in [
            (r#"{"purge": {"id": 1}}"#, "json"),
            (r#"[{"purge": {"id": 1}}, {}]"#, "[1]"),
            (r#"[{"purge": {"id": 1}, "restore": {"id": 1}}]"#, "[0]"),
            (r#"[{"publish": {"texts": {}, "x": 1}}]"#, "[0].publish.x"),
            (r#"[{"update": {"id": 1}}]"#, "[0].update.patch"),
            (r#"[{"update": {"patch": {}}}]"#, "[0].update.id"),
            (
                r#"[{"retract": {"id": 1, "patch": {}}}]"#,
                "[0].retract.patch",
            ),
            (
                r#"[{"update": {"id": 1, "patch": {"pinned": 1}}}]"#,
                "[0].pinned",
            ),
            (r#"[{"update": {"id": 1, "patch": []}}]"#, "[0].patch"),
            (r#"[{"purge": {"id": "1"}}]"#, "[0].purge.id"),
            (r#"[{"delete": {"id": 1}}]"#, "[0].delete"),
        ] {
            assert_eq!(refused(json).as_deref(), Some(path), "{json}");
        }
    }
}
