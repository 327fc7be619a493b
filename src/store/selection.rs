//! Answers a query from the index: which slots, how many, and until when.
//!
//! Two ways lead to a page. A *walk* takes slots that are in order already (the groups' rank order, or
//! the timeline) and stops when the page is full. A *scan* looks at every candidate and keeps the best.
//! The walk costs what it passes over, the scan what the filter leaves: the cheaper one is taken.

use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::groups::{RankKey, Visible};
use super::index::{Entry, Index, rank_key};
use super::timeline::Slot;
use super::users::User;
use super::verified::Answer;
use crate::error::Result;
use crate::model::{Announcement, PreparedViewer, choose_locale};
use crate::query::{Order, Phase, Query, SortKey, View, sort_key};
use crate::search::{Planes, SearchQuery, hits, matches};

/// How far [`Selection::next_change_at`] looks for a change that concerns the query.
const CHANGES_LOOKED_AT: usize = 1024;
/// Up to so many candidates of a search are verified for each query, and only those that count; the words
/// of more are looked for in all of them, once, and remembered.
const VERIFIED_AT_ONCE: u64 = 256;
/// Intersecting a group's bitmap costs about as much as looking at this many candidates.
const CANDIDATES_PER_GROUP: u64 = 16;

/// A query on its way through the index.
pub(crate) struct Selection<'a> {
    index: &'a Index,
    query: &'a Query,
    now: i64,
    visible: Visible<'a>,
    user: Option<&'a User>,
    search: Option<SearchQuery>,
    /// Whether the index of words leaves some that are none: each must be looked at.
    verify: bool,
    /// What the indexed conditions leave; none if the query has no such condition.
    candidates: Option<RoaringBitmap>,
    excluded: RoaringBitmap,
    needs_records: bool,
    /// The slots whose being active differs between the index's instant and `now`.
    moved: Vec<Slot>,
    /// All that is accepted, where that had to be found out one by one.
    accepted: Option<RoaringBitmap>,
}

impl<'a> Selection<'a> {
    /// Prepares a query that has been checked. `user` is what is kept of its viewer.
    ///
    /// # Errors
    /// `invalid_field` for search text that is malformed.
    pub(crate) fn new(
        index: &'a Index,
        query: &'a Query,
        user: Option<&'a User>,
        now: i64,
    ) -> Result<Self> {
        let viewer = PreparedViewer::new(&query.viewer);
        let visible = match query.view {
            View::Viewer => index.groups.visible_to(Some(&viewer)),
            View::Editor => index.groups.visible_to(None),
        };
        let at = index.at();
        let differs = |slot: &Slot| {
            index
                .entry(*slot)
                .is_some_and(|entry| entry.is_active(at) != entry.is_active(now))
        };
        let mut moved = match at == now {
            true => Vec::new(),
            false => index.timeline.changed(at.min(now), at.max(now)),
        };
        moved.retain(differs);
        let mut selection = Self {
            index,
            query,
            now,
            visible,
            user,
            search: None,
            verify: false,
            candidates: candidates(index, query),
            excluded: index.attributes.excluded(&query.filter),
            needs_records: query.filter.needs_records(),
            moved,
            accepted: None,
        };
        selection.narrow_by_search()?;
        if selection.needs_records || selection.verify || query.filter.needs_user() {
            selection.accepted = Some(selection.scanned().collect());
        }
        Ok(selection)
    }

