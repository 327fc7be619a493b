//! What a query asks for: filters, orders, locales, limits.

use notice::{
    Draft, ErrorKind, Filter, Locale, Order, Phase, Query, Severity, SharedBoard, Text, TimeRange,
    View, Viewer,
};

use crate::support::{NOW, anyone, assert_bilingual, board, draft, editor, filter, ids_of, titles};

/// What the filter that `set` makes leaves for a viewer, in the order of the titles. An editor is
/// asked as well, for whom nothing else is there.
fn left(board: &SharedBoard, set: impl Fn(&mut Filter)) -> String {
    let mut seen = titles(board, &anyone().filter(filter(&set)));
    seen.sort();
    let mut edited = titles(board, &anyone().filter(filter(&set)).view(View::Editor));
    edited.sort();
    assert_eq!(seen, edited);
    seen.concat()
}

fn list<const N: usize>(values: [&str; N]) -> Vec<String> {
    values.map(str::to_owned).to_vec()
}

#[test]
fn each_condition_of_a_filter_leaves_what_it_says() {
    let (board, _) = board();
    let drafts = [
        draft("a")
            .channel("ops")
            .category("x")
            .tag("t1")
            .tag("t2")
            .author("li")
            .key("k"),
        draft("b")
            .category("x")
            .tag("t1")
            .severity(Severity::Warning)
            .external_id("E-1")
            .key("k"),
        draft("c")
            .category("y")
            .tag("t2")
            .tag("t3")
            .severity(Severity::None)
            .pinned(true)
            .author("wu"),
        draft("d")
            .severity(Severity::Critical)
            .external_id("E-1")
            .channel("ops")
            .text(Text::new("zh-CN", "丁")),
    ];
    board.publish_all(&drafts).unwrap();
    let left = |set: &dyn Fn(&mut Filter)| left(&board, set);
    assert_eq!(left(&|_| {}), "abcd");
    assert_eq!(left(&|f| f.channels = list(["ops"])), "ad");
    assert_eq!(left(&|f| f.channels = list(["default", "none"])), "bc");
    assert_eq!(left(&|f| f.channels = list(["none"])), "");
    assert_eq!(left(&|f| f.channels = list([""])), "");
    assert_eq!(left(&|f| f.categories = list(["x", "y"])), "abc");
    assert_eq!(left(&|f| f.categories = list(["y"])), "c");
    assert_eq!(left(&|f| f.tags_any = list(["t1", "t3"])), "abc");
    assert_eq!(left(&|f| f.tags_all = list(["t1", "t2"])), "a");
    assert_eq!(left(&|f| f.tags_all = list(["t1", "zzz"])), "");
    assert_eq!(left(&|f| f.tags_none = list(["t1"])), "cd");
    assert_eq!(left(&|f| f.tags_none = list(["t1", "t3", "zzz"])), "d");
    assert_eq!(
        left(&|f| (f.tags_any, f.tags_none) = (list(["t2"]), list(["t3"]))),
        "a"
    );
    assert_eq!(left(&|f| f.severity_at_least = Some(Severity::Info)), "abd");
    assert_eq!(
        left(&|f| f.severity_at_least = Some(Severity::Notice)),
        "bd"
    );
    assert_eq!(
        left(&|f| f.severity_at_least = Some(Severity::Critical)),
        "d"
    );
    assert_eq!(
        left(&|f| f.severity_at_least = Some(Severity::None)),
        "abcd"
    );
    assert_eq!(left(&|f| f.pinned = Some(true)), "c");
    assert_eq!(left(&|f| f.pinned = Some(false)), "abd");
    assert_eq!(left(&|f| f.ids = vec![4, 1, 1, 99, -5]), "ad");
    assert_eq!(left(&|f| f.ids = vec![99]), "");
    assert_eq!(left(&|f| f.keys = list(["k"])), "ab");
    assert_eq!(
        left(&|f| (f.keys, f.channels) = (list(["k", "q"]), list(["ops"]))),
        "a"
    );
    assert_eq!(left(&|f| f.keys = list([""])), "");
    assert_eq!(left(&|f| f.author = Some("li".into())), "a");
    assert_eq!(left(&|f| f.author = Some("nobody".into())), "");
    assert_eq!(left(&|f| f.external_id = Some("E-1".into())), "bd");
    assert_eq!(
        left(&|f| f.has_locale = Some(Locale::parse("zh-CN").unwrap())),
        "d"
    );
    assert_eq!(
        left(&|f| f.has_locale = Some(Locale::parse("zh").unwrap())),
        ""
    );
    assert_eq!(
        left(&|f| (f.external_id, f.pinned, f.ids) = (Some("E-1".into()), Some(false), vec![2, 3])),
        "b"
    );
}

