//! Audiences: who may see an announcement.

use serde_json::Value;

use super::compiled_audience::CompiledAudience;
use super::condition::{Condition, Operator};
use super::prepared_viewer::PreparedViewer;
use super::viewer::Viewer;
use crate::{Bilingual, Error, Result};

/// Conditions that a viewer must meet, all of them, to see an announcement.
///
/// A viewer who lacks the attribute does not meet a condition; `not_in` is the exception. A
/// condition with an operator unknown to this build is never met. An audience without conditions is
/// everyone.
///
/// ```
/// use notice::{Audience, Operator, Viewer};
/// let audience = Audience::everyone()
///     .and("platform", Operator::In, ["windows", "linux"])
///     .and("app_version", Operator::Version, [">=7.9 <8"]);
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
}

impl From<Vec<Condition>> for Audience {
    fn from(conditions: Vec<Condition>) -> Self {
        Self { conditions }
    }
}

impl Audience {
    /// Returns the audience without conditions.
    pub fn everyone() -> Self {
        Self::default()
    }

    /// Adds a condition. Publishing validates it.
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

    /// Reads a list of `{"attribute": text, "op": text, "values": list}`. Values are texts; numbers
    /// and booleans are kept as their text. `values` may be omitted when empty.
    ///
    /// # Errors
    /// `invalid_field` with a path such as `[2].values[0]` for anything else. Publishing validates
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
        let Value::Array(list) = json else {
            let reason = Bilingual::new("must be a list of conditions", "必须是条件列表");
            return Err(Error::invalid("", &json.to_string(), reason));
        };
        let read = |(n, condition)| {
            Condition::from_json(condition).map_err(|error| error.within(&format!("[{n}]")))
        };
        let conditions = list.iter().enumerate().map(read).collect::<Result<_>>()?;
        Ok(Self { conditions })
    }

    /// Returns the list that [`Audience::from_json`] reads.
    pub fn to_json(&self) -> Value {
        self.conditions.iter().map(Condition::to_json).collect()
    }

    /// Returns what counts against [`limits::AUDIENCE_BYTES`](super::limits::AUDIENCE_BYTES): the length
    /// of the compact JSON in UTF-8, with every character counted as if none had to be escaped.
    pub(crate) fn encoded_bytes(&self) -> usize {
        // The members' names, braces, brackets, quotes and commas of a condition; the quotes and the
        // comma of a value. The list has one bracket more than commas that its last condition lacks.
        const CONDITION: usize = 36;
        const VALUE: usize = 3;
        let condition = |condition: &Condition| {
            let values = condition.values.iter().map(|value| value.len() + VALUE);
            let names = condition.attribute.len() + condition.operator.name().len();
            CONDITION + names + values.sum::<usize>()
        };
        1 + self.conditions.iter().map(condition).sum::<usize>()
    }

    /// Reports whether `viewer` is in this audience.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` for a condition that publishing would refuse.
    pub fn admits(&self, viewer: &Viewer) -> Result<bool> {
        Ok(self.compile()?.matches(&PreparedViewer::new(viewer)))
    }

    /// Validates the audience and prepares it for matching.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` with a path such as `[2].values[0]`: a name or value outside
    /// its limits, a missing value (or one for `exists`), an empty prefix or glob, a bad version
    /// range, number or locale; `too_large` when it exceeds 16 KiB. An unknown operator is
    /// not an error.
    pub(crate) fn compile(&self) -> Result<CompiledAudience> {
        CompiledAudience::new(self)
    }

    /// Prepares an audience that was accepted elsewhere, perhaps by a newer build. A condition that
    /// [`Audience::compile`] would refuse is never met, and is counted as unknown.
    pub(crate) fn compile_lossy(&self) -> CompiledAudience {
        CompiledAudience::new_lossy(self)
    }
}

#[cfg(test)]
mod tests;
