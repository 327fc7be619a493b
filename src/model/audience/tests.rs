use super::*;
use crate::model::{PreparedViewer, Unmet};
use crate::{Locale, Version, VersionRange, Viewer};
use proptest::prelude::*;
use serde_json::json;

const NONE: [&str; 0] = [];

fn sees(viewer: &Viewer, attribute: &str, operator: Operator, values: &[&str]) -> bool {
    let audience = Audience::everyone().and(attribute, operator, values.iter().copied());
    audience
        .compile_lossy("seed")
        .matches(&PreparedViewer::new(viewer))
}

#[test]
fn an_audience_without_conditions_is_everyone() {
    let everyone = Audience::everyone().compile().unwrap();
    assert!(everyone.is_everyone());
    assert!(everyone.matches(&PreparedViewer::new(&Viewer::anonymous())));
    assert_eq!(Audience::default(), Audience::everyone());
}

#[test]
fn a_condition_on_a_missing_attribute_is_met_only_by_not_in() {
    let nobody = Viewer::anonymous();
    assert!(sees(&nobody, "role", Operator::NotIn, &["x"]));
    for (operator, values) in [
        (Operator::In, vec!["x"]),
        (Operator::Exists, vec![]),
        (Operator::Prefix, vec!["x"]),
        (Operator::Glob, vec!["*"]),
        (Operator::NotGlob, vec!["x"]),
        (Operator::Gt, vec!["-1"]),
        (Operator::Ge, vec!["-1"]),
        (Operator::Lt, vec!["1"]),
        (Operator::Le, vec!["1"]),
        (Operator::Version, vec!["*"]),
        (Operator::NotVersion, vec!["8"]),
        (Operator::Unknown("near".into()), vec!["x"]),
    ] {
        assert!(
            !sees(&nobody, "role", operator.clone(), &values),
            "{operator:?}"
        );
    }
}

#[test]
fn any_value_of_the_viewer_may_match_and_none_may_for_not_in() {
    let viewer = Viewer::anonymous()
        .with("role", "editor")
        .with("role", "admin");
    assert!(sees(&viewer, "role", Operator::In, &["x", "admin"]));
    assert!(!sees(&viewer, "role", Operator::In, &["Admin"]));
    assert!(!sees(&viewer, "role", Operator::NotIn, &["admin"]));
    assert!(sees(&viewer, "role", Operator::NotIn, &["guest"]));
    assert!(sees(&viewer, "role", Operator::Prefix, &["x", "ad"]));
    assert!(sees(&viewer, "role", Operator::Glob, &["*DIT*"]));
    assert!(sees(&viewer, "role", Operator::NotGlob, &["guest*"]));
    assert!(!sees(
        &viewer,
        "role",
        Operator::NotGlob,
        &["guest*", "AD*"]
    ));
}

#[test]
fn thousands_of_named_users_are_told_apart() {
    let names: Vec<String> = (0..10_000).map(|n| format!("user-{n}")).collect();
    let audience = Audience::everyone().and("user", Operator::In, names);
    let compiled = audience.compile().unwrap();
    let is_in = |name: &str| compiled.matches(&PreparedViewer::new(&Viewer::new(name)));
    assert!(is_in("user-0") && is_in("user-9999") && is_in("user-4711"));
    assert!(!is_in("user-10000") && !is_in("user-") && !is_in(""));
}

#[test]
fn a_percentage_is_of_users_and_an_anonymous_viewer_is_in_at_100_only() {
    let percent =
        |viewer: &Viewer, values: &[&str]| sees(viewer, "user", Operator::Percent, values);
    let li = Viewer::new("li.na");
    // Her place with the salt is 5153.
    assert!(percent(&li, &["51.54", "spring"]));
    assert!(!percent(&li, &["51.53", "spring"]));
    assert!(percent(&li, &["100"]) && !percent(&li, &["0"]));
    let renamed = Viewer::new("x").with("user", "li.na");
    assert!(percent(&renamed, &["51.54", "spring"]));
    assert!(!percent(&renamed, &["51.53", "spring"]));
    let nobody = Viewer::anonymous();
    assert!(percent(&nobody, &["100", "s"]) && !percent(&nobody, &["99.99", "s"]));
}

