//! Pre-releases: one spelling for each, and their order.
//!
//! Programs write the same pre-release in many ways: `-beta.2`, `-beta2`, `-BETA-2`, `b2`. The normal
//! form has identifiers separated by dots. A known word is in lower case and apart from its number.

use std::cmp::Ordering;

/// Words that begin a pre-release right behind a number, each with its normal form.
const WORDS: [(&str, &str); 12] = [
    ("a", "alpha"),
    ("alpha", "alpha"),
    ("b", "beta"),
    ("beta", "beta"),
    ("c", "rc"),
    ("rc", "rc"),
    ("pre", "pre"),
    ("preview", "preview"),
    ("dev", DEV),
    ("m", "m"),
    ("snapshot", SNAPSHOT),
    ("milestone", "m"),
];
const DEV: &str = "dev";
const SNAPSHOT: &str = "snapshot";

/// Words behind a hyphen that say how a release was made, not that it comes before one.
const OF_A_RELEASE: [&str; 29] = [
    "final", "ga", "release", "stable", "sp", "post", "hotfix", "dirty", "win", "win32", "win64",
    "windows", "linux", "mac", "macos", "osx", "darwin", "android", "ios", "x86", "x64", "amd64",
    "arm", "arm64", "aarch64", "jre", "jdk", "generic", "bin",
];

/// Words in the revisions that distributions give their packages, such as `-1ubuntu2` and `-5.el9`.
const DISTRIBUTIONS: [&str; 14] = [
    "ubuntu", "build", "deb", "bpo", "el", "fc", "amzn", "oe", "ky", "mga", "suse", "lp", "module",
    "uel",
];

/// Returns the normal form of a word that begins a pre-release, in any case.
pub(super) fn known(word: &str) -> Option<&'static str> {
    WORDS
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word))
        .map(|(_, normal)| normal)
}

/// Returns the normal form of what follows the hyphen; empty when it is a build, not a pre-release.
pub(super) fn normal_form(written: &str) -> String {
    let mut identifiers = Vec::new();
    for identifier in written.split(['.', '-', '_']).filter(|one| !one.is_empty()) {
        push(&mut identifiers, identifier);
    }
    while let Some(shorter) = without_description(&identifiers) {
        identifiers.truncate(shorter);
    }
    let is_build = identifiers.first().is_none_or(|first| {
        OF_A_RELEASE
            .iter()
            .any(|one| one.eq_ignore_ascii_case(first))
    });
    if is_build || is_of_a_distribution(&identifiers) {
        return String::new();
    }
    identifiers.join(".")
}

/// Adds an identifier in its normal form, a known word apart from its number.
fn push<'a>(identifiers: &mut Vec<&'a str>, identifier: &'a str) {
    let digits = identifier
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    let (word, digits) = identifier.split_at(identifier.len() - digits);
    match known(word) {
        Some(word) => identifiers.push(word),
        None if word.is_empty() => {}
        None => return identifiers.push(identifier),
    }
    if !digits.is_empty() {
        identifiers.push(without_zeros(digits));
    }
}

/// Returns a number without leading zeros.
pub(super) fn without_zeros(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        number => number,
    }
}

/// Returns how many identifiers remain without what `git describe` appends, if it appended anything:
/// `14.gabcdef1`, also without the number of commits.
fn without_description(identifiers: &[&str]) -> Option<usize> {
    let (last, others) = identifiers.split_last()?;
    if last.eq_ignore_ascii_case("dirty") {
        return Some(others.len());
    }
    let hash = last.strip_prefix('g')?;
    let is_hash = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let follows_count = others.last().is_some_and(|count| is_number(count));
    match (is_hash, follows_count, hash.len()) {
        (true, true, 4..) => Some(others.len() - 1),
        (true, false, 7..) => Some(others.len()),
        _ => None,
    }
}

