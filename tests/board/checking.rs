//! Checks before publishing: all faults of all drafts, and what an operator would regret.

use std::sync::Arc;

use notice::{
    Board, Checkup, Draft, ErrorKind, Guarded, Language, LintRule, Mark, Operator, Placement,
    Principal, Reference, Role, Viewer, limits,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::support::{DAY, Desk, HOUR, NOW, assert_bilingual, draft};

fn faults(checkup: &Checkup) -> Vec<(usize, &str)> {
    let faults = checkup.faults.iter();
    faults
        .map(|fault| (fault.draft, fault.error.path().unwrap_or_default()))
        .collect()
}

fn lints(checkup: &Checkup) -> Vec<(usize, LintRule)> {
    let lints = checkup.lints.iter();
    lints.map(|lint| (lint.draft, lint.rule)).collect()
}

#[test]
fn a_check_leaves_the_board_as_it_was() {
    let desk = Desk::new();
    desk.publish(draft("a").key("k"));
    let head = desk.board.head().unwrap();
    let drafts = [draft("b").key("k"), draft("c"), draft("")];
    let checkup = desk.board.check(&drafts).unwrap();
    assert_eq!(faults(&checkup), [(2, "texts.en.title")]);
    assert!(!checkup.is_publishable());
    assert_eq!(desk.board.head().unwrap(), head);
    // Neither did it give an id away.
    assert_eq!(desk.title("d"), 2);
}

#[test]
fn every_message_is_there_in_both_languages_with_what_to_do() {
    let desk = Desk::new();
    let mut drafts: Vec<Draft> = (0..7).map(|n| popup(&format!("p{n}"))).collect();
    drafts.push(
        Draft::from_value(&json!({
            "texts": {"en": {"title": "a {{b}}", "body": "<br>"}, "fr": {"title": "c"}}, "dismissible": false,
            "key": "k", "replaces": ["x", 99], "actions": [{"id": "a", "kind": "copy", "label": {"en": "A"}}],
            "audience": [{"attribute": "Role", "op": "in", "values": ["x"]}], "starts_at": NOW + 400 * DAY,
        }))
        .unwrap(),
    );
    drafts.push(draft("b").key("k"));
    drafts.push(draft("b").visible(NOW - HOUR, NOW - 1));
    drafts.push(draft("b").visible(None, NOW + 1000));
    drafts.push(draft("b").visible(None, NOW + HOUR).require_ack(true));
    drafts.push(draft("b"));
    let checkup = desk.board.check(&drafts).unwrap();
    for rule in LintRule::ALL {
        let lint = checkup.lints.iter().find(|lint| lint.rule == *rule);
        if *rule == LintRule::MissingLanguage {
            continue;
        }
        let lint = lint.unwrap_or_else(|| panic!("{rule}"));
        let (en, zh) = (lint.message(Language::En), lint.message(Language::Zh));
        assert!(
            en.starts_with(&lint.path) && en.is_ascii() && en.contains("; "),
            "{en}"
        );
        assert!(zh.contains('；') && zh.contains('：'), "{zh}");
        assert!(!en.contains("Unix") || *rule == LintRule::VisibleBriefly);
    }
}

fn popup(title: &str) -> Draft {
    draft(title).display(Placement::POPUP)
}

#[test]
fn a_draft_that_replaces_a_draft_in_a_circle_is_at_fault_in_that_order() {
    let desk = Desk::new();
    let key = |key: &str| Reference::Key(key.to_owned());
    let drafts = [
        draft("a").key("a").replaces(key("b")),
        draft("b").key("b").replaces(key("a")),
        draft("c").key("c").replaces(key("b")),
    ];
    let checkup = desk.board.check(&drafts).unwrap();
    // The one with faults is left out, but it will be mended: that c names it is no lint.
    assert_eq!(faults(&checkup), [(1, "replaces[0]")]);
    assert_eq!(lints(&checkup), []);
}

#[test]
fn what_an_end_in_the_past_ends_is_no_slip() {
    let desk = Desk::new();
    desk.publish(draft("a").key("on"));
    desk.publish(draft("b").key("over").visible(NOW - DAY, NOW - HOUR));
    let over = |title: &str, key: &str| draft(title).key(key).visible(NOW - DAY, NOW - 1);
    let drafts = [
        over("a", "on"),
        over("b", "over"),
        over("c", "new"),
        over("d", "quiet").quiet(true),
    ];
    let checkup = desk.board.check(&drafts).unwrap();
    assert_eq!(
        lints(&checkup),
        [(1, LintRule::AlreadyOver), (2, LintRule::AlreadyOver)]
    );
}

#[test]
fn popups_are_counted_where_their_times_meet() {
    let desk = Desk::new();
    // Five of them one after the other, and five at once tomorrow.
    for n in 0..5 {
        desk.publish(popup(&format!("a{n}")).visible(NOW + n * HOUR, NOW + (n + 1) * HOUR));
        desk.publish(popup(&format!("b{n}")).visible(NOW + DAY, NOW + DAY + HOUR));
    }
    let limited = |title: &str| popup(title).show_limit(1);
    let many = |draft: Draft| {
        let checkup = desk.board.check(&[draft]).unwrap();
        lints(&checkup).contains(&(0, LintRule::ManyPopups))
    };
    assert!(!many(limited("c").visible(None, NOW + 5 * HOUR)));
    assert!(many(limited("c")));
    assert!(!many(limited("c").visible(None, NOW + DAY)));
    assert!(!many(limited("c").visible(NOW + DAY + HOUR, None)));
    assert!(many(limited("c").visible(NOW + DAY + HOUR - 1, None)));
    assert!(!many(limited("c").quiet(true)));
    assert!(!many(limited("c").display(Placement::LIST)));
    // One that takes the place of another is not beside it.
    desk.publish(limited("d").key("d").visible(NOW + DAY, NOW + DAY + HOUR));
    let replaces = |keys: &[&str]| {
        let mut draft = limited("c");
        draft.replaces = keys
            .iter()
            .map(|key| Reference::Key((*key).to_owned()))
            .collect();
        draft
    };
    assert!(many(replaces(&["d"])));
    desk.board.check(&[replaces(&[])]).unwrap();
}

#[test]
fn retracted_and_past_ones_are_no_company() {
    let desk = Desk::new();
    let gone = desk.title("same");
    desk.retract(gone, "");
    desk.publish(draft("past").visible(NOW - DAY, NOW - HOUR));
    let checkup = desk.board.check(&[draft("same"), draft("past")]).unwrap();
    assert_eq!(lints(&checkup), []);
    desk.restore(gone);
    let checkup = desk.board.check(&[draft("same")]).unwrap();
    assert_eq!(lints(&checkup), [(0, LintRule::SameTexts)]);
    let for_ops = draft("same").audience("role", Operator::In, ["ops"]);
    assert_eq!(
        lints(&desk.board.check(&[for_ops]).unwrap()),
        [(0, LintRule::SameTexts)]
    );
}

#[test]
fn two_audiences_that_differ_share_nobody_as_far_as_is_known() {
    let desk = Desk::new();
    let of = |role: &str| draft("same").audience("role", Operator::In, [role]);
    desk.publish(of("ops"));
    assert_eq!(lints(&desk.board.check(&[of("dev")]).unwrap()), []);
    assert_eq!(
        lints(&desk.board.check(&[of("ops")]).unwrap()),
        [(0, LintRule::SameTexts)]
    );
}

#[test]
fn only_so_much_is_told_and_that_is_said() {
    let desk = Desk::new();
    let most = limits::FINDINGS;
    let checkup = desk.board.check(&vec![draft(""); most + 1]).unwrap();
    assert_eq!((checkup.faults.len(), checkup.more), (most, true));
    let checkup = desk.board.check(&vec![draft(""); most]).unwrap();
    assert_eq!((checkup.faults.len(), checkup.more), (most, false));
    let fixed: Vec<Draft> = (0..=most)
        .map(|n| draft(&format!("a{n}")).dismissible(false))
        .collect();
    let checkup = desk.board.check(&fixed).unwrap();
    assert_eq!((checkup.lints.len(), checkup.more), (most, true));
    let odd = json!(vec![json!({"color": 1}); most + 1]).to_string();
    let checkup = desk.board.check_json(odd.as_bytes()).unwrap();
    assert_eq!((checkup.faults.len(), checkup.more), (most, true));
    let error = desk
        .board
        .check(&vec![draft("a"); limits::BATCH + 1])
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TooLarge, Some("drafts"))
    );
}

