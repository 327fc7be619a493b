//! Locales as systems write them: POSIX, Java, Android, ICU, and three generations of Windows.

use super::Locale;

/// What a text says.
#[derive(Debug, PartialEq)]
pub(super) enum Reading {
    /// A locale.
    Locale(Locale),
    /// That no language is preferred: `C`, `POSIX`, `*`, or an empty text.
    Nothing,
    Unreadable,
}

/// Subtags of a locale, as far as they were understood.
#[derive(Debug, Default)]
struct Parts<'a> {
    language: &'a str,
    script: Option<&'a str>,
    region: Option<&'a str>,
    variants: Vec<&'a str>,
}

/// Languages by the first word of the names that Windows gives them, in its C library for instance,
/// and by the low ten bits of its language identifiers.
const WINDOWS: [(&str, u32, &str); 36] = [
    ("Arabic", 0x01, "ar"),
    ("Bulgarian", 0x02, "bg"),
    ("Catalan", 0x03, "ca"),
    ("Chinese", 0x04, "zh"),
    ("Czech", 0x05, "cs"),
    ("Danish", 0x06, "da"),
    ("German", 0x07, "de"),
    ("Greek", 0x08, "el"),
    ("English", 0x09, "en"),
    ("Spanish", 0x0a, "es"),
    ("Finnish", 0x0b, "fi"),
    ("French", 0x0c, "fr"),
    ("Hebrew", 0x0d, "he"),
    ("Hungarian", 0x0e, "hu"),
    ("Icelandic", 0x0f, "is"),
    ("Italian", 0x10, "it"),
    ("Japanese", 0x11, "ja"),
    ("Korean", 0x12, "ko"),
    ("Dutch", 0x13, "nl"),
    ("Norwegian", 0x14, "nb"),
    ("Polish", 0x15, "pl"),
    ("Portuguese", 0x16, "pt"),
    ("Romanian", 0x18, "ro"),
    ("Russian", 0x19, "ru"),
    ("Croatian", 0x1a, "hr"),
    ("Slovak", 0x1b, "sk"),
    ("Swedish", 0x1d, "sv"),
    ("Thai", 0x1e, "th"),
    ("Turkish", 0x1f, "tr"),
    ("Urdu", 0x20, "ur"),
    ("Indonesian", 0x21, "id"),
    ("Ukrainian", 0x22, "uk"),
    ("Vietnamese", 0x2a, "vi"),
    ("Hindi", 0x39, "hi"),
    ("Malay", 0x3e, "ms"),
    ("Serbian", 0, "sr"),
];

/// Words in those names, and in the modifiers of POSIX, that say script, region or variant.
const WORDS: [(&str, &str); 16] = [
    ("traditional", "Hant"),
    ("simplified", "Hans"),
    ("latin", "Latn"),
    ("iqtelif", "Latn"),
    ("cyrillic", "Cyrl"),
    ("devanagari", "Deva"),
    ("valencia", "valencia"),
    ("taiwan", "TW"),
    ("hong kong", "HK"),
    ("macao", "MO"),
    ("macau", "MO"),
    ("singapore", "SG"),
    ("brazil", "BR"),
    ("portugal", "PT"),
    ("united kingdom", "GB"),
    ("united states", "US"),
];

/// Longest text that is looked at, in bytes; extensions and modifiers beyond it say nothing that matters.
const MOST_BYTES: usize = 256;

impl Reading {
    pub(super) fn locale(self) -> Option<Locale> {
        match self {
            Self::Locale(locale) => Some(locale),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

/// Reads one locale.
///
/// A tag of BCP 47 is taken as it is. Of anything else, language, script, region and variants are
/// taken, in any order after the language.
pub(super) fn read(text: &str) -> Reading {
    let is_around =
        |c: char| !c.is_ascii_alphanumeric() && (c.is_whitespace() || "\"'()[]{}<>“”".contains(c));
    let text = text.trim_matches(is_around);
    // The beginning says all that matters, wherever it is cut.
    let end = (MOST_BYTES..text.len()).find(|end| text.is_char_boundary(*end));
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    if let Ok(locale) = Locale::parse_stored(text)
        && !looks_like_a_tag_by_chance(&locale.tag)
    {
        return match &*locale.tag {
            "und" | "mul" | "i-default" => Reading::Nothing,
            _ => Reading::Locale(locale),
        };
    }
    let (text, modifier) = text.split_once('@').unwrap_or((text, ""));
    let first = text
        .split(['-', '_', '+', '#', '.', ' '])
        .next()
        .unwrap_or("");
    if ["", "c", "posix", "*", "root", "und"]
        .iter()
        .any(|none| first.eq_ignore_ascii_case(none))
        && !text.starts_with('_')
    {
        return Reading::Nothing;
    }
    let parts = match by_windows(text, first) {
        Some(parts) => Some(parts),
        None => by_subtags(text),
    };
    let Some(mut parts) = parts else {
        return Reading::Unreadable;
    };
    for subtag in said_by(&modifier.to_ascii_lowercase()) {
        match subtag.len() {
            4 => parts.script = parts.script.or(Some(subtag)),
            8 => parts.variants.push(subtag),
            _ => {}
        }
    }
    parts.locale().map_or(Reading::Unreadable, Reading::Locale)
}

/// Reports whether a tag in small letters only looks like one: Android's zh-rCN, a region of three
/// letters, or a word in place of a language. Subtags that begin with `r` extend no language but those
/// of signs, and no language has a name of four letters or more.
pub(super) fn looks_like_a_tag_by_chance(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or("");
    let second = subtags.next().unwrap_or("");
    language.len() > 3
        || (language.len() > 1 && language != "sgn" && android_region(second).is_some())
        || long_region(second).is_some()
}

/// Reports whether a text begins with a name that Windows gives a language, and so has blanks of its own.
pub(super) fn is_named_by_windows(text: &str) -> bool {
    let first = text.trim().split(['_', '.', ' ']).next().unwrap_or("");
    WINDOWS
        .iter()
        .any(|(name, ..)| name.eq_ignore_ascii_case(first))
}

/// Returns the scripts, regions and variants that a name mentions.
fn said_by(lower: &str) -> impl Iterator<Item = &'static str> {
    let said = WORDS.iter().filter(move |(word, _)| lower.contains(word));
    said.map(|(_, subtag)| *subtag)
}

/// Reads `Chinese (Simplified)_China.936`, `English_United States`, 2052 or 0x0804.
fn by_windows<'a>(text: &str, first: &str) -> Option<Parts<'a>> {
    if let Some(number) = language_identifier(first) {
        let by_number = WINDOWS.iter().find(|(_, id, _)| *id == number & 0x3ff);
        let region = match number {
            0x0404 => Some("TW"),
            0x0804 => Some("CN"),
            0x0c04 => Some("HK"),
            0x1004 => Some("SG"),
            0x1404 => Some("MO"),
            0x7c04 => Some("Hant"),
            0x0416 => Some("BR"),
            0x0816 => Some("PT"),
            _ => None,
        };
        return by_number.map(|(_, _, language)| Parts::of(language, region));
    }
    let by_name = WINDOWS
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(first));
    by_name.map(|(_, _, language)| {
        let lower = text.to_ascii_lowercase();
        let language = if lower.contains("nynorsk") {
            "nn"
        } else {
            language
        };
        Parts::of(language, said_by(&lower))
    })
}

/// Reads a decimal identifier of four or five digits, or a hexadecimal one with 0 or 0x before it.
fn language_identifier(text: &str) -> Option<u32> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix('0')) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
        None => return None,
    };
    (0x0400..=0xffff).contains(&number).then_some(number)
}

