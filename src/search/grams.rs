//! Grams: what the index keeps of a text, and what a needle requires.
//!
//! A normalised text contributes each character of an unspaced script and each symbol; each pair of
//! neighbours, one of an unspaced script and the other too, or a letter or digit; and each word by
//! its first one, two and three characters and, if it is longer, as a whole.

use super::needle::Needle;
use super::words::{Class, class};

/// Up to three characters in one number. The start of a word never has the number of a single
/// character or a pair, because it consists of letters, digits and marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Gram(pub(crate) u64);

/// Longest start of a word that is a gram, in characters.
pub(crate) const GRAM_CHARS: usize = 3;
/// Characters of a word that the dictionary keeps.
pub(crate) const WORD_CHARS: usize = 32;

/// Unit of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A character of an unspaced script, or a symbol.
    Char(char),
    /// Two neighbouring characters, at least one of an unspaced script and the other no symbol.
    /// Follows the `Char` or `Word` of each of them.
    Pair(char, char),
    /// A run of letters, digits and their marks.
    Word {
        /// The whole run.
        text: &'a str,
        /// Whether only marks precede it, so that it might continue a longer word in a longer text.
        is_first: bool,
        /// Whether nothing follows it, so that it might continue in a longer text.
        is_last: bool,
    },
}

/// Condition on the index for a needle to occur in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need<'a> {
    /// This gram.
    Gram(Gram),
    /// This word, in its dictionary form.
    Word(&'a str),
    /// Any word of the dictionary with this prefix, which is longer than a gram.
    Prefix(&'a str),
}

/// Conditions that a needle puts on the index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Needs<'a> {
    /// Conditions that must all hold for one text. If empty, the index cannot help.
    pub(crate) all: Vec<Need<'a>>,
    /// Whether every text that meets them contains the needle.
    pub(crate) is_exact: bool,
}

/// Splits text into tokens.
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Character before `at`, if it can start a pair.
    left: Option<char>,
    /// Pair that follows a character already returned.
    pair: Option<(char, char)>,
    only_marks_yet: bool,
}

impl Gram {
    const CHAR_BITS: u32 = 21;

    /// Returns the gram of one character.
    pub(crate) fn of_char(c: char) -> Self {
        Self(u64::from(u32::from(c)) << (2 * Self::CHAR_BITS))
    }

    /// Returns the gram of two neighbours.
    pub(crate) fn of_pair(left: char, right: char) -> Self {
        Self(Self::of_char(left).0 | u64::from(u32::from(right)) << Self::CHAR_BITS)
    }

    /// Returns the grams of a word's first one, two and three characters, as far as it has them.
    pub(crate) fn of_word(word: &str) -> impl Iterator<Item = Self> {
        let mut sum = 0;
        word.chars()
            .take(GRAM_CHARS)
            .zip([2 * Self::CHAR_BITS, Self::CHAR_BITS, 0])
            .map(move |(c, shift)| {
                sum |= u64::from(u32::from(c)) << shift;
                Self(sum)
            })
    }
}

impl<'a> Tokens<'a> {
    /// Splits `text`, which must be normalised.
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            left: None,
            pair: None,
            only_marks_yet: true,
        }
    }

    fn word(&mut self, start: usize) -> Token<'a> {
        let rest = self.text.get(start..).unwrap_or("");
        let goes_on = |c: char| matches!(class(c), Class::Letter | Class::Mark);
        let len = rest.find(|c| !goes_on(c)).unwrap_or(rest.len());
        let text = rest.get(..len).unwrap_or("");
        self.at = start + len;
        self.pair = self.left.take().zip(text.chars().next());
        self.left = text
            .chars()
            .next_back()
            .filter(|c| class(*c) == Class::Letter);
        Token::Word {
            text,
            is_first: std::mem::replace(&mut self.only_marks_yet, false),
            is_last: len == rest.len(),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some((left, right)) = self.pair.take() {
            return Some(Token::Pair(left, right));
        }
        loop {
            let c = self.text.get(self.at..)?.chars().next()?;
            let start = self.at;
            let class = class(c);
            if class == Class::Letter {
                return Some(self.word(start));
            }
            self.at += c.len_utf8();
            let left = self.left.take();
            if class == Class::Mark {
                continue;
            }
            self.only_marks_yet = false;
            match class {
                Class::Unspaced => {
                    self.pair = left.map(|left| (left, c));
                    self.left = Some(c);
                    return Some(Token::Char(c));
                }
                Class::Other => return Some(Token::Char(c)),
                _ => {}
            }
        }
    }
}

