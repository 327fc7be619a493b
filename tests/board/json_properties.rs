//! What holds of JSON for any draft.

use notice::{
    Action, ActionKind, Audience, Condition, Draft, Format, Importance, Operator, Outcome,
    Placement, Query, Reference, Severity, Text,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::histories::any_draft;
use crate::support::board;

fn any_value() -> impl Strategy<Value = Value> {
    const MAX: i64 = (1 << 53) - 1;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-MAX..=MAX).prop_map(Value::from),
        (-1e15..1e15).prop_map(Value::from),
        (-1.0..1.0).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn texts() -> impl Strategy<Value = Vec<Text>> {
    let text = ("[a-z]{2}(-[A-Z]{2})?", any::<[String; 3]>(), any::<bool>());
    prop::collection::vec(text, 0..4).prop_map(|texts| {
        let mut made: Vec<Text> = Vec::new();
        for (locale, [title, summary, body], markdown) in texts {
            let format = if markdown {
                Format::Markdown
            } else {
                Format::Text
            };
            if made.iter().all(|text| text.locale != locale) {
                made.push({
                    let mut text = Text::new(locale, title);
                    text.summary = summary;
                    text.body = body;
                    text.format = format;
                    text
                });
            }
        }
        made
    })
}

fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    let operator = prop::sample::select(vec![
        "in", "not_in", "exists", "prefix", "glob", "gt", "ge", "lt", "le", "version", "later",
    ]);
    let values = prop::collection::vec(any::<String>(), 0..3);
    let condition = (any::<String>(), operator, values);
    let condition = condition.prop_map(|(attribute, operator, values)| {
        Condition::new(attribute, Operator::from_name(operator), values)
    });
    prop::collection::vec(condition, 0..3)
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let label = prop::collection::btree_map("[a-z]{2}", any::<String>(), 0..3);
    let kind = prop::sample::select(ActionKind::ALL);
    let action = (any::<[String; 2]>(), kind, label);
    let action = action.prop_map(|([id, value], kind, label)| {
        let action = Action::new(id, kind, value);
        label.into_iter().fold(action, |action, (locale, label)| {
            action.label(locale, label)
        })
    });
    prop::collection::vec(action, 0..3)
}

/// Any draft that JSON can say, whether or not it may be published.
fn wild_draft() -> impl Strategy<Value = Draft> {
    const MAX: i64 = (1 << 53) - 1;
    let reference = prop_oneof![
        (-MAX..=MAX).prop_map(Reference::Id),
        any::<String>().prop_map(Reference::Key),
    ];
    let lists = (
        texts(),
        conditions(),
        actions(),
        prop::collection::vec(any::<String>(), 0..3),
        prop::collection::vec(reference, 0..3),
        prop::collection::hash_map(any::<String>(), any_value(), 0..4),
    );
    let numbers = (
        prop::array::uniform4(prop_oneof![Just(0), -MAX..=MAX]),
        any::<(i32, u32, u32, bool, bool, bool)>(),
        0..32_u32,
        prop::sample::select(Severity::ALL),
        prop::sample::select(vec![None, Some(Importance::Minor), Some(Importance::Major)]),
    );
    let names = any::<[String; 8]>();
    (lists, numbers, names).prop_map(|(lists, numbers, names)| {
        let (texts, conditions, actions, tags, replaces, extras) = lists;
        let (times, plain, display, severity, change) = numbers;
        let [starts_at, ends_at, event_from, event_to] = times;
        let (priority, show_limit, show_interval_ms, pinned, dismissible, require_ack) = plain;
        let [
            key,
            channel,
            default_locale,
            category,
            author,
            source,
            external_id,
            idempotency_key,
        ] = names;
        {
            let set = |time: i64| Some(time).filter(|time| *time != 0);
            let count = |n: u32| Some(n).filter(|n| *n != 0);
            let mut draft = Draft::default();
            draft.audience = Audience::from(conditions);
            draft.display = Placement::from_bits(display).unwrap();
            draft.extras = extras.into_iter().collect();
            draft.key = key;
            draft.channel = channel;
            draft.severity = severity;
            draft.priority = priority;
            draft.pinned = pinned;
            draft.starts_at = set(starts_at);
            draft.ends_at = set(ends_at);
            draft.event_from = set(event_from);
            draft.event_to = set(event_to);
            draft.texts = texts;
            draft.default_locale = default_locale;
            draft.dismissible = dismissible;
            draft.require_ack = require_ack;
            draft.show_limit = count(show_limit);
            draft.show_interval_ms = count(show_interval_ms);
            draft.actions = actions;
            draft.category = category;
            draft.tags = tags;
            draft.replaces = replaces;
            draft.author = author;
            draft.source = source;
            draft.external_id = external_id;
            draft.change = change;
            draft.idempotency_key = idempotency_key;
            draft
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_draft_survives_json(draft in wild_draft()) {
        let json = draft.to_json();
        prop_assert_eq!(&Draft::from_value(&json).unwrap(), &draft);
        prop_assert_eq!(&Draft::from_json(json.to_string().as_bytes()).unwrap(), &draft);
        let pretty = serde_json::to_string_pretty(&json).unwrap();
        prop_assert_eq!(Draft::from_json(pretty.as_bytes()).unwrap(), draft);
    }

    #[test]
    fn bytes_that_are_cut_or_changed_never_panic(
        draft in wild_draft(), cut in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut json = draft.to_json().to_string().into_bytes();
        let at = cut.index(json.len());
        prop_assert!(Draft::from_json(&json[..at]).is_err());
        json[at] = byte;
        if let Ok(draft) = Draft::from_json(&json) {
            let _ = draft.validate();
        }
    }

    #[test]
    fn what_may_be_published_comes_back_as_it_was(draft in any_draft()) {
        let (board, _) = board();
        let keyed = draft.key("k").visible(None, None);
        let id = board.publish(&keyed).unwrap().id;
        let json = board.get(id, &Query::editor()).unwrap().record().unwrap().to_json();
        let mut members = json.as_object().unwrap().clone();
        members.retain(|name, _| !GIVEN.contains(&name.as_str()));
        let read = Draft::from_value(&Value::Object(members)).unwrap();
        prop_assert_eq!(board.publish(&read).unwrap().outcome, Outcome::Unchanged);
    }
}

const GIVEN: [&str; 9] = [
    "id",
    "version",
    "notify_version",
    "revision",
    "notify_revision",
    "state",
    "created_at",
    "published_at",
    "updated_at",
];
