//! Selects the slots of a page, by a walk or by a scan.

use crate::model::limits;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::iter::Peekable;

use roaring::RoaringBitmap;

use super::Selection;
use crate::engine::memory::audiences::{Below, Group, RankKey};
use crate::engine::memory::index::rank_key;
use crate::engine::memory::timeline::Slot;
use crate::query::{Order, Phase, SortKey};

/// Number of candidates up to which a scan is chosen without counting the matches first.
const SCANNED: u64 = 1024;
/// Factor by which a walk may exceed its expected length before it is abandoned for the index. It
/// bounds the loss when the terms are rarer than estimated.
const SURPRISE: usize = 4;

impl<'a> Selection<'a> {
    /// Returns at most `limit` slots after `after` in the query's order. `total` is an upper bound
    /// from [`total`](Self::total).
    pub(crate) fn page(&self, after: Option<SortKey>, limit: usize, total: u64) -> Vec<Slot> {
        let is_walked = self.is_walked();
        if total == 0 {
            return Vec::new();
        }
        if !is_walked || self.scan_is_cheaper(limit, total) {
            return self.scan(after, limit);
        }
        self.walk(after, limit, usize::MAX).0
    }

    /// Returns a page like [`page`](Self::page) when the total is unknown.
    pub(crate) fn page_uncounted(&mut self, after: Option<SortKey>, limit: usize) -> Vec<Slot> {
        let is_walked = self.is_walked();
        if let Some(one_in) = self.words_one_in.take() {
            let expected = limit.saturating_mul(usize::try_from(one_in).unwrap_or(usize::MAX));
            let (slots, is_done) = self.walk(after, limit, expected.saturating_mul(SURPRISE));
            if is_done {
                return slots;
            }
            // The matches are not where the estimate expected them.
            self.narrow_by_index();
        }
        let left = self
            .candidates
            .as_ref()
            .map_or(u64::MAX, RoaringBitmap::len);
        if !is_walked || left <= SCANNED {
            return self.scan(after, limit);
        }
        self.walk(after, limit, usize::MAX).0
    }

    /// Reports whether an existing order allows a walk.
    pub(crate) fn is_walked(&self) -> bool {
        self.query.filter.phase == Phase::Active && self.query.order != Order::Relevance
    }

    /// Returns the first `limit` slots of a walk, and whether they are complete. They are not if
    /// the walk passed over `patience` slots first.
    fn walk(&self, after: Option<SortKey>, limit: usize, patience: usize) -> (Vec<Slot>, bool) {
        let timeline = &self.index.timeline;
        let slots: Box<dyn Iterator<Item = Slot>> = match (self.query.order, after) {
            (Order::Newest, after) => {
                let before = after.map_or((i64::MAX, i64::MAX), |[at, .., id]| (at, id));
                Box::new(self.walk_newest(before))
            }
            (Order::Oldest, after) => {
                let from = after.map_or((i64::MIN, 0), |[starts_at, .., id]| (-starts_at, -id));
                Box::new(timeline.oldest(from))
            }
            (Order::EndingSoon, after) => {
                let from = after.map_or((self.now, i64::MAX), |[ends_at, .., id]| (-ends_at, -id));
                Box::new(timeline.ending_soon(from))
            }
            (Order::Default | Order::Relevance, after) => Box::new(self.walk_ranks(after)),
        };
        let mut found = Vec::with_capacity(limit.min(limits::PAGE as usize + 1));
        for (passed, slot) in slots.enumerate() {
            if found.len() == limit {
                break;
            }
            if passed == patience {
                return (found, false);
            }
            if self.accepts(slot) {
                found.push(slot);
            }
        }
        (found, true)
    }

    /// Compares the costs. A walk passes over `active / total` slots for each one that it takes.
    fn scan_is_cheaper(&self, limit: usize, total: u64) -> bool {
        let active: u64 = self.visible.iter().map(Group::active_len).sum();
        let left = self.accepted.as_ref().or(self.candidates.as_ref());
        let to_scan = left.map_or(active, RoaringBitmap::len);
        let to_walk = (limit as u64)
            .min(total)
            .saturating_mul(active / total.max(1));
        // In the orders of time, a walk also passes over expired announcements and those for
        // others.
        let to_walk = match self.query.order {
            Order::Default | Order::Relevance => to_walk,
            Order::Newest | Order::Oldest | Order::EndingSoon => {
                to_walk.saturating_mul(self.index.len() as u64 / active.max(1))
            }
        };
        to_scan < to_walk
    }

