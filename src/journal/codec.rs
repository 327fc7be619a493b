//! Encoding of values. The only file of this module that knows bincode.
//!
//! A record is one byte of format, a CRC-32 (ISO-HDLC, as in zlib) of the key, that byte and the
//! body, little-endian, and the body: bincode 1.3.3 with variable-length integers. The key is the
//! one that the record is stored under, or empty.

use bincode::Options;
use serde::{Deserialize, Serialize};

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Name in messages, and of the table in a file.
    pub(crate) name: &'static str,
    /// Format that this build writes.
    pub(crate) format: u8,
    /// Longest body, in bytes.
    pub(crate) limit: usize,
}

/// Reason why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Damage {
    /// Truncated, or checksum mismatch.
    Checksum,
    /// The key is invalid for its table.
    Key,
    /// The checksum is right, but the body is invalid.
    Body(String),
    /// Written in a format unknown to this build.
    Format(u8),
    /// Longer than a record of this kind.
    Length(usize),
}

/// Length of the header before the body.
const HEAD: usize = 5;

impl Kind {
    /// Encodes a record under `key`.
    ///
    /// # Errors
    /// When it is longer than a record of this kind may be.
    pub(crate) fn encode<T: Serialize>(&self, key: &[u8], value: &T) -> Result<Vec<u8>, Damage> {
        let mut bytes = vec![0; HEAD];
        options(self.limit)
            .serialize_into(&mut bytes, value)
            .map_err(|error| Damage::Body(error.to_string()))?;
        let crc = crc(key, self.format, bytes.get(HEAD..).unwrap_or_default());
        let head = [[self.format].as_slice(), &crc.to_le_bytes()].concat();
        if let Some(place) = bytes.get_mut(..HEAD) {
            place.copy_from_slice(&head);
        }
        Ok(bytes)
    }

    /// Returns the format and body of an intact record under `key`.
    ///
    /// # Errors
    /// For a record that is damaged, too long, or of a later format.
    pub(crate) fn open<'a>(&self, key: &[u8], bytes: &'a [u8]) -> Result<(u8, &'a [u8]), Damage> {
        if bytes.len() > HEAD + self.limit {
            return Err(Damage::Length(bytes.len()));
        }
        let Some(([format, stored @ ..], body)) = bytes.split_first_chunk::<HEAD>() else {
            return Err(Damage::Checksum);
        };
        if crc(key, *format, body) != u32::from_le_bytes(*stored) {
            return Err(Damage::Checksum);
        }
        if *format == 0 || *format > self.format {
            return Err(Damage::Format(*format));
        }
        Ok((*format, body))
    }

    /// Encodes a body alone, to be nested in another record.
    ///
    /// # Errors
    /// When it is longer than a record of this kind may be.
    pub(crate) fn bare<T: Serialize>(&self, value: &T) -> Result<Vec<u8>, Damage> {
        options(self.limit)
            .serialize(value)
            .map_err(|error| Damage::Body(error.to_string()))
    }

    /// Decodes a body.
    ///
    /// # Errors
    /// When it does not encode a `T`.
    pub(crate) fn body<'a, T: Deserialize<'a>>(&self, body: &'a [u8]) -> Result<T, Damage> {
        options(self.limit)
            .deserialize(body)
            .map_err(|error| Damage::Body(error.to_string()))
    }
}

fn options(limit: usize) -> impl Options {
    bincode::DefaultOptions::new().with_limit(limit as u64)
}

fn crc(key: &[u8], format: u8, body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(&[format]);
    crc.update(body);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: Kind = Kind {
        name: "tests",
        format: 3,
        limit: 64,
    };

    fn read(key: &[u8], bytes: &[u8]) -> Result<(i64, String), Damage> {
        let (_, body) = KIND.open(key, bytes)?;
        KIND.body(body)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(number: i64, text in ".{0,8}", key: Vec<u8>) {
            let record = (number, text);
            let bytes = KIND.encode(&key, &record).unwrap();
            prop_assert_eq!(read(&key, &bytes), Ok(record));
        }

        #[test]
        fn any_changed_byte_is_noticed(at in 0usize..13, by in 1u8..) {
            let mut bytes = KIND.encode(b"key", &(7_i64, "seven")).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= by;
            prop_assert!(read(b"key", &bytes).is_err());
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes: Vec<u8>) {
            let _ = read(b"key", &bytes);
        }
    }

    #[test]
    fn a_record_belongs_to_its_key() {
        let bytes = KIND.encode(b"key", &(7_i64, "seven")).unwrap();
        assert_eq!(read(b"kez", &bytes), Err(Damage::Checksum));
    }

    #[test]
    fn a_later_format_is_told_apart_from_damage() {
        let later = Kind { format: 4, ..KIND };
        let bytes = later.encode(b"key", &(7_i64, "seven")).unwrap();
        assert_eq!(read(b"key", &bytes), Err(Damage::Format(4)));
    }

    #[test]
    fn neither_side_goes_over_the_limit() {
        let long = "x".repeat(65);
        assert!(matches!(
            KIND.encode(b"key", &(7_i64, &long)),
            Err(Damage::Body(_))
        ));
        let wide = Kind { limit: 100, ..KIND };
        let bytes = wide.encode(b"key", &(7_i64, &long)).unwrap();
        assert_eq!(read(b"key", &bytes), Err(Damage::Length(bytes.len())));
    }

    #[test]
    fn a_body_with_something_behind_it_is_refused() {
        let bytes = KIND.encode(b"key", &(7_i64, "seven", 1_u8)).unwrap();
        assert!(matches!(read(b"key", &bytes), Err(Damage::Body(_))));
    }
}
