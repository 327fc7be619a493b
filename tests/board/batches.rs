//! Several changes as one revision: all of them, or none.

use notice::{
    ChangeQuery, Draft, ErrorKind, Operation, Outcome, Published, Query, Reference, Severity,
    limits,
};
use serde_json::json;

use crate::support::{Desk, editor_of_all, kind, of, publish, refusal, restore, retract, update};

#[test]
fn later_operations_see_what_earlier_ones_did() {
    let desk = Desk::new();
    let operations = [
        publish(Draft::new("en", "a").key("k")),
        update(1, json!({"priority": 1}), None),
        publish(Draft::new("en", "a2").key("k")),
        publish(Draft::new("en", "b").replaces(Reference::Key("k".to_owned()))),
        retract(1, "why"),
        restore(1),
        Operation::Purge { id: 1 },
        publish(Draft::new("en", "c").key("k")),
    ];
    let done = desk.board.apply(&operations).unwrap();
    let outcomes: Vec<_> = done.iter().map(|d| (d.id, d.outcome, d.version)).collect();
    let expected = [
        (1, Outcome::Created, 1),
        (1, Outcome::Updated, 2),
        (1, Outcome::Updated, 3),
        (2, Outcome::Created, 1),
        (1, Outcome::Retracted, 3),
        (1, Outcome::Restored, 4),
        (1, Outcome::Purged, 4),
        (3, Outcome::Created, 1),
    ];
    assert_eq!(outcomes, expected);
    assert!(done.iter().all(|done| done.revision == 1));
    assert_eq!(desk.revision(), 1);
    assert_eq!(desk.ids(&of("ann")), [2], "3 has the key that 2 replaces");
    assert_eq!(desk.ids(&editor_of_all()), [3, 2]);
}

#[test]
fn a_late_failure_leaves_nothing_behind() {
    let desk = Desk::new();
    let first = desk.publish(Draft::new("en", "a").key("k"));
    let operations = [
        publish(Draft::new("en", "b").key("b").idempotency_key("i")),
        update(first, json!({"key": "moved", "priority": 5}), None),
        retract(first, "x"),
        publish(Draft::new("en", "c").key("k")),
        Operation::Purge { id: 99 },
    ];
    let failed = desk.board.apply(&operations);
    assert_eq!(
        refusal(failed),
        (ErrorKind::NotFound, Some("[4]".to_owned()))
    );
    assert_eq!(desk.revision(), 1);
    let stats = desk.board.stats().unwrap();
    assert_eq!((stats.announcements, stats.changes), (1, 1));
    assert_eq!(stats.idempotency_keys, 0);
    assert_eq!((stats.audiences, stats.retracted), (1, 0));
    assert_eq!(desk.edited(first).key(), "k");
    // The key is not remembered and no id is burnt.
    let again = desk
        .board
        .publish(&Draft::new("en", "other").idempotency_key("i"));
    assert_eq!(again.unwrap().id, first + 1);
}

#[test]
fn each_failure_names_its_place() {
    let desk = Desk::new();
    let id = desk.title("a");
    let fine = || update(id, json!({"priority": 1}), None);
    for (bad, kind, path) in [
        (
            publish(Draft::new("en", "")),
            ErrorKind::InvalidField,
            "[1].texts.en.title",
        ),
        (
            update(id, json!({"priority": 1001}), None),
            ErrorKind::InvalidField,
            "[1].priority",
        ),
        (retract(7, ""), ErrorKind::NotFound, "[1]"),
        (
            retract(id, &"x".repeat(501)),
            ErrorKind::TooLarge,
            "[1].reason",
        ),
        (restore(id), ErrorKind::BadState, "[1]"),
    ] {
        let failed = desk.board.apply(&[fine(), bad.clone(), fine()]);
        assert_eq!(refusal(failed), (kind, Some(path.to_owned())));
        let alone = desk.board.apply_one(bad);
        let rest = path.trim_start_matches("[1]").trim_start_matches('.');
        let rest = (!rest.is_empty()).then(|| rest.to_owned());
        assert_eq!(refusal(alone), (kind, rest));
    }
    assert_eq!(desk.revision(), 1);
}

#[test]
fn a_patch_that_cannot_be_read_names_its_place_in_the_batch() {
    let json = br#"[{"update": {"id": 1, "patch": {"priority": 1}}},
                    {"update": {"id": 1, "patch": {"nope": 1}}}]"#;
    let error = Operation::batch_from_json(json).unwrap_err();
    let place = (error.kind(), error.path());
    assert_eq!(place, (ErrorKind::InvalidField, Some("[1].nope")));
}

