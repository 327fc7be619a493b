//! Audiences, actions, replacements and extras.

use super::*;

#[test]
fn an_audience_that_means_nothing_is_refused_when_it_is_published() {
    let cases: [(&str, Operator, &[&str], &str, &str); 9] = [
        ("", Operator::Exists, &[], "audience[1].attribute", ""),
        ("a b", Operator::Exists, &[], "audience[1].attribute", "a b"),
        ("a", Operator::Exists, &["x"], "audience[1].values", "x"),
        ("a", Operator::In, &[], "audience[1].values", ""),
        (
            "a",
            Operator::Version,
            &["1", ">>2"],
            "audience[1].values[1]",
            ">>2",
        ),
        (
            "a",
            Operator::Ge,
            &["seven"],
            "audience[1].values[0]",
            "seven",
        ),
        ("a", Operator::Glob, &[""], "audience[1].values[0]", ""),
        ("a", Operator::Prefix, &[""], "audience[1].values[0]", ""),
        ("a", Operator::In, &["x\0"], "audience[1].values[0]", "x"),
    ];
    for (attribute, operator, values, path, shown) in cases {
        let bad = draft("a").audience("app", Operator::In, ["x"]).audience(
            attribute,
            operator,
            values.iter().copied(),
        );
        let error = refusal(&bad);
        assert_eq!(error.kind(), ErrorKind::InvalidField);
        assert_eq!(error.path(), Some(path));
        assert_bilingual(&error, shown);
    }
    let error = refusal(&draft("a").audience("a", Operator::Unknown("equals".into()), ["x"]));
    assert_eq!(error.path(), Some("audience[0].op"));
    assert_bilingual(&error, "in");
}

#[test]
fn an_audience_has_a_quarter_of_a_mebibyte_of_json() {
    const MOST: usize = 256 * 1024;
    let audience = |bytes: usize| {
        // Each value takes two quotes and a comma.
        let mut audience = Audience::everyone().and("a", Operator::In, vec!["v".repeat(500); 519]);
        while audience.to_json().to_string().len() + 600 < bytes {
            audience = audience.and("a", Operator::In, ["v".repeat(500)]);
        }
        let room = bytes
            - audience
                .clone()
                .and("a", Operator::In, [""])
                .to_json()
                .to_string()
                .len();
        let audience = audience.and("a", Operator::In, ["v".repeat(room)]);
        assert_eq!(audience.to_json().to_string().len(), bytes);
        {
            let mut draft = draft("a");
            draft.audience = audience;
            draft
        }
    };
    fine(&audience(MOST));
    too_large(
        &audience(MOST + 1),
        "audience",
        MOST as u64 + 1,
        MOST as u64,
    );
}

#[test]
fn actions_are_four_each_with_its_own_id() {
    let many = |count: usize| {
        let mut draft = draft("a");
        draft.actions = (0..count)
            .map(|n| Action::new(format!("a{n}"), ActionKind::Custom, "").label("en", "x"))
            .collect();
        draft
    };
    fine(&many(4));
    too_large(&many(5), "actions", 5, 4);
    let mut twice = many(2);
    twice.actions[1].id = "a0".into();
    invalid(&twice, "actions[1].id", "a0", None);
}

#[test]
fn an_action_has_limits() {
    fine(&action(|a| a.id = "x".repeat(64)));
    too_large(&action(|a| a.id = "x".repeat(65)), "actions[0].id", 65, 64);
    invalid(&action(|a| a.id = String::new()), "actions[0].id", "", None);
    invalid(
        &action(|a| a.id = "a b".into()),
        "actions[0].id",
        "a b",
        Some(1),
    );
    fine(&action(|a| a.label[0].1 = "公".repeat(64)));
    let path = "actions[0].label.en";
    too_large(&action(|a| a.label[0].1 = "公".repeat(65)), path, 65, 64);
    invalid(&action(|a| a.label[0].1 = String::new()), path, "", None);
    invalid(&action(|a| a.label[0].1 = "a\0".into()), path, "a", Some(1));
    invalid(&action(|a| a.label.clear()), "actions[0].label", "", None);
    let twice = action(|a| a.label.push(("EN".into(), "again".into())));
    invalid(&twice, "actions[0].label.EN", "EN", None);
    let odd = action(|a| a.label[0].0 = "e n".into());
    invalid(&odd, "actions[0].label.e n", "e n", Some(1));
    let long = |bytes: usize| format!("https://{}", "x".repeat(bytes - 8));
    fine(&action(|a| a.value = long(2048)));
    too_large(
        &action(|a| a.value = long(2049)),
        "actions[0].value",
        2049,
        2048,
    );
    invalid(
        &action(|a| a.value = "https://\0".into()),
        "actions[0].value",
        "https://",
        Some(8),
    );
}

