//! 变更流: what a follower is told, and what a follower who waits.

use std::sync::Arc;
use std::time::Duration;

use notice::{
    ChangeKind, ChangeQuery, Draft, ErrorKind, Filter, Operation, Options, Order, Phase, Query,
    Reference,
};
use serde_json::json;

use crate::support::{Desk, NOW, editor_of_all, for_role, kind, of, refusal};

/// Revision, id, kind, and the title if it is still seen.
type Told = (i64, i64, ChangeKind, Option<String>);

fn told(desk: &Desk, since: i64, query: &Query) -> Vec<Told> {
    let title = |item: notice::Item| item.text().title.to_owned();
    desk.events(since, query)
        .into_iter()
        .map(|event| (event.revision, event.id, event.kind, event.item.map(title)))
        .collect()
}

#[test]
fn a_follower_is_told_what_concerns_its_query_and_moves_on_over_the_rest() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "a").channel("mine"));
    desk.publish(Draft::new("en", "b").channel("other"));
    let mine = of("ann").filter(Filter::new().channels(["mine"]));
    let title = |t: &str| Some(t.to_owned());
    assert_eq!(
        told(&desk, 0, &mine),
        [(1, 1, ChangeKind::Published, title("a"))]
    );
    let page = desk
        .board
        .changes(&ChangeQuery::since(1, mine.clone()))
        .unwrap();
    assert!(page.events.is_empty());
    assert_eq!((page.to_revision, page.head, page.more), (2, 2, false));
    // One comes into the filter, the other leaves it.
    desk.update(2, json!({"channel": "mine"}));
    desk.update(1, json!({"channel": "other"}));
    let expected = [
        (3, 2, ChangeKind::UpdatedMinor, title("b")),
        (4, 1, ChangeKind::UpdatedMinor, None),
    ];
    assert_eq!(told(&desk, 2, &mine), expected);
    desk.update(1, json!({"texts": {"en": {"title": "elsewhere"}}}));
    assert_eq!(told(&desk, 4, &mine), [], "it was gone already");
}

#[test]
fn a_retraction_comes_with_its_reason_and_a_purge_with_none() {
    let desk = Desk::new();
    let id = desk.title("a");
    let since = desk.revision();
    desk.retract(id, "wrong date");
    let events = desk.events(since, &of("ann"));
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind, &*events[0].reason),
        (ChangeKind::Retracted, "wrong date")
    );
    assert!(events[0].item.is_none());
    let seen = desk.events(since, &editor_of_all());
    assert_eq!(seen[0].reason, "wrong date");
    assert_eq!(seen[0].item.as_ref().unwrap().id(), id);
    desk.purge(id);
    let events = desk.events(since, &editor_of_all());
    let kinds: Vec<_> = events.iter().map(|e| (e.kind, e.reason.as_str())).collect();
    assert_eq!(
        kinds,
        [(ChangeKind::Retracted, ""), (ChangeKind::Purged, "")]
    );
}

#[test]
fn those_that_are_covered_or_uncovered_by_others_are_told_of() {
    let desk = Desk::new();
    let old = desk.publish(Draft::new("en", "old").key("k"));
    let new = desk.publish(Draft::new("en", "new").replaces(Reference::Key("k".to_owned())));
    let title = |t: &str| Some(t.to_owned());
    let expected = [
        (2, new, ChangeKind::Published, title("new")),
        (2, old, ChangeKind::UpdatedMinor, None),
    ];
    assert_eq!(told(&desk, 1, &of("ann")), expected);
    desk.purge(new);
    let expected = [
        (3, new, ChangeKind::Purged, None),
        (3, old, ChangeKind::UpdatedMinor, title("old")),
    ];
    assert_eq!(told(&desk, 2, &of("ann")), expected);
}

#[test]
fn one_that_hundreds_cover_at_once_is_told_of_once_to_whom_any_of_them_concerns() {
    let desk = Desk::new();
    let old = desk.publish(Draft::new("en", "old"));
    let covering = |n: i64| {
        let role = if n == 299 { "last" } else { "others" };
        let draft = for_role("new", role).replaces(Reference::Id(old));
        Operation::Publish(Arc::new(draft))
    };
    desk.board
        .apply(&(0..300).map(covering).collect::<Vec<_>>())
        .unwrap();
    let about_old = |role: &str| {
        let mut query = of("ann");
        query.viewer = query.viewer.with("role", role);
        let told = told(&desk, 1, &query).into_iter();
        told.filter(|(_, id, ..)| *id == old).collect::<Vec<_>>()
    };
    let covered = [(2, old, ChangeKind::UpdatedMinor, None)];
    assert_eq!(about_old("last"), covered);
    assert_eq!(about_old("others"), covered);
    assert_eq!(about_old("nobody"), []);
}

