//! 幂等键: publishing again after an answer was lost.

use notice::{Draft, ErrorKind, Outcome};
use serde_json::json;

use crate::support::{DAY, Desk, NONE, kind, of, publish, refusal, update};

fn draft() -> Draft {
    Draft::new("en", "a").idempotency_key("once")
}

#[test]
fn the_same_request_gives_the_first_result() {
    let desk = Desk::new();
    let first = desk.board.publish(&draft()).unwrap();
    assert!(!first.duplicate);
    desk.update(first.id, json!({"priority": 4}));
    let again = desk.board.publish(&draft()).unwrap();
    let mut expected = first;
    expected.duplicate = true;
    assert_eq!(again, expected);
    assert_eq!(desk.ids(&of("ann")), [first.id]);
    assert_eq!(desk.revision(), 2);
}

#[test]
fn another_request_under_the_same_key_is_a_conflict() {
    let desk = Desk::new();
    desk.board.publish(&draft()).unwrap();
    for other in [
        draft().priority(1),
        draft().key("k"),
        draft().change(notice::Importance::Minor),
        Draft::new("en", "b").idempotency_key("once"),
    ] {
        assert_eq!(
            refusal(desk.board.publish(&other)),
            (
                ErrorKind::IdempotencyConflict,
                Some("idempotency_key".to_owned())
            )
        );
    }
    assert_eq!(desk.revision(), 1);
}

#[test]
fn an_upsert_that_changed_nothing_is_remembered_too() {
    let desk = Desk::new();
    let keyed = Draft::new("en", "a").key("k");
    let id = desk.publish(keyed.clone());
    let retried = keyed.clone().idempotency_key("once");
    let first = desk.board.publish(&retried).unwrap();
    assert_eq!(
        (first.outcome, first.duplicate),
        (Outcome::Unchanged, false)
    );
    // Somebody else goes on meanwhile; the retry must not undo that.
    desk.publish(keyed.priority(9));
    let again = desk.board.publish(&retried).unwrap();
    assert_eq!((again.id, again.duplicate), (id, true));
    assert_eq!(desk.edited(id).priority(), 9);
    assert_eq!(desk.revision(), 2);
    let other = Draft::new("en", "b").idempotency_key("once");
    assert_eq!(
        kind(desk.board.publish(&other)),
        ErrorKind::IdempotencyConflict
    );
}

#[test]
fn a_refused_request_is_not_remembered() {
    let desk = Desk::new();
    let bad = Draft::new("en", "").idempotency_key("once");
    assert_eq!(kind(desk.board.publish(&bad)), ErrorKind::InvalidField);
    assert!(!desk.board.publish(&draft()).unwrap().duplicate);
}

#[test]
fn a_key_is_remembered_for_a_day() {
    let desk = Desk::new();
    let first = desk.board.publish(&draft()).unwrap();
    desk.at(DAY - 1);
    assert!(desk.board.publish(&draft()).unwrap().duplicate);
    desk.at(DAY);
    let second = desk.board.publish(&draft()).unwrap();
    assert!(!second.duplicate);
    assert_ne!(second.id, first.id);
    desk.at(2 * DAY - 1);
    assert_eq!(desk.board.publish(&draft()).unwrap().id, second.id);
    desk.at(2 * DAY);
    let done = desk.board.custody().unwrap().maintain().unwrap();
    assert_eq!(done.idempotency_keys_dropped, 1);
    assert_eq!(desk.board.stats().unwrap().idempotency_keys, 0);
}

#[test]
fn ten_thousand_keys_are_remembered_and_the_oldest_goes_first() {
    let desk = Desk::new();
    let numbered = |n: usize| Draft::new("en", "a").idempotency_key(n.to_string());
    let drafts: Vec<Draft> = (0..10_000).map(numbered).collect();
    desk.board.publish_all(&drafts).unwrap();
    assert!(desk.board.publish(&numbered(0)).unwrap().duplicate);
    desk.board.publish(&numbered(10_000)).unwrap();
    assert_eq!(desk.board.stats().unwrap().idempotency_keys, 10_000);
    assert!(desk.board.publish(&numbered(1)).unwrap().duplicate);
    assert!(!desk.board.publish(&numbered(0)).unwrap().duplicate);
    assert!(!desk.board.publish(&numbered(1)).unwrap().duplicate);
    assert!(desk.board.publish(&numbered(10_000)).unwrap().duplicate);
}

#[test]
fn in_a_batch_the_key_counts_from_its_first_use_on() {
    let desk = Desk::new();
    let done = desk
        .board
        .publish_all(&[draft(), draft(), Draft::new("en", "b")])
        .unwrap();
    let ids: Vec<_> = done.iter().map(|d| (d.id, d.duplicate)).collect();
    assert_eq!(ids, [(1, false), (1, true), (2, false)]);
    let other = Draft::new("en", "x").idempotency_key("new");
    let conflict = desk
        .board
        .publish_all(&[other.clone(), other.clone().priority(1)]);
    assert_eq!(
        refusal(conflict),
        (
            ErrorKind::IdempotencyConflict,
            Some("[1].idempotency_key".to_owned())
        )
    );
    assert!(
        !desk.board.publish(&other).unwrap().duplicate,
        "nothing was remembered"
    );
}

#[test]
fn a_batch_of_nothing_but_duplicates_changes_nothing() {
    let desk = Desk::new();
    desk.board.publish(&draft()).unwrap();
    let done = desk
        .board
        .apply(&[publish(draft()), update(1, json!({}), None)])
        .unwrap();
    assert!(done[0].duplicate && done[1].outcome == Outcome::Unchanged);
    assert_eq!(desk.revision(), 1);
}

#[test]
fn the_first_result_stands_though_the_announcement_is_gone() {
    let desk = Desk::new();
    let first = desk.board.publish(&draft()).unwrap();
    desk.purge(first.id);
    let again = desk.board.publish(&draft()).unwrap();
    assert_eq!((again.id, again.duplicate), (first.id, true));
    assert_eq!(desk.ids(&of("ann")), NONE);
}

#[test]
fn a_key_has_at_most_128_bytes() {
    let desk = Desk::new();
    let with = |key: String| {
        desk.board
            .publish(&Draft::new("en", "a").idempotency_key(key))
    };
    assert_eq!(
        refusal(with("k".repeat(129))),
        (ErrorKind::TooLarge, Some("idempotency_key".to_owned()))
    );
    assert_eq!(kind(with("a\0".to_owned())), ErrorKind::InvalidField);
    assert!(with("任意 text".to_owned()).is_ok());
}
