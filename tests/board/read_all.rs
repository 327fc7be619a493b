//! 全部已读: the watermark and its exceptions.

use notice::{Draft, ErrorKind, Filter, Mark, Query, Viewer};
use serde_json::json;

use crate::support::{Desk, NONE, NOW, for_role, kind, of, refusal};

#[test]
fn everything_so_far_is_read_and_what_comes_later_is_not() {
    let desk = Desk::new();
    (0..3).for_each(|n| assert_eq!(desk.title(&n.to_string()), n + 1));
    assert_eq!(desk.read_all("ann"), 3);
    assert_eq!(desk.unread("ann"), NONE);
    assert_eq!(desk.unread("bob"), [3, 2, 1]);
    let id = desk.title("new");
    assert_eq!(desk.unread("ann"), [id]);
}

#[test]
fn reading_ten_thousand_costs_one_watermark() {
    let desk = Desk::new();
    let drafts: Vec<Draft> = (0..10_000)
        .map(|n| Draft::new("en", n.to_string()))
        .collect();
    desk.board.publish_all(&drafts).unwrap();
    desk.read_all("ann");
    assert_eq!(desk.board.count(&of("ann")).unwrap().unread, Some(0));
    let stats = desk.board.stats().unwrap();
    assert_eq!((stats.users, stats.receipts), (1, 0));
}

#[test]
fn up_to_an_earlier_revision_leaves_what_came_after_it_unread() {
    let desk = Desk::new();
    (0..4).for_each(|n| assert_eq!(desk.title(&n.to_string()), n + 1));
    assert_eq!(desk.board.mark_all_read(&of("ann"), Some(2)), Ok(2));
    assert_eq!(desk.unread("ann"), [4, 3]);
    assert_eq!(desk.board.mark_all_read(&of("ann"), Some(1)), Ok(1));
    assert_eq!(desk.unread("ann"), [4, 3], "it never moves back");
    assert_eq!(desk.board.mark_all_read(&of("ann"), Some(0)), Ok(0));
    assert_eq!(desk.unread("ann"), [4, 3]);
}

#[test]
fn a_revision_that_is_still_to_come_is_refused() {
    let desk = Desk::new();
    desk.title("a");
    let ahead = desk.board.mark_all_read(&of("ann"), Some(2));
    assert_eq!(kind(ahead), ErrorKind::FutureRevision);
    let negative = desk.board.mark_all_read(&of("ann"), Some(-1));
    assert_eq!(
        refusal(negative),
        (ErrorKind::InvalidField, Some("up_to".to_owned()))
    );
    assert_eq!(desk.unread("ann"), [1]);
}

#[test]
fn what_is_scheduled_stays_unread_when_it_starts() {
    let desk = Desk::new();
    desk.title("now");
    let later = desk.publish(Draft::new("en", "later").visible(NOW + 100, None));
    desk.read_all("ann");
    desk.at(100);
    assert_eq!(desk.unread("ann"), [later]);
    desk.read_all("ann");
    assert_eq!(desk.unread("ann"), NONE);
}

#[test]
fn an_earlier_revision_at_a_later_time_does_not_reach_what_came_between() {
    let desk = Desk::new();
    desk.title("now");
    let later = desk.publish(Draft::new("en", "later").visible(NOW + 100, None));
    desk.read_all("ann");
    desk.at(200);
    // The second is of a later time, but of a revision in which `later` was not there yet.
    desk.board.mark_all_read(&of("ann"), Some(1)).unwrap();
    assert_eq!(desk.unread("ann"), [later]);
    desk.major(1, json!({"priority": 1}));
    assert_eq!(desk.unread("ann"), [1, later]);
    desk.read_all("ann");
    assert_eq!(desk.unread("ann"), NONE);
}

#[test]
fn a_major_edit_is_unread_again_and_a_minor_one_is_not() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.read_all("ann");
    desk.minor(id, json!({"priority": 1}));
    assert_eq!(desk.unread("ann"), NONE);
    desk.major(id, json!({"priority": 2}));
    assert_eq!(desk.unread("ann"), [id]);
}

#[test]
fn a_minor_edit_of_its_start_keeps_it_as_it_was() {
    let desk = Desk::new();
    let read = desk.title("read");
    let unread = desk.publish(Draft::new("en", "unread").visible(NOW + 100, None));
    desk.at(10);
    desk.read_all("ann");
    desk.at(20);
    desk.minor(read, json!({"starts_at": NOW + 15}));
    desk.minor(unread, json!({"starts_at": NOW + 5}));
    assert_eq!(desk.unread("ann"), [unread]);
    assert!(desk.item("ann", read).is_read());
}

#[test]
fn unread_after_it_is_unread_until_it_is_read_again() {
    let desk = Desk::new();
    let (a, b) = (desk.title("a"), desk.title("b"));
    desk.read_all("ann");
    desk.mark("ann", &[a], Mark::Unread);
    assert_eq!(desk.unread("ann"), [a]);
    assert!(!desk.item("ann", a).is_read());
    desk.mark("ann", &[a], Mark::Read);
    assert_eq!(desk.unread("ann"), NONE);
    desk.mark("ann", &[a, b], Mark::Unread);
    desk.mark("ann", &[b], Mark::Dismiss);
    assert_eq!(desk.unread("ann"), [a]);
    assert_eq!(desk.board.mark_all_read(&of("ann"), Some(0)), Ok(0));
    assert_eq!(desk.unread("ann"), [a]);
    desk.read_all("ann");
    assert_eq!(desk.unread("ann"), NONE);
}

#[test]
fn a_restored_or_newly_keyed_one_is_unread_after_it() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").key("k"));
    desk.retract(id, "");
    desk.read_all("ann");
    desk.restore(id);
    assert_eq!(desk.unread("ann"), [id]);
    desk.read_all("ann");
    desk.purge(id);
    let again = desk.publish(Draft::new("en", "a").key("k"));
    assert_eq!(desk.unread("ann"), [again]);
}

#[test]
fn with_a_filter_only_what_it_accepts_is_read() {
    let desk = Desk::new();
    for n in 0..4 {
        let channel = ["a", "b"][n % 2];
        desk.publish(Draft::new("en", n.to_string()).channel(channel));
    }
    desk.publish(for_role("secret", "boss").channel("a"));
    let in_a = of("ann").filter(Filter::new().channels(["a"]));
    assert_eq!(desk.board.mark_all_read(&in_a, Some(2)), Ok(2));
    assert_eq!(desk.unread("ann"), [4, 3, 2]);
    assert_eq!(desk.board.mark_all_read(&in_a, None), Ok(5));
    assert_eq!(desk.unread("ann"), [4, 2]);
    let boss = Query::new(Viewer::new("ann").with("role", "boss"));
    assert!(
        !desk.board.get(5, &boss).unwrap().is_read(),
        "the viewer did not see it"
    );
    desk.publish(Draft::new("en", "new").channel("a"));
    assert_eq!(desk.unread("ann"), [6, 4, 2]);
}

#[test]
fn limit_cursor_and_order_do_not_narrow_it() {
    let desk = Desk::new();
    for n in 0..5 {
        desk.publish(Draft::new("en", n.to_string()).tag("t"));
    }
    let tagged = of("ann").limit(1).filter(Filter::new().tags_any(["t"]));
    let cursor = desk.page(&tagged).next_cursor.unwrap();
    desk.board
        .mark_all_read(&tagged.cursor(cursor), None)
        .unwrap();
    assert_eq!(desk.unread("ann"), NONE);
}
