//! The bytes of one packed receipt: flags, and the parts that it has, as numbers of variable length.

use super::effect::KeptReceipt;
use crate::model::Receipt;

const SEEN: u8 = 1;
const READ: u8 = 2;
const DISMISSED: u8 = 4;
const ACKNOWLEDGED: u8 = 8;
pub(super) const UNREAD: u8 = 16;

/// Appends length, flags and parts: at most 77 bytes.
pub(super) fn put_kept(bytes: &mut Vec<u8>, base: i64, kept: &KeptReceipt) {
    let receipt = &kept.receipt;
    let length_at = bytes.len();
    bytes.extend([0, 0]);
    let mut flags = 0;
    let seen = (
        receipt.seen_count,
        receipt.seen_version,
        receipt.first_seen_at,
        receipt.last_seen_at,
    );
    if seen != (0, 0, 0, 0) {
        flags |= SEEN;
        put(bytes, receipt.seen_count.into());
        put(bytes, receipt.seen_version.into());
        put(bytes, zigzag(receipt.first_seen_at.wrapping_sub(base)));
        let took = receipt.last_seen_at.wrapping_sub(receipt.first_seen_at);
        put(bytes, zigzag(took));
    }
    let parts = [
        (READ, receipt.read_version, receipt.read_at),
        (DISMISSED, receipt.dismissed_version, receipt.dismissed_at),
        (
            ACKNOWLEDGED,
            receipt.acknowledged_version,
            receipt.acknowledged_at,
        ),
    ];
    for (flag, version, at) in parts {
        if (version, at) != (0, 0) {
            flags |= flag;
            put(bytes, version.into());
            put(bytes, zigzag(at.wrapping_sub(base)));
        }
    }
    if kept.is_unread {
        flags |= UNREAD;
    }
    let length = bytes.len() - length_at - 1;
    if let Some([first, second]) = bytes.get_mut(length_at..length_at + 2) {
        (*first, *second) = (length as u8, flags);
    }
}

/// Decodes flags and parts; None if they are not what [`put_kept`] writes.
#[inline]
pub(super) fn kept(base: i64, body: &[u8]) -> Option<KeptReceipt> {
    let (flags, mut rest) = body.split_first()?;
    let mut receipt = Receipt::default();
    if flags & SEEN != 0 {
        receipt.seen_count = small(&mut rest)?;
        receipt.seen_version = small(&mut rest)?;
        receipt.first_seen_at = base.wrapping_add(unzigzag(take(&mut rest)?));
        let took = unzigzag(take(&mut rest)?);
        receipt.last_seen_at = receipt.first_seen_at.wrapping_add(took);
    }
    let mut part = |flag: u8| {
        if flags & flag == 0 {
            return Some((0, 0));
        }
        let version = small(&mut rest)?;
        Some((version, base.wrapping_add(unzigzag(take(&mut rest)?))))
    };
    (receipt.read_version, receipt.read_at) = part(READ)?;
    (receipt.dismissed_version, receipt.dismissed_at) = part(DISMISSED)?;
    (receipt.acknowledged_version, receipt.acknowledged_at) = part(ACKNOWLEDGED)?;
    let is_known = *flags <= SEEN | READ | DISMISSED | ACKNOWLEDGED | UNREAD;
    (is_known && rest.is_empty()).then_some(KeptReceipt {
        receipt,
        is_unread: flags & UNREAD != 0,
    })
}

/// Folds the sign into the lowest bit, so that small distances are small numbers.
pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Appends a number in groups of seven bits, the lowest first.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number from the front.
#[inline]
pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (first, mut rest) = bytes.split_first()?;
    let mut number = u64::from(*first & 0x7F);
    let (mut last, mut shift) = (*first, 7);
    while last & 0x80 != 0 {
        let (next, after) = rest.split_first()?;
        // The tenth group has one bit, and there is no eleventh.
        if shift == 63 && *next > 1 {
            return None;
        }
        number |= u64::from(*next & 0x7F) << shift;
        (last, rest, shift) = (*next, after, shift + 7);
    }
    *bytes = rest;
    Some(number)
}

fn small(bytes: &mut &[u8]) -> Option<u32> {
    u32::try_from(take(bytes)?).ok()
}
