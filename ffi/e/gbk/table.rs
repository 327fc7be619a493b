//! The characters of GBK and their bytes.
//!
//! The build script takes the table from `encoding_rs`, which is not linked because all its other
//! encodings would be linked too.

use std::sync::LazyLock;

// `PLACES`: the two-byte characters, 190 for each first byte. `RUNS`: the four-byte characters up
// to U+FFFF, as the places where the characters stop being consecutive, with the character there.
include!(concat!(env!("OUT_DIR"), "/gbk_table.rs"));

const FIRST: u8 = 0x81;
/// Second bytes are 40 to FE, without 7F.
const SECOND: u8 = 0x40;
const SECONDS: u16 = 190;

/// Number of four-byte sequences up to U+FFFF.
const BMP_END: u16 = 39_420;
/// First four-byte sequence for U+10000.
const SUPPLEMENTARY: u32 = 189_000;

/// Private-use characters that were assigned to places before Unicode had the characters that are
/// there now (GB 18030-2022, WHATWG Encoding Standard), with their places.
const FORMER: [(u16, u16); 18] = [
    (0xE78D, 7182),
    (0xE78E, 7183),
    (0xE78F, 7184),
    (0xE790, 7185),
    (0xE791, 7186),
    (0xE792, 7187),
    (0xE793, 7188),
    (0xE794, 7201),
    (0xE795, 7202),
    (0xE796, 7208),
    (0xE81E, 23_775),
    (0xE826, 23_783),
    (0xE82B, 23_788),
    (0xE82C, 23_789),
    (0xE832, 23_795),
    (0xE843, 23_812),
    (0xE854, 23_829),
    (0xE864, 23_845),
];

/// Places of all characters of the BMP, plus one, so that 0 means none. Built when a text is first
/// encoded.
static PLACE_OF: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut places = vec![0; 1 << 16];
    for (unit, place) in PLACES.iter().copied().zip(0..).chain(FORMER) {
        // A character at two places is encoded as the first.
        if let Some(slot) = places.get_mut(usize::from(unit))
            && *slot == 0
        {
            *slot = place + 1;
        }
    }
    places
});

/// Returns the character of two bytes.
pub(super) fn of_two(first: u8, second: u8) -> Option<char> {
    let column = match second {
        0x40..=0x7E => second - SECOND,
        0x80..=0xFE => second - SECOND - 1,
        _ => return None,
    };
    let row = usize::from(first.checked_sub(FIRST)?);
    let unit = PLACES.get(row * usize::from(SECONDS) + usize::from(column))?;
    char::from_u32(u32::from(*unit))
}

/// Returns the character of four bytes, which GB 18030 uses for characters without a two-byte form.
pub(super) fn of_four([first, second, third, fourth]: [u8; 4]) -> Option<char> {
    let digit = |byte: u8| matches!(byte, 0x30..=0x39).then(|| u32::from(byte - 0x30));
    let lead = |byte: u8| matches!(byte, 0x81..=0xFE).then(|| u32::from(byte - FIRST));
    let pair = |first: u8, second: u8| Some(lead(first)? * 10 + digit(second)?);
    let place = pair(first, second)? * 1260 + pair(third, fourth)?;
    if let Some(above) = place.checked_sub(SUPPLEMENTARY) {
        return char::from_u32(0x1_0000 + above);
    }
    let place = u16::try_from(place).ok().filter(|place| *place < BMP_END)?;
    let next = RUNS.partition_point(|(start, _)| *start <= place);
    let (start, unit) = RUNS.get(next.checked_sub(1)?)?;
    char::from_u32(u32::from(*unit) + u32::from(place - start))
}

/// Returns the two bytes of a character.
pub(super) fn two_of(character: char) -> Option<[u8; 2]> {
    let place = PLACE_OF
        .get(u32::from(character) as usize)?
        .checked_sub(1)?;
    let (row, column) = (place / SECONDS, place % SECONDS);
    let column = SECOND + u8::try_from(column).ok()?;
    let second = column + u8::from(column >= 0x7F);
    Some([FIRST + u8::try_from(row).ok()?, second])
}