/// Reports whether this is the revision of a distribution's package: numbers, then its word.
fn is_of_a_distribution(identifiers: &[&str]) -> bool {
    let Some(first) = identifiers.first() else {
        return false;
    };
    let named = |text: &str| {
        DISTRIBUTIONS
            .into_iter()
            .filter_map(|word| text.strip_prefix(word))
            .any(|rest| {
                rest.bytes()
                    .next()
                    .is_some_and(|byte| byte.is_ascii_digit())
            })
    };
    let behind_numbers = identifiers.iter().find(|one| !is_number(one));
    is_number(first) && behind_numbers.is_some_and(|one| named(one))
        || !is_number(first)
            && first.starts_with(|c: char| c.is_ascii_digit())
            && named(first.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Orders two pre-releases in normal form; the empty one is the release and sorts last.
///
/// As Semantic Versioning 2.0.0, section 11, says, with one addition, of PEP 440 and Maven: `dev` sorts
/// before all other words, and `beta.2.dev.7` and `beta.2.snapshot` before `beta.2`.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    let mut is_first = true;
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(more)) => against_the_end(more).reverse(),
            (Some(more), None) => against_the_end(more),
            (Some(left), Some(right)) => compare_identifiers(left, right, is_first),
        };
        if order.is_ne() {
            return order;
        }
        is_first = false;
    }
}

/// Orders a pre-release that continues with `more` against the one that ends here.
fn against_the_end(more: &str) -> Ordering {
    match more {
        DEV | SNAPSHOT => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Orders numbers by value, at any length, and before words; words by their bytes, `dev` first. Behind
/// the first place `dev` and `snapshot` sort before the end, and so before numbers.
fn compare_identifiers(left: &str, right: &str, is_first: bool) -> Ordering {
    let rank = |identifier: &str| match identifier {
        DEV if is_first => 3,
        DEV => 0,
        SNAPSHOT if !is_first => 1,
        _ if is_number(identifier) => 2,
        _ => 4,
    };
    rank(left).cmp(&rank(right)).then_with(|| {
        if is_number(left) && is_number(right) {
            // Without leading zeros the longer number is the greater one.
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        } else {
            left.cmp(right)
        }
    })
}

fn is_number(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_pre_release_has_one_form() {
        for (written, normal) in [
            ("beta.2", "beta.2"),
            ("BETA2", "beta.2"),
            ("beta-02", "beta.2"),
            ("b2", "beta.2"),
            ("rc_1", "rc.1"),
            ("c1", "rc.1"),
            ("SNAPSHOT", "snapshot"),
            ("M3", "m.3"),
            ("Milestone-3", "m.3"),
            ("alpha.beta", "alpha.beta"),
            ("x-1", "x.1"),
            ("00", "0"),
            ("Next.5", "Next.5"),
            ("rc1-14-gabcdef1", "rc.1"),
            ("rc1-14-gabcdef1-dirty", "rc.1"),
            ("91-generic", "91.generic"),
        ] {
            assert_eq!(normal_form(written), normal, "{written}");
        }
        for build in [
            "14-gabcdef1",
            "gabcdef1",
            "dirty",
            "Final",
            "GA",
            "win64",
            "jre",
            "1ubuntu2",
            "0ubuntu5.20",
            "1160.el7.x86_64",
            "2.fc39",
            "",
            "--",
        ] {
            assert_eq!(normal_form(build), "", "{build}");
        }
    }

    #[test]
    fn dev_is_first_and_a_dev_of_a_pre_release_precedes_it() {
        let ascending = [
            "0.dev",
            "0",
            "0.0",
            "2",
            "10",
            "dev.1",
            "dev.2",
            "alpha",
            "alpha.0",
            "alpha.12.dev.4",
            "alpha.12.snapshot",
            "alpha.12",
            "alpha.12.0",
            "beta",
            "m.1",
            "pre",
            "rc.1",
            "snapshot",
            "",
        ];
        for pair in ascending.windows(2) {
            assert!(compare(pair[0], pair[1]).is_lt(), "{pair:?}");
            assert!(compare(pair[1], pair[0]).is_gt(), "{pair:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_normal_form_is_its_own(written in "([0ab1gBdevx._-]|rc|snapshot|el7|final){0,12}") {
            let normal = normal_form(&written);
            prop_assert_eq!(normal_form(&normal), normal.clone(), "{}", written);
        }

        #[test]
        fn the_order_is_total(
            texts in prop::array::uniform3("(0|1|10|a|b|dev|snapshot)(\\.(0|1|10|a|dev|snapshot)){0,2}"),
        ) {
            let [a, b, c] = texts.each_ref().map(|text| normal_form(text));
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &b).is_eq(), a == b);
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le(), "{a} {b} {c}");
            }
        }
    }
}
