//! What a viewer does with single announcements, and what becomes of it as they change.

use notice::{
    Draft, ErrorKind, Filter, Item, Language, Mark, Marking, Operator, Outcome, Query,
    ReceiptQuery, Shown, Viewer,
};
use serde_json::json;

use crate::support::{Desk, NONE, NOW, for_role, kind, of, plain_marks, refusal};

/// Read, dismissed, acknowledged, pending.
fn flags(item: &Item) -> (bool, bool, bool, bool) {
    (
        item.is_read(),
        item.is_dismissed(),
        item.is_acknowledged(),
        item.is_pending(),
    )
}

#[test]
fn what_nobody_has_touched_is_unread_and_pending() {
    let desk = Desk::new();
    let id = desk.title("a");
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
    assert_eq!(flags(&desk.item("", id)), (false, false, false, true));
    assert_eq!(desk.unread("ann"), [id]);
    assert_eq!(desk.pending("ann"), [id]);
}

#[test]
fn read_implies_neither_dismissed_nor_acknowledged_and_can_be_undone() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Read);
    assert_eq!(flags(&desk.item("ann", id)), (true, false, false, true));
    assert_eq!(desk.unread("ann"), NONE);
    assert_eq!(desk.unread("bob"), [id], "marks are each user's own");
    desk.mark("ann", &[id], Mark::Unread);
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
    assert_eq!(desk.unread("ann"), [id]);
}

#[test]
fn dismissing_implies_read_and_restoring_undoes_only_the_dismissal() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Dismiss);
    assert_eq!(flags(&desk.item("ann", id)), (true, true, false, false));
    assert_eq!(desk.pending("ann"), NONE);
    assert_eq!(desk.ids(&of("ann")), [id], "it stays on the board");
    desk.mark("ann", &[id], Mark::Restore);
    assert_eq!(flags(&desk.item("ann", id)), (true, false, false, true));
    assert_eq!(desk.pending("ann"), [id]);
}

#[test]
fn acknowledging_implies_read_and_can_be_undone() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").require_ack(true));
    let other = desk.title("asks for nothing");
    let due = of("ann").filter(Filter::new().unacknowledged_only(true));
    assert_eq!(desk.ids(&due), [id]);
    desk.mark("ann", &[id, other], Mark::Acknowledge);
    assert_eq!(flags(&desk.item("ann", id)), (true, false, true, true));
    assert_eq!(flags(&desk.item("ann", other)), (true, false, true, true));
    assert_eq!(desk.ids(&due), NONE);
    desk.mark("ann", &[id], Mark::Unacknowledge);
    assert_eq!(flags(&desk.item("ann", id)), (true, false, false, true));
    assert_eq!(desk.ids(&due), [id]);
}

#[test]
fn unread_after_a_dismissal_leaves_it_dismissed() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.mark("ann", &[id], Mark::Unread);
    assert_eq!(flags(&desk.item("ann", id)), (false, true, false, false));
}

#[test]
fn a_minor_edit_keeps_it_read_dismissed_and_acknowledged() {
    let desk = Desk::new();
    let id = desk.title("teh title");
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.mark("ann", &[id], Mark::Acknowledge);
    desk.minor(id, json!({"texts": {"en": {"title": "the title"}}}));
    assert_eq!(flags(&desk.item("ann", id)), (true, true, true, false));
    assert_eq!(desk.item("ann", id).text().title, "the title");
}

#[test]
fn a_minor_edit_keeps_it_unread_where_it_was_marked_so() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.read_all("ann");
    desk.mark("ann", &[id], Mark::Unread);
    desk.minor(id, json!({"category": "c"}));
    assert_eq!(desk.unread("ann"), [id]);
}

#[test]
fn a_major_edit_makes_it_unread_undismissed_and_unacknowledged_again() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.mark("ann", &[id], Mark::Acknowledge);
    desk.major(id, json!({"category": "c"}));
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
    assert_eq!(desk.unread("ann"), [id]);
    assert_eq!(desk.pending("ann"), [id]);
}

