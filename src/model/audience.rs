//! Who may see an announcement.

use serde_json::Value;

use super::compiled_audience::CompiledAudience;
use super::condition::{Condition, Operator};
use super::prepared_viewer::PreparedViewer;
use super::viewer::Viewer;
use crate::{Bilingual, Error, Result};

/// Who may see an announcement: the viewers of whom every condition holds.
///
/// A condition on an attribute that the viewer does not have is not met, save `not_in`; neither is
/// one with an operator that this build does not know. Without conditions it is everyone.
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
    /// All of these must hold.
    pub conditions: Vec<Condition>,
}

impl From<Vec<Condition>> for Audience {
    fn from(conditions: Vec<Condition>) -> Self {
        Self { conditions }
    }
}

impl Audience {
    /// The audience without conditions.
    pub fn everyone() -> Self {
        Self::default()
    }

    /// Adds a condition. Nothing is checked before it is published.
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

    /// Reads a list of `{"attribute": text, "op": text, "values": list}`. Values are texts;
    /// numbers and booleans are kept as their text. `values` may be left out where there are none.
    ///
    /// # Errors
    /// `invalid_field` with a path such as `[2].values[0]` for anything else. What the attributes,
    /// operators and values are is checked by publishing.
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

    /// The list that [`Audience::from_json`] reads.
    pub fn to_json(&self) -> Value {
        self.conditions.iter().map(Condition::to_json).collect()
    }

    /// Whether `viewer` is one of this audience.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` for a condition that publishing would refuse.
    pub fn admits(&self, viewer: &Viewer) -> Result<bool> {
        Ok(self.compile()?.matches(&PreparedViewer::new(viewer)))
    }

    /// Checks the audience and prepares it for matching.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` with a path such as `[2].values[0]`: a name or value outside
    /// its limits, no value where one is needed (or one for `exists`), an empty prefix or glob, a
    /// bad version range, number or locale; `too_large` when the JSON is over 16 KiB. An unknown
    /// operator is no error.
    pub(crate) fn compile(&self) -> Result<CompiledAudience> {
        CompiledAudience::new(self)
    }

    /// Prepares an audience that was accepted elsewhere, perhaps by a newer build: a condition
    /// that [`Audience::compile`] would refuse is never met, and counted as unknown.
    pub(crate) fn compile_lossy(&self) -> CompiledAudience {
        CompiledAudience::new_lossy(self)
    }
}

#[cfg(test)]
mod tests;
