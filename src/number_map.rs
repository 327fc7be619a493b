//! Maps with keys that the board itself has assigned: ids, and grams of published text.
//!
//! The standard library's hasher resists strangers who choose colliding keys. It takes longer than
//! the rest of such a lookup, and strangers cannot choose these keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Map with numbers as keys.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Hasher that spreads the bits of one number.
#[derive(Debug, Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        // The high half of the product depends on all lower bits; the low half depends on none of
        // the higher bits.
        let product = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}
