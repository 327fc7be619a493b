//! Versions of desktop programs: one to four numbers and an optional pre-release.

use super::limits;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::version_scanner::{Fault, Reason, Scanner, Wildcards};
use crate::{Bilingual, Error, Result};

const TRAILING: Reason = ("unexpected character in a version", "版本号中有多余字符");

/// Version of a program: one to four numbers, an optional pre-release, an optional build.
///
/// `v8.1`, `2024.05.01`, `10.0.19045.3803` and `1.4.0-beta.2+77` are versions. Missing parts are 0,
/// leading zeros are ignored, the build after `+` is ignored, and surrounding blanks are dropped. A
/// pre-release sorts before its release. Pre-releases sort as in Semantic Versioning 2.0.0, section
/// 11, but leading zeros are allowed in them too.
///
/// ```
/// use notice::Version;
/// let beta = Version::parse("v8.1-beta.2")?;
/// assert!(Version::parse("8.0.9999")? < beta);
/// assert!(beta < Version::parse("8.1")?);
/// assert_eq!(Version::parse("8.1")?, Version::parse("8.01.0.0+build7")?);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Version {
    parts: [u32; 4],
    /// The pre-release without its hyphen; empty for a release.
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
        Self::read(text).map_err(|fault| fault.on(text))
    }

    /// Parses text that often is not a version: a failure allocates nothing.
    pub(super) fn parse_quietly(text: &str) -> Option<Self> {
        if text.len() > limits::VERSION_BYTES {
            None
        } else {
            Self::read(text).ok()
        }
    }

    pub(super) fn new(parts: [u32; 4], pre: &str) -> Self {
        Self {
            parts,
            pre: pre.into(),
        }
    }

    pub(super) fn parts(&self) -> &[u32; 4] {
        &self.parts
    }

    /// The pre-release without its hyphen; empty for a release.
    pub(super) fn pre(&self) -> &str {
        &self.pre
    }

    fn read(text: &str) -> std::result::Result<Self, Fault> {
        let mut scanner = Scanner::new(text);
        scanner.blanks();
        let scanned = scanner.version(Wildcards::Refused)?;
        scanner.blanks();
        match scanner.peek() {
            None => Ok(Self::new(scanned.parts, scanned.pre)),
            Some(_) => Err(scanner.fault(TRAILING)),
        }
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Version {
    /// Writes three parts, the fourth if it is not 0, and the pre-release.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, fourth] = self.parts;
        write!(f, "{major}.{minor}.{patch}")?;
        if fourth != 0 {
            write!(f, ".{fourth}")?;
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
            .then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

// Derived from the order, because `1.0-rc.01` and `1.0-rc.1` are the same version.
impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
        for identifier in self.pre.split('.') {
            if is_number(identifier) {
                identifier.trim_start_matches('0').hash(state);
            } else {
                identifier.hash(state);
            }
        }
    }
}

/// Orders two pre-releases; the empty one is the release and sorts last.
pub(super) fn compare_pre(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let (mut left, mut right) = (left.split('.'), right.split('.'));
            loop {
                let order = match (left.next(), right.next()) {
                    (None, None) => return Ordering::Equal,
                    (None, Some(_)) => Ordering::Less,
                    (Some(_), None) => Ordering::Greater,
                    (Some(left), Some(right)) => compare_identifiers(left, right),
                };
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

/// Orders numbers by value, at any length, and before words; words by their bytes.
fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (is_number(left), is_number(right)) {
        (true, true) => {
            let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

fn is_number(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version_scanner::PART_MAX;
    use proptest::prelude::*;
    use std::collections::hash_map::DefaultHasher;

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
            ("1.2.3.4.5", 8),
            ("1.x", 2),
            ("*", 0),
            ("1-", 2),
            ("1-a..b", 4),
            ("1+", 2),
            ("1 2", 2),
            ("1.2147483648", 2),
            ("1.99999999999999999999", 2),
            ("8.1版", 3),
            ("-1", 0),
            ("1.0-测", 4),
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

    fn some_pre() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[0-2a-bA-]{1,3}", 0..3)
    }

    proptest! {
        #[test]
        fn the_order_agrees_with_a_plain_one(
            parts in prop::array::uniform2(prop::array::uniform4(0u32..2)),
            pre in (some_pre(), some_pre()),
        ) {
            let build = |parts: [u32; 4], pre: &[String]| Version::new(parts, &pre.join("."));
            let (left, right) = (build(parts[0], &pre.0), build(parts[1], &pre.1));
            let expected = parts[0].cmp(&parts[1]).then(plain_order(&pre.0, &pre.1));
            prop_assert_eq!(left.cmp(&right), expected);
            prop_assert_eq!(right.cmp(&left), expected.reverse());
            prop_assert_eq!(left == right, expected.is_eq());
            if expected.is_eq() {
                prop_assert_eq!(hash(&left), hash(&right));
            }
        }

        #[test]
        fn what_is_printed_reads_back(parts in prop::array::uniform4(0..=PART_MAX), pre in some_pre()) {
            let version = Version::new(parts, &pre.join("."));
            prop_assert_eq!(&Version::parse(&version.to_string()).unwrap(), &version);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[v0-9.x*+ -]{0,20}") {
            for text in [&text, &near] {
                if let Err(error) = Version::parse(text) {
                    prop_assert!(text.is_char_boundary(error.offset().unwrap()));
                }
            }
        }
    }
}
