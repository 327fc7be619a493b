//! Drafts and announcements as JSON.

use notice::{
    Action, ActionKind, Audience, Draft, Error, ErrorKind, Importance, Operation, Operator,
    Outcome, Patch, Placement, Query, Reference, Severity, SharedBoard, Text, limits,
};
use serde_json::{Map, Value, json};

use notice::wire::{Answer, Call, answer};

use crate::support::{DAY, Desk, NOW, assert_bilingual, board};

const EVERY_FIELD: &str = r##"{
    "key": "a/b", "channel": "ops", "severity": "critical", "priority": -7, "pinned": true,
    "starts_at": 1781748000000, "ends_at": "2026-06-18T11:00:00.5+08:00",
    "event_from": "2026-06-18T02:30:00Z", "event_to": "2026-06-18t02:30:00.001z",
    "texts": {
        "zh-CN": {"title": "标题", "summary": "摘要", "body": "# 正文", "format": "markdown"},
        "en": {"title": "Title", "format": "text"}
    },
    "default_locale": "en",
    "audience": [
        {"attribute": "role", "op": "in", "values": ["a", 7, 1.5, true]},
        {"attribute": "app", "op": "exists"},
        {"attribute": "user", "op": "percent", "values": [12.5, "salt"]}
    ],
    "display": ["popup", "badge"], "dismissible": false, "require_ack": true,
    "show_limit": 4294967295, "show_interval_ms": 60000,
    "actions": [{"id": "go", "kind": "url", "label": {"en": "Go"}, "value": "https://a/"},
                {"id": "c", "kind": "copy", "label": {"en": "C", "de": "K"}, "value": ""}],
    "category": "c", "tags": ["t", "停机"], "replaces": [3, "old/key", 9007199254740991],
    "author": "au", "source": "so", "external_id": "ex",
    "extras": {"n": null, "i": -9007199254740991, "f": 0.1, "deep": [{"x": []}]},
    "change": "minor",
    "idempotency_key": "request-17"
}"##;

fn every_field() -> Draft {
    let audience = Audience::everyone()
        .and("role", Operator::In, ["a", "7", "1.5", "true"])
        .and("app", Operator::Exists, [""; 0])
        .and("user", Operator::Percent, ["12.5", "salt"]);
    let action = |id: &str, kind, label: &[(&str, &str)], value: &str| {
        let action = Action::new(id, kind, value);
        label.iter().fold(action, |action, (locale, label)| {
            action.label(*locale, *label)
        })
    };
    {
        let mut draft = Draft::default();
        draft.key = "a/b".into();
        draft.channel = "ops".into();
        draft.severity = Severity::Critical;
        draft.priority = -7;
        draft.pinned = true;
        draft.starts_at = Some(NOW);
        draft.ends_at = Some(NOW + 3_600_500);
        draft.event_from = Some(NOW + 1_800_000);
        draft.event_to = Some(NOW + 1_800_001);
        draft.texts = vec![
            Text::new("zh-CN", "标题")
                .summary("摘要")
                .markdown("# 正文"),
            Text::new("en", "Title"),
        ];
        draft.default_locale = "en".into();
        draft.audience = audience;
        draft.display = Placement::POPUP | Placement::BADGE;
        draft.dismissible = false;
        draft.require_ack = true;
        draft.show_limit = Some(u32::MAX);
        draft.show_interval_ms = Some(60_000);
        draft.actions = vec![
            action("go", ActionKind::Url, &[("en", "Go")], "https://a/"),
            action("c", ActionKind::Copy, &[("en", "C"), ("de", "K")], ""),
        ];
        draft.category = "c".into();
        draft.tags = vec!["t".into(), "停机".into()];
        draft.replaces = vec![
            Reference::Id(3),
            Reference::Key("old/key".into()),
            Reference::Id(9_007_199_254_740_991),
        ];
        draft.author = "au".into();
        draft.source = "so".into();
        draft.external_id = "ex".into();
        draft.extras =
            json!({"n": null, "i": -9_007_199_254_740_991_i64, "f": 0.1, "deep": [{"x": []}]})
                .as_object()
                .unwrap()
                .clone();
        draft.change = Some(Importance::Minor);
        draft.idempotency_key = String::from("request-17");
        draft
    }
}