#[test]
fn a_minor_edit_after_a_major_one_does_not_make_it_read_again() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Read);
    desk.major(id, json!({"priority": 1}));
    desk.minor(id, json!({"priority": 2}));
    assert_eq!(desk.unread("ann"), [id]);
    desk.mark("ann", &[id], Mark::Read);
    desk.minor(id, json!({"priority": 3}));
    assert_eq!(desk.unread("ann"), NONE);
}

#[test]
fn a_restored_announcement_is_news() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.retract(id, "");
    desk.restore(id);
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
}

#[test]
fn what_is_not_dismissible_is_refused_alone_and_read_among_others() {
    let desk = Desk::new();
    let plain = desk.title("a");
    let fixed = desk.publish(Draft::new("en", "b").dismissible(false));
    let ann = Viewer::new("ann");
    let refused = desk.board.mark(&ann, &[fixed], Mark::Dismiss);
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadState);
    for language in [Language::En, Language::Zh] {
        assert!(error.message(language).contains(&fixed.to_string()));
    }
    assert_eq!(flags(&desk.item("ann", fixed)), (false, false, false, true));
    assert_eq!(desk.board.stats().unwrap().users, 0);
    let both = desk.board.mark(&ann, &[plain, fixed], Mark::Dismiss);
    assert_eq!(both, Ok(1), "one of them was dismissed");
    assert_eq!(flags(&desk.item("ann", plain)), (true, true, false, false));
    assert_eq!(flags(&desk.item("ann", fixed)), (true, false, false, true));
    desk.mark("ann", &[fixed], Mark::Restore);
    desk.mark("ann", &[fixed], Mark::Read);
}

#[test]
fn a_dismissal_counts_only_while_the_announcement_is_dismissible() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.minor(id, json!({"dismissible": false}));
    assert_eq!(flags(&desk.item("ann", id)), (true, false, false, true));
    assert_eq!(desk.pending("ann"), [id]);
    desk.minor(id, json!({"dismissible": null}));
    assert_eq!(flags(&desk.item("ann", id)), (true, true, false, false));
}

#[test]
fn of_many_those_are_passed_over_that_are_not_there() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..5).map(|n| desk.title(&n.to_string())).collect();
    let secret = desk.publish(for_role("secret", "boss"));
    let ann = Viewer::new("ann");
    for missing in [secret, 99, 0, -1, i64::MIN] {
        for mark in plain_marks() {
            let refused = desk.board.mark(&ann, &[missing], mark);
            assert_eq!(kind(refused), ErrorKind::NotFound);
            assert_eq!(desk.board.mark(&ann, &[missing, 98], mark), Ok(0));
        }
        let with_missing = [ids[0], ids[1], missing, ids[2]];
        assert_eq!(desk.board.mark(&ann, &with_missing, Mark::Seen), Ok(3));
    }
    assert_eq!(desk.unread("ann").len(), 5);
    assert_eq!(desk.item("ann", ids[2]).seen_count(), 5);
    assert_eq!(desk.board.mark(&ann, &ids[1..4], Mark::Read), Ok(3));
    assert_eq!(desk.unread("ann"), [ids[4], ids[0]]);
    assert_eq!(desk.board.mark(&ann, &[], Mark::Read), Ok(0));
}

#[test]
fn a_mark_counts_for_the_version_that_was_shown() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").require_ack(true));
    let ann = Viewer::new("ann");
    let mark = |mark: Mark, version: u32| {
        let marking = Marking::new(mark, [Shown::new(id, version)]);
        desk.board.mark_shown(&ann, &marking)
    };
    desk.major(id, json!({"priority": 1}));
    desk.minor(id, json!({"priority": 2}));
    for stale in [Mark::Read, Mark::Acknowledge, Mark::Dismiss, Mark::Seen] {
        assert_eq!(mark(stale, 1), Ok(1));
    }
    let item = desk.item("ann", id);
    assert_eq!(flags(&item), (false, false, false, true));
    assert_eq!(item.seen_count(), 0);
    assert_eq!(
        mark(Mark::Acknowledge, 2),
        Ok(1),
        "the third was a minor edit"
    );
    assert_eq!(flags(&desk.item("ann", id)), (true, false, true, true));
    for stale in [Mark::Unread, Mark::Unacknowledge, Mark::Acknowledge] {
        assert_eq!(mark(stale, 1), Ok(1));
    }
    assert_eq!(flags(&desk.item("ann", id)), (true, false, true, true));
    assert_eq!(mark(Mark::Unacknowledge, 3), Ok(1));
    assert_eq!(mark(Mark::Unread, 0), Ok(1));
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
}