#[test]
fn pages_end_with_a_revision_and_lead_on_to_the_head() {
    let desk = Desk::new();
    for n in 0..10 {
        desk.publish(Draft::new("en", n.to_string()).channel(["a", "b"][n % 2]));
    }
    let in_a = of("ann").filter(Filter::new().channels(["a"]));
    let mut since = 0;
    let mut revisions = Vec::new();
    loop {
        let page = desk
            .board
            .changes(&ChangeQuery::since(since, in_a.clone()).limit(2));
        let page = page.unwrap();
        assert!(page.events.len() <= 2);
        assert!(page.to_revision > since, "a page always leads on");
        assert_eq!(page.more, page.to_revision < page.head);
        revisions.extend(page.events.iter().map(|event| event.revision));
        since = page.to_revision;
        if !page.more {
            break;
        }
    }
    assert_eq!(revisions, [1, 3, 5, 7, 9]);
    assert_eq!(since, 10);
}

#[test]
fn what_is_compacted_is_said_with_the_oldest_revision_that_is_left() {
    let desk = Desk::with(Options::new().keep_changes(3, 100));
    for n in 0..5 {
        desk.at(n);
        desk.title(&n.to_string());
    }
    let changes = |since| desk.board.changes(&ChangeQuery::since(since, of("ann")));
    assert_eq!(changes(0).unwrap().events.len(), 5, "none is old enough");
    desk.at(102);
    desk.title("next");
    // Revisions 1 and 2 are older than 100 ms and more than 3 ago; 3 is not older than 100 ms.
    let error = changes(0).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::Compacted, Some(2))
    );
    assert_eq!(kind(changes(1)), ErrorKind::Compacted);
    assert_eq!(changes(2).unwrap().events.len(), 4);
    desk.at(10_000);
    assert_eq!(
        desk.board
            .custody()
            .unwrap()
            .maintain()
            .unwrap()
            .changes_dropped,
        1
    );
    let error = changes(2).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::Compacted, Some(3))
    );
    assert_eq!(
        changes(3).unwrap().events.len(),
        3,
        "three are kept however old"
    );
    let stats = desk.board.stats().unwrap();
    assert_eq!((stats.changes, stats.oldest_revision), (3, 3));
}

#[test]
fn another_epoch_and_a_future_revision_are_refused() {
    let desk = Desk::new();
    desk.title("a");
    let epoch = desk.page(&of("ann")).count.epoch;
    let changes = |since, epoch| {
        let changes = ChangeQuery::since(since, of("ann")).epoch(epoch);
        desk.board.changes(&changes)
    };
    assert_eq!(changes(0, epoch).unwrap().epoch, epoch);
    assert_eq!(kind(changes(0, epoch ^ 1)), ErrorKind::EpochMismatch);
    assert_eq!(kind(changes(99, epoch ^ 1)), ErrorKind::EpochMismatch);
    assert_eq!(kind(changes(2, epoch)), ErrorKind::FutureRevision);
    assert_eq!(kind(changes(i64::MAX, epoch)), ErrorKind::FutureRevision);
    assert_ne!(Desk::new().page(&of("ann")).count.epoch, epoch);
}

#[test]
fn what_a_feed_cannot_follow_is_refused() {
    let desk = Desk::new();
    desk.title("a");
    let refused = |query: Query| refusal(desk.board.changes(&ChangeQuery::since(0, query)));
    let invalid = |path: &str| (ErrorKind::InvalidField, Some(path.to_owned()));
    let with = |set: fn(&mut Filter)| {
        let mut filter = Filter::default();
        set(&mut filter);
        of("ann").filter(filter)
    };
    assert_eq!(
        refused(with(|f| f.unread_only = true)),
        invalid("filter.unread_only")
    );
    assert_eq!(
        refused(with(|f| f.pending_only = true)),
        invalid("filter.pending_only")
    );
    assert_eq!(
        refused(with(|f| f.unacknowledged_only = true)),
        invalid("filter.unacknowledged_only")
    );
    assert_eq!(refused(with(|f| f.q = "a".to_owned())), invalid("filter.q"));
    assert_eq!(
        refused(with(|f| f.phase = Phase::Any)),
        invalid("filter.phase")
    );
    assert_eq!(refused(of("ann").order(Order::Relevance)), invalid("order"));
    let negative = desk.board.changes(&ChangeQuery::since(-1, of("ann")));
    assert_eq!(refusal(negative), invalid("since"));
    for limit in [0, 1001] {
        let changes = ChangeQuery::since(0, of("ann")).limit(limit);
        assert_eq!(refusal(desk.board.changes(&changes)), invalid("limit"));
    }
}

