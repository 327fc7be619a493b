//! When an answer changes by time alone.

use notice::{Draft, Phase, Query};

use crate::support::{NOW, anyone, board, draft, editor, filter, titles};

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