    /// The slots of a page: those after `after` in the query's order, `limit` at most.
    /// `total` is what [`total`](Self::total) gave, or more.
    pub(crate) fn page(&self, after: Option<SortKey>, limit: usize, total: u64) -> Vec<Slot> {
        let order = self.query.order;
        let is_walked = self.query.filter.phase == Phase::Active && order != Order::Relevance;
        if total == 0 {
            return Vec::new();
        }
        if !is_walked || self.scan_is_cheaper(limit, total) {
            return self.scan(after, limit);
        }
        let accepted = |slot: &Slot| self.accepts(*slot);
        let timeline = &self.index.timeline;
        match (order, after) {
            (Order::Newest, None) => timeline
                .newest((self.now, i64::MAX))
                .filter(accepted)
                .take(limit)
                .collect(),
            (Order::Newest, Some([starts_at, .., id])) => timeline
                .newest((starts_at, id))
                .filter(accepted)
                .take(limit)
                .collect(),
            (Order::Oldest, after) => {
                let from = after.map_or((i64::MIN, 0), |[starts_at, .., id]| (-starts_at, -id));
                timeline.oldest(from).filter(accepted).take(limit).collect()
            }
            (Order::EndingSoon, after) => {
                let from = after.map_or((self.now, i64::MAX), |[ends_at, .., id]| (-ends_at, -id));
                timeline
                    .ending_soon(from)
                    .filter(accepted)
                    .take(limit)
                    .collect()
            }
            (Order::Default | Order::Relevance, after) => self
                .walk_ranks(after)
                .filter(accepted)
                .take(limit)
                .collect(),
        }
    }

    /// How many slots the query accepts.
    pub(crate) fn total(&self) -> u64 {
        if let Some(accepted) = &self.accepted {
            return accepted.len();
        }
        if self.query.filter.phase != Phase::Active {
            return self.scanned().count() as u64;
        }
        match &self.candidates {
            Some(candidates) if !self.intersecting_is_cheaper(candidates) => {
                candidates.iter().filter(|slot| self.accepts(*slot)).count() as u64
            }
            candidates => {
                let count = |active: &RoaringBitmap| match candidates {
                    None if self.excluded.is_empty() => active.len(),
                    None => active.len() - active.intersection_len(&self.excluded),
                    Some(candidates) if self.excluded.is_empty() => {
                        active.intersection_len(candidates)
                    }
                    Some(candidates) => (active & (candidates - &self.excluded)).len(),
                };
                let at_index = self
                    .visible
                    .iter()
                    .map(|group| count(&group.active_slots))
                    .sum();
                self.corrected(at_index)
            }
        }
    }

    /// How many of the accepted slots the viewer has not read, `total` being how many there are.
    pub(crate) fn unread(&self, total: u64) -> u64 {
        let Some(user) = self.user.filter(|_| !self.query.filter.unread_only) else {
            return total;
        };
        let has_read = |slot: &Slot| {
            self.entry(*slot)
                .is_some_and(|entry| user.has_read(&entry.announcement))
        };
        match self.not_read_by_all(user) {
            Some(slots) => {
                let unread = |slot: &Slot| !has_read(slot) && self.accepts(*slot);
                slots.iter().filter(unread).count() as u64
            }
            None => {
                let slots = user
                    .receipts
                    .keys()
                    .filter_map(|id| self.index.slot_of_id(*id));
                let read = slots
                    .filter(|slot| has_read(slot) && self.accepts(*slot))
                    .count();
                total.saturating_sub(read as u64)
            }
        }
    }

    /// The earliest instant after `now` at which the answer may change by time alone; 0 if none.
    ///
    /// Looks at a bounded number of starts and ends. If none of them concerns the query, the instant of
    /// the one after is given, which is early but never late.
    pub(crate) fn next_change_at(&self) -> i64 {
        if matches!(self.query.filter.phase, Phase::Retracted | Phase::Any) {
            return 0;
        }
        let concerns = |slot: Slot| {
            self.entry(slot).is_some_and(|entry| {
                // What it replaces may be under the filter though it is not. What the viewer may not
                // see replaces nothing for him, and its times are no concern of his.
                self.visible.contains(entry.group)
                    && (self.accepts_ever(slot, entry) || !entry.announcement.replaces().is_empty())
            })
        };
        let changes = self.index.timeline.after(self.now).enumerate();
        let next = changes
            .filter(|(looked_at, (_, slot))| *looked_at == CHANGES_LOOKED_AT || concerns(*slot))
            .map(|(_, (at, _))| at)
            .next();
        [next, self.next_showing()]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(0)
    }

    /// Whether the query accepts `slot` at its instant.
    pub(crate) fn accepts(&self, slot: Slot) -> bool {
        if let Some(accepted) = &self.accepted {
            return accepted.contains(slot);
        }
        self.entry(slot).is_some_and(|entry| {
            self.is_in_phase(entry)
                && self.accepts_ever(slot, entry)
                && !self.is_superseded(slot)
                && self.accepts_for_user(entry)
        })
    }

