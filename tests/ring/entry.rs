//! Entries that say which they are, and in which every byte can be checked.

use crate::dice::Dice;

/// Longest entry: a part of the arena, which takes a while to be written.
pub(crate) const LONGEST: u64 = 200_000;

/// Bytes after which an entry repeats itself.
const BLOCK: usize = 256;

/// The entry with that number: of very different lengths, most of them short.
pub(crate) fn entry(number: u64) -> Vec<u8> {
    let mut dice = Dice(number);
    let most = *dice.one_of(&[0, 33, 500, 5_000, LONGEST - 8]);
    let length = 8 + dice.below(most + 1) as usize;
    // Blocks that no other entry has. Copying and comparing them is quick, without optimisation as well.
    let mut block = [0; BLOCK];
    for word in block.as_chunks_mut().0 {
        *word = dice.below(u64::MAX).to_le_bytes();
    }
    let mut bytes = number.to_le_bytes().to_vec();
    while bytes.len() < length {
        bytes.extend_from_slice(&block);
    }
    bytes.truncate(length);
    bytes
}

/// The number that an entry says it has.
pub(crate) fn number(entry: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(*entry.first_chunk()?))
}

/// The number of an entry that is whole.
pub(crate) fn check(bytes: &[u8]) -> Result<u64, String> {
    let length = bytes.len();
    let number = number(bytes).ok_or_else(|| format!("an entry of {length} bytes"))?;
    match bytes == entry(number) {
        true => Ok(number),
        false => Err(format!("entry {number} of {length} bytes is torn")),
    }
}
