//! What is refused of an export that nobody's board wrote.

use notice::{Draft, ErrorKind, Query, Viewer};

use crate::support::{anyone, assert_bilingual, board};

/// A board of one announcement, with what is kept of one user and one request.
const LINES: [&str; 5] = [
    r#"{"board":{"format":1,"epoch":"00000000000000000000000000000000","revision":3,"last_id":2}}"#,
    r#"{"announcement":{"id":1,"version":2,"notify_version":1,"revision":3,"notify_revision":1,"state":"published","created_at":1,"published_at":1,"updated_at":2,"starts_at":1,"texts":{"en":{"title":"Hello"}}}}"#,
    r#"{"user":{"user":"alice","first_seen_at":1,"read_all_revision":0,"read_all_at":0,"unread":[],"receipts":[{"id":2,"seen_count":1,"seen_version":1,"first_seen_at":1,"last_seen_at":1,"read_version":1,"read_at":1,"dismissed_version":1,"dismissed_at":1,"acknowledged_version":0,"acknowledged_at":0}]}}"#,
    r#"{"idempotency_key":{"key":"once","fingerprint":"0000000000000000000000000000000000000000000000000000000000000000","id":2,"version":1,"revision":2,"outcome":"created","at":1}}"#,
    r#"{"end":{"lines":4}}"#,
];

/// Imports `LINES` with `from` in line `number` changed to `to`: refused, at `path`.
#[track_caller]
fn assert_refused(number: usize, from: &str, to: &str, path: &str) {
    assert!(LINES[number - 1].contains(from), "{from}");
    let mut lines = LINES.map(str::to_owned);
    lines[number - 1] = lines[number - 1].replacen(from, to, 1);
    let (board, _) = board();
    let error = board.import(&mut lines.join("\n").as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField);
    assert_eq!(error.path(), Some(format!("line {number}.{path}").as_str()));
    let value = to.rsplit(':').next().unwrap();
    assert_bilingual(&error, value);
    assert_eq!(board.revision().unwrap(), 0);
    assert_eq!(board.count(&anyone()).unwrap().total, Some(0));
}

#[test]
fn what_is_published_after_an_import_is_news() {
    let (board, _) = board();
    board.import(&mut LINES.join("\n").as_bytes()).unwrap();
    let published = board.publish(&Draft::new("en", "More")).unwrap();
    assert_eq!((published.id, published.revision), (3, 4));
    let item = board
        .get(published.id, &Query::new(Viewer::new("alice")))
        .unwrap();
    assert!(!item.is_read && !item.is_dismissed);
}

#[test]
fn a_receipt_of_an_announcement_yet_to_come_is_refused() {
    assert_refused(3, r#""id":2"#, r#""id":3"#, "user.receipts[0].id");
}

#[test]
fn the_result_of_a_request_yet_to_come_is_refused() {
    assert_refused(4, r#""id":2"#, r#""id":3"#, "idempotency_key.id");
    assert_refused(
        4,
        r#""revision":2"#,
        r#""revision":4"#,
        "idempotency_key.revision",
    );
}

#[test]
fn numbers_that_leave_no_room_for_later_ones_are_refused() {
    let most = (1_i64 << 52) + 1;
    for name in ["revision", "last_id"] {
        let from = if name == "revision" { 3 } else { 2 };
        let to = format!(r#""{name}":{most}"#);
        assert_refused(
            1,
            &format!(r#""{name}":{from}"#),
            &to,
            &format!("board.{name}"),
        );
    }
    assert_refused(
        2,
        r#""version":2"#,
        r#""version":4294967295"#,
        "announcement.version",
    );
}