#[test]
fn a_viewers_own_state_is_in_no_event() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], notice::Mark::Dismiss);
    desk.read_all("ann");
    desk.mark("ann", &[id], notice::Mark::Seen);
    let events = desk.events(0, &of("ann"));
    assert_eq!(events.len(), 1);
    let item = events[0].item.as_ref().unwrap();
    assert!(!item.is_read() && !item.is_dismissed() && item.is_pending() && item.seen_count() == 0);
}

#[test]
fn the_feed_says_when_the_list_changes_by_time_alone() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "a").visible(NOW + 100, NOW + 200));
    let next = || {
        let page = desk
            .board
            .changes(&ChangeQuery::since(1, of("ann")))
            .unwrap();
        assert!(page.events.is_empty());
        page.next_change_at
    };
    assert_eq!(next(), Some(NOW + 100));
    desk.at(100);
    assert_eq!(next(), Some(NOW + 200));
    desk.at(200);
    assert_eq!(next(), None);
}

#[test]
fn a_change_of_audience_is_an_arrival_or_a_departure() {
    let desk = Desk::new();
    let id = desk.publish(for_role("a", "boss"));
    let only =
        |role: &str| json!({"audience": [{"attribute": "role", "op": "in", "values": [role]}]});
    let mut chief = of("cy");
    chief.viewer = chief.viewer.with("role", "chief");
    assert_eq!(told(&desk, 0, &chief), []);
    desk.update(id, only("chief"));
    assert_eq!(
        told(&desk, 1, &chief),
        [(2, id, ChangeKind::UpdatedMinor, Some("a".to_owned()))]
    );
    desk.update(id, only("boss"));
    let departure = (3, id, ChangeKind::UpdatedMinor, None);
    assert_eq!(told(&desk, 2, &chief), [departure]);
    desk.retract(id, "secret");
    desk.restore(id);
    desk.purge(id);
    assert_eq!(told(&desk, 3, &chief), []);
}

#[test]
fn who_waits_is_woken_by_a_commit_of_another_thread() {
    let desk = Arc::new(Desk::new());
    desk.title("a");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| desk.board.wait(1, Duration::MAX));
        desk.title("b");
        assert_eq!(waiting.join().unwrap(), Ok(2));
    });
    assert_eq!(
        desk.board.wait(0, Duration::ZERO),
        Ok(2),
        "no wait for what is there"
    );
    assert_eq!(desk.board.wait(-5, Duration::ZERO), Ok(2));
}

#[test]
fn a_wait_runs_out_or_is_refused() {
    let desk = Desk::new();
    assert_eq!(
        kind(desk.board.wait(0, Duration::ZERO)),
        ErrorKind::TimedOut
    );
    assert_eq!(
        kind(desk.board.wait(0, Duration::from_millis(1))),
        ErrorKind::TimedOut
    );
    desk.title("a");
    desk.mark("ann", &[1], notice::Mark::Read);
    assert_eq!(
        kind(desk.board.wait(1, Duration::ZERO)),
        ErrorKind::TimedOut
    );
    assert_eq!(
        kind(desk.board.wait(2, Duration::MAX)),
        ErrorKind::FutureRevision
    );
}

#[test]
fn closing_ends_the_waits_and_nothing_else() {
    let desk = Arc::new(Desk::new());
    desk.title("a");
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| kind(desk.board.wait(1, Duration::MAX))))
            .collect();
        desk.board.close().unwrap();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), ErrorKind::Unavailable);
        }
    });
    assert_eq!(
        kind(desk.board.wait(0, Duration::ZERO)),
        ErrorKind::Unavailable
    );
    assert_eq!(desk.title("b"), 2);
    assert_eq!(desk.events(0, &of("ann")).len(), 2);
}
