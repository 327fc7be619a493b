//! Compiled audiences: checked, parsed, and matched without an allocation.

use super::attribute::{self, LOCALE};
use super::audience::Audience;
use super::condition::{Condition, Operator};
use super::glob::Glob;
use super::limits;
use super::prepared_viewer::{PreparedValue, PreparedViewer};
use super::{Locale, VersionRange};
use crate::{Bilingual, Error, Result};

/// An [`Audience`] prepared for matching many viewers.
#[derive(Debug, Clone)]
pub(crate) struct CompiledAudience {
    conditions: Box<[CompiledCondition]>,
}

#[derive(Debug, Clone)]
struct CompiledCondition {
    attribute: Box<str>,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    /// Sorted values.
    In(Box<[Box<str>]>),
    NotIn(Box<[Box<str>]>),
    Exists,
    Prefix(Box<[Box<str>]>),
    Glob(Box<[Glob]>),
    Number(Relation, Box<[f64]>),
    Version(Box<[VersionRange]>),
    /// The operator is unknown to this build.
    Never,
}

#[derive(Debug, Clone, Copy)]
enum Relation {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl CompiledAudience {
    pub(super) fn new(audience: &Audience) -> Result<Self> {
        let compile = |(n, condition)| {
            CompiledCondition::new(condition).map_err(|error| error.within(&format!("[{n}]")))
        };
        let conditions = audience.conditions.iter().enumerate().map(compile);
        let conditions = conditions.collect::<Result<_>>()?;
        let encoded = audience.encoded_bytes();
        if encoded > limits::AUDIENCE_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "",
                encoded as u64,
                limits::AUDIENCE_BYTES as u64,
                &unit,
            ));
        }
        Ok(Self { conditions })
    }

    pub(super) fn new_lossy(audience: &Audience) -> Self {
        let never = || CompiledCondition {
            attribute: Box::default(),
            test: Test::Never,
        };
        let compile = |condition| CompiledCondition::new(condition).unwrap_or_else(|_| never());
        Self {
            conditions: audience.conditions.iter().map(compile).collect(),
        }
    }

    /// Reports whether `viewer` meets every condition, without an allocation.
    pub(crate) fn matches(&self, viewer: &PreparedViewer<'_>) -> bool {
        self.conditions
            .iter()
            .all(|condition| condition.is_met_by(viewer))
    }

    /// Returns the index of the first condition that `viewer` does not meet.
    pub(crate) fn first_unmet(&self, viewer: &PreparedViewer<'_>) -> Option<usize> {
        self.conditions
            .iter()
            .position(|condition| !condition.is_met_by(viewer))
    }

    /// Counts the conditions that are never met because this build does not understand them.
    pub(crate) fn unknown_conditions(&self) -> usize {
        let unknown = |condition: &&CompiledCondition| matches!(condition.test, Test::Never);
        self.conditions.iter().filter(unknown).count()
    }

    /// Reports whether there are no conditions.
    #[cfg(test)]
    pub(crate) fn is_everyone(&self) -> bool {
        self.conditions.is_empty()
    }
}

impl CompiledCondition {
    fn new(condition: &Condition) -> Result<Self> {
        let Condition {
            attribute,
            operator,
            values,
        } = condition;
        attribute::check_name(attribute).map_err(|error| error.within("attribute"))?;
        each(values, |value| {
            attribute::check_text(value, limits::ATTRIBUTE_VALUE_BYTES)
        })?;
        match operator {
            Operator::Unknown(name) => {
                attribute::check_text(name, limits::ATTRIBUTE_NAME_BYTES)
                    .map_err(|error| error.within("op"))?;
            }
            Operator::Exists => {
                if let Some(value) = values.first() {
                    let reason = Bilingual::new("must be empty for exists", "exists 不能带值");
                    return Err(Error::invalid("values", value, reason));
                }
            }
            _ if values.is_empty() => {
                let reason = Bilingual::new("must have at least one value", "至少需要一个值");
                return Err(Error::invalid("values", "", reason));
            }
            _ => {}
        }
        Ok(Self {
            attribute: attribute.as_str().into(),
            test: Test::new(condition)?,
        })
    }

    fn is_met_by(&self, viewer: &PreparedViewer<'_>) -> bool {
        let values = viewer.values(&self.attribute);
        match &self.test {
            Test::In(listed) => values.iter().any(|value| value.is_in(listed)),
            Test::NotIn(listed) => !values.iter().any(|value| value.is_in(listed)),
            Test::Exists => !values.is_empty(),
            Test::Prefix(prefixes) => values.iter().any(|value| {
                prefixes
                    .iter()
                    .any(|prefix| value.text().starts_with(&**prefix))
            }),
            Test::Glob(globs) => values
                .iter()
                .any(|value| globs.iter().any(|glob| glob.matches(value.folded()))),
            Test::Number(relation, bounds) => values
                .iter()
                .filter_map(PreparedValue::number)
                .any(|number| bounds.iter().any(|bound| relation.holds(number, *bound))),
            Test::Version(ranges) => values
                .iter()
                .filter_map(PreparedValue::version)
                .any(|version| ranges.iter().any(|range| range.matches(version))),
            Test::Never => false,
        }
    }
}

impl Test {
    fn new(
        Condition {
            attribute,
            operator,
            values,
        }: &Condition,
    ) -> Result<Self> {
        let relation = match operator {
            Operator::In => return Ok(Self::In(listed(attribute, values)?)),
            Operator::NotIn => return Ok(Self::NotIn(listed(attribute, values)?)),
            Operator::Exists => return Ok(Self::Exists),
            Operator::Prefix => {
                return each(values, |value| Ok(not_empty(value)?.into())).map(Self::Prefix);
            }
            Operator::Glob => {
                return each(values, |value| Ok(Glob::new(not_empty(value)?))).map(Self::Glob);
            }
            Operator::Version => return each(values, VersionRange::parse).map(Self::Version),
            Operator::Unknown(_) => return Ok(Self::Never),
            Operator::Gt => Relation::Greater,
            Operator::Ge => Relation::GreaterOrEqual,
            Operator::Lt => Relation::Less,
            Operator::Le => Relation::LessOrEqual,
        };
        let bounds = each(values, |value| {
            let reason = || Bilingual::new("must be a finite number", "必须是有限数值");
            attribute::number(value).ok_or_else(|| Error::invalid("", value, reason()))
        });
        Ok(Self::Number(relation, bounds?))
    }
}

impl Relation {
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
        }
    }
}

/// Returns the sorted values of `in` and `not_in`. Values of the attribute `locale` are normalised.
fn listed(attribute: &str, values: &[String]) -> Result<Box<[Box<str>]>> {
    let mut listed: Box<[Box<str>]> = each(values, |value| match attribute {
        LOCALE => Locale::parse(value).map(|locale| locale.as_str().into()),
        _ => Ok(value.into()),
    })?;
    listed.sort_unstable();
    Ok(listed)
}

/// Reads each value, and adds its path to errors.
fn each<'a, T>(values: &'a [String], read: impl Fn(&'a str) -> Result<T>) -> Result<Box<[T]>> {
    let read = |(n, value): (usize, &'a String)| {
        read(value).map_err(|error| error.within(&format!("values[{n}]")))
    };
    values.iter().enumerate().map(read).collect()
}

fn not_empty(value: &str) -> Result<&str> {
    if value.is_empty() {
        let reason = Bilingual::new(
            "must not be empty; to match any value, use exists",
            "不能为空；要匹配任意值请用 exists",
        );
        return Err(Error::invalid("", value, reason));
    }
    Ok(value)
}
