//! Search text over a small board of mixed languages.

use std::collections::BTreeSet;

use notice::{Draft, ErrorKind, Filter, HitRange, Order, Query, Result, SharedBoard, Text, Viewer};
use unicode_normalization::UnicodeNormalization;

use crate::json::explains_itself;
use crate::support::{NOW, empty_board};

type Ids = BTreeSet<i64>;

/// Title, summary, body, tag; no letter among them folds to letters of another word.
const TEXTS: [[&str; 4]; 12] = [
    [
        "系统维护通知",
        "今晚 22:00 停机",
        "请提前保存您的工作。",
        "停机",
    ],
    ["維護公告", "伺服器將於今晚停機", "請提前保存。", "維護"],
    [
        "Maintenance tonight",
        "No service from 22:00",
        "Save your work.",
        "ops",
    ],
    [
        "Windows 11 更新",
        "安装 win 补丁",
        "KB5034441 の不具合",
        "windows",
    ],
    [
        "メンテナンスのお知らせ",
        "今夜はサービス停止",
        "ｶﾞｲﾄﾞをご覧ください",
        "保守",
    ],
    [
        "점검 안내",
        "오늘 밤 서비스 중단",
        "작업을 저장하세요",
        "점검",
    ],
    ["Ｆｕｌｌｗｉｄｔｈ ２０２６", "①②③ ㈱", "ﬁnal ﬂow", "x_y"],
    [
        "Überprüfung der Anlage",
        "Ausfall möglich",
        "Cafe\u{301} öffnet",
        "prüfung",
    ],
    [
        "Техобслуживание",
        "Сегодня ночью",
        "Сохраните работу",
        "работы",
    ],
    [
        "zero\u{200b}width 维\u{200d}护",
        "soft\u{ad}hyphen",
        "a-b c:d \"quoted\"",
        "title",
    ],
    ["ปิดปรับปรุง", "คืนนี้", "บันทึกงาน", "ซ่อม"],
    [
        "🎉 sale -50%",
        "👩\u{200d}💻 day",
        "維护 maintenance 维护windows",
        "a",
    ],
];

/// Simplified forms of the ideographs in these texts.
const SIMPLIFIED: [(char, char); 6] = [
    ('維', '维'),
    ('護', '护'),
    ('將', '将'),
    ('於', '于'),
    ('機', '机'),
    ('請', '请'),
];

/// What may open a phrase.
const QUOTES: [char; 8] = ['"', '＂', '“', '”', '„', '‟', '″', 'ʺ'];

thread_local! {
    static BOARD: (SharedBoard, Vec<(i64, Vec<String>)>) = board();
}

/// A search is refused, or finds the same by list, by count and one by one; each of its terms counts.
pub fn search(data: &[u8]) {
    let q = String::from_utf8_lossy(data);
    BOARD.with(|(board, texts)| {
        let found = match find(board, &q) {
            Ok(found) => found,
            Err(error) => {
                explains_itself(&error, q.len());
                let kind = error.kind();
                assert!(
                    matches!(kind, ErrorKind::InvalidField | ErrorKind::TooLarge),
                    "{error:?}"
                );
                return;
            }
        };
        for (id, _) in texts {
            let one = filter(&q).ids([*id]);
            let count = board.count(&query(one)).expect("it was accepted");
            assert_eq!(count.total == Some(1), found.contains(id), "{id} {q:?}");
        }
        // An open quote would run to the end, over the terms that are joined.
        if !q.contains(QUOTES) {
            each_term_counts(board, &q, &found);
        }
        if let Some(expected) = plainly(&q, texts) {
            assert_eq!(found, expected, "{q:?}");
        }
    });
}

/// The same text with one more term finds what both find; without that term, what only it finds.
fn each_term_counts(board: &SharedBoard, q: &str, found: &Ids) {
    for term in ["维", "maint"] {
        let with = ids(board, term).expect("it is sound");
        for (joined, expected) in [
            (format!("{q} {term}"), found & &with),
            (format!("{term} {q}"), found & &with),
            (format!("{q} -{term}"), found - &with),
        ] {
            match ids(board, &joined) {
                Ok(both) => assert_eq!(both, expected, "{joined:?}"),
                // One term more may be one too many.
                Err(error) => assert_eq!(error.kind(), ErrorKind::TooLarge, "{joined:?} {error}"),
            }
        }
    }
}

