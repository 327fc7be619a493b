use super::*;
use proptest::prelude::*;

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
        ("zh-yue-HK", "zh-yue-HK"),
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
    assert_eq!(chosen(&["en", "ja"], &["zh", "en-GB", "ja-JP"]), "~en-GB");
}

#[test]
fn after_all_the_same_language_is_better_than_the_default() {
    assert_eq!(chosen(&["zh-TW"], &["en", "zh-CN"]), "~zh-CN");
    assert_eq!(chosen(&["zh"], &["en", "zh-TW", "zh-SG"]), "~zh-SG");
    assert_eq!(chosen(&["zh"], &["en", "zh-TW"]), "~zh-TW");
    assert_eq!(chosen(&["zh-US"], &["en", "zh-TW", "zh-SG"]), "~zh-SG");
    assert_eq!(chosen(&["en-GB"], &["fr", "en-Shaw", "en-US"]), "~en-US");
    assert_eq!(chosen(&["ko"], &["fr", "en"]), "~fr");
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

/// Tags with what each means, its script and its region, by hand.
const KNOWN: [(&str, &str, &str, &str); 16] = [
    ("zh", "zh", "", ""),
    ("zh-CN", "zh-Hans", "Hans", "CN"),
    ("zh-SG", "zh-Hans", "Hans", "SG"),
    ("zh-TW", "zh-Hant", "Hant", "TW"),
    ("zh-HK", "zh-Hant", "Hant", "HK"),
    ("zh-Hans", "zh-Hans", "Hans", ""),
    ("zh-Hant", "zh-Hant", "Hant", ""),
    ("zh-Hant-HK", "zh-Hant", "Hant", "HK"),
    ("zh-Hant-TW-x-one", "zh-Hant-x-one", "Hant", "TW"),
    ("zh-US", "zh-US", "", "US"),
    ("en", "en", "", ""),
    ("en-US", "en-US", "", "US"),
    ("en-GB-oxendict", "en-GB-oxendict", "", "GB"),
    ("en-GB", "en-GB", "", "GB"),
    ("sr-Latn", "sr-Latn", "Latn", ""),
    ("sr-Cyrl-RS", "sr-Cyrl-RS", "Cyrl", "RS"),
];

type Known = (&'static str, &'static str, &'static str, &'static str);

type Step<'a> = Box<dyn Fn(&Known) -> bool + 'a>;

/// The steps one by one, over plain text.
fn plain_choice(wanted: &[Known], available: &[Known], default_index: usize) -> (usize, bool) {
    let language = |known: &Known| known.1.split('-').next().unwrap();
    for want in wanted {
        let mut steps: Vec<Step<'_>> = vec![
            Box::new(|have| have.0 == want.0),
            Box::new(|have| have.1 == want.1 && have.3 == want.3),
        ];
        let mut subtags: Vec<_> = want.1.split('-').collect();
        while !subtags.is_empty() {
            let shorter = subtags.join("-");
            if subtags.last().unwrap().len() > 1 {
                steps.push(Box::new(move |have| have.1 == shorter));
            }
            subtags.pop();
        }
        for step in steps {
            if let Some(index) = available.iter().position(step) {
                return (index, false);
            }
        }
    }
    for want in wanted {
        let script = if language(want) == "zh" && want.2.is_empty() {
            "Hans"
        } else {
            want.2
        };
        let same = |have: &&Known| language(have) == language(want);
        if let Some(best) = available.iter().filter(same).find(|have| have.2 == script) {
            return (
                available.iter().position(|have| have == best).unwrap(),
                true,
            );
        }
        if let Some(index) = available.iter().position(|have| same(&have)) {
            return (index, true);
        }
    }
    (
        if default_index < available.len() {
            default_index
        } else {
            0
        },
        !wanted.is_empty(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn choosing_agrees_with_the_steps_one_by_one(
        wanted in prop::collection::vec(prop::sample::select(KNOWN.to_vec()), 0..4),
        available in prop::sample::subsequence(KNOWN.to_vec(), 0..6).prop_shuffle(),
        default_index in 0usize..8,
    ) {
        let tags = |known: &[Known]| known.iter().map(|known| locale(known.0)).collect::<Vec<_>>();
        let choice = choose(&tags(&wanted), &tags(&available), default_index);
        let expected = plain_choice(&wanted, &available, default_index);
        prop_assert_eq!((choice.index, choice.is_fallback), expected);
    }

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
