//! Keys in the file: bytes with the same order as the values that they encode.
//!
//! All tables share one key type, because redb's code is instantiated for each.

use std::ops::RangeInclusive;

/// Value that a table's keys encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text without NUL, as UTF-8.
    Text,
    Id,
    UserAndId,
    /// A revision and a place in it, or an announcement and its version.
    RevisionAndPlace,
}

impl Shape {
    /// Formats a key for messages; the bytes of an invalid one, truncated.
    pub(super) fn show(self, key: &[u8]) -> String {
        let shown = match self {
            Self::Text => text_of(key).map(str::to_owned),
            Self::Id => id_of(key).map(|id| id.to_string()),
            Self::UserAndId => receipt_of(key).map(|(user, id)| format!("{user}, {id}")),
            Self::RevisionAndPlace => {
                change_of(key).map(|(revision, n)| format!("{revision}, {n}"))
            }
        };
        shown.unwrap_or_else(|| match key.split_first_chunk::<SHOWN>() {
            Some((start, [_, ..])) => format!("{}...", start.escape_ascii()),
            _ => key.escape_ascii().to_string(),
        })
    }
}

/// Bytes of an invalid key that are shown.
const SHOWN: usize = 64;
/// Separator between a user and an id: a byte that no name contains, and lower than any, so that
/// users are ordered by name.
const END: u8 = 0;

/// Encodes an id or a revision. The sign bit is flipped, so that negative numbers sort first.
pub(super) fn id_key(id: i64) -> [u8; 8] {
    (id ^ i64::MIN).to_be_bytes()
}

/// Encodes the key of a receipt. No name has a NUL: `check_user` ensures that on input, and
/// [`text_of`] on reading.
pub(super) fn receipt_key(user: &str, id: i64) -> Vec<u8> {
    [user.as_bytes(), &[END], &id_key(id)].concat()
}

/// Encodes the key of change `n` of a revision.
pub(super) fn change_key(revision: i64, n: u32) -> Vec<u8> {
    [id_key(revision).as_slice(), &n.to_be_bytes()].concat()
}

/// Returns the range of keys for receipts of `user`.
pub(super) fn receipts_of(user: &str) -> RangeInclusive<Vec<u8>> {
    receipt_key(user, i64::MIN)..=receipt_key(user, i64::MAX)
}

/// Returns the range of keys for receipts of `user` after `id`.
pub(super) fn receipts_from(user: &str, id: i64) -> RangeInclusive<Vec<u8>> {
    receipt_key(user, id.saturating_add(1))..=receipt_key(user, i64::MAX)
}

/// Returns the range of keys for changes up to `revision`.
pub(super) fn changes_up_to(revision: i64) -> RangeInclusive<Vec<u8>> {
    change_key(i64::MIN, 0)..=change_key(revision, u32::MAX)
}

/// Returns the range of keys for the changes of a revision, or for the versions of an announcement.
pub(super) fn changes_of(number: i64) -> RangeInclusive<Vec<u8>> {
    change_key(number, 0).to_vec()..=change_key(number, u32::MAX).to_vec()
}

/// Decodes a text.
pub(super) fn text_of(key: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(key).ok()?;
    (!text.as_bytes().contains(&END)).then_some(text)
}

/// Decodes an id.
pub(super) fn id_of(key: &[u8]) -> Option<i64> {
    let bytes = key.try_into().ok()?;
    Some(i64::from_be_bytes(bytes) ^ i64::MIN)
}

/// Decodes a user and an id.
pub(super) fn receipt_of(key: &[u8]) -> Option<(&str, i64)> {
    let (front, id) = key.split_last_chunk::<8>()?;
    let user = front.strip_suffix(&[END])?;
    Some((text_of(user)?, id_of(id)?))
}