#[test]
fn an_old_showing_leaves_the_count_of_the_news_alone() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").show_limit(2));
    let ann = Viewer::new("ann");
    let see = |version: u32| {
        let marking = Marking::new(Mark::Seen, [Shown::new(id, version)]);
        desk.board.mark_shown(&ann, &marking).unwrap();
        desk.item("ann", id).seen_count()
    };
    assert_eq!((see(1), see(0)), (1, 2));
    desk.major(id, json!({"priority": 1}));
    assert_eq!((see(1), see(2), see(1), see(0)), (0, 1, 1, 2));
}

#[test]
fn a_version_that_is_still_to_come_is_refused_and_nothing_is_marked() {
    let desk = Desk::new();
    let (one, two) = (desk.title("a"), desk.title("b"));
    let shown = [Shown::new(one, 1), Shown::new(two, 2), Shown::new(99, 7)];
    let refused = desk
        .board
        .mark_shown(&Viewer::new("ann"), &Marking::new(Mark::Read, shown));
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField);
    assert_eq!(
        (error.path(), error.value()),
        (Some("version"), Some("\"2\""))
    );
    assert!(error.message(Language::En).contains("is at version 1"));
    assert_eq!(desk.unread("ann"), [two, one]);
}

#[test]
fn one_id_twice_in_a_call_is_one_mark_twice() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id, id], Mark::Seen);
    assert_eq!(desk.item("ann", id).seen_count(), 2);
    desk.mark("ann", &[id, id], Mark::Dismiss);
    assert!(desk.item("ann", id).is_dismissed());
}

#[test]
fn more_ids_than_ten_thousand_are_too_many() {
    let desk = Desk::new();
    let id = desk.title("a");
    let ann = Viewer::new("ann");
    assert!(desk.board.mark(&ann, &vec![id; 10_000], Mark::Read).is_ok());
    let refused = desk.board.mark(&ann, &vec![id; 10_001], Mark::Read);
    assert_eq!(
        refusal(refused),
        (ErrorKind::TooLarge, Some("ids".to_owned()))
    );
}

#[test]
fn nothing_is_kept_of_an_anonymous_viewer() {
    let desk = Desk::new();
    let id = desk.title("a");
    let invalid = (ErrorKind::InvalidField, Some("user".to_owned()));
    let nobody = Viewer::anonymous().with("user", "ann");
    for mark in Mark::ALL {
        assert_eq!(refusal(desk.board.mark(&nobody, &[id], *mark)), invalid);
    }
    let all = desk.board.mark_all_read(&Query::new(nobody), None);
    assert_eq!(refusal(all), invalid);
    assert_eq!(refusal(desk.board.forget_user("")), invalid);
    assert_eq!(desk.board.stats().unwrap().users, 0);
}

#[test]
fn any_name_up_to_512_bytes_is_a_user() {
    let desk = Desk::new();
    let id = desk.title("a");
    for user in ["张伟", "a b\tc", "\u{1F600}", &"u".repeat(512), "' OR 1=1"] {
        desk.mark(user, &[id], Mark::Read);
        assert!(desk.item(user, id).is_read());
    }
    let long = "u".repeat(513);
    let ann = Viewer::new(long.clone());
    assert_eq!(
        refusal(desk.board.mark(&ann, &[id], Mark::Read)),
        (ErrorKind::TooLarge, Some("user".to_owned()))
    );
    let with_nul = Viewer::new("a\0b");
    let error = desk.board.mark(&with_nul, &[id], Mark::Read).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::InvalidField, Some(1))
    );
}

