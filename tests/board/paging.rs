//! Cursors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::{
    Draft, ErrorKind, Filter, Operator, Order, Phase, Query, Severity, SharedBoard, View, Viewer,
};

use crate::support::{HOUR, NOW, anyone, assert_bilingual, board, draft, editor, filter, ids_of};

/// Forty announcements of different rank, start and end.
fn forty() -> Vec<Draft> {
    (0..40)
        .map(|n| {
            let severity = Severity::ALL[n % 5];
            let (starts_at, ends_at) = (NOW - (n as i64 * 7) % 10, NOW + 1 + (n as i64 * 3) % 8);
            let ends_at = (n % 4 != 0).then_some(ends_at);
            draft("a")
                .severity(severity)
                .pinned(n % 7 == 0)
                .visible(starts_at, ends_at)
        })
        .collect()
}

/// All pages of a query; `between` is done before each page but the first.
fn walk(board: &SharedBoard, query: &Query, mut between: impl FnMut(usize)) -> Vec<Vec<i64>> {
    let mut pages = Vec::new();
    let mut query = query.clone();
    loop {
        let page = board.query(&query).unwrap();
        pages.push(ids_of(&page));
        let Some(cursor) = page.next_cursor else {
            return pages;
        };
        assert_eq!(page.items.len(), query.limit as usize);
        query.cursor = Some(cursor);
        between(pages.len());
        assert!(pages.len() < 100);
    }
}

#[test]
fn the_pages_together_are_the_whole_list() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    for order in &crate::support::ORDERS {
        for query in [anyone(), editor(Phase::Any), editor(Phase::Active)] {
            let whole = ids_of(&board.query(&query.clone().order(*order)).unwrap());
            assert_eq!(whole.len(), 40);
            for limit in [1, 3, 39, 40, 41] {
                let pages = walk(&board, &query.clone().order(*order).limit(limit), |_| {});
                assert_eq!(pages.concat(), whole);
                assert_eq!(pages.len(), 40_usize.div_ceil(limit as usize));
            }
        }
    }
}

#[test]
fn what_stays_comes_once_whatever_is_published_meanwhile() {
    for order in &crate::support::ORDERS {
        let (board, clock) = board();
        board.publish_all(&forty()).unwrap();
        let query = anyone().order(*order).limit(6);
        let whole = ids_of(&board.query(&query.clone().limit(1000)).unwrap());
        let gone = [whole[3], whole[20], whole[38]];
        let pages = walk(&board, &query, |page| {
            board
                .publish(&draft("on top").pinned(true).severity(Severity::Critical))
                .unwrap();
            board
                .publish(
                    &draft("at the bottom")
                        .severity(Severity::None)
                        .visible(1, None),
                )
                .unwrap();
            board
                .publish(&draft("soon over").visible(None, NOW + 1))
                .unwrap();
            if page == 2 {
                for id in gone {
                    board.retract(id, "").unwrap();
                }
            }
            clock.set(NOW);
        });
        let seen = pages.concat();
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{order:?}: nothing twice");
        let stayed: Vec<i64> = whole
            .iter()
            .copied()
            .filter(|id| !gone.contains(id))
            .collect();
        let of_the_first: Vec<i64> = seen
            .iter()
            .copied()
            .filter(|id| stayed.contains(id))
            .collect();
        assert_eq!(of_the_first, stayed, "{order:?}");
    }
}

#[test]
fn a_walk_keeps_its_instant_while_the_clock_moves() {
    for (order, view) in crate::support::ORDERS
        .iter()
        .flat_map(|o| [(*o, View::Viewer), (*o, View::Editor)])
    {
        let (board, clock) = board();
        board.publish_all(&forty()).unwrap();
        board
            .publish(&draft("later").visible(NOW + 3, None).pinned(true))
            .unwrap();
        let query = anyone().order(order).view(view);
        let whole = ids_of(&board.query(&query).unwrap());
        let pages = walk(&board, &query.clone().limit(7), |page| {
            clock.set(NOW + [5, -9, HOUR, 2][page % 4]);
        });
        assert_eq!(pages.concat(), whole, "{order:?}");
        clock.set(NOW + HOUR);
        assert_ne!(ids_of(&board.query(&query).unwrap()), whole);
    }
}

#[test]
fn a_cursor_says_the_instant_and_overrides_that_of_the_viewer() {
    let (board, clock) = board();
    board.publish_all(&forty()).unwrap();
    let past = Query::new(Viewer::anonymous().at(NOW - 2)).limit(2);
    let first = board.query(&past).unwrap();
    assert_eq!(first.count.now, NOW - 2);
    clock.set(NOW + 4);
    let next = board
        .query(&anyone().limit(2).cursor(first.next_cursor.unwrap()))
        .unwrap();
    assert_eq!(next.count.now, NOW - 2);
    assert_eq!(next.count.total, first.count.total);
}

#[test]
fn the_size_of_the_pages_may_change_on_the_way() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    let whole = ids_of(&board.query(&anyone()).unwrap());
    let first = board.query(&anyone().limit(3)).unwrap();
    let rest = anyone()
        .limit(1000)
        .cursor(first.next_cursor.clone().unwrap());
    let rest = board.query(&rest).unwrap();
    assert_eq!([ids_of(&first), ids_of(&rest)].concat(), whole);
    assert_eq!(rest.next_cursor, None);
}

