//! Words, and scripts that are written without blanks between words.

use unicode_normalization::char::is_combining_mark;

/// Class of a character for a search. Defined for normalised text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A character of an unspaced script, where blanks do not separate words, so that only a
    /// substring search finds a word: Han, Kana, Hangul, Bopomofo, and the scripts of mainland
    /// Southeast Asia. Korean does write blanks, but attaches particles and builds compounds.
    Unspaced,
    /// A letter or digit of any other script.
    Letter,
    /// A combining mark: it belongs to the character before it.
    Mark,
    /// White space.
    Blank,
    /// Punctuation, symbols, emoji, control characters.
    Other,
}

/// Returns the class of `c`.
pub(crate) fn class(c: char) -> Class {
    match c {
        'a'..='z' | '0'..='9' | 'A'..='Z' => Class::Letter,
        '\0'..='\x7f' if c.is_ascii_whitespace() || c == '\x0b' => Class::Blank,
        '\0'..='\x7f' => Class::Other,
        _ if is_unspaced(c) => Class::Unspaced,
        _ if is_combining_mark(c) => Class::Mark,
        _ if c.is_alphanumeric() => Class::Letter,
        _ if c.is_whitespace() => Class::Blank,
        _ => Class::Other,
    }
}

/// Reports whether `c` belongs to an unspaced script. The ranges are blocks of the Unicode
/// character database, without the punctuation, digits and spacing marks in them.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{3400}'..='\u{4DBF}'
        | '\u{20000}'..='\u{3FFFF}' // Han beyond the BMP: planes 2 and 3
        | '\u{F900}'..='\u{FAFF}'
        | '\u{2E80}'..='\u{2FDF}' // radicals
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303C}'
        | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' // Hiragana
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' // Katakana
        | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9D}'
        | '\u{1AFF0}'..='\u{1B16F}' // Kana beyond the BMP
        | '\u{AC00}'..='\u{D7A3}' // Hangul
        | '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}'
        | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}'
        | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}' // Bopomofo
        | '\u{A000}'..='\u{A48C}' // Yi
        | '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' // Thai
        | '\u{0E81}'..='\u{0ECE}' | '\u{0EDC}'..='\u{0EDF}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}' // Myanmar
        | '\u{1780}'..='\u{17D3}' // Khmer
    )
}

/// Reports whether a word may start at byte `at` of `text`: after the start of the text, a
/// character that is no letter or digit, or an unspaced script; and a number also after a letter, as in
/// v2.0. Marks belong to the character before them.
pub(crate) fn is_word_start(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or("").chars().rev();
    match before.find(|c| class(*c) != Class::Mark) {
        Some(base) if class(base) == Class::Letter => {
            let next = text.get(at..).and_then(|rest| rest.chars().next());
            !base.is_numeric() && next.is_some_and(char::is_numeric)
        }
        _ => true,
    }
}

/// Returns the ends of a word that begin with a number after a letter: `2` of `v2`.
pub(crate) fn numbers_in(word: &str) -> impl Iterator<Item = &str> {
    let mut is_after_letter = false;
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let places = word.char_indices().filter(move |_| !is_plain);
    places.filter_map(move |(at, c)| {
        let is_numeric = c.is_numeric();
        let starts = is_numeric && is_after_letter;
        if class(c) != Class::Mark {
            is_after_letter = !is_numeric;
        }
        starts.then(|| word.get(at..)).flatten()
    })
}

/// Reports whether a word that reaches byte `at` of `text` ends there: no letter, digit or mark
/// follows.
pub(crate) fn is_word_end(text: &str, at: usize) -> bool {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    !matches!(next.map(class), Some(Class::Letter | Class::Mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_east_asian_scripts_are_unspaced_beyond_the_bmp_too() {
        for c in "维護々〇ひカー공ㄅ𠮷𰻝𪛖ㇰ𛀀".chars() {
            assert_eq!(class(c), Class::Unspaced, "{c} U+{:04X}", c as u32);
        }
    }

    #[test]
    fn letters_digits_marks_blanks_and_symbols_are_told_apart() {
        for c in "azÉßжאعह09٣".chars() {
            assert_eq!(class(c), Class::Letter, "{c}");
        }
        for c in "\u{301}\u{3099}\u{93F}\u{20DD}".chars() {
            assert_eq!(class(c), Class::Mark, "{c}");
        }
        for c in " \t\n\u{3000}\u{A0}".chars() {
            assert_eq!(class(c), Class::Blank, "{c:?}");
        }
        for c in "_+-.,、。・「」🎉￥\0".chars() {
            assert_eq!(class(c), Class::Other, "{c:?}");
        }
    }

    #[test]
    fn a_word_starts_after_what_is_no_letter_and_after_unspaced_text() {
        assert!(is_word_start("win", 0));
        assert!(is_word_start("a win", 2));
        assert!(is_word_start("装win", 3));
        assert!(is_word_start("x_win", 2));
        assert!(!is_word_start("awin", 1));
        assert!(!is_word_start("x\u{302}win", 3));
        assert!(is_word_start("-\u{302}win", 3));
    }

    #[test]
    fn a_number_starts_a_word_after_a_letter_too() {
        assert!(is_word_start("v2.0", 1));
        assert!(is_word_start("0x8007", 2));
        assert!(is_word_start("x\u{302}7", 3));
        assert!(!is_word_start("18.1", 1));
        assert!(!is_word_start("2nd", 1));
        let numbers = |word| numbers_in(word).collect::<Vec<_>>();
        assert_eq!(numbers("win"), [""; 0]);
        assert_eq!(numbers("win11"), ["11"]);
        assert_eq!(numbers("0x80a7"), ["80a7", "7"]);
        assert_eq!(numbers("11"), [""; 0]);
        assert_eq!(numbers("ж7"), ["7"]);
        assert_eq!(numbers("x\u{93F}7\u{93F}8"), ["7\u{93F}8"]);
    }

    #[test]
    fn a_word_ends_before_what_is_no_letter_and_no_mark() {
        assert!(is_word_end("win", 3));
        assert!(is_word_end("win 11", 3));
        assert!(is_word_end("win版", 3));
        assert!(!is_word_end("win11", 3));
        assert!(!is_word_end("x\u{302}", 1));
    }
}
