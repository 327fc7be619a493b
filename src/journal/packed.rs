//! Packed receipts: what a user has done with some announcements, in few bytes.
//!
//! A million users keep ten receipts each, and most receipts say only when something was read. So a
//! receipt stores only the parts that it has, as variable-length integers, and times as distances
//! from a common one.

use super::codec::Damage;
use super::effect::KeptReceipt;
use super::packed_state::{UNREAD, kept, put, put_kept, take, unzigzag, zigzag};
use crate::model::Receipt;

/// Length from which a further receipt splits the bytes. One mark rewrites them, and looking up one
/// receipt passes over half of them.
const MOST: usize = 512;

/// Receipts of one user, ascending by announcement.
///
/// The bytes are a common time, and then the receipts: the distance from the id before, the length
/// of the rest, flags for the parts that follow, and the parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed(Box<[u8]>);

/// A receipt before it is decoded.
struct Record<'a> {
    id: i64,
    /// Where it begins in the bytes.
    at: usize,
    /// Where it ends in the bytes.
    end: usize,
    /// Flags and parts.
    body: &'a [u8],
}

/// Walk over receipts, which ends at the first byte that makes no sense.
struct Records<'a> {
    all: &'a [u8],
    rest: &'a [u8],
    id: i64,
}

impl Packed {
    /// Reads bytes of a file.
    ///
    /// # Errors
    /// For bytes that this build would not have written.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Damage> {
        let packed = Self(bytes.into());
        let mut last = None;
        let mut records = packed.records();
        for record in records.by_ref() {
            let is_later = last.is_none_or(|last| record.id > last);
            let is_whole = kept(packed.base(), record.body).is_some_and(|kept| !kept.is_empty());
            if !is_later || !is_whole {
                return Err(Damage::Body(format!("no receipt of {}", record.id)));
            }
            last = Some(record.id);
        }
        match records.rest.is_empty() && (last.is_some() || bytes.is_empty()) {
            true => Ok(packed),
            false => Err(Damage::Body("receipts end in the middle".to_owned())),
        }
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reports whether there are no receipts.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the first id.
    pub(crate) fn first(&self) -> Option<i64> {
        self.records().next().map(|record| record.id)
    }

    /// Returns the state for an announcement; an empty one if there is none.
    pub(crate) fn get(&self, id: i64) -> KeptReceipt {
        let found = self.records().find(|record| record.id >= id);
        found
            .filter(|record| record.id == id)
            .and_then(|record| kept(self.base(), record.body))
            .unwrap_or_default()
    }