#[test]
fn spans_of_time_include_their_start_and_exclude_their_end() {
    let (board, clock) = board();
    clock.set(NOW - 30);
    board.publish(&draft("a").visible(None, NOW + 10)).unwrap();
    clock.set(NOW - 20);
    board
        .publish(&draft("b").visible(NOW - 50, NOW + 20).key("b"))
        .unwrap();
    clock.set(NOW - 10);
    board.publish(&draft("c")).unwrap();
    clock.set(NOW);
    board
        .publish(&draft("b").visible(NOW - 50, NOW + 20).key("b").priority(1))
        .unwrap();
    let left = |set: &dyn Fn(&mut Filter)| left(&board, set);
    assert_eq!(left(&|f| f.starts = (NOW - 30..NOW - 10).into()), "a");
    assert_eq!(left(&|f| f.starts = (NOW - 30..NOW - 9).into()), "ac");
    assert_eq!(left(&|f| f.starts = (..NOW - 30).into()), "b");
    assert_eq!(left(&|f| f.starts = (NOW - 29..).into()), "c");
    assert_eq!(left(&|f| f.starts = TimeRange::new(NOW, NOW - 50)), "");
    assert_eq!(left(&|f| f.ends = (NOW + 10..NOW + 20).into()), "a");
    assert_eq!(left(&|f| f.ends = (..NOW + 21).into()), "ab");
    // What never ends is in no span that has an end, and ends after everything.
    assert_eq!(left(&|f| f.ends = (NOW + 11..).into()), "bc");
    assert_eq!(left(&|f| f.published = (NOW - 20..NOW - 10).into()), "b");
    assert_eq!(left(&|f| f.updated = (NOW - 20..NOW).into()), "c");
    assert_eq!(left(&|f| f.updated = (NOW..).into()), "b");
    assert_eq!(left(&|f| f.changed_since = Some(1)), "bc");
    assert_eq!(left(&|f| f.changed_since = Some(3)), "b");
    assert_eq!(left(&|f| f.changed_since = Some(4)), "");
    assert_eq!(left(&|f| f.changed_since = Some(i64::MAX)), "");
}

#[test]
fn a_filter_out_of_limits_is_refused_by_list_and_count() {
    let (board, _) = board();
    let many = || vec!["x".to_owned(); notice::limits::FILTER_LIST + 1];
    type Set = fn(&mut Filter, Vec<String>);
    let lists: [(&str, Set); 7] = [
        ("filter.channels", |f, l| f.channels = l),
        ("filter.categories", |f, l| f.categories = l),
        ("filter.tags_any", |f, l| f.tags_any = l),
        ("filter.tags_all", |f, l| f.tags_all = l),
        ("filter.tags_none", |f, l| f.tags_none = l),
        ("filter.keys", |f, l| f.keys = l),
        ("filter.ids", |f, l| f.ids = vec![1; l.len()]),
    ];
    let refusal = |query: &Query| {
        let error = board.query(query).unwrap_err();
        assert_eq!(board.count(query).unwrap_err(), error);
        error
    };
    for (path, set) in lists {
        let error = refusal(&anyone().filter(filter(|f| set(f, many()))));
        assert_eq!(
            (error.kind(), error.limit()),
            (ErrorKind::TooLarge, Some(1000))
        );
        assert_eq!(error.path(), Some(path));
        assert_bilingual(&error, "1001");
        let most = anyone().filter(filter(|f| set(f, many()[1..].to_vec())));
        assert!(board.query(&most).is_ok());
    }
    type SetOne = fn(&mut Filter);
    let spans: [(&str, SetOne); 5] = [
        ("filter.starts.from", |f| f.starts.from = Some(-7)),
        ("filter.ends.until", |f| f.ends.until = Some(-7)),
        ("filter.published.from", |f| f.published.from = Some(-7)),
        ("filter.updated.until", |f| f.updated.until = Some(-7)),
        ("filter.changed_since", |f| f.changed_since = Some(-7)),
    ];
    for (path, set) in spans {
        let error = refusal(&anyone().filter(filter(set)));
        assert_eq!(error.path(), Some(path));
        assert_bilingual(&error, "-7");
    }
}

