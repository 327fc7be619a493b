//! Publish, update, retract, restore, purge.

use notice::{
    ChangeKind, Draft, ErrorKind, Filter, Importance, Lifecycle, Operation, Operator, Outcome,
    Patch, Phase, Published, Query, Severity, Text,
};
use serde_json::{Value, json};

use crate::support::{Desk, NONE, NOW, editor_of_all, kind, of, refusal};

fn notify(desk: &Desk, id: i64) -> (u32, u32) {
    let item = desk.edited(id);
    (item.version(), item.notify_version())
}

#[test]
fn an_update_changes_what_it_names_and_leaves_the_rest() {
    let desk = Desk::new();
    let id = desk.publish(
        Draft::new("en", "a")
            .key("k")
            .tag("t")
            .severity(Severity::Warning),
    );
    desk.at(5);
    let done = desk.update(id, json!({"priority": 3}));
    let expected = Published::new(id, 2, 2, Outcome::Updated);
    assert_eq!(done, expected);
    let a = desk.edited(id).record().unwrap().clone();
    assert_eq!(
        (a.priority(), a.severity(), a.key()),
        (3, Severity::Warning, "k")
    );
    assert_eq!((a.created_at(), a.published_at()), (NOW, NOW));
    assert_eq!((a.updated_at(), a.starts_at()), (NOW + 5, NOW));
    assert_eq!((a.revision(), a.notify_revision()), (2, 1));
}

#[test]
fn an_update_that_changes_nothing_makes_no_revision() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").tag("t"));
    for patch in [
        json!({}),
        json!({"priority": 0}),
        json!({"tags": ["t"], "ends_at": null}),
        json!({"texts": {"en": {"title": "a"}}}),
        json!({"channel": "default"}),
        json!({"channel": null}),
        json!({"change": "major"}),
    ] {
        let done = desk.update(id, patch);
        assert_eq!(
            (done.outcome, done.revision, done.version),
            (Outcome::Unchanged, 1, 1)
        );
    }
    assert_eq!(desk.revision(), 1);
}

#[test]
fn words_severity_start_and_event_are_news_and_the_rest_is_not() {
    let one_condition = json!([{"attribute": "x", "op": "exists"}]);
    let news: [Value; 6] = [
        json!({"texts": {"en": {"title": "b"}}}),
        json!({"texts": {"en": {"body": "b"}}}),
        json!({"severity": "critical"}),
        json!({"starts_at": NOW - 1}),
        json!({"event_from": NOW}),
        json!({"event_to": NOW}),
    ];
    let rest: [Value; 23] = [
        json!({"texts": {"de": {"title": "b"}}}),
        json!({"texts": {"en": {"body": " x\r\n"}}}),
        json!({"texts": {"en": {"format": "markdown"}}}),
        json!({"severity": "none"}),
        json!({"ends_at": NOW + 9}),
        json!({"audience": one_condition}),
        json!({"texts": {"en": {"summary": "b"}}}),
        json!({"key": "k2"}),
        json!({"channel": "c"}),
        json!({"priority": 1}),
        json!({"pinned": true}),
        json!({"display": ["popup"]}),
        json!({"dismissible": false}),
        json!({"require_ack": true}),
        json!({"show_limit": 1}),
        json!({"show_interval_ms": 1}),
        json!({"category": "c"}),
        json!({"tags": ["t"]}),
        json!({"replaces": ["other"]}),
        json!({"author": "a", "source": "s"}),
        json!({"external_id": "e"}),
        json!({"extras": {"a": 1}}),
        json!({"actions": [{"id": "a", "kind": "copy", "label": {"en": "a"}, "value": "v"}]}),
    ];
    let notified_by = |patch: &Value, change: Option<Importance>| {
        let desk = Desk::new();
        let id = desk.publish(Draft::from_text(Text::new("en", "a").body("x")));
        let done = desk.try_update(id, patch.clone(), change).unwrap();
        assert_eq!(done.version, 2, "{patch}");
        notify(&desk, id).1
    };
    for patch in &news {
        assert_eq!(notified_by(patch, None), 2, "{patch}");
        assert_eq!(notified_by(patch, Some(Importance::Minor)), 1, "{patch}");
    }
    for patch in &rest {
        assert_eq!(notified_by(patch, None), 1, "{patch}");
        assert_eq!(notified_by(patch, Some(Importance::Major)), 2, "{patch}");
    }
    assert_eq!(
        notified_by(&json!({"severity": "none", "change": "minor"}), None),
        1
    );
}