    /// The slot that hides `slot` from the viewer by replacing it. An editor sees the replaced too.
    pub(crate) fn superseded_by(&self, slot: Slot) -> Option<Slot> {
        if self.query.view == View::Editor || !self.index.replaced.contains(slot) {
            return None;
        }
        let entry = self.entry(slot)?;
        self.index
            .supersession
            .replacers_of(&entry.announcement)
            .find(|other| {
                self.entry(*other).is_some_and(|replacer| {
                    replacer.is_active(self.now) && self.visible.contains(replacer.group)
                })
            })
    }

    /// What is searched for.
    pub(crate) fn into_search(self) -> Option<SearchQuery> {
        self.search
    }

    /// What `slot` sorts by.
    pub(crate) fn sort_key(&self, slot: Slot) -> Option<SortKey> {
        let announcement = &self.entry(slot)?.announcement;
        let relevance = match (&self.search, self.query.order) {
            (Some(search), Order::Relevance) => {
                hits(search, announcement, self.text_index(announcement))
            }
            _ => 0,
        };
        Some(sort_key(self.query.order, announcement, relevance))
    }

    /// Narrows the candidates to those that have the words of the search text.
    fn narrow_by_search(&mut self) -> Result<()> {
        let search = SearchQuery::parse(&self.query.filter.q).map_err(|e| e.within("filter"))?;
        if search.is_empty() {
            return Ok(());
        }
        let planes = Planes {
            parts: self.index.locales.chosen(&self.query.viewer.locales),
        };
        let found = self.index.search.find(&search, &planes);
        let slots = match found.slots {
            Some(slots) if !found.exact && slots.len() > VERIFIED_AT_ONCE => {
                Some(self.with_the_words(&search, slots))
            }
            slots => {
                self.verify = !found.exact;
                slots
            }
        };
        if let Some(slots) = slots {
            match &mut self.candidates {
                Some(candidates) => *candidates &= slots,
                None => self.candidates = Some(slots),
            }
        }
        self.search = Some(search);
        Ok(())
    }

    /// Those of `slots` whose text has the words. Looks only at what has changed since the same search
    /// was made last.
    fn with_the_words(&self, search: &SearchQuery, slots: RoaringBitmap) -> RoaringBitmap {
        let (q, wanted) = (&self.query.filter.q, &self.query.viewer.locales);
        let has_the_words = |slot: &Slot| {
            self.entry(*slot).is_some_and(|entry| {
                let announcement = &entry.announcement;
                matches(search, announcement, self.text_index(announcement))
            })
        };
        let revision = self.index.revision;
        let slots = match self.index.verified.get(q, wanted) {
            Some(known) if known.revision == revision => return known.slots,
            Some(known) => {
                let changed: RoaringBitmap = self.index.changed_after(known.revision).collect();
                let (new, old) = (&slots & &changed, slots - changed);
                let mut still = known.slots & old;
                still.extend(new.iter().filter(has_the_words));
                still
            }
            None => slots.iter().filter(has_the_words).collect(),
        };
        let answer = Answer {
            revision,
            slots: slots.clone(),
        };
        self.index.verified.put(q, wanted, answer);
        slots
    }

