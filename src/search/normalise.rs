//! The normal form in which texts and terms are compared.
//!
//! It applies NFKC (Unicode Standard Annex #15) and full case folding (Unicode Standard, section
//! 3.13). It drops invisible characters (the property `Default_Ignorable_Code_Point`: zero-width
//! blanks and joiners, soft hyphens, variation selectors) and diacritics. Curly quotes become straight,
//! and traditional ideographs simplified. Each run of white space becomes one blank.
//!
//! A text is split into segments that do not influence each other, so that each part of the result
//! can be traced to one part of the original.

use caseless::Caseless;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::han::{simplified_form, traditional_bits};

/// Receives segment boundaries, in bytes of the normal form and of the original.
pub(crate) trait Segments {
    /// From here on, each character is its own segment, with the same length in both forms.
    fn even(&mut self, normalised: usize, original: usize);

    /// One segment starts here.
    fn uneven(&mut self, normalised: usize, original: usize);
}

/// Length in UTF-8 of an ideograph in the BMP.
const IDEOGRAPH_BYTES: usize = 3;

/// Returns the normal form of `text`.
pub(crate) fn normalise(text: &str) -> String {
    let mut out = String::new();
    normalise_into(text, &mut out);
    out
}

/// Replaces `out` by the normal form of `text`.
pub(crate) fn normalise_into(text: &str, out: &mut String) {
    out.clear();
    out.reserve(text.len());
    run(text, out, &mut ());
}

/// Reports whether `c` is invisible: the property `Default_Ignorable_Code_Point` of Unicode 16.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Reports whether `c` is an ideograph that normalising never changes, so that a run of such
/// characters in the original also occurs in the normal form. The converse does not hold: the
/// normal form may have more of them (U+2F00 becomes 一, and 護 becomes 护).
pub(crate) fn is_fixed_ideograph(c: char) -> bool {
    match c {
        '\u{4E00}'..='\u{9FFF}' => simplified_form(c).is_none(),
        '\u{3400}'..='\u{4DBF}' => true,
        _ => false,
    }
}

/// Reports whether `text` and its normal form have the same fixed ideographs next to each other.
/// May return a false negative, but not for the characters of most texts.
pub(crate) fn keeps_ideographs(text: &str) -> bool {
    let mut at = 0;
    while at < text.len() {
        let (len, is_traditional) = ideographs(text, at);
        if is_traditional {
            return false;
        }
        at += len + ascii(text, at + len);
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            break;
        };
        // A traditional ideograph has had its answer.
        if quick(c).is_none() && !matches!(c, '\u{A1}'..='\u{AC}' | '\u{2010}'..='\u{2027}') {
            return false;
        }
        if !('\u{4E00}'..='\u{9FFF}').contains(&c) {
            at += c.len_utf8();
        }
    }
    true
}