#[test]
fn an_upsert_by_key_follows_the_same_rules() {
    let desk = Desk::new();
    let draft = Draft::new("en", "a").key("k");
    let id = desk.publish(draft.clone());
    assert_eq!(desk.publish(draft.clone().priority(1)), id);
    assert_eq!(notify(&desk, id), (2, 1));
    desk.publish(draft.clone().priority(1).severity(Severity::Critical));
    assert_eq!(notify(&desk, id), (3, 3));
    desk.publish(draft.severity(Severity::Warning).change(Importance::Minor));
    assert_eq!(notify(&desk, id), (4, 3));
}

#[test]
fn if_version_refuses_a_change_that_lost_the_race() {
    let desk = Desk::new();
    let id = desk.title("a");
    let update = |if_version, n: i32| {
        desk.board.apply_one(Operation::Update {
            id,
            patch: Box::new(Patch::new().priority(n)),
            if_version: Some(if_version),
            change: None,
        })
    };
    assert_eq!(update(1, 1).unwrap().version, 2);
    for stale in [0, 1, 3, u32::MAX] {
        assert_eq!(kind(update(stale, 2)), ErrorKind::VersionConflict);
        let retract = Operation::Retract {
            id,
            reason: String::new(),
            if_version: Some(stale),
        };
        assert_eq!(
            kind(desk.board.apply_one(retract)),
            ErrorKind::VersionConflict
        );
        let restore = Operation::Restore {
            id,
            if_version: Some(stale),
        };
        assert_eq!(
            kind(desk.board.apply_one(restore)),
            ErrorKind::VersionConflict
        );
    }
    assert_eq!(desk.revision(), 2);
    assert_eq!(update(2, 2).unwrap().version, 3);
    let retract = Operation::Retract {
        id,
        reason: String::new(),
        if_version: Some(3),
    };
    assert_eq!(
        desk.board.apply_one(retract).unwrap().outcome,
        Outcome::Retracted
    );
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let desk = Desk::new();
    let gone = desk.title("a");
    desk.purge(gone);
    for id in [gone, 2, 0, -1, i64::MAX] {
        let operations = [
            crate::support::update(id, json!({}), None),
            crate::support::retract(id, ""),
            crate::support::restore(id),
            Operation::Purge { id },
        ];
        for operation in operations {
            let error = desk.board.apply_one(operation).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.to_string().contains(&id.to_string()));
        }
    }
}

#[test]
fn a_retracted_one_is_hidden_at_once_and_kept_for_editors() {
    let desk = Desk::new();
    let id = desk.publish(Draft::from_text(Text::new("en", "a").body("text")).key("k"));
    desk.at(7);
    let revision = desk.retract(id, "withdrawn 撤");
    assert_eq!(revision, 2);
    assert_eq!(desk.ids(&of("ann")), NONE);
    assert_eq!(kind(desk.board.get(id, &of("ann"))), ErrorKind::NotFound);
    assert_eq!(desk.ids(&Query::editor()), NONE);
    let a = desk.edited(id).record().unwrap().clone();
    assert_eq!(
        (a.state(), a.retracted_at()),
        (Lifecycle::Retracted, Some(NOW + 7))
    );
    assert_eq!(
        (a.retract_reason(), a.text(0).body),
        ("withdrawn 撤", "text")
    );
    assert_eq!((a.version(), a.revision(), a.updated_at()), (1, 2, NOW));
    let retracted = Query::editor().filter(Filter::new().phase(Phase::Retracted));
    assert_eq!(desk.ids(&retracted), [id]);
    desk.at(9);
    assert_eq!(desk.retract(id, "again"), 2, "the first time stands");
    assert_eq!(desk.edited(id).retract_reason(), "withdrawn 撤");
    assert_eq!(desk.revision(), 2);
}

#[test]
fn a_reason_has_at_most_500_bytes() {
    let desk = Desk::new();
    let id = desk.title("a");
    let too_long = desk.board.retract(id, &"字".repeat(167));
    assert_eq!(
        refusal(too_long),
        (ErrorKind::TooLarge, Some("reason".to_owned()))
    );
    let with_nul = desk.board.retract(id, "a\0").unwrap_err();
    assert_eq!(
        (with_nul.kind(), with_nul.offset()),
        (ErrorKind::InvalidField, Some(1))
    );
    assert_eq!(desk.revision(), 1);
    desk.retract(id, &"x".repeat(500));
}

