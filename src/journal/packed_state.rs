//! The bytes of one packed receipt: flags, and the parts that it has, as numbers of variable length.

use super::effect::KeptReceipt;
use crate::model::{Acknowledgement, Receipt, limits};

const SEEN: u8 = 1;
const READ: u8 = 2;
const DISMISSED: u8 = 4;
const ACKNOWLEDGED: u8 = 8;
pub(super) const UNREAD: u8 = 16;
pub(super) const SNOOZED: u8 = 32;
const EARLIER: u8 = 64;

/// Appends length, flags and parts: at most 92 bytes, and 15 more for each earlier acknowledgement.
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
        (SNOOZED, receipt.snoozed_version, receipt.snoozed_until),
    ];
    for (flag, version, at) in parts {
        if (version, at) != (0, 0) {
            flags |= flag;
            put(bytes, version.into());
            put(bytes, zigzag(at.wrapping_sub(base)));
        }
    }
    if !receipt.earlier.is_empty() {
        flags |= EARLIER;
        put(bytes, receipt.earlier.len() as u64);
        let mut version = receipt.acknowledged_version;
        for earlier in receipt.earlier.iter().rev() {
            put(bytes, version.wrapping_sub(earlier.version).into());
            put(bytes, zigzag(earlier.at.wrapping_sub(base)));
            version = earlier.version;
        }
    }
    if kept.is_unread {
        flags |= UNREAD;
    }
    let length = bytes.len() - length_at - 1;
    if let Some([first, second]) = bytes.get_mut(length_at..length_at + 2) {
        (*first, *second) = (length as u8, flags);
    }
    // A number of two bytes, which only many acknowledgements need.
    if length >= 0x80
        && let Some(first) = bytes.get_mut(length_at)
    {
        *first |= 0x80;
        bytes.insert(length_at + 1, (length >> 7) as u8);
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
    (receipt.snoozed_version, receipt.snoozed_until) = part(SNOOZED)?;
    if flags & EARLIER != 0 {
        receipt.earlier = earlier(base, receipt.acknowledged_version, &mut rest)?;
    }
    let is_known = *flags <= SEEN | READ | DISMISSED | ACKNOWLEDGED | UNREAD | SNOOZED | EARLIER;
    (is_known && rest.is_empty()).then_some(KeptReceipt {
        receipt,
        is_unread: flags & UNREAD != 0,
    })
}

/// Takes the acknowledgements before `version`, the latest first.
fn earlier(base: i64, mut version: u32, rest: &mut &[u8]) -> Option<Vec<Acknowledgement>> {
    let count = usize::try_from(take(rest)?).ok();
    let count = count.filter(|count| (1..limits::ACKNOWLEDGEMENTS).contains(count))?;
    let mut earlier = Vec::with_capacity(count);
    for _ in 0..count {
        let distance = small(rest).filter(|distance| *distance > 0)?;
        version = version
            .checked_sub(distance)
            .filter(|version| *version > 0)?;
        let at = base.wrapping_add(unzigzag(take(rest)?));
        earlier.push(Acknowledgement { version, at });
    }
    earlier.reverse();
    Some(earlier)
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