impl<'a> Needs<'a> {
    /// Returns the conditions that `needle` puts on the index.
    pub(crate) fn of(needle: &'a Needle) -> Self {
        let mut needs = Self::default();
        let tokens: Vec<Token<'a>> = Tokens::new(needle.text()).collect();
        let is_left = |c: char, at: Option<&Token<'_>>| matches!(at, Some(Token::Pair(left, _)) if *left == c);
        let is_right = |c: char, at: Option<&Token<'_>>| matches!(at, Some(Token::Pair(_, right)) if *right == c);
        for (index, token) in tokens.iter().enumerate() {
            // The pair with the character before comes next; the pair with the character after
            // comes one token later.
            let (next, after_next) = (tokens.get(index + 1), tokens.get(index + 2));
            match *token {
                Token::Pair(left, right) => {
                    needs.all.push(Need::Gram(Gram::of_pair(left, right)));
                }
                // A pair covers both of its characters.
                Token::Char(c) if is_right(c, next) || is_left(c, after_next) => {}
                Token::Char(c) => needs.all.push(Need::Gram(Gram::of_char(c))),
                Token::Word { is_first: true, .. } if !needle.starts_word() => {}
                Token::Word { text, is_last, .. } => {
                    let may_go_on = is_last && !needle.ends_word();
                    let mut chars = text.chars();
                    let is_in_pair = chars.next().is_some_and(|c| is_right(c, next));
                    if !(is_in_pair && may_go_on && chars.next().is_none()) {
                        needs.all.extend(need_of_word(text, may_go_on));
                    }
                }
            }
        }
        needs.is_exact = is_exact(needle, &tokens, &needs.all);
        needs
    }
}

/// Returns the part of a word that the dictionary keeps; None for a word that is a gram.
pub(crate) fn dictionary_form(word: &str) -> Option<&str> {
    let is_longer = word.chars().nth(GRAM_CHARS).is_some();
    is_longer.then(|| cut(word))
}

fn cut(word: &str) -> &str {
    let end = word.char_indices().nth(WORD_CHARS).map(|(at, _)| at);
    end.and_then(|end| word.get(..end)).unwrap_or(word)
}

fn need_of_word(word: &str, may_go_on: bool) -> Option<Need<'_>> {
    match dictionary_form(word) {
        Some(form) if may_go_on && form.len() == word.len() => Some(Need::Prefix(form)),
        Some(form) => Some(Need::Word(form)),
        None => Gram::of_word(word).last().map(Need::Gram),
    }
}

