//! The search as a whole: the index with verification, verification alone, and the oracle agree.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index as Pick, select};
use roaring::RoaringBitmap;

use super::find::Found;
use super::oracle::{self, OracleClause};
use super::query_text::is_separator;
use super::{Planes, SearchIndex, SearchQuery, matches};
use crate::model::{Announcement, Draft, Text};

/// A board of announcements by slot, all of which show their text 0 unless told otherwise.
#[derive(Default)]
struct Board {
    index: SearchIndex,
    slots: BTreeMap<u32, (Draft, Announcement)>,
    shown: BTreeMap<u32, usize>,
}

impl Board {
    fn of(titles: &[&str]) -> Self {
        let mut board = Self::default();
        for (title, slot) in titles.iter().zip(0..) {
            board.put(slot, Draft::from_text(Text::new("zh-CN", *title)));
        }
        board
    }

    fn put(&mut self, slot: u32, draft: Draft) {
        let announcement = oracle::announcement(&draft);
        match self.slots.get(&slot) {
            Some((_, before)) => self.index.replace(slot, before, &announcement),
            None => self.index.insert_all(&[(slot, &announcement)]),
        }
        self.slots.insert(slot, (draft, announcement));
    }

    fn remove(&mut self, slot: u32) {
        if let Some((_, announcement)) = self.slots.remove(&slot) {
            self.index.remove(slot, &announcement);
        }
    }

    fn shown(&self, slot: u32) -> usize {
        self.shown.get(&slot).copied().unwrap_or(0)
    }

    fn found(&self, query: &SearchQuery) -> Found {
        let mut parts: BTreeMap<usize, RoaringBitmap> = BTreeMap::new();
        for slot in self.slots.keys() {
            parts.entry(self.shown(*slot)).or_default().insert(*slot);
        }
        let parts = parts.iter().map(|(index, slots)| (*index, slots)).collect();
        self.index.find(query, &Planes { parts })
    }

    fn by_index(&self, query: &SearchQuery) -> BTreeSet<u32> {
        let found = self.found(query);
        let slots: Vec<u32> = match found.slots {
            Some(slots) => slots.iter().collect(),
            None => self.slots.keys().copied().collect(),
        };
        let holds = |slot: &u32| found.exact || self.holds(query, *slot);
        slots.into_iter().filter(holds).collect()
    }

    fn by_text(&self, query: &SearchQuery) -> BTreeSet<u32> {
        let slots = self.slots.keys().copied();
        slots.filter(|slot| self.holds(query, *slot)).collect()
    }

    fn by_oracle(&self, clauses: &[OracleClause]) -> BTreeSet<u32> {
        let holds = |slot: &u32| oracle::matches(clauses, &self.slots[slot].0, self.shown(*slot));
        self.slots.keys().copied().filter(holds).collect()
    }

    fn holds(&self, query: &SearchQuery, slot: u32) -> bool {
        matches(query, &self.slots[&slot].1, self.shown(slot))
    }

    /// The slots that `q` finds; both ways must agree.
    fn search(&self, q: &str) -> Vec<u32> {
        let query = SearchQuery::parse(q).unwrap();
        let found = self.by_index(&query);
        assert_eq!(found, self.by_text(&query), "{q}");
        found.into_iter().collect()
    }
}

#[test]
fn a_word_of_two_chinese_characters_is_found() {
    let board = Board::of(&["系统维护通知", "版本更新"]);
    assert_eq!(board.search("维护"), [0]);
}

#[test]
fn one_chinese_character_is_found() {
    let board = Board::of(&["系统维护通知", "版本更新", "𠮷野家"]);
    assert_eq!(board.search("护"), [0]);
    assert_eq!(board.search("𠮷"), [2]);
}

#[test]
fn a_short_term_beside_a_long_one_is_not_dropped() {
    let board = Board::of(&["系统维护", "系统维护 火星"]);
    assert_eq!(board.search("\"系统维护\" \"火星\""), [1]);
    let board = Board::of(&["系统维护", "系统 维护"]);
    assert_eq!(board.search("\"系统维护\" \"火星\""), [0u32; 0]);
}

#[test]
fn punctuation_and_emoji_are_searched_like_all_else() {
    let board = Board::of(&["C++ 更新", "C 更新", "上线🎉", "8.1.3 发布", "8.1 3"]);
    assert_eq!(board.search("++"), [0]);
    assert_eq!(board.search("c++"), [0]);
    assert_eq!(board.search("🎉"), [2]);
    assert_eq!(board.search("8.1.3"), [3]);
    assert!(SearchQuery::parse("\u{301}").is_err());
}

#[test]
fn a_term_of_letters_finds_the_beginnings_of_words_only() {
    let board = Board::of(&["升级Windows11", "win", "darwin", "ＷＩＮ版"]);
    assert_eq!(board.search("win"), [0, 1, 3]);
    assert_eq!(board.search("windows"), [0]);
    assert_eq!(board.search("dows"), [0u32; 0]);
    assert_eq!(board.search("\"win\""), [1, 3]);
}

