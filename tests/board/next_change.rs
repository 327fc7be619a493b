//! When an answer changes by time alone.

use notice::{Draft, Filter, Item, Mark, Operator, Phase, Query, Reference, View, Viewer};
use proptest::prelude::*;

use crate::support::{Desk, NOW, anyone, board, draft, editor, filter, of, titles};

#[test]
fn the_next_change_is_the_next_start_or_end_that_concerns_the_query() {
    let (board, clock) = board();
    let drafts = [
        draft("a").visible(None, NOW + 40),
        draft("b").visible(NOW + 20, NOW + 30).channel("ops"),
        draft("c")
            .visible(NOW + 10, None)
            .audience("role", notice::Operator::In, ["admin"]),
    ];
    board.publish_all(&drafts).unwrap();
    let next = |query: &Query| {
        let count = board.count(query).unwrap();
        assert_eq!(
            board.query(query).unwrap().count.next_change_at,
            count.next_change_at
        );
        count.next_change_at
    };
    let ops = anyone().filter(filter(|f| f.channels = vec!["ops".into()]));
    for (after, all, of_ops, edited) in [
        (0, 20, 20, 10),
        (10, 20, 20, 20),
        (19, 20, 20, 20),
        (20, 30, 30, 30),
        (30, 40, 0, 40),
        (40, 0, 0, 0),
    ] {
        let at = |after| (after != 0).then_some(NOW + after);
        for pass in 0..2 {
            // The clock's instant, or that of the viewer.
            let set = |query: Query| match pass {
                0 => query,
                _ => query.clone().viewer(query.viewer.at(NOW + after)),
            };
            clock.set(if pass == 0 { NOW + after } else { NOW });
            assert_eq!(next(&set(anyone())), at(all), "at {after}");
            assert_eq!(next(&set(ops.clone())), at(of_ops), "at {after}");
            assert_eq!(next(&set(Query::editor())), at(edited), "at {after}");
        }
    }
    clock.set(NOW);
    assert_eq!(next(&editor(Phase::Any)), None);
    assert_eq!(next(&editor(Phase::Retracted)), None);
    board.retract(2, "").unwrap();
    assert_eq!((next(&anyone()), next(&ops)), (Some(NOW + 40), None));
}

#[test]
fn among_very_many_changes_that_do_not_concern_it_a_query_is_told_early_never_late() {
    let (board, clock) = board();
    let other = |n: i64| draft("other").visible(NOW + n, None);
    let mut drafts: Vec<Draft> = (1..=3000).map(other).collect();
    drafts.extend((0..300).map(|_| draft("for ever").channel("ops")));
    drafts.push(draft("mine").channel("ops").visible(NOW + 2990, None));
    board.publish_all(&drafts).unwrap();
    let ops = anyone().filter(filter(|f| f.channels = vec!["ops".into()]));
    let mut asked = 0;
    loop {
        let next = board.count(&ops).unwrap().next_change_at.unwrap();
        assert!(NOW < next && next <= NOW + 2990);
        clock.set(next);
        asked += 1;
        if next == NOW + 2990 {
            break;
        }
        assert!(!titles(&board, &ops).contains(&"mine".to_owned()));
    }
    assert!((2..10).contains(&asked));
    assert!(titles(&board, &ops).contains(&"mine".to_owned()));
    assert_eq!(board.count(&ops).unwrap().next_change_at, None);
}

#[test]
fn of_few_announcements_a_query_is_told_just_when_they_change() {
    let (board, clock) = board();
    let other = |n: i64| draft("other").visible(NOW + n, None);
    let drafts: Vec<Draft> = (1..=3000).map(other).collect();
    board.publish_all(&drafts).unwrap();
    board
        .publish(&draft("mine").key("mine").visible(None, NOW + 4000))
        .unwrap();
    let covers = |key: &str, from, until| {
        draft("cover")
            .visible(NOW + from, NOW + until)
            .replaces(notice::Reference::Key(key.into()))
    };
    let for_bosses = covers("mine", 2000, 2500).audience("role", notice::Operator::Exists, [""; 0]);
    board.publish(&for_bosses).unwrap();
    board.publish(&covers("mine", 3100, 3200)).unwrap();
    let named = |name: &str| anyone().filter(filter(|f| f.q = name.into()));
    let next = |query: &Query| board.count(query).unwrap().next_change_at;
    assert_eq!(next(&named("nowhere")), None);
    let mut boss = named("mine");
    boss.viewer = boss.viewer.with("role", "boss");
    for (after, of_anyone, of_boss) in [
        (1, 3100, 2000),
        (2000, 3100, 2500),
        (2500, 3100, 3100),
        (3100, 3200, 3200),
        (3200, 4000, 4000),
    ] {
        clock.set(NOW + after);
        assert_eq!(next(&named("mine")), Some(NOW + of_anyone), "after {after}");
        assert_eq!(next(&boss), Some(NOW + of_boss), "after {after}");
    }
    clock.set(NOW + 4000);
    assert_eq!(next(&named("mine")), None);
}

