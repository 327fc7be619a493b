//! Ranges of versions.
//!
//! ```text
//! range      = set *( "||" set )                                any of the sets
//! set        = item *( ( blank / "," ) item )                   all of the items
//! item       = bound blank "-" blank bound                      from the first to the second
//!            / [ comparator ] bound                             "=" when there is none
//! comparator = "<" / "<=" / ">" / ">=" / "=" / "!=" / "~" / "^" a blank may follow
//! bound      = [ "v" ] part *3( "." part ) *( "." wildcard ) [ "-" pre ] [ "+" build ]
//!            / wildcard *3( "." wildcard )                      at most four places in all
//! wildcard   = "*" / "x" / "X"                                  no pre or build after one
//! part       = 1*DIGIT                                          0 to 2^31-1
//! pre, build = identifier *( "." identifier )
//! identifier = 1*( ALPHA / DIGIT / "-" )
//! ```
//!
//! Blanks (ASCII white space) may stand around everything but inside a bound. A `-` without
//! blanks begins a pre-release: `7.9 - 7.10` is a range, `7.9-7.10` a pre-release of 7.9.
//!
//! Each item is kept as one stretch of the order of versions, from an edge up to another one, so
//! that matching is two comparisons.

use super::limits;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::version::{Version, compare_pre};
use super::version_scanner::{Fault, Reason, Scanned, Scanner, Wildcards};
use crate::{Bilingual, Error, Result};

/// A set of versions, such as `>=7.9 <8 || 8.1`.
///
/// | written | matches |
/// |---|---|
/// | `8.1`, `=8.1`, `8.1.*`, `8.1.x` | every 8.1 |
/// | `*` | every version |
/// | `<7.10` `<=7.10` `>7.10` `>=7.10` | before every 7.10; up to the last 7.10; from 7.11; from the first 7.10 |
/// | `!=7.10` | all but the 7.10 |
/// | `7.9 - 7.10` | from the first 7.9 up to the last 7.10 |
/// | `~1`, `~1.2`, `~1.2.3`, `~1.2.3.4` | from there, within 1; within 1.2; within 1.2; within 1.2 |
/// | `^1.2`, `^0.2.3`, `^0.0.3.1`, `^0.0` | from there, within 1; 0.2; 0.0.3; 0.0: the leftmost part that is not 0 stays, or the last one named |
/// | `>=7.9, <8 \|\| 9` | blank or comma: both; `\|\|`: either |
///
/// A bound that names fewer than four parts compares at that precision: 8.1.2.17 is an `8.1.2`.
///
/// Pre-releases are matched like any other version. A bound with one or two parts or a wildcard means
/// a whole line, including its pre-releases: 7.10.0-beta matches `7.10`, but not `<7.10`. A bound with
/// three or four parts names a release, and its pre-releases sort before it: 7.10.0-beta matches
/// `<7.10.0`, but not `7.10.0`. The upper end of `~`, `^` and `<=` is a line: 2.0.0-beta does not match
/// `^1.2.3`. A bound with a pre-release of its own is that one version; its missing parts are 0.
///
/// Two ranges are equal when they are written alike.
///
/// ```
/// use notice::{Version, VersionRange};
/// let range = VersionRange::parse(">= 7.9 <= 7.10 || ^9.2")?;
/// assert!(range.matches(&Version::parse("7.10.5")?));
/// assert!(!range.matches(&Version::parse("7.11.0-beta")?));
/// assert!(range.matches(&Version::parse("9.8.7.6")?));
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct VersionRange {
    source: Arc<str>,
    /// Alternatives; a version is in the range if it is in all stretches of one of them.
    sets: Arc<[Vec<Stretch>]>,
}

/// The versions from `low` (inclusive) to `high` (exclusive); or, when `outside`, all others.
#[derive(Debug, Clone)]
struct Stretch {
    low: Edge,
    high: Edge,
    outside: bool,
}

/// A position between two versions.
#[derive(Debug, Clone)]
struct Edge {
    parts: [u32; 4],
    side: Side,
}