#[test]
fn width_and_case_and_invisible_characters_make_no_difference() {
    let board = Board::of(&["Ｗｉｎ系\u{200B}统", "ﾒﾝﾃﾅﾝｽ", "STRASSE"]);
    assert_eq!(board.search("win系统"), [0]);
    assert_eq!(board.search("メンテ"), [1]);
    assert_eq!(board.search("straße"), [2]);
}

#[test]
fn exclusions_take_away_and_alone_leave_the_rest() {
    let board = Board::of(&["系统维护", "系统升级", "公告"]);
    assert_eq!(board.search("系统 -维护"), [1]);
    assert_eq!(board.search("-维护"), [1, 2]);
    assert_eq!(board.search("-系统维护"), [1, 2]);
    assert_eq!(board.search("-火星"), [0, 1, 2]);
    assert_eq!(board.search("系统 -系统"), [0u32; 0]);
}

#[test]
fn a_field_is_searched_alone_and_terms_may_be_in_different_fields() {
    let mut board = Board::default();
    let mut draft = Draft::from_text(Text::new("zh-CN", "系统").summary("维护").body("windows"));
    draft.tags = vec!["停机".into(), "数据库".into()];
    draft.key = "maint/2026".into();
    board.put(3, draft);
    for (q, is_found) in [
        ("系统 维护 windows 停机 maint", true),
        ("系统维护", false),
        ("停机数据", false),
        ("title:系统", true),
        ("title:维护", false),
        ("-title:维护", true),
        ("summary:维护 body:win tag:停机 key:2026", true),
        ("tag:windows", false),
    ] {
        assert_eq!(!board.search(q).is_empty(), is_found, "{q}");
    }
}

#[test]
fn a_text_that_the_viewer_does_not_see_is_not_searched() {
    let mut board = Board::default();
    let draft = Draft::from_text(Text::new("zh-CN", "维护")).text(Text::new("en", "maintenance"));
    board.put(0, draft.clone());
    board.put(1, draft);
    board.shown.insert(1, 1);
    assert_eq!(board.search("维护"), [0]);
    assert_eq!(board.search("maintenance"), [1]);
}

#[test]
fn what_was_taken_out_is_not_found_and_leaves_nothing_behind() {
    let mut board = Board::of(&["系统维护", "系统升级 Windows"]);
    board.remove(1);
    assert_eq!(board.search("系统"), [0]);
    assert_eq!(board.search("windows"), [0u32; 0]);
    let with_one = board.index.heap_bytes();
    board.put(1, Draft::from_text(Text::new("zh-CN", "系统升级 Windows")));
    assert!(board.index.heap_bytes() > with_one);
    board.remove(1);
    assert_eq!(board.index.heap_bytes(), with_one);
    board.remove(0);
    let left = board.index.find(
        &SearchQuery::parse("系").unwrap(),
        &Planes { parts: Vec::new() },
    );
    assert_eq!(left.slots, Some(RoaringBitmap::new()));
}

#[test]
fn what_needs_no_second_look_is_said_to_be_exact() {
    let board = Board::of(&["系统维护 windows", "维护系统"]);
    let exact = |q: &str| board.found(&SearchQuery::parse(q).unwrap()).exact;
    for q in [
        "系",
        "2维",
        "系统",
        "系统 维护 win",
        "windows",
        "系统 -维护",
        "-维护",
        "火星人",
        "-火星人",
    ] {
        assert!(exact(q), "{q}");
    }
    for q in ["系统维", "title:系统", "\"维护 w\"", "-系统维护"] {
        assert!(!exact(q), "{q}");
    }
}

#[test]
fn a_blank_search_narrows_nothing() {
    let board = Board::of(&["系统"]);
    let found = board.found(&SearchQuery::parse(" ").unwrap());
    assert_eq!((found.exact, found.slots), (true, None));
}

#[test]
fn common_and_rare_terms_agree_on_a_large_board() {
    const WORDS: [&str; 12] = [
        "系统", "维护", "升级", "公告", "windows", "windsor", "win", "a", "停机", "－", "ab",
        "统维",
    ];
    let mut board = Board::default();
    for slot in 0..2000u32 {
        let title: String = WORDS
            .iter()
            .zip(0..)
            .filter(|(_, nth)| slot % (1 << nth) == *nth)
            .map(|(word, _)| {
                if slot % 3 == 0 {
                    format!("{word} ")
                } else {
                    (*word).to_owned()
                }
            })
            .collect();
        board.put(
            slot,
            Draft::from_text(Text::new("zh-CN", format!("x{title}"))),
        );
    }
    (0..2000).step_by(7).for_each(|slot| board.remove(slot));
    let mut queries: Vec<String> = WORDS.map(|word| word.replace('－', "\"-\"")).to_vec();
    for one in WORDS {
        queries.extend(WORDS.map(|other| format!("\"{one}\" -\"{other}\"")));
        queries.extend(WORDS.map(|other| format!("\"{one}\" \"{other}\"")));
        queries.extend(WORDS.map(|other| format!("\"{one}{other}\"")));
    }
    let hits: usize = queries.iter().map(|q| board.search(q).len()).sum();
    assert!(hits > 10_000, "{hits}");
}