#[track_caller]
fn refusal(json: &str) -> Error {
    let error = Draft::from_json(json.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField, "{error}");
    error
}

#[track_caller]
fn refused(json: &str, path: &str, value: &str) {
    let error = refusal(json);
    assert_eq!(error.path(), Some(path), "{error}");
    assert_bilingual(&error, path);
    assert_bilingual(&error, value);
}

#[test]
fn every_field_is_read_and_written() {
    let read = Draft::from_json(EVERY_FIELD.as_bytes()).unwrap();
    assert_eq!(read, every_field());
    let written = read.to_json();
    let members: Vec<&str> = written
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let in_order = [
        "key",
        "channel",
        "severity",
        "priority",
        "pinned",
        "starts_at",
        "ends_at",
        "event_from",
        "event_to",
        "texts",
        "default_locale",
        "audience",
        "display",
        "dismissible",
        "require_ack",
        "show_limit",
        "show_interval_ms",
        "actions",
        "category",
        "tags",
        "replaces",
        "author",
        "source",
        "external_id",
        "extras",
        "change",
        "idempotency_key",
    ];
    assert_eq!(members, in_order);
    assert_eq!(written["ends_at"], NOW + 3_600_500);
    assert_eq!(written["display"], json!(["popup", "badge"]));
    assert_eq!(
        written["replaces"],
        json!([3, "old/key", 9_007_199_254_740_991_i64])
    );
    assert_eq!(Draft::from_value(&written).unwrap(), read);
}

#[test]
fn a_member_that_is_null_or_missing_is_at_its_default() {
    let least = Draft::from_json(br#"{"texts":{"en":{"title":"a"}}}"#).unwrap();
    assert_eq!(least, Draft::new("en", "a"));
    assert_eq!(least.to_json(), json!({"texts": {"en": {"title": "a"}}}));
    let nulls: Map<String, Value> = every_field()
        .to_json()
        .as_object()
        .unwrap()
        .keys()
        .map(|name| (name.clone(), Value::Null))
        .collect();
    assert_eq!(
        Draft::from_value(&Value::Object(nulls)).unwrap(),
        Draft::default()
    );
    let inner = br#"{"texts":{"en":{"title":"a","summary":null,"body":null,"format":null}},
        "audience":[{"attribute":"a","op":"exists","values":null}]}"#;
    let inner = Draft::from_json(inner).unwrap();
    assert_eq!(
        inner,
        Draft::new("en", "a").audience("a", Operator::Exists, [""; 0])
    );
}

