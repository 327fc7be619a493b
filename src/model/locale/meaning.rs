//! Meaning of a tag: present names of languages and regions, and the script that goes without saying.

use super::tag::Tag;

/// A tag in canonical words.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    pub(super) text: String,
    /// Length of the language in the text, in bytes.
    pub(super) language_len: usize,
    /// Script, said or implied; zeros for a tag without a language.
    pub(super) script: [u8; 4],
    /// Region; zeros if none.
    pub(super) region: [u8; 3],
}

const SIMPLIFIED: [u8; 4] = *b"Hans";
const TRADITIONAL: [u8; 4] = *b"Hant";

impl Meaning {
    /// Returns the meaning of a tag.
    pub(super) fn of(tag: &Tag) -> Self {
        let said = Some(tag.script).filter(|script| *script != [0; 4]);
        if tag.is_irregular || !has_language(tag.language()) {
            return Self {
                text: tag.text.clone(),
                language_len: tag.language_len,
                region: tag.region,
                ..Self::default()
            };
        }
        let (language, meant, is_extended) = match (tag.language(), tag.extension_language()) {
            // Old names of the scripts, which only look like extended languages.
            ("zh", "CHS") => ("zh", Some(SIMPLIFIED), true),
            ("zh", "CHT") => ("zh", Some(TRADITIONAL), true),
            // RFC 5646, section 4.5: the extended language stands alone.
            ("zh", extended @ ("cmn" | "yue" | "wuu" | "hak" | "nan" | "gan" | "hsn" | "cdo")) => {
                (present_name(extended).0, None, true)
            }
            (language, _) => {
                let (language, script) = present_name(language);
                (language, script, false)
            }
        };
        let region = match &tag.region {
            b"UK\0" => *b"GB\0",
            region => *region,
        };
        let mut said = said.or(meant);
        if language == "zh" {
            // Other tags keep their region and imply a script only when texts are compared.
            said = said.or(match &region {
                b"CN\0" | b"SG\0" => Some(SIMPLIFIED),
                b"TW\0" | b"HK\0" | b"MO\0" => Some(TRADITIONAL),
                _ => None,
            });
        }
        // With room for a script.
        let mut text = String::with_capacity(tag.text.len() + 5);
        text.push_str(language);
        if !is_extended {
            text.push_str(tag.extension_languages());
        }
        if let Some(script) = said {
            text.push('-');
            text.extend(script.map(char::from));
        }
        // The two scripts imply everything that the region of a Chinese tag would.
        let is_told = language == "zh" && matches!(said, Some(SIMPLIFIED | TRADITIONAL));
        if !is_told && region != [0; 3] {
            text.push('-');
            text.extend(
                region
                    .iter()
                    .filter(|byte| **byte != 0)
                    .map(|b| char::from(*b)),
            );
        }
        text.push_str(tag.rest());
        Self {
            script: said.unwrap_or_else(|| usual_script(language, &region)),
            language_len: language.len(),
            text,
            region,
        }
    }
}

/// Returns the language whose texts also serve readers of `language`, for those that are written less
/// than spoken, with the script in which it does.
pub(super) fn stands_in(language: &str) -> Option<&'static str> {
    match language {
        "yue" | "wuu" | "hak" | "nan" | "gan" | "hsn" | "cdo" | "lzh" => Some("zh"),
        "nn" => Some("nb"),
        _ => None,
    }
}

/// Reports whether the first subtag names a language, and not private use.
fn has_language(first: &str) -> bool {
    first.len() > 1 && !first.contains('-')
}

