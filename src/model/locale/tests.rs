use super::choice::LocaleChoice;
use super::*;
use proptest::prelude::*;

mod oracle;
mod systems;

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap_or_else(|error| panic!("{error}"))
}

fn locales(tags: &[&str]) -> Vec<Locale> {
    tags.iter().map(|tag| locale(tag)).collect()
}

/// What is chosen, as a tag, with `~` before it when it is a fallback; the default is the first.
fn chosen(wanted: &[&str], available: &[&str]) -> String {
    let available = locales(available);
    let choice = choose(&locales(wanted), &available, 0);
    format!(
        "{}{}",
        if choice.is_fallback { "~" } else { "" },
        available[choice.index]
    )
}

#[test]
fn a_tag_is_kept_in_its_usual_case() {
    for (text, tag) in [
        ("zh_cn", "zh-CN"),
        ("ZH-hans", "zh-Hans"),
        ("en-us", "en-US"),
        ("ES_419", "es-419"),
        ("zh-chs", "zh-CHS"),
        ("SR-LATN-rs", "sr-Latn-RS"),
        ("ZH-YUE-HK", "zh-yue-HK"),
        ("de-1996", "de-1996"),
        ("sl-IT-NEDIS", "sl-IT-nedis"),
        ("EN-a-BB-x-CC-DD", "en-a-bb-x-cc-dd"),
        ("x-WHATEVER", "x-whatever"),
        ("I-Klingon", "i-klingon"),
        ("EN_gb_OED", "en-GB-oed"),
        ("zh-hant-u-CO-stroke", "zh-Hant-u-co-stroke"),
        ("qaa-Qaaa-QM-x-southern", "qaa-Qaaa-QM-x-southern"),
    ] {
        assert_eq!(locale(text).as_str(), tag);
        assert_eq!(locale(tag), locale(text));
    }
}

#[test]
fn what_is_no_tag_is_refused_with_the_offset() {
    for (text, offset) in [
        ("", 0),
        ("c", 0),
        ("zh-", 3),
        ("-zh", 0),
        ("zh--CN", 3),
        ("zh CN", 2),
        ("zh-CN.UTF-8", 5),
        ("zh-rCN", 3),
        ("中文", 0),
        ("zh-中", 3),
        ("en-x", 4),
        ("en-u", 4),
        ("en-a-b-cc", 5),
        ("1en", 0),
        ("toolonglang", 0),
        ("en-US-GB", 6),
        ("en-US-Latn", 6),
        ("zh-aaa-bbb-ccc-ddd", 15),
        ("abcd-yue", 5),
        ("en-123456789", 3),
        ("i-unknown", 0),
    ] {
        let error = Locale::parse(text).expect_err(text);
        assert_eq!(error.offset(), Some(offset), "{text}: {error}");
    }
    assert!(Locale::parse("en-x-abcdefgh-abcdefgh-abcdefgh-abc").is_ok());
    assert_eq!(
        Locale::parse("en-x-abcdefgh-abcdefgh-abcdefgh-abcd")
            .unwrap_err()
            .limit(),
        Some(35)
    );
}

#[test]
fn chinese_places_mean_their_script() {
    for (tag, meaning) in [
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-CHS", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("cmn-CN", "zh-Hans"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-CHT", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-TW-u-co-stroke", "zh-Hant-u-co-stroke"),
        ("zh", "zh"),
        ("zh-US", "zh-US"),
        ("cmn", "zh"),
        ("zh-Latn-CN-pinyin", "zh-Latn-CN-pinyin"),
        ("zh-yue-HK", "yue-HK"),
        ("zh-min-nan", "nan"),
        ("zh-guoyu", "zh"),
        ("i-hak", "hak"),
        ("no-nyn", "nn"),
        ("en-GB-oed", "en-GB-oxendict"),
        ("en-TW", "en-TW"),
    ] {
        assert_eq!(&*locale(tag).meaning, meaning, "{tag}");
    }
}

#[test]
fn the_exact_text_wins_over_one_that_means_the_same() {
    let both = ["zh-TW", "zh-HK", "zh-Hant", "zh-CN"];
    for tag in both {
        assert_eq!(chosen(&[tag], &both), tag);
    }
    assert_eq!(chosen(&["zh-MO"], &both), "zh-TW");
    assert_eq!(chosen(&["zh-Hant-HK"], &both), "zh-HK");
    assert_eq!(chosen(&["zh-SG"], &both), "zh-CN");
}

#[test]
fn a_wanted_locale_is_shortened_to_its_script_and_then_its_language() {
    assert_eq!(chosen(&["en-US"], &["fr", "en"]), "en");
    assert_eq!(chosen(&["sr-Latn-RS"], &["sr", "sr-Latn"]), "sr-Latn");
    assert_eq!(chosen(&["zh-HK"], &["en", "zh", "zh-Hans"]), "zh");
    assert_eq!(chosen(&["zh-TW-u-co-stroke"], &["zh-CN", "zh-HK"]), "zh-HK");
    assert_eq!(chosen(&["de-CH-x-a-bc"], &["en", "de-CH"]), "de-CH");
}