/// What is to be found for terms of nothing but ASCII letters and digits, or of ideographs that the texts have; none
/// for others.
fn plainly(q: &str, texts: &[(i64, Vec<String>)]) -> Option<Ids> {
    let is_word = |term: &str| term.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_there = |c| TEXTS.iter().flatten().any(|text| text.contains(c));
    let is_han = |term: &str| {
        let mut chars = term.chars();
        chars.all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c) && is_there(c))
    };
    let terms: Vec<&str> = q.split_whitespace().collect();
    if !terms.iter().all(|term| is_word(term) || is_han(term)) {
        return None;
    }
    let begins_a_word = |term: &str, before: char| {
        let is_number_after_letters =
            before.is_alphabetic() && term.starts_with(|c: char| c.is_ascii_digit());
        is_number_after_letters || !before.is_alphanumeric() || before as u32 >= 0x2E80
    };
    let is_in = |term: &str, text: &str| {
        text.match_indices(&normal(term)).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            is_han(term) || before.is_none_or(|before| begins_a_word(term, before))
        })
    };
    let all_in = |texts: &Vec<String>| {
        let somewhere = |term: &&str| texts.iter().any(|text| is_in(term, text));
        terms.iter().all(somewhere)
    };
    let found = texts.iter().filter(|(_, texts)| all_in(texts));
    Some(found.map(|(id, _)| *id).collect())
}

/// What is found, in both orders, with hits that can be shown.
fn find(board: &SharedBoard, q: &str) -> Result<Ids> {
    let page = board.query(&query(filter(q)))?;
    assert_eq!(page.count.total, Some(page.items.len() as u64), "{q:?}");
    let mut ids = Ids::new();
    for item in &page.items {
        assert!(ids.insert(item.id()), "{q:?}");
        if let Some(found) = item.found() {
            hits_are_in(item.text().title, &found.title);
            hits_are_in(&found.snippet.text, &found.snippet.ranges);
            assert!(found.snippet.text.chars().count() <= 120, "{q:?}");
        }
    }
    if !q.trim().is_empty() {
        let ranked = board.query(&query(filter(q)).order(Order::Relevance))?;
        let ranked = ranked.items.iter().map(|item| item.id());
        assert_eq!(ranked.collect::<Ids>(), ids, "{q:?}");
    }
    Ok(ids)
}

/// Only which ones are found.
fn ids(board: &SharedBoard, q: &str) -> Result<Ids> {
    let page = board.query(&query(filter(q)))?;
    Ok(page.items.iter().map(|i| i.id()).collect())
}

fn hits_are_in(text: &str, hits: &[HitRange]) {
    let mut end = 0;
    for hit in hits {
        assert!(hit.bytes.start >= end && !hit.bytes.is_empty(), "{hits:?}");
        let inside = text
            .get(hit.bytes.clone())
            .expect("hits end between characters");
        assert_eq!(inside.chars().count(), hit.chars.len(), "{hits:?}");
        let before = text.get(..hit.bytes.start).expect("hits begin there too");
        assert_eq!(before.chars().count(), hit.chars.start, "{hits:?}");
        end = hit.bytes.end;
    }
}

fn query(filter: Filter) -> Query {
    Query::new(Viewer::anonymous().at(NOW))
        .filter(filter)
        .limit(1000)
}

fn filter(q: &str) -> Filter {
    Filter::new().q(q)
}

fn board() -> (SharedBoard, Vec<(i64, Vec<String>)>) {
    let board = empty_board();
    let texts = TEXTS.iter().enumerate().map(|(n, texts)| {
        let [title, summary, body, tag] = *texts;
        let key = format!("news/{n}");
        let draft = Draft::from_text(Text::new("en", title).summary(summary).body(body))
            .tag(tag)
            .key(key.as_str());
        let id = board.publish(&draft).expect("a sound draft").id;
        let normal = texts.iter().copied().chain([key.as_str()]).map(normal);
        (id, normal.collect())
    });
    let texts = texts.collect();
    (board, texts)
}

/// Without diacritics and in simplified ideographs, as far as the texts have them.
fn normal(text: &str) -> String {
    let visible = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{200d}' | '\u{ad}'));
    let bare = visible
        .nfkd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let folded = bare.nfc().collect::<String>().to_lowercase();
    let simplified = |c| SIMPLIFIED.iter().find(|(from, _)| *from == c);
    folded
        .chars()
        .map(|c| simplified(c).map_or(c, |(_, to)| *to))
        .collect()
}
