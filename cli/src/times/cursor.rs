//! A place in a text that is being read.

use std::ops::Range;

/// A text and how much of it was read. Letters are read in lower case, and full-width forms as ASCII.
pub(super) struct Cursor {
    text: Vec<char>,
    place: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.chars().map(plain).collect(),
            place: 0,
        }
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    pub(super) fn go_to(&mut self, place: usize) {
        self.place = place;
    }

    pub(super) fn advance(&mut self) {
        self.place += 1;
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.place >= self.text.len()
    }

    /// The place of the whole text.
    pub(super) fn all(&self) -> Range<usize> {
        0..self.text.len()
    }

    /// The place of what was not read.
    pub(super) fn rest(&self) -> Range<usize> {
        self.place..self.text.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.place).copied()
    }

    /// The character behind the next one.
    pub(super) fn peek_behind(&self) -> Option<char> {
        self.text.get(self.place + 1).copied()
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_whitespace() || c == ',') {
            self.advance();
        }
    }

    /// Reads exactly this.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let mut place = self.place;
        for wanted in sign.chars() {
            if self.text.get(place) != Some(&wanted) {
                return false;
            }
            place += 1;
        }
        self.place = place;
        true
    }

    /// Reads a word of ASCII letters, which is not the beginning of a longer one.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let begin = self.place;
        if self.sign(word) && !self.peek().is_some_and(|c| c.is_ascii_alphabetic()) {
            return true;
        }
        self.place = begin;
        false
    }

    /// Reads the first of these that is there: words of ASCII, and signs of other scripts.
    pub(super) fn one_of<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        let found = table.iter().find(|(name, _)| match name.is_ascii() {
            true => self.word(name),
            false => self.sign(name),
        });
        found.map(|(_, value)| *value)
    }

    /// Reads decimal digits as a number, or the largest number if it is beyond; None if there are none.
    pub(super) fn number(&mut self) -> Option<u64> {
        let begin = self.place;
        let mut number = 0_u64;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(u64::from(digit));
            self.advance();
        }
        (self.place > begin).then_some(number)
    }

    /// How many digits come next.
    pub(super) fn digits(&self) -> usize {
        let rest = self.text.iter().skip(self.place);
        rest.take_while(|c| c.is_ascii_digit()).count()
    }
}

/// A character as it is read.
fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // Full-width forms stand at one distance from ASCII.
        '\u{FF01}'..='\u{FF5E}' => {
            let ascii = u32::from(c) - 0xFEE0;
            char::from_u32(ascii).unwrap_or(c).to_ascii_lowercase()
        }
        '\u{2212}' => '-',
        _ => c.to_ascii_lowercase(),
    }
}