#[test]
fn a_cursor_belongs_to_its_filter_order_and_view() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    let query = anyone().limit(2);
    let cursor = board.query(&query).unwrap().next_cursor.unwrap();
    let filters: [fn(&mut Filter); 8] = [
        |f| f.channels = vec!["default".into()],
        |f| f.tags_none = vec!["t".into()],
        |f| f.severity_at_least = Some(Severity::None),
        |f| f.pinned = Some(false),
        |f| f.ids = vec![1],
        |f| f.ends.from = Some(1),
        |f| f.changed_since = Some(1),
        |f| f.author = Some("a".into()),
    ];
    let mut others: Vec<Query> = filters
        .into_iter()
        .map(|set| query.clone().filter(filter(set)))
        .collect();
    others.extend(
        [Order::Newest, Order::Oldest, Order::EndingSoon].map(|order| query.clone().order(order)),
    );
    others.push(query.clone().view(View::Editor));
    for other in others {
        let error = board.query(&other.cursor(&cursor)).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::BadCursor, Some("cursor"))
        );
        assert_bilingual(&error, &cursor[..40]);
    }
    assert!(board.query(&query.cursor(&cursor)).is_ok());
}

#[test]
fn lists_are_not_confused_in_a_cursor() {
    let (board, _) = board();
    let drafts = ["x", "y"].map(|tag| draft("a").tag(tag).category(tag));
    board
        .publish_all(&[drafts.clone(), drafts].concat())
        .unwrap();
    let tagged = anyone()
        .limit(1)
        .filter(filter(|f| f.tags_any = vec!["x".into()]));
    let cursor = board.query(&tagged).unwrap().next_cursor.unwrap();
    for set in [
        (|f| f.tags_all = vec!["x".into()]) as fn(&mut Filter),
        |f| f.categories = vec!["x".into()],
        |f| f.tags_any = vec!["y".into()],
        |f| f.tags_any = vec!["x".into(), "x".into()],
    ] {
        let other = anyone().limit(1).filter(filter(set)).cursor(&cursor);
        assert_eq!(
            board.query(&other).unwrap_err().kind(),
            ErrorKind::BadCursor
        );
    }
}

#[test]
fn a_cursor_that_was_tampered_with_is_refused() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    let query = anyone().limit(2);
    let cursor = board.query(&query).unwrap().next_cursor.unwrap();
    assert!(
        cursor
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    );
    let mut tampered: Vec<String> = (0..cursor.len())
        .map(|at| cursor[..at.max(1)].to_owned())
        .collect();
    for at in 0..cursor.len() {
        for other in ["A", "_", "%", "公"] {
            if &cursor[at..=at] != other {
                tampered.push(format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]));
            }
        }
    }
    tampered.extend([
        format!("{cursor}A"),
        format!("{cursor}="),
        format!(" {cursor}"),
        "A".repeat(10_000),
        "\0".into(),
    ]);
    for bad in tampered {
        let error = board.query(&query.clone().cursor(&bad)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadCursor, "{bad}");
    }
}

/// A checksum is no secret: whoever makes a cursor of his own is refused or gets a page.
#[test]
fn a_forged_cursor_never_panics() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    for order in &crate::support::ORDERS {
        let query = anyone().limit(2).order(*order);
        let cursor = board.query(&query).unwrap().next_cursor.unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        let body = bytes.len() - 4;
        for at in (body - 32..body).step_by(8) {
            for value in [i64::MIN, -1, 0, 1, 65_536, i64::MAX] {
                let mut forged = bytes.clone();
                forged[at..at + 8].copy_from_slice(&value.to_le_bytes());
                let crc = crc32fast::hash(&forged[..body]);
                forged[body..].copy_from_slice(&crc.to_le_bytes());
                let forged = query.clone().cursor(URL_SAFE_NO_PAD.encode(&forged));
                if let Err(error) = board.query(&forged) {
                    assert_eq!(error.kind(), ErrorKind::BadCursor);
                }
            }
        }
    }
}

#[test]
fn a_cursor_shows_nobody_what_is_not_for_him() {
    let (board, _) = board();
    let secret = draft("a").audience("role", Operator::In, ["admin"]);
    board.publish_all(&vec![secret; 10]).unwrap();
    let admin = Query::new(Viewer::anonymous().with("role", "admin")).limit(2);
    let cursor = board.query(&admin).unwrap().next_cursor.unwrap();
    assert_eq!(
        ids_of(&board.query(&admin.cursor(&cursor)).unwrap()),
        [8, 7]
    );
    assert_eq!(
        ids_of(&board.query(&anyone().cursor(&cursor)).unwrap()),
        [0; 0]
    );
}

#[test]
fn a_count_takes_no_notice_of_the_cursor() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    assert_eq!(
        board.count(&anyone().cursor("nonsense")).unwrap().total,
        Some(40)
    );
}

#[test]
fn a_cursor_goes_on_behind_an_item_that_is_gone() {
    let (board, _) = board();
    board.publish_all(&forty()).unwrap();
    for order in &crate::support::ORDERS {
        let query = anyone().order(*order);
        let whole = ids_of(&board.query(&query).unwrap());
        let first = board.query(&query.clone().limit(5)).unwrap();
        board.retract(whole[4], "").unwrap();
        let rest = board
            .query(&query.cursor(first.next_cursor.unwrap()))
            .unwrap();
        assert_eq!(ids_of(&rest), whole[5..]);
    }
}