#[test]
fn without_a_salt_a_percentage_depends_on_the_announcement() {
    let half = Audience::everyone().and("user", Operator::Percent, ["50"]);
    assert!(half.depends_on_announcement());
    let salted = Audience::everyone().and("user", Operator::Percent, ["50", "s"]);
    assert!(!salted.depends_on_announcement());
    let nested = Audience::everyone().except(half.conditions.clone());
    assert!(nested.depends_on_announcement());
    let seen_by = |audience: &Audience, seed: &str| -> Vec<bool> {
        let compiled = audience.compile_lossy(seed);
        let viewers = (0..64).map(|n| Viewer::new(n.to_string()));
        viewers
            .map(|viewer| compiled.matches(&PreparedViewer::new(&viewer)))
            .collect()
    };
    assert_ne!(seen_by(&half, "7"), seen_by(&half, "8"));
    assert_eq!(seen_by(&salted, "7"), seen_by(&salted, "8"));
    let inverse: Vec<bool> = seen_by(&nested, "7").iter().map(|seen| !seen).collect();
    assert_eq!(inverse, seen_by(&half, "7"));
}

#[test]
fn numbers_are_compared_as_numbers() {
    let viewer = Viewer::anonymous()
        .with("level", "10")
        .with("name", "ten")
        .with("odd", "inf");
    assert!(sees(&viewer, "level", Operator::Gt, &["9.5"]));
    assert!(!sees(&viewer, "level", Operator::Gt, &["10"]));
    assert!(sees(&viewer, "level", Operator::Ge, &["1e1"]));
    assert!(sees(&viewer, "level", Operator::Lt, &["9", "11"]));
    assert!(sees(&viewer, "level", Operator::Le, &["10.0"]));
    assert!(!sees(&viewer, "name", Operator::Ge, &["0"]));
    assert!(!sees(&viewer, "odd", Operator::Ge, &["0"]));
}

#[test]
fn numbers_are_compared_exactly() {
    let viewer = Viewer::anonymous()
        .with("uid", "9007199254740993")
        .with("rate", "0.1");
    assert!(sees(&viewer, "uid", Operator::Gt, &["9007199254740992"]));
    assert!(!sees(&viewer, "uid", Operator::Ge, &["9007199254740994"]));
    assert!(sees(&viewer, "rate", Operator::Le, &["0.10000"]));
    assert!(!sees(
        &viewer,
        "rate",
        Operator::Ge,
        &["0.100000000000000000001"]
    ));
}

#[test]
fn a_version_that_does_not_parse_matches_no_range_and_all_else_still_works() {
    let viewer = Viewer::anonymous()
        .with("app_version", "vip build")
        .with("app", "shop");
    assert!(!sees(&viewer, "app_version", Operator::Version, &["*"]));
    assert!(sees(&viewer, "app_version", Operator::Glob, &["vip*"]));
    assert!(sees(&viewer, "app", Operator::In, &["shop"]));
    assert!(!sees(&viewer, "app_version", Operator::NotVersion, &["7"]));
    let viewer = viewer.with("app_version", "v8.1-beta");
    assert!(sees(&viewer, "app_version", Operator::Version, &["7", "8"]));
    assert!(sees(&viewer, "app_version", Operator::NotVersion, &["7"]));
    assert!(!sees(
        &viewer,
        "app_version",
        Operator::NotVersion,
        &["7", "8"]
    ));
}

