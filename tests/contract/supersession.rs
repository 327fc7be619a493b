//! 取代: what leaves the board while another one is visible.

use notice::{Draft, ErrorKind, Query, Reference};
use serde_json::json;

use crate::support::{Desk, START, for_role, of, refusal};

#[test]
fn superseded_ones_leave_the_board_and_come_back_in_whatever_order_they_came() {
    let desk = Desk::new();
    // By a key that nobody has yet.
    let newer = desk.publish(Draft::new("en", "newer").replaces(Reference::Key("k".to_owned())));
    let older = desk.publish(Draft::new("en", "older").key("k"));
    let board = || desk.ids(&of("ann"));
    assert_eq!(board(), [newer]);
    assert_eq!(
        desk.ids(&Query::editor()),
        [older, newer],
        "an editor sees both"
    );
    desk.retract(newer, "");
    assert_eq!(board(), [older]);
    desk.restore(newer);
    assert_eq!(board(), [newer]);
    desk.update(newer, json!({"ends_at": START + 10}));
    assert_eq!(desk.page(&of("ann")).count.next_change_at, Some(START + 10));
    desk.at(10);
    assert_eq!(board(), [older]);
    desk.update(newer, json!({"ends_at": null}));
    assert_eq!(board(), [newer]);
    desk.update(newer, json!({"replaces": null}));
    assert_eq!(board(), [older, newer]);
    desk.update(newer, json!({"replaces": [older]}));
    assert_eq!(board(), [newer]);
    desk.purge(newer);
    assert_eq!(board(), [older]);
}

#[test]
fn the_target_of_a_key_is_whoever_has_it() {
    let desk = Desk::new();
    let (a, b) = (
        desk.publish(Draft::new("en", "a").key("k")),
        desk.title("b"),
    );
    let c = desk.publish(Draft::new("en", "c").replaces(Reference::Key("k".to_owned())));
    let board = || desk.ids(&of("ann"));
    assert_eq!(board(), [c, b]);
    desk.update(a, json!({"key": null}));
    assert_eq!(board(), [c, b, a]);
    desk.update(b, json!({"key": "k"}));
    assert_eq!(board(), [c, a]);
    desk.update(c, json!({"channel": "other"}));
    assert_eq!(board(), [c, b, a], "a key names one in the same channel");
    desk.update(b, json!({"channel": "other"}));
    assert_eq!(board(), [c, a]);
    desk.purge(b);
    let d = desk.publish(Draft::new("en", "d").key("k").channel("other"));
    assert_eq!(board(), [c, a]);
    desk.retract(c, "");
    assert_eq!(board(), [d, a]);
}

#[test]
fn one_that_a_viewer_does_not_see_supersedes_nothing_for_that_viewer() {
    let desk = Desk::new();
    let old = desk.title("old");
    let new = desk.publish(for_role("new", "boss").replaces(Reference::Id(old)));
    assert_eq!(desk.ids(&of("ann")), [old]);
    let mut boss = of("ann");
    boss.viewer = boss.viewer.with("role", "boss");
    assert_eq!(desk.ids(&boss), [new]);
    desk.update(new, json!({"audience": null}));
    assert_eq!(desk.ids(&of("ann")), [new]);
}

#[test]
fn those_that_would_replace_each_other_are_refused() {
    let desk = Desk::new();
    let a = desk.publish(Draft::new("en", "a").key("a"));
    let b = desk.publish(Draft::new("en", "b").key("b").replaces(Reference::Id(a)));
    let c = desk.publish(Draft::new("en", "c").replaces(Reference::Key("b".to_owned())));
    let place = |n: i64| (ErrorKind::InvalidField, Some(format!("replaces[{n}]")));
    let update = |id, patch| refusal(desk.try_update(id, patch, None));
    assert_eq!(update(a, json!({"replaces": [b]})), place(0));
    assert_eq!(update(a, json!({"replaces": [77, c]})), place(1));
    assert_eq!(update(a, json!({"replaces": [a]})), place(0));
    let itself = desk
        .board
        .publish(&Draft::new("en", "d").replaces(Reference::Id(c + 1)));
    assert_eq!(refusal(itself), place(0));
    assert_eq!(desk.ids(&of("ann")), [c]);
}