/// Returns the length of the ASCII in `text` from `at` on, which pieces of this many bytes tell at once.
fn ascii(text: &str, at: usize) -> usize {
    const AT_ONCE: usize = 32;
    let bytes = text.as_bytes().get(at..).unwrap_or(&[]);
    let pieces = bytes.chunks_exact(AT_ONCE);
    let whole = pieces.take_while(|piece| piece.is_ascii()).count() * AT_ONCE;
    let rest = bytes.get(whole..).unwrap_or(&[]);
    whole + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

impl Segments for () {
    fn even(&mut self, _normalised: usize, _original: usize) {}

    fn uneven(&mut self, _normalised: usize, _original: usize) {}
}

/// Appends the normal form of `text` to `out`, which must be empty, and reports its segments.
pub(crate) fn run<S: Segments>(text: &str, out: &mut String, segments: &mut S) {
    let first = |at: usize| text.get(at..).and_then(|rest| rest.chars().next());
    let mut at = 0;
    let mut next = first(at);
    let mut next_quick = next.and_then(quick);
    while let Some(c) = next {
        let (plain, is_traditional) = plain(text, at, out.ends_with(' '));
        if plain > 0 {
            segments.even(out.len(), at);
            push_plain(out, text.get(at..at + plain).unwrap_or(""), is_traditional);
            at += plain;
            next = first(at);
            next_quick = next.and_then(quick);
            continue;
        }
        let (start, begin) = (at, out.len());
        let this_quick = next_quick;
        at += c.len_utf8();
        next = first(at);
        next_quick = next.and_then(quick);
        if let Some(c) = this_quick
            && (next_quick.is_some() || next.is_none_or(is_boundary))
        {
            push(out, simplified_form(c).unwrap_or(c));
            match out.len() - begin == at - start {
                true => segments.even(begin, start),
                false => segments.uneven(begin, start),
            }
            continue;
        }
        while let Some(c) = next
            && next_quick.is_none()
            && !is_boundary(c)
        {
            at += c.len_utf8();
            next = first(at);
            next_quick = next.and_then(quick);
        }
        segments.uneven(begin, start);
        push_segment(out, text.get(start..at).unwrap_or(""));
    }
}

/// Appends the normal form of characters that keep their length: all ideographs or all ASCII.
fn push_plain(out: &mut String, plain: &str, is_traditional: bool) {
    if is_traditional {
        out.extend(plain.chars().map(|c| simplified_form(c).unwrap_or(c)));
        return;
    }
    let begin = out.len();
    out.push_str(plain);
    if plain.starts_with(|c: char| c.is_ascii())
        && let Some(plain) = out.get_mut(begin..)
    {
        plain.make_ascii_lowercase();
    }
}

/// Returns the length of the prefix of `text` from `at` on whose characters keep their length:
/// ideographs from U+4E00 to U+9FFF, or ASCII with single blanks. Also reports whether any of them may
/// be traditional.
fn plain(text: &str, at: usize, is_after_blank: bool) -> (usize, bool) {
    let bytes = text.as_bytes().get(at..).unwrap_or(&[]);
    let (len, last, is_traditional) = match ideographs(text, at) {
        (0, _) => (plain_ascii(bytes, is_after_blank), 1, false),
        (ideographs, is_traditional) => (ideographs, IDEOGRAPH_BYTES, is_traditional),
    };
    // The next character decides about the last one.
    let next = text.get(at + len..).and_then(|rest| rest.chars().next());
    match next {
        Some(c) if quick(c).is_none() && !is_boundary(c) => {
            (len.saturating_sub(last), is_traditional)
        }
        _ => (len, is_traditional),
    }
}

fn plain_ascii(bytes: &[u8], is_after_blank: bool) -> usize {
    let mut was_blank = is_after_blank;
    let is_plain = |byte: &&u8| {
        let is_blank = **byte == b' ';
        let is_plain = byte.is_ascii_graphic() || is_blank && !was_blank;
        was_blank = is_blank;
        is_plain
    };
    bytes.iter().take_while(is_plain).count()
}

/// Returns the length of the prefix of `text` from `at` on that consists of ideographs from U+4E00
/// to U+9FFF, and whether any of them is traditional.
fn ideographs(text: &str, at: usize) -> (usize, bool) {
    let bytes = text.as_bytes().get(at..).unwrap_or(&[]);
    let (mut len, mut any) = (0, 0);
    for ideograph in bytes.chunks_exact(IDEOGRAPH_BYTES) {
        match *ideograph {
            [lead @ (0xE5..=0xE9), second, third] | [lead @ 0xE4, second @ 0xB8..=0xFF, third] => {
                any |= traditional_bits([lead, second, third]);
                len += IDEOGRAPH_BYTES;
            }
            _ => break,
        }
    }
    (len, any & 1 != 0)
}

fn push_segment(out: &mut String, segment: &str) {
    let shown = segment.chars().filter(|c| !is_ignorable(*c)).map(straight);
    // Before folding the case, which makes a letter of the iota below.
    // Once more, because a compatibility form may have had one.
    let apart = shown.nfkd().map(straight);
    let bare = apart.filter(|c| !is_diacritic(*c));
    let folded = bare
        .default_case_fold()
        .nfkd()
        .filter(|c| !is_diacritic(*c));
    for c in folded.nfc() {
        match base_letters(c) {
            Some(letters) => letters.chars().for_each(|c| push(out, c)),
            None => push(out, simplified_form(c).unwrap_or(c)),
        }
    }
}

/// Returns the straight form of a quotation mark, an apostrophe or a prime.
fn straight(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{B4}' | '\u{2B9}' | '\u{2BC}' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{2BA}' => '"',
        _ => c,
    }
}

/// Reports whether a mark is a diacritic, which people leave out when they search: accents, and the
/// points of Hebrew and Arabic. Marks that make another letter or syllable (voicing of kana, vowels and
/// tones of South and Southeast Asia) have other combining classes.
fn is_diacritic(mark: char) -> bool {
    matches!(canonical_combining_class(mark), 1 | 10..=36 | 200..)
}

/// Returns the letters of a letter with a stroke or a ligature, which does not decompose.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'ŧ' => "t",
        'ƀ' => "b",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

fn push(out: &mut String, c: char) {
    match c {
        ' ' if out.ends_with(' ') => {}
        c if c > ' ' && c < '\u{80}' => out.push(c),
        c if c.is_whitespace() => {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }
        c => out.push(c),
    }
}

/// Returns the normal form of a common character, if it is one character that nothing before it can
/// change.
fn quick(c: char) -> Option<char> {
    match c {
        // Its simplified form is looked up when it is pushed.
        '\u{4E00}'..='\u{9FFF}' => Some(c),
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(c as u32 - 0xFEE0).map(|ascii| ascii.to_ascii_lowercase())
        }
        '\u{3000}' => Some(' '),
        '\u{3001}'..='\u{3003}'
        | '\u{3005}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FB}'..='\u{30FE}'
        | '\u{3105}'..='\u{312F}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{20000}'..='\u{2A6DF}'
        | '\u{2013}'..='\u{2014}'
        | '\u{B7}' => Some(c),
        '\u{2018}'..='\u{201F}' => Some(straight(c)),
        _ => None,
    }
}

/// Reports whether `c` neither changes nor is changed by anything before it.
fn is_boundary(c: char) -> bool {
    if is_ignorable(c) {
        return false;
    }
    let mut first = None;
    decompose_compatible(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0
        && is_nfkc_quick(std::iter::once(first)) != IsNormalized::Maybe
}

#[cfg(test)]
mod tests;
