//! Locales, and choosing a text for a reader.

use super::limits;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use self::tag::Tag;
use crate::{Bilingual, Error, Result};

mod tag;

/// A language tag, such as `zh-CN`, `en-US` or `zh-Hant`.
///
/// Any well-formed tag of BCP 47 (RFC 5646, section 2.1) with at most 35 bytes is accepted. `_`
/// counts as `-`, and case is ignored. The tag is stored in its conventional case (section 2.1.1).
///
/// A Chinese tag with a region also implies a script, which is used to choose a text: zh-CN, zh-SG
/// and zh-CHS mean zh-Hans; zh-TW, zh-HK, zh-MO and zh-CHT mean zh-Hant. Equality and order use the
/// tag.
///
/// ```
/// use notice::Locale;
/// assert_eq!(Locale::parse("ZH_hant_hk")?.as_str(), "zh-Hant-HK");
/// assert_ne!(Locale::parse("zh-CN")?, Locale::parse("zh-Hans")?);
/// assert!(Locale::parse("zh_CN.UTF-8").is_err());
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Clone)]
pub struct Locale {
    tag: Arc<str>,
    /// The tag, with a Chinese region replaced by its script.
    meaning: Arc<str>,
    /// Length of the language in the meaning, in bytes.
    language_len: usize,
    /// Script of the meaning; zeros if it has none.
    script: [u8; 4],
    /// Region of the tag; zeros if it has none.
    region: [u8; 3],
}

/// Result of [`choose`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocaleChoice {
    /// Index of the chosen locale; 0 also when there was none to choose from.
    pub index: usize,
    /// Whether the reader asked for locales and none of them exists: the text is in another
    /// region's or script's form of a wanted language, or in the default locale.
    pub is_fallback: bool,
}

impl Locale {
    /// Parses a language tag.
    ///
    /// # Errors
    /// `invalid_field` with the byte offset of the invalid subtag; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > limits::LOCALE_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "",
                text.len() as u64,
                limits::LOCALE_BYTES as u64,
                &unit,
            ));
        }
        let tag = Tag::read(text)?;
        let normalised: Arc<str> = tag.text.as_str().into();
        let chinese = chinese_meaning(&tag);
        let mut script = tag.script;
        let mut language_len = tag.language_len;
        let meaning = match chinese {
            Some((meaning, meant)) => {
                script = meant.unwrap_or_default();
                language_len = CHINESE.len();
                meaning.into()
            }
            None => Arc::clone(&normalised),
        };
        Ok(Self {
            tag: normalised,
            meaning,
            language_len,
            script,
            region: tag.region,
        })
    }

    /// Returns the normalised tag, such as `zh-CN`.
    pub fn as_str(&self) -> &str {
        &self.tag
    }

    /// Reports whether this locale, as a language range, takes in a reader of `reader`.
    pub(crate) fn takes_in(&self, reader: &Self) -> bool {
        let rest = reader.meaning.strip_prefix(&*self.meaning);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Returns the language alone, such as `zh`.
    fn language(&self) -> &str {
        self.meaning.get(..self.language_len).unwrap_or_default()
    }

    /// Returns the index of this locale in `available`, exactly or by meaning.
    fn find_in(&self, available: &[Self]) -> Option<usize> {
        let meaning = &*self.meaning;
        let find = |wanted: &str| available.iter().position(|one| *one.meaning == *wanted);
        available
            .iter()
            .position(|one| one.tag == self.tag)
            .or_else(|| {
                let same = |one: &Self| *one.meaning == *meaning && one.region == self.region;
                available.iter().position(same)
            })
            .or_else(|| find(meaning))
            .or_else(|| self.truncations().find_map(find))
            .or_else(|| find(self.language()))
    }

    /// Returns the index of any locale in `available` with the same language.
    fn find_language_in(&self, available: &[Self]) -> Option<usize> {
        let script = if self.script == [0; 4] && self.language() == CHINESE {
            *b"Hans"
        } else {
            self.script
        };
        let speaks = |one: &Self| one.language() == self.language();
        available
            .iter()
            .position(|one| speaks(one) && one.script == script)
            .or_else(|| available.iter().position(speaks))
    }

    /// Returns the meaning without its last subtag, without the last two, and so on. A single
    /// letter never remains last (RFC 4647, section 3.4).
    fn truncations(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(truncate(&self.meaning), |shorter| truncate(shorter))
            .filter(|shorter| shorter.len() > self.language_len)
    }
}