/// Decodes a revision and a place in it.
pub(super) fn change_of(key: &[u8]) -> Option<(i64, u32)> {
    let (revision, n) = key.split_last_chunk::<4>()?;
    Some((id_of(revision)?, u32::from_be_bytes(*n)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Generates names with common prefixes, and characters of every length in UTF-8.
    fn user() -> impl Strategy<Value = String> {
        "[\u{1}ab~é公\u{10ffff}]{0,4}"
    }

    /// Generates any number, often one of a few.
    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![any::<i64>(), -2..3_i64, Just(i64::MIN), Just(i64::MAX)]
    }

    proptest! {
        #[test]
        fn ids_keep_their_value_and_order(a in number(), b in number()) {
            prop_assert_eq!(id_of(&id_key(a)), Some(a));
            prop_assert_eq!(id_key(a).cmp(&id_key(b)), a.cmp(&b));
        }

        #[test]
        fn receipts_keep_their_value_and_order(a in (user(), number()), b in (user(), number())) {
            let (key, other) = (receipt_key(&a.0, a.1), receipt_key(&b.0, b.1));
            prop_assert_eq!(receipt_of(&key), Some((a.0.as_str(), a.1)));
            prop_assert_eq!(key.cmp(&other), a.cmp(&b));
            prop_assert_eq!(receipts_of(&a.0).contains(&other), a.0 == b.0);
        }

        #[test]
        fn changes_keep_their_value_and_order(
            a in (number(), any::<u32>()),
            b in (number(), any::<u32>()),
        ) {
            let (key, other) = (change_key(a.0, a.1), change_key(b.0, b.1));
            prop_assert_eq!(change_of(&key), Some(a));
            prop_assert_eq!(key.cmp(&other), a.cmp(&b));
            prop_assert_eq!(changes_up_to(a.0).contains(&other), b.0 <= a.0);
        }

        #[test]
        fn texts_keep_their_value_and_order(a in user(), b in user()) {
            prop_assert_eq!(text_of(a.as_bytes()), Some(a.as_str()));
            prop_assert_eq!(a.as_bytes().cmp(b.as_bytes()), a.cmp(&b));
        }

        #[test]
        fn any_bytes_are_refused_or_stand_for_one_value(key: Vec<u8>) {
            if let Some(id) = id_of(&key) {
                prop_assert_eq!(&id_key(id).to_vec(), &key);
            }
            if let Some((user, id)) = receipt_of(&key) {
                prop_assert_eq!(&receipt_key(user, id), &key);
            }
            if let Some((revision, n)) = change_of(&key) {
                prop_assert_eq!(&change_key(revision, n), &key);
            }
            for shape in SHAPES {
                prop_assert!(shape.show(&key).len() <= 4 * SHOWN + 3);
            }
        }
    }

    const SHAPES: [Shape; 4] = [
        Shape::Text,
        Shape::Id,
        Shape::UserAndId,
        Shape::RevisionAndPlace,
    ];

    #[test]
    fn the_bytes_are_those_of_the_format() {
        assert_eq!(id_key(1), [0x80, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(receipt_key("li", 258), b"li\0\x80\0\0\0\0\0\x01\x02");
        assert_eq!(change_key(3, 4), b"\x80\0\0\0\0\0\0\x03\0\0\0\x04");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for key in [b"".as_slice(), b"seven b", b"nine byte"] {
            assert_eq!(id_of(key), None);
        }
        let longer = [change_key(1, 1), vec![0]].concat();
        for key in [b"".as_slice(), b"\0\0\0\0", &id_key(1), &longer] {
            assert_eq!(change_of(key), None);
        }
        for key in [b"a\0b".as_slice(), b"\xff"] {
            assert_eq!(text_of(key), None);
        }
        let id = id_key(1);
        let nul = [b"a\0b\0".as_slice(), &id].concat();
        let no_text = [b"\xff\0".as_slice(), &id].concat();
        let no_end = [b"a".as_slice(), &id].concat();
        for key in [b"".as_slice(), b"a\0", &id, &nul, &no_text, &no_end] {
            assert_eq!(receipt_of(key), None);
        }
    }

    #[test]
    fn a_key_is_told_as_what_it_stands_for_or_byte_by_byte() {
        assert_eq!(Shape::Text.show("韩梅梅".as_bytes()), "韩梅梅");
        assert_eq!(Shape::Id.show(&id_key(-7)), "-7");
        assert_eq!(
            Shape::UserAndId.show(&receipt_key("li.lei", 2)),
            "li.lei, 2"
        );
        assert_eq!(Shape::RevisionAndPlace.show(&change_key(5, 0)), "5, 0");
        assert_eq!(Shape::Text.show(b"a\xff"), r"a\xff");
        assert_eq!(Shape::Id.show(&[b'x'; SHOWN]), "x".repeat(SHOWN));
        let cut_off = "x".repeat(SHOWN) + "...";
        assert_eq!(Shape::Id.show(&[b'x'; SHOWN + 1]), cut_off);
    }
}