#[test]
fn the_order_of_the_wanted_locales_comes_before_nearness() {
    assert_eq!(chosen(&["en-US", "zh-CN"], &["zh-CN", "en"]), "en");
    // Another script or region comes only after every wanted locale had its turn.
    assert_eq!(chosen(&["zh-TW", "en"], &["zh-CN", "en"]), "en");
    assert_eq!(chosen(&["zh", "en"], &["en", "zh-CN"]), "zh-CN");
    assert_eq!(chosen(&["zh", "en"], &["en", "zh-TW"]), "en");
    assert_eq!(chosen(&["pt", "en"], &["en", "pt-BR"]), "pt-BR");
    assert_eq!(chosen(&["en", "ja"], &["zh", "en-GB", "ja-JP"]), "en-GB");
}

#[test]
fn after_all_the_same_language_is_better_than_the_default() {
    assert_eq!(chosen(&["zh-TW"], &["en", "zh-CN"]), "~zh-CN");
    assert_eq!(chosen(&["ru-Latn"], &["en", "ru-RU"]), "~ru-RU");
    assert_eq!(chosen(&["zh"], &["en", "zh-TW"]), "~zh-TW");
    assert_eq!(chosen(&["ko"], &["fr", "en"]), "~fr");
}

#[test]
fn any_text_of_the_same_language_and_script_is_no_fallback() {
    assert_eq!(chosen(&["zh"], &["en", "zh-TW", "zh-SG"]), "zh-SG");
    assert_eq!(chosen(&["zh-US"], &["en", "zh-TW", "zh-SG"]), "zh-SG");
    assert_eq!(chosen(&["en-GB"], &["fr", "en-Shaw", "en-US"]), "en-US");
    assert_eq!(chosen(&["en-Latn-GB"], &["fr", "en-US"]), "en-US");
    assert_eq!(chosen(&["sr-RS"], &["sr-Latn", "sr-Cyrl-BA"]), "sr-Cyrl-BA");
    assert_eq!(chosen(&["sr-ME"], &["sr-RS", "sr-Latn-RS"]), "sr-Latn-RS");
    assert_eq!(chosen(&["de-CH"], &["de-AT", "de-DE"]), "de-AT");
    assert_eq!(
        chosen(&["en-Latn-GB"], &["en-US", "en-Latn-AU", "en-GB"]),
        "en-GB"
    );
}

#[test]
fn old_names_of_languages_mean_the_present_ones() {
    let all = [
        "en", "he", "id", "nb", "fil", "sr-Latn", "sr", "ro", "yi", "zh-CN", "jv",
    ];
    for (old, present) in [
        ("iw", "he"),
        ("iw-IL", "he"),
        ("in-ID", "id"),
        ("no", "nb"),
        ("no-NO", "nb"),
        ("tl-PH", "fil"),
        ("sh", "sr-Latn"),
        ("sh-BA", "sr-Latn"),
        ("mo-MD", "ro"),
        ("ji", "yi"),
        ("jw", "jv"),
        ("eng", "en"),
        ("heb-IL", "he"),
        ("zho", "zh-CN"),
        ("nor", "nb"),
        ("cmn-Hans-CN", "zh-CN"),
        ("zh-guoyu", "zh-CN"),
        ("no-bok", "nb"),
    ] {
        assert_eq!(chosen(&[old], &all), present);
        // In either direction.
        assert_eq!(chosen(&[present], &["x-none", old]), old);
    }
    assert_eq!(chosen(&["en-UK"], &["en-US", "en-GB"]), "en-GB");
    assert_eq!(chosen(&["iw"], &["he", "iw"]), "iw");
}

#[test]
fn readers_of_what_is_more_spoken_than_written_fall_back_to_what_is_written() {
    assert_eq!(
        chosen(&["yue-HK"], &["en", "zh-CN", "zh-TW", "zh-HK"]),
        "~zh-HK"
    );
    assert_eq!(chosen(&["yue"], &["en", "zh-CN", "zh-TW"]), "~zh-TW");
    assert_eq!(chosen(&["zh-yue-HK", "en"], &["en", "zh-TW"]), "~zh-TW");
    assert_eq!(chosen(&["yue", "en"], &["en", "zh-CN"]), "en");
    assert_eq!(chosen(&["yue"], &["en", "zh-CN"]), "~zh-CN");
    assert_eq!(chosen(&["yue-CN"], &["zh-TW", "zh-CN"]), "~zh-CN");
    assert_eq!(chosen(&["yue"], &["zh-HK", "yue-Hant"]), "yue-Hant");
    assert_eq!(chosen(&["zh-yue-HK"], &["zh-HK", "yue"]), "yue");
    assert_eq!(chosen(&["nn-NO", "en"], &["en", "no"]), "~no");
    assert_eq!(chosen(&["zh-HK", "en"], &["en", "yue"]), "en");
}

