//! The oracle of the tests: the same rules without optimisation, and texts to try.

use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;

use std::collections::HashMap;
use std::sync::LazyLock;

use caseless::Caseless;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use opencc_fmmseg::OpenCC;
use unicode_normalization::char::is_combining_mark;

use super::han::simplified_form;
use super::normalise::is_ignorable;
use super::words::is_unspaced;
use crate::model::{Announcement, Draft, Faults, Given, Lifecycle, Text};

/// A clause of the oracle.
#[derive(Debug, Clone)]
pub(crate) struct OracleClause {
    pub(crate) excluded: bool,
    pub(crate) field: Option<&'static str>,
    pub(crate) phrase: bool,
    pub(crate) text: String,
}

/// Simplified forms by OpenCC, whose data have nothing to do with those of the search: of each ideograph
/// that has another one.
pub(crate) static OPENCC: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let blocks = [
        '\u{3400}'..='\u{9FFF}',
        '\u{F900}'..='\u{FAFF}',
        '\u{20000}'..='\u{3FFFF}',
    ];
    // A line each, so that no two of them are a phrase.
    let all: String = blocks
        .into_iter()
        .flatten()
        .flat_map(|c| [c, '\n'])
        .collect();
    let simplified = OpenCC::new().t2s(&all, false);
    let pairs = all
        .lines()
        .zip(simplified.lines())
        .filter(|(from, to)| from != to);
    pairs
        .filter_map(|(from, to)| Some((from.chars().next()?, to.chars().next()?)))
        .collect()
});

/// Reports whether OpenCC and the search simplify a character alike. They differ in rare ideographs.
pub(crate) fn is_simplified_alike(c: char) -> bool {
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(std::iter::once(c));
    apart.into_iter().all(|c| {
        let simplified = OPENCC.get(&c).copied().unwrap_or(c);
        simplified_form(c).unwrap_or(c) == simplified
    })
}

/// Normalises step by step over the whole text, with the data of ICU and OpenCC.
pub(crate) fn normalise(text: &str) -> String {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let straight = |c| match c {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʹ' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | 'ʺ' => '"',
        c => c,
    };
    let without_diacritics = |text: String| -> String {
        let apart = DecomposingNormalizerBorrowed::new_nfkd()
            .normalize(&text)
            .into_owned();
        apart
            .chars()
            .map(straight)
            .filter(|c| !matches!(classes.get_u8(*c), 1 | 10..=36 | 200..))
            .collect()
    };
    let shown = text.chars().filter(|c| !is_ignorable(*c)).map(straight);
    let bare = without_diacritics(shown.collect());
    let folded = without_diacritics(bare.chars().default_case_fold().collect());
    let together = ComposingNormalizerBorrowed::new_nfc()
        .normalize(&folded)
        .into_owned();
    let mut again = String::new();
    for c in together.chars() {
        let strokes = [
            ('đ', "d"),
            ('ħ', "h"),
            ('ı', "i"),
            ('ł', "l"),
            ('ø', "o"),
            ('ŧ', "t"),
            ('ƀ', "b"),
        ];
        let ligatures = [('æ', "ae"), ('œ', "oe")];
        match strokes
            .iter()
            .chain(&ligatures)
            .find(|(letter, _)| *letter == c)
        {
            Some((_, letters)) => again.push_str(letters),
            None => again.push(OPENCC.get(&c).copied().unwrap_or(c)),
        }
    }
    let mut out = String::new();
    let mut blank = false;
    for c in again.chars() {
        if !(c.is_whitespace() && blank) {
            out.push(if c.is_whitespace() { ' ' } else { c });
        }
        blank = c.is_whitespace();
    }
    out
}

/// Reports whether a text contains a clause's term, by trying every place.
pub(crate) fn has(text: &str, clause: &OracleClause) -> bool {
    let text: Vec<char> = normalise(text).chars().collect();
    let term: Vec<char> = normalise(&clause.text).chars().collect();
    if term.is_empty() {
        return true;
    }
    let is_mark = |c: char| is_combining_mark(c) && !is_unspaced(c);
    let is_letter = |c: char| c.is_alphanumeric() && !is_mark(c) && !is_unspaced(c);
    let anywhere = term.iter().any(|c| is_unspaced(*c));
    (0..text.len()).any(|at| {
        if !text[at..].starts_with(&term) {
            return false;
        }
        let base = text[..at].iter().rev().find(|c| !is_mark(**c));
        let next = text.get(at + term.len());
        let is_number = term[0].is_numeric() && base.is_some_and(|c| !c.is_numeric());
        let starts = is_number || !base.is_some_and(|c| is_letter(*c));
        let ends = !next.is_some_and(|c| is_letter(*c) || is_mark(*c));
        let must_start = is_letter(term[0]);
        let last = term[term.len() - 1];
        let must_end = clause.phrase && (is_letter(last) || is_mark(last));
        anywhere || ((!must_start || starts) && (!must_end || ends))
    })
}