/// Reads subtags between `-`, `_`, `+` and `#`; the encoding after a full stop is dropped.
fn by_subtags(text: &str) -> Option<Parts<'_>> {
    let (text, _encoding) = text.split_once('.').unwrap_or((text, ""));
    let is_plus = text.starts_with("b+");
    let subtags = text.split(['-', '_', '+', '#', ' ']);
    let mut subtags = subtags
        .filter(|subtag| !subtag.is_empty())
        .skip(usize::from(is_plus));
    let language = subtags.next()?;
    let is_letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !(2..=3).contains(&language.len()) || !is_letters(language) {
        return None;
    }
    let mut parts = Parts {
        language,
        ..Parts::default()
    };
    for subtag in subtags {
        let digits = subtag.bytes().all(|byte| byte.is_ascii_digit());
        let begins_with_digit = subtag.starts_with(|c: char| c.is_ascii_digit());
        match subtag.len() {
            // Extensions.
            1 => break,
            4 if is_letters(subtag) && parts.script.is_none() => parts.script = Some(subtag),
            2 if is_letters(subtag) && parts.region.is_none() => parts.region = Some(subtag),
            3 if digits && parts.region.is_none() => parts.region = Some(subtag),
            // Java's no_NO_NY.
            2 if parts.language == "no" && subtag == "NY" => parts.language = "nn",
            3 if is_letters(subtag) && parts.region.is_none() => {
                match subtag.to_ascii_lowercase().as_str() {
                    "chs" => parts.script = Some("Hans"),
                    "cht" => parts.script = Some("Hant"),
                    "nyn" if parts.language == "no" => parts.language = "nn",
                    "yue" | "cmn" if parts.language == "zh" => parts.language = subtag,
                    lower => parts.region = long_region(lower).or(android_region(subtag)),
                }
            }
            4 if begins_with_digit => parts.variants.push(subtag),
            5..=8 => parts.variants.push(subtag),
            _ => {}
        }
    }
    Some(parts)
}

/// Returns the region of Java's codes with three letters that tell a Chinese script.
fn long_region(lower: &str) -> Option<&'static str> {
    match lower {
        "chn" => Some("CN"),
        "twn" => Some("TW"),
        "hkg" => Some("HK"),
        _ => None,
    }
}

/// Returns the region of a subtag such as `rCN`.
fn android_region(subtag: &str) -> Option<&str> {
    let region = subtag.strip_prefix(['r', 'R'])?;
    (region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(region)
}

impl<'a> Parts<'a> {
    fn of(language: &'a str, said: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts = Self {
            language,
            ..Self::default()
        };
        for subtag in said {
            match subtag.len() {
                4 => parts.script = parts.script.or(Some(subtag)),
                8 => parts.variants.push(subtag),
                _ => parts.region = parts.region.or(Some(subtag)),
            }
        }
        parts
    }

    /// Returns the locale of the parts, without variants that no tag can have.
    fn locale(&self) -> Option<Locale> {
        let mut tag = self.language.to_owned();
        for subtag in self.script.into_iter().chain(self.region) {
            tag.push('-');
            tag.push_str(subtag);
        }
        let mut locale = Locale::parse_stored(&tag).ok()?;
        for variant in &self.variants {
            tag.push('-');
            tag.push_str(variant);
            match Locale::parse_stored(&tag) {
                Ok(longer) if longer.region == locale.region => locale = longer,
                _ => break,
            }
        }
        Some(locale)
    }
}