/// Returns the name by which a language goes now, with a script that the old one implied.
///
/// Two letters: names that ISO 639 has withdrawn, and the macrolanguages that CLDR calls by their main
/// language. Three letters: the codes of ISO 639-2 for languages that have two letters, which BCP 47
/// asks for, and the names of Windows.
fn present_name(language: &str) -> (&str, Option<[u8; 4]>) {
    let name = match language.as_bytes() {
        b"chs" => return ("zh", Some(SIMPLIFIED)),
        b"cht" => return ("zh", Some(TRADITIONAL)),
        b"sh" => return ("sr", Some(*b"Latn")),
        b"iw" => "he",
        b"in" => "id",
        b"ji" => "yi",
        b"jw" => "jv",
        b"mo" | b"mol" => "ro",
        b"no" => "nb",
        b"tl" | b"tgl" => "fil",
        b"cmn" => "zh",
        _ if language.len() == 3 => two_letters(language).unwrap_or(language),
        _ => language,
    };
    (name, None)
}

/// Codes of three letters, each followed by the one of two.
const TWO_LETTERS: &str = "engen enuen zhozh chizh jpnja korko deude gerde frafr frefr spaes porpt \
    rusru itait viavi vievi thath indid msams mayms arbar araar hebhe turtr polpl nldnl dutnl swesv \
    finfi danda norno nobnb nnonn cescs czecs ellel greel hunhu ronro rumro ukruk hinhi bulbg hrvhr \
    scrhr srpsr sccsr slksk slosk slvsl litlt lavlv estet fasfa perfa urdur benbn katka geoka kazkk \
    monmn uigug bodbo tibbo khmkm mymy mlgmg";

fn two_letters(language: &str) -> Option<&'static str> {
    let mut pairs = TWO_LETTERS.split_ascii_whitespace();
    let short = pairs.find_map(|pair| pair.strip_prefix(language))?;
    // Norwegian has been renamed once more.
    Some(if short == "no" { "nb" } else { short })
}

/// Returns the script in which a language is usually written in a region (CLDR, likely subtags).
fn usual_script(language: &str, region: &[u8; 3]) -> [u8; 4] {
    // Bytes, because a match of texts compares them with one after the other.
    let language = language.as_bytes();
    match (language, region) {
        (b"yue", b"CN\0") => return SIMPLIFIED,
        (b"sr", b"ME\0") => return *b"Latn",
        (b"az", b"IR\0")
        | (b"kk" | b"ky" | b"ug", b"CN\0")
        | (b"pa", b"PK\0")
        | (b"uz", b"AF\0")
        | (b"ku", b"IQ\0" | b"IR\0")
        | (b"tg", b"PK\0") => return *b"Arab",
        (b"mn", b"CN\0") => return *b"Mong",
        _ => {}
    }
    *match language {
        b"zh" | b"wuu" | b"gan" | b"hsn" => b"Hans",
        b"yue" | b"hak" | b"nan" | b"cdo" | b"lzh" => b"Hant",
        b"ja" => b"Jpan",
        b"ko" => b"Kore",
        b"ru" | b"uk" | b"be" | b"bg" | b"mk" | b"sr" | b"kk" | b"ky" | b"mn" | b"tg" | b"tt"
        | b"ba" | b"cv" | b"os" | b"sah" | b"ce" | b"ab" | b"kv" => b"Cyrl",
        b"ar" | b"fa" | b"ur" | b"ug" | b"ps" | b"sd" | b"ckb" | b"ks" | b"lrc" | b"mzn" => b"Arab",
        b"hi" | b"mr" | b"ne" | b"sa" | b"bho" | b"mai" | b"kok" | b"brx" | b"doi" => b"Deva",
        b"he" | b"yi" => b"Hebr",
        b"el" => b"Grek",
        b"th" => b"Thai",
        b"lo" => b"Laoo",
        b"km" => b"Khmr",
        b"my" => b"Mymr",
        b"ka" => b"Geor",
        b"hy" => b"Armn",
        b"bn" | b"as" => b"Beng",
        b"ta" => b"Taml",
        b"te" => b"Telu",
        b"kn" => b"Knda",
        b"ml" => b"Mlym",
        b"gu" => b"Gujr",
        b"pa" => b"Guru",
        b"or" => b"Orya",
        b"si" => b"Sinh",
        b"bo" | b"dz" => b"Tibt",
        b"am" | b"ti" => b"Ethi",
        b"dv" => b"Thaa",
        b"ii" => b"Yiii",
        _ => b"Latn",
    }
}
