//! 阅读回执: who has done what with an announcement.

use notice::{Draft, ErrorKind, Mark, Marking, ReceiptQuery, Shown, UserReceipt, Viewer};
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

/// Versions and times of the acknowledgements of a user.
fn acknowledged(desk: &Desk, id: i64, user: &str) -> Vec<(u32, i64)> {
    let kept = of_user(desk, id, user).receipt;
    let acknowledgements = kept.acknowledgements();
    acknowledgements
        .map(|one| (one.version, one.at - NOW))
        .collect()
}

#[test]
fn the_last_sixteen_acknowledgements_are_kept() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").require_ack(true));
    for n in 1..=20_u32 {
        desk.at(i64::from(n));
        desk.mark("ann", &[id], Mark::Acknowledge);
        let kept: Vec<(u32, i64)> = (n.saturating_sub(15).max(1)..=n)
            .map(|n| (n, i64::from(n)))
            .collect();
        assert_eq!(acknowledged(&desk, id, "ann"), kept);
        desk.major(id, json!({"priority": n}));
    }
    assert!(!of_user(&desk, id, "ann").is_acknowledged);
    assert!(desk.board.custody().unwrap().verify().unwrap().is_good());
}

#[test]
fn a_version_is_acknowledged_once_at_the_first_time() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").require_ack(true));
    let shown = |mark, version| Marking::new(mark, [Shown::new(id, version)]);
    let ann = Viewer::new("ann");
    for n in 2..=4 {
        desk.major(id, json!({"priority": n}));
    }
    for (ms, version) in [(1, 3), (2, 1), (3, 3), (4, 4), (5, 1), (6, 2)] {
        desk.at(ms);
        let marking = shown(Mark::Acknowledge, version);
        desk.board.mark_shown(&ann, &marking).unwrap();
    }
    assert_eq!(
        acknowledged(&desk, id, "ann"),
        [(1, 2), (2, 6), (3, 1), (4, 4)]
    );
    for (version, left) in [
        (2, &[(1, 2), (3, 1), (4, 4)][..]),
        (3, &[(1, 2), (4, 4)]),
        (4, &[(1, 2)]),
        (0, &[(1, 2)]),
    ] {
        let marking = shown(Mark::Unacknowledge, version);
        desk.board.mark_shown(&ann, &marking).unwrap();
        assert_eq!(acknowledged(&desk, id, "ann"), left, "{version}");
    }
}

#[test]
fn listed_users_have_a_receipt_each_in_their_order_and_once() {
    let desk = Desk::new();
    let id = desk.title("a");
    for n in 0..30 {
        desk.mark(&format!("user{n}"), &[id], Mark::Read);
    }
    desk.read_all("all");
    let names = ["user7", "nobody", "all", "user7", "user3"];
    let page = desk
        .board
        .receipts(&ReceiptQuery::new(id).users(names).limit(1))
        .unwrap();
    let rows: Vec<(&str, bool, bool)> = page
        .receipts
        .iter()
        .map(|row| (&*row.user, row.is_read, row.by_read_all))
        .collect();
    assert_eq!(
        rows,
        [
            ("user7", true, false),
            ("nobody", false, false),
            ("all", true, true),
            ("user3", true, false)
        ]
    );
    assert_eq!(
        (page.read, page.acknowledged, page.next_cursor),
        (3, 0, None)
    );
    let nobody = ReceiptQuery::new(id).users(Vec::<String>::new());
    assert_eq!(desk.board.receipts(&nobody).unwrap().receipts, []);
    let read = ReceiptQuery::new(id).users(names).read_only();
    assert_eq!(desk.board.receipts(&read).unwrap().receipts.len(), 3);
}

#[test]
fn a_bad_name_in_a_list_is_refused_with_its_place() {
    let desk = Desk::new();
    let id = desk.title("a");
    let long = "u".repeat(513);
    for (name, kind) in [
        ("", ErrorKind::InvalidField),
        ("a\0b", ErrorKind::InvalidField),
        (&long, ErrorKind::TooLarge),
    ] {
        let query = ReceiptQuery::new(id).users(["ann", name]);
        let refused = refusal(desk.board.receipts(&query));
        assert_eq!(refused, (kind, Some("users[1]".to_owned())));
    }
    let many = ReceiptQuery::new(id).users((0..1001).map(|n| n.to_string()));
    assert_eq!(
        refusal(desk.board.receipts(&many)),
        (ErrorKind::TooLarge, Some("users".to_owned()))
    );
    let paged = ReceiptQuery::new(id).users(["ann"]).cursor("x");
    assert_eq!(
        refusal(desk.board.receipts(&paged)),
        (ErrorKind::InvalidField, Some("cursor".to_owned()))
    );
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