fn any_draft() -> impl Strategy<Value = Draft> {
    let text = (oracle::any_text(), oracle::any_text(), oracle::any_text());
    let texts = prop::collection::vec(text, 1..3);
    let tags = prop::collection::vec(oracle::any_text(), 0..3);
    (texts, tags, oracle::any_text()).prop_map(|(texts, tags, key)| {
        let locales = ["zh-CN", "en", "ja"];
        let texts = locales.into_iter().zip(texts);
        let texts = texts.map(|(locale, (title, summary, body))| {
            Text::new(locale, title).summary(summary).body(body)
        });
        let mut draft = Draft::from_text(Text::new("zh-CN", ""));
        draft.texts = texts.collect();
        draft.tags = tags;
        draft.key = key;
        draft
    })
}

/// What a clause is made of: from which draft, which text of it, where, how long, and its syntax.
type Seed = (Pick, Pick, Pick, usize, bool, Option<&'static str>, bool);

fn any_seed() -> impl Strategy<Value = Seed> {
    let field = prop_oneof![
        3 => Just(None),
        1 => select(&["title", "summary", "body", "tag", "key"][..]).prop_map(Some),
    ];
    (
        any::<Pick>(),
        any::<Pick>(),
        any::<Pick>(),
        1usize..7,
        prop::bool::weighted(0.25),
        field,
        any::<bool>(),
    )
}

/// The clause, and how it is written; none if nothing searchable stands there.
fn clause_of(drafts: &[Draft], seed: Seed) -> Option<(OracleClause, String)> {
    let (draft, pick, at, len, excluded, field, phrase) = seed;
    let draft = draft.get(drafts);
    let mut texts: Vec<&str> = vec![&draft.key];
    for text in &draft.texts {
        texts.extend([text.title.as_str(), &text.summary, &text.body]);
    }
    texts.extend(draft.tags.iter().map(String::as_str));
    let piece = oracle::piece_of(pick.get::<&str>(&texts), at, len).replace(['"', ':', '：'], "");
    let text = match phrase {
        true => piece.trim(),
        false => piece
            .split(|c: char| c.is_whitespace() || is_separator(c))
            .find(|term| !term.is_empty())?
            .trim_start_matches(|c| "-－“”＂".contains(c) || super::normalise::is_ignorable(c)),
    };
    if oracle::normalise(text).trim().is_empty() {
        return None;
    }
    let quote = if phrase { "\"" } else { "" };
    let sign = if excluded { "-" } else { "" };
    let name = field.map_or(String::new(), |field| format!("{field}:"));
    let written = format!("{sign}{name}{quote}{text}{quote}");
    let clause = OracleClause {
        excluded,
        field,
        phrase,
        text: text.to_owned(),
    };
    Some((clause, written))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn index_and_text_and_oracle_agree(
        history in prop::collection::vec((0u32..8, prop::option::weighted(0.8, any_draft())), 1..12),
        shown in prop::collection::vec(0usize..2, 8),
        searches in prop::collection::vec(prop::collection::vec(any_seed(), 1..4), 8),
    ) {
        let mut board = Board::default();
        let drafts: Vec<Draft> = history.iter().filter_map(|(_, draft)| draft.clone()).collect();
        prop_assume!(!drafts.is_empty());
        for (slot, draft) in history {
            match draft {
                Some(draft) => {
                    board.shown.insert(slot, shown[slot as usize] % draft.texts.len());
                    board.put(slot, draft);
                }
                None => board.remove(slot),
            }
        }
        for seeds in searches {
            let clauses: Vec<_> = seeds.into_iter().filter_map(|s| clause_of(&drafts, s)).collect();
            let (clauses, written): (Vec<_>, Vec<_>) = clauses.into_iter().unzip();
            let q = written.join(" ");
            let query = SearchQuery::parse(&q).unwrap();
            prop_assert_eq!(query.clauses().len(), clauses.len());
            let expected = board.by_oracle(&clauses);
            prop_assert_eq!(&board.by_text(&query), &expected, "text, {:?}", &q);
            prop_assert_eq!(&board.by_index(&query), &expected, "index, {:?}", &q);
        }
    }

    #[test]
    fn any_search_text_over_any_announcement_ends_well(
        q in oracle::any_query_text(),
        draft in any_draft(),
        max_chars in 0usize..40,
    ) {
        let Ok(query) = SearchQuery::parse(&q) else { return Ok(()) };
        let mut board = Board::default();
        board.put(0, draft);
        prop_assert_eq!(board.by_index(&query), board.by_text(&query));
        let announcement = &board.slots[&0].1;
        super::snippet(&query, announcement, 0, max_chars);
        let finds_something = board.holds(&query, 0) && query.wanted().next().is_some();
        prop_assert!(super::hits(&query, announcement, 0) > 0 || !finds_something);
    }
}
