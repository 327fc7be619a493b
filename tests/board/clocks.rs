//! Clocks that are wrong: one that shows no time is refused, and one that was ahead is survived.

use std::sync::Arc;

use notice::{ChangeQuery, Draft, ErrorKind, Filter, ManualClock, Mark, Options, Query, Viewer};
use serde_json::json;

use crate::directory::Directory;
use crate::support::{
    DAY, Desk, NOW, anyone, assert_bilingual, draft, editor_of_all, export, of, update,
};

/// Times that no announcement may have: before 1970, none, microseconds, and after the year 9999.
const NO_TIMES: [i64; 6] = [i64::MIN, -1, 0, NOW * 1000, 253_402_300_800_000, i64::MAX];

#[test]
fn whatever_reads_a_clock_that_shows_no_time_refuses_it_by_name() {
    let desk = Desk::new();
    let id = desk.title("a");
    let before = export(&desk.board);
    for now in NO_TIMES {
        let Desk { board, .. } = &desk;
        desk.shows(now);
        let refused = [
            board.publish(&draft("b")).unwrap_err(),
            board
                .apply(&[update(id, json!({"pinned": true}), None)])
                .unwrap_err(),
            board.retract(id, "").unwrap_err(),
            board.query(&anyone()).unwrap_err(),
            board.count(&anyone()).unwrap_err(),
            board.get(id, &anyone()).unwrap_err(),
            board.explain(id, &anyone()).unwrap_err(),
            board.changes(&ChangeQuery::since(0, anyone())).unwrap_err(),
            board
                .mark(&Viewer::new("u"), &[id], Mark::Read)
                .unwrap_err(),
            board.mark_all_read(&of("u"), None).unwrap_err(),
            board.stats().unwrap_err(),
            board.custody().unwrap().maintain().unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::InvalidField, "{error}");
            assert_eq!(error.path(), Some("clock"), "{error}");
            assert_bilingual(&error, &now.to_string());
        }
        let opened = Options::new()
            .clock(ManualClock::new(now))
            .open("mem:")
            .unwrap();
        assert_eq!(opened.stats().unwrap_err().path(), Some("clock"));
    }
    desk.at(0);
    assert_eq!(export(&desk.board), before);
}

#[test]
fn whatever_a_clock_may_show_can_be_changed_walked_and_imported() {
    for now in [1, NOW, 253_402_300_799_999] {
        let clock = Arc::new(ManualClock::new(now));
        let open = || {
            Options::new()
                .clock(Arc::clone(&clock))
                .open("mem:")
                .unwrap()
        };
        let board = open();
        let id = board.publish(&draft("a")).unwrap().id;
        board.publish(&draft("b")).unwrap();
        board
            .apply(&[update(id, json!({"pinned": true}), None)])
            .unwrap();
        let first = board.query(&anyone().limit(1)).unwrap();
        let mut next = anyone().limit(1);
        next.cursor = first.next_cursor;
        assert_eq!(board.query(&next).unwrap().items.len(), 1);
        board.retract(id, "over").unwrap();
        board.restore(id).unwrap();
        let copy = open();
        let lines = export(&board);
        copy.custody()
            .unwrap()
            .import(&mut lines.as_bytes())
            .unwrap();
        let announcements = |lines: &str| lines.split_once('\n').unwrap().1.to_owned();
        assert_eq!(announcements(&export(&copy)), announcements(&lines));
    }
}

/// A board whose feed keeps one revision and one day.
fn with_short_feed() -> Desk {
    Desk::with(Options::new().keep_changes(1, u32::try_from(DAY).unwrap()))
}

#[test]
fn the_feed_is_compacted_again_after_a_clock_was_far_ahead() {
    let desk = with_short_feed();
    desk.title("before");
    desk.at(400 * DAY);
    desk.title("by a wrong clock");
    desk.page(&anyone());
    desk.at(0);
    desk.title("after");
    desk.at(2 * DAY);
    desk.title("later");
    desk.title("last");
    let oldest = desk.board.stats().unwrap().oldest_revision;
    assert_eq!(oldest, 3, "only the changes of the last day are kept");
}

#[test]
fn the_feed_is_compacted_after_a_reading_far_ahead_and_reopening() {
    let directory = Directory::new();
    let clock = Arc::new(ManualClock::new(NOW));
    let open = || {
        let options = Options::new().keep_changes(1, u32::try_from(DAY).unwrap());
        let options = options.clock(Arc::clone(&clock));
        options.open(&directory.url("board")).unwrap()
    };
    let board = open();
    let ending = draft("before").visible(None, NOW + 10 * DAY);
    board.publish(&ending).unwrap();
    clock.set(NOW + 400 * DAY);
    board.publish(&draft("by a wrong clock")).unwrap();
    board.query(&anyone()).unwrap();
    clock.set(NOW);
    board.publish(&draft("after")).unwrap();
    board.close().unwrap();
    drop(board);
    let board = open();
    clock.set(NOW + 2 * DAY);
    board.publish(&draft("later")).unwrap();
    board.publish(&draft("last")).unwrap();
    assert_eq!(board.stats().unwrap().oldest_revision, 3);
}