#[test]
fn a_batch_of_nothing_and_one_that_changes_nothing_make_no_revision() {
    let desk = Desk::new();
    assert_eq!(desk.board.apply(&[]), Ok(Vec::new()));
    let id = desk.title("a");
    let done = desk
        .board
        .apply(&[update(id, json!({}), None), update(id, json!({}), None)]);
    let unchanged = |done: &Published| (done.outcome, done.revision) == (Outcome::Unchanged, 1);
    assert!(done.unwrap().iter().all(unchanged));
    assert_eq!(desk.revision(), 1);
}

#[test]
fn ten_thousand_operations_are_a_batch_and_one_more_is_not() {
    let desk = Desk::new();
    let id = desk.title("a");
    let operations = vec![retract(id, ""); limits::BATCH + 1];
    let refused = desk.board.apply(&operations).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.limit()),
        (ErrorKind::TooLarge, Some(10_000))
    );
    assert_eq!(desk.board.apply(&operations[1..]).unwrap().len(), 10_000);
    assert_eq!(desk.revision(), 2);
}

#[test]
fn keys_can_be_swapped_in_a_batch() {
    let desk = Desk::new();
    let a = desk.publish(Draft::new("en", "a").key("x"));
    let b = desk.publish(Draft::new("en", "b").key("y"));
    let direct = [
        update(a, json!({"key": "y"}), None),
        update(b, json!({"key": "x"}), None),
    ];
    assert_eq!(kind(desk.board.apply(&direct)), ErrorKind::Exists);
    let by_another = [
        update(a, json!({"key": "z"}), None),
        update(b, json!({"key": "x"}), None),
        update(a, json!({"key": "y"}), None),
    ];
    desk.board.apply(&by_another).unwrap();
    assert_eq!(desk.publish(Draft::new("en", "a2").key("y")), a);
    assert_eq!(desk.publish(Draft::new("en", "b2").key("x")), b);
    assert_eq!(desk.publish(Draft::new("en", "c").key("z")), b + 1);
}

#[test]
fn a_follower_gets_a_batch_whole_however_small_the_pages() {
    let desk = Desk::new();
    let drafts: Vec<Draft> = (0..7).map(|n| Draft::new("en", n.to_string())).collect();
    desk.board.publish_all(&drafts).unwrap();
    desk.board.publish_all(&drafts[..3]).unwrap();
    let changes = |since, limit| {
        let page = desk
            .board
            .changes(&ChangeQuery::since(since, of("ann")).limit(limit));
        let page = page.unwrap();
        (page.events.len(), page.to_revision, page.more)
    };
    for limit in 1..=7 {
        assert_eq!(changes(0, limit), (7, 1, true));
        assert_eq!(changes(1, limit), (3, 2, false));
    }
    assert_eq!(changes(0, 8), (10, 2, false));
    assert_eq!(changes(2, 1), (0, 2, false));
}

#[test]
fn what_came_and_went_inside_one_batch_was_never_there() {
    let desk = Desk::new();
    let gone = [publish(Draft::new("en", "a")), Operation::Purge { id: 1 }];
    desk.board.apply(&gone).unwrap();
    for query in [of("ann"), Query::editor(), editor_of_all()] {
        assert!(desk.events(0, &query).is_empty());
    }
    assert_eq!(desk.title("b"), 2, "the id is dead all the same");
}

#[test]
fn an_audience_that_a_batch_passes_through_tells_its_members_nothing() {
    let desk = Desk::new();
    let only = |role: &str| json!([{"attribute": "role", "op": "in", "values": [role]}]);
    let draft = Draft::new("en", "secret").severity(Severity::Critical);
    let id = desk.publish(draft.audience("role", notice::Operator::In, ["boss"]));
    let since = desk.revision();
    let through = [
        update(id, json!({"audience": null}), None),
        update(id, json!({"audience": only("chief")}), None),
    ];
    desk.board.apply(&through).unwrap();
    assert!(desk.events(since, &of("ann")).is_empty());
    let mut boss = of("bo");
    boss.viewer = boss.viewer.with("role", "boss");
    assert!(
        desk.events(since, &boss)
            .iter()
            .all(|event| event.item.is_none())
    );
    assert!(!desk.events(since, &boss).is_empty());
}
