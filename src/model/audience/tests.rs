use super::*;
use crate::model::PreparedViewer;
use crate::{Locale, Version, VersionRange, Viewer};
use proptest::prelude::*;
use serde_json::json;

const NONE: [&str; 0] = [];

fn sees(viewer: &Viewer, attribute: &str, operator: Operator, values: &[&str]) -> bool {
    let audience = Audience::everyone().and(attribute, operator, values.iter().copied());
    audience
        .compile()
        .unwrap()
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
        (Operator::Gt, vec!["-1"]),
        (Operator::Ge, vec!["-1"]),
        (Operator::Lt, vec!["1"]),
        (Operator::Le, vec!["1"]),
        (Operator::Version, vec!["*"]),
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
fn a_version_that_does_not_parse_matches_no_range_and_all_else_still_works() {
    let viewer = Viewer::anonymous()
        .with("app_version", "vip build")
        .with("app", "shop");
    assert!(!sees(&viewer, "app_version", Operator::Version, &["*"]));
    assert!(sees(&viewer, "app_version", Operator::Glob, &["vip*"]));
    assert!(sees(&viewer, "app", Operator::In, &["shop"]));
    let viewer = viewer.with("app_version", "v8.1-beta");
    assert!(sees(&viewer, "app_version", Operator::Version, &["7", "8"]));
}

#[test]
fn locales_are_compared_as_normalised_tags() {
    let viewer = Viewer::anonymous().locales(["zh-CN"]);
    assert!(sees(&viewer, "locale", Operator::In, &["ZH_cn"]));
    assert!(!sees(&viewer, "locale", Operator::In, &["zh-Hans"]));
    assert!(!sees(&viewer, "locale", Operator::NotIn, &["zh_CN"]));
    assert!(sees(&viewer, "locale", Operator::Prefix, &["zh"]));
    let viewer = viewer.with("locale", "EN_us").with("locale", "C");
    assert!(sees(&viewer, "locale", Operator::In, &["en-US"]));
    assert!(!sees(&viewer, "locale", Operator::In, &["zh-CN"]));
    assert!(sees(&viewer, "locale", Operator::Glob, &["c"]));
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
    assert_eq!(audience.first_unmet(&PreparedViewer::new(&viewer)), Some(1));
    let viewer = viewer.with("level", "3").with("role", "");
    assert_eq!(audience.first_unmet(&PreparedViewer::new(&viewer)), None);
}

#[test]
fn an_unknown_operator_is_kept_counted_and_never_met() {
    let json = json!([{"attribute": "place", "op": "near", "values": ["here"]},
                      {"attribute": "place", "op": "away"}]);
    let audience = Audience::from_json(&json).unwrap();
    assert_eq!(audience.to_json(), json);
    let compiled = audience.compile().unwrap();
    assert_eq!(compiled.unknown_conditions(), 2);
    let viewer = Viewer::anonymous().with("place", "here");
    assert_eq!(compiled.first_unmet(&PreparedViewer::new(&viewer)), Some(0));
}

#[test]
fn a_stored_condition_that_cannot_be_read_hides_its_announcement_only() {
    let audience = Audience::everyone().and("app", Operator::NotIn, ["x"]).and(
        "app",
        Operator::Version,
        ["no range"],
    );
    assert!(audience.compile().is_err());
    let compiled = audience.compile_lossy();
    assert_eq!(compiled.unknown_conditions(), 1);
    assert_eq!(
        compiled.first_unmet(&PreparedViewer::new(&Viewer::anonymous())),
        Some(1)
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
        (json!({}), ""),
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
fn an_audience_is_at_most_16_kib_of_json() {
    let mut audience = Audience::everyone().and("a", Operator::In, vec!["v".repeat(500); 32]);
    let room = 16 * 1024 - audience.to_json().to_string().len();
    // A further value costs two quotes and a comma.
    audience.conditions[0].values.push("v".repeat(room - 3));
    assert!(audience.compile().is_ok());
    audience.conditions[0].values[0].push('v');
    assert_eq!(audience.compile().unwrap_err().limit(), Some(16 * 1024));
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
            Locale::parse(own).ok() == Some(Locale::parse(value).unwrap())
        } else {
            own == value
        }
    };
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
        Operator::Version => any(&|own, value| {
            let range = VersionRange::parse(value).unwrap();
            Version::parse(own).is_ok_and(|own| range.matches(&own))
        }),
        Operator::Unknown(_) => false,
    }
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
    prop_oneof![
        equal,
        of(
            vec![Operator::Exists, Operator::Unknown("x".into())],
            some_value().boxed()
        ),
        of(vec![Operator::Prefix], "[ab1z]{1,2}".boxed()),
        of(vec![Operator::Glob], "[aB1*-]{1,4}".boxed()),
        of(
            vec![Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le],
            "-?[0-3](\\.5)?".boxed()
        ),
        of(
            vec![Operator::Version],
            "(<|<=|>|>=|=|!=|~|\\^|)[0-3](\\.[0-2]){0,2}".boxed()
        ),
    ]
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
        conditions in prop::collection::vec(some_condition(), 0..4),
        viewers in prop::collection::vec(some_viewer(), 8),
    ) {
        let audience = Audience { conditions };
        prop_assert_eq!(&Audience::from_json(&audience.to_json()).unwrap(), &audience);
        let compiled = audience.compile().unwrap();
        for viewer in viewers {
            let prepared = PreparedViewer::new(&viewer);
            let expected = audience.conditions.iter().position(|one| !holds(one, &viewer));
            prop_assert_eq!(compiled.first_unmet(&prepared), expected, "{:?}", viewer);
            prop_assert_eq!(compiled.matches(&prepared), expected.is_none());
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        name in any::<String>(),
        operator in "in|not_in|exists|prefix|glob|gt|ge|lt|le|version|other",
        values in prop::collection::vec(any::<String>(), 0..3),
        own in any::<String>(),
    ) {
        let operator = Operator::from_name(&operator);
        let audience = Audience::everyone().and(name.clone(), operator, values);
        let viewer = Viewer::new(own.clone()).with(name, own.clone()).with("locale", own);
        let _ = viewer.validate();
        let prepared = PreparedViewer::new(&viewer);
        let lossy = audience.compile_lossy();
        match audience.compile() {
            Ok(compiled) => prop_assert_eq!(compiled.matches(&prepared), lossy.matches(&prepared)),
            Err(_) => prop_assert!(!lossy.matches(&prepared)),
        }
    }
}
