//! Generates the GBK table as Rust source; a part of the build script.

use std::error::Error;
use std::fmt::Write as _;

use encoding_rs::GBK;

/// Number of four-byte sequences for U+0080 to U+FFFF.
const FOUR_BYTE_PLACES: u32 = 39_420;

/// Returns `PLACES` and `RUNS` for ffi/e/gbk/table.rs, which defines them.
pub(crate) fn table() -> Result<String, Box<dyn Error>> {
    let mut places = Vec::new();
    for first in 0x81..=0xFE_u8 {
        for second in (0x40..=0x7E_u8).chain(0x80..=0xFE) {
            places.push(unit(&[first, second])?);
        }
    }
    let mut runs: Vec<(u16, u16)> = Vec::new();
    let mut expected = 0;
    for place in 0..FOUR_BYTE_PLACES {
        let unit = unit(&four_bytes(place)?)?;
        if unit != expected {
            runs.push((place.try_into()?, unit));
        }
        expected = unit.wrapping_add(1);
    }
    let mut text = String::new();
    let (count, run_count) = (places.len(), runs.len());
    writeln!(text, "static PLACES: [u16; {count}] = {places:?};")?;
    writeln!(text, "static RUNS: [(u16, u16); {run_count}] = {runs:?};")?;
    Ok(text)
}

fn four_bytes(place: u32) -> Result<[u8; 4], Box<dyn Error>> {
    Ok([
        (0x81 + place / 12_600).try_into()?,
        (0x30 + place / 1260 % 10).try_into()?,
        (0x81 + place / 10 % 126).try_into()?,
        (0x30 + place % 10).try_into()?,
    ])
}

/// Returns the character of these bytes, which lies in the BMP.
fn unit(bytes: &[u8]) -> Result<u16, Box<dyn Error>> {
    let text = GBK.decode_without_bom_handling_and_without_replacement(bytes);
    let mut units = text.iter().flat_map(|text| text.encode_utf16());
    match (units.next(), units.next()) {
        (Some(unit), None) => Ok(unit),
        _ => Err(format!("GBK has no single character for {bytes:x?}").into()),
    }
}
