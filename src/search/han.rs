//! Simplified forms of traditional ideographs.
//!
//! `simplified.txt` has pairs of a traditional ideograph and its simplified form, ascending, from the
//! Unicode data (Unicode License v3): the transform Hant-Hans of CLDR 42, and kSimplifiedVariant of
//! Unihan 15 for those that it lacks. Left out are ideographs beyond the block from U+4E00 to U+9FFF,
//! those that are also their own simplified form, and seven that simplified text uses with another
//! meaning (俱 姊 跤 苎 阪 幺 戠). Six have the form of the Table of General Standard Chinese Characters in
//! place of a rarer one (諮 鉅 襬 鏇 儁 麴). A chain of forms leads to its end.
//!
//! The compiler makes a bitmap with a running count of it, and a list of the simplified forms: ten
//! kilobytes in all, and two look-ups for an ideograph.

const PAIRS: &[u8] = include_bytes!("simplified.txt");

const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;
/// Ideographs in one word of the bitmap.
const WORD: usize = 64;
const WORDS: usize = (LAST - FIRST) as usize / WORD + 1;
const COUNT: usize = count();

/// Bit `c - FIRST` is set when `c` has a simplified form.
static HAS_SIMPLIFIED: [u64; WORDS] = bitmap();
/// Number of set bits before each word.
static BEFORE: [u16; WORDS] = before();
/// The simplified forms, in the order of the traditional ones.
static SIMPLIFIED: [u16; COUNT] = simplified();

/// Returns the simplified form of an ideograph; None if it has none, or is one.
pub(crate) fn simplified_form(c: char) -> Option<char> {
    let at = (c as u32).checked_sub(FIRST)? as usize;
    let bits = *HAS_SIMPLIFIED.get(at / WORD)?;
    let bit = 1u64 << (at % WORD);
    if bits & bit == 0 {
        return None;
    }
    let before = usize::from(*BEFORE.get(at / WORD)?);
    let index = before + (bits & (bit - 1)).count_ones() as usize;
    SIMPLIFIED
        .get(index)
        .and_then(|form| char::from_u32(u32::from(*form)))
}

/// Returns a number with the lowest bit set if the character of these three bytes of UTF-8 has a
/// simplified form; the other bits mean nothing.
pub(crate) fn traditional_bits([lead, second, third]: [u8; 3]) -> u64 {
    let [lead, second, third] = [lead & 0x0F, second & 0x3F, third & 0x3F].map(u32::from);
    let at = (lead << 12 | second << 6 | third).wrapping_sub(FIRST) as usize;
    HAS_SIMPLIFIED
        .get(at / WORD)
        .map_or(0, |bits| bits >> (at % WORD))
}

/// Decodes the ideograph of three bytes at `at`.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn decode(at: usize) -> u32 {
    (PAIRS[at] as u32 & 0x0F) << 12
        | (PAIRS[at + 1] as u32 & 0x3F) << 6
        | PAIRS[at + 2] as u32 & 0x3F
}

/// Returns the position of the next pair at or behind `at`, or the end.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn next(mut at: usize) -> usize {
    while at < PAIRS.len() && PAIRS[at] == b'\n' {
        at += 1;
    }
    at
}

/// Length of a pair in bytes.
const PAIR: usize = 6;

const fn count() -> usize {
    let (mut at, mut count) = (next(0), 0);
    while at < PAIRS.len() {
        count += 1;
        at = next(at + PAIR);
    }
    count
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn bitmap() -> [u64; WORDS] {
    let mut bits = [0; WORDS];
    let mut at = next(0);
    while at < PAIRS.len() {
        let index = (decode(at) - FIRST) as usize;
        bits[index / WORD] |= 1 << (index % WORD);
        at = next(at + PAIR);
    }
    bits
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn before() -> [u16; WORDS] {
    let bits = bitmap();
    let mut before = [0; WORDS];
    let mut word = 1;
    while word < WORDS {
        before[word] = before[word - 1] + bits[word - 1].count_ones() as u16;
        word += 1;
    }
    before
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn simplified() -> [u16; COUNT] {
    let mut forms = [0; COUNT];
    let (mut at, mut index, mut last) = (next(0), 0, 0);
    while at < PAIRS.len() {
        let traditional = decode(at);
        assert!(traditional > last && traditional >= FIRST && traditional <= LAST);
        last = traditional;
        forms[index] = decode(at + 3) as u16;
        index += 1;
        at = next(at + PAIR);
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_ideographs_have_a_simplified_form_which_has_none() {
        for (traditional, simplified) in "系統維護發佈公告體驗"
            .chars()
            .zip("系统维护发布公告体验".chars())
        {
            let form = simplified_form(traditional).unwrap_or(traditional);
            assert_eq!(form, simplified, "{traditional}");
            assert_eq!(simplified_form(form), None);
        }
        for c in "a系着é\u{3400}\u{20000}\0".chars() {
            assert_eq!(simplified_form(c), None, "{c:?}");
        }
    }

    #[test]
    fn bytes_tell_the_same_as_characters() {
        for c in ('\u{3000}'..='\u{FFFF}').filter(|c| c.len_utf8() == 3) {
            let mut bytes = [0; 3];
            c.encode_utf8(&mut bytes);
            let bit = traditional_bits(bytes) & 1;
            assert_eq!(bit == 1, simplified_form(c).is_some(), "{c}");
        }
    }

    #[test]
    fn opencc_simplifies_alike_what_both_know() {
        use super::super::oracle::OPENCC;
        // A form that is not the usual one, or in the first place another word.
        const OTHERWISE: &str = "礮穭藷譅逕钁鷿齩";
        let known = OPENCC
            .iter()
            .filter(|(from, _)| simplified_form(**from).is_some());
        let end = |c: &char| simplified_form(*c).unwrap_or(*c);
        let count = known.clone().count();
        let mut unlike: Vec<char> = known
            .filter(|(from, to)| end(from) != end(to))
            .map(|(from, _)| *from)
            .collect();
        unlike.sort_unstable();
        assert_eq!(unlike.iter().collect::<String>(), OTHERWISE);
        assert!(count > 2700, "{count}");
    }
}