#[test]
fn one_reading_far_ahead_leaves_no_trace_in_what_changes_are_dated() {
    let desk = with_short_feed();
    desk.publish(draft("ends soon").visible(None, NOW + DAY));
    desk.at(9000 * DAY);
    desk.page(&anyone());
    desk.at(0);
    assert_eq!(desk.page(&anyone()).items.len(), 1);
    for n in 0..3 {
        desk.at(n * 2 * DAY);
        desk.title("x");
    }
    assert_eq!(desk.board.stats().unwrap().oldest_revision, 3);
}

#[test]
fn a_follower_learns_of_a_change_although_the_clock_was_set_back_a_little() {
    let desk = Desk::new();
    let id = desk.publish(draft("starts").visible(NOW + 1000, None));
    desk.at(5000);
    let seen = desk.page(&anyone());
    assert_eq!(seen.items.len(), 1);
    desk.at(500);
    desk.update(id, json!({"starts_at": NOW + 60_000}));
    desk.at(6000);
    let events = desk.events(seen.count.revision, &anyone());
    assert_eq!(events.len(), 1);
    assert!(events[0].item.is_none());
}

#[test]
fn a_time_in_another_unit_is_refused_in_drafts_and_queries() {
    let desk = Desk::new();
    let (seconds, microseconds) = (NOW / 1000, NOW * 1000 / 10);
    let error = desk
        .board
        .publish(&draft("a").ends_at(seconds))
        .unwrap_err();
    assert_eq!(error.path(), Some("ends_at"));
    assert_bilingual(&error, &NOW.to_string());
    assert!(error.to_string().contains("seconds"), "{error}");
    let refused = [
        draft("a").starts_at(seconds),
        draft("a").event(seconds, None),
        draft("a").event(None, seconds),
    ];
    for draft in refused {
        let error = desk.board.publish(&draft).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{error}");
    }
    let id = desk.title("a");
    let error = desk
        .try_update(id, json!({"ends_at": seconds}), None)
        .unwrap_err();
    assert_eq!(error.path(), Some("ends_at"));
    let queries: [(Query, &str); 3] = [
        (Query::new(Viewer::anonymous().at(seconds)), "viewer.now"),
        (
            editor_of_all().filter(Filter::new().starts(seconds..)),
            "filter.starts.from",
        ),
        (
            editor_of_all().filter(Filter::new().updated(..seconds)),
            "filter.updated.until",
        ),
    ];
    for (query, path) in queries {
        let error = desk.board.count(&query).unwrap_err();
        assert_eq!(error.path(), Some(path), "{error}");
        assert_eq!(desk.board.query(&query).unwrap_err().path(), Some(path));
    }
    // Not a unit, just far away.
    desk.publish(draft("b").ends_at(microseconds));
}

#[test]
fn a_time_that_an_announcement_has_may_stay_when_the_clock_is_set_right() {
    let desk = Desk::new();
    let now = NOW / 1000;
    desk.shows(now);
    let id = desk.publish(draft("a").visible(None, now + 1000));
    desk.at(0);
    desk.update(id, json!({"pinned": true}));
    assert!(desk.edited(id).pinned());
}

#[test]
fn the_years_1_and_9999_mean_no_time_in_every_form() {
    let desk = Desk::new();
    for end in [
        json!("0001-01-01T00:00:00Z"),
        json!("0001-01-01T00:00:00+08:00"),
        json!("9999-12-31T23:59:59.9999999Z"),
        json!("9999-12-31T23:59:59.9999999-08:00"),
        json!(-62_135_596_800_000_i64),
        json!(253_402_300_799_999_i64),
    ] {
        let draft = json!({"texts": {"en": {"title": "a"}}, "ends_at": end, "starts_at": end});
        let id = desk.publish(Draft::from_value(&draft).unwrap());
        let item = desk.edited(id);
        assert_eq!((item.ends_at(), item.starts_at()), (None, NOW), "{end}");
        let id = desk.publish(Draft::new("en", "a").ends_at(NOW + 1));
        desk.update(id, json!({"ends_at": end}));
        assert_eq!(desk.edited(id).ends_at(), None, "{end}");
    }
    for end in [-62_135_596_800_000, 253_402_300_799_999] {
        let draft = draft("a").ends_at(end);
        assert!(draft.validate().is_ok());
        assert_eq!(desk.edited(desk.publish(draft)).ends_at(), None);
    }
}