#[test]
fn the_default_order_is_pinned_severity_priority_start_id() {
    let (board, _) = board();
    let drafts = [
        draft("7").severity(Severity::None).priority(1000),
        draft("6"),
        draft("5"),
        draft("4").visible(NOW, None),
        draft("3").priority(1),
        draft("2").severity(Severity::Critical).priority(-1000),
        draft("1")
            .pinned(true)
            .severity(Severity::None)
            .priority(-1000)
            .visible(1, None),
    ];
    board.publish_all(&drafts).unwrap();
    assert_eq!(titles(&board, &anyone()).concat(), "1234567");
    board.publish(&draft("8").visible(NOW - 1, None)).unwrap();
    assert_eq!(titles(&board, &anyone()).concat(), "12345687");
    assert_eq!(titles(&board, &editor(Phase::Any)).concat(), "12345687");
}

#[test]
fn the_other_orders_are_of_time_and_the_id_decides_last() {
    let (board, _) = board();
    let drafts = [
        draft("a").visible(NOW - 10, NOW + 50).pinned(true),
        draft("b").visible(NOW - 30, None),
        draft("c").visible(NOW - 20, NOW + 40),
        draft("d")
            .visible(NOW - 20, NOW + 40)
            .severity(Severity::Critical),
        draft("e").visible(NOW - 40, None),
    ];
    board.publish_all(&drafts).unwrap();
    for (order, expected) in [
        (Order::Default, "adcbe"),
        (Order::Newest, "adcbe"),
        (Order::Oldest, "ebcda"),
        (Order::EndingSoon, "cdabe"),
    ] {
        assert_eq!(titles(&board, &anyone().order(order)).concat(), expected);
        assert_eq!(
            titles(&board, &editor(Phase::Any).order(order)).concat(),
            expected
        );
    }
}

#[test]
fn each_item_carries_the_text_that_its_viewer_understands() {
    let (board, _) = board();
    let both = Draft::new("zh-CN", "简")
        .text(Text::new("zh-TW", "繁"))
        .text(Text::new("en", "english"));
    board.publish(&both.default_locale("en")).unwrap();
    for (wanted, title, locale, is_fallback) in [
        (vec!["zh-CN"], "简", "zh-CN", false),
        (vec!["zh_hans"], "简", "zh-CN", false),
        (vec!["zh-HK"], "繁", "zh-TW", false),
        (vec!["fr", "zh-Hant"], "繁", "zh-TW", false),
        (vec!["en-GB", "zh-CN"], "english", "en", false),
        (vec!["fr"], "english", "en", true),
        (vec![], "english", "en", false),
    ] {
        let query = Query::new(Viewer::anonymous().locales(&wanted));
        for item in [
            board.query(&query).unwrap().items.remove(0),
            board.get(1, &query).unwrap(),
        ] {
            let text = item.text();
            assert_eq!((text.title, text.locale), (title, locale), "{wanted:?}");
            assert_eq!(item.is_fallback(), is_fallback, "{wanted:?}");
        }
    }
}