#[test]
fn what_cannot_be_read_hides_only_what_follows_from_it() {
    let desk = Desk::new();
    let checkup = |json: Value| desk.board.check_json(json.to_string().as_bytes()).unwrap();
    for (json, paths) in [
        // There is no text, for it could not be read.
        (json!({"texts": {"en": 1}}), vec!["texts.en"]),
        (json!({"texts": 1}), vec!["texts"]),
        (
            json!({"texts": {"en": {"title": 1}}}),
            vec!["texts.en.title"],
        ),
        (
            json!({"texts": {"en": {"titel": "a"}}}),
            vec!["texts.en.titel", "texts.en.title"],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "tags": [1, "a", 2, ""]}),
            vec!["tags[0]", "tags[2]", "tags[3]"],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "audience": [
                {"attribute": "a", "op": 1}, {"attribute": "b", "op": "in", "values": [{}, "x"]},
                {"attribute": "c", "op": "gt", "values": ["y"]}]}),
            vec![
                "audience[0].op",
                "audience[1].values[0]",
                "audience[2].values[0]",
            ],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "actions": [
                {"id": "a", "kind": "url", "label": {"en": 1}, "value": "https://a.example", "x": 1}]}),
            vec!["actions[0].label.en", "actions[0].x"],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "starts_at": "tomorrow", "ends_at": "2026-06-18"}),
            vec!["starts_at", "ends_at"],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "display": ["popup", "x", 7], "replaces": [{}, "", 0],
                "actions": [1, {"id": "b", "kind": "dial"}, {"id": "c", "kind": "copy", "label": {}}]}),
            vec![
                "display[1]",
                "display[2]",
                "replaces[0]",
                "actions[0]",
                "actions[1].kind",
                "actions[2].label",
                "replaces[1]",
                "replaces[2]",
            ],
        ),
        (
            json!({"texts": {"en": {"title": "a"}}, "audience": {"any": [[{"op": "in"}, {"attribute": "a", "op": "in"}]],
                "none": [7, [{"attribute": "b", "op": "gt", "values": ["x"]}]]}}),
            vec![
                "audience.any[0][0].attribute",
                "audience.none[0]",
                "audience.any[0][1].values",
                "audience.none[1][0].values[0]",
            ],
        ),
        (json!(7), vec![""]),
        (json!([]), vec![]),
    ] {
        let checkup = checkup(json.clone());
        let told = faults(&checkup);
        assert_eq!(
            told.iter().map(|(_, path)| *path).collect::<Vec<_>>(),
            paths,
            "{json}"
        );
        for fault in &checkup.faults {
            assert_bilingual(&fault.error, "");
        }
    }
}