    fn entry(&self, slot: Slot) -> Option<&'a Entry> {
        self.index.entry(slot)
    }

    fn text_index(&self, announcement: &Announcement) -> usize {
        let wanted = &self.query.viewer.locales;
        choose_locale(wanted, announcement.locales(), announcement.default_index()).index
    }

    fn is_in_phase(&self, entry: &Entry) -> bool {
        match self.query.filter.phase {
            Phase::Active => entry.is_active(self.now),
            Phase::Any => true,
            phase => Phase::of(&entry.announcement, self.now) == phase,
        }
    }

    /// Whether the query accepts `slot` whenever it is in the right phase and not superseded, whatever
    /// its viewer has done with it.
    fn accepts_ever(&self, slot: Slot, entry: &Entry) -> bool {
        self.visible.contains(entry.group)
            && self
                .candidates
                .as_ref()
                .is_none_or(|candidates| candidates.contains(slot))
            && !self.excluded.contains(slot)
            && (!self.needs_records || self.query.filter.holds_beside_indexes(&entry.announcement))
            && (!self.verify || self.has_the_words(&entry.announcement))
    }

    fn has_the_words(&self, announcement: &Announcement) -> bool {
        let index = || self.text_index(announcement);
        self.search
            .as_ref()
            .is_none_or(|search| matches(search, announcement, index()))
    }

    fn accepts_for_user(&self, entry: &Entry) -> bool {
        let filter = &self.query.filter;
        if !filter.needs_user() {
            return true;
        }
        let announcement = &entry.announcement;
        let read = || self.user.is_some_and(|user| user.has_read(announcement));
        let pending = || {
            self.user
                .is_none_or(|user| user.is_pending(announcement, self.now))
        };
        let acknowledged = || {
            self.user
                .is_some_and(|u| u.receipt(announcement.id()).is_acknowledged(announcement))
        };
        !(filter.unread_only && read())
            && (!filter.pending_only || pending())
            && !(filter.unacknowledged_only && (!announcement.require_ack() || acknowledged()))
    }

    /// The earliest instant after `now` at which something may be shown again.
    fn next_showing(&self) -> Option<i64> {
        let user = self.user.filter(|_| self.query.filter.pending_only)?;
        let again = |(id, receipt): (&i64, &crate::model::Receipt)| {
            let slot = self.index.slot_of_id(*id)?;
            let entry = self.entry(slot)?;
            let at = receipt.shown_again_at(&entry.announcement);
            (at > self.now && self.accepts_ever(slot, entry)).then_some(at)
        };
        user.receipts.iter().filter_map(again).min()
    }

    fn is_superseded(&self, slot: Slot) -> bool {
        self.superseded_by(slot).is_some()
    }

    /// The slots that mark all read has not made read; none if the user never did that.
    fn not_read_by_all(&self, user: &User) -> Option<RoaringBitmap> {
        let watermark = user.watermark;
        if watermark.revision == 0 {
            return None;
        }
        let mut slots: RoaringBitmap = self.index.notified_after(watermark.revision).collect();
        if self.query.filter.phase != Phase::Active {
            // An editor asks for retracted ones too, which are in no order of revision or time.
            slots.extend(self.index.retracted());
        }
        slots.extend(self.index.timeline.started_after(watermark.at));
        slots.extend(
            user.unread
                .iter()
                .filter_map(|id| self.index.slot_of_id(*id)),
        );
        Some(slots)
    }

    /// A count that holds at the index's instant, and knows nothing of supersession, made right.
    fn corrected(&self, at_index: u64) -> u64 {
        let matches = |slot: &Slot| {
            self.entry(*slot)
                .is_some_and(|entry| self.accepts_ever(*slot, entry))
        };
        let is_active = |slot: &Slot| self.entry(*slot).is_some_and(|e| e.is_active(self.now));
        let moved = || self.moved.iter().copied().filter(matches);
        let came = moved().filter(is_active).count() as u64;
        let went = moved().count() as u64 - came;
        let hidden = match self.query.view {
            View::Editor => 0,
            View::Viewer => {
                let replaced = self.index.replaced.iter().filter(is_active).filter(matches);
                replaced.filter(|slot| self.is_superseded(*slot)).count() as u64
            }
        };
        (at_index + came).saturating_sub(went + hidden)
    }

    fn intersecting_is_cheaper(&self, candidates: &RoaringBitmap) -> bool {
        candidates.len() > CANDIDATES_PER_GROUP * self.visible.iter().count() as u64
    }

    /// A walk passes over what the filter refuses: about `active / total` slots for each it takes.
    fn scan_is_cheaper(&self, limit: usize, total: u64) -> bool {
        let active: u64 = self
            .visible
            .iter()
            .map(|group| group.active_slots.len())
            .sum();
        let left = self.accepted.as_ref().or(self.candidates.as_ref());
        let to_scan = left.map_or(active, RoaringBitmap::len);
        let to_walk = (limit as u64)
            .min(total)
            .saturating_mul(active / total.max(1));
        // In the orders of time the walk also passes over what is over, and what others may see.
        let to_walk = match self.query.order {
            Order::Default | Order::Relevance => to_walk,
            Order::Newest | Order::Oldest | Order::EndingSoon => {
                to_walk.saturating_mul(self.index.len() as u64 / active.max(1))
            }
        };
        to_scan < to_walk
    }

    /// The slots in rank order, from just after `after`: the groups and what has moved, merged.
    fn walk_ranks(&self, after: Option<SortKey>) -> impl Iterator<Item = Slot> {
        let bound: RankKey = match after {
            // A rank is a u16 again when it comes out of the key that it went into.
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
        let groups = self.visible.iter();
        let mut sources: Vec<Source<'a>> = groups
            .map(|group| Source::Group(group.active.range(..bound).rev()))
            .collect();
        sources.push(Source::Moved(moved));
        let mut heads: BinaryHeap<(RankKey, usize)> = BinaryHeap::with_capacity(sources.len());
        for (number, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next().map(|key| (key, number)));
        }
        std::iter::from_fn(move || {
            let mut head = heads.peek_mut()?;
            let (key, number) = *head;
            match sources.get_mut(number).and_then(Source::next) {
                Some(next) => *head = (next, number),
                None => {
                    PeekMut::pop(head);
                }
            }
            Some(key.3)
        })
    }

    /// The best `limit` of all that is accepted and comes after `after`.
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

    /// Everything that is accepted, in no order.
    fn scanned(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
        if let Some(accepted) = &self.accepted {
            return Box::new(accepted.iter());
        }
        let unread = self.user.filter(|_| self.query.filter.unread_only);
        let unread = unread.and_then(|user| self.not_read_by_all(user));
        let slots: Box<dyn Iterator<Item = Slot>> = match (&self.candidates, unread) {
            (_, Some(unread)) => Box::new(unread.into_iter()),
            (Some(candidates), None) => Box::new(candidates.iter()),
            (None, None) if self.query.filter.phase == Phase::Active => {
                let active = self
                    .visible
                    .iter()
                    .flat_map(|group| group.active_slots.iter());
                let came = |slot: &Slot| {
                    self.entry(*slot)
                        .is_some_and(|entry| entry.is_active(self.now))
                };
                Box::new(active.chain(self.moved.iter().copied().filter(came)))
            }
            (None, None) => Box::new(self.index.slots()),
        };
        Box::new(slots.filter(|slot| self.accepts(*slot)))
    }
}