#[test]
fn values_for_the_locale_are_language_ranges() {
    for (range, tag, is_in) in [
        ("zh-CN", "zh-Hans-CN", true),
        ("ZH_cn", "zh-CN", true),
        ("zh-Hans", "zh-CN", true),
        ("zh-TW", "zh-Hant-TW", true),
        ("zh", "zh-TW", true),
        ("en", "en-GB", true),
        ("en-GB", "en", false),
        ("en-GB", "en-US", false),
        ("zh-CN", "zh-TW", false),
    ] {
        let viewer = Viewer::anonymous().with("locale", tag);
        assert_eq!(
            sees(&viewer, "locale", Operator::In, &[range]),
            is_in,
            "{range} {tag}"
        );
        assert_eq!(
            sees(&viewer, "locale", Operator::NotIn, &[range]),
            !is_in,
            "{range} {tag}"
        );
    }
    let viewer = Viewer::anonymous()
        .with("locale", "EN_us")
        .with("locale", "C");
    assert!(sees(&viewer, "locale", Operator::Prefix, &["en-U"]));
    assert!(sees(&viewer, "locale", Operator::Glob, &["c"]));
    assert!(!sees(&viewer, "locale", Operator::In, &["zh-CN"]));
}

#[test]
fn one_list_of_any_and_no_list_of_none_must_hold() {
    let is = |attribute: &str, value: &str| Condition::new(attribute, Operator::In, [value]);
    let audience = Audience::everyone()
        .or([is("role", "admin")])
        .or([is("role", "editor"), is("app", "shop")])
        .except([is("user", "guest")])
        .except([is("app", "shop"), is("area", "eu")])
        .compile()
        .unwrap();
    let unmet = |viewer: Viewer| audience.unmet_by(&PreparedViewer::new(&viewer));
    let with = |role: &str| Viewer::new("li").with("role", role);
    assert_eq!(unmet(with("admin")), None);
    assert_eq!(unmet(with("editor").with("app", "shop")), None);
    assert_eq!(unmet(with("editor")), Some(Unmet::Any(vec![0, 1])));
    assert_eq!(unmet(Viewer::new("li")), Some(Unmet::Any(vec![0, 0])));
    assert_eq!(
        unmet(Viewer::new("guest").with("role", "admin")),
        Some(Unmet::None(0))
    );
    let in_europe = with("admin").with("area", "eu");
    assert_eq!(unmet(in_europe.clone()), None);
    assert_eq!(unmet(in_europe.with("app", "shop")), Some(Unmet::None(1)));
}

#[test]
fn what_must_hold_in_any_case_is_written_into_each_list() {
    let is = |attribute: &str| Condition::new(attribute, Operator::Exists, NONE);
    let json = |name: &str| json!({"attribute": name, "op": "exists"});
    let audience = Audience::from(vec![is("a")]).or([is("b")]).or([is("c")]);
    let expected = json!({"any": [[json("a"), json("b")], [json("a"), json("c")]]});
    assert_eq!(audience.to_json(), expected);
    let audience = Audience::from(vec![is("a")]).except([is("b")]);
    let expected = json!({"any": [[json("a")]], "none": [[json("b")]]});
    assert_eq!(audience.to_json(), expected);
    for everyone in [
        json!([]),
        json!({}),
        json!({"any": []}),
        json!({"none": null}),
    ] {
        assert_eq!(
            Audience::from_json(&everyone).unwrap(),
            Audience::everyone()
        );
    }
}

#[test]
fn a_list_without_conditions_is_refused_where_it_decides_for_everyone() {
    let one = json!([{"attribute": "a", "op": "exists"}]);
    for (json, path) in [
        (json!({"none": [[]]}), "none[0]"),
        (json!({"any": [one], "none": [one, []]}), "none[1]"),
        (json!({"any": [one, []]}), "any[1]"),
    ] {
        let error = Audience::from_json(&json).unwrap().compile().unwrap_err();
        assert_eq!(error.path(), Some(path), "{json}");
    }
    let everyone = Audience::from_json(&json!({"any": [[]]})).unwrap();
    assert!(everyone.compile().unwrap().is_everyone());
}

#[test]
fn the_first_unmet_condition_is_named() {
    let audience = Audience::everyone()
        .and("app", Operator::In, ["shop"])
        .and("level", Operator::Ge, ["3"])
        .and("role", Operator::Exists, NONE)
        .compile()
        .unwrap();
    let viewer = Viewer::anonymous().with("app", "shop").with("level", "2");
    assert_eq!(
        audience.unmet_by(&PreparedViewer::new(&viewer)),
        Some(Unmet::Condition(1))
    );
    let viewer = viewer.with("level", "3").with("role", "");
    assert_eq!(audience.unmet_by(&PreparedViewer::new(&viewer)), None);
}