#[test]
fn a_fault_of_syntax_is_told_with_its_draft_and_byte() {
    let desk = Desk::new();
    let json = br#"[{"texts": {"en": {"title": "a"}}}, {"key": "a", "key": "b"}]"#;
    let checkup = desk.board.check_json(json).unwrap();
    assert_eq!(faults(&checkup), [(1, "key"), (1, "texts")]);
    assert!(checkup.faults[0].error.offset().unwrap() > 36);
}

#[test]
fn what_strict_json_refuses_is_told_all_at_once() {
    let desk = Desk::new();
    let draft = r#"{"key": "a", "key": "b", "priority": 1e300, "texts": {"en": {"title": "", "title": "x"}},
        "replaces": [99999999999999999999, "c"], "extras": {"a": 1, "a": 2}}"#;
    let paths = [
        "key",
        "priority",
        "texts.en.title",
        "replaces[0]",
        "extras.a",
    ];
    let checkup = desk.board.check_json(draft.as_bytes()).unwrap();
    assert_eq!(faults(&checkup), paths.map(|path| (0, path)));
    assert!(checkup.faults[0].error.offset().is_some());
    // With what cannot be read, and with broken syntax at the end.
    let list = format!("[{draft}, {{\"color\": 1e300}}, 7]");
    let checkup = desk.board.check_json(list.as_bytes()).unwrap();
    let mut told = paths.map(|path| (0, path)).to_vec();
    told.extend([(1, "color"), (1, "texts"), (2, "")]);
    assert_eq!(faults(&checkup), told);
    let cut = format!("[{draft}, {{\"texts\": [");
    let checkup = desk.board.check_json(cut.as_bytes()).unwrap();
    let mut told = paths.map(|path| (0, path)).to_vec();
    told.push((1, "texts[0]"));
    assert_eq!(faults(&checkup), told);
    assert!(!checkup.is_publishable());
}

#[test]
fn editors_check_and_viewers_do_not() {
    let desk = Desk::new();
    desk.title("secret");
    for role in Role::ALL {
        let principal = match role {
            Role::Public => Principal::public([""; 0]),
            Role::Viewer => Principal::viewer(Viewer::new("a")),
            Role::Service => Principal::service(),
            Role::Editor => Principal::editor(),
            _ => Principal::admin(),
        };
        let guarded = Guarded::new(Arc::clone(&desk.board), principal);
        let checked = guarded.check(&[draft("secret")]);
        match role {
            Role::Editor | Role::Admin => assert_eq!(checked.unwrap().lints.len(), 1),
            _ => assert_eq!(checked.unwrap_err().kind(), ErrorKind::Unauthorized),
        }
    }
}

#[test]
fn a_board_that_is_only_read_checks_as_well() {
    let folder = Directory::new();
    let board = folder.open("a.notice");
    board.publish(&draft("a")).unwrap();
    drop(board);
    let url = format!("{}?mode=ro", folder.url("a.notice"));
    let board = notice::open(&url).unwrap();
    let checkup = board.check(&[draft("a"), draft("")]).unwrap();
    assert_eq!(faults(&checkup), [(1, "texts.en.title")]);
    assert_eq!(lints(&checkup), [(0, LintRule::SameTexts)]);
    assert!(board.publish(&draft("b")).is_err());
}