/// Where the walk in rank order takes slots from.
enum Source<'a> {
    Group(std::iter::Rev<std::collections::btree_set::Range<'a, RankKey>>),
    /// In ascending order: the greatest is taken off the end.
    Moved(Vec<RankKey>),
}

impl Source<'_> {
    fn next(&mut self) -> Option<RankKey> {
        match self {
            Self::Group(range) => range.next().copied(),
            Self::Moved(keys) => keys.pop(),
        }
    }
}

/// What the indexed conditions of the query's filter leave.
fn candidates(index: &Index, query: &Query) -> Option<RoaringBitmap> {
    let filter = &query.filter;
    let mut result = index.attributes.candidates(filter);
    let mut and = |slots: RoaringBitmap| match &mut result {
        Some(result) => *result &= slots,
        None => result = Some(slots),
    };
    if !filter.ids.is_empty() {
        and(filter
            .ids
            .iter()
            .filter_map(|id| index.slot_of_id(*id))
            .collect());
    }
    if !filter.keys.is_empty() {
        let in_channel = |channel: &str| -> Vec<Slot> {
            filter
                .keys
                .iter()
                .filter_map(|key| index.slot_of_key(channel, key))
                .collect()
        };
        and(match filter.channels.is_empty() {
            true => index.attributes.channels().flat_map(in_channel).collect(),
            false => filter
                .channels
                .iter()
                .flat_map(|channel| in_channel(channel))
                .collect(),
        });
    }
    result
}

/// The announcements behind slots.
pub(crate) fn announcements(index: &Index, slots: &[Slot]) -> Vec<Arc<Announcement>> {
    let entries = slots.iter().filter_map(|slot| index.entry(*slot));
    entries
        .map(|entry| Arc::clone(&entry.announcement))
        .collect()
}