#[test]
fn a_display_of_nothing_is_not_the_default() {
    let none = Draft::from_json(br#"{"display":[]}"#).unwrap();
    assert_eq!(none.display, Placement::NONE);
    assert_eq!(none.to_json()["display"], json!([]));
}

#[test]
fn a_member_that_means_nothing_is_refused() {
    refused(r#"{"titel": "x"}"#, "titel", "x");
    refused(r#"{"Key": 1}"#, "Key", "1");
    refused(
        r#"{"texts":{"en":{"title":"a","html":"b"}}}"#,
        "texts.en.html",
        "b",
    );
    refused(
        r#"{"actions":[{"id":"a","kind":"url","url":"b"}]}"#,
        "actions[0].url",
        "b",
    );
    refused(
        r#"{"audience":[{"attribute":"a","op":"in","value":"b"}]}"#,
        "audience[0]",
        "value",
    );
    refused(r#"{"id": null, "x": 1}"#, "x", "1");
}

#[test]
fn a_member_that_is_there_twice_is_refused() {
    for (json, path) in [
        (r#"{"key":"a","key":"a"}"#, "key"),
        (
            r#"{"texts":{"en":{"title":"a"},"en":{"title":"b"}}}"#,
            "texts.en",
        ),
        (r#"{"extras":{"a":[{"b":1,"b":1}]}}"#, "extras.a[0].b"),
    ] {
        refused(json, path, "");
        assert!(refusal(json).offset().is_some());
    }
}

#[test]
fn what_the_engine_gives_has_a_type_too() {
    for name in [
        "id",
        "version",
        "notify_version",
        "revision",
        "notify_revision",
        "state",
        "created_at",
        "published_at",
        "updated_at",
        "retracted_at",
        "retract_reason",
    ] {
        refused(&format!(r#"{{"{name}": [7]}}"#), name, "7");
        assert!(Draft::from_json(format!(r#"{{"{name}": null}}"#).as_bytes()).is_ok());
    }
}

#[test]
fn an_unknown_member_is_refused_also_when_it_is_null() {
    for (json, path) in [
        (r#"{"colour": null}"#, "colour"),
        (r#"{"texts": {"en": {"titel": null}}}"#, "texts.en.titel"),
        (
            r#"{"actions": [{"id": "a", "kind": "copy", "lable": null}]}"#,
            "actions[0].lable",
        ),
    ] {
        refused(json, path, "null");
    }
    for patch in [
        r#"{"colour": null}"#,
        r#"{"texts": {"en": {"titel": null}}}"#,
    ] {
        assert!(
            notice::Patch::from_json(patch.as_bytes()).is_err(),
            "{patch}"
        );
    }
}

#[test]
fn a_message_shows_only_the_beginning_of_a_long_name() {
    let name = "n".repeat(300_000);
    let error = refusal(&format!(r#"{{"{name}": 1}}"#));
    assert!(error.to_string().len() < 300, "{}", error.to_string().len());
    assert!(error.path().unwrap().starts_with("nnn"));
}

#[test]
fn a_value_of_another_type_is_refused_with_its_path() {
    let by_type: [(&[&str], &[&str]); 7] = [
        (
            &[
                "key",
                "channel",
                "category",
                "author",
                "source",
                "external_id",
                "default_locale",
                "severity",
                "change",
            ],
            &["1", "true", "[]", "{}"],
        ),
        (
            &["priority", "show_limit", "show_interval_ms"],
            &["\"1\"", "1.5", "true", "[]"],
        ),
        (
            &["pinned", "dismissible", "require_ack"],
            &["0", "\"true\"", "[]"],
        ),
        (
            &["starts_at", "ends_at", "event_from", "event_to"],
            &["1.5", "true", "[]", "{}"],
        ),
        (&["texts", "extras"], &["[]", "\"a\"", "1"]),
        (
            &["tags", "actions", "replaces", "display"],
            &["{}", "\"a\"", "1"],
        ),
        (&["audience"], &["\"a\"", "1", "true"]),
    ];
    for (names, values) in by_type {
        for name in names {
            for value in values {
                refused(
                    &format!(r#"{{"{name}": {value}}}"#),
                    name,
                    value.trim_matches('"'),
                );
            }
        }
    }
    refused(r#"{"tags":["a", 7]}"#, "tags[1]", "7");
    refused(r#"{"tags":[null]}"#, "tags[0]", "null");
    refused(r#"{"replaces":[true]}"#, "replaces[0]", "true");
    refused(r#"{"replaces":[1.5]}"#, "replaces[0]", "1.5");
    refused(r#"{"display":["list", 4]}"#, "display[1]", "4");
    refused(r#"{"texts":{"en":"a"}}"#, "texts.en", "a");
    refused(r#"{"texts":{"en":{"title":7}}}"#, "texts.en.title", "7");
    refused(r#"{"actions":[7]}"#, "actions[0]", "7");
    refused(
        r#"{"actions":[{"kind":"copy","label":"x"}]}"#,
        "actions[0].label",
        "x",
    );
    refused(
        r#"{"actions":[{"kind":"copy","label":{"en":7}}]}"#,
        "actions[0].label.en",
        "7",
    );
    refused(
        r#"{"audience":[{"attribute":"a","op":"in","values":[[]]}]}"#,
        "audience[0].values[0]",
        "[]",
    );
    refused(r#"{"audience":[{"attribute":"a"}]}"#, "audience[0].op", "");
    for scalar in ["7", "null", "[]", "\"a\"", "true"] {
        refusal(scalar);
    }
}

#[test]
fn a_name_that_means_nothing_is_refused_with_those_that_do() {
    for (json, path, value, known) in [
        (r#"{"severity":"urgent"}"#, "severity", "urgent", "warning"),
        (r#"{"severity":"Info"}"#, "severity", "Info", "info"),
        (r#"{"change":"huge"}"#, "change", "huge", "major"),
        (
            r#"{"display":["list","toast"]}"#,
            "display[1]",
            "toast",
            "ticker",
        ),
        (
            r#"{"texts":{"en":{"format":"html"}}}"#,
            "texts.en.format",
            "html",
            "markdown",
        ),
        (
            r#"{"actions":[{"kind":"open"}]}"#,
            "actions[0].kind",
            "open",
            "custom",
        ),
        (r#"{"actions":[{"id":"a"}]}"#, "actions[0].kind", "", "copy"),
    ] {
        refused(json, path, value);
        assert_bilingual(&refusal(json), known);
    }
}

#[test]
fn a_time_is_an_instant_with_an_offset_or_milliseconds() {
    let starts = |value: &str| {
        let json = format!(r#"{{"starts_at": {value}}}"#);
        Draft::from_json(json.as_bytes()).map(|draft| draft.starts_at)
    };
    for text in [
        "2026-06-18T10:00:00+08:00",
        "2026-06-18T02:00:00Z",
        "2026-06-18T02:00:00.000Z",
        "2026-06-17T21:30:00-04:30",
        "2026-06-18t02:00:00z",
        "2026-06-18 02:00:00Z",
    ] {
        assert_eq!(starts(&format!("\"{text}\"")).unwrap(), Some(NOW), "{text}");
    }
    assert_eq!(starts("1781748000000").unwrap(), Some(NOW));
    assert_eq!(
        starts("\"2026-06-18T02:00:00.0019Z\"").unwrap(),
        Some(NOW + 1)
    );
    assert_eq!(
        starts("\"9998-12-31T23:59:59.999Z\"").unwrap(),
        Some(limits::TIME_MS - 365 * DAY)
    );
    for text in [
        "2026-06-18T10:00:00",
        "2026-06-18",
        "2026-06-18T25:00:00Z",
        "2026-02-30T00:00:00Z",
        "10:00:00+08:00",
        "tomorrow",
        "1781748000000",
        "",
        " 2026-06-18T02:00:00Z",
        "2026-06-18T10:00:00 Asia/Shanghai",
    ] {
        let error = starts(&format!("\"{text}\"")).unwrap_err();
        assert_eq!(error.path(), Some("starts_at"), "{text}");
        assert_bilingual(&error, text);
        assert_bilingual(&error, "+08:00");
    }
}

#[test]
fn an_integer_beyond_what_a_double_holds_is_refused_wherever_it_stands() {
    for number in [
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551616",
        "1e400",
        "1e17",
    ] {
        for (json, path) in [
            (format!(r#"{{"starts_at": {number}}}"#), "starts_at"),
            (format!(r#"{{"replaces": ["a", {number}]}}"#), "replaces[1]"),
            (
                format!(r#"{{"audience": [{{"attribute":"a","op":"ge","values":[{number}]}}]}}"#),
                "audience[0].values[0]",
            ),
        ] {
            assert_eq!(refusal(&json).path(), Some(path), "{json}");
        }
    }
    for number in ["18446744073709551616", "1e400", "1e17"] {
        let json = format!(r#"{{"extras": {{"a": [{number}]}}}}"#);
        assert_eq!(refusal(&json).path(), Some("extras.a[0]"), "{json}");
    }
    for (json, path) in [
        (r#"{"priority": 2147483648}"#, "priority"),
        (r#"{"show_limit": -1}"#, "show_limit"),
        (r#"{"show_interval_ms": 4294967296}"#, "show_interval_ms"),
    ] {
        assert_eq!(refusal(json).path(), Some(path));
    }
}

#[test]
fn text_that_is_no_text_is_refused_with_its_byte() {
    let error = refusal(r#"{"key":"a\ud800"}"#);
    assert_eq!(error.path(), Some("key"));
    assert!(error.offset().is_some());
    refusal(r#"{"key":"\udc00\ud800"}"#);
    refusal(r#"{"\ud800":1}"#);
    let pair = Draft::from_json(br#"{"category":"\ud83d\ude00"}"#).unwrap();
    assert_eq!(pair.category, "\u{1f600}");
    let error = Draft::from_json(b"{\"key\":\"\xe5\x85\"}").unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::InvalidField, Some(8))
    );
    // UTF-16 and a surrogate in UTF-8.
    assert!(Draft::from_json(b"{\x00}\x00").is_err());
    assert_eq!(
        Draft::from_json(b"{\"key\":\"\xed\xa0\x80\"}")
            .unwrap_err()
            .offset(),
        Some(8)
    );
    // A control character must be escaped; an escaped NUL is read, and refused by publishing.
    refusal("{\"key\":\"a\nb\"}");
    let nul = Draft::from_json(br#"{"texts":{"en":{"title":"ab\u0000"}}}"#).unwrap();
    let error = board().0.publish(&nul).unwrap_err();
    assert_eq!(
        (error.path(), error.offset()),
        (Some("texts.en.title"), Some(2))
    );
}

#[test]
fn what_is_not_json_is_refused_with_its_byte() {
    for (json, offset) in [
        ("", 0),
        ("{", 0),
        ("{}x", 2),
        ("{} {}", 3),
        ("{\"key\":\n  nul}", 13),
        ("{'key':1}", 1),
        ("{\"pinned\":true,}", 15),
        ("\u{feff}{},", 5),
        ("\u{feff}\u{feff}{}", 3),
        ("{\"priority\":01}", 13),
        ("{\"priority\":NaN}", 12),
    ] {
        let error = refusal(json);
        assert_eq!(error.offset(), Some(offset), "{json} {error}");
        assert_bilingual(&error, "JSON");
    }
}

#[test]
fn depth_is_limited_before_the_stack_is() {
    for open in ["[", "{\"a\":", "[{\"a\":"] {
        refusal(&open.repeat(200_000));
        refusal(&format!("{{\"extras\":{}", open.repeat(200_000)));
    }
    // Deep, but no deeper than a reader goes: the limit of extras is what refuses it.
    let json = format!(
        r#"{{"texts":{{"en":{{"title":"a"}}}},"extras":{{"a":{}1{}}}}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    let deep = Draft::from_json(json.as_bytes()).unwrap();
    assert_eq!(
        board().0.publish(&deep).unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[test]
fn a_batch_is_a_list_or_a_single_draft() {
    let batch = |json: &str| Draft::batch_from_json(json.as_bytes());
    assert_eq!(batch(r#"{"key":"a"}"#).unwrap().len(), 1);
    assert_eq!(batch("[]").unwrap(), []);
    let two = batch(r#"[{"key":"a"},{"key":"b"}]"#).unwrap();
    assert_eq!((two[0].key.as_str(), two[1].key.as_str()), ("a", "b"));
    for (json, path) in [
        (r#"[{"key":"a"},{"key":7}]"#, "[1].key"),
        (r#"[{},{"tags":["a",1]}]"#, "[1].tags[1]"),
        (r#"[{},7]"#, "[1]"),
        (r#"[{},{"a":1,"a":1}]"#, "[1].a"),
    ] {
        assert_eq!(batch(json).unwrap_err().path(), Some(path));
    }
    let many = format!("[{}{{}}]", "{},".repeat(10_000));
    let error = batch(&many).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(10_000))
    );
    assert_eq!(batch(&many.replacen("{},", "", 1)).unwrap().len(), 10_000);
}

#[test]
fn an_announcement_is_its_draft_and_what_the_engine_gave() {
    let (board, clock) = board();
    let mut draft = every_field();
    (draft.starts_at, draft.change) = (None, None);
    draft.idempotency_key.clear();
    board.publish(&draft).unwrap();
    clock.set(NOW + 3);
    board.publish(&draft.clone().author("another")).unwrap();
    let read = |id| {
        board
            .get(id, &Query::editor())
            .unwrap()
            .record()
            .unwrap()
            .to_json()
    };
    let json = read(1);
    for (name, value) in [
        ("id", json!(1)),
        ("version", json!(2)),
        ("notify_version", json!(1)),
        ("revision", json!(2)),
        ("notify_revision", json!(1)),
        ("state", json!("published")),
        ("created_at", json!(NOW)),
        ("published_at", json!(NOW)),
        ("updated_at", json!(NOW + 3)),
        ("starts_at", json!(NOW)),
        ("author", json!("another")),
        ("channel", json!("ops")),
    ] {
        assert_eq!(json[name], value, "{name}");
    }
    assert_eq!(json.get("retracted_at"), None);
    assert_eq!(json["extras"], every_field().to_json()["extras"]);
    board.retract(1, "why").unwrap();
    let json = read(1);
    assert_eq!(
        (&json["state"], &json["revision"]),
        (&json!("retracted"), &json!(3))
    );
    assert_eq!(json["retracted_at"], NOW + 3);
    assert_eq!(json["retract_reason"], "why");
}

#[test]
fn a_fraction_in_extras_comes_back_to_the_last_bit() {
    let (board, _) = board();
    for text in [
        "0.1",
        "5e-324",
        "1.7976931348623157",
        "0.30000000000000004",
        "1.0",
        "-0.0",
        "8.41470984807896448",
    ] {
        let json = format!(r#"{{"texts":{{"en":{{"title":"a"}}}},"extras":{{"x":{text}}}}}"#);
        let draft = Draft::from_json(json.as_bytes()).unwrap();
        assert_eq!(
            draft.extras["x"].as_f64().unwrap().to_bits(),
            text.parse::<f64>().unwrap().to_bits()
        );
        let id = board.publish(&draft).unwrap().id;
        let kept = board
            .get(id, &Query::editor())
            .unwrap()
            .record()
            .unwrap()
            .clone();
        assert_eq!(kept.extras(), draft.extras, "{text}");
    }
}

/// Extras as nobody but their author would write them.
const WRITTEN: &str = "{ \"b\" : 1.50,\n\t\"a\":[1e3, 1.0 ],\"c\":\"\\u0041\" }";

fn with_extras(key: &str) -> String {
    format!(
        r#"{{"key": "{key}", "texts": {{"en": {{"title": "a"}}}}, "extras": {WRITTEN} , "tags": ["x"]}}"#
    )
}

#[test]
fn extras_come_back_byte_for_byte_however_they_were_published() {
    let desk = Desk::new();
    let board = &desk.board;
    let id = board
        .publish(&Draft::from_json(with_extras("a").as_bytes()).unwrap())
        .unwrap()
        .id;
    let list = format!("[{}, {}]", with_extras("b"), with_extras("c"));
    board
        .publish_all(&Draft::batch_from_json(list.as_bytes()).unwrap())
        .unwrap();
    let operations = format!(
        r#"[{{"publish": {}}}, {{"retract": {{"id": 1}}}}]"#,
        with_extras("d")
    );
    board
        .apply(&Operation::batch_from_json(operations.as_bytes()).unwrap())
        .unwrap();
    let fields = Draft::new("en", "a")
        .extras_json(format!(" {WRITTEN}\n").as_bytes())
        .unwrap();
    board.publish(&fields).unwrap();
    for call in [
        format!(r#"{{"publish": {}}}"#, with_extras("e")),
        format!(r#"{{"apply": [{{"publish": {}}}]}}"#, with_extras("f")),
    ] {
        let call = Call::from_json(call.as_bytes()).unwrap();
        // In binary as well.
        let call = Call::from_bytes(&call.to_bytes().unwrap()).unwrap();
        answer(&**board, call).unwrap();
    }
    let check = |board: &SharedBoard| {
        let page = board.query(&crate::support::editor_of_all()).unwrap();
        assert_eq!(page.items.len(), 7);
        for item in &page.items {
            assert_eq!(item.extras_json(), WRITTEN, "{}", item.id());
            assert_eq!(item.extras()["a"], json!([1e3, 1.0]));
            let text = item.record().unwrap().to_json_text();
            assert!(text.contains(WRITTEN), "{text}");
            assert_eq!(
                Draft::from_json(text.as_bytes()).unwrap().extras,
                item.extras()
            );
        }
    };
    check(board);
    // An answer that travels in binary has them, too.
    let sent = answer(&**board, Call::from_json(br#"{"query": {}}"#).unwrap()).unwrap();
    match Answer::from_bytes(&sent.to_bytes().unwrap()).unwrap() {
        Answer::Page(page) => assert_eq!(page.items[0].extras_json(), WRITTEN),
        other => panic!("{other:?}"),
    }
    // A change of something else leaves them, and one of them writes them anew.
    board.update(id, Patch::new().pinned(true)).unwrap();
    check(board);
    board.update(id, Patch::new().extra("b", 2)).unwrap();
    let item = desk.edited(id);
    assert_eq!(item.extras_json(), r#"{"b":2,"a":[1000.0,1.0],"c":"A"}"#);
}

#[test]
fn extras_that_are_only_written_otherwise_are_no_change() {
    let desk = Desk::new();
    let draft = |extras: &str| {
        let json =
            format!(r#"{{"key": "k", "texts": {{"en": {{"title": "a"}}}}, "extras": {extras}}}"#);
        Draft::from_json(json.as_bytes()).unwrap()
    };
    desk.publish(draft(r#"{"a": 1, "b": [2]}"#));
    let again = desk.board.publish(&draft(r#"{"b":[2],"a":1}"#)).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    // What is changed after it was read is not as it was written.
    let mut changed = draft(r#"{ "a": 1 }"#);
    changed.extras.insert("a".into(), 2.into());
    desk.board.publish(&changed).unwrap();
    assert_eq!(desk.edited(1).extras_json(), r#"{"a":2}"#);
}

#[test]
fn the_limit_of_extras_is_one_of_what_was_written() {
    let desk = Desk::new();
    let draft = |blanks: usize| {
        let extras = format!("{{\"a\":{}1}}", " ".repeat(blanks));
        Draft::new("en", "a")
            .extras_json(extras.as_bytes())
            .unwrap()
    };
    let room = limits::EXTRAS_BYTES - 7;
    desk.board.publish(&draft(room)).unwrap();
    let error = desk.board.publish(&draft(room + 1)).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TooLarge, Some("extras"))
    );
}

#[test]
fn a_patch_of_an_audience_leaves_what_it_does_not_name() {
    let condition = |role: &str| json!([{"attribute": "role", "op": "in", "values": [role]}]);
    let (a, b, c) = (condition("a"), condition("b"), condition("c"));
    for (before, patch, after) in [
        (
            json!({"any": [a, b]}),
            json!({"none": [c]}),
            json!({"any": [a, b], "none": [c]}),
        ),
        (
            json!({"any": [a], "none": [c]}),
            json!({"none": null}),
            json!({"any": [a]}),
        ),
        (
            json!({"any": [a], "none": [c]}),
            json!({"any": [b]}),
            json!({"any": [b], "none": [c]}),
        ),
        (
            json!({"any": [a], "none": [c]}),
            json!({"any": null}),
            json!({"none": [c]}),
        ),
        (
            json!({"any": [a], "none": [c]}),
            json!({"none": []}),
            json!({"any": [a]}),
        ),
        (
            json!({"any": [a], "none": [c]}),
            json!({}),
            json!({"any": [a], "none": [c]}),
        ),
        (json!({"any": [a], "none": [c]}), b.clone(), b.clone()),
        (json!({"any": [a], "none": [c]}), json!(null), json!([])),
        // A list is one of `any`: whoever was left out stays out.
        (
            a.clone(),
            json!({"none": [c]}),
            json!({"any": [a], "none": [c]}),
        ),
        (a.clone(), json!({"any": [b, c]}), json!({"any": [b, c]})),
        (a.clone(), json!({"any": null}), json!([])),
        (json!([]), json!({"none": [c]}), json!({"none": [c]})),
    ] {
        let desk = Desk::new();
        let mut draft = Draft::new("en", "a");
        draft.audience = Audience::from_json(&before).unwrap();
        let id = desk.publish(draft);
        let patch = Patch::from_value(&json!({ "audience": patch })).unwrap();
        let travelled = Patch::from_value(&patch.to_json()).unwrap();
        assert_eq!(travelled, patch, "{patch:?}");
        desk.board.update(id, travelled).unwrap();
        let audience = desk.edited(id).record().unwrap().audience().clone();
        assert_eq!(audience.to_json(), after, "{before} {patch:?}");
    }
    // One that is set in Rust is the whole, however it travels.
    let desk = Desk::new();
    let mut draft = Draft::new("en", "a");
    draft.audience = Audience::from_json(&json!({"any": [a], "none": [c]})).unwrap();
    let id = desk.publish(draft);
    let whole = Audience::from_json(&json!({ "none": [b] })).unwrap();
    let patch = Patch::new().audience(whole.clone());
    desk.board
        .update(id, Patch::from_value(&patch.to_json()).unwrap())
        .unwrap();
    assert_eq!(*desk.edited(id).record().unwrap().audience(), whole);
}

#[test]
fn a_fault_in_a_patch_of_an_audience_names_its_place() {
    for (patch, path) in [
        (
            json!({"any": [[{"op": "in"}]]}),
            "audience.any[0][0].attribute",
        ),
        (json!({"none": 7}), "audience.none"),
        (json!({"all": []}), "audience"),
        (json!("x"), "audience"),
    ] {
        let error = Patch::from_value(&json!({ "audience": patch })).unwrap_err();
        assert_eq!(error.path(), Some(path), "{patch}");
        assert_bilingual(&error, "");
    }
}

#[test]
fn the_instant_of_a_viewer_may_be_written_as_text() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "later").visible(NOW + DAY, None));
    for (now, total) in [
        (json!(NOW + DAY), 1),
        (json!("2026-06-19T10:00:00+08:00"), 1),
        (json!("2026-06-19T09:59:59.999+08:00[Asia/Shanghai]"), 0),
        (json!("0001-01-01T00:00:00Z"), 0),
        (json!(0), 0),
        (json!(null), 0),
    ] {
        let call = json!({"count": {"viewer": {"now": now}}}).to_string();
        let call = Call::from_json(call.as_bytes()).unwrap();
        let call = Call::from_bytes(&call.to_bytes().unwrap()).unwrap();
        let counted = answer(&*desk.board, call).unwrap().to_value();
        assert_eq!(counted["total"], total, "{now}");
    }
    for now in [json!("2026-06-19"), json!("tomorrow"), json!(true)] {
        let call = json!({"count": {"viewer": {"now": now}}}).to_string();
        let error = Call::from_json(call.as_bytes()).unwrap_err();
        assert_eq!(error.path(), Some("now"), "{error}");
        assert_bilingual(&error, "");
    }
}
