//! Who sees what and when.

use notice::{
    Audience, Draft, ErrorKind, Lifecycle, Operator, Order, Patch, Phase, Query, Reference, View,
    Viewer,
};

use crate::support::{
    HOUR, NOW, anyone, assert_bilingual, board, draft, editor, filter, sees, titles,
};

#[test]
fn it_is_visible_from_its_start_until_just_before_its_end() {
    let (board, clock) = board();
    board
        .publish(&draft("a").visible(NOW + 100, NOW + 200))
        .unwrap();
    let steps = [
        (0, false),
        (99, false),
        (100, true),
        (199, true),
        (200, false),
        (HOUR, false),
    ];
    // Forward, back again, and as an answer for another instant than the clock's.
    for (after, expected) in steps.into_iter().chain(steps.into_iter().rev()) {
        clock.set(NOW + after);
        assert_eq!(sees(&board, 1, &anyone()), expected, "at {after}");
    }
    for (after, expected) in steps {
        let query = Query::new(Viewer::anonymous().at(NOW + after));
        assert_eq!(sees(&board, 1, &query), expected, "for {after}");
    }
}

#[test]
fn one_without_an_end_stays() {
    let (board, clock) = board();
    board.publish(&draft("a")).unwrap();
    clock.set(notice::limits::TIME_MS);
    assert!(sees(&board, 1, &anyone()));
    clock.set(NOW - 1);
    assert!(!sees(&board, 1, &anyone()));
}

#[test]
fn the_time_of_the_event_hides_nothing() {
    let (board, _) = board();
    board.publish(&draft("over").event(1, 2)).unwrap();
    board
        .publish(&draft("to come").event(NOW + HOUR, None))
        .unwrap();
    assert_eq!(titles(&board, &anyone()).len(), 2);
}

#[test]
fn each_phase_but_active_and_expired_is_seen_by_editors_alone() {
    let (board, clock) = board();
    let drafts = [
        draft("active"),
        draft("scheduled").visible(NOW + 10, None),
        draft("expired").visible(NOW - 10, NOW),
        draft("retracted"),
        draft("retracted before it began").visible(NOW + 10, None),
    ];
    board.publish_all(&drafts).unwrap();
    board.retract(4, "").unwrap();
    board.retract(5, "").unwrap();
    assert_eq!(titles(&board, &anyone()), ["active"]);
    for id in 1..=5 {
        assert_eq!(sees(&board, id, &anyone()), id == 1);
        assert_eq!(board.get(id, &Query::editor()).unwrap().id(), id);
    }
    for (phase, expected) in [
        (Phase::Active, vec!["active"]),
        (Phase::Scheduled, vec!["scheduled"]),
        (Phase::Expired, vec!["expired"]),
        (
            Phase::Retracted,
            vec!["retracted before it began", "retracted"],
        ),
        (
            Phase::Any,
            vec![
                "retracted before it began",
                "scheduled",
                "retracted",
                "active",
                "expired",
            ],
        ),
    ] {
        assert_eq!(titles(&board, &editor(phase)), expected);
        let as_viewer = editor(phase).view(View::Viewer);
        if phase == Phase::Expired {
            assert_eq!(titles(&board, &as_viewer), expected);
        } else if phase != Phase::Active {
            for error in [
                board.query(&as_viewer).unwrap_err(),
                board.count(&as_viewer).unwrap_err(),
            ] {
                assert_eq!(
                    (error.kind(), error.path()),
                    (ErrorKind::InvalidField, Some("filter.phase"))
                );
                assert_bilingual(&error, phase.name());
            }
        }
    }
    clock.set(NOW + 10);
    assert_eq!(
        titles(&board, &editor(Phase::Active)),
        ["scheduled", "active"]
    );
    assert_eq!(titles(&board, &editor(Phase::Scheduled)), [""; 0]);
}

