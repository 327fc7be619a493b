//! Every kind of error that a board in memory can report, reached at least once.

use std::time::Duration;

use notice::{
    ChangeQuery, Draft, Error, ErrorKind, Language, Mark, Operation, Options, Query, Viewer,
};
use serde_json::json;

use crate::support::{Desk, kind, of, update};

/// Reaches an error; none for kinds that a board in memory has no use for.
type Reach = Option<fn() -> Error>;

/// The kinds without a way to reach them are:
///
/// | kind | where it belongs |
/// |---|---|
/// | read_only | replicas and boards opened for reading |
/// | locked, corrupt | files |
/// | over_budget | a memory budget, which this kind of board does not take yet |
/// | unauthorized | a daemon |
/// | poisoned | a defect in a commit: shown with the feature `panic-injection` |
/// | panic, too_small | the C library |
fn reach(wanted: ErrorKind) -> Reach {
    match wanted {
        ErrorKind::NotFound => Some(|| Desk::new().board.retract(1, "").unwrap_err()),
        ErrorKind::Exists => Some(|| {
            let desk = Desk::new();
            desk.publish(Draft::new("en", "a").key("k"));
            let id = desk.title("b");
            desk.try_update(id, json!({"key": "k"}), None).unwrap_err()
        }),
        ErrorKind::VersionConflict => Some(|| {
            let desk = Desk::new();
            let id = desk.title("a");
            let restore = Operation::Restore {
                id,
                if_version: Some(2),
            };
            desk.board.apply_one(restore).unwrap_err()
        }),
        ErrorKind::IdempotencyConflict => Some(|| {
            let desk = Desk::new();
            desk.publish(Draft::new("en", "a").idempotency_key("i"));
            let other = Draft::new("en", "b").idempotency_key("i");
            desk.board.publish(&other).unwrap_err()
        }),
        ErrorKind::InvalidField => {
            Some(|| Desk::new().board.publish(&Draft::default()).unwrap_err())
        }
        ErrorKind::TooLarge => Some(|| {
            let desk = Desk::new();
            let long = Draft::new("en", "t".repeat(257));
            desk.board.publish(&long).unwrap_err()
        }),
        ErrorKind::BadCursor => {
            Some(|| Desk::new().board.query(&of("ann").cursor("x")).unwrap_err())
        }
        ErrorKind::Compacted => Some(|| {
            let desk = Desk::with(Options::new().keep_changes(0, 0));
            desk.title("a");
            desk.at(1);
            desk.title("b");
            desk.board
                .changes(&ChangeQuery::since(0, of("ann")))
                .unwrap_err()
        }),
        ErrorKind::EpochMismatch => Some(|| {
            let desk = Desk::new();
            let epoch = desk.board.count(&of("ann")).unwrap().epoch;
            let changes = ChangeQuery::since(0, of("ann")).epoch(!epoch);
            desk.board.changes(&changes).unwrap_err()
        }),
        ErrorKind::FutureRevision => {
            Some(|| Desk::new().board.wait(1, Duration::ZERO).unwrap_err())
        }
        ErrorKind::BadState => Some(|| {
            let desk = Desk::new();
            let id = desk.publish(Draft::new("en", "a").dismissible(false));
            let ann = Viewer::new("ann");
            desk.board.mark(&ann, &[id], Mark::Dismiss).unwrap_err()
        }),
        ErrorKind::Io => Some(|| {
            let mut no_room: &mut [u8] = &mut [];
            Desk::new()
                .board
                .custody()
                .unwrap()
                .export(&mut no_room)
                .unwrap_err()
        }),
        ErrorKind::Unavailable => Some(|| {
            let desk = Desk::new();
            desk.board.close().unwrap();
            desk.board.wait(0, Duration::MAX).unwrap_err()
        }),
        ErrorKind::TimedOut => Some(|| Desk::new().board.wait(0, Duration::ZERO).unwrap_err()),
        ErrorKind::Unsupported => Some(|| match notice::open("carrier-pigeon:x") {
            Err(error) => error,
            Ok(_) => panic!("there is no such board"),
        }),
        _ => None,
    }
}

#[test]
fn every_kind_is_reached_or_belongs_elsewhere() {
    let mut elsewhere = Vec::new();
    for wanted in ErrorKind::ALL {
        match reach(*wanted) {
            Some(reach) => {
                let error = reach();
                assert_eq!(error.kind(), *wanted, "{error}");
                let (en, zh) = (error.message(Language::En), error.message(Language::Zh));
                assert!(!en.ends_with('.'), "{en}");
                assert!(zh.chars().any(|c| ('一'..='龥').contains(&c)), "{zh}");
                let reason = error.reason(Language::En);
                assert!(!reason.starts_with(char::is_uppercase), "{reason}");
            }
            None => elsewhere.push(wanted.name()),
        }
    }
    let expected = [
        "read_only",
        "locked",
        "corrupt",
        "over_budget",
        "unauthorized",
        "poisoned",
        "panic",
        "too_small",
    ];
    assert_eq!(elsewhere, expected);
}

#[test]
fn messages_carry_what_was_offending() {
    let desk = Desk::new();
    let id = desk.title("a");
    let says = |error: Error, parts: &[&str]| {
        for language in [Language::En, Language::Zh] {
            let message = error.message(language);
            for part in parts {
                assert!(message.contains(part), "{part} in {message}");
            }
        }
    };
    let conflict = Operation::Update {
        id,
        patch: Box::default(),
        if_version: Some(7),
        change: None,
    };
    says(desk.board.apply_one(conflict).unwrap_err(), &["1", "7"]);
    says(
        desk.board.wait(42, Duration::ZERO).unwrap_err(),
        &["42", "1"],
    );
    says(desk.board.wait(1, Duration::ZERO).unwrap_err(), &["1"]);
    let ahead = desk.board.mark_all_read(&of("ann"), Some(9)).unwrap_err();
    says(ahead, &["9", "1"]);
    says(desk.board.retract(77, "").unwrap_err(), &["77"]);
    let batch = [update(id, json!({"priority": 5000}), None)];
    says(
        desk.board.apply(&batch).unwrap_err(),
        &["[0].priority", "5000", "1000"],
    );
    let restored = desk.board.apply_one(crate::support::restore(id));
    says(restored.unwrap_err(), &["1"]);
}

#[test]
fn an_editor_finds_everything_and_a_viewer_only_what_is_for_that_viewer() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.retract(id, "");
    assert!(desk.board.get(id, &Query::editor()).is_ok());
    assert_eq!(kind(desk.board.get(id, &of("ann"))), ErrorKind::NotFound);
}
