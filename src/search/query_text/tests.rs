use proptest::prelude::*;

use super::super::oracle;
use super::*;
use crate::error::ErrorKind;

/// Formats clauses: `-` if excluded, the field, `"` around phrases, in normal form.
fn shown(q: &str) -> Vec<String> {
    let query = SearchQuery::parse(q).unwrap();
    let clause = |clause: &Clause| {
        let sign = if clause.excluded { "-" } else { "" };
        let field = clause.field.map_or(String::new(), |f| format!("{f:?}:"));
        let quote = if clause.needle.is_phrase() { "\"" } else { "" };
        format!("{sign}{field}{quote}{}{quote}", clause.needle.text())
    };
    query.clauses().iter().map(clause).collect()
}

fn refused_at(q: &str) -> usize {
    let error = SearchQuery::parse(q).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField, "{q}");
    assert_eq!(error.path(), Some("q"));
    error.offset().unwrap()
}

#[test]
fn terms_stand_between_blanks_of_any_kind() {
    assert_eq!(
        shown(" 系统　Ｗindows\t8.1\u{A0}维护\n"),
        ["系统", "windows", "8.1", "维护"]
    );
}

#[test]
fn phrases_exclusions_and_fields_are_understood() {
    assert_eq!(
        shown("\"New   York\" “系统 维护”"),
        ["\"new york\"", "\"系统 维护\""]
    );
    assert_eq!(shown("-测试 -\"a b\" －旧"), ["-测试", "-\"a b\"", "-旧"]);
    assert_eq!(
        shown("title:维护 TAG:\"a b\" -Key：x summary:s body:b"),
        ["Title:维护", "Tag:\"a b\"", "-Key:x", "Summary:s", "Body:b"]
    );
    assert_eq!(shown("\"a\"b"), ["\"a\"", "b"]);
    assert_eq!(shown("说“好 的”了"), ["说", "\"好 的\"", "了"]);
    assert_eq!(shown("\u{FEFF}-维护"), ["-维护"]);
    assert_eq!(shown("\"说“好”\""), ["\"说\"好\"\""]);
}

#[test]
fn what_only_looks_like_syntax_is_text() {
    assert_eq!(
        shown("10:30 http://x foo:bar 5\" a-b --x title:-x :"),
        [
            "10:30", "http://x", "foo:bar", "5\"", "a-b", "--x", "Title:-x", ":"
        ]
    );
    assert_eq!(shown("++ C# 「维护」"), ["++", "c#", "维护"]);
    assert_eq!(shown("Ｃ＃ a＆b 5＂"), ["c#", "a&b", "5"]);
}

#[test]
fn chinese_and_full_width_punctuation_separates_terms() {
    for q in [
        "维护，升级",
        "维护。升级！",
        "（维护）升级？",
        "《维护》、【升级】",
        "维护……升级",
        "维护——升级",
        "维护：升级；",
        "维护·升级",
        "‘维护’升级",
        "「维护」／「升级」",
        "，维护 、 升级",
    ] {
        assert_eq!(shown(q), ["维护", "升级"], "{q}");
    }
    assert_eq!(
        shown("维护，-升级，title:“系 统”，－（旧）"),
        ["维护", "-升级", "Title:\"系 统\"", "-旧"]
    );
    assert_eq!(
        shown("don’t ８．１ a，b 周一～周五"),
        ["don't", "8.1", "a", "b", "周一", "周五"]
    );
    assert_eq!(shown("维护,升级"), ["维护,升级"]);
    assert_eq!(shown("“维护，升级”"), ["\"维护,升级\""]);
}

#[test]
fn punctuation_alone_is_searched_for() {
    assert_eq!(shown("。"), ["。"]);
    assert_eq!(shown(" ？！ "), ["?!"]);
    assert_eq!(shown("“"), [""; 0]);
}

#[test]
fn an_open_quote_runs_to_the_end() {
    assert_eq!(shown("维护 \"new yo"), ["维护", "\"new yo\""]);
    assert_eq!(shown("a “b"), ["a", "\"b\""]);
    assert_eq!(shown("-\"a b "), ["-\"a b\""]);
    assert_eq!(shown("tag:“停 机"), ["Tag:\"停 机\""]);
    assert_eq!(shown("维护 \""), ["维护"]);
    assert_eq!(shown("维护”"), ["维护"]);
    assert!(SearchQuery::parse("\" ").unwrap().is_empty());
}

#[test]
fn blank_text_asks_for_nothing() {
    assert!(SearchQuery::parse("").unwrap().is_empty());
    assert!(SearchQuery::parse(" \u{3000}\t").unwrap().is_empty());
}

#[test]
fn what_would_be_dropped_silently_is_refused_with_its_place() {
    assert_eq!(refused_at("ab \"\""), 3);
    assert_eq!(refused_at("ab \" \u{200B} \""), 3);
    assert_eq!(refused_at("ab - c"), 3);
    assert_eq!(refused_at("-"), 0);
    assert_eq!(refused_at("a title: b"), 2);
    assert_eq!(refused_at("a -tag:"), 2);
    assert_eq!(refused_at("a \u{200B} b"), 2);
    assert_eq!(refused_at("维护\0"), 6);
}

#[test]
fn there_are_limits() {
    assert!(SearchQuery::parse(&"a".repeat(limits::SEARCH_BYTES)).is_ok());
    let error = SearchQuery::parse(&"a".repeat(limits::SEARCH_BYTES + 1)).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(1024))
    );
    assert!(SearchQuery::parse(&"a ".repeat(limits::SEARCH_TERMS)).is_ok());
    let error = SearchQuery::parse(&"a ".repeat(limits::SEARCH_TERMS + 1)).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(32))
    );
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused_with_a_place_inside_it(q in oracle::any_query_text()) {
        match SearchQuery::parse(&q) {
            Ok(query) => prop_assert!(query.clauses().iter().all(|c| !c.needle.text().is_empty())),
            Err(error) => prop_assert!(error.offset().is_none_or(|at| q.is_char_boundary(at))),
        }
    }
}
