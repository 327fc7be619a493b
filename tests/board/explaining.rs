//! Why a viewer sees an announcement, or does not.

use notice::{
    Audience, Condition, Draft, ErrorKind, Explanation, Mark, Operator, Query, Reference, Rule,
    View, Viewer,
};
use serde_json::json;

use crate::support::{Desk, NOW, for_role, kind, of};

/// An editor asks for a viewer.
fn editor_for(user: &str) -> Query {
    of(user).view(View::Editor)
}

fn rules(explanation: &Explanation) -> Vec<Rule> {
    explanation.findings.iter().map(|f| f.rule).collect()
}

/// The rules, and the words of the last finding, which must hold each of `parts`.
fn explained(desk: &Desk, id: i64, query: &Query, parts: &[&str]) -> Vec<Rule> {
    let explanation = desk.board.explain(id, query).unwrap();
    assert_eq!(explanation.id, id);
    let words = &explanation.findings.last().unwrap().words;
    for part in parts {
        assert!(words.en.contains(part), "{part} in {:?}", words.en);
        assert!(words.zh.contains(part), "{part} in {:?}", words.zh);
    }
    assert!(words.en.is_ascii() || !parts.is_empty(), "{:?}", words.en);
    assert!(
        words.zh.chars().any(|c| ('一'..='龥').contains(&c)),
        "{:?}",
        words.zh
    );
    let rules = rules(&explanation);
    let hides = |rule: &Rule| rule.code() >= 1 && rule.code() <= 5;
    assert_eq!(explanation.visible, !rules.iter().any(hides));
    assert_eq!(explanation.pending, rules == [Rule::Visible]);
    assert_eq!(
        explanation.visible,
        desk.board.get(id, &of(&query.viewer.user)).is_ok()
    );
    rules
}

#[test]
fn what_is_on_the_board_is_visible() {
    let desk = Desk::new();
    let id = desk.title("a");
    for query in [of("ann"), of(""), editor_for("ann"), Query::editor()] {
        assert_eq!(explained(&desk, id, &query, &[]), [Rule::Visible]);
    }
}

#[test]
fn each_rule_that_hides_is_named_with_what_it_is_about() {
    let desk = Desk::new();
    let later = desk.publish(Draft::new("en", "a").visible(NOW + 100, None));
    let start = (NOW + 100).to_string();
    let ann = editor_for("ann");
    assert_eq!(explained(&desk, later, &ann, &[&start]), [Rule::Scheduled]);

    let over = desk.publish(Draft::new("en", "b").visible(None, NOW + 10));
    desk.at(10);
    let end = (NOW + 10).to_string();
    assert_eq!(explained(&desk, over, &ann, &[&end]), [Rule::Expired]);
    assert_eq!(explained(&desk, over, &of("ann"), &[&end]), [Rule::Expired]);

    let gone = desk.title("c");
    desk.retract(gone, "wrong \"day\"");
    assert_eq!(
        explained(&desk, gone, &of("ann"), &["wrong", "day"]),
        [Rule::Retracted]
    );

    let aimed = desk.publish(
        Draft::new("en", "d")
            .audience("platform", Operator::NotIn, ["ios"])
            .audience("role", Operator::In, ["boss", "chief"]),
    );
    let parts = ["audience[1]", "role", "in", "boss", "chief"];
    assert_eq!(explained(&desk, aimed, &ann, &parts), [Rule::Audience]);

    let old = desk.publish(Draft::new("en", "e").key("e"));
    let new = desk.publish(Draft::new("en", "f").replaces(Reference::Key("e".to_owned())));
    let new = new.to_string();
    assert_eq!(
        explained(&desk, old, &of("ann"), &[&new]),
        [Rule::Superseded]
    );
    assert_eq!(explained(&desk, old, &ann, &[&new]), [Rule::Superseded]);
}