#[test]
fn a_page_has_one_to_a_thousand_items_fifty_by_default() {
    let (board, _) = board();
    board.publish_all(&vec![draft("a"); 1001]).unwrap();
    for limit in [0, notice::limits::PAGE + 1, u32::MAX] {
        let error = board.query(&anyone().limit(limit)).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some("limit"))
        );
        assert_bilingual(&error, &limit.to_string());
        // A count has no pages.
        assert_eq!(
            board.count(&anyone().limit(limit)).unwrap().total,
            Some(1001)
        );
    }
    for (limit, expected) in [(1, 1), (1000, 1000)] {
        let page = board.query(&anyone().limit(limit)).unwrap();
        assert_eq!((page.items.len(), page.count.total), (expected, Some(1001)));
        assert!(page.next_cursor.is_some());
    }
    assert_eq!(board.query(&anyone()).unwrap().items.len(), 50);
}

#[test]
fn an_empty_board_answers_with_nothing() {
    let (board, _) = board();
    for order in &crate::support::ORDERS {
        let page = board.query(&anyone().order(*order)).unwrap();
        assert_eq!((page.items.len(), page.next_cursor), (0, None));
        let count = page.count;
        assert_eq!(
            (count.total, count.unread, count.revision),
            (Some(0), Some(0), 0)
        );
        assert_eq!((count.now, count.next_change_at), (NOW, None));
    }
    assert_eq!(
        board.get(1, &anyone()).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn the_epoch_tells_boards_apart() {
    let (one, other) = (board().0, board().0);
    let epoch = |board: &SharedBoard| board.count(&anyone()).unwrap().epoch;
    assert_ne!(epoch(&one), epoch(&other));
    one.publish(&draft("a")).unwrap();
    assert_eq!(epoch(&one), epoch(&one));
}

#[test]
fn everything_is_unread_where_nothing_was_marked() {
    let (board, _) = board();
    board.publish_all(&[draft("a"), draft("b")]).unwrap();
    let count = board.count(&anyone()).unwrap();
    assert_eq!((count.total, count.unread), (Some(2), Some(2)));
}

#[test]
fn a_filter_that_leaves_nothing_is_answered_in_every_order() {
    let (board, _) = board();
    let many: Vec<Draft> = (0..300)
        .map(|n| draft("a").tag(["t", "u"][n % 2]))
        .collect();
    board.publish_all(&many).unwrap();
    for order in &crate::support::ORDERS {
        let both = filter(|f| f.tags_all = list(["t", "u"]));
        let page = board.query(&anyone().filter(both).order(*order)).unwrap();
        assert_eq!((ids_of(&page), page.count.total), (vec![], Some(0)));
        assert_eq!(page.next_cursor, None);
    }
}

#[test]
fn a_large_board_is_counted_as_a_small_one_is() {
    let (board, _) = board();
    let many = |n: usize| {
        draft("a")
            .channel(["ops", "legal"][n / 300])
            .tag(["t", "u", "v"][n % 3])
    };
    board
        .publish_all(&Vec::from_iter((0..400).map(many)))
        .unwrap();
    for (tags_none, expected) in [
        (vec![], 300),
        (list(["t"]), 200),
        (list(["t", "u", "x"]), 100),
    ] {
        let ops = filter(|f| (f.channels, f.tags_none) = (list(["ops"]), tags_none));
        let query = anyone().filter(ops).limit(1000);
        assert_eq!(titles(&board, &query).len(), expected);
    }
}

#[test]
fn a_url_that_names_no_board_is_refused() {
    for (url, kind) in [
        ("mem:x", ErrorKind::InvalidField),
        ("nothing", ErrorKind::Unsupported),
        ("", ErrorKind::Unsupported),
        ("ftp://x", ErrorKind::Unsupported),
    ] {
        let Err(error) = notice::open(url) else {
            panic!("{url} opened");
        };
        assert_eq!((error.kind(), error.path()), (kind, Some("url")));
        assert_bilingual(&error, url);
    }
}