/// Position of an edge among the versions with its numbers.
#[derive(Debug, Clone)]
enum Side {
    BeforeAll,
    BeforePre(Box<str>),
    AfterPre(Box<str>),
    BeforeRelease,
}

#[derive(Debug, Clone, Copy)]
enum Comparator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Tilde,
    Caret,
}

const NO_BOUND: Reason = ("expected a version", "此处应为版本号");
const EMPTY: Reason = (
    "empty version range; write * for every version",
    "版本范围为空；匹配所有版本请写 *",
);
const NO_SEPARATOR: Reason = ("expected a blank, a comma or ||", "此处应为空格、逗号或 ||");
const TOO_MANY: Reason = (
    "a version range has at most 64 comparators",
    "版本范围最多 64 个比较式",
);
const REVERSED: Reason = (
    "the version range ends before it starts",
    "版本范围的终点早于起点",
);

impl VersionRange {
    /// Parses a range of at most 1024 bytes with at most 64 comparators.
    ///
    /// # Errors
    /// `invalid_field` with the byte offset of the fault, also for an empty range or a reversed `a
    /// - b`; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > limits::VERSION_RANGE_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "",
                text.len() as u64,
                limits::VERSION_RANGE_BYTES as u64,
                &unit,
            ));
        }
        let sets = read_sets(text).map_err(|fault| fault.on(text))?;
        Ok(Self {
            source: text.into(),
            sets: sets.into(),
        })
    }

    /// Reports whether `version` is in the range, without an allocation.
    pub fn matches(&self, version: &Version) -> bool {
        self.sets
            .iter()
            .any(|set| set.iter().all(|stretch| stretch.holds(version)))
    }

    /// Returns the range as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

impl Stretch {
    fn holds(&self, version: &Version) -> bool {
        let inside = self.low.is_before(version) && !self.high.is_before(version);
        inside != self.outside
    }
}

impl Edge {
    /// Position before every version.
    const START: Self = Self {
        parts: [0; 4],
        side: Side::BeforeAll,
    };
    /// Position after every version, because all parts are smaller.
    const END: Self = Self {
        parts: [u32::MAX; 4],
        side: Side::BeforeAll,
    };

    fn is_before(&self, version: &Version) -> bool {
        let order = self.parts.cmp(version.parts());
        order.is_lt()
            || order.is_eq()
                && match &self.side {
                    Side::BeforeAll => true,
                    Side::BeforePre(pre) => compare_pre(pre, version.pre()).is_le(),
                    Side::AfterPre(pre) => compare_pre(pre, version.pre()).is_lt(),
                    Side::BeforeRelease => version.pre().is_empty(),
                }
    }

    /// Returns the position before all versions that `bound` covers.
    fn before(bound: &Scanned<'_>) -> Self {
        let side = if !bound.pre.is_empty() {
            Side::BeforePre(bound.pre.into())
        } else if bound.wild || bound.named <= 2 {
            Side::BeforeAll
        } else {
            Side::BeforeRelease
        };
        Self {
            parts: bound.parts,
            side,
        }
    }

    /// Returns the position after all versions that `bound` covers.
    fn after(bound: &Scanned<'_>) -> Self {
        if bound.pre.is_empty() {
            Self::after_line(bound, bound.named)
        } else {
            Self {
                parts: bound.parts,
                side: Side::AfterPre(bound.pre.into()),
            }
        }
    }

    /// Returns the position after all versions that agree with `bound` in the first `kept` parts.
    fn after_line(bound: &Scanned<'_>, kept: usize) -> Self {
        let mut parts = [0; 4];
        let mut last = None;
        for (part, named) in parts.iter_mut().zip(bound.parts).take(kept) {
            *part = named;
            last = Some(part);
        }
        match last {
            // A part is at most 2^31-1, so this does not overflow.
            Some(last) => *last += 1,
            None => return Self::END,
        }
        Self {
            parts,
            side: Side::BeforeAll,
        }
    }
}

