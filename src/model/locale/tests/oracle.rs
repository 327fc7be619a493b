//! The choice of a text, written a second time from the documentation over plain text.

use super::*;

/// A tag, and what it says according to docs/announcements.md, by hand.
#[derive(Debug, Clone, Copy)]
struct Known {
    tag: &'static str,
    /// Canonical words, with a Chinese region as its script.
    words: &'static str,
    /// Script in which such a text is written.
    script: &'static str,
    region: &'static str,
}

const fn known(
    tag: &'static str,
    words: &'static str,
    script: &'static str,
    region: &'static str,
) -> Known {
    Known {
        tag,
        words,
        script,
        region,
    }
}

const KNOWN: [Known; 40] = [
    known("zh", "zh", "Hans", ""),
    known("zh-CN", "zh-Hans", "Hans", "CN"),
    known("zh-SG", "zh-Hans", "Hans", "SG"),
    known("zh-CHS", "zh-Hans", "Hans", ""),
    known("zh-TW", "zh-Hant", "Hant", "TW"),
    known("zh-HK", "zh-Hant", "Hant", "HK"),
    known("zh-Hans", "zh-Hans", "Hans", ""),
    known("zh-Hant", "zh-Hant", "Hant", ""),
    known("zh-Hant-HK", "zh-Hant", "Hant", "HK"),
    known("zh-Hant-TW-x-one", "zh-Hant-x-one", "Hant", "TW"),
    known("zh-US", "zh-US", "Hans", "US"),
    known("zh-Latn-CN", "zh-Latn-CN", "Latn", "CN"),
    known("cmn-TW", "zh-Hant", "Hant", "TW"),
    known("yue", "yue", "Hant", ""),
    known("yue-HK", "yue-HK", "Hant", "HK"),
    known("yue-CN", "yue-CN", "Hans", "CN"),
    known("zh-yue-Hant", "yue-Hant", "Hant", ""),
    known("en", "en", "Latn", ""),
    known("en-US", "en-US", "Latn", "US"),
    known("en-UK", "en-GB", "Latn", "GB"),
    known("en-GB", "en-GB", "Latn", "GB"),
    known("en-GB-oxendict", "en-GB-oxendict", "Latn", "GB"),
    known("en-Shaw", "en-Shaw", "Shaw", ""),
    known("eng-Latn-AU", "en-Latn-AU", "Latn", "AU"),
    known("sr", "sr", "Cyrl", ""),
    known("sr-Latn", "sr-Latn", "Latn", ""),
    known("sr-ME", "sr-ME", "Latn", "ME"),
    known("sr-Cyrl-RS", "sr-Cyrl-RS", "Cyrl", "RS"),
    known("sh-BA", "sr-Latn-BA", "Latn", "BA"),
    known("iw-IL", "he-IL", "Hebr", "IL"),
    known("he", "he", "Hebr", ""),
    known("no-NO", "nb-NO", "Latn", "NO"),
    known("nb", "nb", "Latn", ""),
    known("nn", "nn", "Latn", ""),
    known("in", "id", "Latn", ""),
    known("id-ID", "id-ID", "Latn", "ID"),
    known("tl", "fil", "Latn", ""),
    known("pt-BR", "pt-BR", "Latn", "BR"),
    known("pt-PT", "pt-PT", "Latn", "PT"),
    known("x-test", "x-test", "", ""),
];

impl Known {
    fn language(&self) -> &'static str {
        match self.tag {
            "x-test" => "x-test",
            _ => self.words.split('-').next().unwrap(),
        }
    }
}

/// Test of one step.
type Step = Box<dyn Fn(&Known) -> bool>;

/// Position in `available` for one wanted locale: all steps one by one.
fn in_turn(want: &Known, available: &[Known]) -> Option<usize> {
    let mut steps: Vec<Step> = Vec::new();
    let own = *want;
    // Exact: the tag, then what it means.
    steps.push(Box::new(move |have| have.tag == own.tag));
    steps.push(Box::new(move |have| {
        have.words == own.words && have.region == own.region
    }));
    // Truncation, down to the bare language.
    let mut subtags: Vec<&str> = own.words.split('-').collect();
    while !subtags.is_empty() {
        let shorter = subtags.join("-");
        if subtags.last().unwrap().len() > 1 && shorter.len() >= own.language().len() {
            steps.push(Box::new(move |have| have.words == shorter));
        }
        subtags.pop();
    }
    // Any text of the same language and script.
    let is_alike =
        move |have: &Known| have.language() == own.language() && have.script == own.script;
    steps.push(Box::new(move |have| {
        is_alike(have) && have.region == own.region
    }));
    steps.push(Box::new(is_alike));
    steps
        .iter()
        .find_map(|step| available.iter().position(step))
}

/// What a reader of `want` also reads.
fn falls_back(want: &Known) -> Option<Known> {
    let (words, script) = match (want.language(), want.script) {
        ("yue", "Hant") => ("zh-Hant", "Hant"),
        ("yue", "Hans") => ("zh-Hans", "Hans"),
        ("nn", _) => ("nb", "Latn"),
        _ => return None,
    };
    Some(known("", words, script, want.region))
}

fn plain_choice(wanted: &[Known], available: &[Known], default_index: usize) -> (usize, bool) {
    for want in wanted {
        if let Some(index) = in_turn(want, available) {
            return (index, false);
        }
        if let Some(index) = falls_back(want).and_then(|other| in_turn(&other, available)) {
            return (index, true);
        }
    }
    for want in wanted {
        for other in [Some(*want), falls_back(want)].into_iter().flatten() {
            let same = |have: &Known| have.language() == other.language();
            if let Some(index) = available.iter().position(same) {
                return (index, true);
            }
        }
    }
    let default = if default_index < available.len() {
        default_index
    } else {
        0
    };
    (default, !wanted.is_empty())
}

#[test]
fn every_tag_of_the_oracle_means_what_its_table_says() {
    for one in KNOWN {
        let read = locale(one.tag);
        assert_eq!(&*read.meaning, one.words, "{}", one.tag);
        let script: String = read
            .script
            .iter()
            .filter(|b| **b != 0)
            .map(|b| char::from(*b))
            .collect();
        assert_eq!(script, one.script, "{}", one.tag);
        assert_eq!(read.region_name(), one.region.as_bytes(), "{}", one.tag);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn choosing_agrees_with_the_steps_one_by_one(
        wanted in prop::collection::vec(prop::sample::select(KNOWN.to_vec()), 0..4),
        available in prop::sample::subsequence(KNOWN.to_vec(), 0..7).prop_shuffle(),
        default_index in 0usize..8,
    ) {
        let tags = |known: &[Known]| known.iter().map(|known| locale(known.tag)).collect::<Vec<_>>();
        let choice = choose(&tags(&wanted), &tags(&available), default_index);
        let expected = plain_choice(&wanted, &available, default_index);
        prop_assert_eq!((choice.index, choice.is_fallback), expected);
    }
}
