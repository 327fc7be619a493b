//! Compiled conditions: checked, parsed, and tested without an allocation.

use super::attribute::{self, LOCALE, OS_VERSION, ReadAs, USER};
use super::condition::{Condition, Operator, nearest};
use super::faults::Faults;
use super::glob::Glob;
use super::limits;
use super::number::Number;
use super::percent::Percent;
use super::prepared_viewer::{PreparedValue, PreparedViewer};
use super::value_set::ValueSet;
use super::{Locale, VersionRange};
use crate::{Bilingual, Error, Result};

/// Origin of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// To be published: its editor can be told about a fault.
    Draft,
    /// Accepted before, perhaps by a build with other rules, for the announcement with this key or id.
    Record { seed: &'a str },
}

/// A [`Condition`] prepared for many viewers.
#[derive(Debug, Clone)]
pub(super) struct CompiledCondition {
    attribute: Box<str>,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    In(ValueSet),
    NotIn(ValueSet),
    InLocales(Box<[Locale]>),
    NotInLocales(Box<[Locale]>),
    Exists,
    Prefix(Box<[Box<str>]>),
    Glob(Box<[Glob]>),
    NotGlob(Box<[Glob]>),
    Number(Relation, Box<[Number]>),
    Version(Box<[VersionRange]>),
    NotVersion(Box<[VersionRange]>),
    Percent(Box<Percent>),
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

impl CompiledCondition {
    /// Returns a condition that is never met.
    pub(super) fn never() -> Self {
        Self {
            attribute: Box::default(),
            test: Test::Never,
        }
    }

    pub(super) fn new(
        condition: &Condition,
        source: Source<'_>,
        faults: &mut Faults,
    ) -> Result<Self> {
        let Condition {
            attribute,
            operator,
            values,
        } = condition;
        let named = attribute::check_name(attribute).map_err(|error| error.within("attribute"));
        faults.of(named)?;
        each(values, faults, |value| {
            attribute::check_text(value, limits::ATTRIBUTE_VALUE_BYTES)
        })?;
        faults.of(check_operator(operator, values, source))?;
        Ok(Self {
            attribute: attribute.as_str().into(),
            test: Test::new(condition, source, faults)?,
        })
    }

    pub(super) fn attribute(&self) -> &str {
        &self.attribute
    }

    pub(super) fn read_as(&self) -> ReadAs {
        match self.test {
            Test::Number(..) => ReadAs::Number,
            Test::Version(_) | Test::NotVersion(_) => ReadAs::Version,
            _ => ReadAs::Text,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.test, Test::Never)
    }

