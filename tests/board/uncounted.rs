//! Pages without counts: the same items as with them.

use notice::{Draft, Operator, Order, Query, SharedBoard, Text, Viewer};
use proptest::prelude::*;

use crate::support::{NOW, board};

/// Words that are in most, some, few and none of the texts; the index does not keep the long ones whole.
const WORDS: [&str; 8] = [
    "系统维护",
    // Its pairs of characters are everywhere, itself is not.
    "甲乙丙",
    "维",
    "数据网络升级",
    "升级暂停",
    "word",
    "\"word again\"",
    "不在其中",
];

fn filled() -> SharedBoard {
    let (board, clock) = board();
    let drafts: Vec<Draft> = (0..1500_i64)
        .map(|n| {
            let mut body = "今晚系统维护。word again".to_owned();
            if n % 7 == 0 {
                body = "系统的维护 words".to_owned();
            }
            body.push_str(if n % 300 == 299 {
                "甲乙丙"
            } else {
                "甲乙。乙丙"
            });
            if n % 40 == 3 {
                body.push_str("数据网络升级");
            }
            let mut draft = Draft::from_text(Text::new("zh-CN", format!("第 {n} 条")).body(body))
                .audience("group", Operator::In, [(n % 5).to_string()]);
            draft.priority = (n * 7919 % 100) as i32;
            draft.starts_at = Some(NOW - n % 97);
            draft.ends_at = if n % 11 == 0 {
                Some(NOW + 1)
            } else {
                Some(NOW + 1000 + n)
            };
            draft
        })
        .collect();
    board.publish_all(&drafts).unwrap();
    clock.set(NOW + 1);
    board
}

/// All pages, one behind the other.
fn pages(board: &SharedBoard, mut query: Query, most: usize) -> Vec<(i64, bool)> {
    let mut ids = Vec::new();
    for _ in 0..most {
        let page = board.query(&query).unwrap();
        assert_eq!(page.count.total.is_some(), query.counted);
        assert_eq!(page.count.unread.is_some(), query.counted);
        ids.extend(page.items.iter().map(|item| (item.id(), item.is_read())));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    ids
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_items_are_the_same(
        limits in proptest::collection::vec(1_u32..40, 4),
        groups in proptest::collection::vec(0_u8..5, 0..3),
        is_unread in any::<bool>(),
        is_editor in any::<bool>(),
    ) {
        let board = filled();
        let mut viewer = Viewer::new("reader");
        for group in groups {
            viewer = viewer.with("group", group.to_string());
        }
        let read: Vec<i64> = board.query(&Query::new(viewer.clone()).limit(30)).unwrap().items
            .iter().map(|item| item.id()).collect();
        board.mark(&viewer, &read, notice::Mark::Read).unwrap();
        let orders = [Order::Default, Order::Newest, Order::EndingSoon, Order::Relevance];
        for (order, limit) in orders.into_iter().zip(limits) {
            for word in WORDS {
                let mut query = Query::new(viewer.clone()).order(order).limit(limit);
                if is_editor {
                    query.view = notice::View::Editor;
                }
                query.filter.q = word.to_owned();
                query.filter.unread_only = is_unread;
                let counted = pages(&board, query.clone(), 4);
                prop_assert_eq!(pages(&board, query.uncounted(), 4), counted, "{} {:?}", word, order);
            }
        }
    }
}

#[test]
fn counting_counts_all_the_same() {
    let board = filled();
    let query = Query::editor().uncounted();
    assert_eq!(board.query(&query).unwrap().count.total, None);
    assert!(board.count(&query).unwrap().total > Some(1000));
}