fn is_exact(needle: &Needle, tokens: &[Token<'_>], needs: &[Need<'_>]) -> bool {
    let mut chars = needle.text().chars();
    let chars = (chars.next(), chars.next(), chars.next());
    match (needs, tokens) {
        ([Need::Gram(gram)], [Token::Char(c)]) => {
            chars == (Some(*c), None, None) && *gram == Gram::of_char(*c)
        }
        ([Need::Gram(gram)], [_, _, Token::Pair(left, right)]) => {
            chars == (Some(*left), Some(*right), None) && *gram == Gram::of_pair(*left, *right)
        }
        ([need], [Token::Word { text, .. }]) => {
            let is_all = text.len() == needle.text().len();
            let is_uncut = dictionary_form(text).is_none_or(|form| form.len() == text.len());
            // A gram does not show whether the word ends there.
            let tells_end = !needle.ends_word() || matches!(need, Need::Word(_));
            // The end of a word is unknown when the dictionary truncates it.
            let end_is_kept = !needle.ends_word() || text.chars().count() < WORD_CHARS;
            is_all && is_uncut && tells_end && end_is_kept
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(needle: &Needle) -> (Vec<Need<'_>>, bool) {
        let needs = Needs::of(needle);
        (needs.all, needs.is_exact)
    }

    fn word(text: &str) -> Need<'_> {
        Need::Gram(Gram::of_word(text).last().unwrap())
    }

    fn pair(left: char, right: char) -> Need<'static> {
        Need::Gram(Gram::of_pair(left, right))
    }

    fn single(c: char) -> Need<'static> {
        Need::Gram(Gram::of_char(c))
    }

    #[test]
    fn text_is_cut_into_characters_pairs_and_words() {
        let tokens: Vec<_> = Tokens::new("x\u{302}y系统a\u{301}护か\u{309A}き-b").collect();
        let word = |text, is_first, is_last| Token::Word {
            text,
            is_first,
            is_last,
        };
        assert_eq!(
            tokens,
            [
                word("x\u{302}y", true, false),
                Token::Char('系'),
                Token::Pair('y', '系'),
                Token::Char('统'),
                Token::Pair('系', '统'),
                word("a\u{301}", false, false),
                Token::Pair('统', 'a'),
                Token::Char('护'),
                Token::Char('か'),
                Token::Pair('护', 'か'),
                Token::Char('き'),
                Token::Char('-'),
                word("b", false, true),
            ]
        );
    }

    #[test]
    fn grams_of_different_things_differ() {
        let word: Vec<_> = Gram::of_word("abcd").collect();
        assert_eq!(word.len(), 3);
        assert_eq!(word[0], Gram::of_char('a'));
        assert_eq!(word[1], Gram::of_pair('a', 'b'));
        assert_ne!(Gram::of_pair('系', '统'), Gram::of_pair('统', '系'));
        assert_ne!(Gram::of_char('\u{10FFFF}'), Gram::of_char('\u{FFFF}'));
    }

    #[test]
    fn one_or_two_characters_and_one_word_need_no_second_look() {
        assert_eq!(needs(&Needle::term("护")), (vec![single('护')], true));
        assert_eq!(needs(&Needle::term("+")), (vec![single('+')], true));
        assert_eq!(needs(&Needle::term("维护")), (vec![pair('维', '护')], true));
        assert_eq!(needs(&Needle::term("5月")), (vec![pair('5', '月')], true));
        assert_eq!(needs(&Needle::term("第5")), (vec![pair('第', '5')], true));
        assert_eq!(needs(&Needle::term("win")), (vec![word("win")], true));
        assert_eq!(
            needs(&Needle::term("windows")),
            (vec![Need::Prefix("windows")], true)
        );
        assert_eq!(
            needs(&Needle::phrase("windows")),
            (vec![Need::Word("windows")], true)
        );
    }

    #[test]
    fn longer_needles_are_narrowed_and_looked_at_again() {
        assert_eq!(
            needs(&Needle::term("系统维")),
            (vec![pair('系', '统'), pair('统', '维')], false)
        );
        assert_eq!(
            needs(&Needle::term("8.1")),
            (vec![word("8"), single('.'), word("1")], false)
        );
        assert_eq!(needs(&Needle::phrase("win")), (vec![word("win")], false));
        assert_eq!(
            needs(&Needle::phrase("windows server")),
            (vec![Need::Word("windows"), Need::Word("server")], false)
        );
    }

    #[test]
    fn the_first_word_of_a_substring_may_be_the_end_of_a_word() {
        assert_eq!(
            needs(&Needle::term("dows维")),
            (vec![pair('s', '维')], false)
        );
        assert_eq!(
            needs(&Needle::term("维windows")),
            (vec![Need::Prefix("windows"), pair('维', 'w')], false)
        );
        assert_eq!(
            needs(&Needle::term("x\u{302}维 a")),
            (vec![single('维'), word("a")], false)
        );
    }

    #[test]
    fn very_long_words_are_cut_and_looked_at_again() {
        let long = "a".repeat(WORD_CHARS + 1);
        let kept = &long[..WORD_CHARS];
        assert_eq!(needs(&Needle::term(&long)), (vec![Need::Word(kept)], false));
        assert_eq!(needs(&Needle::term(kept)), (vec![Need::Prefix(kept)], true));
        assert_eq!(
            needs(&Needle::phrase(kept)),
            (vec![Need::Word(kept)], false)
        );
    }

    #[test]
    fn a_needle_of_marks_alone_asks_nothing() {
        assert_eq!(needs(&Needle::term("\u{301}")), (vec![], false));
    }
}