#[test]
fn what_the_viewer_may_not_see_is_not_found() {
    let desk = Desk::new();
    let secret = desk.publish(for_role("secret", "boss"));
    let later = desk.publish(Draft::new("en", "later").visible(NOW + 100, None));
    for id in [secret, later] {
        let refused = desk.board.mark(&Viewer::new("ann"), &[id], Mark::Read);
        assert_eq!(kind(refused), ErrorKind::NotFound);
    }
    let boss = Viewer::new("ann").with("role", "boss");
    desk.board.mark(&boss, &[secret], Mark::Read).unwrap();
    desk.at(100);
    desk.mark("ann", &[later], Mark::Read);
}

#[test]
fn what_is_over_or_taken_back_can_still_be_marked() {
    let desk = Desk::new();
    let over = desk.publish(Draft::new("en", "over").visible(None, NOW + 10));
    let gone = desk.title("gone");
    let covered = desk.publish(Draft::new("en", "covered").key("k"));
    desk.publish(Draft::new("en", "covers").replaces(notice::Reference::Key("k".to_owned())));
    desk.retract(gone, "");
    desk.at(20);
    desk.mark("ann", &[over, gone, covered], Mark::Acknowledge);
    let receipts = |id| desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    for id in [over, gone, covered] {
        assert_eq!(receipts(id).acknowledged, 1);
    }
}

#[test]
fn the_filters_by_state_agree_with_the_flags() {
    let desk = Desk::new();
    for n in 0..6 {
        desk.publish(Draft::new("en", n.to_string()).require_ack(n % 2 == 0));
    }
    desk.mark("ann", &[1, 2], Mark::Read);
    desk.mark("ann", &[3], Mark::Dismiss);
    desk.mark("ann", &[5], Mark::Acknowledge);
    let ids = |set: fn(&mut Filter)| {
        let mut filter = Filter::default();
        set(&mut filter);
        let query = of("ann").filter(filter);
        let ids = desk.ids(&query);
        let count = desk.board.count(&query).unwrap();
        assert_eq!(count.total, Some(ids.len() as u64));
        ids
    };
    assert_eq!(ids(|f| f.unread_only = true), [6, 4]);
    assert_eq!(ids(|f| f.pending_only = true), [6, 5, 4, 2, 1]);
    assert_eq!(ids(|f| f.unacknowledged_only = true), [3, 1]);
    assert_eq!(
        ids(|f| (f.unread_only, f.pending_only) = (true, true)),
        [6, 4]
    );
    assert_eq!(
        ids(|f| (f.pending_only, f.unacknowledged_only) = (true, true)),
        [1]
    );
    assert_eq!(
        ids(|f| {
            f.unread_only = true;
            f.ids = vec![1, 6];
        }),
        [6]
    );
}

#[test]
fn unread_counts_under_a_filter_only_what_is_under_it() {
    let desk = Desk::new();
    for n in 0..4 {
        let channel = ["a", "b"][n % 2];
        desk.publish(Draft::new("en", n.to_string()).channel(channel));
    }
    desk.mark("ann", &[1], Mark::Read);
    let count = |channel: &str| {
        let filter = Filter::new().channels([channel.to_owned()]);
        let count = desk.board.count(&of("ann").filter(filter)).unwrap();
        (count.total.unwrap(), count.unread.unwrap())
    };
    assert_eq!((count("a"), count("b")), ((2, 1), (2, 2)));
    desk.retract(1, "");
    assert_eq!((count("a"), count("b")), ((1, 1), (2, 2)));
    desk.read_all("ann");
    desk.publish(Draft::new("en", "new").channel("b"));
    assert_eq!((count("a"), count("b")), ((1, 0), (3, 1)));
}

