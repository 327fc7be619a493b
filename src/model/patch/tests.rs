//! Comparison of typed patches with JSON merge patches on a draft's JSON: same results, same refusals.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::super::validate::no_text;
use super::Patch;
use crate::error::{Bilingual, Error, Result};
use crate::model::{Draft, Format, Importance, Locale, Severity};

/// Merges by RFC 7396, section 2, word for word.
fn merged(target: &Value, patch: &Value) -> Value {
    let Some(patch) = patch.as_object() else {
        return patch.clone();
    };
    let mut result = target.as_object().cloned().unwrap_or_default();
    for (name, value) in patch {
        if value.is_null() {
            result.shift_remove(name);
        } else {
            let old = result.get(name).cloned().unwrap_or(Value::Null);
            result.insert(name.clone(), merged(&old, value));
        }
    }
    Value::Object(result)
}

/// Patches `draft` through its JSON.
fn by_json(draft: &Draft, patch: &Value) -> Result<Draft> {
    let mut patch = patch.clone();
    if let Some(Value::Object(texts)) = patch.get_mut("texts") {
        let mut named = Map::new();
        for (name, text) in texts.iter() {
            let kept = Locale::parse(name).map_or(name.clone(), |l| l.as_str().to_owned());
            if named.insert(kept, text.clone()).is_some() {
                let reason = Bilingual::new("duplicate", "重复");
                return Err(Error::invalid(format!("texts.{name}"), name, reason));
            }
        }
        *texts = named;
    }
    with_a_text(Draft::from_value(&merged(&draft.to_json(), &patch))?)
}

/// A patch that removes all texts is refused on reading, a merge on checking the draft.
fn with_a_text(draft: Draft) -> Result<Draft> {
    match draft.texts.is_empty() {
        true => Err(no_text()),
        false => Ok(draft),
    }
}

/// Patches `draft` with a typed patch.
fn by_patch(draft: &Draft, patch: &Value) -> Result<Draft> {
    let patch = Patch::from_value(patch)?;
    let mut draft = draft.clone();
    patch.apply(&mut draft);
    with_a_text(draft)
}

/// Fields with values that a draft may have.
fn fields() -> impl Strategy<Value = Map<String, Value>> {
    let values: Vec<(&str, Vec<Value>)> = vec![
        ("key", vec![json!("k"), json!("l/1"), json!("")]),
        ("channel", vec![json!("ops"), json!("")]),
        ("severity", vec![json!("info"), json!("critical")]),
        ("priority", vec![json!(0), json!(-7)]),
        ("pinned", vec![json!(true), json!(false)]),
        (
            "starts_at",
            vec![json!(5), json!("2026-06-18T20:00:00+08:00")],
        ),
        ("ends_at", vec![json!(0), json!(9_000_000_000_000_i64)]),
        ("event_from", vec![json!(0), json!(4)]),
        ("event_to", vec![json!(7), json!(8)]),
        (
            "default_locale",
            vec![json!("en"), json!("zh-CN"), json!("")],
        ),
        (
            "audience",
            vec![json!([]), json!([{"attribute": "a", "op": "exists"}])],
        ),
        (
            "display",
            vec![json!([]), json!(["list"]), json!(["popup", "badge"])],
        ),
        ("dismissible", vec![json!(true), json!(false)]),
        ("require_ack", vec![json!(true), json!(false)]),
        ("show_limit", vec![json!(0), json!(3)]),
        ("show_interval_ms", vec![json!(0), json!(4)]),
        (
            "actions",
            vec![
                json!([]),
                json!([{"id": "a", "kind": "copy", "label": {"en": "a"}, "value": null}]),
            ],
        ),
        ("category", vec![json!("c"), json!("")]),
        ("tags", vec![json!([]), json!(["a", "b"])]),
        ("replaces", vec![json!([]), json!([7, "k"])]),
        ("author", vec![json!("a"), json!("")]),
        ("source", vec![json!("s"), json!("")]),
        ("external_id", vec![json!("e"), json!("")]),
        ("change", vec![json!("minor"), json!("major")]),
    ];
    let one = select(values).prop_flat_map(|(name, values)| (Just(name), select(values)));
    prop::collection::vec(one, 0..8)
        .prop_map(|fields| fields.into_iter().map(|(n, v)| (n.to_owned(), v)).collect())
}

fn extras() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => "[a-b]{0,2}".prop_map(Value::from),
        1 => Just(json!([{"a": null}, 1])),
    ];
    let inner = leaf.prop_recursive(3, 12, 3, members);
    members(inner)
}

fn members(inner: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop::collection::btree_map("[a-c]", inner, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
        .boxed()
}

fn draft() -> impl Strategy<Value = Draft> {
    let texts = select(vec![
        json!({"en": {"title": "e"}}),
        json!({"zh-CN": {"title": "c", "summary": "s"}, "en": {"title": "e", "body": "b"}}),
        json!({"de": {"title": "d", "format": "markdown"}, "en": {"title": "e"}}),
    ]);
    (fields(), texts, extras()).prop_map(|(mut fields, texts, extras)| {
        fields.insert("texts".to_owned(), texts);
        fields.insert("extras".to_owned(), extras);
        Draft::from_value(&Value::Object(fields)).unwrap()
    })
}

/// A value that is not a text, and rarely valid anywhere.
fn wrong() -> impl Strategy<Value = Value> {
    select(vec![
        json!(1.5),
        json!([1]),
        json!({"x": 1}),
        json!("?"),
        json!(-1),
    ])
}

fn text_patches() -> impl Strategy<Value = Value> {
    let locale = select(vec!["en", "EN", "zh-CN", "zh_cn", "de", "fr", "12"]);
    let member = select(vec!["title", "summary", "body", "format", "colour"]);
    let value = prop_oneof![
        3 => Just(json!("markdown")),
        2 => Just(Value::Null),
        1 => wrong(),
    ];
    let member_map = prop::collection::btree_map(member, value, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()));
    let text = prop_oneof![6 => member_map, 2 => Just(Value::Null), 1 => wrong()];
    let texts = prop::collection::btree_map(locale, text, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()));
    prop_oneof![12 => texts, 1 => Just(Value::Null), 1 => wrong()]
}

