//! Versions of programs and systems: up to eight numbers and an optional pre-release.

use super::limits;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::version_pre;
use super::version_reader;
use super::version_scanner::PARTS;
use crate::{Bilingual, Error, Result};

/// Version of a program: one to eight numbers, an optional pre-release, an optional build.
///
/// It is read as programs and systems report it. Missing parts are 0, leading zeros and blanks around
/// it are ignored, and so is a leading `v` or `Version`. Parts are separated by `.`, `_` or a comma as in
/// `2, 0, 0, 1`, and may be as large as 2^63-1.
///
/// A pre-release follows a hyphen, or begins with one of the words `a alpha b beta c rc pre preview dev m
/// milestone snapshot` behind a number: `2.0-rc.1`, `2.0rc1`, `2.0.dev20240301`. It sorts before its
/// release. Pre-releases sort as in Semantic Versioning 2.0.0, section 11; but `rc1`, `RC-1` and `rc.1` are
/// the same, and `dev` sorts before other words. `a`, `b` and `c` mean alpha, beta and rc.
///
/// Everything else is a build, and ignored: what follows `+` or a blank, other letters (`1.0.2k`,
/// `1251.vHASH`), what `git describe` appends (`-14-gabcdef1`), words of a release or platform behind a
/// hyphen (`-final`, `-win64`), and the revision of a distribution's package (`-1ubuntu2`, `-5.el9`).
///
/// ```
/// use notice::Version;
/// let beta = Version::parse("v8.1-beta.2")?;
/// assert!(Version::parse("8.0.9999")? < beta);
/// assert_eq!(Version::parse("8.1b2")?, beta);
/// assert!(beta < Version::parse("8.1")?);
/// assert_eq!(Version::parse("8.1")?, Version::parse("8, 01, 0, 0")?);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    parts: [u64; PARTS],
    /// The pre-release in its normal form, without its hyphen; empty for a release.
    pre: Box<str>,
}