#[test]
fn an_editor_with_a_name_counts_and_lists_the_unread_in_every_phase() {
    let desk = Desk::new();
    desk.title("read");
    desk.read_all("ann");
    desk.publish(Draft::new("en", "later").visible(NOW + 10, None));
    desk.publish(Draft::new("en", "gone"));
    desk.retract(3, "");
    let query = crate::support::editor_of_all().viewer(Viewer::new("ann"));
    let mut unread = query.clone();
    unread.filter.unread_only = true;
    let flagged = |items: &[Item]| items.iter().filter(|item| !item.is_read()).count();
    let page = desk.page(&query);
    assert_eq!(flagged(&page.items), 2);
    assert_eq!((page.count.total, page.count.unread), (Some(3), Some(2)));
    let mut ids = desk.ids(&unread);
    ids.sort_unstable();
    assert_eq!(ids, [2, 3]);
}

#[test]
fn forgetting_a_user_erases_everything_of_that_user_alone() {
    let desk = Desk::new();
    let id = desk.title("a");
    for user in ["ann", "bob"] {
        desk.mark(user, &[id], Mark::Dismiss);
        desk.read_all(user);
    }
    assert!(desk.board.forget_user("ann").unwrap());
    assert!(!desk.board.forget_user("ann").unwrap());
    assert!(!desk.board.forget_user("never seen").unwrap());
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, true));
    assert_eq!(flags(&desk.item("bob", id)), (true, true, false, false));
    let receipts = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!(receipts.receipts.len(), 1);
    assert_eq!(desk.board.stats().unwrap().users, 1);
}

#[test]
fn marks_make_no_revision() {
    let desk = Desk::new();
    let id = desk.title("a");
    for mark in plain_marks() {
        desk.mark("ann", &[id], mark);
    }
    desk.read_all("ann");
    desk.board.forget_user("ann").unwrap();
    assert_eq!(desk.revision(), 1);
    assert_eq!(desk.update(id, json!({})).outcome, Outcome::Unchanged);
}

#[test]
fn an_announcement_for_one_user_is_marked_by_that_one() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").audience("user", Operator::In, ["ann"]));
    desk.mark("ann", &[id], Mark::Read);
    let refused = desk.board.mark(&Viewer::new("bob"), &[id], Mark::Read);
    assert_eq!(kind(refused), ErrorKind::NotFound);
}

#[test]
fn what_is_snoozed_is_not_pending_until_then_or_until_it_is_news() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a"));
    let ann = Viewer::new("ann");
    let pending = || desk.page(&of("ann").filter(Filter::new().pending_only(true)));
    assert_eq!(desk.board.snooze(&ann, &[id, 99], NOW + 100), Ok(1));
    assert_eq!(flags(&desk.item("ann", id)), (false, false, false, false));
    assert_eq!(pending().count.total, Some(0));
    assert_eq!(pending().count.next_change_at, Some(NOW + 100));
    desk.minor(id, json!({"priority": 1}));
    desk.at(99);
    assert_eq!(desk.pending("ann"), NONE);
    desk.at(100);
    assert_eq!(desk.pending("ann"), [id]);
    desk.board.snooze(&ann, &[id], NOW + 500).unwrap();
    let receipts = desk
        .board
        .receipts(&ReceiptQuery::new(id))
        .unwrap()
        .receipts;
    assert_eq!(receipts[0].receipt.snoozed_until(), Some(NOW + 500));
    desk.mark("ann", &[id], Mark::Unsnooze);
    assert_eq!(desk.pending("ann"), [id]);
    desk.board.snooze(&ann, &[id], NOW + 500).unwrap();
    desk.major(id, json!({"priority": 2}));
    assert_eq!(desk.pending("ann"), [id]);
    let stale = Marking::new(Mark::Snooze, [Shown::new(id, 1)]).until(NOW + 500);
    desk.board.mark_shown(&ann, &stale).unwrap();
    assert_eq!(desk.pending("ann"), [id]);
}

