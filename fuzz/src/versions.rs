//! Versions and their ranges: two lines are ranges, all lines behind them versions.

use notice::{Version, VersionRange};

use crate::json::explains_itself;

/// Whatever is read is printed and read as the same; ranges are joined as `||` and a blank say; and the
/// comparators agree with the order of versions.
pub fn versions(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.split('\n');
    let ranges: Vec<VersionRange> = lines.by_ref().take(2).filter_map(range).collect();
    let versions: Vec<Version> = lines.take(8).filter_map(version).collect();
    if let [left, right] = ranges.as_slice() {
        join(left, right, &versions);
    }
    for left in &versions {
        agrees_with_comparators(left, &versions);
        for right in &versions {
            assert_eq!(left.cmp(right), right.cmp(left).reverse());
            for third in &versions {
                assert!(!(left <= right && right <= third) || left <= third);
            }
            if left == right {
                for range in &ranges {
                    assert_eq!(range.matches(left), range.matches(right), "{range} {left}");
                }
            }
        }
    }
}

fn range(text: &str) -> Option<VersionRange> {
    match VersionRange::parse(text) {
        Ok(range) => {
            assert_eq!(range.to_string(), text);
            Some(range)
        }
        Err(error) => {
            explains_itself(&error, text.len());
            None
        }
    }
}

fn version(text: &str) -> Option<Version> {
    match Version::parse(text) {
        Ok(version) => {
            let printed = version.to_string();
            let again = Version::parse(&printed).expect("what was printed is read");
            assert_eq!(again, version, "{printed}");
            assert_eq!(again.to_string(), printed);
            Some(version)
        }
        Err(error) => {
            explains_itself(&error, text.len());
            None
        }
    }
}

fn join(left: &VersionRange, right: &VersionRange, versions: &[Version]) {
    let either = VersionRange::parse(&format!("{left}||{right}"));
    // A blank joins the last set of the left to the first set of the right only.
    let both = VersionRange::parse(&format!("{left} , {right}"))
        .ok()
        .filter(|_| !left.as_str().contains("||") && !right.as_str().contains("||"));
    for version in versions {
        let (l, r) = (left.matches(version), right.matches(version));
        // Both together may be too long.
        if let Ok(either) = &either {
            assert_eq!(either.matches(version), l || r, "{either} {version}");
        }
        if let Some(both) = &both {
            assert_eq!(both.matches(version), l && r, "{both} {version}");
        }
    }
}

fn agrees_with_comparators(bound: &Version, versions: &[Version]) {
    // All eight parts, so that the bound is one version and no line of them.
    let printed = bound.to_string();
    let (numbers, pre) = printed
        .split_once('-')
        .map_or((printed.as_str(), ""), |(n, p)| (n, p));
    let parts = numbers.split('.').count();
    let zeros = ".0".repeat(8 - parts);
    let bound_text = match pre {
        "" => format!("{numbers}{zeros}"),
        pre => format!("{numbers}{zeros}-{pre}"),
    };
    for (comparator, holds) in [
        ("<", (|a, b| a < b) as fn(&Version, &Version) -> bool),
        ("<=", |a, b| a <= b),
        (">", |a, b| a > b),
        (">=", |a, b| a >= b),
        ("=", |a, b| a == b),
        ("!=", |a, b| a != b),
    ] {
        let Ok(range) = VersionRange::parse(&format!("{comparator}{bound_text}")) else {
            // The zeros may make it too long.
            return;
        };
        for version in versions {
            assert_eq!(
                range.matches(version),
                holds(version, bound),
                "{version} {range}"
            );
        }
    }
}