impl Comparator {
    fn read(scanner: &mut Scanner<'_>) -> Option<Self> {
        const WRITTEN: [(&str, Comparator); 8] = [
            ("<=", Comparator::LessOrEqual),
            ("<", Comparator::Less),
            (">=", Comparator::GreaterOrEqual),
            (">", Comparator::Greater),
            ("=", Comparator::Equal),
            ("!=", Comparator::NotEqual),
            ("~", Comparator::Tilde),
            ("^", Comparator::Caret),
        ];
        WRITTEN
            .into_iter()
            .find(|(word, _)| scanner.eat(word))
            .map(|(_, comparator)| comparator)
    }

    fn stretch(self, bound: &Scanned<'_>) -> Stretch {
        let (low, high) = match self {
            Self::Less => (Edge::START, Edge::before(bound)),
            Self::LessOrEqual => (Edge::START, Edge::after(bound)),
            Self::Greater => (Edge::after(bound), Edge::END),
            Self::GreaterOrEqual => (Edge::before(bound), Edge::END),
            Self::Equal | Self::NotEqual => (Edge::before(bound), Edge::after(bound)),
            Self::Tilde => (
                Edge::before(bound),
                Edge::after_line(bound, bound.named.min(2)),
            ),
            Self::Caret => {
                let zeros = bound.parts.iter().take_while(|part| **part == 0).count();
                let kept = bound.named.min(zeros + 1);
                (Edge::before(bound), Edge::after_line(bound, kept))
            }
        };
        Stretch {
            low,
            high,
            outside: matches!(self, Self::NotEqual),
        }
    }
}

impl FromStr for VersionRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl PartialEq for VersionRange {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for VersionRange {}

impl Hash for VersionRange {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

fn read_sets(text: &str) -> std::result::Result<Vec<Vec<Stretch>>, Fault> {
    let mut scanner = Scanner::new(text);
    let mut sets = Vec::new();
    let mut items = 0;
    scanner.blanks();
    if scanner.peek().is_none() {
        return Err(scanner.fault(EMPTY));
    }
    loop {
        let mut set = Vec::new();
        let another_set = loop {
            scanner.blanks();
            if items == limits::VERSION_RANGE_COMPARATORS {
                return Err(scanner.fault(TOO_MANY));
            }
            items += 1;
            set.push(read_item(&mut scanner)?);
            let blank = scanner.blanks();
            if scanner.eat("||") {
                break true;
            }
            if scanner.peek().is_none() {
                break false;
            }
            if !scanner.eat(",") && !blank {
                return Err(scanner.fault(NO_SEPARATOR));
            }
        };
        sets.push(set);
        if !another_set {
            return Ok(sets);
        }
    }
}

fn read_item(scanner: &mut Scanner<'_>) -> std::result::Result<Stretch, Fault> {
    let start = scanner.offset();
    if let Some(comparator) = Comparator::read(scanner) {
        scanner.blanks();
        return Ok(comparator.stretch(&read_bound(scanner)?));
    }
    let bound = read_bound(scanner)?;
    let end = scanner.offset();
    if scanner.blanks() && scanner.eat("-") && scanner.blanks() {
        let last = read_bound(scanner)?;
        let stretch = Stretch {
            low: Edge::before(&bound),
            high: Edge::after(&last),
            outside: false,
        };
        if stretch.high.is_before(&earliest(&bound)) {
            scanner.back_to(start);
            return Err(scanner.fault(REVERSED));
        }
        return Ok(stretch);
    }
    scanner.back_to(end);
    Ok(Comparator::Equal.stretch(&bound))
}

fn read_bound<'a>(scanner: &mut Scanner<'a>) -> std::result::Result<Scanned<'a>, Fault> {
    match scanner.peek() {
        Some(b'0'..=b'9' | b'v' | b'V' | b'x' | b'X' | b'*') => scanner.version(Wildcards::Allowed),
        _ => Err(scanner.fault(NO_BOUND)),
    }
}

/// Returns the first version that `bound` covers; no pre-release sorts before `0`.
fn earliest(bound: &Scanned<'_>) -> Version {
    let pre = match Edge::before(bound).side {
        Side::BeforeAll => "0",
        _ => bound.pre,
    };
    Version::new(bound.parts, pre)
}

#[cfg(test)]
mod tests;