#[test]
fn a_retracted_one_can_be_updated_and_stays_retracted() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.retract(id, "why");
    let done = desk.update(id, json!({"texts": {"en": {"title": "b"}}, "priority": 2}));
    assert_eq!(
        (done.outcome, done.version, done.revision),
        (Outcome::Updated, 2, 3)
    );
    let a = desk.edited(id).record().unwrap().clone();
    assert_eq!(
        (a.state(), a.retract_reason()),
        (Lifecycle::Retracted, "why")
    );
    assert_eq!(a.retracted_at(), Some(NOW));
    assert_eq!(desk.ids(&of("ann")), NONE);
    desk.restore(id);
    assert_eq!(desk.item("ann", id).text().title, "b");
}

#[test]
fn a_restored_one_is_published_again_as_a_major_change() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.retract(id, "why");
    desk.at(50);
    let done = desk.restore(id);
    assert_eq!(
        (done.outcome, done.version, done.revision),
        (Outcome::Restored, 2, 3)
    );
    let a = desk.item("ann", id);
    assert_eq!(
        (a.version(), a.notify_version(), a.notify_revision()),
        (2, 2, 3)
    );
    assert_eq!((a.retracted_at(), a.retract_reason()), (None, ""));
    assert_eq!((a.created_at(), a.published_at()), (NOW, NOW + 50));
    assert_eq!(a.starts_at(), NOW);
    let twice = desk.board.apply_one(crate::support::restore(id));
    assert_eq!(kind(twice), ErrorKind::BadState);
}

#[test]
fn the_key_of_a_retracted_one_is_taken_and_that_of_a_purged_one_is_free() {
    let desk = Desk::new();
    let draft = Draft::new("en", "a").key("k");
    let id = desk.publish(draft.clone());
    desk.retract(id, "");
    let refused = desk.board.publish(&draft);
    assert_eq!(
        refusal(refused),
        (ErrorKind::BadState, Some("key".to_owned()))
    );
    let done = desk.purge(id);
    assert_eq!((done.outcome, done.revision), (Outcome::Purged, 3));
    assert_eq!(
        kind(desk.board.get(id, &Query::editor())),
        ErrorKind::NotFound
    );
    assert_eq!(desk.ids(&editor_of_all()), NONE);
    assert_eq!(desk.publish(draft), id + 1, "an id is never used again");
}

#[test]
fn a_key_that_another_one_has_is_refused_in_its_channel() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "a").key("k"));
    desk.publish(Draft::new("en", "b").key("k").channel("c"));
    let third = desk.title("d");
    let exists = (ErrorKind::Exists, Some("key".to_owned()));
    assert_eq!(
        refusal(desk.try_update(third, json!({"key": "k"}), None)),
        exists
    );
    assert_eq!(
        refusal(desk.try_update(2, json!({"channel": null}), None)),
        exists
    );
    desk.retract(1, "");
    assert_eq!(
        refusal(desk.try_update(third, json!({"key": "k"}), None)),
        exists
    );
    assert_eq!(desk.revision(), 4);
    desk.update(1, json!({"key": "other"}));
    desk.update(third, json!({"key": "k"}));
    assert_eq!(desk.publish(Draft::new("en", "d2").key("k")), third);
    desk.update(2, json!({"channel": "e"}));
    assert_eq!(
        desk.publish(Draft::new("en", "b2").key("k").channel("e")),
        2
    );
    assert_eq!(
        desk.publish(Draft::new("en", "new").key("k").channel("c")),
        4
    );
}

#[test]
fn a_start_set_back_to_its_default_is_the_time_of_publishing() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").visible(NOW + 100, None));
    desk.at(10);
    desk.update(id, json!({"starts_at": null}));
    assert_eq!(desk.item("ann", id).starts_at(), NOW);
    let refused = desk.try_update(id, json!({"ends_at": NOW}), None);
    assert_eq!(
        refusal(refused),
        (ErrorKind::InvalidField, Some("ends_at".to_owned()))
    );
}

#[test]
fn the_feed_names_each_kind_of_change() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").audience("x", Operator::NotIn, ["y"]));
    desk.minor(id, json!({"priority": 1}));
    desk.major(id, json!({"priority": 2}));
    desk.retract(id, "why");
    desk.restore(id);
    desk.purge(id);
    let kinds: Vec<(i64, ChangeKind)> = desk
        .events(0, &editor_of_all())
        .into_iter()
        .map(|event| (event.revision, event.kind))
        .collect();
    let expected = [
        (2, ChangeKind::UpdatedMinor),
        (3, ChangeKind::Updated),
        (4, ChangeKind::Retracted),
        (5, ChangeKind::Published),
        (6, ChangeKind::Purged),
    ];
    assert_eq!(
        kinds, expected,
        "a new follower was never told of its publishing"
    );
}