    /// Returns all states, ascending by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, KeptReceipt)> + '_ {
        let base = self.base();
        self.records()
            .filter_map(move |record| Some((record.id, kept(base, record.body)?)))
    }

    /// Returns the ids with state, ascending.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.records().map(|record| record.id)
    }

    /// Returns the number of receipts that are not empty.
    pub(crate) fn receipts(&self) -> u64 {
        let has_parts = |record: &Record<'_>| record.flags() & !UNREAD != 0;
        self.records().filter(has_parts).count() as u64
    }

    /// Returns the flags that at least one receipt has.
    pub(super) fn flags(&self) -> u8 {
        self.records().fold(0, |all, record| all | record.flags())
    }

    /// Returns the ids of receipts with a flag, ascending.
    pub(super) fn flagged(&self, flag: u8) -> impl Iterator<Item = i64> + '_ {
        self.records()
            .filter(move |record| record.flags() & flag != 0)
            .map(|record| record.id)
    }

    /// Replaces the state for an announcement. If there is too much then, it returns the upper part
    /// and keeps the lower one.
    pub(crate) fn set(&mut self, id: i64, to: &KeptReceipt) -> Option<Self> {
        let mut bytes = Vec::with_capacity(self.0.len() + 24);
        let base = match self.is_empty() {
            true => common_time(&to.receipt),
            false => self.base(),
        };
        let mut records = self.records();
        let mut before = None;
        let mut from = self.0.len() - records.rest.len();
        let mut following = None;
        for record in records.by_ref() {
            if record.id >= id {
                following = Some(record);
                break;
            }
            before = Some(record.id);
            from = record.end;
        }
        if following.as_ref().is_some_and(|record| record.id == id) {
            following = records.next();
        }
        match self.is_empty() {
            true => put(&mut bytes, zigzag(base)),
            false => bytes.extend_from_slice(self.0.get(..from).unwrap_or_default()),
        }
        let at = bytes.len();
        if !to.is_empty() {
            put(&mut bytes, distance(before, id));
            put_kept(&mut bytes, base, to);
            before = Some(id);
        }
        let is_last = following.is_none();
        if let Some(following) = following {
            put(&mut bytes, distance(before, following.id));
            put_body(&mut bytes, following.body);
            bytes.extend_from_slice(records.rest);
        } else if before.is_none() {
            // Nothing is left to which the common time is common.
            bytes.clear();
        }
        self.0 = bytes.into_boxed_slice();
        if self.0.len() <= MOST {
            return None;
        }
        // Receipts mostly come in the order of ids, so that full parts stay full.
        let middle = match is_last {
            true => at,
            false => self.0.len() / 2,
        };
        self.split(middle)
    }

    /// Splits before the first receipt, but for the very first, that begins at `at` or later.
    fn split(&mut self, at: usize) -> Option<Self> {
        let base = self.base();
        let mut records = self.records();
        records.next()?;
        let upper = records.find(|record| record.at >= at)?;
        let mut bytes = Vec::with_capacity(self.0.len() - upper.at + 16);
        put(&mut bytes, zigzag(base));
        put(&mut bytes, distance(None, upper.id));
        put_body(&mut bytes, upper.body);
        bytes.extend_from_slice(records.rest);
        let lower = self.0.get(..upper.at).unwrap_or_default().into();
        self.0 = lower;
        Some(Self(bytes.into_boxed_slice()))
    }

    /// Returns the time from which the others are distances.
    fn base(&self) -> i64 {
        let mut bytes = &*self.0;
        unzigzag(take(&mut bytes).unwrap_or_default())
    }

    fn records(&self) -> Records<'_> {
        let mut rest = &*self.0;
        // The common time.
        take(&mut rest);
        Records {
            all: &self.0,
            rest,
            id: 0,
        }
    }
}

impl Record<'_> {
    fn flags(&self) -> u8 {
        self.body.first().copied().unwrap_or_default()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let mut rest = self.rest;
        let at = self.all.len() - rest.len();
        // Wraps only over damaged bytes, which `read` refuses for the order of ids.
        let id = self.id.wrapping_add(take(&mut rest)? as i64);
        let length = usize::try_from(take(&mut rest)?).ok()?;
        let (body, rest) = rest.split_at_checked(length)?;
        (self.rest, self.id) = (rest, id);
        Some(Record {
            id,
            at,
            end: self.all.len() - rest.len(),
            body,
        })
    }
}

/// Returns the time that a receipt's others are near to.
fn common_time(receipt: &Receipt) -> i64 {
    let times = [
        receipt.first_seen_at,
        receipt.read_at,
        receipt.dismissed_at,
        receipt.acknowledged_at,
        receipt.snoozed_until,
    ];
    times.into_iter().find(|at| *at != 0).unwrap_or_default()
}

fn distance(before: Option<i64>, id: i64) -> u64 {
    id.wrapping_sub(before.unwrap_or_default()) as u64
}

