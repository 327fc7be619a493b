//! Names, numbers, times and texts.

use super::*;

#[test]
fn names_have_limits() {
    type Set = fn(Draft, String) -> Draft;
    let fields: [(&str, u64, Set); 6] = [
        ("key", 512, |d, v| d.key(v)),
        ("channel", 128, |d, v| d.channel(v)),
        ("category", 64, |d, v| d.category(v)),
        ("author", 128, |d, v| d.author(v)),
        ("source", 128, |d, v| d.source(v)),
        ("external_id", 512, |d, v| d.external_id(v)),
    ];
    for (path, limit, set) in fields {
        fine(&set(draft("a"), "x".repeat(limit as usize)));
        too_large(
            &set(draft("a"), "x".repeat(limit as usize + 1)),
            path,
            limit + 1,
            limit,
        );
        invalid(&set(draft("a"), "ab\0".into()), path, "ab", Some(2));
    }
    // Bytes, not characters.
    fine(&draft("a").channel("公".repeat(42)));
    too_large(&draft("a").channel("公".repeat(43)), "channel", 129, 128);
    // Characters, not bytes.
    fine(&draft("a").category("公".repeat(64)));
    too_large(&draft("a").category("公".repeat(65)), "category", 65, 64);
}

#[test]
fn a_key_can_be_seen() {
    for key in ["AZaz09._:/-", "a b", "维护", "https://example.com/?p=1#a,b"] {
        fine(&draft("a").key(key));
    }
    for (key, offset) in [(" a", 0), ("维护\u{a0}", 6), ("ab\u{200b}", 2), ("a\n", 1)] {
        invalid(&draft("a").key(key), "key", "", Some(offset));
    }
}

#[test]
fn a_category_and_tags_can_be_seen() {
    fine(&draft("a").category("维护 通知").tag(" a b "));
    for (text, offset) in [
        ("ab\u{7}", 2),
        ("\nab", 0),
        ("维\u{200b}护", 3),
        ("a\u{202e}b", 1),
    ] {
        invalid(&draft("a").category(text), "category", "", Some(offset));
        invalid(&draft("a").tag("x").tag(text), "tags[1]", "", Some(offset));
    }
}

#[test]
fn tags_are_sixteen_of_64_characters_each_once() {
    let tags = |count: usize| {
        let mut draft = draft("a");
        draft.tags = (0..count).map(|n| format!("tag{n}")).collect();
        draft
    };
    fine(&tags(16));
    too_large(&tags(17), "tags", 17, 16);
    fine(&draft("a").tag("标".repeat(64)));
    too_large(&draft("a").tag("x").tag("标".repeat(65)), "tags[1]", 65, 64);
    invalid(&draft("a").tag("x").tag("y").tag("x"), "tags[2]", "x", None);
    invalid(&draft("a").tag(""), "tags[0]", "", None);
    invalid(&draft("a").tag("停\0"), "tags[0]", "停", Some(3));
}

#[test]
fn priority_is_a_thousand_either_way() {
    fine(&draft("a").priority(1000));
    fine(&draft("a").priority(-1000));
    for priority in [1001, -1001, i32::MAX, i32::MIN] {
        let value = priority.to_string();
        invalid(&draft("a").priority(priority), "priority", &value, None);
    }
}

#[test]
fn times_are_of_this_and_the_next_seven_thousand_years() {
    type Set = fn(Draft, i64) -> Draft;
    let fields: [(&str, Set); 4] = [
        ("starts_at", |d, t| d.visible(t, None)),
        ("ends_at", |d, t| d.visible(None, t)),
        ("event_from", |d, t| d.event(t, None)),
        ("event_to", |d, t| d.event(None, t)),
    ];
    for (path, set) in fields {
        fine(&set(draft("a"), limits::TIME_MS));
        // 0 is how C and JSON say that there is none.
        for time in [0, -1, limits::TIME_MS + 1, i64::MIN, i64::MAX] {
            invalid(&set(draft("a"), time), path, &time.to_string(), None);
        }
    }
}

#[test]
fn no_limit_of_popups_is_left_unset() {
    fine(&draft("a").show_limit(1).show_interval_ms(1));
    fine(&draft("a").show_limit(None).show_interval_ms(None));
    invalid(&draft("a").show_limit(0), "show_limit", "0", None);
    let none = draft("a").show_interval_ms(0);
    invalid(&none, "show_interval_ms", "0", None);
}

#[test]
fn an_end_is_after_its_start() {
    fine(&draft("a").visible(NOW, NOW + 1));
    fine(&draft("a").visible(1, 2));
    for (starts_at, ends_at) in [
        (Some(NOW), NOW),
        (Some(NOW), NOW - 1),
        (None, NOW),
        (None, 1),
    ] {
        let value = ends_at.to_string();
        invalid(
            &draft("a").visible(starts_at, ends_at),
            "ends_at",
            &value,
            None,
        );
    }
    // An event may be a moment.
    fine(&draft("a").event(NOW, NOW));
    let value = (NOW - 1).to_string();
    invalid(&draft("a").event(NOW, NOW - 1), "event_to", &value, None);
}

