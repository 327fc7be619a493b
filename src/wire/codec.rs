//! Encoding of messages. The only file of this module that knows bincode.
//!
//! A message is one byte of format, followed by bincode 1.3.3 with variable-length integers.

use std::io::{self, Write};

use crate::model::limits;
use bincode::Options;
use serde::{de, ser};

use super::kept;
use super::value::{Packed, Put, Taken};
use crate::error::{self, Bilingual, Error};

/// Format that this build writes and reads.
const FORM: u8 = 1;
/// Bytes of most parts of a message.
const PART_BYTES: usize = 4 * 1024;

/// Encodes a message.
pub(super) fn to_bytes<T: Packed>(value: &T) -> error::Result<Vec<u8>> {
    let mut bytes = Bounded(vec![FORM]);
    match options().serialize_into(&mut bytes, &Put(value)) {
        Ok(()) => Ok(bytes.0),
        Err(error) => {
            // Only a message that is too long is gone through twice: for its length.
            let size = options().serialized_size(&Put(value)).map_err(bad)?;
            check_size("bytes", usize::try_from(size).unwrap_or(usize::MAX))?;
            Err(bad(error))
        }
    }
}

/// Bytes of a message, which never grow beyond the limit.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > limits::MESSAGE_BYTES + 1 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decodes a message. Trailing bytes are refused.
pub(super) fn from_bytes<T: Packed>(bytes: &[u8]) -> error::Result<T> {
    check_size("bytes", bytes.len().saturating_sub(1))?;
    let Some((form, body)) = bytes.split_first() else {
        return Err(refused("empty message", "消息为空"));
    };
    if *form != FORM {
        let (en, zh) = ("message of another form", "消息采用另一种编码形式");
        return Err(refused(en, zh));
    }
    kept::clear();
    match options().deserialize::<Taken<T>>(body) {
        Ok(taken) => Ok(taken.0),
        Err(error) => Err(kept::take().unwrap_or_else(|| bad(error))),
    }
}

/// Encodes a part of a message, which stands behind its length.
pub(super) fn part_to_bytes<T: Packed, E: ser::Error>(part: &T) -> Result<Vec<u8>, E> {
    // Larger than most parts, so that the bytes are seldom moved.
    let mut bytes = Vec::with_capacity(PART_BYTES);
    let encoded = options().serialize_into(&mut bytes, &Put(part));
    encoded.map(|()| bytes).map_err(E::custom)
}

/// Decodes a part of a message that stands behind its length.
pub(super) fn part_from_bytes<T: Packed, E: de::Error>(bytes: &[u8]) -> Result<T, E> {
    let part = options().deserialize::<Taken<T>>(bytes);
    part.map(|part| part.0).map_err(E::custom)
}

/// Refuses a message beyond the size limit.
pub(super) fn check_size(path: &str, bytes: usize) -> error::Result<()> {
    if bytes > limits::MESSAGE_BYTES {
        let unit = Bilingual::new("bytes", "字节");
        return Err(Error::too_large(
            path,
            bytes as u64,
            limits::MESSAGE_BYTES as u64,
            &unit,
        ));
    }
    Ok(())
}

/// Needs no limit of its own: the length of the whole message is checked first, and a claimed length is
/// checked against the remaining bytes.
fn options() -> impl Options {
    bincode::DefaultOptions::new()
}

fn bad(error: bincode::Error) -> Error {
    refused(
        &format!("not a valid message: {error}"),
        &format!("不是有效的消息：{error}"),
    )
}

fn refused(en: &str, zh: &str) -> Error {
    let reason = Bilingual::new(en.to_owned(), zh.to_owned());
    Error::invalid("bytes", "", reason)
}
