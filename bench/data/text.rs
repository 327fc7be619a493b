//! Sentences.

use super::numbers::{Numbers, Zipf};
use super::words;

/// How many names there are, of people, places and machines.
const NAMES: usize = 4000;
/// The characters that Chinese names are made of: this many from the beginning of the unified ideographs.
const NAME_CHARACTERS: u32 = 4000;

/// What a language's sentences are made of.
#[derive(Debug)]
pub(crate) struct Language {
    words: Vec<String>,
    phrases: Vec<String>,
    names: Vec<String>,
    word: Zipf,
    phrase: Zipf,
    name: Zipf,
    /// Between two words.
    between: &'static str,
    pause: &'static str,
    stop: &'static str,
}

impl Language {
    /// Chinese, with names that `numbers` decides.
    pub(crate) fn chinese(numbers: &mut Numbers) -> Self {
        let mut character = || {
            let code = 0x4e00 + numbers.below(NAME_CHARACTERS as usize) as u32;
            char::from_u32(code).unwrap_or('王')
        };
        let names = (0..NAMES).map(|_| [character(), character()].iter().collect());
        Self::new(
            names.collect(),
            words::CHINESE.split_whitespace(),
            words::CHINESE_PHRASES.split_whitespace(),
            ["", "，", "。"],
        )
    }

    /// English, with names that `numbers` decides.
    pub(crate) fn english(numbers: &mut Numbers) -> Self {
        let syllables: Vec<&str> = words::SYLLABLES.split_whitespace().collect();
        let mut name = || {
            let count = 2 + numbers.below(3);
            let parts = (0..count).filter_map(|_| numbers.of(&syllables).copied());
            capitalised(&parts.collect::<String>())
        };
        Self::new(
            (0..NAMES).map(|_| name()).collect(),
            words::ENGLISH.split_whitespace(),
            words::ENGLISH_PHRASES.split('|'),
            [" ", ", ", ". "],
        )
    }

    fn new<'a>(
        names: Vec<String>,
        words: impl Iterator<Item = &'a str>,
        phrases: impl Iterator<Item = &'a str>,
        [between, pause, stop]: [&'static str; 3],
    ) -> Self {
        let words: Vec<String> = words.map(str::to_owned).collect();
        let phrases: Vec<String> = phrases.map(str::to_owned).collect();
        Self {
            word: Zipf::new(words.len()),
            phrase: Zipf::new(phrases.len()),
            name: Zipf::new(names.len()),
            words,
            phrases,
            names,
            between,
            pause,
            stop,
        }
    }

    /// Sentences of at least `bytes` bytes, and little more.
    pub(crate) fn text(&self, numbers: &mut Numbers, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 64);
        let mut is_start = true;
        let mut left = 4 + numbers.below(10);
        while text.len() < bytes {
            let piece = match numbers.below(1000) {
                0..40 => self.phrases.get(self.phrase.draw(numbers)),
                40..70 => self.names.get(self.name.draw(numbers)),
                _ => self.words.get(self.word.draw(numbers)),
            };
            let Some(piece) = piece else { break };
            if is_start {
                text.push_str(&capitalised(piece));
            } else {
                text.push_str(self.between);
                text.push_str(piece);
            }
            is_start = false;
            left -= 1;
            if left == 0 {
                text.push_str(self.stop);
                left = 4 + numbers.below(10);
                is_start = true;
            } else if numbers.per_mille(100) {
                text.push_str(self.pause.trim_end());
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// With a large first letter, if it has one.
fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_about_the_wanted_size() {
        let mut numbers = Numbers::new(3);
        for language in [
            Language::chinese(&mut numbers),
            Language::english(&mut numbers),
        ] {
            for _ in 0..100 {
                let text = language.text(&mut numbers, 800);
                assert!((795..880).contains(&text.len()), "{}", text.len());
            }
        }
    }
}
