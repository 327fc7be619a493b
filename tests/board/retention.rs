//! 保留期: what is over for long enough is purged.

use notice::{ChangeKind, Draft, ErrorKind, Mark, Options};

use crate::support::{Desk, NOW, editor_of_all, kind};

fn desk() -> Desk {
    Desk::with(Options::new().retention_ms(1000))
}

#[test]
fn nothing_is_purged_unless_asked_for() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "a").visible(None, NOW + 1));
    let id = desk.title("b");
    desk.retract(id, "");
    desk.at(i64::from(u32::MAX) * 1000);
    desk.title("c");
    assert_eq!(desk.board.custody().unwrap().maintain().unwrap().purged, 0);
    assert_eq!(desk.board.stats().unwrap().announcements, 3);
}

#[test]
fn what_has_ended_or_was_retracted_long_enough_ago_is_purged_by_the_next_write() {
    let desk = desk();
    let ended = desk.publish(Draft::new("en", "ended").key("k").visible(None, NOW + 100));
    let retracted = desk.title("retracted");
    let stays = desk.publish(Draft::new("en", "stays").visible(None, NOW + 5000));
    desk.mark("ann", &[ended, retracted], Mark::Read);
    desk.at(200);
    desk.retract(retracted, "");
    desk.at(1099);
    desk.title("a write");
    assert_eq!(desk.board.stats().unwrap().announcements, 4);
    desk.at(1101);
    let since = desk.revision();
    desk.title("another");
    assert_eq!(desk.ids(&editor_of_all()), [5, 4, stays, retracted]);
    desk.at(1201);
    desk.title("one more");
    assert_eq!(desk.ids(&editor_of_all()), [6, 5, 4, stays]);
    assert_eq!(desk.board.stats().unwrap().receipts, 0);
    // Followers are told, and the key is free.
    let mut purged = desk.events(since, &editor_of_all());
    purged.retain(|event| event.kind == ChangeKind::Purged);
    let ids: Vec<i64> = purged.iter().map(|event| event.id).collect();
    assert_eq!(ids, [ended, retracted]);
    assert_eq!(desk.publish(Draft::new("en", "k").key("k")), 7);
}

#[test]
fn maintenance_purges_everything_that_is_due() {
    let desk = desk();
    let drafts: Vec<Draft> = (0..2500)
        .map(|n| Draft::new("en", n.to_string()).visible(None, NOW + 1))
        .collect();
    desk.board.publish_all(&drafts).unwrap();
    desk.at(2000);
    let done = desk.board.custody().unwrap().maintain().unwrap();
    assert_eq!(done.purged, 2500);
    assert_eq!(desk.board.stats().unwrap().announcements, 0);
    assert_eq!(
        desk.board.custody().unwrap().maintain().unwrap(),
        notice::Maintenance::default()
    );
}

#[test]
fn what_was_restored_or_extended_in_time_stays() {
    let desk = desk();
    let extended = desk.publish(Draft::new("en", "a").visible(None, NOW + 10));
    let restored = desk.title("b");
    desk.retract(restored, "");
    desk.at(900);
    desk.restore(restored);
    desk.update(extended, serde_json::json!({"ends_at": NOW + 3000}));
    desk.at(2500);
    assert_eq!(desk.board.custody().unwrap().maintain().unwrap().purged, 0);
    desk.at(5000);
    assert_eq!(desk.board.custody().unwrap().maintain().unwrap().purged, 1);
    assert_eq!(
        kind(desk.board.explain(extended, &editor_of_all())),
        ErrorKind::NotFound
    );
}

#[test]
fn it_is_over_at_just_the_millisecond_that_was_asked_for() {
    let desk = desk();
    desk.publish(Draft::new("en", "ended").visible(None, NOW + 100));
    let retracted = desk.title("retracted");
    desk.at(100);
    desk.retract(retracted, "");
    desk.at(1099);
    assert_eq!(desk.board.custody().unwrap().maintain().unwrap().purged, 0);
    desk.at(1100);
    assert_eq!(desk.board.custody().unwrap().maintain().unwrap().purged, 2);
}
