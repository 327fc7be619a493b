//! Text in GBK (code page 936), converted by a built-in table, independent of the machine's code
//! page.

mod table;

use notice::{Bilingual, Error, Result};

/// The only character outside ASCII that takes one byte, and that byte.
const EURO: (char, u8) = ('€', 0x80);
/// Replacement for a character that GBK lacks.
const MISSING: u8 = b'?';
/// Length of a refused text's excerpt in an error, in bytes.
const SHOWN_BYTES: usize = 160;

/// Decodes GBK. Four-byte sequences of GB 18030 are accepted too.
pub(crate) fn decode(path: &str, bytes: &[u8]) -> Result<String> {
    let mut text = String::with_capacity(bytes.len() / 2 * 3 + 1);
    let mut rest = bytes;
    loop {
        let (character, behind) = match rest {
            [] => return Ok(text),
            [one @ ..=0x7F, behind @ ..] => (Some(char::from(*one)), behind),
            [one, behind @ ..] if *one == EURO.1 => (Some(EURO.0), behind),
            [a, b @ b'0'..=b'9', c, d, behind @ ..] => (table::of_four([*a, *b, *c, *d]), behind),
            [first, second, behind @ ..] => (table::of_two(*first, *second), behind),
            [_] => (None, rest),
        };
        let Some(character) = character else {
            return Err(refused(path, bytes, bytes.len() - rest.len()));
        };
        text.push(character);
        rest = behind;
    }
}

fn refused(path: &str, bytes: &[u8], offset: usize) -> Error {
    let head = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    let reason = Bilingual::new("invalid GBK", "GBK 编码无效（是否误传了 UTF-8？）");
    Error::invalid(path, &String::from_utf8_lossy(head), reason).at_offset(offset)
}

/// Encodes text as GBK, with a question mark for each character that GBK lacks.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Ok(one @ ..=0x7F) = u8::try_from(character) {
            bytes.push(one);
        } else if character == EURO.0 {
            bytes.push(EURO.1);
        } else if let Some(two) = table::two_of(character) {
            bytes.extend(two);
        } else {
            bytes.push(MISSING);
        }
    }
    bytes
}

/// Returns the number of bytes in GBK `bytes` that are whole characters within `room`.
pub(crate) fn cut(bytes: &[u8], room: usize) -> usize {
    let mut end = 0;
    while let Some(first) = bytes.get(end) {
        // 0x80, the euro sign, is a one-byte character.
        let size = if *first > 0x80 { 2 } else { 1 };
        if end + size > room {
            break;
        }
        end += size;
    }
    end
}

/// Returns the text with CR LF at every line end.
pub(crate) fn with_crlf(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut last = '\0';
    for character in text.chars() {
        if character == '\n' && last != '\r' {
            lines.push('\r');
        }
        lines.push(character);
        last = character;
    }
    lines
}

#[cfg(test)]
mod tests {
    use encoding_rs::{DecoderResult, GBK};
    use proptest::{collection, prelude::*};

    use super::*;