#[test]
fn a_viewer_looks_up_what_is_over_within_his_own_audience() {
    let (board, clock) = board();
    let over = |title: &str| draft(title).visible(NOW, NOW + 10);
    let staff = |title: &str| over(title).audience("role", Operator::In, ["staff"]);
    let replaced = |id| over("replaced").key(format!("old{id}"));
    board
        .publish_all(&[
            over("over"),
            staff("for staff"),
            over("taken back"),
            over("still to come").visible(NOW + HOUR, NOW + 2 * HOUR),
            replaced(5),
            draft("replaces").replaces(Reference::Id(5)),
            over("went with what replaced it"),
            over("replaced and over as well").replaces(Reference::Id(7)),
            draft("for staff")
                .audience("role", Operator::In, ["staff"])
                .replaces(Reference::Id(1)),
        ])
        .unwrap();
    board.retract(3, "").unwrap();
    let of = |viewer: Viewer| Query::new(viewer).filter(filter(|f| f.phase = Phase::Expired));
    let anyone = of(Viewer::anonymous()).order(Order::Oldest);
    assert_eq!(titles(&board, &anyone), [""; 0]);
    clock.set(NOW + 10);
    let both = [
        "over",
        "went with what replaced it",
        "replaced and over as well",
    ];
    assert_eq!(titles(&board, &anyone), both);
    let staff = of(Viewer::anonymous().with("role", "staff")).order(Order::Oldest);
    let theirs = [
        "for staff",
        "went with what replaced it",
        "replaced and over as well",
    ];
    assert_eq!(titles(&board, &staff), theirs);
    let words = |q: &str| {
        let filter = filter(|f| (f.phase, f.q) = (Phase::Expired, q.to_owned()));
        titles(&board, &anyone.clone().filter(filter))
    };
    assert_eq!(words("over"), ["over", "replaced and over as well"]);
    assert_eq!(words("staff"), [""; 0]);
    // At the end of its replacer it comes back, which is when the answer changes.
    board.update(6, Patch::new().ends_at(NOW + 500)).unwrap();
    let next = |query: &Query| board.query(query).unwrap().count.next_change_at;
    assert_eq!(next(&anyone), Some(NOW + 500));
    let only = |id| filter(|f| (f.phase, f.ids) = (Phase::Expired, vec![id]));
    assert_eq!(next(&anyone.clone().filter(only(5))), Some(NOW + 500));
    assert_eq!(next(&anyone.clone().filter(only(4))), Some(NOW + 2 * HOUR));
    clock.set(NOW + 500);
    assert!(sees(&board, 5, &anyone) && sees(&board, 6, &anyone));
    assert!(!sees(&board, 3, &anyone) && !sees(&board, 4, &anyone));
}

