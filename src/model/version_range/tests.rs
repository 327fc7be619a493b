use super::*;
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
        ("<=2147483647", &["2147483647.1"], &[]),
        ("<* || >* || !=*", &[], &["0", "1.2"]),
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
            &["7.10.0.0-beta+1"],
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
        ("7.9-7.10", &["7.9-7.10"], &["7.9", "7.10"]),
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
        ("1.2.3.4.*", 8),
        ("1.*.2", 4),
        ("*-beta", 1),
        ("v*", 1),
        (">=7.9<8", 5),
        ("7|8", 1),
        ("8.1，8.2", 3),
        ("latest", 0),
        ("1.2147483648", 2),
        ("1-", 2),
        ("!1", 0),
        ("8.xy", 3),
    ];
    for (text, offset) in faults {
        let error = VersionRange::parse(text).expect_err(text);
        assert_eq!(error.offset(), Some(offset), "{text}: {error}");
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
    parts: Vec<u32>,
    wild: bool,
    pre: Option<&'static str>,
}

/// An item: its comparator or `-`, its bound, and the second bound of a `-`.
type Item = (&'static str, Bound, Bound);

impl Bound {
    fn text(&self) -> String {
        let mut places: Vec<_> = self.parts.iter().map(u32::to_string).collect();
        if self.wild || places.is_empty() {
            places.push("*".to_owned());
        }
        let pre = self.pre.map(|pre| format!("-{pre}")).unwrap_or_default();
        places.join(".") + &pre
    }

    /// How `parts` and `pre` of a version stand to this bound, at the bound's precision.
    fn compare(&self, parts: [u32; 4], pre: Option<&str>) -> Ordering {
        let named = self.parts.len();
        if let Some(own) = self.pre {
            let mut full = self.parts.clone();
            full.resize(4, 0);
            // In the alphabet used here the order of pre-releases is that of their bytes.
            return parts.as_slice().cmp(full.as_slice()).then(match pre {
                None => Ordering::Greater,
                Some(pre) => pre.cmp(own),
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

    fn agrees(&self, parts: [u32; 4], kept: usize) -> bool {
        parts[..kept] == self.parts[..kept]
    }
}

fn holds((comparator, bound, last): &Item, parts: [u32; 4], pre: Option<&str>) -> bool {
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

fn some_pre() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![3 => Just(None), 1 => prop::sample::select(vec!["a", "b", "b.0"]).prop_map(Some)]
}

fn some_bound() -> impl Strategy<Value = Bound> {
    (
        prop::collection::vec(0u32..3, 0..=4),
        any::<bool>(),
        some_pre(),
    )
        .prop_map(|(parts, wild, pre)| {
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
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn matching_agrees_with_a_plain_predicate(
        sets in prop::collection::vec(prop::collection::vec(some_item(), 1..3), 1..3),
        seed in any::<u32>(),
        versions in prop::collection::vec((prop::array::uniform4(0u32..4), some_pre()), 20),
    ) {
        let text = write(&sets, seed);
        let range = match VersionRange::parse(&text) {
            Ok(range) => range,
            Err(error) => {
                // Only a stretch that holds nothing may be refused.
                let at = error.offset().unwrap();
                prop_assert!(text[at..].contains(" - "), "{}", error);
                return Ok(());
            }
        };
        prop_assert_eq!(range.as_str(), &text);
        for (parts, pre) in versions {
            let version = Version::new(parts, pre.unwrap_or_default());
            let expected = sets.iter().any(|set| set.iter().all(|item| holds(item, parts, pre)));
            prop_assert_eq!(range.matches(&version), expected, "{} and {}", text, version);
        }
    }

    #[test]
    fn a_stretch_is_refused_only_when_it_holds_nothing(
        from in some_bound(),
        to in some_bound(),
        versions in prop::collection::vec((prop::array::uniform4(0u32..4), some_pre()), 50),
    ) {
        let text = format!("{} - {}", from.text(), to.text());
        if VersionRange::parse(&text).is_err() {
            for (parts, pre) in versions {
                let inside = from.compare(parts, pre).is_ge() && to.compare(parts, pre).is_le();
                prop_assert!(!inside, "{} holds {:?} {:?}", text, parts, pre);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        text in any::<String>(),
        near in "[0-9vx.*<>=!~^|, +a版-]{0,40}",
        version in "[0-9.]{1,7}(-[a-z0-9.]{1,4})?",
    ) {
        for text in [&text, &near] {
            match (VersionRange::parse(text), Version::parse(&version)) {
                (Ok(range), Ok(version)) => { range.matches(&version); }
                (Err(error), _) => prop_assert!(text.is_char_boundary(error.offset().unwrap())),
                _ => {}
            }
        }
    }
}