#[test]
fn what_only_keeps_it_from_popping_up_leaves_it_visible() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").show_limit(3).show_interval_ms(50));
    let ann = of("ann");
    desk.mark("ann", &[id], Mark::Seen);
    let again = (NOW + 50).to_string();
    let visible = |rule| vec![Rule::Visible, rule];
    assert_eq!(
        explained(&desk, id, &ann, &[&again]),
        visible(Rule::ShowInterval)
    );
    desk.at(50);
    assert_eq!(explained(&desk, id, &ann, &[]), [Rule::Visible]);
    desk.mark("ann", &[id], Mark::Seen);
    desk.mark("ann", &[id], Mark::Seen);
    desk.at(100);
    assert_eq!(explained(&desk, id, &ann, &["3"]), visible(Rule::ShowLimit));
    desk.major(id, json!({"priority": 1}));
    assert_eq!(explained(&desk, id, &ann, &[]), [Rule::Visible]);
    desk.mark("ann", &[id], Mark::Dismiss);
    let when = (NOW + 100).to_string();
    assert_eq!(
        explained(&desk, id, &ann, &[&when]),
        visible(Rule::Dismissed)
    );
    assert_eq!(explained(&desk, id, &of("bob"), &[]), [Rule::Visible]);
    desk.minor(id, json!({"dismissible": false}));
    assert_eq!(explained(&desk, id, &ann, &[]), [Rule::Visible]);
}

#[test]
fn several_reasons_come_together_in_a_fixed_order() {
    let desk = Desk::new();
    let id = desk.publish(
        Draft::new("en", "a")
            .key("k")
            .show_limit(1)
            .show_interval_ms(500)
            .visible(None, NOW + 100),
    );
    desk.mark("ann", &[id], Mark::Seen);
    desk.mark("ann", &[id], Mark::Dismiss);
    desk.minor(
        id,
        json!({"audience": [{"attribute": "role", "op": "exists"}]}),
    );
    desk.publish(Draft::new("en", "b").replaces(Reference::Id(id)));
    desk.at(100);
    let all = [
        Rule::Expired,
        Rule::Audience,
        Rule::Superseded,
        Rule::Dismissed,
        Rule::ShowLimit,
        Rule::ShowInterval,
    ];
    assert_eq!(
        explained(&desk, id, &editor_for("ann"), &[&(NOW + 500).to_string()]),
        all
    );
    desk.retract(id, "why");
    let explanation = desk.board.explain(id, &editor_for("ann")).unwrap();
    assert_eq!(
        rules(&explanation)[0],
        Rule::Retracted,
        "which hides it whatever its times"
    );
    assert!(!explanation.visible && !explanation.pending);
}

#[test]
fn a_viewer_is_told_nothing_of_what_is_not_for_that_viewer() {
    let desk = Desk::new();
    let secret = desk.publish(for_role("secret", "boss"));
    let later = desk.publish(Draft::new("en", "later").visible(NOW + 1, None));
    for id in [secret, later, 99, 0, -1] {
        let error = desk.board.explain(id, &of("ann")).unwrap_err();
        assert_eq!(error, notice::Error::not_found(id));
    }
    desk.retract(secret, "x");
    assert_eq!(
        kind(desk.board.explain(secret, &of("ann"))),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind(desk.board.explain(99, &Query::editor())),
        ErrorKind::NotFound
    );
    let boss = Query::new(Viewer::new("b").with("role", "boss"));
    let explanation = desk.board.explain(secret, &boss).unwrap();
    assert_eq!(rules(&explanation), [Rule::Retracted]);
}

#[test]
fn the_viewers_time_counts() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "a").visible(NOW + 100, NOW + 200));
    let at = |ms| {
        let query = Query::new(Viewer::new("ann").at(NOW + ms)).view(View::Editor);
        rules(&desk.board.explain(id, &query).unwrap())
    };
    assert_eq!(at(99), [Rule::Scheduled]);
    assert_eq!(at(100), [Rule::Visible]);
    assert_eq!(at(200), [Rule::Expired]);
}

