//! Each refusal carries its path, the offending value and what is allowed, in both languages.

use crate::error::{Error, ErrorKind, Language};
use crate::wire::{Answer, Call};

fn refused(json: &str) -> Error {
    Call::from_json(json.as_bytes()).expect_err(json)
}

#[test]
fn what_is_wrong_with_a_call_is_told_with_its_path() {
    for (json, path, said) in [
        ("", "json", "EOF"),
        ("[]", "json", "an object"),
        ("{}", "json", "one of publish apply check update"),
        (r#"{"query": {}, "count": {}}"#, "json", "one of publish"),
        (r#"{"ask": {}}"#, "json", "\"ask\": must be one of publish"),
        (r#"{"query": []}"#, "json", "[]\": must be an object"),
        (r#"{"query": null}"#, "json", "must be an object"),
        (r#"{"query": {"limits": 5}}"#, "limits", "\"5\""),
        (r#"{"query": {"limit": 5, "limit": 6}}"#, "query.limit", ""),
        (
            r#"{"query": {"limit": "5"}}"#,
            "limit",
            "must be an integer",
        ),
        (
            r#"{"query": {"limit": -1}}"#,
            "limit",
            "\"-1\": out of range",
        ),
        (
            r#"{"query": {"limit": 4294967296}}"#,
            "limit",
            "out of range",
        ),
        (
            r#"{"query": {"limit": 1.5}}"#,
            "limit",
            "must be an integer",
        ),
        (
            r#"{"query": {"limit": 9007199254740992}}"#,
            "query.limit",
            "2^53-1",
        ),
        (r#"{"query": {"counted": 1}}"#, "counted", "true or false"),
        (
            r#"{"query": {"order": "best"}}"#,
            "order",
            "default newest oldest",
        ),
        (r#"{"query": {"view": "god"}}"#, "view", "viewer editor"),
        (r#"{"query": {"cursor": 7}}"#, "cursor", "must be a text"),
        (
            r#"{"query": {"filter": []}}"#,
            "filter",
            "must be an object",
        ),
        (
            r#"{"query": {"filter": {"tag": "x"}}}"#,
            "filter.tag",
            "\"x\\",
        ),
        (
            r#"{"query": {"filter": {"tags_any": "x"}}}"#,
            "filter.tags_any",
            "a list",
        ),
        (
            r#"{"query": {"filter": {"tags_any": ["a", "b", "c", 4]}}}"#,
            "filter.tags_any[3]",
            "\"4\": must be a text",
        ),
        (
            r#"{"query": {"filter": {"ids": [1, null]}}}"#,
            "filter.ids[1]",
            "\"null\": must be an integer",
        ),
        (
            r#"{"query": {"filter": {"severity_at_least": "loud"}}}"#,
            "filter.severity_at_least",
            "none info notice",
        ),
        (
            r#"{"query": {"filter": {"phase": 3}}}"#,
            "filter.phase",
            "must be a text",
        ),
        (
            r#"{"query": {"filter": {"starts": 5}}}"#,
            "filter.starts",
            "[from, until]",
        ),
        (
            r#"{"query": {"filter": {"starts": [5]}}}"#,
            "filter.starts",
            "[from, until]",
        ),
        (
            r#"{"query": {"filter": {"starts": [5, "x"]}}}"#,
            "filter.starts[1]",
            "a date and time",
        ),
        (
            r#"{"query": {"filter": {"has_locale": "zh CN"}}}"#,
            "filter.has_locale",
            "zh CN",
        ),
        (
            r#"{"query": {"filter": {"pinned": "yes"}}}"#,
            "filter.pinned",
            "true or false",
        ),
        (r#"{"query": {"viewer": "ann"}}"#, "viewer", "an object"),
        (
            r#"{"query": {"viewer": {"name": "ann"}}}"#,
            "name",
            "\"ann\\",
        ),
        (
            r#"{"query": {"viewer": {"locales": ["en", 7]}}}"#,
            "locales[1]",
            "a text",
        ),
        (
            r#"{"query": {"viewer": {"attributes": {"role": 7}}}}"#,
            "attributes.role",
            "a text or a list",
        ),
        (
            r#"{"query": {"viewer": {"attributes": {"role": ["a", 7]}}}}"#,
            "attributes.role[1]",
            "a text",
        ),
        (
            r#"{"query": {"viewer": {"now": "now"}}}"#,
            "now",
            "such as 2026-06-18T20:00:00+08:00",
        ),
        (r#"{"get": {}}"#, "id", "missing"),
        (r#"{"get": {"id": null}}"#, "id", "must be an integer"),
        (r#"{"mark": {"ids": [1]}}"#, "mark", "missing"),
        (
            r#"{"mark": {"ids": [1], "mark": "eaten"}}"#,
            "mark",
            "seen read unread",
        ),
        (
            r#"{"mark": {"ids": [1, "2"], "mark": "read"}}"#,
            "ids[1]",
            "an integer",
        ),
        (
            r#"{"changes": {"epoch": "12"}}"#,
            "epoch",
            "32 hexadecimal digits",
        ),
        (
            r#"{"changes": {"epoch": "+0000000000000000000000000000012"}}"#,
            "epoch",
            "32 hexadecimal",
        ),
        (
            r#"{"wait": {"timeout_ms": -1}}"#,
            "timeout_ms",
            "out of range",
        ),
        (r#"{"stats": {"all": true}}"#, "all", "true"),
        (r#"{"publish": {"pinned": 1}}"#, "pinned", "true or false"),
        (
            r#"{"publish": {"texts": {"en": {"titel": "x"}}}}"#,
            "texts.en.titel",
            "\"x\\",
        ),
        (
            r#"{"publish": {"display": ["list", "wall"]}}"#,
            "display[1]",
            "list banner popup",
        ),
        (r#"{"update": {"id": 1}}"#, "patch", "missing"),
        (
            r#"{"update": {"id": 1, "patch": []}}"#,
            "patch",
            "a JSON object",
        ),
        (
            r#"{"update": {"id": 1, "patch": {"texts": {"en": {"title": 1}}}}}"#,
            "texts.en.title",
            "a text",
        ),
        (
            r#"{"apply": [{"update": {"id": 1, "patch": {"version": "1"}}}]}"#,
            "[0].version",
            "an integer",
        ),
        (
            r#"{"update": {"id": 1, "patch": {}, "change": "big"}}"#,
            "change",
            "minor major",
        ),
        (r#"{"retract": {"id": 1, "reason": 5}}"#, "reason", "a text"),
        (r#"{"purge": {"id": 1, "reason": ""}}"#, "reason", ""),
        (r#"{"apply": {}}"#, "json", "must be a list"),
        (
            r#"{"apply": [{"purge": {"id": 1}}, {}]}"#,
            "[1]",
            "one of publish update retract",
        ),
        (
            r#"{"apply": [{"purge": {"id": "1"}}]}"#,
            "[0].purge.id",
            "an integer",
        ),
        (
            r#"{"apply": [{"publish": {"texts": {}, "x": 1}}]}"#,
            "[0].publish.x",
            "",
        ),
        (
            r#"{"apply": [{"query": {}}]}"#,
            "[0].query",
            "one of publish update retract",
        ),
    ] {
        let error = refused(json);
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{json}: {error}");
        assert_eq!(error.path().unwrap_or_default(), path, "{json}: {error}");
        let [en, zh] = [Language::En, Language::Zh].map(|language| error.message(language));
        assert!(en.contains(said), "{json}: {en}");
        assert!(en != zh && !zh.is_empty(), "{json}: {zh}");
    }
}

#[test]
fn what_is_wrong_with_an_answer_is_told_with_its_path() {
    for (json, path) in [
        (r#"{"pages": {}}"#, "json"),
        (r#"{"revision": {}}"#, "revision"),
        (r#"{"revision": {"revision": null}}"#, "revision"),
        (r#"{"done": {"well": true}}"#, "well"),
        (r#"{"applied": [{"id": 1}]}"#, "[0].version"),
        (
            r#"{"published": {"id": 1, "version": 1, "revision": 1, "outcome": "fine", "duplicate": false}}"#,
            "outcome",
        ),
        (r#"{"page": {"items": [{"id": 1}]}}"#, "items[0].revision"),
        (r#"{"count": {"total": -1}}"#, "total"),
        (
            r#"{"error": {"code": 99, "name": "odd", "en": "", "zh": "", "path": null, "value": null, "offset": null, "limit": null}}"#,
            "code",
        ),
        (
            r#"{"error": {"code": 1, "name": "odd", "en": "", "zh": "", "path": null, "value": null, "offset": null, "limit": null}}"#,
            "name",
        ),
        (r#"{"record": {"id": 0}}"#, "state"),
        (
            r#"{"verification": {"records": 1, "problems": [{"place": 7}]}}"#,
            "problems[0].place",
        ),
    ] {
        let error = Answer::from_json(json.as_bytes()).expect_err(json);
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{json}: {error}");
        assert_eq!(error.path().unwrap_or_default(), path, "{json}: {error}");
    }
}

#[test]
fn more_operations_than_a_batch_has_are_refused_in_both_forms() {
    let one = crate::model::Operation::Purge { id: 1 };
    let call = Call::Apply(vec![one; 10_001]);
    let json = call.to_json().to_string();
    for error in [
        Call::from_json(json.as_bytes()).unwrap_err(),
        Call::from_bytes(&call.to_bytes().unwrap()).unwrap_err(),
    ] {
        assert!(error.to_string().contains("10000"), "{error}");
    }
}

#[test]
fn a_snooze_ends_at_an_instant_that_is_a_number_or_text() {
    let call = |until: &str| {
        let json = format!(r#"{{"mark": {{"ids": [1], "mark": "snooze", "until": {until}}}}}"#);
        Call::from_json(json.as_bytes())
    };
    let number = call("1781784000000").unwrap();
    assert_eq!(call("\"2026-06-18T12:00:00Z\""), Ok(number.clone()));
    assert_eq!(
        call("\"2026-06-18T20:00:00+08:00[Asia/Shanghai]\""),
        Ok(number)
    );
    // Without an offset it could be anywhere.
    let error = call("\"2026-06-18T12:00:00\"").unwrap_err();
    assert_eq!(error.path(), Some("until"));
}
