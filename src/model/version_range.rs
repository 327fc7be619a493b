//! Ranges of versions.
//!
//! ```text
//! range      = set *( "||" set )                                any of the sets
//! set        = item *( ( blank / "," ) item )                   all of the items
//! item       = bound blank "-" blank bound                      from the first to the second
//!            / [ comparator ] bound                             "=" when there is none
//! comparator = "<" / "<=" / ">" / ">=" / "=" / "!=" / "~" / "^" a blank may follow
//! bound      = [ "v" ] part *7( "." part ) *( "." wildcard ) [ "-" pre ]
//!            / wildcard *7( "." wildcard )                      at most eight places in all
//! wildcard   = "*" / "x" / "X"                                  no pre after one
//! part       = 1*DIGIT                                          0 to 2^63-1
//! pre        = identifier *( "." identifier )
//! identifier = 1*( ALPHA / DIGIT / "-" )
//! ```
//!
//! Blanks (ASCII white space) may stand around everything but inside a bound. A `-` without
//! blanks begins a pre-release; `7.9-7.10` is refused, because `7.9 - 7.10` was meant.
//!
//! A range is written by an editor, who can be told, and is therefore read strictly: whatever no version
//! can meet is refused. A range in a record was accepted before, perhaps by an earlier build with fewer
//! rules, and keeps its meaning.

use super::limits;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::version::Version;
use super::version_pre::normal_form;
use super::version_scanner::{Fault, Reason, Scanned, Scanner};
use crate::{Bilingual, Error, Result};

mod hints;
mod stretch;

use stretch::{Comparator, Stretch};

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
/// A bound that names fewer than eight parts compares at that precision: 8.1.2.17 is an `8.1.2`.
///
/// Pre-releases are matched like any other version. A bound with one or two parts or a wildcard means
/// a whole line, including its pre-releases: 7.10.0-beta matches `7.10`, but not `<7.10`. A bound with
/// three or more parts names a release, and its pre-releases sort before it: 7.10.0-beta matches
/// `<7.10.0`, but not `7.10.0`. The upper end of `~`, `^` and `<=` is a line: 2.0.0-beta does not match
/// `^1.2.3`. A bound with a pre-release of its own is that one version; its missing parts are 0.
///
/// Refused is what no version meets, in any of the alternatives (`>3 <2`, `1.0,2.0`), a bound with a build
/// (`1.0+7`), and a hyphen between two versions without blanks (`5.20-5.22`).
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
const MET_BY_NONE: Reason = (
    "no version meets all of this; to match versions that meet one of several conditions, write || between them",
    "没有任何版本能同时满足这些条件；若满足其一即可，请用 || 隔开",
);
const MET_BY_NO_RELEASE: Reason = (
    "no version of an operating system meets this: only its numbers are compared, so write no pre-release",
    "没有任何操作系统版本能满足此条件：操作系统只比较数字部分，请去掉连字符及其后内容",
);
const BUILD: Reason = (
    "a build is never compared; leave out + and what follows it",
    "构建信息不参与比较；请删去 + 及其后内容",
);
const NO_PRE_RELEASE: Reason = (
    "this is a build, which is never compared; leave out the hyphen and what follows it",
    "这属于构建信息，不参与比较；请删去连字符及其后内容",
);
const NO_BLANKS: Reason = (
    "a range needs blanks around its hyphen, such as 5.20 - 5.22; for a pre-release write =5.20-5.22",
    "表示范围时连字符两侧须有空格，如 5.20 - 5.22；若指预发布版本，请写 =5.20-5.22",
);

/// How strictly a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Some version must be able to meet each alternative.
    Strict,
    /// Some release must be able to.
    OfReleases,
    /// Accepted before: it may have builds, and mean nobody.
    Stored,
}

impl VersionRange {
    /// Parses a range of at most 1024 bytes with at most 64 comparators.
    ///
    /// # Errors
    /// `invalid_field` with the byte offset of the fault, also for a range that no version meets;
    /// `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text, Reading::Strict)
    }

    /// Parses a range of versions of operating systems, which have no pre-releases.
    pub(super) fn parse_of_releases(text: &str) -> Result<Self> {
        Self::read(text, Reading::OfReleases)
    }

    /// Parses a range that was accepted before.
    pub(super) fn parse_stored(text: &str) -> Result<Self> {
        Self::read(text, Reading::Stored)
    }

    fn read(text: &str, reading: Reading) -> Result<Self> {
        if text.len() > limits::VERSION_RANGE_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "",
                text.len() as u64,
                limits::VERSION_RANGE_BYTES as u64,
                &unit,
            ));
        }
        let sets = read_sets(text, reading).map_err(|fault| fault.on(text))?;
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