    /// Decodes with `encoding_rs`, or returns the position of the first fault.
    fn peer(bytes: &[u8]) -> std::result::Result<String, usize> {
        let mut decoder = GBK.new_decoder_without_bom_handling();
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        let mut text = String::with_capacity(room.unwrap());
        match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
            (DecoderResult::InputEmpty, _) => Ok(text),
            // Part of the input after the fault has been consumed as well.
            (DecoderResult::Malformed(bad, after), read) => {
                Err(read - usize::from(bad) - usize::from(after))
            }
            (DecoderResult::OutputFull, _) => unreachable!("there is room for all"),
        }
    }

    fn decoded(bytes: &[u8]) -> std::result::Result<String, usize> {
        decode("", bytes).map_err(|error| error.offset().unwrap())
    }

    #[test]
    fn every_sequence_of_two_and_of_four_bytes_is_read_as_encoding_rs_does() {
        for first in 0..=0xFF {
            for second in 0..=0xFF {
                assert_eq!(decoded(&[first, second]), peer(&[first, second]));
            }
        }
        for first in 0x80..=0xFF {
            for second in b'0'..=b'9' {
                for third in 0x80..=0xFF {
                    for fourth in b'0' - 1..=b'9' + 1 {
                        let bytes = [first, second, third, fourth];
                        assert_eq!(decoded(&bytes), peer(&bytes), "{bytes:x?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_character_is_written_as_encoding_rs_does() {
        // GBK has nothing beyond U+20000, and the peer is slow to reject it.
        for character in (1..0x2_0000).filter_map(char::from_u32) {
            let text = character.to_string();
            let expected = match GBK.encode(&text) {
                (bytes, _, false) => bytes.into_owned(),
                _ => vec![MISSING],
            };
            assert_eq!(encode(&text), expected, "{character:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_as_encoding_rs_does(
            bytes in collection::vec(prop_oneof![any::<u8>(), b'0'..=b'9', 0x80_u8..], 0..12),
        ) {
            prop_assert_eq!(decoded(&bytes), peer(&bytes));
        }
    }

    /// Returns every character of GBK: those that survive a round trip from one or two bytes.
    fn characters() -> Vec<(Vec<u8>, char)> {
        let ones = (1..=0x80_u8).map(|byte| vec![byte]);
        let twos = (0x81..=0xFE_u8).flat_map(|first| {
            (0x40..=0xFE_u8)
                .filter(|second| *second != 0x7F)
                .map(move |second| vec![first, second])
        });
        let decoded = ones.chain(twos).filter_map(|bytes| {
            let text = decode("", &bytes).ok()?;
            Some((bytes, text.chars().next()?))
        });
        decoded.collect()
    }

    #[test]
    fn every_character_of_gbk_comes_back() {
        let characters = characters();
        // 128 one-byte characters, and the 23 940 two-byte positions except for a few unassigned
        // ones.
        assert!(characters.len() > 23_000, "{}", characters.len());
        for (bytes, character) in characters {
            let text = character.to_string();
            let again = encode(&text);
            // Some characters occur at two positions.
            assert_eq!(decode("", &again).unwrap(), text, "{bytes:x?}");
            assert!(again.len() <= 2, "{text}");
        }
    }

    #[test]
    fn the_bytes_are_those_of_code_page_936() {
        for (text, bytes) in [
            ("公告", &b"\xB9\xAB\xB8\xE6"[..]),
            ("€", b"\x80"),
            ("丂", b"\x81\x40"),
            ("—…“”", b"\xA1\xAA\xA1\xAD\xA1\xB0\xA1\xB1"),
            ("a　b", b"a\xA1\xA1b"),
        ] {
            assert_eq!(encode(text), bytes, "{text}");
            assert_eq!(decode("", bytes).unwrap(), text);
        }
    }

    #[test]
    fn no_character_at_all_takes_more_than_two_bytes() {
        for character in (1..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let mut text = [0; 4];
            let bytes = encode(character.encode_utf8(&mut text));
            let is_one = bytes.len() == 1 && bytes[0] <= 0x80;
            let is_two = bytes.len() == 2 && bytes[0] > 0x80 && bytes[1] >= 0x40;
            assert!(is_one || is_two, "{character:?}: {bytes:x?}");
        }
    }

    #[test]
    fn what_gbk_lacks_is_a_question_mark() {
        assert_eq!(encode("a😀b한c"), b"a?b?c");
        assert_eq!(encode("😀"), b"?");
        assert_eq!(encode(""), b"");
    }

    #[test]
    fn what_is_no_gbk_is_refused_where_it_stands() {
        for (bytes, offset) in [
            (&b"ab\xB9"[..], 2),
            (b"\xB9\xAB\xFF", 2),
            (b"\xB9\x20x", 0),
            (b"\xB9\xAB\xFF\xFFabc", 2),
        ] {
            let error = decode("title", bytes).unwrap_err();
            assert_eq!(error.path(), Some("title"));
            assert_eq!(error.offset(), Some(offset), "{bytes:x?}");
        }
    }

    #[test]
    fn no_character_is_cut() {
        let bytes = encode("a公€告b");
        let ends: Vec<usize> = (0..=bytes.len() + 1)
            .map(|room| cut(&bytes, room))
            .collect();
        assert_eq!(ends, [0, 1, 1, 3, 4, 4, 6, 7, 7]);
    }

    #[test]
    fn line_ends_are_doubled_only_where_they_are_single() {
        for (text, lines) in [
            ("a\nb", "a\r\nb"),
            ("a\r\nb\n", "a\r\nb\r\n"),
            ("\n\n", "\r\n\r\n"),
            ("a\rb", "a\rb"),
            ("", ""),
        ] {
            assert_eq!(with_crlf(text), lines);
            assert_eq!(with_crlf(lines), lines);
        }
    }
}
