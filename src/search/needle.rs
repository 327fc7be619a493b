//! Needles: terms and phrases, prepared for finding in normalised text.

use std::ops::Range;

use memchr::memmem::Finder;

use super::normalise::{is_fixed_ideograph, keeps_ideographs};
use super::words::{Class, class, is_unspaced, is_word_end, is_word_start};

/// A search term in normal form, never empty.
///
/// A needle with any character of an unspaced script matches anywhere. Any other needle that starts
/// with a letter or digit matches only at the start of a word. A phrase that ends with one matches
/// only at the end of a word.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    text: Box<str>,
    finder: Finder<'static>,
    starts_word: bool,
    ends_word: bool,
    #[cfg(test)]
    is_phrase: bool,
    is_ideographs: bool,
}

impl Needle {
    /// Creates a term, whose last word may continue in the text.
    pub(crate) fn term(normalised: &str) -> Self {
        let anywhere = normalised.chars().any(is_unspaced);
        let first = normalised.chars().next().map(class);
        Self {
            text: normalised.into(),
            finder: Finder::new(normalised).into_owned(),
            starts_word: !anywhere && first == Some(Class::Letter),
            ends_word: false,
            #[cfg(test)]
            is_phrase: false,
            is_ideographs: normalised.chars().all(is_fixed_ideograph),
        }
    }

    /// Creates a phrase, whose words are all complete.
    pub(crate) fn phrase(normalised: &str) -> Self {
        let term = Self::term(normalised);
        let anywhere = normalised.chars().any(is_unspaced);
        let last = normalised.chars().next_back().map(class);
        Self {
            ends_word: !anywhere && matches!(last, Some(Class::Letter | Class::Mark)),
            #[cfg(test)]
            is_phrase: true,
            ..term
        }
    }

    /// Returns the normal form.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Reports whether it consists of characters that normalising never changes.
    pub(crate) fn is_ideographs(&self) -> bool {
        self.is_ideographs
    }

    /// Reports whether it was written as a phrase.
    #[cfg(test)]
    pub(crate) fn is_phrase(&self) -> bool {
        self.is_phrase
    }

    /// Reports whether it matches only at the start of a word.
    pub(crate) fn starts_word(&self) -> bool {
        self.starts_word
    }

    /// Reports whether it matches only at the end of a word.
    pub(crate) fn ends_word(&self) -> bool {
        self.ends_word
    }

    /// Reports whether it occurs in `text`, which must be normalised.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }

    /// Reports whether it occurs in a text that is *not* normalised; None if that cannot be decided
    /// without normalising.
    pub(crate) fn is_in_original(&self, original: &str) -> Option<bool> {
        if !self.is_ideographs {
            return None;
        }
        let is_there = self.finder.find(original.as_bytes()).is_some();
        (is_there || keeps_ideographs(original)).then_some(is_there)
    }

    /// Returns its occurrences in normalised `text`: byte ranges in order, without overlaps.
    pub(crate) fn hits<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = self.find(text, from)?;
            from = start + self.text.len();
            Some(start..from)
        })
    }

    fn find(&self, text: &str, mut from: usize) -> Option<usize> {
        loop {
            let rest = text.get(from..)?;
            let start = from + self.finder.find(rest.as_bytes())?;
            let end = start + self.text.len();
            if (!self.starts_word || is_word_start(text, start))
                && (!self.ends_word || is_word_end(text, end))
            {
                return Some(start);
            }
            // A rejected place may overlap the next accepted one.
            from = start + text.get(start..)?.chars().next()?.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term_is_in(term: &str, text: &str) -> bool {
        Needle::term(term).is_in(text)
    }

    fn phrase_is_in(phrase: &str, text: &str) -> bool {
        Needle::phrase(phrase).is_in(text)
    }

    #[test]
    fn a_term_with_a_cjk_character_is_found_anywhere() {
        assert!(term_is_in("护", "系统维护"));
        assert!(term_is_in("in维", "win维护"));
        assert!(term_is_in("지", "신규공지"));
    }

    #[test]
    fn a_term_of_letters_is_found_where_a_word_begins() {
        assert!(term_is_in("win", "for windows"));
        assert!(term_is_in("win", "win11"));
        assert!(term_is_in("win", "升级win11"));
        assert!(!term_is_in("dows", "windows"));
        assert!(term_is_in("8.1.3", "版本v 8.1.31"));
        assert!(!term_is_in("8.1.3", "18.1.3"));
        assert!(term_is_in("c++", "in c++17"));
        assert!(term_is_in("e-mail", "(e-mails)"));
    }

    #[test]
    fn a_term_of_punctuation_is_found_anywhere() {
        assert!(term_is_in("++", "c++"));
        assert!(term_is_in(".net", "asp.net"));
        assert!(term_is_in("🎉", "ok🎉🎉"));
    }

    #[test]
    fn a_phrase_has_whole_words() {
        assert!(phrase_is_in("new york", "in new york!"));
        assert!(!phrase_is_in("new york", "in new yorker"));
        assert!(!phrase_is_in("new york", "anew york"));
        assert!(!phrase_is_in("x", "x\u{302}"));
        assert!(phrase_is_in("c++", "c++17"));
        assert!(phrase_is_in("统 w", "系统 win"));
    }

    #[test]
    fn hits_do_not_overlap_and_none_is_missed_after_a_refused_one() {
        let starts = |needle: &Needle, text: &str| -> Vec<usize> {
            needle.hits(text).map(|range| range.start).collect()
        };
        assert_eq!(starts(&Needle::term("啊啊"), "啊啊啊啊啊"), [0, 6]);
        assert_eq!(starts(&Needle::term("a-a"), "xa-a-a"), [3]);
    }
}