#[test]
fn an_unknown_operator_is_refused_and_in_a_record_counted_and_never_met() {
    let json = json!([{"attribute": "place", "op": "near", "values": ["here"]},
                      {"attribute": "place", "op": "away"}]);
    let audience = Audience::from_json(&json).unwrap();
    assert_eq!(audience.to_json(), json);
    assert_eq!(audience.compile().unwrap_err().path(), Some("[0].op"));
    assert_eq!(audience.check_accepted(), Ok(()));
    let compiled = audience.compile_lossy("");
    assert_eq!(compiled.unknown_conditions(), 2);
    let viewer = Viewer::anonymous().with("place", "here");
    assert_eq!(
        compiled.unmet_by(&PreparedViewer::new(&viewer)),
        Some(Unmet::Condition(0))
    );
}

#[test]
fn an_unknown_operator_in_none_excludes() {
    let near = Condition::new("place", Operator::Unknown("near".into()), ["here"]);
    let admin = Condition::new("role", Operator::In, ["admin"]);
    let compiled = Audience::everyone().except([admin, near]).compile_lossy("");
    let sees = |viewer: Viewer| compiled.matches(&PreparedViewer::new(&viewer));
    assert!(!sees(Viewer::anonymous().with("role", "admin")));
    assert!(sees(Viewer::anonymous().with("role", "editor")));
}

#[test]
fn a_stored_condition_that_cannot_be_read_hides_its_announcement_only() {
    let audience = Audience::everyone().and("app", Operator::NotIn, ["x"]).and(
        "app",
        Operator::Version,
        ["no range"],
    );
    assert!(audience.compile().is_err());
    let compiled = audience.compile_lossy("");
    assert_eq!(compiled.unknown_conditions(), 1);
    assert_eq!(
        compiled.unmet_by(&PreparedViewer::new(&Viewer::anonymous())),
        Some(Unmet::Condition(1))
    );
}

#[test]
fn values_in_json_are_texts_numbers_or_booleans() {
    let json = json!([{"attribute": "a", "op": "in", "values": ["x", 7, -1.5, true]},
                      {"op": "exists", "attribute": "b", "values": []}]);
    let audience = Audience::from_json(&json).unwrap();
    let expected = Audience::everyone()
        .and("a", Operator::In, ["x", "7", "-1.5", "true"])
        .and("b", Operator::Exists, NONE);
    assert_eq!(audience, expected);
    assert_eq!(Audience::from_json(&audience.to_json()).unwrap(), expected);
    assert_eq!(
        audience.to_json()[1],
        json!({"attribute": "b", "op": "exists"})
    );
}

