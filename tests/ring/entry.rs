//! Entries that say which they are, and in which every byte can be checked.

/// Longest entry: a part of the arena, which takes a while to be written.
pub(crate) const LONGEST: u64 = 200_000;

/// Bytes after which an entry repeats itself.
const BLOCK: usize = 256;

/// Numbers that look random and are the same for the same seed: SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The entry with that number: of very different lengths, most of them short.
pub(crate) fn entry(number: u64) -> Vec<u8> {
    let mut dice = Dice(number);
    let most = [0, 33, 500, 5_000, LONGEST - 8][dice.below(5) as usize];
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
