//! 弹窗: how often, and how far apart.

use notice::{Draft, Filter, Mark};
use serde_json::json;

use crate::support::{Desk, NONE, NOW, of};

#[test]
fn a_popup_comes_as_often_as_its_limit_and_anew_after_a_major_edit() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").show_limit(2));
    for shown in 1..=3 {
        assert_eq!(!desk.pending("ann").is_empty(), shown <= 2);
        desk.mark("ann", &[id], Mark::Seen);
        assert_eq!(desk.item("ann", id).seen_count(), shown);
    }
    assert_eq!(desk.unread("ann"), [id], "shown is not read");
    desk.minor(id, json!({"priority": 7}));
    assert_eq!(desk.pending("ann"), NONE);
    desk.minor(id, json!({"show_limit": 4}));
    assert_eq!(desk.pending("ann"), [id], "3 of 4");
    desk.minor(id, json!({"show_limit": 1}));
    desk.major(id, json!({"priority": 8}));
    assert_eq!(desk.item("ann", id).seen_count(), 0);
    assert_eq!(desk.pending("ann"), [id]);
    desk.mark("ann", &[id], Mark::Seen);
    assert_eq!(desk.item("ann", id).seen_count(), 1);
    assert_eq!(desk.pending("ann"), NONE);
}

#[test]
fn popups_keep_their_distance_and_the_page_says_when_the_next_may_come() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").show_interval_ms(1000));
    let pending = of("ann").filter(Filter::new().pending_only(true));
    let next = || desk.page(&pending).count.next_change_at;
    assert_eq!(next(), None);
    desk.at(10);
    desk.mark("ann", &[id], Mark::Seen);
    assert_eq!((desk.ids(&pending), next()), (vec![], Some(NOW + 1010)));
    assert_eq!(
        desk.page(&of("ann")).count.next_change_at,
        Some(NOW + 1010),
        "the whole list says whether it is pending"
    );
    assert!(!desk.item("ann", id).is_pending());
    desk.at(1009);
    assert_eq!(desk.ids(&pending), NONE);
    desk.at(1010);
    assert_eq!((desk.ids(&pending), next()), (vec![id], None));
    desk.mark("ann", &[id], Mark::Seen);
    desk.major(id, json!({"priority": 1}));
    assert_eq!(desk.ids(&pending), [id], "news need not wait");
}
