//! Search through a board: what is found, by whom, in which order, and what is shown of it.

use notice::{
    Draft, ErrorKind, Field, Filter, Operation, Operator, Order, Patch, Query, SharedBoard, Text,
    Viewer,
};
use proptest::prelude::*;

use crate::support::{NOW, board, draft};

fn search(q: &str) -> Query {
    let filter = Filter::new().q(q);
    Query::new(Viewer::new("a").locales(["zh-CN"]))
        .filter(filter)
        .limit(1000)
}

fn found(board: &SharedBoard, query: &Query) -> Vec<i64> {
    let page = board.query(query).unwrap();
    assert_eq!(page.count.total, Some(page.items.len() as u64));
    assert_eq!(board.count(query).unwrap().total, page.count.total);
    page.items.iter().map(|item| item.id()).collect()
}

fn chinese(title: &str, body: &str) -> Draft {
    Draft::from_text(Text::new("zh-CN", title).body(body))
}

#[test]
fn a_chinese_term_is_found_at_any_length_and_no_term_is_dropped() {
    let (board, _) = board();
    board
        .publish(&chinese("今晚系统维护", "请提前保存。"))
        .unwrap();
    board.publish(&chinese("版本更新", "系统将重启。")).unwrap();
    for (q, ids) in [
        ("维护", vec![1]),
        ("护", vec![1]),
        ("系统", vec![2, 1]),
        ("系统维护", vec![1]),
        ("\"系统维护\" \"火星\"", vec![]),
        ("系统 -维护", vec![2]),
        ("title:系统", vec![1]),
        ("body:系统", vec![2]),
        ("　", vec![2, 1]),
    ] {
        assert_eq!(found(&board, &search(q)), ids, "{q}");
    }
}

#[test]
fn a_word_is_found_by_its_beginning_in_either_width_and_case() {
    let (board, _) = board();
    board
        .publish(&chinese("Windows 版已发布", "适用于ＷＩＮ１１。"))
        .unwrap();
    for q in ["win", "WIN", "ｗｉｎ", "win11"] {
        assert_eq!(found(&board, &search(q)), [1], "{q}");
    }
    assert_eq!(found(&board, &search("dows")), [0; 0]);
}

#[test]
fn only_the_text_that_the_viewer_sees_is_searched() {
    let (board, _) = board();
    board
        .publish(&chinese("维护", "").text(Text::new("en", "Maintenance")))
        .unwrap();
    assert_eq!(found(&board, &search("maintenance")), [0; 0]);
    let mut english = search("maintenance");
    english.viewer = Viewer::new("a").locales(["en-GB"]);
    assert_eq!(found(&board, &english), [1]);
}

#[test]
fn search_finds_nothing_that_is_hidden_from_the_viewer() {
    let (board, _) = board();
    let secret = chinese("机密词", "").audience("role", Operator::In, ["admin"]);
    board.publish(&secret).unwrap();
    board
        .publish(&chinese("机密词", "").visible(NOW + 1, None))
        .unwrap();
    board.publish(&chinese("机密词", "")).unwrap();
    board.retract(3, "").unwrap();
    let page = board.query(&search("机密词")).unwrap();
    assert_eq!(
        (page.items.len(), page.count.total, page.count.unread),
        (0, Some(0), Some(0))
    );
}

#[test]
fn relevance_counts_title_tag_summary_and_body_by_their_weight() {
    let (board, _) = board();
    board.publish(&chinese("甲", "维护 维护")).unwrap();
    board.publish(&chinese("维护", "")).unwrap();
    board.publish(&chinese("乙", "").tag("维护")).unwrap();
    let summary = Draft::from_text(Text::new("zh-CN", "丙").summary("维护维护"));
    board.publish(&summary.pinned(true)).unwrap();
    let by_relevance = search("维护").order(Order::Relevance);
    // 8, then 4 twice, of which the pinned one comes first, then 2.
    assert_eq!(found(&board, &by_relevance), [2, 4, 3, 1]);
    assert_eq!(found(&board, &search("维护")), [4, 3, 2, 1]);
    let mut walked = Vec::new();
    let mut query = by_relevance.limit(1);
    loop {
        let page = board.query(&query).unwrap();
        walked.extend(page.items.iter().map(|item| item.id()));
        let Some(cursor) = page.next_cursor else {
            break;
        };
        query = query.cursor(cursor);
    }
    assert_eq!(walked, [2, 4, 3, 1]);
}

#[test]
fn relevance_needs_search_text() {
    let (board, _) = board();
    for q in ["", " ", "　"] {
        let error = board.query(&search(q).order(Order::Relevance)).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some("order")),
            "{q:?}"
        );
    }
}