#[test]
fn json_of_another_shape_is_refused_with_its_path() {
    let good = json!({"attribute": "a", "op": "in", "values": ["x"]});
    for (json, path) in [
        (json!({"all": []}), ""),
        (json!({"any": [good]}), "any[0]"),
        (json!({"any": [[good], [7]]}), "any[1][0]"),
        (json!({"none": {}}), "none"),
        (json!(null), ""),
        (json!([good, 7]), "[1]"),
        (
            json!([{"attribute": "a", "op": "in", "value": ["x"]}]),
            "[0]",
        ),
        (
            json!([good, {"op": "in", "values": ["x"]}]),
            "[1].attribute",
        ),
        (json!([{"attribute": "a", "values": ["x"]}]), "[0].op"),
        (json!([{"attribute": "a", "op": 7}]), "[0].op"),
        (
            json!([{"attribute": "a", "op": "in", "values": "x"}]),
            "[0].values",
        ),
        (
            json!([good, good, {"attribute": "a", "op": "in", "values": [null]}]),
            "[2].values[0]",
        ),
        (
            json!([{"attribute": "a", "op": "in", "values": ["x", ["y"]]}]),
            "[0].values[1]",
        ),
    ] {
        let error = Audience::from_json(&json).unwrap_err();
        assert_eq!(error.path(), Some(path), "{json}: {error}");
    }
    let error = Audience::from_json(&json!([7]))
        .unwrap_err()
        .within("audience");
    assert_eq!(error.path(), Some("audience[0]"));
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_path_and_offset() {
    let long = "v".repeat(513);
    for (attribute, operator, values, path, offset) in [
        ("a b", Operator::In, vec!["x"], "[1].attribute", Some(1)),
        ("", Operator::In, vec!["x"], "[1].attribute", None),
        ("a", Operator::In, vec![], "[1].values", None),
        ("a", Operator::NotIn, vec![], "[1].values", None),
        ("a", Operator::Exists, vec!["x"], "[1].values", None),
        (
            "a",
            Operator::In,
            vec!["x", "y\0"],
            "[1].values[1]",
            Some(1),
        ),
        ("a", Operator::In, vec![&long], "[1].values[0]", None),
        (
            "a",
            Operator::Version,
            vec!["8", ">=7 <x.1"],
            "[1].values[1]",
            Some(7),
        ),
        ("a", Operator::Prefix, vec![""], "[1].values[0]", None),
        ("a", Operator::Glob, vec![""], "[1].values[0]", None),
        ("a", Operator::Ge, vec!["1", "inf"], "[1].values[1]", None),
        ("a", Operator::Lt, vec!["ten"], "[1].values[0]", None),
        (
            "user",
            Operator::Percent,
            vec!["101"],
            "[1].values[0]",
            None,
        ),
        ("user", Operator::Percent, vec![], "[1].values", None),
        (
            "user",
            Operator::Percent,
            vec!["1", "a", "b"],
            "[1].values",
            None,
        ),
        ("role", Operator::Percent, vec!["1"], "[1].attribute", None),
        ("a", Operator::NotGlob, vec![""], "[1].values[0]", None),
        (
            "a",
            Operator::NotVersion,
            vec![">3 <2"],
            "[1].values[0]",
            Some(0),
        ),
        (
            "os_version",
            Operator::Version,
            vec!["=5.4.0-91"],
            "[1].values[0]",
            Some(0),
        ),
        (
            "a",
            Operator::Unknown("equals".into()),
            vec!["x"],
            "[1].op",
            None,
        ),
        (
            "locale",
            Operator::NotIn,
            vec!["zh CN"],
            "[1].values[0]",
            Some(2),
        ),
        (
            "a",
            Operator::Unknown("o\0".into()),
            vec![],
            "[1].op",
            Some(1),
        ),
    ] {
        let audience = Audience::everyone()
            .and("ok", Operator::Exists, NONE)
            .and(attribute, operator, values);
        let error = audience.compile().unwrap_err();
        assert_eq!(
            (error.path(), error.offset()),
            (Some(path), offset),
            "{error}"
        );
    }
}

#[test]
fn an_audience_is_at_most_256_kib_of_json() {
    const MOST: usize = 256 * 1024;
    let mut audience = Audience::everyone().and("a", Operator::In, vec!["v".repeat(500); 521]);
    let room = MOST - audience.to_json().to_string().len();
    // A further value costs two quotes and a comma.
    audience.conditions[0].values.push("v".repeat(room - 3));
    assert!(audience.compile().is_ok());
    audience.conditions[0].values[0].push('v');
    assert_eq!(audience.compile().unwrap_err().limit(), Some(MOST as u64));
    let conditions = std::mem::take(&mut audience.conditions);
    for lists in [
        Audience::everyone().or(conditions.clone()),
        Audience::everyone().except(conditions),
    ] {
        assert_eq!(lists.compile().unwrap_err().limit(), Some(MOST as u64));
    }
}

/// Whether a condition holds, in the plainest words.
fn holds(condition: &Condition, viewer: &Viewer) -> bool {
    let mut own = viewer
        .attributes
        .get(&condition.attribute)
        .cloned()
        .unwrap_or_default();
    if own.is_empty() && condition.attribute == "user" && !viewer.user.is_empty() {
        own.push(viewer.user.clone());
    }
    if own.is_empty() && condition.attribute == "locale" {
        own.extend(viewer.locales.iter().map(|locale| locale.to_string()));
    }
    if condition.attribute == "locale" {
        for own in &mut own {
            *own = Locale::parse(own).map_or(own.clone(), |locale| locale.to_string());
        }
    }
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        own.iter()
            .any(|own| condition.values.iter().any(|value| test(own, value)))
    };
    let same = |own: &str, value: &str| {
        if condition.attribute == "locale" {
            let own = Locale::parse(own).ok();
            own.is_some_and(|own| Locale::parse(value).unwrap().takes_in(&own))
        } else {
            own == value
        }
    };
    let in_range = |own: &str, value: &str| {
        let range = VersionRange::parse(value).unwrap();
        Version::parse(own).is_ok_and(|own| range.matches(&own))
    };
    // Few digits, so that a double is exact enough.
    let number = |text: &str| text.parse::<f64>().ok();
    let compare = |wanted: &dyn Fn(f64, f64) -> bool| {
        any(&|own, value| number(own).is_some_and(|own| wanted(own, number(value).unwrap())))
    };
    match &condition.operator {
        Operator::In => any(&same),
        Operator::NotIn => !any(&same),
        Operator::Exists => !own.is_empty(),
        Operator::Prefix => any(&|own, value| own.starts_with(value)),
        Operator::Glob => any(&|own, value| glob(value, &own.to_lowercase())),
        Operator::Gt => compare(&|own, value| own > value),
        Operator::Ge => compare(&|own, value| own >= value),
        Operator::Lt => compare(&|own, value| own < value),
        Operator::Le => compare(&|own, value| own <= value),
        Operator::NotGlob => {
            !own.is_empty() && !any(&|own, value| glob(value, &own.to_lowercase()))
        }
        Operator::Version => any(&in_range),
        Operator::NotVersion => {
            own.iter().any(|own| Version::parse(own).is_ok()) && !any(&in_range)
        }
        Operator::Percent => {
            let percentage: u32 = condition.values[0].parse().unwrap();
            percentage == 100 || own.iter().any(|own| place(own, "seed") < percentage * 100)
        }
        Operator::Unknown(_) => false,
    }
}