fn put_body(bytes: &mut Vec<u8>, body: &[u8]) {
    put(bytes, body.len() as u64);
    bytes.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Acknowledgement, limits};

    /// Generates times, often near to each other.
    fn time() -> impl Strategy<Value = i64> {
        prop_oneof![
            Just(0),
            1_790_000_000_000_i64..1_790_100_000_000,
            any::<i64>()
        ]
    }

    fn version() -> impl Strategy<Value = u32> {
        prop_oneof![Just(0), 1..3_u32, any::<u32>()]
    }

    /// Acknowledgements before the version `last`, as many as a receipt keeps.
    fn before(last: u32, earlier: Vec<(u32, i64)>) -> Vec<Acknowledgement> {
        let by_version: BTreeMap<u32, i64> = earlier.into_iter().collect();
        let before = by_version
            .range(1..last.max(1))
            .take(limits::ACKNOWLEDGEMENTS - 1);
        before
            .map(|(version, at)| Acknowledgement {
                version: *version,
                at: *at,
            })
            .collect()
    }

    pub(crate) fn state() -> impl Strategy<Value = KeptReceipt> {
        let part = || (version(), time());
        let seen = (version(), version(), time(), time());
        let earlier = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(part(), 0..20)];
        (seen, part(), part(), part(), part(), earlier, any::<bool>()).prop_map(
            |(seen, read, dismissed, acknowledged, snoozed, earlier, is_unread)| KeptReceipt {
                receipt: Receipt {
                    seen_count: seen.0,
                    seen_version: seen.1,
                    first_seen_at: seen.2,
                    last_seen_at: seen.3,
                    read_version: read.0,
                    read_at: read.1,
                    dismissed_version: dismissed.0,
                    dismissed_at: dismissed.1,
                    acknowledged_version: acknowledged.0,
                    acknowledged_at: acknowledged.1,
                    snoozed_version: snoozed.0,
                    snoozed_until: snoozed.1,
                    earlier: before(acknowledged.0, earlier),
                },
                is_unread,
            },
        )
    }

    fn id() -> impl Strategy<Value = i64> {
        prop_oneof![0..20_i64, any::<i64>()]
    }

    proptest! {
        #[test]
        fn what_was_set_is_there_in_order_and_nothing_else(
            steps in prop::collection::vec((id(), prop::option::of(state())), 0..120)
        ) {
            let mut oracle = BTreeMap::new();
            let mut parts = vec![Packed::default()];
            for (id, to) in steps {
                let to = to.unwrap_or_default();
                let later = parts.iter().skip(1).take_while(|part| part.first().unwrap() <= id);
                let n = later.count();
                if let Some(upper) = parts[n].set(id, &to) {
                    prop_assert!(parts[n].first().is_some() && upper.first() > parts[n].first());
                    parts.insert(n + 1, upper);
                }
                if n > 0 && parts[n].is_empty() {
                    parts.remove(n);
                }
                match to.is_empty() {
                    true => drop(oracle.remove(&id)),
                    false => drop(oracle.insert(id, to.clone())),
                }
                let found: Vec<_> = parts.iter().map(|part| part.get(id)).collect();
                let found = found.into_iter().find(|kept| !kept.is_empty());
                prop_assert_eq!(found.unwrap_or_default(), to);
            }
            let all: Vec<_> = parts.iter().flat_map(Packed::iter).collect();
            prop_assert_eq!(&all, &oracle.iter().map(|(id, kept)| (*id, kept.clone())).collect::<Vec<_>>());
            let unread: Vec<_> = parts.iter().flat_map(|part| part.flagged(UNREAD)).collect();
            let is_unread = all.iter().filter(|(_, kept)| kept.is_unread);
            prop_assert_eq!(unread, is_unread.map(|(id, _)| *id).collect::<Vec<_>>());
            for part in parts {
                prop_assert!(part.bytes().len() <= MOST + 350);
                let again = Packed::read(part.bytes()).unwrap();
                prop_assert_eq!(again.bytes(), part.bytes());
            }
        }

        #[test]
        fn any_bytes_are_refused_or_are_receipts(bytes: Vec<u8>) {
            if let Ok(packed) = Packed::read(&bytes) {
                let ids: Vec<i64> = packed.ids().collect();
                prop_assert!(ids.is_sorted());
                prop_assert_eq!(packed.iter().count(), ids.len());
            }
        }
    }

    #[test]
    fn reading_takes_nine_bytes_a_mark() {
        let mut packed = Packed::default();
        for id in 1..=30 {
            let receipt = Receipt {
                read_version: 1,
                read_at: 1_790_000_000_000 + id * 60_000_000,
                ..Receipt::default()
            };
            let kept = KeptReceipt {
                receipt,
                is_unread: false,
            };
            assert!(packed.set(id, &kept).is_none());
        }
        assert!(
            packed.bytes().len() <= 6 + 30 * 9,
            "{}",
            packed.bytes().len()
        );
    }

    #[test]
    fn receipts_that_come_in_order_leave_full_parts_behind() {
        let mut packed = Packed::default();
        let kept = KeptReceipt {
            receipt: Receipt::default(),
            is_unread: true,
        };
        let upper = (1..1000).find_map(|id| packed.set(id, &kept)).unwrap();
        assert_eq!(upper.iter().count(), 1);
        assert!(packed.bytes().len() > MOST - 10);
    }
}