    pub(super) fn is_met_by(&self, viewer: &PreparedViewer<'_>) -> bool {
        let values = viewer.values(&self.attribute);
        let any = |test: &dyn Fn(&PreparedValue<'_>) -> bool| values.iter().any(test);
        match &self.test {
            Test::In(set) => values.iter().any(|value| value.is_in(set)),
            Test::NotIn(set) => !values.iter().any(|value| value.is_in(set)),
            Test::InLocales(ranges) => any(&|value| value.is_of(ranges)),
            Test::NotInLocales(ranges) => !any(&|value| value.is_of(ranges)),
            Test::Exists => !values.is_empty(),
            Test::Prefix(prefixes) => values.iter().any(|value| {
                prefixes
                    .iter()
                    .any(|prefix| value.text().starts_with(&**prefix))
            }),
            Test::Glob(globs) => any(&|value| match_one(globs, value)),
            Test::NotGlob(globs) => !values.is_empty() && !any(&|value| match_one(globs, value)),
            Test::Number(relation, bounds) => values
                .iter()
                .filter_map(PreparedValue::number)
                .any(|number| bounds.iter().any(|bound| relation.holds(number, bound))),
            Test::Version(ranges) => values
                .iter()
                .filter_map(PreparedValue::version)
                .any(|version| ranges.iter().any(|range| range.matches(version))),
            Test::NotVersion(ranges) => {
                let mut versions = values.iter().filter_map(PreparedValue::version).peekable();
                versions.peek().is_some()
                    && !versions.any(|version| ranges.iter().any(|range| range.matches(version)))
            }
            Test::Percent(percent) => {
                percent.is_everybody() || any(&|value| percent.has(value.text()))
            }
            Test::Never => false,
        }
    }
}

fn match_one(globs: &[Glob], value: &PreparedValue<'_>) -> bool {
    globs.iter().any(|glob| glob.matches(value.folded()))
}

/// Refuses an operator that is unknown, or has values where there must be none, or none where there must be.
fn check_operator(operator: &Operator, values: &[String], source: Source<'_>) -> Result<()> {
    match operator {
        Operator::Unknown(name) => {
            attribute::check_text(name, limits::ATTRIBUTE_NAME_BYTES)
                .map_err(|error| error.within("op"))?;
            match source {
                Source::Draft => Err(unknown(name)),
                Source::Record { .. } => Ok(()),
            }
        }
        Operator::Exists => match values.first() {
            Some(value) => {
                let reason = Bilingual::new("must be empty for exists", "exists 不能带值");
                Err(Error::invalid("values", value, reason))
            }
            None => Ok(()),
        },
        _ if values.is_empty() => {
            let reason = Bilingual::new("must have at least one value", "至少需要一个值");
            Err(Error::invalid("values", "", reason))
        }
        _ => Ok(()),
    }
}

fn unknown(name: &str) -> Error {
    let nearest = nearest(name);
    let reason = Bilingual::new(
        format!("unknown operator; the nearest one is {nearest}"),
        format!("未知运算符；最接近的是 {nearest}"),
    );
    Error::invalid("op", name, reason)
}

impl Test {
    fn new(
        Condition {
            attribute,
            operator,
            values,
        }: &Condition,
        source: Source<'_>,
        faults: &mut Faults,
    ) -> Result<Self> {
        let globs =
            |faults: &mut Faults| each(values, faults, |value| Ok(Glob::new(not_empty(value)?)));
        let relation = match operator {
            Operator::In if attribute == LOCALE => {
                return each(values, faults, Locale::parse).map(Self::InLocales);
            }
            Operator::NotIn if attribute == LOCALE => {
                return each(values, faults, Locale::parse).map(Self::NotInLocales);
            }
            Operator::In => return Ok(Self::In(set(values))),
            Operator::NotIn => return Ok(Self::NotIn(set(values))),
            Operator::Exists => return Ok(Self::Exists),
            Operator::Prefix => {
                return each(values, faults, |value| Ok(not_empty(value)?.into()))
                    .map(Self::Prefix);
            }
            Operator::Glob => return globs(faults).map(Self::Glob),
            Operator::NotGlob => return globs(faults).map(Self::NotGlob),
            Operator::Version => {
                return ranges(attribute, values, source, faults).map(Self::Version);
            }
            Operator::NotVersion => {
                return ranges(attribute, values, source, faults).map(Self::NotVersion);
            }
            Operator::Percent => {
                if attribute != USER {
                    let reason = Bilingual::new(
                        "percent counts users; write user",
                        "percent 按用户计算，请写 user",
                    );
                    faults.tell(Error::invalid("attribute", attribute, reason))?;
                }
                let seed = match source {
                    Source::Draft => "",
                    Source::Record { seed } => seed,
                };
                // That there must be a value has been said.
                let percent = match values.is_empty() {
                    true => None,
                    false => faults.value(Percent::read(values, seed))?,
                };
                return Ok(percent.map_or(Self::Never, |percent| Self::Percent(Box::new(percent))));
            }
            Operator::Unknown(_) => return Ok(Self::Never),
            Operator::Gt => Relation::Greater,
            Operator::Ge => Relation::GreaterOrEqual,
            Operator::Lt => Relation::Less,
            Operator::Le => Relation::LessOrEqual,
        };
        let bounds = each(values, faults, |value| {
            let reason = || Bilingual::new("must be a decimal number", "必须是十进制数");
            Number::parse(value).ok_or_else(|| Error::invalid("", value, reason()))
        });
        Ok(Self::Number(relation, bounds?))
    }
}

fn set(values: &[String]) -> ValueSet {
    ValueSet::new(values.iter().map(String::as_str))
}

fn ranges(
    attribute: &str,
    values: &[String],
    source: Source<'_>,
    faults: &mut Faults,
) -> Result<Box<[VersionRange]>> {
    let read = match (source, attribute) {
        (Source::Record { .. }, _) => VersionRange::parse_stored,
        (Source::Draft, OS_VERSION) => VersionRange::parse_of_releases,
        (Source::Draft, _) => VersionRange::parse,
    };
    each(values, faults, read)
}

impl Relation {
    fn holds(self, number: &Number, bound: &Number) -> bool {
        match self {
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
        }
    }
}

/// Reads each value, and adds its path to faults.
fn each<'a, T>(
    values: &'a [String],
    faults: &mut Faults,
    read: impl Fn(&'a str) -> Result<T>,
) -> Result<Box<[T]>> {
    let mut all = Vec::with_capacity(values.len());
    for (n, value) in values.iter().enumerate() {
        let read = read(value).map_err(|error| error.within(&format!("values[{n}]")));
        all.extend(faults.value(read)?);
    }
    Ok(all.into())
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