#[test]
fn getting_by_id_as_a_viewer_takes_no_phase_from_the_filter() {
    let (board, _) = board();
    board
        .publish(&draft("later").visible(NOW + 1, None))
        .unwrap();
    let sneaky = editor(Phase::Any).view(View::Viewer);
    assert_eq!(
        board.get(1, &sneaky).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn a_phase_is_told_of_an_announcement() {
    let (board, _) = board();
    board
        .publish(&draft("a").visible(NOW + 1, NOW + 3))
        .unwrap();
    let kept = |board: &notice::SharedBoard| {
        board
            .get(1, &Query::editor())
            .unwrap()
            .record()
            .unwrap()
            .clone()
    };
    let a = kept(&board);
    let phases = [0, 1, 2, 3].map(|after| Phase::of(&a, NOW + after));
    assert_eq!(
        phases,
        [
            Phase::Scheduled,
            Phase::Active,
            Phase::Active,
            Phase::Expired
        ]
    );
    board.retract(1, "").unwrap();
    let a = kept(&board);
    assert_eq!(a.state(), Lifecycle::Retracted);
    assert!(
        [0, 2, 9]
            .into_iter()
            .all(|after| Phase::of(&a, NOW + after) == Phase::Retracted)
    );
}

#[test]
fn only_the_audience_sees_it() {
    let (board, _) = board();
    let drafts = [
        draft("everyone"),
        draft("admins").audience("role", Operator::In, ["admin", "root"]),
        draft("not beta").audience("group", Operator::NotIn, ["beta"]),
        draft("windows admins")
            .audience("role", Operator::In, ["admin"])
            .audience("platform", Operator::Glob, ["WIN*"]),
        draft("before 8.2").audience("app_version", Operator::Version, ["<8.2"]),
        draft("li").audience("user", Operator::In, ["li"]),
        draft("chinese").audience("locale", Operator::Prefix, ["zh"]),
        draft("not old").audience("app_version", Operator::NotVersion, ["<8"]),
        draft("level 7").audience("level", Operator::Ge, ["7"]),
    ];
    board.publish_all(&drafts).unwrap();
    let visible = |viewer: Viewer| {
        let mut titles = titles(&board, &Query::new(viewer.clone()));
        for (i, draft) in drafts.iter().enumerate() {
            let id = i as i64 + 1;
            let seen = sees(&board, id, &Query::new(viewer.clone()));
            assert_eq!(seen, titles.contains(&draft.texts[0].title));
        }
        titles.reverse();
        titles
    };
    assert_eq!(visible(Viewer::anonymous()), ["everyone", "not beta"]);
    let admin = Viewer::new("li").with("role", "user").with("role", "admin");
    assert_eq!(
        visible(admin.clone()),
        ["everyone", "admins", "not beta", "li"]
    );
    let admin = admin.with("platform", "windows").with("group", "beta");
    assert_eq!(
        visible(admin),
        ["everyone", "admins", "windows admins", "li"]
    );
    let versioned = Viewer::anonymous()
        .with("app_version", "8.1.9")
        .with("level", "7.0");
    assert_eq!(
        visible(versioned),
        ["everyone", "not beta", "before 8.2", "not old", "level 7"]
    );
    let odd = Viewer::anonymous()
        .with("app_version", "eight")
        .with("level", "high");
    assert_eq!(visible(odd), ["everyone", "not beta"]);
    let reader = Viewer::anonymous().locales(["zh_TW"]);
    assert_eq!(visible(reader), ["everyone", "not beta", "chinese"]);
    assert_eq!(titles(&board, &Query::editor()).len(), 9);
}

#[test]
fn two_announcements_for_a_share_of_the_users_have_different_readers() {
    let (board, _) = board();
    let half = |title: &str| draft(title).audience("user", Operator::Percent, ["50"]);
    let salted = |title: &str| draft(title).audience("user", Operator::Percent, ["50", "s"]);
    let drafts = [
        half("1"),
        half("2"),
        half("3").key("k"),
        salted("4"),
        salted("5"),
    ];
    board.publish_all(&drafts).unwrap();
    let readers = |title: &str| -> Vec<bool> {
        let seen = |n: u32| {
            let viewer = Viewer::new(format!("user-{n}"));
            titles(&board, &Query::new(viewer)).contains(&title.to_owned())
        };
        (0..64).map(seen).collect()
    };
    assert_eq!(readers("4"), readers("5"));
    for (one, other) in [("1", "2"), ("1", "3"), ("2", "3"), ("3", "4")] {
        assert_ne!(readers(one), readers(other), "{one} and {other}");
    }
    let before = readers("1");
    let patch = Patch::new().audience(Audience::everyone().and("user", Operator::Percent, ["75"]));
    board.update(1, patch).unwrap();
    let after = readers("1");
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| !before || *after)
    );
    assert_ne!(before, after);
    assert_eq!(
        board.count(&Query::new(Viewer::anonymous())).unwrap().total,
        Some(0)
    );
}

#[test]
fn a_viewer_out_of_limits_is_refused_by_every_question() {
    let (board, _) = board();
    board.publish(&draft("a")).unwrap();
    for (viewer, path) in [
        (Viewer::new("u".repeat(513)), "user"),
        (Viewer::new("a\0"), "user"),
        (
            Viewer::anonymous().with("a", "x".repeat(65_536)),
            "attributes",
        ),
        (Viewer::anonymous().at(-1), "viewer.now"),
        (Viewer::anonymous().at(i64::MAX), "viewer.now"),
    ] {
        let query = Query::new(viewer);
        let errors = [
            board.query(&query).unwrap_err(),
            board.count(&query).unwrap_err(),
            board.get(1, &query).unwrap_err(),
        ];
        assert!(errors.iter().all(|e| e.path() == Some(path)), "{errors:?}");
    }
}