fn read_sets(text: &str, reading: Reading) -> std::result::Result<Vec<Vec<Stretch>>, Fault> {
    let mut scanner = Scanner::new(text);
    let mut sets = Vec::new();
    let mut items = 0;
    scanner.blanks();
    if scanner.peek().is_none() {
        return Err(scanner.fault(EMPTY));
    }
    loop {
        let mut set = Vec::new();
        scanner.blanks();
        let start = scanner.offset();
        let another_set = loop {
            scanner.blanks();
            if items == limits::VERSION_RANGE_COMPARATORS {
                return Err(scanner.fault(TOO_MANY));
            }
            items += 1;
            set.push(read_item(&mut scanner, reading)?);
            let blank = scanner.blanks();
            if scanner.eat("||") {
                break true;
            }
            if scanner.peek().is_none() {
                break false;
            }
            if !scanner.eat(",") && !blank {
                return Err(hints::fault(&scanner, NO_SEPARATOR));
            }
        };
        let is_met = match reading {
            Reading::Strict => stretch::hold_a_version(&set),
            Reading::OfReleases => stretch::hold_a_release(&set),
            Reading::Stored => true,
        };
        if !is_met {
            scanner.back_to(start);
            let reason = match stretch::hold_a_version(&set) {
                true => MET_BY_NO_RELEASE,
                false => MET_BY_NONE,
            };
            return Err(scanner.fault(reason));
        }
        sets.push(set);
        if !another_set {
            return Ok(sets);
        }
    }
}

fn read_item(scanner: &mut Scanner<'_>, reading: Reading) -> std::result::Result<Stretch, Fault> {
    let start = scanner.offset();
    if let Some(comparator) = Comparator::read(scanner) {
        scanner.blanks();
        let (bound, pre) = read_bound(scanner, reading)?;
        return Ok(comparator.stretch(&bound, &pre));
    }
    let (bound, pre) = read_bound(scanner, reading)?;
    let end = scanner.offset();
    if scanner.blanks() && scanner.eat("-") && scanner.blanks() {
        let (last, last_pre) = read_bound(scanner, reading)?;
        let stretch = Stretch::between((&bound, &pre), (&last, &last_pre));
        if reading != Reading::Stored && !stretch::hold_a_version(std::slice::from_ref(&stretch)) {
            scanner.back_to(start);
            return Err(scanner.fault(REVERSED));
        }
        return Ok(stretch);
    }
    scanner.back_to(end);
    if reading != Reading::Stored && is_version(bound.pre) {
        scanner.back_to(start);
        return Err(scanner.fault(NO_BLANKS));
    }
    Ok(Comparator::Equal.stretch(&bound, &pre))
}

/// Reads a bound, and returns it with the normal form of its pre-release.
fn read_bound<'a>(
    scanner: &mut Scanner<'a>,
    reading: Reading,
) -> std::result::Result<(Scanned<'a>, String), Fault> {
    let start = scanner.offset();
    let bound = match scanner.peek() {
        Some(b'0'..=b'9' | b'v' | b'V' | b'x' | b'X' | b'*') => scanner.bound()?,
        _ => return Err(hints::fault(scanner, NO_BOUND)),
    };
    let pre = normal_form(bound.pre);
    if reading != Reading::Stored {
        if let Some(build) = bound.build_at {
            scanner.back_to(build);
            return Err(scanner.fault(BUILD));
        }
        if pre.is_empty() && !bound.pre.is_empty() {
            scanner.back_to(start);
            return Err(scanner.fault(NO_PRE_RELEASE));
        }
    }
    Ok((bound, pre))
}

/// Reports whether a pre-release is written like a version: numbers and wildcards alone.
fn is_version(pre: &str) -> bool {
    let pre = pre.strip_prefix(['v', 'V']).unwrap_or(pre);
    let is_part = |part: &str| {
        matches!(part, "x" | "X") || !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
    };
    pre.starts_with(|c: char| c.is_ascii_digit()) && pre.split('.').all(is_part)
}

#[cfg(test)]
mod tests;
