//! Characters of names and titles: what can be seen, what is only there to mislead.

use crate::error::{Bilingual, Error, Result};

/// Characters that show nothing: the default ignorable ones of Unicode 16, without those that join and vary
/// visible ones, and the blank Braille pattern.
const INVISIBLE: [(u32, u32); 19] = [
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE001F),
    (0xE0080, 0xE00FF),
];

/// Characters that join or vary their neighbours, in emoji and in several scripts: they show nothing alone.
const JOINING: [(u32, u32); 4] = [
    (0x200C, 0x200D),
    (0xFE00, 0xFE0F),
    (0xE0020, 0xE007F),
    (0xE0100, 0xE01EF),
];

fn is_in(ranges: &[(u32, u32)], c: char) -> bool {
    let code = u32::from(c);
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code))
}

/// Reports whether a character can be seen.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !is_in(&INVISIBLE, c) && !is_in(&JOINING, c)
}

/// Reports whether a character may be part of a name. U+FFFE and U+FFFF are no characters.
fn is_printable(c: char) -> bool {
    !c.is_control() && !is_in(&INVISIBLE, c) && !matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF)
}

/// Refuses a name with a character that cannot be seen, or with a blank at either end. An empty name is
/// none.
pub(super) fn check_name(path: &str, name: &str) -> Result<()> {
    check_printable(path, name)?;
    let blank = match name.chars().next_back() {
        _ if name.starts_with(char::is_whitespace) => Some(0),
        Some(last) if last.is_whitespace() => Some(name.len() - last.len_utf8()),
        _ => None,
    };
    if let Some(offset) = blank {
        let reason = Bilingual::new("must not begin or end with a blank", "首尾不能有空白字符");
        return Err(Error::invalid(path, name, reason).at_offset(offset));
    }
    match name.is_empty() || name.chars().any(is_visible) {
        true => Ok(()),
        false => Err(unseen(path, name)),
    }
}

/// Refuses a text with a character that cannot be seen.
pub(super) fn check_printable(path: &str, text: &str) -> Result<()> {
    match text.char_indices().find(|(_, c)| !is_printable(*c)) {
        Some((offset, _)) => {
            let reason = Bilingual::new(
                "must contain only printable characters",
                "只能包含可打印字符",
            );
            Err(Error::invalid(path, text, reason).at_offset(offset))
        }
        None => Ok(()),
    }
}

/// Refuses a text that shows nothing.
pub(super) fn check_visible(path: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        let reason = Bilingual::new("must not be empty", "不能为空");
        return Err(Error::invalid(path, text, reason));
    }
    match text.chars().any(is_visible) {
        true => Ok(()),
        false => Err(unseen(path, text)),
    }
}

fn unseen(path: &str, text: &str) -> Error {
    let reason = Bilingual::new("must have a visible character", "至少要有一个可见字符");
    Error::invalid(path, text, reason)
}

/// Refuses control characters, and bidirectional controls without their ends, which would turn around what
/// follows the text. A text with `lines` may have line ends and tabs.
pub(super) fn check_controls(path: &str, text: &str, lines: bool) -> Result<()> {
    let is_allowed = |c: char| !c.is_control() || (lines && matches!(c, '\n' | '\r' | '\t'));
    if let Some((offset, _)) = text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        let reason = match lines {
            true => Bilingual::new(
                "must not contain control characters other than line ends and tabs",
                "除换行和制表符外不能包含控制字符",
            ),
            false => Bilingual::new(
                "must not contain control characters, such as line ends",
                "不能包含换行等控制字符",
            ),
        };
        return Err(Error::invalid(path, text, reason).at_offset(offset));
    }
    match unbalanced(text) {
        Some(offset) => {
            let reason = Bilingual::new(
                "must close each bidirectional control in the order of opening (U+202C, U+2069)",
                "双向文本控制符必须成对并按顺序结束（U+202C、U+2069）",
            );
            Err(Error::invalid(path, text, reason).at_offset(offset))
        }
        None => Ok(()),
    }
}

