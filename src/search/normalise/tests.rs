use proptest::prelude::*;

use super::super::oracle;
use super::*;

/// Returns every assigned character outside the private-use areas.
fn every_char() -> impl Iterator<Item = char> {
    let planes = (0..0xE000).chain(0xF900..0x323B0).chain(0xE0000..0xE1000);
    planes.filter_map(char::from_u32)
}

#[test]
fn width_case_and_compatibility_forms_are_folded() {
    for (text, normal) in [
        ("Ｗｉｎｄｏｗｓ　１１", "windows 11"),
        ("Straße", "strasse"),
        ("ﾒﾝﾃﾅﾝｽ", "メンテナンス"),
        ("ｶﾞ", "ガ"),
        ("か\u{3099}", "が"),
        ("⼀", "一"),
        ("㈱", "(株)"),
        ("系\u{200B}统\u{FEFF}", "系统"),
        ("葛\u{E0100}", "葛"),
        ("a \t\r\n\u{A0}b", "a b"),
        ("a \u{200B} b", "a b"),
        ("E\u{301}", "e"),
        ("e\u{200D}\u{301}", "e"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("ﬁ", "fi"),
        ("\u{1112}\u{1161}\u{11AB}", "한"),
    ] {
        assert_eq!(normalise(text), normal, "{text:?}");
    }
}

#[test]
fn diacritics_quotes_and_traditional_forms_are_folded() {
    for (text, normal) in [
        ("Café crème, CŒUR", "cafe creme, coeur"),
        ("Hệ thống BẢO TRÌ đã", "he thong bao tri da"),
        ("Ελλάδα ᾳ ΐ", "ελλαδα α ι"),
        ("Łódź Øre İstanbul ısı", "lodz ore istanbul isi"),
        ("Ёлка йод", "елка иод"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد أحمد", "محمد احمد"),
        ("系統維護", "系统维护"),
        ("繁簡 a髮b 臺灣\u{FA19}", "繁简 a发b 台湾神"),
        ("don’t ‘a’ “b” 5′ 6″ d´un", "don't 'a' \"b\" 5' 6\" d'un"),
        // Not diacritics.
        ("が ば ﾊﾟ", "が ば パ"),
        ("น้ำ ไม่", "น\u{E49}\u{E4D}า ไม่"),
        ("हिन्दी", "हिन्दी"),
        ("각 \u{1112}\u{1161}", "각 하"),
    ] {
        assert_eq!(normalise(text), normal, "{text:?}");
    }
}

#[test]
fn every_character_alone_and_between_others_is_as_the_definition_says() {
    for c in every_char().filter(|c| oracle::is_simplified_alike(*c)) {
        for text in [format!("か{c}\u{301}"), format!("A{c}{c}")] {
            let normal = normalise(&text);
            assert_eq!(normal, oracle::normalise(&text), "U+{:04X}", c as u32);
        }
    }
}

#[test]
fn the_normal_form_of_every_character_is_in_normal_form() {
    for c in every_char() {
        let normal = normalise(&c.to_string());
        assert_eq!(normalise(&normal), normal, "U+{:04X}", c as u32);
    }
}

#[test]
fn fixed_ideographs_stay_as_they_are_whatever_stands_around_them() {
    for c in every_char().filter(|c| is_fixed_ideograph(*c)) {
        let text = format!("e{c}\u{3099}\u{200D}{c}\u{301}");
        assert_eq!(normalise(&text).matches(c).count(), 2, "U+{:04X}", c as u32);
    }
}

#[test]
fn characters_said_to_keep_ideographs_become_none_and_do_not_vanish() {
    let keeping = |c: &char| !is_fixed_ideograph(*c) && keeps_ideographs(&c.to_string());
    for c in every_char().filter(keeping) {
        let normal = normalise(&format!("一{c}二"));
        assert!(!normal.contains("一二"), "U+{:04X}", c as u32);
        assert!(
            normal.chars().filter(|c| is_fixed_ideograph(*c)).count() == 2,
            "U+{:04X}",
            c as u32
        );
    }
    assert!(keeps_ideographs(
        "系统维护（22:00—24:00）：“ＷＩＮ”… メンテ"
    ));
    assert!(!keeps_ideographs("系统維护"));
    assert!(!keeps_ideographs("a、維"));
    assert!(!keeps_ideographs("系\u{200B}统"));
    assert!(!keeps_ideographs("⼀"));
    assert!(!keeps_ideographs("㈱"));
}

proptest! {
    #[test]
    fn segments_do_not_influence_each_other(text in oracle::any_text()) {
        prop_assert_eq!(normalise(&text), oracle::normalise(&text));
    }
}