    /// Walks by the instants at which announcements became news and visible, the latest first.
    fn walk_newest(&self, before: (i64, i64)) -> impl Iterator<Item = Slot> {
        let renewed = self.index.renewed.range(..(before.0, before.1, 0)).rev();
        let mut renewed = renewed.peekable();
        let started = before.min((self.now, i64::MAX));
        let is_first = |slot: &Slot| {
            let entry = self.entry(*slot).map(|entry| &entry.announcement);
            entry.is_some_and(|a| a.renewed_at().is_none() || a.news_at() == a.starts_at())
        };
        let mut started = (self.index.timeline.newest(started))
            .filter(is_first)
            .peekable();
        let start = |slot: &Slot| {
            let entry = self.entry(*slot);
            entry.map(|entry| (entry.announcement.starts_at(), entry.announcement.id()))
        };
        std::iter::from_fn(move || {
            let is_renewed = match (renewed.peek(), started.peek()) {
                (Some((at, id, _)), Some(slot)) => Some((*at, *id)) > start(slot),
                (renewed, _) => renewed.is_some(),
            };
            match is_renewed {
                true => renewed.next().map(|(_, _, slot)| *slot),
                false => started.next(),
            }
        })
    }

    /// Walks in rank order from just after `after`, merging the groups and the moved slots.
    fn walk_ranks(&self, after: Option<SortKey>) -> RankWalk<'_, 'a> {
        let bound: RankKey = match after {
            // A rank that came from a u16 fits into a u16 again.
            Some([_, rank, starts_at, id]) => (u16::try_from(rank).unwrap_or(0), starts_at, id, 0),
            None => (u16::MAX, i64::MAX, i64::MAX, Slot::MAX),
        };
        let came = |slot: &Slot| {
            let entry = self
                .entry(*slot)
                .filter(|entry| entry.is_active(self.now))?;
            Some(rank_key(&entry.announcement, *slot))
        };
        let mut moved: Vec<RankKey> = self
            .moved
            .iter()
            .filter_map(came)
            .filter(|key| *key < bound)
            .collect();
        moved.sort_unstable();
        RankWalk {
            bound,
            moved,
            open: Vec::new(),
            heads: BinaryHeap::new(),
            closed: self.visible.descending().peekable(),
        }
    }

    /// Returns the best `limit` of all accepted slots after `after`.
    fn scan(&self, after: Option<SortKey>, limit: usize) -> Vec<Slot> {
        let keyed = |slot: Slot| Some((self.sort_key(slot)?, slot));
        let later = |(key, _): &(SortKey, Slot)| after.is_none_or(|after| *key < after);
        let mut found: Vec<(SortKey, Slot)> =
            self.scanned().filter_map(keyed).filter(later).collect();
        if found.len() > limit {
            found.select_nth_unstable_by(limit, |a, b| b.cmp(a));
            found.truncate(limit);
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, slot)| slot).collect()
    }
}

/// A walk in rank order that merges the groups. A group is opened when the walk reaches its head.
struct RankWalk<'s, 'a> {
    /// Upper bound of the remaining keys.
    bound: RankKey,
    /// Slots that started after the groups' instant, ascending, so that the greatest is popped.
    moved: Vec<RankKey>,
    open: Vec<Below<'a>>,
    /// Next key of each open group, with the group's number.
    heads: BinaryHeap<(RankKey, usize)>,
    closed: Peekable<Box<dyn Iterator<Item = (RankKey, &'a Group)> + 's>>,
}

impl Iterator for RankWalk<'_, '_> {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        loop {
            let head = self.heads.peek().map(|(key, _)| *key);
            let is_next = |(top, _): &(RankKey, &Group)| head.is_none_or(|head| *top > head);
            let Some((_, group)) = self.closed.next_if(is_next) else {
                break;
            };
            let mut below = group.below(self.bound);
            let first = below.next();
            self.heads.extend(first.map(|key| (*key, self.open.len())));
            self.open.push(below);
        }
        let head = self.heads.peek_mut();
        match (head, self.moved.last()) {
            (Some(head), moved) if moved.is_none_or(|moved| *moved < head.0) => {
                let mut head = head;
                let (key, number) = *head;
                match self.open.get_mut(number).and_then(Iterator::next) {
                    Some(next) => *head = (*next, number),
                    None => drop(PeekMut::pop(head)),
                }
                Some(key.3)
            }
            _ => self.moved.pop().map(|key| key.3),
        }
    }
}