/// The place of a user as docs/announcements.md documents it.
fn place(user: &str, salt: &str) -> u32 {
    let hash = <sha2::Sha256 as sha2::Digest>::digest([user, salt].join("\0"));
    let first: [u8; 8] = hash[..8].try_into().unwrap();
    (u64::from_be_bytes(first) % 10_000) as u32
}

/// Whether an audience holds, in the plainest words.
fn admits(audience: &Audience, viewer: &Viewer) -> bool {
    let all = |list: &Vec<Condition>| list.iter().all(|one| holds(one, viewer));
    all(&audience.conditions)
        && (audience.any.is_empty() || audience.any.iter().any(all))
        && !audience.none.iter().any(all)
}

/// Whether a glob of ASCII matches a text in lower case.
fn glob(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, first) => first.is_none(),
        (Some('*'), None) => glob(&pattern[1..], text),
        (Some('*'), Some(_)) => glob(&pattern[1..], text) || glob(pattern, &text[1..]),
        (Some(one), Some(other)) => {
            one.to_ascii_lowercase() == other && glob(&pattern[1..], &text[1..])
        }
        (Some(_), None) => false,
    }
}

fn some_attribute() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "user", "locale"])
}

/// Values of all kinds, so that each operator meets some that suit it and some that do not.
fn some_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab1]{0,2}",
        "[A-B]{1,2}",
        "[0-3](\\.[0-2]){0,2}",
        "(zh|en)([_-](cn|US))?"
    ]
}