#[test]
fn of_a_dismissal_and_a_snooze_the_last_one_counts() {
    let desk = Desk::new();
    let id = desk.title("a");
    let ann = Viewer::new("ann");
    let snooze = || assert_eq!(desk.board.snooze(&ann, &[id], NOW + 100), Ok(1));
    snooze();
    desk.mark("ann", &[id], Mark::Dismiss);
    assert_eq!(desk.item("ann", id).snoozed_until(), None);
    desk.mark("ann", &[id], Mark::Restore);
    assert_eq!(desk.pending("ann"), [id]);
    desk.mark("ann", &[id], Mark::Dismiss);
    snooze();
    let item = desk.item("ann", id);
    assert_eq!(
        (item.is_dismissed(), item.is_read(), item.snoozed_until()),
        (false, true, Some(NOW + 100))
    );
    desk.at(100);
    assert_eq!(desk.pending("ann"), [id]);
}

#[test]
fn a_snooze_of_the_version_before_a_minor_edit_counts() {
    let desk = Desk::new();
    let id = desk.title("a");
    let ann = Viewer::new("ann");
    desk.minor(id, json!({"priority": 1}));
    desk.board.snooze(&ann, &[id], NOW + 100).unwrap();
    let earlier = Marking::new(Mark::Snooze, [Shown::new(id, 1)]).until(NOW + 200);
    desk.board.mark_shown(&ann, &earlier).unwrap();
    assert_eq!(desk.item("ann", id).snoozed_until(), Some(NOW + 200));
}

#[test]
fn a_snooze_ends_the_next_change_also_among_many_receipts() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..200)
        .map(|n| desk.publish(Draft::new("en", format!("{n}"))))
        .collect();
    desk.mark("ann", &ids, Mark::Read);
    let ann = Viewer::new("ann");
    for (place, until) in [(3, NOW + 900), (150, NOW + 300), (199, NOW + 600)] {
        desk.board.snooze(&ann, &[ids[place]], until).unwrap();
    }
    let next = || desk.page(&of("ann").limit(1)).count.next_change_at;
    assert_eq!(next(), Some(NOW + 300));
    desk.at(300);
    assert_eq!(next(), Some(NOW + 600));
    desk.mark("ann", &[ids[199]], Mark::Unsnooze);
    assert_eq!(next(), Some(NOW + 900));
    let one = of("ann").filter(Filter::new().ids([ids[150]]));
    assert_eq!(desk.page(&one).count.next_change_at, None);
    desk.board.snooze(&ann, &[ids[3]], NOW + 301).unwrap();
    assert_eq!(next(), Some(NOW + 301));
}

#[test]
fn seconds_and_microseconds_of_a_snooze_are_told_from_milliseconds() {
    let desk = Desk::new();
    let id = desk.title("a");
    let ann = Viewer::new("ann");
    for (until, unit) in [
        (NOW / 1000 + 60, "seconds"),
        ((NOW + 60_000) * 1000, "microseconds"),
    ] {
        let error = desk.board.snooze(&ann, &[id], until).unwrap_err();
        assert_eq!(error.path(), Some("until"));
        let message = error.message(notice::Language::En);
        assert!(message.contains(unit), "{message}");
    }
}

#[test]
fn a_snooze_ends_in_the_future_and_within_ten_years() {
    let desk = Desk::new();
    let id = desk.title("a");
    let ann = Viewer::new("ann");
    let invalid = (ErrorKind::InvalidField, Some("until".to_owned()));
    for until in [0, -1, NOW, NOW + 12 * 366 * 86_400_000, i64::MAX, i64::MIN] {
        assert_eq!(refusal(desk.board.snooze(&ann, &[id], until)), invalid);
    }
    assert_eq!(refusal(desk.board.mark(&ann, &[id], Mark::Snooze)), invalid);
    let other = Marking::new(Mark::Read, [id]).until(NOW + 1);
    assert_eq!(refusal(desk.board.mark_shown(&ann, &other)), invalid);
    assert_eq!(desk.board.stats().unwrap().users, 0);
}