/// Drafts as JSON, with a fault here and there.
fn odd_draft() -> impl Strategy<Value = Value> {
    let maybe = |values: Vec<Value>| prop::option::weighted(0.3, select(values));
    let fields: Vec<(&str, Vec<Value>)> = vec![
        (
            "key",
            vec![
                json!("a"),
                json!("b"),
                json!("gone"),
                json!(" x"),
                json!("x\u{1}"),
            ],
        ),
        ("channel", vec![json!("c"), json!("c ")]),
        ("priority", vec![json!(5), json!(1001)]),
        (
            "starts_at",
            vec![json!(NOW + HOUR), json!(NOW / 1000), json!(-5)],
        ),
        (
            "ends_at",
            vec![json!(NOW + DAY), json!(NOW - DAY), json!(NOW / 1000)],
        ),
        ("event_from", vec![json!(NOW + 5)]),
        ("event_to", vec![json!(NOW), json!(NOW + 9)]),
        (
            "default_locale",
            vec![json!("en"), json!("fr"), json!("e n")],
        ),
        ("tags", vec![json!(["a", "b"]), json!(["a", "a", ""])]),
        ("category", vec![json!("x"), json!("x".repeat(65))]),
        (
            "replaces",
            vec![
                json!(["a"]),
                json!(["b"]),
                json!([1, 0]),
                json!([2, "gone"]),
            ],
        ),
        (
            "audience",
            vec![
                json!([{"attribute": "role", "op": "in", "values": ["x"]}]),
                json!([{"attribute": "v", "op": "version", "values": ["x", ">1 <1"]}]),
            ],
        ),
        ("created_at", vec![json!(NOW - DAY), json!(NOW + DAY)]),
        ("published_at", vec![json!(NOW - 2 * DAY), json!(NOW + DAY)]),
        ("extras", vec![json!({"a": 1}), json!({"a": "\u{0}"})]),
        ("id", vec![json!(1), json!(2), json!(3), json!(9)]),
        ("version", vec![json!(1), json!(2)]),
        (
            "idempotency_key",
            vec![json!("r"), json!("q"), json!("r".repeat(129))],
        ),
        ("display", vec![json!(["popup"])]),
    ];
    let texts = select(vec![
        json!({"en": {"title": "a"}}),
        json!({"en": {"title": "b"}, "fr": {"title": "c"}}),
        json!({"en": {"title": ""}, "x y": {"title": "a\n"}}),
        json!({}),
    ]);
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = fields
        .into_iter()
        .map(|(_, values)| maybe(values))
        .collect();
    (texts, values).prop_map(move |(texts, values)| {
        let mut draft = json!({ "texts": texts });
        for (name, value) in names.iter().zip(values) {
            if let Some(value) = value {
                draft[name] = value;
            }
        }
        draft
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_draft_is_published_exactly_if_no_fault_is_told_of_it(draft in odd_draft()) {
        let desk = Desk::new();
        desk.publish(Draft::new("en", "a").key("a").replaces(Reference::Key("b".into())));
        let gone = desk.publish(Draft::new("en", "gone").key("gone"));
        desk.retract(gone, "");
        desk.publish(Draft::new("en", "r").idempotency_key("r"));
        desk.mark("u", &[1], Mark::Read);
        let draft = Draft::from_value(&draft).unwrap();
        let checkup = desk.board.check(std::slice::from_ref(&draft)).unwrap();
        let mut told: Vec<_> = checkup.faults.iter().map(|fault| fault.error.to_string()).collect();
        match desk.board.publish(&draft) {
            Ok(_) => prop_assert_eq!(&told, &Vec::<String>::new()),
            Err(error) => prop_assert_eq!(told.first(), Some(&error.to_string())),
        }
        let count = told.len();
        told.sort_unstable();
        told.dedup();
        prop_assert_eq!(told.len(), count, "told once");
    }

    #[test]
    fn drafts_together_are_published_exactly_if_no_fault_is_told(drafts in prop::collection::vec(odd_draft(), 1..4)) {
        let desk = Desk::new();
        let drafts: Vec<Draft> = drafts.iter().map(|draft| Draft::from_value(draft).unwrap()).collect();
        let checkup = desk.board.check(&drafts).unwrap();
        match desk.board.publish_all(&drafts) {
            Ok(_) => prop_assert!(checkup.is_publishable()),
            Err(error) => {
                let first = &checkup.faults[0];
                let path = format!("[{}]", first.draft);
                prop_assert_eq!(first.error.clone().within(&path), error);
            }
        }
    }
}
