//! Grammar of language tags (RFC 5646, section 2.1) and their conventional case (section 2.1.1).

use crate::{Bilingual, Error, Result};

/// Tags older than the grammar that do not follow it (`irregular` in RFC 5646).
const IRREGULAR: [&str; 17] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

/// A well-formed tag in its conventional case, split into its parts.
#[derive(Debug, Default)]
pub(super) struct Tag {
    pub(super) text: String,
    /// Length of the language in bytes; the whole length for a tag without one.
    pub(super) language_len: usize,
    /// Zeros if none.
    pub(super) script: [u8; 4],
    /// Two letters and a zero, three digits, or zeros if none.
    pub(super) region: [u8; 3],
    extension_language_len: usize,
    /// End of the language with all extended languages.
    extended_to: usize,
    /// Whether it is one of the tags that do not follow the grammar.
    pub(super) is_irregular: bool,
    /// Start of variants, extensions and private use.
    rest_at: usize,
}

/// Parts of a tag, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Language,
    ExtensionLanguage,
    Script,
    Region,
    Variant,
    /// A single letter that starts an extension, or `x`.
    Singleton,
    Extension,
    Private,
}

impl Tag {
    /// Parses a tag; `_` counts as `-`.
    pub(super) fn read(text: &str) -> Result<Self> {
        let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if let Some(offset) = text.find(odd) {
            return Err(fault(text, offset));
        }
        if let Some(known) = IRREGULAR.iter().find(|known| is_same_tag(known, text)) {
            return Ok(Self::irregular(known));
        }
        let mut tag = Self {
            text: String::with_capacity(text.len()),
            ..Self::default()
        };
        let mut extension_languages = 0;
        let mut part = Part::Language;
        let mut private = false;
        let mut offset = 0;
        for (n, subtag) in text.split(['-', '_']).enumerate() {
            let next = if n == 0 {
                first(subtag)
            } else {
                following(part, private, subtag)
            };
            part = next.ok_or_else(|| fault(text, offset))?;
            private |= part == Part::Singleton && subtag.eq_ignore_ascii_case("x");
            extension_languages += usize::from(part == Part::ExtensionLanguage);
            let too_many = extension_languages > 3;
            let misplaced = part == Part::ExtensionLanguage && tag.language_len > 3;
            if too_many || misplaced {
                return Err(fault(text, offset));
            }
            tag.push(part, subtag);
            offset += subtag.len() + 1;
        }
        if part == Part::Singleton {
            return Err(fault(text, text.len()));
        }
        if tag.language_len == 0 {
            tag.language_len = tag.text.len();
            tag.rest_at = tag.text.len();
        }
        Ok(tag)
    }

    pub(super) fn language(&self) -> &str {
        self.text.get(..self.language_len).unwrap_or_default()
    }

    /// Returns the first extended language, such as `yue` in `zh-yue`; empty if none.
    pub(super) fn extension_language(&self) -> &str {
        let start = self.language_len + 1;
        self.text
            .get(start..start + self.extension_language_len)
            .unwrap_or_default()
    }

    /// Returns all extended languages, with the hyphen before them; empty if none.
    pub(super) fn extension_languages(&self) -> &str {
        self.text
            .get(self.language_len..self.extended_to)
            .unwrap_or_default()
    }

    /// Returns variants, extensions and private use, with the hyphen before them; empty if none.
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.rest_at..).unwrap_or_default()
    }

    fn irregular(known: &str) -> Self {
        let language = known
            .split('-')
            .next()
            .filter(|language| language.len() > 1);
        Self {
            text: known.to_owned(),
            language_len: language.unwrap_or(known).len(),
            rest_at: known.len(),
            is_irregular: true,
            ..Self::default()
        }
    }

    /// Appends a subtag in its conventional case.
    fn push(&mut self, part: Part, subtag: &str) {
        if !self.text.is_empty() {
            self.text.push('-');
        }
        let start = self.text.len();
        self.text.push_str(subtag);
        let Some(written) = self.text.get_mut(start..) else {
            return;
        };
        written.make_ascii_lowercase();
        let old_script = matches!(written.as_bytes(), b"chs" | b"cht");
        match part {
            Part::Region => written.make_ascii_uppercase(),
            // `zh-CHS` and `zh-CHT` only look like extended languages.
            Part::ExtensionLanguage if old_script => written.make_ascii_uppercase(),
            Part::Script => {
                if let Some(initial) = written.get_mut(..1) {
                    initial.make_ascii_uppercase();
                }
            }
            _ => {}
        }
        match part {
            Part::Language => self.language_len = subtag.len(),
            Part::ExtensionLanguage => {
                if self.extension_language_len == 0 {
                    self.extension_language_len = subtag.len();
                }
                self.extended_to = self.text.len();
            }
            Part::Script => self.script = bytes(written),
            Part::Region => self.region = bytes(written),
            _ => {}
        }
        if part <= Part::Region {
            self.rest_at = self.text.len();
        }
    }
}

/// Reports whether `text` is the tag `known`, written with `-` or `_`, in whatever case.
fn is_same_tag(known: &str, text: &str) -> bool {
    known.len() == text.len()
        && known.bytes().zip(text.bytes()).all(|(known, byte)| {
            known.eq_ignore_ascii_case(&byte) || (known == b'-' && byte == b'_')
        })
}

/// Classifies the first subtag.
fn first(subtag: &str) -> Option<Part> {
    let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    match subtag.len() {
        1 if subtag.eq_ignore_ascii_case("x") => Some(Part::Singleton),
        2..=8 if letters => Some(Part::Language),
        _ => None,
    }
}

/// Classifies a subtag that follows one of `part`.
fn following(part: Part, private: bool, subtag: &str) -> Option<Part> {
    let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    let digits = subtag.bytes().all(|byte| byte.is_ascii_digit());
    let starts_with_digit = subtag
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit());
    match subtag.len() {
        1..=8 if private => Some(Part::Private),
        1 if part != Part::Singleton => Some(Part::Singleton),
        2..=8 if part >= Part::Singleton => Some(Part::Extension),
        3 if letters && part <= Part::ExtensionLanguage => Some(Part::ExtensionLanguage),
        4 if letters && part < Part::Script => Some(Part::Script),
        2 if letters && part < Part::Region => Some(Part::Region),
        3 if digits && part < Part::Region => Some(Part::Region),
        5..=8 if part <= Part::Variant => Some(Part::Variant),
        4 if starts_with_digit && part <= Part::Variant => Some(Part::Variant),
        _ => None,
    }
}

/// Returns the first bytes of `text`, padded with zeros.
fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, source) in bytes.iter_mut().zip(text.bytes()) {
        *byte = source;
    }
    bytes
}

fn fault(text: &str, offset: usize) -> Error {
    let reason = Bilingual::new(
        "invalid language tag; write a BCP 47 tag such as zh-CN, en or zh-Hant",
        "语言标签无效；应为 BCP 47 标签，例如 zh-CN、en 或 zh-Hant",
    );
    Error::invalid("", text, reason).at_offset(offset)
}