#[test]
fn a_url_is_http_https_or_mailto() {
    for url in [
        "http://a",
        "HTTPS://example.com/公告?a=b#c",
        "mailto:ops@example.com",
    ] {
        fine(&action(|a| a.value = url.into()));
    }
    for url in [
        "",
        "http://",
        "mailto:",
        "https:example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a",
        " https://a",
        "https://a b",
        "https://a\u{7f}",
        "//a",
        "ms-settings:",
        "data:text/html,x",
    ] {
        let error = refusal(&action(|a| a.value = url.into()));
        assert_eq!(error.path(), Some("actions[0].value"), "{url}");
    }
    // Only an address is opened; the others are the application's.
    for kind in [ActionKind::Copy, ActionKind::Custom] {
        fine(&action(|a| {
            (a.kind, a.value) = (kind, "javascript:x".into())
        }));
    }
}

#[test]
fn sixteen_may_be_replaced_but_not_itself() {
    let some = |count: i64| replaces((1..=count).map(|n| Reference::Id(n + 1)).collect());
    fine(&some(16));
    too_large(&some(17), "replaces", 17, 16);
    for id in [0, -1, i64::MIN] {
        invalid(
            &replaces(vec![Reference::Id(id)]),
            "replaces[0]",
            &id.to_string(),
            None,
        );
    }
    let keys = |key: &str| replaces(vec![Reference::Id(7), Reference::Key(key.into())]);
    invalid(&keys(""), "replaces[1]", "", None);
    invalid(&keys("a "), "replaces[1]", "a ", Some(1));
    too_large(&keys(&"k".repeat(513)), "replaces[1]", 513, 512);
    invalid(&keys("self"), "replaces[1]", "self", None);
    // The id that it is about to get.
    invalid(&replaces(vec![Reference::Id(1)]), "replaces[0]", "1", None);
}

#[test]
fn extras_have_eight_kibibytes_and_eight_levels() {
    let sized = |bytes: usize| extras(json!({"a": "x".repeat(bytes - 8)}));
    fine(&sized(8192));
    too_large(&sized(8193), "extras", 8193, 8192);
    fine(&extras(json!({"a": [[[[[[[]]]]]]]})));
    too_large(
        &extras(json!({"a": [[[[[[[[]]]]]]]]})),
        "extras.a[0][0][0][0][0][0][0]",
        9,
        8,
    );
    fine(&extras(json!({"a":{"b":{"c":{"d":{"e":{"f":{"g":0}}}}}}})));
    let deep = extras(json!({"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}));
    too_large(
        &extras(json!({"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{}}}}}}}}})),
        "extras.a.b.c.d.e.f.g.h",
        9,
        8,
    );
    fine(&deep);
    invalid(
        &extras(json!({"a": ["b", {"c": "x\0"}]})),
        "extras.a[1].c",
        "x",
        Some(1),
    );
    invalid(
        &extras(json!({"a": {"b\0": 1}})),
        "extras.a.b\0",
        "b",
        Some(1),
    );
}

#[test]
fn a_number_that_is_not_kept_is_refused_also_in_a_draft_made_in_memory() {
    fine(&extras(
        json!({"a": [9_007_199_254_740_993_i64, i64::MIN, u64::MAX, 0.1]}),
    ));
    for number in [json!(1e300), json!(-1e17)] {
        let shown = number.to_string();
        invalid(
            &extras(json!({"a": [1, number]})),
            "extras.a[1]",
            &shown,
            None,
        );
    }
    let id = 9_007_199_254_740_992;
    invalid(
        &replaces(vec![Reference::Id(id)]),
        "replaces[0]",
        &id.to_string(),
        None,
    );
}