#[test]
fn the_pending_flag_of_an_item_is_part_of_the_answer() {
    let desk = Desk::new();
    let id = desk.publish(draft("a").show_interval_ms(50));
    let other = desk.publish(draft("b").show_interval_ms(20).ends_at(NOW + 15));
    desk.mark("ann", &[id, other], Mark::Seen);
    let pending = Filter::new().pending_only(true);
    for query in [
        of("ann"),
        of("ann").filter(pending.clone()),
        of("ann")
            .view(View::Editor)
            .filter(pending.clone().phase(Phase::Any)),
        of("ann")
            .view(View::Editor)
            .filter(Filter::new().phase(Phase::Any)),
    ] {
        let next = |at| {
            desk.at(at);
            let next = desk.page(&query).count.next_change_at;
            next.map_or(0, |next| next - NOW)
        };
        assert!(!desk.page(&query).items.iter().any(Item::is_pending));
        match query.filter.phase {
            Phase::Any => assert_eq!([next(0), next(20), next(50)], [20, 50, 0]),
            _ => assert_eq!([next(0), next(15), next(49), next(50)], [15, 50, 50, 0]),
        }
        desk.at(0);
    }
    desk.board.retract(id, "").unwrap();
    let retracted = pending.phase(Phase::Retracted);
    let query = of("ann").view(View::Editor).filter(retracted);
    assert_eq!(desk.page(&query).count.next_change_at, Some(NOW + 50));
    // What is dismissed, or shown often enough, is not pending again.
    desk.board.restore(id).unwrap();
    desk.mark("ann", &[id], Mark::Seen);
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.mark("bob", &[id], Mark::Seen);
    desk.minor(id, serde_json::json!({"show_limit": 1}));
    desk.at(15);
    for user in ["ann", "bob"] {
        assert_eq!(desk.page(&of(user)).count.next_change_at, None, "{user}");
    }
}

/// An announcement of the random boards, in steps of ten milliseconds.
#[derive(Debug, Clone)]
struct Timed {
    starts: i64,
    lasts: Option<i64>,
    is_for_role: bool,
    limit: u32,
    interval: u32,
    replaces: Option<usize>,
    is_retracted: bool,
    marks: Vec<(Mark, i64)>,
}

fn timed() -> impl Strategy<Value = Timed> {
    let marks = prop::collection::vec(
        (
            prop::sample::select(vec![
                Mark::Seen,
                Mark::Seen,
                Mark::Seen,
                Mark::Read,
                Mark::Dismiss,
            ]),
            0..8_i64,
        ),
        0..3,
    );
    (
        (0..12_i64, prop::option::of(1..12_i64), any::<bool>()),
        (0..3_u32, prop::sample::select(vec![0, 0, 25, 40])),
        (
            prop::option::weighted(0.2, 0..6_usize),
            prop::bool::weighted(0.1),
        ),
        marks,
    )
        .prop_map(|(times, showing, fate, marks)| Timed {
            starts: times.0,
            lasts: times.1,
            is_for_role: times.2,
            limit: showing.0,
            interval: showing.1,
            replaces: fate.0,
            is_retracted: fate.1,
            marks,
        })
}

/// Everything that an answer says about time.
fn said(desk: &Desk, query: &Query, at: i64) -> (Vec<(i64, bool)>, Option<u64>, Option<u64>) {
    let mut query = query.clone();
    query.viewer.now = Some(at);
    let page = desk.page(&query);
    let items = page.items.iter().map(|item| (item.id(), item.is_pending()));
    (items.collect(), page.count.total, page.count.unread)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Against brute force: nothing changes before the next change, and it is one.
    #[test]
    fn the_next_change_is_the_earliest_of_all(
        announcements in prop::collection::vec(timed(), 1..6),
        (has_role, is_editor, phase) in (any::<bool>(), any::<bool>(), 0..5_usize),
        (pending, unread) in (any::<bool>(), prop::bool::weighted(0.2)),
        by_id in any::<bool>(),
        now in 0..130_i64,
    ) {
        let desk = Desk::new();
        let mut ids: Vec<i64> = Vec::new();
        for a in &announcements {
            let start = NOW + a.starts * 10;
            let mut draft = draft("a")
                .visible(start, a.lasts.map(|lasts| start + lasts * 10))
                .show_limit(Some(a.limit).filter(|limit| *limit > 0))
                .show_interval_ms(Some(a.interval).filter(|interval| *interval > 0));
            if a.is_for_role {
                draft = draft.audience("role", Operator::In, ["admin"]);
            }
            if let Some(id) = a.replaces.and_then(|nth| ids.get(nth)) {
                draft = draft.replaces(Reference::Id(*id));
            }
            ids.push(desk.publish(draft));
        }
        for (a, id) in announcements.iter().zip(&ids) {
            for (mark, after) in &a.marks {
                desk.at((a.starts + after) * 10);
                let viewer = Viewer::new("ann").with("role", "admin");
                desk.board.mark(&viewer, &[*id], *mark).unwrap();
            }
            if a.is_retracted {
                desk.board.retract(*id, "").unwrap();
            }
        }
        let view = if is_editor { View::Editor } else { View::Viewer };
        let phases = [Phase::Active, Phase::Scheduled, Phase::Expired, Phase::Retracted, Phase::Any];
        let is_allowed = is_editor || phases[phase] == Phase::Expired;
        let phase = if is_allowed { phases[phase] } else { Phase::Active };
        let mut filter = Filter::new().phase(phase).pending_only(pending).unread_only(unread);
        if by_id {
            filter = filter.ids(ids.iter().copied());
        }
        let viewer = Viewer::new("ann");
        let viewer = if has_role { viewer.with("role", "admin") } else { viewer };
        let query = Query::new(viewer).view(view).filter(filter);
        let mut asked = query.clone();
        asked.viewer.now = Some(NOW + now);
        let next = desk.page(&asked).count.next_change_at;
        let present = said(&desk, &query, NOW + now);
        let until = next.map_or(400, |next| next - NOW);
        for at in now..until {
            prop_assert_eq!(&said(&desk, &query, NOW + at), &present, "at {}", at);
        }
        // A start or an end of what replaces or is replaced may make no difference.
        let is_exact = announcements.iter().all(|a| a.replaces.is_none()) && !pending && !unread;
        if let Some(next) = next.filter(|_| is_exact) {
            prop_assert_ne!(&said(&desk, &query, next), &present, "at {}", next);
        }
    }
}
