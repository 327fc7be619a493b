//! An update is a JSON merge patch (RFC 7396) over the writable fields.

use notice::{Audience, Draft, ErrorKind, Format, Outcome, Placement, Reference, Severity, Text};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{Desk, NOW, refusal};

/// RFC 7396 section 2, said once more.
fn merged(target: &Value, patch: &Value) -> Value {
    let Some(patch) = patch.as_object() else {
        return patch.clone();
    };
    let mut result = target.as_object().cloned().unwrap_or_default();
    for (name, value) in patch {
        match value {
            Value::Null => drop(result.shift_remove(name)),
            value => {
                let old = result.get(name).cloned().unwrap_or(Value::Null);
                result.insert(name.clone(), merged(&old, value));
            }
        }
    }
    Value::Object(result)
}

/// What `extras` becomes when it is patched.
fn patched(extras: &Value, patch: &Value) -> Value {
    let desk = Desk::new();
    let draft = json!({"texts": {"en": {"title": "t"}}, "extras": extras});
    let id = desk.publish(Draft::from_value(&draft).unwrap());
    desk.update(id, json!({"extras": patch}));
    Value::Object(desk.edited(id).extras())
}

#[test]
fn the_examples_of_the_rfc_hold() {
    // Appendix A, as far as both sides are objects: `extras` is one.
    let cases = [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (
            json!({"a": "b"}),
            json!({"b": "c"}),
            json!({"a": "b", "b": "c"}),
        ),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (
            json!({"a": "b", "b": "c"}),
            json!({"a": null}),
            json!({"b": "c"}),
        ),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            json!({"a": {"b": "d"}}),
        ),
        (
            json!({"a": [{"b": "c"}]}),
            json!({"a": [1]}),
            json!({"a": [1]}),
        ),
        (
            json!({"e": null}),
            json!({"a": 1}),
            json!({"e": null, "a": 1}),
        ),
        (
            json!({}),
            json!({"a": {"bb": {"ccc": null}}}),
            json!({"a": {"bb": {}}}),
        ),
    ];
    for (target, patch, result) in cases {
        assert_eq!(patched(&target, &patch), result, "{target} with {patch}");
        assert_eq!(merged(&target, &patch), result, "the oracle itself");
    }
}

#[test]
fn a_patch_must_be_an_object() {
    let desk = Desk::new();
    let id = desk.title("a");
    for patch in [json!(null), json!("b"), json!(["c"]), json!(1), json!(true)] {
        let refused = desk.try_update(id, patch, None);
        assert_eq!(
            refusal(refused),
            (ErrorKind::InvalidField, Some("patch".to_owned()))
        );
    }
    for extras in [json!("b"), json!(["c"]), json!(1)] {
        let refused = desk.try_update(id, json!({ "extras": extras }), None);
        assert_eq!(
            refusal(refused),
            (ErrorKind::InvalidField, Some("extras".to_owned()))
        );
    }
    assert_eq!(desk.revision(), 1);
}

#[test]
fn null_sets_every_field_back_to_its_default() {
    let desk = Desk::new();
    let full = json!({
        "key": "k", "channel": "c", "severity": "critical", "priority": 9, "pinned": true,
        "starts_at": NOW - 1, "ends_at": NOW + 9, "event_from": NOW, "event_to": NOW,
        "texts": {"en": {"title": "t", "summary": "s", "body": "b", "format": "markdown"}},
        "audience": [{"attribute": "a", "op": "exists"}], "display": ["popup"],
        "dismissible": false, "require_ack": true, "show_limit": 3, "show_interval_ms": 4,
        "actions": [{"id": "a", "kind": "copy", "label": {"en": "a"}, "value": "v"}],
        "category": "c", "tags": ["t"], "replaces": ["r"], "author": "a", "source": "s",
        "external_id": "e", "extras": {"x": 1}
    });
    let id = desk.publish(Draft::from_value(&full).unwrap());
    for (name, value) in full.as_object().unwrap() {
        if name == "texts" {
            continue;
        }
        let mut patch = Map::new();
        patch.insert(name.clone(), Value::Null);
        let done = desk.update(id, Value::Object(patch.clone()));
        assert_eq!(done.outcome, Outcome::Updated, "{name}");
        patch.insert(name.clone(), value.clone());
        assert_eq!(
            desk.update(id, Value::Object(patch)).outcome,
            Outcome::Updated
        );
    }
    let nulls: Map<String, Value> = full
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| *name != "texts")
        .map(|name| (name.clone(), Value::Null))
        .collect();
    desk.update(id, Value::Object(nulls));
    desk.update(
        id,
        json!({"texts": {"en": {"summary": null, "body": null, "format": null}}}),
    );
    let plain = Draft::new("en", "t").channel("default").visible(NOW, None);
    let plain = plain.default_locale("en");
    assert_eq!(desk.edited(id).record().unwrap().to_draft(), plain);
    let refused = desk.try_update(id, json!({"texts": null}), None);
    assert_eq!(
        refusal(refused),
        (ErrorKind::InvalidField, Some("texts".to_owned()))
    );
}

#[test]
fn lists_are_replaced_as_a_whole() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").tag("x").tag("y"));
    desk.update(id, json!({"tags": ["z"], "replaces": [77, "k"]}));
    let a = desk.edited(id).record().unwrap().clone();
    assert_eq!(a.tags().collect::<Vec<_>>(), ["z"]);
    let replaces = [Reference::Id(77), Reference::Key("k".to_owned())];
    assert_eq!(a.replaces(), replaces);
}