/// A patch, sometimes with invalid members.
fn patch() -> impl Strategy<Value = Value> {
    let cleared = prop::collection::vec(
        select(vec![
            "key",
            "severity",
            "priority",
            "pinned",
            "ends_at",
            "audience",
            "display",
            "dismissible",
            "actions",
            "tags",
            "extras",
            "change",
            "colour",
            "id",
        ]),
        0..3,
    );
    let odd = prop::option::weighted(
        0.3,
        (
            select(vec![
                "key",
                "severity",
                "priority",
                "pinned",
                "ends_at",
                "audience",
                "display",
                "show_limit",
                "actions",
                "tags",
                "replaces",
                "extras",
                "change",
                "colour",
            ]),
            wrong(),
        ),
    );
    let texts = prop::option::of(text_patches());
    let extras = prop::option::of(extras());
    (fields(), cleared, odd, texts, extras).prop_map(|(mut fields, cleared, odd, texts, extras)| {
        let named = [("texts", texts), ("extras", extras)];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in cleared
            .into_iter()
            .map(|n| (n, Value::Null))
            .chain(named)
            .chain(odd)
        {
            fields.insert(name.to_owned(), value);
        }
        Value::Object(fields)
    })
}

/// A patch, and its members one by one, as deep as a text's.
fn parts(patch: &Value, depth: usize) -> Vec<Value> {
    let mut parts = vec![patch.clone()];
    if let (Value::Object(members), 1..) = (patch, depth) {
        for (name, value) in members {
            let inner = self::parts(value, depth - 1);
            parts.extend(inner.into_iter().map(|part| json!({ name.as_str(): part })));
        }
    }
    parts
}

/// Whether an unknown member is null, which a merge forgets and a patch refuses.
fn has_unknown_null(patch: &Value) -> bool {
    let is_null = |members: &Value| members.get("colour") == Some(&Value::Null);
    let texts = patch.get("texts").and_then(Value::as_object);
    is_null(patch) || texts.is_some_and(|texts| texts.values().any(is_null))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_patch_does_what_a_merge_of_the_json_does(draft in draft(), patch in patch()) {
        prop_assume!(!has_unknown_null(&patch));
        match (by_patch(&draft, &patch), by_json(&draft, &patch)) {
            (Ok(patched), Ok(expected)) => {
                prop_assert_eq!(&patched, &expected);
                prop_assert_eq!(patched.to_json().to_string(), expected.to_json().to_string());
            }
            (Err(error), Err(_)) => {
                // With several faults, either may be reported first.
                let alone = parts(&patch, 3);
                let alone = || alone.iter().map(|part| by_json(&draft, part));
                prop_assert!(alone().any(|one| one.as_ref() == Err(&error)), "{error:?}");
            }
            (one, other) => prop_assert!(false, "{one:?}, but {other:?}"),
        }
    }

    #[test]
    fn a_patch_is_read_from_what_it_is_written_as(patch in patch()) {
        if let Ok(read) = Patch::from_value(&patch) {
            prop_assert_eq!(Patch::from_value(&read.to_json()), Ok(read));
        }
    }
}

#[test]
fn what_is_built_is_what_is_read() {
    let built = Patch::new()
        .title("zh_cn", "停机")
        .body("en", "*b*")
        .format("en", Format::Markdown)
        .summary("en", "")
        .title("de", "never")
        .remove_text("DE")
        .key("")
        .severity(Severity::Warning)
        .starts_at(7)
        .ends_at(None)
        .tags(["a".to_owned()])
        .clear_extras()
        .extra("n", 1)
        .extra("gone", Value::Null)
        .change(Importance::Minor);
    let json = json!({
        "key": null, "severity": "warning", "starts_at": 7, "ends_at": null,
        "texts": {
            "zh-CN": {"title": "停机"},
            "en": {"summary": null, "body": "*b*", "format": "markdown"},
            "de": null
        },
        "tags": ["a"], "extras": {"n": 1, "gone": null}, "change": "minor"
    });
    assert_eq!(Patch::from_value(&json).as_ref(), Ok(&built));
    assert_eq!(built.to_json(), json);
    assert_eq!(Patch::new().to_json(), json!({}));
    assert_eq!(
        Patch::new().clear_extras().to_json(),
        json!({"extras": null})
    );
}

#[test]
fn what_is_no_patch_is_refused_with_its_path() {
    for (json, path) in [
        ("[]", "patch"),
        ("null", "patch"),
        ("{", "patch"),
        (r#"{"pinned": 1}"#, "pinned"),
        (r#"{"pinned": true, "pinned": true}"#, "pinned"),
        (r#"{"version": "1"}"#, "version"),
        (r#"{"colour": null}"#, "colour"),
        (r#"{"idempotency_key": "i"}"#, "idempotency_key"),
        (r#"{"idempotency_key": null}"#, "idempotency_key"),
        (r#"{"texts": null}"#, "texts"),
        (r#"{"texts": {"zh-CN": null, "zh_cn": {}}}"#, "texts.zh_cn"),
        (r#"{"texts": {"en": {"body": 1}}}"#, "texts.en.body"),
        (r#"{"extras": []}"#, "extras"),
    ] {
        let error = Patch::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.path(), Some(path), "{json}");
    }
}
