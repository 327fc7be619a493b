//! Audiences: who may see an announcement.

use serde_json::{Map, Value};

use super::condition::{Condition, Operator};
use crate::{Bilingual, Error, Result};

/// Conditions that a viewer must meet to see an announcement.
///
/// A viewer who lacks the attribute does not meet a condition; `not_in` is the exception. A condition
/// with an operator unknown to this build is never met. An audience without conditions is everyone.
///
/// ```
/// use notice::{Audience, Condition, Operator, Viewer};
/// let audience = Audience::everyone()
///     .and("platform", Operator::In, ["windows", "linux"])
///     .and("app_version", Operator::Version, [">=7.9 <8"])
///     .except([Condition::new("user", Operator::In, ["guest"])]);
/// let viewer = Viewer::new("li").with("platform", "linux").with("app_version", "7.10.2");
/// assert!(audience.admits(&viewer)?);
/// assert!(!audience.admits(&Viewer::anonymous())?);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Audience {
    /// Conditions that must all hold.
    pub conditions: Vec<Condition>,
    /// Lists of conditions. All conditions of at least one list must hold, unless there is none.
    pub any: Vec<Vec<Condition>>,
    /// Lists of conditions. There must be no list of which all conditions hold.
    pub none: Vec<Vec<Condition>>,
}

impl From<Vec<Condition>> for Audience {
    fn from(conditions: Vec<Condition>) -> Self {
        Self {
            conditions,
            ..Self::default()
        }
    }
}

impl Audience {
    /// Returns the audience without conditions.
    pub fn everyone() -> Self {
        Self::default()
    }

    /// Adds a condition that must hold in any case. Publishing validates it.
    #[must_use]
    pub fn and<I, S>(mut self, attribute: impl Into<String>, operator: Operator, values: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        self.conditions
            .push(Condition::new(attribute, operator, values));
        self
    }

    /// Adds a list of conditions to `any`: all conditions of one of these lists must hold.
    ///
    /// ```
    /// use notice::{Audience, Condition, Operator, Viewer};
    /// let audience = Audience::everyone()
    ///     .or([Condition::new("role", Operator::In, ["admin"])])
    ///     .or([Condition::new("user", Operator::Percent, ["10", "new editor"])]);
    /// assert!(audience.admits(&Viewer::new("li").with("role", "admin"))?);
    /// # Ok::<(), notice::Error>(())
    /// ```
    #[must_use]
    pub fn or(mut self, list: impl IntoIterator<Item = Condition>) -> Self {
        self.any.push(list.into_iter().collect());
        self
    }

    /// Adds a list of conditions to `none`: whoever meets all of them is not in the audience.
    #[must_use]
    pub fn except(mut self, list: impl IntoIterator<Item = Condition>) -> Self {
        self.none.push(list.into_iter().collect());
        self
    }

    /// Reads a list of `{"attribute": text, "op": text, "values": list}`, all of which must hold, or
    /// `{"any": [list, ...], "none": [list, ...]}`. Values are texts; numbers and booleans are kept as
    /// their text. `values` may be omitted when empty.
    ///
    /// # Errors
    /// `invalid_field` with a path such as `any[2][0].values[0]` for anything else. Publishing validates
    /// attributes, operators and values.
    ///
    /// ```
    /// use notice::{Audience, Operator};
    /// let json = serde_json::json!([{"attribute": "level", "op": "ge", "values": [7]}]);
    /// let audience = Audience::from_json(&json)?;
    /// assert_eq!(audience, Audience::everyone().and("level", Operator::Ge, ["7"]));
    /// # Ok::<(), notice::Error>(())
    /// ```
    pub fn from_json(json: &Value) -> Result<Self> {
        let Value::Object(members) = json else {
            return Ok(list_from_json(json)?.into());
        };
        if let Some(odd) = members
            .keys()
            .find(|name| *name != "any" && *name != "none")
        {
            let reason = Bilingual::new(
                "unknown field; an audience is a list of conditions, or has only any and none",
                "未知字段；受众须为条件列表，或只包含 any 和 none",
            );
            return Err(Error::invalid("", odd, reason));
        }
        let lists = |name: &str| match members.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(lists)) => lists
                .iter()
                .enumerate()
                .map(|(n, list)| {
                    list_from_json(list).map_err(|error| error.within(&format!("{name}[{n}]")))
                })
                .collect(),
            Some(other) => {
                let reason = Bilingual::new(
                    "must be a list of lists of conditions",
                    "必须是由条件列表组成的列表",
                );
                Err(Error::invalid(name, &other.to_string(), reason))
            }
        };
        Ok(Self {
            conditions: Vec::new(),
            any: lists("any")?,
            none: lists("none")?,
        })
    }

    /// Returns the form that [`Audience::from_json`] reads: a list, unless there is `any` or `none`.
    pub fn to_json(&self) -> Value {
        let list = |list: &[Condition]| list.iter().map(Condition::to_json).collect::<Value>();
        if self.any.is_empty() && self.none.is_empty() {
            return list(&self.conditions);
        }
        let mut members = Map::new();
        // What must hold in any case must hold in each list.
        let any: Value = match self.any.as_slice() {
            [] => [list(&self.conditions)].into_iter().collect(),
            any => any
                .iter()
                .map(|one| list(&[self.conditions.as_slice(), one].concat()))
                .collect(),
        };
        if !self.any.is_empty() || !self.conditions.is_empty() {
            members.insert("any".to_owned(), any);
        }
        if !self.none.is_empty() {
            members.insert(
                "none".to_owned(),
                self.none.iter().map(|one| list(one)).collect(),
            );
        }
        Value::Object(members)
    }

    /// Returns what counts against [`limits::AUDIENCE_BYTES`](super::limits::AUDIENCE_BYTES): the length
    /// of the compact JSON in UTF-8, with every character counted as if none had to be escaped.
    pub(crate) fn encoded_bytes(&self) -> usize {
        // The members' names, braces, brackets, quotes and commas of a condition; the quotes and the
        // comma of a value. A list has one bracket more than commas that its last condition lacks.
        const CONDITION: usize = 36;
        const VALUE: usize = 3;
        // The names, quotes, colons and commas of `any` and `none`, and the braces.
        const LISTS: usize = 18;
        let condition = |condition: &Condition| {
            let values = condition.values.iter().map(|value| value.len() + VALUE);
            let names = condition.attribute.len() + condition.operator.name().len();
            CONDITION + names + values.sum::<usize>()
        };
        let list = |list: &Vec<Condition>| 1 + list.iter().map(condition).sum::<usize>();
        let lists = self.any.iter().chain(&self.none);
        let lists: usize = lists.map(|one| 1 + list(one)).sum();
        list(&self.conditions) + if lists == 0 { 0 } else { LISTS + lists }
    }

    /// Reports whether the audience depends on the announcement's key or id: it has a percentage without a
    /// salt.
    pub(crate) fn depends_on_announcement(&self) -> bool {
        let lists = self.any.iter().chain(&self.none).flatten();
        let mut all = self.conditions.iter().chain(lists);
        all.any(|one| one.operator == Operator::Percent && one.values.len() < 2)
    }
}

fn list_from_json(json: &Value) -> Result<Vec<Condition>> {
    let Value::Array(list) = json else {
        let reason = Bilingual::new("must be a list of conditions", "必须是条件列表");
        return Err(Error::invalid("", &json.to_string(), reason));
    };
    let read = |(n, condition)| {
        Condition::from_json(condition).map_err(|error| error.within(&format!("[{n}]")))
    };
    list.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests;