#[test]
fn a_text_has_a_title_and_limits() {
    let path = |field: &str| format!("texts.en.{field}");
    for title in ["", " ", "\u{3000}\t"] {
        invalid(&text(|t| t.title = title.into()), &path("title"), "", None);
    }
    fine(&text(|t| t.title = "公".repeat(256)));
    too_large(
        &text(|t| t.title = "公".repeat(257)),
        &path("title"),
        257,
        256,
    );
    invalid(
        &text(|t| t.title = "a\0".into()),
        &path("title"),
        "a",
        Some(1),
    );
    fine(&text(|t| t.summary = "😀".repeat(1000)));
    too_large(
        &text(|t| t.summary = "😀".repeat(1001)),
        &path("summary"),
        1001,
        1000,
    );
    invalid(
        &text(|t| t.summary = "\0".into()),
        &path("summary"),
        "",
        Some(0),
    );
    fine(&text(|t| t.body = "b".repeat(65536)));
    too_large(
        &text(|t| t.body = "b".repeat(65537)),
        &path("body"),
        65537,
        65536,
    );
    invalid(
        &text(|t| t.body = "公告\0".into()),
        &path("body"),
        "公告",
        Some(6),
    );
}

#[test]
fn texts_are_one_to_thirty_two_each_of_another_locale() {
    invalid(&Draft::default(), "texts", "", None);
    let many = |count: u32| {
        // aa, ab, ... are well-formed languages.
        let tag = |n: u32| {
            String::from_iter([
                'a',
                char::from_u32(97 + n / 26).unwrap(),
                char::from_u32(97 + n % 26).unwrap(),
            ])
        };
        {
            let mut draft = Draft::default();
            draft.texts = (0..count).map(|n| Text::new(tag(n), "t")).collect();
            draft
        }
    };
    fine(&many(32));
    too_large(&many(33), "texts", 33, 32);
    let twice = Draft::new("zh-CN", "一").text(Text::new("zh_cn", "二"));
    invalid(&twice, "texts.zh_cn", "zh_cn", None);
    invalid(&Draft::new("zh CN", "一"), "texts.zh CN", "zh CN", Some(2));
    invalid(&Draft::new("", "一"), "texts.", "", Some(0));
}

#[test]
fn the_default_locale_is_one_of_the_texts() {
    invalid(
        &draft("a").default_locale("de"),
        "default_locale",
        "de",
        None,
    );
    invalid(
        &draft("a").default_locale("e\0"),
        "default_locale",
        "e",
        Some(1),
    );
    fine(&draft("a").default_locale("EN"));
}

#[test]
fn a_record_has_half_a_mebibyte() {
    let texts = |last: usize| {
        let body = |bytes: usize| "b".repeat(bytes);
        Draft::from_text(Text::new("en", "t").body(body(65536)))
            .text(Text::new("es", "t").body(body(65536)))
            .text(Text::new("it", "t").body(body(65536)))
            .text(Text::new("ko", "t").body(body(65536)))
            .text(Text::new("pt", "t").body(body(65536)))
            .text(Text::new("de", "t").body(body(65536)))
            .text(Text::new("fr", "t").body(body(65536)))
            .text(Text::new("ja", "t").body(body(last)))
    };
    fine(&texts(65_000));
    let error = refusal(&texts(65_536));
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(524_288))
    );
    assert_bilingual(&error, "524288");
}

#[test]
fn display_is_a_set_of_the_five_places() {
    assert_eq!(Placement::from_bits(31).unwrap().names().count(), 5);
    assert_eq!(Placement::from_bits(0).unwrap(), Placement::NONE);
    for bits in [32, 256, u32::MAX] {
        let error = Placement::from_bits(bits).unwrap_err();
        assert_eq!(error.path(), Some("display"));
        assert_bilingual(&error, &bits.to_string());
    }
    let error = Placement::from_name("List").unwrap_err();
    assert_bilingual(&error, "List");
}

#[test]
fn a_long_value_is_repeated_only_in_part() {
    let error = refusal(&draft("a").key(format!("{} ", "k".repeat(120))));
    assert_eq!(error.offset(), Some(120));
    assert_bilingual(&error, &format!("\"{}\"...", "k".repeat(80)));
}

#[test]
fn a_draft_can_be_checked_without_a_board() {
    assert!(draft("a").validate().is_ok());
    let error = draft("a").priority(7777).validate().unwrap_err();
    assert_eq!(error.path(), Some("priority"));
    // Only the board knows when it is published.
    assert!(draft("a").visible(None, 1).validate().is_ok());
}