#[test]
fn an_answer_can_be_asked_for_another_instant() {
    let (board, _) = board();
    board
        .publish(&draft("tomorrow").visible(NOW + 24 * HOUR, None))
        .unwrap();
    board
        .publish(&draft("yesterday").visible(NOW - 24 * HOUR, NOW - HOUR))
        .unwrap();
    let at = |now| Query::new(Viewer::anonymous().at(now));
    assert_eq!(titles(&board, &at(NOW + 25 * HOUR)), ["tomorrow"]);
    assert_eq!(titles(&board, &at(NOW - 2 * HOUR)), ["yesterday"]);
    assert_eq!(titles(&board, &at(0)), [""; 0]);
    assert_eq!(
        board.count(&at(NOW - 2 * HOUR)).unwrap().now,
        NOW - 2 * HOUR
    );
    assert_eq!(board.count(&anyone()).unwrap().now, NOW);
    let scheduled = editor(Phase::Scheduled).viewer(Viewer::anonymous().at(NOW - 2 * HOUR));
    assert_eq!(titles(&board, &scheduled), ["tomorrow"]);
}

#[test]
fn an_audience_and_a_filter_both_count() {
    let (board, _) = board();
    let ops = |title: &str| -> Draft { draft(title).channel("ops") };
    board.publish(&ops("all")).unwrap();
    board
        .publish(&ops("admins").audience("role", Operator::In, ["admin"]))
        .unwrap();
    board.publish(&draft("elsewhere")).unwrap();
    let query = anyone().filter(filter(|f| f.channels = vec!["ops".into()]));
    assert_eq!(titles(&board, &query), ["all"]);
}

#[test]
fn very_many_may_start_and_end_at_once() {
    let (board, clock) = board();
    let times = |n: i64| match n % 4 {
        0 => (NOW + 100, None),
        1 => (NOW + 100 + n % 7, Some(NOW + 200)),
        2 => (NOW - 100, Some(NOW + 100 + n % 5)),
        _ => (NOW - 100, None),
    };
    let of = |n: i64| {
        let (from, until) = times(n);
        let one = draft("one").visible(from, until).priority((n % 50) as i32);
        match n % 3 {
            0 => one,
            _ => one.audience("role", Operator::In, [["admin", "guest"][(n % 2) as usize]]),
        }
    };
    let count = 3000;
    let drafts: Vec<Draft> = (0..count).map(of).collect();
    board.publish_all(&drafts).unwrap();
    let admin = anyone();
    let admin = admin.clone().viewer(admin.viewer.with("role", "admin"));
    let everything = Query::editor().limit(1000);
    for after in [0, 99, 100, 103, 107, 199, 200, 201] {
        clock.set(NOW + after);
        let is_active = |n: &i64| {
            let (from, until) = times(*n);
            from <= NOW + after && until.is_none_or(|until| NOW + after < until)
        };
        let is_for_admin = |n: &i64| n % 3 == 0 || n % 2 == 0;
        let all = (0..count).filter(is_active).count() as u64;
        let for_admin = (0..count).filter(is_active).filter(is_for_admin).count() as u64;
        assert_eq!(
            board.count(&everything).unwrap().total,
            Some(all),
            "after {after}"
        );
        assert_eq!(
            board.count(&admin).unwrap().total,
            Some(for_admin),
            "after {after}"
        );
        // The indexes are made again and compared, the order within a group among them.
        assert!(
            board.custody().unwrap().verify().unwrap().is_good(),
            "after {after}"
        );
        let page = board.query(&everything).unwrap();
        let order = |item: &notice::Item| {
            let a = &item;
            (a.priority(), a.starts_at(), a.id())
        };
        assert!(
            page.items
                .is_sorted_by(|one, next| order(one) > order(next))
        );
    }
}
