//! Locales as systems write them.

use super::super::WantedLocales;
use proptest::prelude::*;

/// Tags that are read from the texts, with `?` before each text that cannot be read.
fn read(texts: &[&str]) -> String {
    let wanted = WantedLocales::read(texts);
    let tags = wanted.iter().map(|locale| locale.as_str().to_owned());
    let odd = wanted.unreadable().iter().map(|text| format!("?{text}"));
    tags.chain(odd).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_locale_is_read_from_every_system() {
    for (text, tag) in [
        // BCP 47, however it is written.
        ("zh-CN", "zh-CN"),
        ("ZH-hant_hk", "zh-Hant-HK"),
        (" en-us ", "en-US"),
        ("\"de\"", "de"),
        ("zh-Hant-u-co-stroke", "zh-Hant-u-co-stroke"),
        (
            "en-u-ca-gregory-cf-standard-co-standard-hc-h23-ms-metric",
            "en",
        ),
        ("x-private", "x-private"),
        // POSIX.
        ("zh_CN.UTF-8", "zh-CN"),
        ("zh_TW.Big5", "zh-TW"),
        ("zh_CN.gb18030@pinyin", "zh-CN"),
        ("zh_CN@pinyin", "zh-CN"),
        ("en_GB.ISO8859-15@euro", "en-GB"),
        ("sr_RS@latin", "sr-Latn-RS"),
        ("sr_RS.UTF-8@latin", "sr-Latn-RS"),
        ("uz_UZ@cyrillic", "uz-Cyrl-UZ"),
        ("ca_ES.UTF-8@valencia", "ca-ES-valencia"),
        ("de.UTF-8", "de"),
        // Java.
        ("zh_CN_#Hans", "zh-Hans-CN"),
        ("zh_HK_#Hant", "zh-Hant-HK"),
        ("zh__#Hant", "zh-Hant"),
        ("es__#u-ms-metric", "es"),
        ("th_TH_TH_#u-nu-thai", "th-TH"),
        ("ja_JP_JP_#u-ca-japanese", "ja-JP"),
        ("no_NO_NY", "nn-NO"),
        ("de__POSIX", "de-posix"),
        ("ja-JP-mac", "ja-JP"),
        // Android.
        ("zh-rCN", "zh-CN"),
        ("pt-rBR", "pt-BR"),
        ("b+zh+Hans+CN", "zh-Hans-CN"),
        ("b+es+419", "es-419"),
        ("b+sr+Latn", "sr-Latn"),
        ("sgn-rsl", "sgn-rsl"),
        // ICU.
        ("zh_Hans_CN@calendar=chinese;currency=CNY", "zh-Hans-CN"),
        ("en_US_POSIX", "en-US-posix"),
        // Windows.
        ("zh-CHS", "zh-CHS"),
        ("zh-CHT", "zh-CHT"),
        ("CHS", "chs"),
        ("zh-CHN", "zh-CN"),
        ("zh-Hans-CN_pinyin", "zh-Hans-CN-pinyin"),
        ("de-DE_phoneb", "de-DE-phoneb"),
        ("zh-Hant-TW_radstr", "zh-Hant-TW-radstr"),
        ("Chinese (Simplified)_China.936", "zh-Hans"),
        ("Chinese (Traditional)_Taiwan.950", "zh-Hant-TW"),
        ("Chinese (Simplified)_Singapore.936", "zh-Hans-SG"),
        ("English_United States.1252", "en-US"),
        ("Portuguese_Brazil.1252", "pt-BR"),
        ("Norwegian Nynorsk_Norway.1252", "nn"),
        ("japanese", "ja"),
        ("2052", "zh-CN"),
        ("0x0404", "zh-TW"),
        ("00000804", "zh-CN"),
        ("1033", "en"),
        // None.
        ("", ""),
        (" ", ""),
        ("C", ""),
        ("C.UTF-8", ""),
        ("POSIX", ""),
        ("*", ""),
        ("und", ""),
        ("root", ""),
        // Nobody knows.
        ("中文", "?中文"),
        ("undefined", "?undefined"),
        ("null", "?null"),
        ("12", "?12"),
        ("e", "?e"),
        ("-", ""),
    ] {
        assert_eq!(read(&[text]), tag, "{text:?}");
    }
}

#[test]
fn one_text_may_be_a_list() {
    for (text, tags) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN zh en"),
        ("en;q=0.5, fr;q=0.9, de", "de fr en"),
        ("en ; q = 0.5 , fr ; q = 0.9", "fr en"),
        ("en;q=0, fr, *;q=0.1", "fr"),
        ("en;q=x, fr;q=2", "en fr"),
        ("zh_CN:zh:en", "zh-CN zh en"),
        ("zh_CN.UTF-8:en_US.UTF-8", "zh-CN en-US"),
        ("zh-CN;en-US", "zh-CN en-US"),
        ("zh-CN，en、ja", "zh-CN en ja"),
        ("zh-CN en", "zh-CN en"),
        ("zh-CN\0en-US\0\0", "zh-CN en-US"),
        (
            "(\n    \"zh-Hans-CN\",\n    \"en-CN\"\n)",
            "zh-Hans-CN en-CN",
        ),
        ("C/en_US.UTF-8/C/C/C/C", "en-US"),
        (
            "LC_CTYPE=zh_CN.UTF-8;LC_NUMERIC=C;LC_TIME=zh_CN.UTF-8",
            "zh-CN",
        ),
        ("LANG=de_DE@euro", "de-DE"),
        ("en_US@currency=USD;calendar=x,fr", "en-US fr"),
        ("English_United States.1252;zh-CN", "en-US zh-CN"),
        ("zh-CN,中文,en", "zh-CN en ?中文"),
        (",,;;::", ""),
    ] {
        assert_eq!(read(&[text]), tags, "{text:?}");
    }
    assert_eq!(read(&["fr;q=0.5", "C", "en", "en"]), "en fr");
}

#[test]
fn there_is_no_limit_that_refuses_anything() {
    let many: Vec<String> = (0..5000).map(|n| format!("en-x-{n}")).collect();
    let wanted = WantedLocales::read(&many);
    assert_eq!(wanted.len(), 256);
    assert_eq!(wanted[255].as_str(), "en-x-255");
    assert!(!wanted.unreadable().is_empty());
    let long = format!("zh_CN{}", "_x".repeat(100_000));
    assert_eq!(read(&[&long]), "zh-CN");
    assert_eq!(
        WantedLocales::read(["好".repeat(1000)]).unreadable()[0]
            .chars()
            .count(),
        64
    );
}

proptest! {
    #[test]
    fn nothing_fails_and_what_was_read_is_read_alike_again(
        texts in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "[a-zA-Z0-9_@.:;,=+#*/ -]{0,40}",
                "(zh|EN|b\\+sr|LANG=de|C|中|Chinese)([-_+.@;:, #]([rR]?[A-Z]{2}|Hans|q=0.3|utf8|latin)){0,4}",
            ],
            0..5,
        ),
    ) {
        let wanted = WantedLocales::read(&texts);
        let again = WantedLocales::read(wanted.texts());
        prop_assert_eq!(again, wanted);
    }
}
