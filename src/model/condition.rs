//! One condition of an audience.

use serde_json::{Map, Value};

use super::attribute::USER;
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
    /// `in`: one of the viewer's values is among those of the condition. Values for the attribute
    /// `locale` are language ranges: `zh-CN` takes in a viewer of zh-Hans-CN, and `en` one of en-GB.
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
    /// `not_glob`: the viewer has values, and none of them matches one of the condition.
    NotGlob,
    /// `gt`: a value of the viewer is a greater number. Decimals of any length are compared exactly.
    Gt,
    /// `ge`: a value of the viewer is a number as great or greater.
    Ge,
    /// `lt`: a value of the viewer is a smaller number.
    Lt,
    /// `le`: a value of the viewer is a number as small or smaller.
    Le,
    /// `version`: a value of the viewer is a version in a [`VersionRange`](crate::VersionRange).
    Version,
    /// `not_version`: the viewer has a value that is a version, and none that is in a range.
    NotVersion,
    /// `percent`: the viewer's name is among this percentage of all names. The values are the percentage,
    /// with at most two decimals, and perhaps a salt; without a salt the announcement's key or else its id
    /// takes its place. Whoever is in at 10 is in at 25. An anonymous viewer is in at 100 only.
    Percent,
    /// An operator that this build does not know. Publishing refuses it; in a record of a later build it
    /// is never met.
    Unknown(String),
}

const KNOWN: [(&str, Operator); 13] = [
    ("in", Operator::In),
    ("not_in", Operator::NotIn),
    ("exists", Operator::Exists),
    ("prefix", Operator::Prefix),
    ("glob", Operator::Glob),
    ("not_glob", Operator::NotGlob),
    ("gt", Operator::Gt),
    ("ge", Operator::Ge),
    ("lt", Operator::Lt),
    ("le", Operator::Le),
    ("version", Operator::Version),
    ("not_version", Operator::NotVersion),
    ("percent", Operator::Percent),
];

/// Names of operators elsewhere, each with the one that does the same here.
const ELSEWHERE: [(&str, &str); 34] = [
    ("is", "in"),
    ("eq", "in"),
    ("equal", "in"),
    ("equals", "in"),
    ("=", "in"),
    ("==", "in"),
    ("any", "in"),
    ("any_of", "in"),
    ("one_of", "in"),
    ("contains", "in"),
    ("includes", "in"),
    ("has", "exists"),
    ("present", "exists"),
    ("is_set", "exists"),
    ("not", "not_in"),
    ("is_not", "not_in"),
    ("ne", "not_in"),
    ("neq", "not_in"),
    ("!=", "not_in"),
    ("none_of", "not_in"),
    ("starts_with", "prefix"),
    ("startswith", "prefix"),
    ("begins_with", "prefix"),
    ("like", "glob"),
    ("match", "glob"),
    ("matches", "glob"),
    ("regex", "glob"),
    (">", "gt"),
    (">=", "ge"),
    ("gte", "ge"),
    ("<", "lt"),
    ("<=", "le"),
    ("semver", "version"),
    ("rollout", "percent"),
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
            Self::NotGlob => "not_glob",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Version => "version",
            Self::NotVersion => "not_version",
            Self::Percent => "percent",
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

/// Returns the known operator that `name` is most likely meant to be.
pub(super) fn nearest(name: &str) -> &'static str {
    let name = name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let elsewhere = ELSEWHERE.into_iter().find(|(other, _)| *other == name);
    let nearest = || {
        let known = KNOWN.into_iter().map(|(known, _)| known);
        known.min_by_key(|known| distance(known, &name))
    };
    elsewhere
        .map(|(_, ours)| ours)
        .or_else(nearest)
        .unwrap_or("in")
}

/// Returns how many bytes must be inserted, removed or replaced to make one name of the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (n, one) in left.bytes().enumerate() {
        let mut diagonal = n;
        let mut before = n + 1;
        for (place, other) in row
            .iter_mut()
            .zip([None].into_iter().chain(right.bytes().map(Some)))
        {
            let Some(other) = other else {
                *place = before;
                continue;
            };
            let replaced = diagonal + usize::from(one != other);
            diagonal = *place;
            *place = replaced.min(before + 1).min(diagonal + 1);
            before = *place;
        }
    }
    row.last().copied().unwrap_or(0)
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
        let operator = Operator::from_name(text(members, "op")?);
        // A percentage of users can have no other attribute.
        let attribute = match (&operator, members.get("attribute")) {
            (Operator::Percent, None) => USER,
            _ => text(members, "attribute")?,
        };
        Ok(Self {
            attribute: attribute.to_owned(),
            operator,
            values,
        })
    }

    /// Returns the form that [`Condition::from_json`] reads; an empty `values` is omitted.
    pub(in crate::model) fn to_json(&self) -> Value {
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
        for (_, ours) in ELSEWHERE {
            assert!(KNOWN.iter().any(|(known, _)| *known == ours), "{ours}");
        }
        assert_eq!(Operator::from_name("IN").name(), "IN");
        assert_eq!(Operator::from_name("IN"), Operator::Unknown("IN".into()));
    }

    #[test]
    fn the_nearest_operator_is_the_one_that_was_meant() {
        for (name, meant) in [
            ("IN", "in"),
            ("equals", "in"),
            ("is", "in"),
            ("not-in", "not_in"),
            ("notin", "not_in"),
            ("exist", "exists"),
            ("globb", "glob"),
            ("notglob", "not_glob"),
            ("versions", "version"),
            ("percentage", "percent"),
            ("gte", "ge"),
            ("prefx", "prefix"),
        ] {
            assert_eq!(nearest(name), meant, "{name}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("ab", ""), 2);
    }
}
