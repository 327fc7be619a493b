//! Locales: tags, their meaning, and the choice of a text for a reader.

use super::limits;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use self::meaning::Meaning;
use self::tag::Tag;
use crate::{Bilingual, Error, Result};

mod choice;
mod meaning;
mod system;
mod tag;
mod wanted;

pub(crate) use choice::choose;
pub use wanted::WantedLocales;

/// A language tag, such as `zh-CN`, `en-US` or `zh-Hant`.
///
/// Any well-formed tag of BCP 47 (RFC 5646, section 2.1) with at most 35 bytes is accepted. `_`
/// counts as `-`, and case is ignored. The tag is stored in its conventional case (section 2.1.1).
/// [`WantedLocales`] reads what systems write instead, such as `zh_CN.UTF-8`.
///
/// A Chinese tag with a region also implies a script, which is used to choose a text: zh-CN, zh-SG
/// and zh-CHS mean zh-Hans; zh-TW, zh-HK, zh-MO and zh-CHT mean zh-Hant. Old names of languages mean
/// the present ones: iw is he, in is id, no is nb, tl is fil, and sh is sr-Latn. Equality and order
/// use the tag.
///
/// ```
/// use notice::Locale;
/// assert_eq!(Locale::parse("ZH_hant_hk")?.as_str(), "zh-Hant-HK");
/// assert_ne!(Locale::parse("zh-CN")?, Locale::parse("zh-Hans")?);
/// let error = Locale::parse("zh_CN.UTF-8").unwrap_err();
/// assert!(error.to_string().contains("write zh-CN"));
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Clone)]
pub struct Locale {
    tag: Arc<str>,
    /// The tag in its canonical words: present names of languages and regions, and the script in
    /// place of a Chinese region.
    meaning: Arc<str>,
    /// Length of the language in the meaning, in bytes.
    language_len: usize,
    /// Script of the text, said or implied; zeros for a tag without a language.
    script: [u8; 4],
    /// Region of the tag; zeros if it has none.
    region: [u8; 3],
}

impl Locale {
    /// Parses a language tag.
    ///
    /// # Errors
    /// `invalid_field` with the byte offset of the invalid subtag, and with the tag to write instead
    /// if the text can be understood; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        let read = Self::parse_stored(text);
        if let Ok(locale) = &read
            && !system::looks_like_a_tag_by_chance(&locale.tag)
        {
            return read;
        }
        if read.as_ref().is_err_and(|error| error.limit().is_some()) {
            return read;
        }
        let Some(meant) = system::read(text).locale() else {
            return read;
        };
        let reason = Bilingual::new(
            format!("is not a BCP 47 language tag; write {meant}"),
            format!("不是 BCP 47 语言标签；应写作 {meant}"),
        );
        let offset = read.err().and_then(|error| error.offset());
        let error = Error::invalid("", text, reason);
        Err(error.at_offset(offset.unwrap_or(meant.language().len() + 1)))
    }

    /// Parses a tag that an earlier build may have accepted.
    pub(crate) fn parse_stored(text: &str) -> Result<Self> {
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
        let meaning = Meaning::of(&tag);
        let normalised: Arc<str> = tag.text.as_str().into();
        Ok(Self {
            meaning: match meaning.text == tag.text {
                true => Arc::clone(&normalised),
                false => meaning.text.into(),
            },
            tag: normalised,
            language_len: meaning.language_len,
            script: meaning.script,
            region: meaning.region,
        })
    }

    /// Returns the normalised tag, such as `zh-CN`.
    pub fn as_str(&self) -> &str {
        &self.tag
    }

    /// Reports whether this locale, as a language range, takes in a reader of `reader`.
    ///
    /// The range's language must be the reader's, or the one that his falls back to; whatever else the
    /// range says must hold of him. A script may be implied on either side, so zh-CN takes in
    /// zh-Hans-SG and zh, and sr-Latn takes in sr-ME.
    pub(crate) fn takes_in(&self, reader: &Self) -> bool {
        let stand_in = reader.stand_in().map(|stand_in| stand_in.language);
        if self.language() != reader.language() && stand_in != Some(self.language()) {
            return false;
        }
        let rest = self.meaning.get(self.language_len..).unwrap_or_default();
        let mut of_reader = reader.meaning.split('-').skip(1);
        rest.split('-').filter(|part| !part.is_empty()).all(|part| {
            part.as_bytes() == reader.script
                || part.as_bytes() == reader.region_name()
                || of_reader.any(|own| own == part)
        })
    }

    /// Returns the language alone, such as `zh`.
    fn language(&self) -> &str {
        self.meaning.get(..self.language_len).unwrap_or_default()
    }

    fn region_name(&self) -> &[u8] {
        let len = self.region.iter().take_while(|byte| **byte != 0).count();
        self.region.get(..len).unwrap_or_default()
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

#[cfg(test)]
mod tests;