#[test]
fn every_rule_has_a_name_and_a_number_for_ever() {
    let names: Vec<_> = Rule::ALL
        .iter()
        .map(|rule| (rule.code(), rule.name()))
        .collect();
    let expected = [
        (0, "visible"),
        (1, "retracted"),
        (2, "scheduled"),
        (3, "expired"),
        (4, "audience"),
        (5, "superseded"),
        (6, "dismissed"),
        (7, "show_limit"),
        (8, "show_interval"),
        (9, "unreadable"),
        (10, "draft"),
        (11, "snoozed"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_list_that_decided_is_named_with_its_condition() {
    let desk = Desk::new();
    let is = |attribute: &str, value: &str| Condition::new(attribute, Operator::In, [value]);
    let mut draft = Draft::new("en", "a");
    draft.audience = Audience::everyone()
        .or([is("role", "boss")])
        .or([is("app", "shop"), is("role", "clerk")])
        .except([is("user", "guest")]);
    let id = desk.publish(draft);
    let words = |viewer: Viewer| {
        let explanation = desk
            .board
            .explain(id, &Query::new(viewer).view(View::Editor))
            .unwrap();
        explanation.findings[0].words.clone()
    };
    let nobody = words(Viewer::new("ann").with("app", "shop"));
    for part in [
        "audience.any[0][0]: role in [\"boss\"]",
        "audience.any[1][1]: role in [\"clerk\"]",
    ] {
        assert!(
            nobody.en.contains(part) && nobody.zh.contains(part),
            "{nobody:?}"
        );
    }
    let guest = words(Viewer::new("guest").with("role", "boss"));
    assert!(
        guest.en.contains("audience.none[0]") && guest.en.contains("guest"),
        "{guest:?}"
    );
}

#[test]
fn what_cannot_be_read_of_the_viewer_is_named_and_counted() {
    let desk = Desk::new();
    let id = desk.publish(
        Draft::new("en", "a")
            .audience("app_version", Operator::NotVersion, ["<8"])
            .audience("level", Operator::Ge, ["7"]),
    );
    let viewer = Viewer::new("ann")
        .with("app_version", "8.1")
        .with("app_version", "vip build")
        .with("level", "high")
        .with("role", "no number");
    let query = Query::new(viewer).view(View::Editor);
    let explanation = desk.board.explain(id, &query).unwrap();
    assert_eq!(
        rules(&explanation),
        [Rule::Audience, Rule::Unreadable, Rule::Unreadable]
    );
    for (finding, part) in explanation.findings[1..]
        .iter()
        .zip(["\"vip build\"", "\"high\""])
    {
        assert!(finding.words.en.contains(part), "{:?}", finding.words);
        assert!(finding.words.zh.contains(part), "{:?}", finding.words);
    }
    let counted = || {
        let stats = desk.board.stats().unwrap();
        (stats.unreadable_versions, stats.unreadable_numbers)
    };
    let before = counted();
    let query = query.view(View::Viewer);
    for _ in 0..2 {
        assert_eq!(desk.board.count(&query).unwrap().total, Some(0));
    }
    assert_eq!(counted(), (before.0 + 2, before.1 + 2));
    desk.purge(id);
    desk.board.count(&query).unwrap();
    assert_eq!(
        counted(),
        (before.0 + 2, before.1 + 2),
        "nothing asks about it any more"
    );
}

#[test]
fn a_locale_that_cannot_be_read_is_told_and_counted_and_hides_nothing() {
    let desk = Desk::new();
    let id = desk.title("a");
    let odd = Viewer::new("u").locales(["中文", "C", "en", "undefined"]);
    let query = Query::new(odd.clone());
    let explained = desk.board.explain(id, &query).unwrap();
    assert_eq!(
        rules(&explained),
        [Rule::Visible, Rule::Unreadable, Rule::Unreadable]
    );
    assert!(explained.visible && explained.pending);
    assert!(explained.findings[1].words.zh.contains("中文"));
    let counted = || desk.board.stats().unwrap().unreadable_locales;
    assert_eq!(counted(), 2);
    let page = desk.board.query(&query).unwrap();
    assert!(!page.items[0].is_fallback());
    desk.board.count(&query).unwrap();
    desk.board.mark(&odd, &[id], Mark::Read).unwrap();
    desk.board.mark_all_read(&query, None).unwrap();
    assert_eq!(counted(), 10);
}
