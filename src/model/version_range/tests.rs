use super::*;
use crate::model::version_scanner::PARTS;
use proptest::prelude::*;
use std::cmp::Ordering;

fn matched(range: &str, version: &str) -> bool {
    VersionRange::parse(range)
        .unwrap()
        .matches(&Version::parse(version).unwrap())
}

/// Each row: a range, versions in it, versions not in it.
fn check(rows: &[(&str, &[&str], &[&str])]) {
    for (range, inside, outside) in rows {
        for version in *inside {
            assert!(matched(range, version), "{range} should match {version}");
        }
        for version in *outside {
            assert!(
                !matched(range, version),
                "{range} should not match {version}"
            );
        }
    }
}

#[test]
fn a_partial_bound_compares_at_its_own_precision() {
    check(&[
        (
            "8.1",
            &["8.1", "8.1.0.0", "8.1.9.9", "v8.1.2-rc"],
            &["8.0.9", "8.2", "8.10", "81"],
        ),
        ("8", &["8", "8.99"], &["7.9", "9"]),
        ("8.1.2", &["8.1.2", "8.1.2.17"], &["8.1.3", "8.1.1.9"]),
        ("8.1.2.3", &["8.1.2.3"], &["8.1.2.4", "8.1.2", "8.1.2.3-a"]),
        ("8.x", &["8", "8.3"], &["9"]),
        ("v8.1.*", &["8.1.7"], &["8.2"]),
        (
            "x.X.*",
            &["0", "0-0", "2147483647.2147483647.2147483647.2147483647"],
            &[],
        ),
        ("<=7.10", &["7.10.5", "7.10", "1"], &["7.11", "7.11.0-a"]),
        ("<7.10", &["7.9.9"], &["7.10.0", "7.10"]),
        (">7.10", &["7.11", "8"], &["7.10.5", "7.10"]),
        (">=7.10", &["7.10"], &["7.9.9.9"]),
        ("!=7.10", &["7.9", "7.11"], &["7.10.3", "7.10"]),
        (">=2024.05.01", &["2024.5.1", "2024.12"], &["2024.04.30"]),
        ("<=2147483647", &["2147483647.1"], &["2147483648"]),
        (
            "1.2.3.4.5",
            &["1.2.3.4.5", "1.2.3.4.5.6.7.8"],
            &["1.2.3.4.6"],
        ),
        (
            ">1.9223372036854775807",
            &["2"],
            &["1.9223372036854775807.5"],
        ),
        (">=* <=*", &["0-0", "1.2"], &[]),
    ]);
}

#[test]
fn pre_releases_belong_to_a_line_and_sort_before_a_release() {
    check(&[
        ("7.10", &["7.10.0-beta", "7.10-beta"], &["7.11.0-beta"]),
        ("<7.10", &["7.9.9-beta"], &["7.10.0-beta"]),
        (">=7.10", &["7.10.0-beta"], &[]),
        ("<7.10.0", &["7.10.0-beta"], &["7.10.0", "7.10.0.1-beta"]),
        (">=7.10.0", &["7.10.0", "7.10.0.1-beta"], &["7.10.0-beta"]),
        ("7.10.0", &["7.10.0.1-beta"], &["7.10.0-beta"]),
        ("7.10.0.x", &["7.10.0-beta", "7.10.0.3"], &["7.10.1"]),
        (
            "7.10-beta",
            &["7.10.0.0-beta+1", "7.10beta"],
            &["7.10", "7.10.1-beta", "7.10-beta.1"],
        ),
        ("!=7.10-beta", &["7.10", "7.10-beta.1"], &["7.10-beta"]),
        (
            "<=1.0-beta",
            &["1-beta", "1-alpha"],
            &["1-beta.1", "1", "1-rc"],
        ),
        (">1.0-beta", &["1-beta.1", "1", "1-rc"], &["1-beta"]),
    ]);
}