#[test]
fn a_range_takes_in_readers_under_the_same_rules() {
    let takes_in = |range, reader| locale(range).takes_in(&locale(reader));
    for (range, reader) in [
        ("zh-CN", "zh-Hans-CN"),
        ("zh-CN", "zh-SG"),
        ("zh-CN", "zh"),
        ("zh-Hans", "zh-CN"),
        ("zh-TW", "zh-Hant-TW"),
        ("zh-TW", "zh-HK"),
        ("zh-Hant", "yue-HK"),
        ("zh", "zh-TW"),
        ("zh", "yue"),
        ("en", "en-GB"),
        ("en-GB", "en-Latn-GB-oxendict"),
        ("en-UK", "en-GB"),
        ("pt-BR", "pt-BR"),
        ("sr", "sr-Latn-RS"),
        ("sr-RS", "sr-Latn-RS"),
        ("sr-Latn", "sr-ME"),
        ("sr-Latn", "sh-RS"),
        ("iw", "he-IL"),
        ("ru-Cyrl", "ru"),
        ("ca-valencia", "ca-ES-valencia"),
        ("x-beta", "x-beta"),
    ] {
        assert!(takes_in(range, reader), "{range} {reader}");
    }
    for (range, reader) in [
        ("zh-CN", "zh-TW"),
        ("zh-CN", "en-CN"),
        ("zh-TW", "zh"),
        ("zh-US", "zh-CN"),
        ("pt-BR", "pt"),
        ("pt-BR", "pt-PT"),
        ("en-GB", "en-US"),
        ("sr-Latn", "sr-RS"),
        ("yue", "zh-HK"),
        ("ca-valencia", "ca-ES"),
        ("x-beta", "x-alpha"),
        ("en", "x-en"),
    ] {
        assert!(!takes_in(range, reader), "{range} {reader}");
    }
}

#[test]
fn a_publisher_is_told_what_to_write() {
    for (text, tag) in [
        ("zh_CN.UTF-8", "zh-CN"),
        ("zh_CN@pinyin", "zh-CN"),
        ("zh_CN_#Hans", "zh-Hans-CN"),
        ("zh-rCN", "zh-CN"),
        ("b+zh+Hans+CN", "zh-Hans-CN"),
        ("ja-JP-mac", "ja-JP"),
        ("English", "en"),
        ("Chinese (Simplified)_China.936", "zh-Hans"),
        ("2052", "zh-CN"),
    ] {
        let error = Locale::parse(text).expect_err(text);
        let words = format!("{error}");
        assert!(words.contains(&format!("write {tag}")), "{text}: {words}");
        assert!(error.offset().is_some(), "{text}");
    }
    for text in ["C", "POSIX.UTF-8", "*", "", "中文"] {
        let words = Locale::parse(text).expect_err(text).to_string();
        assert!(words.contains("BCP 47"), "{text}: {words}");
    }
}

#[test]
fn a_reader_who_wants_nothing_gets_the_default_and_no_fallback() {
    let available = locales(&["en", "zh"]);
    assert_eq!(
        choose(&[], &available, 1),
        LocaleChoice {
            index: 1,
            is_fallback: false
        }
    );
    assert_eq!(
        choose(&[], &available, 2),
        LocaleChoice {
            index: 0,
            is_fallback: false
        }
    );
    assert_eq!(
        choose(&locales(&["ko"]), &available, 9),
        LocaleChoice {
            index: 0,
            is_fallback: true
        }
    );
    assert_eq!(
        choose(&locales(&["ko"]), &[], 9),
        LocaleChoice {
            index: 0,
            is_fallback: true
        }
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_what_is_read_stays(
        text in any::<String>(),
        near in "([a-zA-Z0-9]{1,9}[-_]?){1,6}",
        index in any::<usize>(),
    ) {
        for text in [&text, &near] {
            match Locale::parse(text) {
                Ok(locale) => {
                    prop_assert_eq!(locale.as_str().to_lowercase(), text.replace('_', "-").to_lowercase());
                    prop_assert_eq!(&Locale::parse(locale.as_str()).unwrap(), &locale);
                    let both = locales(&["zh", "en"]);
                    choose(&both, std::slice::from_ref(&locale), index);
                    choose(&[locale], &both, index);
                }
                Err(error) => prop_assert!(error.limit().is_some() || text.is_char_boundary(error.offset().unwrap())),
            }
        }
    }
}