impl Version {
    /// Parses a version of at most 512 bytes.
    ///
    /// # Errors
    /// `invalid_field` with the byte offset of the first unexpected byte; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > limits::VERSION_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "",
                text.len() as u64,
                limits::VERSION_BYTES as u64,
                &unit,
            ));
        }
        let (parts, pre) = version_reader::read(text).map_err(|fault| fault.on(text))?;
        Ok(Self::new(parts, &pre))
    }

    /// Parses text that often is not a version: a failure allocates nothing.
    pub(super) fn parse_quietly(text: &str) -> Option<Self> {
        if text.len() > limits::VERSION_BYTES {
            return None;
        }
        let (parts, pre) = version_reader::read(text).ok()?;
        Some(Self::new(parts, &pre))
    }

    /// Parses the version of an operating system, of which only the numbers count.
    pub(super) fn parse_numbers(text: &str) -> Option<Self> {
        let parts = version_reader::read_numbers(text).ok()?;
        Some(Self::new(parts, ""))
    }

    /// `pre` must be in its normal form.
    pub(super) fn new(parts: [u64; PARTS], pre: &str) -> Self {
        Self {
            parts,
            pre: pre.into(),
        }
    }

    pub(super) fn parts(&self) -> &[u64; PARTS] {
        &self.parts
    }

    /// The pre-release without its hyphen; empty for a release.
    pub(super) fn pre(&self) -> &str {
        &self.pre
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Version {
    /// Writes three parts, further ones up to the last that is not 0, and the pre-release.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALWAYS: usize = 3;
        let zeros = self.parts.iter().rev().take_while(|part| **part == 0);
        let shown = ALWAYS.max(PARTS - zeros.count());
        for (place, part) in self.parts.iter().take(shown).enumerate() {
            write!(f, "{}{part}", if place == 0 { "" } else { "." })?;
        }
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        Ok(())
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts
            .cmp(&other.parts)
            .then_with(|| version_pre::compare(&self.pre, &other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version_scanner::PART_MAX;
    use proptest::prelude::*;
    use std::collections::hash_map::DefaultHasher;
    use std::hash::{Hash, Hasher};

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    fn hash(version: &Version) -> u64 {
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn missing_parts_leading_zeros_builds_and_blanks_do_not_count() {
        for same in [
            "8.1",
            "v8.1",
            "V8.1.0",
            "08.01.0.0",
            "8.1+x.y-7",
            "8.1+",
            " 8.1.0\t",
        ] {
            assert_eq!(version(same), version("8.1.0.0"), "{same}");
            assert_eq!(hash(&version(same)), hash(&version("8.1.0.0")), "{same}");
        }
        assert_eq!(version("2024.05.01").to_string(), "2024.5.1");
        assert_eq!(hash(&version("1-rc.01")), hash(&version("1.0-rc.1")));
    }

    #[test]
    fn versions_sort_as_semantic_versioning_says() {
        let ascending = [
            "0",
            "0.0.0.1",
            "1-0",
            "1-2",
            "1-10",
            "1-99999999999999999999999",
            "1-alpha",
            "1-alpha.1",
            "1-alpha.beta",
            "1-beta",
            "1-beta.2",
            "1-beta.11",
            "1-rc.1",
            "1",
            "1.0.0.1-x",
            "1.0.0.1",
            "1.9",
            "1.10",
            "2147483647",
            "2147483647.0.0.0.0.0.0.1",
            "9223372036854775807",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_fault_is_reported_with_its_offset() {
        let faults = [
            ("", 0),
            ("v", 1),
            ("vv1", 1),
            ("1.", 2),
            ("1..2", 2),
            ("1.2.3.4.5.6.7.8.9", 17),
            ("1.*", 2),
            ("*", 0),
            ("1-", 2),
            ("1 2", 2),
            ("1:", 1),
            ("1/2", 1),
            ("1.9223372036854775808", 2),
            ("1.99999999999999999999", 2),
            ("8.1。", 3),
            ("-1", 0),
            ("latest", 0),
        ];
        for (text, offset) in faults {
            let error = Version::parse(text).unwrap_err();
            assert_eq!(error.offset(), Some(offset), "{text}");
            assert!(Version::parse_quietly(text).is_none());
        }
        assert_eq!(
            Version::parse(&"1".repeat(513)).unwrap_err().limit(),
            Some(512)
        );
    }

    /// Implements Semantic Versioning 2.0.0, section 11.4, literally.
    fn plain_order(left: &[String], right: &[String]) -> Ordering {
        if left.is_empty() || right.is_empty() {
            return right.is_empty().cmp(&left.is_empty()).reverse();
        }
        for (left, right) in left.iter().zip(right) {
            let order = match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => left.cmp(right),
            };
            if order.is_ne() {
                return order;
            }
        }
        left.len().cmp(&right.len())
    }

    /// Identifiers without words that have a meaning of their own.
    fn some_pre() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("0|[12]{1,3}|[0-2xyQ]{0,2}[xyQ]", 0..3)
    }

    fn some_parts(most: u64) -> impl Strategy<Value = [u64; PARTS]> {
        prop::array::uniform8(0..=most)
    }

    proptest! {
        #[test]
        fn the_order_agrees_with_a_plain_one(
            parts in prop::array::uniform2(some_parts(1)),
            pre in (some_pre(), some_pre()),
        ) {
            let build = |parts: [u64; PARTS], pre: &[String]| Version::new(parts, &pre.join("."));
            let (left, right) = (build(parts[0], &pre.0), build(parts[1], &pre.1));
            let expected = parts[0].cmp(&parts[1]).then(plain_order(&pre.0, &pre.1));
            prop_assert_eq!(left.cmp(&right), expected);
            prop_assert_eq!(right.cmp(&left), expected.reverse());
            prop_assert_eq!(left == right, expected.is_eq());
        }

        #[test]
        fn what_is_printed_reads_back(parts in some_parts(PART_MAX), pre in some_pre()) {
            let version = Version::new(parts, &pre.join("."));
            prop_assert_eq!(&Version::parse(&version.to_string()).unwrap(), &version);
        }

        #[test]
        fn whatever_is_read_is_printed_as_the_same(text in "[v0-9.x*+~:,_ -abcdevrgpm]{0,20}") {
            if let Ok(version) = Version::parse(&text) {
                let printed = version.to_string();
                let again = Version::parse(&printed);
                prop_assert_eq!(again, Ok(version), "{} {}", text, printed);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[v0-9.x*+~:!,_ -版a]{0,20}") {
            for text in [&text, &near] {
                let _ = Version::parse_numbers(text);
                if let Err(error) = Version::parse(text) {
                    prop_assert!(text.is_char_boundary(error.offset().unwrap()));
                    prop_assert!(Version::parse_quietly(text).is_none());
                }
            }
        }
    }
}