/// Returns the byte of the first bidirectional control that is not closed, or that closes nothing.
fn unbalanced(text: &str) -> Option<usize> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (offset, c) in text.char_indices() {
        match c {
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => open.push((offset, '\u{202C}')),
            '\u{2066}'..='\u{2068}' => open.push((offset, '\u{2069}')),
            '\u{202C}' | '\u{2069}' if open.pop().is_none_or(|(_, end)| end != c) => {
                return Some(offset);
            }
            _ => {}
        }
    }
    open.first().map(|(offset, _)| *offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_any_text_that_can_be_seen() {
        for name in [
            "",
            "a",
            "https://example.com/?p=123&q=a b",
            "tag:example.com,2024:1",
            "urn:oid:2.49.0.1.840.0,2024-01-01T00:00:00-00:00,x",
            "系统维护-1",
            "می\u{200c}خواهم",
            "👨\u{200d}👩\u{200d}👧",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "❤\u{fe0f}",
            "e\u{301}",
        ] {
            assert_eq!(check_name("key", name), Ok(()), "{name:?}");
        }
        for (name, offset) in [
            (" a", Some(0)),
            ("a ", Some(1)),
            ("系\u{3000}", Some(3)),
            ("a\u{a0}", Some(1)),
            ("a\nb", Some(1)),
            ("a\u{7f}", Some(1)),
            ("a\u{85}b", Some(1)),
            ("a\u{200b}b", Some(1)),
            ("\u{feff}a", Some(0)),
            ("a\u{202e}b", Some(1)),
            ("a\u{2028}b", Some(1)),
            ("a\u{ffff}", Some(1)),
            ("\u{200d}", None),
            ("\u{fe0f}", None),
        ] {
            let error = check_name("key", name).unwrap_err();
            assert_eq!(
                (error.path(), error.offset()),
                (Some("key"), offset),
                "{name:?}"
            );
        }
    }

    #[test]
    fn a_title_of_what_nobody_sees_is_refused() {
        for text in [
            "",
            " ",
            "\u{3000}",
            "\u{200b}\u{200b}",
            "\u{ad}",
            "\u{2060}",
            "\u{feff}",
            "\u{3164}",
            "\u{2800}",
            "\u{200d}\u{fe0f}",
            "\u{e0041}",
            "\u{115f}",
            "\u{202a}\u{202c}",
            "\u{180e}",
        ] {
            assert!(check_visible("title", text).is_err(), "{text:?}");
        }
        for text in ["a", "\u{200b}a", "。", "😀", "\u{5d0}"] {
            assert_eq!(check_visible("title", text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_refused_and_a_body_has_lines() {
        for c in (0..=0x9F_u8).map(char::from).filter(|c| c.is_control()) {
            let text = format!("日{c}");
            let is_line = matches!(c, '\n' | '\r' | '\t');
            let error = check_controls("x", &text, false).unwrap_err();
            assert_eq!(error.offset(), Some(3), "{c:?}");
            assert_eq!(check_controls("x", &text, true).is_ok(), is_line, "{c:?}");
        }
    }

    #[test]
    fn bidirectional_controls_are_balanced() {
        for text in [
            "\u{202e}abc\u{202c}",
            "\u{2067}\u{202b}a\u{202c}\u{2069}b",
            "a\u{200f}b\u{200e}",
            "\u{2068}\n\u{2069}",
        ] {
            assert_eq!(check_controls("x", text, true), Ok(()), "{text:?}");
        }
        for (text, offset) in [
            ("ab\u{202e}cd", 2),
            ("\u{2066}a", 0),
            ("a\u{202c}", 1),
            ("a\u{2069}", 1),
            ("\u{202a}\u{2066}\u{202c}\u{2069}", 6),
            ("\u{202a}\u{202a}a\u{202c}", 0),
        ] {
            let error = check_controls("x", text, true).unwrap_err();
            assert_eq!(error.offset(), Some(offset), "{text:?}");
        }
    }
}