#[test]
fn tilde_and_caret_hold_the_left_parts() {
    check(&[
        ("~1", &["1", "1.9", "1-a"], &["2", "2-a"]),
        ("~1.2", &["1.2", "1.2.9"], &["1.3", "1.3-a", "1.1"]),
        ("~1.2.3", &["1.2.3", "1.2.9"], &["1.2.2", "1.3", "1.2.3-a"]),
        ("~1.2.3.4", &["1.2.3.4", "1.2.4"], &["1.2.3.3", "1.3"]),
        ("~1.2.3-b", &["1.2.3-b", "1.2.9"], &["1.2.3-a", "1.3"]),
        ("^1.2.3", &["1.2.3", "1.9"], &["1.2.2", "2", "2.0.0-beta"]),
        ("^0.2.3", &["0.2.3", "0.2.9.9"], &["0.3", "0.2.2"]),
        ("^0.0.3", &["0.0.3.9"], &["0.0.4", "0.0.2"]),
        ("^0.0.0.4", &["0.0.0.4"], &["0.0.0.5", "0.0.0.3"]),
        ("^0", &["0", "0.9"], &["1"]),
        ("^0.0", &["0.0.9"], &["0.1"]),
        ("^0.x", &["0.9"], &["1"]),
        ("^0.0.0.0", &["0"], &["0.0.0.1", "0-a"]),
        ("^* ~*", &["7"], &[]),
    ]);
}

#[test]
fn items_combine_by_blank_comma_bars_and_hyphen() {
    check(&[
        (">= 7.9 <= 7.10", &["7.9", "7.10.4"], &["7.8", "7.11"]),
        (">=7.9 <=7.10", &["7.9", "7.10.4"], &["7.8", "7.11"]),
        (">=7.9,<8", &["7.99"], &["8"]),
        ("\t>=7.9 , <8 ", &["7.99"], &["8"]),
        ("7||9", &["7.1", "9.1"], &["8"]),
        ("7 || >=9 !=9.1", &["7.1", "9.2"], &["8", "9.1"]),
        ("7.9 - 7.10", &["7.9-a", "7.9", "7.10.9"], &["7.8", "7.11"]),
        (
            "7.9.1 - 7.10.2",
            &["7.9.1", "7.10.2.5"],
            &["7.9.1-a", "7.10.3"],
        ),
        ("7 - *", &["7", "99"], &["6"]),
        ("1 - 2 != 1.5", &["1.4", "2.9"], &["1.5.1", "3"]),
        (
            "7.10 - 7.10.0-beta",
            &["7.10-alpha", "7.10-beta"],
            &["7.10"],
        ),
        ("=7.9-7.10", &["7.9-7.10"], &["7.9", "7.10"]),
        (">=7.9.0-0", &["7.9.0-0", "7.9.0-alpha", "7.9"], &["7.8.9"]),
    ]);
}

#[test]
fn a_fault_is_reported_with_its_offset() {
    let faults = [
        ("", 0),
        ("  ", 2),
        ("||", 0),
        ("1 ||", 4),
        ("1 || || 2", 5),
        ("1,", 2),
        ("1,,2", 2),
        (",1", 0),
        (">=", 2),
        (">= <1", 3),
        (">>1", 1),
        ("==1", 1),
        ("~>1", 1),
        ("1 -2", 2),
        ("1 - >2", 4),
        (">=1 - 2", 4),
        ("1 - 2 - 3", 6),
        ("2 - 1", 0),
        ("7 || 1.2-b - 1.2-a", 5),
        ("1.2.3.4.5.6.7.8.*", 16),
        ("1.*.2", 4),
        ("*-beta", 1),
        ("v*", 1),
        (">=7.9<8", 5),
        ("7|8", 1),
        ("8.1，8.2", 3),
        ("latest", 0),
        ("1.9223372036854775808", 2),
        ("1-", 2),
        ("!1", 0),
        ("8.xy", 3),
        ("1.2.3+7", 5),
        (">=1 <1.2.3+7", 10),
        ("1.2.3-14-gabcdef1", 0),
        (">=2.0-final", 2),
        (">=2.0rc1", 5),
        ("1.8.0_392", 5),
    ];
    for (text, offset) in faults {
        let error = VersionRange::parse(text).expect_err(text);
        assert_eq!(error.offset(), Some(offset), "{text}: {error}");
    }
}