#[test]
fn each_hit_comes_with_a_snippet_and_its_ranges_in_bytes_and_characters() {
    let (board, _) = board();
    let body = format!("{}今晚维护，{}", "前".repeat(300), "后".repeat(300));
    board.publish(&chinese("维护通知", &body)).unwrap();
    let page = board.query(&search("维护")).unwrap();
    let hit = page.items[0].found().unwrap();
    assert_eq!(
        (hit.title[0].bytes.clone(), hit.title[0].chars.clone()),
        (0..6, 0..2)
    );
    let snippet = &hit.snippet;
    assert_eq!(
        (snippet.field, snippet.cut_before, snippet.cut_after),
        (Field::Body, true, true)
    );
    assert!(snippet.text.chars().count() <= 120);
    let range = &snippet.ranges[0];
    assert_eq!(&snippet.text[range.bytes.clone()], "维护");
    let chars: String = snippet
        .text
        .chars()
        .skip(range.chars.start)
        .take(range.chars.len())
        .collect();
    assert_eq!(chars, "维护");
    assert!(board.query(&search("")).unwrap().items[0].found().is_none());
}

#[test]
fn malformed_search_text_is_refused_with_its_byte() {
    let (board, _) = board();
    board.publish(&draft("a")).unwrap();
    let error = board.query(&search("维护 title:")).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::InvalidField, Some("filter.q"))
    );
    assert_eq!(error.offset(), Some(7));
    let error = board.count(&search(&"维".repeat(400))).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TooLarge, Some("filter.q"))
    );
}

/// What happens to a board of many announcements between two searches.
#[derive(Debug, Clone)]
enum Step {
    Publish(String),
    Rewrite(usize, String),
    Retract(usize),
    Purge(usize),
}

/// Text of so few characters that terms of three of them are common.
fn words(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['维', '护', '系', '统']), length)
        .prop_map(String::from_iter)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        words(1..30).prop_map(Step::Publish),
        (any::<usize>(), words(1..30)).prop_map(|(at, text)| Step::Rewrite(at, text)),
        any::<usize>().prop_map(Step::Retract),
        any::<usize>().prop_map(Step::Purge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// On a board where a term has hundreds of candidates, what is remembered of a search must follow
    /// every change of the board.
    #[test]
    fn a_search_made_again_finds_what_is_there_by_now(
        first in prop::collection::vec(words(1..30), 600),
        rounds in prop::collection::vec((prop::collection::vec(step(), 0..20), words(3..5)), 1..8),
    ) {
        let (board, _) = board();
        let drafts: Vec<Draft> = first.iter().map(|text| chinese(text, "")).collect();
        board.publish_all(&drafts).unwrap();
        let mut texts: Vec<Option<String>> = first.into_iter().map(Some).collect();
        let mut asked = vec![String::from("系统维")];
        for (steps, term) in rounds {
            for step in steps {
                apply(&board, &mut texts, step);
            }
            asked.push(term);
            for term in &asked {
                let query = search(term);
                let truth: Vec<i64> = (1_i64..)
                    .zip(&texts)
                    .filter(|(_, text)| text.as_ref().is_some_and(|text| text.contains(term)))
                    .map(|(id, _)| id)
                    .collect();
                let mut ids = found(&board, &query);
                ids.sort_unstable();
                prop_assert_eq!(ids, truth, "{}", term);
            }
        }
    }
}

fn apply(board: &SharedBoard, texts: &mut Vec<Option<String>>, step: Step) {
    let alive = |at: usize, texts: &[Option<String>]| {
        let ids: Vec<usize> = (0..texts.len()).filter(|i| texts[*i].is_some()).collect();
        (!ids.is_empty()).then(|| ids[at % ids.len()])
    };
    match step {
        Step::Publish(text) => {
            board.publish(&chinese(&text, "")).unwrap();
            texts.push(Some(text));
        }
        Step::Rewrite(at, text) => {
            let Some(at) = alive(at, texts) else { return };
            let patch = Box::new(Patch::new().title("zh-CN", text.as_str()));
            let update = Operation::Update {
                id: at as i64 + 1,
                patch,
                if_version: None,
                change: None,
            };
            board.apply_one(update).unwrap();
            texts[at] = Some(text);
        }
        Step::Retract(at) => {
            let Some(at) = alive(at, texts) else { return };
            board.retract(at as i64 + 1, "").unwrap();
            texts[at] = None;
        }
        Step::Purge(at) => {
            let Some(at) = alive(at, texts) else { return };
            board.purge(at as i64 + 1).unwrap();
            texts[at] = None;
        }
    }
}