/// Reports whether the clauses match the announcement.
pub(crate) fn matches(clauses: &[OracleClause], draft: &Draft, text_index: usize) -> bool {
    let text = &draft.texts[text_index];
    let mut fields = vec![
        ("title", text.title.as_str()),
        ("summary", &text.summary),
        ("body", &text.body),
        ("key", &draft.key),
    ];
    fields.extend(draft.tags.iter().map(|tag| ("tag", tag.as_str())));
    clauses.iter().all(|clause| {
        let found = fields
            .iter()
            .filter(|(name, _)| clause.field.is_none_or(|only| only == *name))
            .any(|(_, text)| has(text, clause));
        found != clause.excluded
    })
}

/// Creates an announcement as the engine would, without validating the draft.
pub(crate) fn announcement(draft: &Draft) -> Announcement {
    let bare = Draft {
        texts: draft
            .texts
            .iter()
            .map(|text| Text::new(text.locale.clone(), "t"))
            .collect(),
        ..Draft::from_text(Text::new("en", "t"))
    };
    let checked = bare.check(&mut Faults::First).unwrap();
    let given = Given {
        id: 1,
        version: 1,
        notify_version: 1,
        revision: 1,
        notify_revision: 1,
        state: Lifecycle::Published,
        created_at: 0,
        published_at: 0,
        updated_at: 0,
        retracted_at: 0,
    };
    let locales = Arc::from(checked.locales.clone());
    let audience = Arc::new(draft.audience.clone());
    Announcement::new(
        draft,
        &checked,
        draft.starts_at.unwrap_or_default(),
        given,
        locales,
        audience,
        "",
    )
}

/// Pieces of real texts, and pieces that break careless searches.
const PIECES: &[&str] = &[
    "系统",
    "维护",
    "系统维护",
    "停机",
    "公告",
    "火星",
    "版",
    "统",
    "護",
    "維護",
    "系統",
    "發髮",
    "臺",
    "乾",
    "v2.0",
    "2.0",
    "0x8007",
    "8007",
    "11",
    "KB5034441",
    "bảo trì",
    "bao",
    "Ελλάδα",
    "đã",
    "Œuvre",
    "don’t",
    "don't",
    "’",
    "‘",
    "٣",
    "مُحمّد",
    "々",
    "〇",
    "𠮷",
    "𰻝",
    "メンテ",
    "ナンス",
    "ﾒﾝﾃ",
    "か\u{3099}",
    "ｶﾞ",
    "お知らせ",
    "ー",
    "공지",
    "사항",
    "점검",
    "\u{1112}\u{1161}\u{11AB}",
    "Windows",
    "Win",
    "win11",
    "windowsill",
    "WINDOW",
    "ＷＩＮ",
    "8.1.3",
    "8.1",
    "18",
    "c++",
    "C#",
    "e-mail",
    "café",
    "cafe\u{301}",
    "STRASSE",
    "straße",
    "ﬁx",
    "x\u{302}",
    "ΣΑΣ",
    "дом",
    "ДОМА",
    "हिन्दी",
    "ประกาศ",
    "ปิด",
    "🎉",
    "👨‍👩‍👧",
    "👍🏽",
    "，",
    "。",
    "！",
    "：",
    "“",
    "”",
    "\"",
    "-",
    "+",
    "_",
    ".",
    "/",
    "'",
    " ",
    " ",
    " ",
    "　",
    "\n",
    "\t",
    "\u{200B}",
    "\u{FEFF}",
    "\u{AD}",
    "\u{FE0F}",
    "葛\u{E0100}",
    "⼀",
    "㈱",
    "①",
    "½",
    "¨",
    "\u{301}",
    "\u{3099}",
    "\u{345}",
    "ᾳ",
    "İ",
    "a",
    "b",
    "ab",
    "aa",
    "title:",
    "tag:",
    "１２",
    "…",
];

/// Generates text from the pieces above, occasionally with an arbitrary character.
pub(crate) fn any_text() -> impl Strategy<Value = String> + Clone {
    let piece = prop_oneof![
        12 => select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("no NUL", |c| *c != '\0' && is_simplified_alike(*c)).prop_map(String::from),
        1 => prop::char::range('\u{4E00}', '\u{9FFF}').prop_filter("alike", |c| is_simplified_alike(*c)).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Generates text with search syntax, valid or invalid.
pub(crate) fn any_query_text() -> impl Strategy<Value = String> {
    let syntax = select(
        &[
            "\"", "“", "”", "-", "title:", "tag：", " ", "　", "\0", "\u{200B}",
        ][..],
    );
    let piece = prop_oneof![any_text(), syntax.prop_map(str::to_owned)];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Generates a text and a part of it.
pub(crate) fn text_and_piece() -> impl Strategy<Value = (String, String)> {
    (any_text(), any::<prop::sample::Index>(), 1usize..6).prop_map(|(text, at, len)| {
        let piece = piece_of(&text, at, len);
        (text, piece)
    })
}

/// Returns `len` characters from anywhere in `text`.
pub(crate) fn piece_of(text: &str, at: prop::sample::Index, len: usize) -> String {
    match text.chars().count() {
        0 => String::new(),
        count => text.chars().skip(at.index(count)).take(len).collect(),
    }
}
