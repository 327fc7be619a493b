//! One condition of an audience.

use serde_json::{Map, Value};

use crate::{Bilingual, Error, Result};

/// Something that must hold of a viewer's attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Condition {
    /// The attribute's name: 1 to 64 bytes of `[A-Za-z0-9_.:-]`. Well known are `user role group
    /// app platform arch locale area place app_version os_version`.
    pub attribute: String,
    /// Operator that compares the viewer's values with `values`.
    pub operator: Operator,
    /// Any of these may match; at most 512 bytes each, without NUL.
    pub values: Vec<String>,
}

/// Operator of a condition. Text is compared byte by byte, unless an operator says otherwise.
///
/// The viewer's values of the attribute `locale` are always seen as normalised tags, such as zh-CN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `in`: one of the viewer's values is among those of the condition. Values of the attribute
    /// `locale` are normalised here, too.
    In,
    /// `not_in`: none of the viewer's values is among those of the condition; also met when the
    /// viewer has none.
    NotIn,
    /// `exists`: the viewer has a value, whatever it is. The condition has none.
    Exists,
    /// `prefix`: a value of the viewer starts with one of the condition.
    Prefix,
    /// `glob`: a value of the viewer matches one of the condition, in which `*` matches any text. Case
    /// does not matter.
    Glob,
    /// `gt`: a value of the viewer is a greater number.
    Gt,
    /// `ge`: a value of the viewer is a number as great or greater.
    Ge,
    /// `lt`: a value of the viewer is a smaller number.
    Lt,
    /// `le`: a value of the viewer is a number as small or smaller.
    Le,
    /// `version`: a value of the viewer is a version in a [`VersionRange`](crate::VersionRange).
    Version,
    /// An operator that this build does not know. It is kept, and never met.
    Unknown(String),
}

const KNOWN: [(&str, Operator); 10] = [
    ("in", Operator::In),
    ("not_in", Operator::NotIn),
    ("exists", Operator::Exists),
    ("prefix", Operator::Prefix),
    ("glob", Operator::Glob),
    ("gt", Operator::Gt),
    ("ge", Operator::Ge),
    ("lt", Operator::Lt),
    ("le", Operator::Le),
    ("version", Operator::Version),
];

impl Operator {
    /// The name in JSON, such as `not_in`.
    pub fn name(&self) -> &str {
        match self {
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Exists => "exists",
            Self::Prefix => "prefix",
            Self::Glob => "glob",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Version => "version",
            Self::Unknown(name) => name,
        }
    }

    /// Returns the operator with this name, or [`Operator::Unknown`].
    ///
    /// ```
    /// use notice::Operator;
    /// assert_eq!(Operator::from_name("not_in"), Operator::NotIn);
    /// assert_eq!(Operator::from_name("near"), Operator::Unknown("near".into()));
    /// ```
    pub fn from_name(name: &str) -> Self {
        let known = KNOWN.into_iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Self::Unknown(name.to_owned()), |(_, operator)| operator)
    }
}

impl std::fmt::Display for Operator {
    /// The name in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl Condition {
    /// A condition. Nothing is checked before it is published.
    pub fn new<V: Into<String>>(
        attribute: impl Into<String>,
        operator: Operator,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            attribute: attribute.into(),
            operator,
            values: values.into_iter().map(Into::into).collect(),
        }
    }

    /// Reads `{"attribute", "op", "values"}`. Paths of errors begin inside the condition.
    pub(super) fn from_json(json: &Value) -> Result<Self> {
        let Value::Object(members) = json else {
            let reason = Bilingual::new("must be an object", "必须是对象");
            return Err(Error::invalid("", &json.to_string(), reason));
        };
        let known = |name: &&String| matches!(name.as_str(), "attribute" | "op" | "values");
        if let Some(odd) = members.keys().find(|name| !known(name)) {
            let reason = Bilingual::new(
                "unknown field; a condition has only attribute, op and values",
                "未知字段；条件只能包含 attribute、op 和 values",
            );
            return Err(Error::invalid("", odd, reason));
        }
        let values = match members.get("values") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => values
                .iter()
                .enumerate()
                .map(|(n, value)| {
                    scalar(value).map_err(|error| error.within(&format!("values[{n}]")))
                })
                .collect::<Result<_>>()?,
            Some(other) => {
                let reason = Bilingual::new("must be a list", "必须是列表");
                return Err(Error::invalid("values", &other.to_string(), reason));
            }
        };
        Ok(Self {
            attribute: text(members, "attribute")?.to_owned(),
            operator: Operator::from_name(text(members, "op")?),
            values,
        })
    }

    /// Returns the form that [`Condition::from_json`] reads; an empty `values` is omitted.
    pub(super) fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("attribute".to_owned(), self.attribute.as_str().into());
        members.insert("op".to_owned(), self.operator.name().into());
        if !self.values.is_empty() {
            members.insert("values".to_owned(), self.values.as_slice().into());
        }
        Value::Object(members)
    }
}

/// The text member `name`, which must be there.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => {
            let reason = Bilingual::new("must be a text", "必须是文本");
            Err(Error::invalid(name, &other.to_string(), reason))
        }
        None => Err(Error::invalid(name, "", Bilingual::new("missing", "缺失"))),
    }
}

/// A text, or the text of a number or a boolean.
fn scalar(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        other => {
            let reason = Bilingual::new(
                "must be a text, a number or a boolean",
                "必须是文本、数字或布尔值",
            );
            Err(Error::invalid("", &other.to_string(), reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_one_name() {
        for (name, operator) in KNOWN {
            assert_eq!(operator.name(), name);
            assert_eq!(Operator::from_name(name), operator);
        }
        assert_eq!(Operator::from_name("IN").name(), "IN");
        assert_eq!(Operator::from_name("IN"), Operator::Unknown("IN".into()));
    }
}