fn some_condition() -> impl Strategy<Value = Condition> {
    let values = |value: BoxedStrategy<String>| prop::collection::vec(value, 1..3);
    let tags = "(zh|EN)([_-](CN|us))?".boxed();
    let equal = (
        some_attribute(),
        values(some_value().boxed()),
        values(tags),
        any::<bool>(),
    )
        .prop_map(|(attribute, plain, tags, within)| Condition {
            attribute: attribute.to_owned(),
            operator: if within {
                Operator::In
            } else {
                Operator::NotIn
            },
            values: if attribute == "locale" { tags } else { plain },
        });
    let of = move |operators: Vec<Operator>, value: BoxedStrategy<String>| {
        (
            some_attribute(),
            prop::sample::select(operators),
            values(value),
        )
            .prop_map(|(attribute, operator, values)| Condition {
                attribute: attribute.to_owned(),
                values: if operator == Operator::Exists {
                    vec![]
                } else {
                    values
                },
                operator,
            })
    };
    let percent = (0u32..=100)
        .prop_map(|percentage| Condition::new("user", Operator::Percent, [percentage.to_string()]));
    prop_oneof![
        equal,
        percent,
        of(vec![Operator::Exists], some_value().boxed()),
        of(vec![Operator::Prefix], "[ab1z]{1,2}".boxed()),
        of(
            vec![Operator::Glob, Operator::NotGlob],
            "[aB1*-]{1,4}".boxed()
        ),
        of(
            vec![Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le],
            "-?[0-3](\\.5)?".boxed()
        ),
        of(
            vec![Operator::Version, Operator::NotVersion],
            "(<|<=|>|>=|=|!=|~|\\^|)[1-3](\\.[0-2]){0,2}".boxed()
        ),
    ]
}

/// Lists of `any` or `none`; none of them is empty.
fn some_lists() -> impl Strategy<Value = Vec<Vec<Condition>>> {
    prop::collection::vec(prop::collection::vec(some_condition(), 1..3), 0..3)
}

fn some_viewer() -> impl Strategy<Value = Viewer> {
    let attribute = (
        some_attribute().prop_map(str::to_owned),
        prop::collection::vec(some_value(), 0..3),
    );
    (
        "[ab]{0,1}",
        prop::sample::subsequence(vec!["zh", "zh-CN", "en-US"], 0..3),
        prop::collection::vec(attribute, 0..4),
    )
        .prop_map(|(user, locales, attributes)| {
            let mut viewer = Viewer::new(user).locales(locales);
            viewer.attributes = attributes.into_iter().collect();
            viewer
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn matching_agrees_with_a_plain_reading(
        conditions in prop::collection::vec(some_condition(), 0..3),
        any in some_lists(),
        none in some_lists(),
        viewers in prop::collection::vec(some_viewer(), 8),
    ) {
        let audience = Audience { conditions, any, none };
        let compiled = audience.compile_lossy("seed");
        prop_assert!(audience.compile().is_ok());
        let read = Audience::from_json(&audience.to_json()).unwrap();
        let read_again = Audience::from_json(&read.to_json()).unwrap();
        prop_assert_eq!(&read_again, &read);
        let read = read.compile_lossy("seed");
        for viewer in viewers {
            let prepared = PreparedViewer::new(&viewer);
            let expected = admits(&audience, &viewer);
            prop_assert_eq!(compiled.matches(&prepared), expected, "{:?}", viewer);
            prop_assert_eq!(compiled.unmet_by(&prepared).is_none(), expected);
            prop_assert_eq!(read.matches(&prepared), expected, "as JSON says");
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        name in any::<String>(),
        operator in "in|not_in|exists|prefix|glob|not_glob|gt|ge|lt|le|version|not_version|percent|other",
        values in prop::collection::vec(any::<String>(), 0..3),
        own in any::<String>(),
    ) {
        let operator = Operator::from_name(&operator);
        let audience = Audience::everyone().and(name.clone(), operator, values);
        let viewer = Viewer::new(own.clone()).with(name, own.clone()).with("locale", own);
        let _ = viewer.validate();
        let prepared = PreparedViewer::new(&viewer);
        let lossy = audience.compile_lossy("");
        match audience.compile() {
            Ok(compiled) => prop_assert_eq!(compiled.matches(&prepared), lossy.matches(&prepared)),
            // What was accepted before may be more than what is accepted today.
            Err(_) => prop_assert!(!lossy.matches(&prepared) || audience.check_accepted().is_ok()),
        }
    }
}