#[test]
fn the_texts_of_one_locale_are_added_changed_and_removed_alone() {
    let desk = Desk::new();
    let id = desk.publish(
        Draft::from_text(Text::new("en", "hello").summary("s").markdown("*b*"))
            .text(Text::new("zh-CN", "你好").body("正文")),
    );
    let texts = || -> Vec<(String, String, String)> {
        let a = desk.edited(id).record().unwrap().clone();
        a.texts()
            .map(|t| (t.locale.to_owned(), t.title.to_owned(), t.body.to_owned()))
            .collect()
    };
    let text = |l: &str, t: &str, b: &str| (l.to_owned(), t.to_owned(), b.to_owned());
    desk.update(id, json!({"texts": {"zh-CN": {"title": "您好"}}}));
    assert_eq!(
        texts(),
        [text("en", "hello", "*b*"), text("zh-CN", "您好", "正文")]
    );
    assert_eq!(
        desk.edited(id).record().unwrap().format(0),
        Format::Markdown
    );
    desk.update(
        id,
        json!({"texts": {"de": {"title": "Hallo"}, "zh-CN": null}}),
    );
    assert_eq!(
        texts(),
        [text("en", "hello", "*b*"), text("de", "Hallo", "")]
    );
    desk.update(id, json!({"texts": {"fr": null}}));
    assert_eq!(texts().len(), 2, "what is not there cannot be taken away");
    let refused = desk.try_update(id, json!({"texts": {"de": {"title": null}}}), None);
    assert_eq!(
        refusal(refused),
        (ErrorKind::InvalidField, Some("texts.de.title".to_owned()))
    );
    let both = desk.try_update(id, json!({"texts": {"de": null, "en": null}}), None);
    assert_eq!(
        refusal(both),
        (ErrorKind::InvalidField, Some("texts".to_owned()))
    );
}

#[test]
fn the_default_locale_is_not_taken_away_unseen() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "hello").text(Text::new("de", "hallo")));
    let refused = desk.try_update(id, json!({"texts": {"en": null}}), None);
    assert_eq!(
        refusal(refused),
        (ErrorKind::InvalidField, Some("default_locale".to_owned()))
    );
    desk.update(id, json!({"texts": {"en": null}, "default_locale": null}));
    assert_eq!(desk.item("ann", id).text().title, "hallo");
}

#[test]
fn what_the_engine_gives_and_what_is_unknown_is_refused() {
    let desk = Desk::new();
    let id = desk.title("a");
    for name in [
        "id",
        "version",
        "notify_version",
        "revision",
        "notify_revision",
        "state",
        "created_at",
        "published_at",
        "updated_at",
        "retracted_at",
        "retract_reason",
        "colour",
    ] {
        let mut patch = Map::new();
        // It is 1 for some.
        patch.insert(name.to_owned(), json!(7));
        let refused = desk.try_update(id, Value::Object(patch), None);
        assert_eq!(
            refusal(refused),
            (ErrorKind::InvalidField, Some(name.to_owned()))
        );
    }
    assert_eq!(desk.revision(), 1);
}

#[test]
fn a_patch_is_held_to_every_limit() {
    let desk = Desk::new();
    let id = desk.title("a");
    let deep: Value = (0..8).fold(json!({}), |inner, _| json!({ "x": inner }));
    let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
    for (patch, kind, path) in [
        (
            json!({"priority": 1001}),
            ErrorKind::InvalidField,
            "priority",
        ),
        (
            json!({"priority": "1"}),
            ErrorKind::InvalidField,
            "priority",
        ),
        (json!({"tags": many}), ErrorKind::TooLarge, "tags"),
        (json!({"key": "a "}), ErrorKind::InvalidField, "key"),
        (
            json!({"extras": deep}),
            ErrorKind::TooLarge,
            "extras.x.x.x.x.x.x.x.x",
        ),
        (
            json!({"texts": {"en": {"body": "x".repeat(65537)}}}),
            ErrorKind::TooLarge,
            "texts.en.body",
        ),
        (
            json!({"audience": [{"attribute": "v", "op": "version", "values": [">>1"]}]}),
            ErrorKind::InvalidField,
            "audience[0].values[0]",
        ),
    ] {
        let refused = desk.try_update(id, patch, None);
        assert_eq!(refusal(refused), (kind, Some(path.to_owned())));
    }
}

#[test]
fn small_fields_take_their_json_forms() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.update(
        id,
        json!({
            "severity": "notice", "display": ["list", "ticker"], "ends_at": "2100-01-01T00:00:00Z",
            "audience": [{"attribute": "level", "op": "ge", "values": [7]}]
        }),
    );
    let a = desk.edited(id).record().unwrap().clone();
    assert_eq!(a.severity(), Severity::Notice);
    assert_eq!(a.display(), Placement::LIST | Placement::TICKER);
    assert_eq!(a.ends_at(), Some(4_102_444_800_000));
    let audience = Audience::everyone().and("level", notice::Operator::Ge, ["7"]);
    assert_eq!(*a.audience(), audience);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => (0..3i64).prop_map(Value::from),
        1 => "[a-b]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            3 => object_of(inner),
        ]
    })
}

fn object_of(inner: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-c]", inner, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patching_extras_agrees_with_the_rfc(
        target in object_of(json_value()),
        patch in object_of(json_value()),
    ) {
        prop_assert_eq!(patched(&target, &patch), merged(&target, &patch));
    }
}
