//! Former versions: announcements as they were before a change that was news.
//!
//! Memory and file keep the same records and count the same bytes, so that a board drops the same versions
//! wherever it is kept.

use super::announcement_record::{Sharing, encode_as, read_announcement};
use super::codec::{Damage, Kind};
use crate::model::{Announcement, limits};

/// The body is that of an announcement, without its audience and without what it replaced.
pub(crate) const HISTORY: Kind = Kind {
    name: "history",
    format: 1,
    limit: 1024 * 1024,
};

/// Encodes a former version.
///
/// # Errors
/// As of an announcement.
pub(crate) fn encode_former(key: &[u8], former: &Announcement) -> Result<Vec<u8>, Damage> {
    encode_as(&HISTORY, key, former)
}

/// Decodes a former version.
///
/// # Errors
/// For a record that is damaged or of a later format.
pub(crate) fn decode_former(
    key: &[u8],
    bytes: &[u8],
    sharing: &Sharing,
) -> Result<Announcement, Damage> {
    let (_, body) = HISTORY.open(key, bytes)?;
    let former = read_announcement(body, sharing)?;
    match former.is_without_texts() {
        true => Err(Damage::Body("it has no texts".to_owned())),
        false => Ok(former),
    }
}

/// Returns how many of the latest versions of an announcement are kept. Their records have these lengths, the
/// latest first.
pub(crate) fn kept(lengths: impl IntoIterator<Item = usize>) -> usize {
    let mut bytes = 0;
    let fits = |length: &usize| {
        bytes += length;
        bytes <= limits::HISTORY_BYTES
    };
    lengths
        .into_iter()
        .take(limits::HISTORY)
        .take_while(fits)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_up_to_sixteen_and_a_mebibyte() {
        assert_eq!(kept([1; 20]), 16);
        assert_eq!(kept([400 << 10, 400 << 10, 400 << 10, 1]), 2);
        assert_eq!(kept([512 << 10, 512 << 10, 1]), 2);
        assert_eq!(kept([]), 0);
    }
}