#[test]
fn a_range_that_no_version_meets_is_refused_where_it_begins() {
    for (text, offset) in [
        (">3 <2", 0),
        (">2 <=2", 0),
        ("1.0,2.0", 0),
        ("1.0 2.0", 0),
        ("5 || >3 <2", 5),
        (" >3 <2 || 5", 1),
        ("<0", 0),
        (">9223372036854775807", 0),
        ("<*", 0),
        (">*", 0),
        ("!=*", 0),
        (">=2 <3 !=2", 0),
        (">=2 <3 !=2.0 !=2.1 >=2.0 <2.2", 0),
        ("2.0.0 <2.0.0-rc.1", 0),
        ("5.20-5.22", 0),
        ("v5.20-v5.22", 0),
        ("5-7", 0),
        ("5.20-5.x", 0),
        ("1 || 5.20-5.22", 5),
    ] {
        let error = VersionRange::parse(text).expect_err(text);
        assert_eq!(error.offset(), Some(offset), "{text}: {error}");
    }
    for text in [
        "<0.0.0",
        ">=2 <3 !=2.0",
        ">=2 <2.0.0",
        ">2 <4",
        "~1 !=1.0.0",
        "=2.0.0-rc.1 <2.0.0",
        "<=9223372036854775807",
    ] {
        assert!(VersionRange::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn of_an_operating_system_some_release_must_meet_a_range() {
    for text in [
        "=5.15.0-91-generic",
        "<2.0.0 >=2",
        "<0.0.0",
        ">=2.0.0-rc.1 <2.0.0",
    ] {
        assert!(VersionRange::parse(text).is_ok(), "{text}");
        assert!(VersionRange::parse_of_releases(text).is_err(), "{text}");
    }
    for text in [">=5.15.0-91", "5.15", "<=10.0.19045"] {
        assert!(VersionRange::parse_of_releases(text).is_ok(), "{text}");
    }
}

#[test]
fn a_range_that_was_accepted_before_keeps_its_meaning() {
    let stored = |range, version| {
        VersionRange::parse_stored(range)
            .unwrap()
            .matches(&Version::parse(version).unwrap())
    };
    assert!(stored("1.2.3+7", "1.2.3+9"));
    assert!(!stored("1.2.3+7", "1.2.4"));
    assert!(stored("7.9-7.10", "7.9-7.10"));
    assert!(!stored(">3 <2", "2.5"));
    assert!(stored(">3 <2 || 5", "5"));
}

#[test]
fn known_mistakes_are_answered_with_what_to_write() {
    for (text, hint) in [
        ("=>1", "write >="),
        ("=<1", "write <="),
        ("==1", "a single ="),
        ("~>1", "write ~"),
        ("!1", "write !="),
        ("≥1", "write >="),
        ("＞1", "half-width"),
        ("1 && 2", "a blank or a comma"),
        (">=1 and <2", "a blank or a comma"),
        (">=1，<2", "a blank or a comma"),
        ("1 or 2", "write ||"),
        ("1|2", "write ||"),
        ("1、2", "write ||"),
        ("5.20–5.22", "5.20 - 5.22"),
        ("5.20 — 5.22", "5.20 - 5.22"),
        ("5.20~5.22", "5.20 - 5.22"),
        ("5.20至5.22", "5.20 - 5.22"),
        ("5.20-5.22", "5.20 - 5.22"),
        ("1.0,2.0", "write || between"),
        ("1.2.3+7", "leave out +"),
        (">=2.0rc1", "such as 2.0-rc.1"),
    ] {
        let error = VersionRange::parse(text).expect_err(text);
        assert!(error.to_string().contains(hint), "{text}: {error}");
    }
}

#[test]
fn the_limits_hold() {
    let most = vec!["1"; 64].join(" ");
    assert!(VersionRange::parse(&most).is_ok());
    assert_eq!(
        VersionRange::parse(&format!("{most} 1"))
            .unwrap_err()
            .offset(),
        Some(128)
    );
    let long = format!("1-{}", "a".repeat(1022));
    assert!(VersionRange::parse(&long).is_ok());
    assert_eq!(
        VersionRange::parse(&format!("{long}a"))
            .unwrap_err()
            .limit(),
        Some(1024)
    );
}

#[test]
fn ranges_are_equal_when_they_are_written_alike() {
    let parse = |text| VersionRange::parse(text).unwrap();
    assert_eq!(parse(">=1 <2"), parse(">=1 <2"));
    assert_ne!(parse(">=1 <2"), parse(">=1, <2"));
    assert_eq!(parse(" 8.1 ").as_str(), " 8.1 ");
}

/// A bound as the oracle keeps it.
#[derive(Debug, Clone)]
struct Bound {
    parts: Vec<u64>,
    wild: bool,
    pre: Option<&'static str>,
}

/// An item: its comparator or `-`, its bound, and the second bound of a `-`.
type Item = (&'static str, Bound, Bound);

impl Bound {
    fn text(&self) -> String {
        let mut places: Vec<_> = self.parts.iter().map(u64::to_string).collect();
        if self.wild || places.is_empty() {
            places.push("*".to_owned());
        }
        let pre = self.pre.map(|pre| format!("-{pre}")).unwrap_or_default();
        places.join(".") + &pre
    }

    /// How `parts` and `pre` of a version stand to this bound, at the bound's precision.
    fn compare(&self, parts: [u64; PARTS], pre: Option<&str>) -> Ordering {
        let named = self.parts.len();
        if let Some(own) = self.pre {
            let mut full = self.parts.clone();
            full.resize(PARTS, 0);
            return parts.as_slice().cmp(full.as_slice()).then(match pre {
                None => Ordering::Greater,
                Some(pre) => place(pre).cmp(&place(own)),
            });
        }
        let order = parts[..named].cmp(self.parts.as_slice());
        let names_release = named >= 3 && !self.wild;
        if order.is_eq() && names_release && pre.is_some() && parts[named..].iter().all(|p| *p == 0)
        {
            return Ordering::Less;
        }
        order
    }

    fn agrees(&self, parts: [u64; PARTS], kept: usize) -> bool {
        parts[..kept] == self.parts[..kept]
    }
}

fn holds((comparator, bound, last): &Item, parts: [u64; PARTS], pre: Option<&str>) -> bool {
    let order = bound.compare(parts, pre);
    let named = bound.parts.len();
    match *comparator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "" | "=" => order.is_eq(),
        "!=" => order.is_ne(),
        "~" => order.is_ge() && bound.agrees(parts, named.min(2)),
        "^" => {
            let first = bound.parts.iter().position(|part| *part != 0);
            order.is_ge() && bound.agrees(parts, first.map_or(named, |first| first + 1))
        }
        "-" => order.is_ge() && last.compare(parts, pre).is_le(),
        other => unreachable!("{other}"),
    }
}

/// Pre-releases in ascending order: those of the bounds, and one in each gap between them.
const PRES: [&str; 8] = ["w", "x", "xa", "y.dev", "y", "y.0.dev", "y.0", "z"];

fn place(pre: &str) -> Option<usize> {
    PRES.iter().position(|known| *known == pre)
}

/// Versions among which there is one between any two edges of ranges made of `some_bound`.
fn grid() -> impl Iterator<Item = ([u64; PARTS], Option<&'static str>)> {
    (0..256).flat_map(|n| {
        let parts = [n >> 6 & 3, n >> 4 & 3, n >> 2 & 3, n & 3, 0, 0, 0, 0];
        let pres = PRES.into_iter().map(Some).chain([None]);
        pres.map(move |pre| (parts, pre))
    })
}

fn some_bound() -> impl Strategy<Value = Bound> {
    let pre = prop_oneof![
        3 => Just(None),
        1 => prop::sample::select(vec!["x", "y", "y.0"]).prop_map(Some)
    ];
    (prop::collection::vec(0u64..3, 0..=4), any::<bool>(), pre).prop_map(|(parts, wild, pre)| {
        let wild = parts.is_empty() || wild && parts.len() < 4;
        Bound {
            parts,
            wild,
            pre: if wild { None } else { pre },
        }
    })
}

fn some_item() -> impl Strategy<Value = Item> {
    let comparators = vec!["<", "<=", ">", ">=", "", "=", "!=", "~", "^", "-"];
    (
        prop::sample::select(comparators),
        some_bound(),
        some_bound(),
    )
}

/// The range of `sets` as text, with blanks where `seed` says so.
fn write(sets: &[Vec<Item>], mut seed: u32) -> String {
    let mut maybe_blank = || {
        seed = seed.rotate_left(1);
        if seed & 1 == 1 { " " } else { "" }
    };
    let mut text = String::new();
    for (n, set) in sets.iter().enumerate() {
        text += if n > 0 { "||" } else { "" };
        for (n, (comparator, bound, last)) in set.iter().enumerate() {
            text += if n == 0 {
                maybe_blank()
            } else {
                [",", " "][maybe_blank().len()]
            };
            text += &match *comparator {
                "-" => format!("{} - {}", bound.text(), last.text()),
                other => format!(
                    "{other}{}{}",
                    if other.is_empty() { "" } else { maybe_blank() },
                    bound.text()
                ),
            };
            text += maybe_blank();
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn matching_and_refusal_agree_with_a_plain_predicate(
        sets in prop::collection::vec(prop::collection::vec(some_item(), 1..4), 1..3),
        seed in any::<u32>(),
    ) {
        let text = write(&sets, seed);
        let mut met = vec![(false, false); sets.len()];
        let stored = VersionRange::parse_stored(&text).unwrap();
        prop_assert_eq!(stored.as_str(), &text);
        for (parts, pre) in grid() {
            let version = Version::new(parts, pre.unwrap_or_default());
            let mut expected = false;
            for (set, (by_version, by_release)) in sets.iter().zip(&mut met) {
                let is_met = set.iter().all(|item| holds(item, parts, pre));
                *by_version |= is_met;
                *by_release |= is_met && pre.is_none();
                expected |= is_met;
            }
            prop_assert_eq!(stored.matches(&version), expected, "{} and {}", text, version);
        }
        let (versions, releases): (Vec<_>, Vec<_>) = met.into_iter().unzip();
        // A stretch from one bound to another must hold something itself.
        let strict = VersionRange::parse(&text);
        prop_assert_eq!(strict.is_ok(), versions.iter().all(|is_met| *is_met), "{}: {:?}", text, strict);
        let of_releases = VersionRange::parse_of_releases(&text);
        prop_assert_eq!(of_releases.is_ok(), releases.iter().all(|is_met| *is_met), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(
        text in any::<String>(),
        near in "[0-9vx.*<>=!~^|, +a版-]{0,40}",
        version in "[0-9.]{1,7}(-[a-z0-9.]{1,4})?",
    ) {
        for text in [&text, &near] {
            let _ = (VersionRange::parse_stored(text), VersionRange::parse_of_releases(text));
            match (VersionRange::parse(text), Version::parse(&version)) {
                (Ok(range), Ok(version)) => { range.matches(&version); }
                (Err(error), _) => prop_assert!(text.is_char_boundary(error.offset().unwrap())),
                _ => {}
            }
        }
    }
}