/// Chooses the text for a reader who wants the locales of `wanted`, best first.
///
/// Each wanted locale in turn is looked up by the same tag; by the same meaning, preferring the
/// same region; by truncations of the meaning (RFC 4647, section 3.4, so the script is kept
/// longest); and by the bare language. After all of them, each in turn is looked up by any text of
/// its language, preferring the same script (zh-Hans for a bare zh). The last resort is
/// `default_index`, or 0 if it is out of range. Allocates nothing.
pub(crate) fn choose(
    wanted: &[Locale],
    available: &[Locale],
    default_index: usize,
) -> LocaleChoice {
    if let Some(index) = wanted.iter().find_map(|locale| locale.find_in(available)) {
        return LocaleChoice {
            index,
            is_fallback: false,
        };
    }
    let index = wanted
        .iter()
        .find_map(|locale| locale.find_language_in(available))
        .unwrap_or(if default_index < available.len() {
            default_index
        } else {
            0
        });
    LocaleChoice {
        index,
        is_fallback: !wanted.is_empty(),
    }
}

impl FromStr for Locale {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tag)
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.tag).finish()
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Locale {}

impl Hash for Locale {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tag.hash(state);
    }
}

impl Ord for Locale {
    fn cmp(&self, other: &Self) -> Ordering {
        self.tag.cmp(&other.tag)
    }
}

impl PartialOrd for Locale {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const CHINESE: &str = "zh";

/// Returns the meaning of a tag of (Mandarin) Chinese, and its script; None for other languages.
///
/// `cmn` and `zh-cmn` are Mandarin, which `zh` usually means. `zh-CHS` and `zh-CHT` are old names
/// of the scripts.
fn chinese_meaning(tag: &Tag) -> Option<(String, Option<[u8; 4]>)> {
    let (simplified, traditional) = (*b"Hans", *b"Hant");
    let old_name = match (tag.language(), tag.extension_language()) {
        ("zh" | "cmn", "") | ("zh", "cmn") => None,
        ("zh", "CHS") => Some(simplified),
        ("zh", "CHT") => Some(traditional),
        _ => return None,
    };
    let named = Some(tag.script).filter(|script| *script != [0; 4]);
    let script = named.or(old_name).or(match &tag.region {
        b"CN\0" | b"SG\0" => Some(simplified),
        b"TW\0" | b"HK\0" | b"MO\0" => Some(traditional),
        _ => None,
    });
    let mut meaning = CHINESE.to_owned();
    if let Some(script) = script {
        meaning.push('-');
        meaning.extend(script.map(char::from));
    }
    // The two scripts imply everything that the region would; any other tag keeps its region.
    if (script != Some(simplified) && script != Some(traditional)) && tag.region != [0; 3] {
        meaning.push('-');
        meaning.extend(
            tag.region
                .into_iter()
                .filter(|byte| *byte != 0)
                .map(char::from),
        );
    }
    meaning.push_str(tag.rest());
    Some((meaning, script))
}

/// Returns `tag` without its last subtag, and without a single letter before that.
fn truncate(tag: &str) -> Option<&str> {
    let (shorter, _) = tag.rsplit_once('-')?;
    match shorter.rsplit_once('-') {
        Some((shortest, single)) if single.len() == 1 => Some(shortest),
        None if shorter.len() == 1 => None,
        _ => Some(shorter),
    }
}

#[cfg(test)]
mod tests;
