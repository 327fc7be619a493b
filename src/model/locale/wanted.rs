//! Locales that a reader wants, as systems write them.

use std::cmp::Reverse;
use std::ops::Deref;

use super::Locale;
use super::system::{Reading, is_named_by_windows, read};

/// The locales that a viewer wants, best first.
///
/// They are read as systems write them: `zh-CN`, `zh_CN.UTF-8`, `zh_CN@pinyin`, Java's `zh_CN_#Hans`,
/// Android's `zh-rCN` and `b+zh+Hans+CN`, `ja-JP-mac`, `zh-CHS`, `Chinese (Simplified)_China.936`, and
/// lists such as `zh_CN:zh:en` or `zh-CN,zh;q=0.9,en;q=0.8`. `C`, `POSIX`, `*` and an empty text want
/// nothing. Reading never fails: what cannot be read is passed over and kept in
/// [`unreadable`](Self::unreadable).
///
/// ```
/// use notice::WantedLocales;
/// let wanted = WantedLocales::read(["zh_CN.UTF-8", "", "中文", "en;q=0.5,de"]);
/// let tags: Vec<&str> = wanted.iter().map(|locale| locale.as_str()).collect();
/// assert_eq!(tags, ["zh-CN", "de", "en"]);
/// assert_eq!(wanted.unreadable(), ["中文"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WantedLocales {
    locales: Vec<Locale>,
    unreadable: Vec<String>,
}

/// Most locales that are kept, and most texts that could not be read; further ones are passed over.
/// Nobody reads so many languages, and each of them costs every query.
const MOST: usize = 256;
/// Kept of a text that cannot be read, in characters.
const SHOWN_CHARS: usize = 64;
/// Weight of a locale without one, in thousandths.
const FULL_WEIGHT: u32 = 1000;

impl WantedLocales {
    /// Reads locales, best first. Each text may itself be a list.
    pub fn read<I, S>(texts: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut wanted = Self::default();
        let mut weights = Vec::new();
        for text in texts {
            let text = text.as_ref();
            let is_list = text.contains(|c: char| {
                !c.is_ascii_alphanumeric() && (is_between(c) || matches!(c, ';' | ' ' | '='))
            });
            match is_list {
                true => wanted.add_list(text, &mut weights),
                false => wanted.add(text, FULL_WEIGHT, &mut weights),
            }
        }
        if weights.iter().any(|weight| *weight != FULL_WEIGHT) {
            let mut weighed: Vec<_> = weights.into_iter().zip(wanted.locales).collect();
            weighed.sort_by_key(|(weight, _)| Reverse(*weight));
            wanted.locales = weighed.into_iter().map(|(_, locale)| locale).collect();
        }
        wanted
    }

    /// Returns the locales that could be read, best first.
    pub fn as_slice(&self) -> &[Locale] {
        &self.locales
    }

    /// Returns the texts that could not be read, cut to 64 characters each.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// Returns texts that are read as this value again.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let locales = self.locales.iter().map(Locale::as_str);
        locales.chain(self.unreadable.iter().map(String::as_str))
    }

    fn add_list(&mut self, list: &str, weights: &mut Vec<u32>) {
        for element in list.split(is_between) {
            let mut weight = FULL_WEIGHT;
            let mut locales = Vec::new();
            let mut has_keywords = false;
            for part in element.split(';') {
                match weight_of(part) {
                    Some(given) => weight = given,
                    // ICU's en_US@currency=USD;calendar=buddhist
                    None if has_keywords && value(part) == part && part.contains('=') => {}
                    None => locales.push(value(part)),
                }
                has_keywords |= part.contains('@');
            }
            for locale in locales {
                if is_named_by_windows(locale) {
                    self.add(locale, weight, weights);
                    continue;
                }
                let words = locale.split_whitespace();
                for word in words.filter(|word| weight_of(word).is_none()) {
                    self.add(value(word), weight, weights);
                }
            }
        }
    }

    fn add(&mut self, text: &str, weight: u32, weights: &mut Vec<u32>) {
        if weight == 0 {
            return;
        }
        match read(text) {
            Reading::Nothing => {}
            Reading::Locale(locale) => {
                if self.keep(locale) {
                    weights.push(weight);
                }
            }
            Reading::Unreadable => self.pass_over(text),
        }
    }

    /// Keeps a locale unless it is there already; false if it is not new or there are too many.
    fn keep(&mut self, locale: Locale) -> bool {
        if self.locales.contains(&locale) {
            return false;
        }
        let has_room = self.locales.len() < MOST;
        match has_room {
            true => self.locales.push(locale),
            false => self.pass_over(locale.as_str()),
        }
        has_room
    }

    fn pass_over(&mut self, text: &str) {
        if self.unreadable.len() < MOST {
            self.unreadable
                .push(text.chars().take(SHOWN_CHARS).collect());
        }
    }
}

/// Separators of lists: of Accept-Language, of LANGUAGE, and of what setlocale returns.
fn is_between(c: char) -> bool {
    matches!(
        c,
        ',' | '，' | '、' | ':' | '|' | '/' | '\n' | '\r' | '\t' | '\0'
    )
}

/// Returns the value of what may be a variable with its value, such as `LC_CTYPE=zh_CN.UTF-8`.
fn value(text: &str) -> &str {
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    match text.split_once('=') {
        Some((name, rest)) if name.len() > 1 && name.trim().bytes().all(is_letter) => value(rest),
        _ => text,
    }
}

/// Reads a weight such as `q=0.8`, in thousandths; None for anything else. What is no number counts as
/// the full weight.
fn weight_of(text: &str) -> Option<u32> {
    let rest = text.trim().strip_prefix(['q', 'Q'])?.trim_start();
    let number = rest.strip_prefix('=')?.trim().parse::<f32>();
    Some(match number {
        // Rounded, and never negative.
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u32,
        _ => FULL_WEIGHT,
    })
}

impl Deref for WantedLocales {
    type Target = [Locale];

    fn deref(&self) -> &[Locale] {
        &self.locales
    }
}

impl FromIterator<Locale> for WantedLocales {
    fn from_iter<I: IntoIterator<Item = Locale>>(locales: I) -> Self {
        let mut wanted = Self::default();
        for locale in locales {
            wanted.keep(locale);
        }
        wanted
    }
}
