//! 阅读回执: who has done what with an announcement.

use notice::{Draft, ErrorKind, Mark, ReceiptQuery, UserReceipt};
use serde_json::json;

use crate::support::{Desk, NOW, kind, refusal};

fn of_user(desk: &Desk, id: i64, user: &str) -> UserReceipt {
    let page = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    let mut found = page.receipts.into_iter().filter(|r| r.user == user);
    found.next().unwrap()
}

#[test]
fn a_receipt_says_what_was_done_when_and_at_which_version() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.at(1);
    desk.mark("ann", &[id], Mark::Seen);
    desk.at(2);
    desk.mark("ann", &[id], Mark::Seen);
    desk.at(3);
    desk.mark("ann", &[id], Mark::Read);
    desk.minor(id, json!({"priority": 1}));
    desk.at(4);
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.at(5);
    desk.mark("ann", &[id], Mark::Acknowledge);
    let kept = of_user(&desk, id, "ann").receipt;
    assert_eq!((kept.seen_count(), kept.seen_version()), (2, Some(1)));
    assert_eq!(
        (kept.first_seen_at(), kept.last_seen_at()),
        (Some(NOW + 1), Some(NOW + 2))
    );
    assert_eq!(
        (kept.read_version(), kept.read_at()),
        (Some(2), Some(NOW + 4))
    );
    assert_eq!(
        (kept.dismissed_version(), kept.dismissed_at()),
        (Some(2), Some(NOW + 4))
    );
    assert_eq!(
        (kept.acknowledged_version(), kept.acknowledged_at()),
        (Some(2), Some(NOW + 5))
    );
}

#[test]
fn receipts_come_a_page_at_a_time_by_name_with_the_totals_of_all() {
    let desk = Desk::new();
    let id = desk.title("a");
    let other = desk.title("b");
    for n in 0..25 {
        let user = format!("user{n:02}");
        desk.mark(&user, &[id], Mark::Seen);
        if n % 2 == 0 {
            desk.mark(&user, &[id], Mark::Read);
        }
        if n % 5 == 0 {
            desk.mark(&user, &[id], Mark::Acknowledge);
        }
        desk.mark(&format!("other{n}"), &[other], Mark::Read);
    }
    let walk = |query: ReceiptQuery| {
        let mut names = Vec::new();
        let mut query = query.limit(4);
        loop {
            let page = desk.board.receipts(&query).unwrap();
            assert!(page.receipts.len() <= 4);
            assert_eq!((page.read, page.acknowledged), (15, 5));
            names.extend(page.receipts.into_iter().map(|r| r.user));
            match page.next_cursor {
                Some(cursor) => query = query.cursor(cursor),
                None => return names,
            }
        }
    };
    let names = |keep: fn(u32) -> bool| -> Vec<String> {
        let kept = (0..25).filter(|n| keep(*n));
        kept.map(|n| format!("user{n:02}")).collect()
    };
    assert_eq!(walk(ReceiptQuery::new(id)), names(|_| true));
    let read = ReceiptQuery::new(id).read_only();
    assert_eq!(walk(read), names(|n| n % 2 == 0 || n % 5 == 0));
    let acknowledged = ReceiptQuery::new(id).acknowledged_only();
    assert_eq!(walk(acknowledged), names(|n| n % 5 == 0));
}

#[test]
fn a_page_that_is_just_full_is_the_last() {
    let desk = Desk::new();
    let id = desk.title("a");
    for user in ["ann", "bob"] {
        desk.mark(user, &[id], Mark::Read);
    }
    let page = desk.board.receipts(&ReceiptQuery::new(id).limit(2));
    assert_eq!(page.unwrap().next_cursor, None);
}

#[test]
fn mark_all_read_counts_as_reading_and_says_so() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.read_all("ann");
    desk.mark("bob", &[id], Mark::Read);
    desk.read_all("bob");
    let ann = of_user(&desk, id, "ann");
    assert_eq!((ann.is_read, ann.by_read_all), (true, true));
    let bob = of_user(&desk, id, "bob");
    assert_eq!((bob.is_read, bob.by_read_all), (true, false));
    let page = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!(page.read, 2);
    desk.mark("ann", &[id], Mark::Unread);
    let page = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!((page.read, page.receipts.len()), (1, 1));
}

#[test]
fn after_a_major_edit_the_receipts_are_there_but_count_no_more() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Acknowledge);
    desk.major(id, json!({"priority": 1}));
    let page = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!((page.read, page.acknowledged), (0, 0));
    let ann = &page.receipts[0];
    assert_eq!((ann.is_read, ann.is_acknowledged), (false, false));
    assert_eq!(ann.receipt.acknowledged_version(), Some(1));
}

#[test]
fn a_retracted_one_has_receipts_and_a_purged_one_none() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").require_ack(true));
    desk.mark("ann", &[id], Mark::Acknowledge);
    desk.retract(id, "");
    let page = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!(page.acknowledged, 1);
    desk.purge(id);
    let refused = desk.board.receipts(&ReceiptQuery::new(id));
    assert_eq!(kind(refused), ErrorKind::NotFound);
    assert_eq!(desk.board.stats().unwrap().receipts, 0);
}

#[test]
fn limits_and_cursors_that_no_page_gave_are_refused() {
    let desk = Desk::new();
    let id = desk.title("a");
    for limit in [0, 1001] {
        let refused = desk.board.receipts(&ReceiptQuery::new(id).limit(limit));
        assert_eq!(
            refusal(refused),
            (ErrorKind::InvalidField, Some("limit".to_owned()))
        );
    }
    for cursor in ["x", "AAAA", "AAAAAA", "YW5u", "*", "公"] {
        let refused = desk.board.receipts(&ReceiptQuery::new(id).cursor(cursor));
        assert_eq!(kind(refused), ErrorKind::BadCursor);
    }
    let mut names = vec!["ann", "bob"];
    for user in &names {
        desk.mark(user, &[id], Mark::Read);
    }
    names.remove(0);
    let first = desk.board.receipts(&ReceiptQuery::new(id).limit(1));
    let cursor = first.unwrap().next_cursor.unwrap();
    let rest = desk
        .board
        .receipts(&ReceiptQuery::new(id).cursor(cursor.clone()));
    let users: Vec<String> = rest.unwrap().receipts.into_iter().map(|r| r.user).collect();
    assert_eq!(users, names);
    for (i, c) in cursor.char_indices() {
        let other = if c == 'A' { 'B' } else { 'A' };
        let forged = format!("{}{other}{}", &cursor[..i], &cursor[i + 1..]);
        let refused = desk.board.receipts(&ReceiptQuery::new(id).cursor(forged));
        assert_eq!(kind(refused), ErrorKind::BadCursor);
    }
}
