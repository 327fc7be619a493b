//! Answers a query from the index: which slots match, how many, and until when.
//!
//! Two ways lead to a page. A *walk* takes slots in an existing order (the rank order of the
//! groups, or the timeline) and stops when the page is full. A *scan* looks at every candidate and
//! keeps the best. A walk costs what it passes over, a scan costs what the filter leaves. The
//! cheaper one is chosen.

mod counting;
mod coverage;
mod next_change;
mod paging;
mod searching;

use std::cell::RefCell;
use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::engine::answers::prepared::Prepared;
use crate::engine::memory::audiences::Visible;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::index::{Index, SlotEntry};
use crate::engine::memory::state::State;
use crate::engine::memory::timeline::Slot;
use crate::engine::memory::users::{Reader, Standing};
use crate::model::{Announcement, choose_locale};
use crate::query::{Order, Phase, Query, SortKey, View, sort_key};
use crate::search::{SearchQuery, hits};

/// A query in progress.
pub(crate) struct Selection<'a> {
    index: &'a Index,
    /// Fetched texts. A missing text is noted here and counts as no match, until the query runs
    /// again.
    fetched: &'a Fetched,
    query: &'a Query,
    counted: bool,
    now: i64,
    visible: Visible<'a>,
    reader: Option<Reader<'a>>,
    search: Option<&'a SearchQuery>,
    /// Whether the index gives false positives, so that each candidate must be verified.
    verify: bool,
    /// Slots that the indexed conditions leave; None if the query has no such condition.
    candidates: Option<RoaringBitmap>,
    excluded: RoaringBitmap,
    needs_records: bool,
    /// Slots that are active either at the index's instant or at `now`, but not at both.
    moved: Vec<Slot>,
    /// The slot that covers each slot that was asked for, if there is one.
    covered: RefCell<HashMap<Slot, Option<Slot>>>,
    /// All accepted slots, if they had to be determined one by one.
    accepted: Option<RoaringBitmap>,
    /// Expected frequency of the search terms, one in this many, if a walk finds them sooner than
    /// the index.
    words_one_in: Option<u64>,
}

impl<'a> Selection<'a> {
    /// Prepares a checked query. Counting needs `counted`, regardless of the query.
    pub(crate) fn new(
        state: &'a State,
        fetched: &'a Fetched,
        prepared: &'a Prepared<'a>,
        counted: bool,
        now: i64,
    ) -> Self {
        let query = prepared.query;
        let index = &state.index;
        let visible = match query.view {
            View::Viewer => index.groups.visible_to(&query.viewer),
            View::Editor => index.groups.all(),
        };
        let user = state.users.get(&query.viewer.user);
        let reader = user.map(|user| Reader::new(user, &index.groups, &query.viewer, &visible));
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
            fetched,
            query,
            counted,
            now,
            visible,
            reader,
            search: prepared.search.as_ref(),
            verify: false,
            candidates: candidates(index, query),
            excluded: index.attributes.excluded(&query.filter),
            needs_records: query.filter.needs_records(),
            moved,
            covered: RefCell::default(),
            accepted: None,
            words_one_in: None,
        };
        selection.narrow_by_search();
        let one_by_one = selection.needs_records || selection.verify || query.filter.needs_user();
        if one_by_one && counted {
            selection.accepted = Some(selection.scanned().collect());
        }
        selection
    }

    /// Reports whether the query accepts `slot` at its instant.
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

    /// Returns the sort key of `slot`.
    pub(crate) fn sort_key(&self, slot: Slot) -> Option<SortKey> {
        let announcement = &self.entry(slot)?.announcement;
        let relevance = match (self.search, self.query.order) {
            (Some(search), Order::Relevance) => {
                let whole = self.fetched.whole(announcement)?;
                hits(search, &whole, self.text_index(announcement))
            }
            _ => 0,
        };
        Some(sort_key(self.query.order, announcement, relevance))
    }

    fn entry(&self, slot: Slot) -> Option<&'a SlotEntry> {
        self.index.entry(slot)
    }

    fn text_index(&self, announcement: &Announcement) -> usize {
        let wanted = &self.query.viewer.locales;
        choose_locale(wanted, announcement.locales(), announcement.default_index()).index
    }

    fn is_in_phase(&self, entry: &SlotEntry) -> bool {
        self.is_in_phase_at(entry, self.now)
    }

    fn is_in_phase_at(&self, entry: &SlotEntry, now: i64) -> bool {
        match self.query.filter.phase {
            Phase::Active => entry.is_active(now),
            Phase::Any => true,
            phase => Phase::of(&entry.announcement, now) == phase,
        }
    }

    /// Reports whether the query accepts `slot` in the right phase, if it is not superseded and
    /// regardless of viewer state.
    fn accepts_ever(&self, slot: Slot, entry: &SlotEntry) -> bool {
        self.visible.contains(entry.group)
            && self
                .candidates
                .as_ref()
                .is_none_or(|candidates| candidates.contains(slot))
            && !self.excluded.contains(slot)
            && (!self.needs_records || self.query.filter.holds_beside_indexes(&entry.announcement))
            && (!self.verify || self.has_the_words(&entry.announcement))
    }

    fn accepts_for_user(&self, entry: &SlotEntry) -> bool {
        let is_pending = |reader: &Reader<'_>| {
            let standing = reader.standing(&entry.announcement, entry.group);
            standing.is_pending(&entry.announcement, self.now)
        };
        self.accepts_if_pending(entry)
            && (!self.query.filter.pending_only
                || self.may_pop_up(entry, self.now)
                    && match &self.reader {
                        Some(reader) => is_pending(reader),
                        None => !entry.announcement.quiet(),
                    })
    }

    /// Reports whether an announcement may pop up at `now`: not what a viewer looks up that is over.
    fn may_pop_up(&self, entry: &SlotEntry, now: i64) -> bool {
        self.query.view == View::Editor || entry.is_active(now)
    }

    /// Reports whether viewer state leaves an announcement in the answer, once it is pending.
    fn accepts_if_pending(&self, entry: &SlotEntry) -> bool {
        let filter = &self.query.filter;
        if !filter.needs_user() {
            return true;
        }
        let announcement = &entry.announcement;
        let Some(reader) = &self.reader else {
            return !(filter.unread_only && announcement.quiet())
                && (!filter.unacknowledged_only || announcement.require_ack());
        };
        let standing = reader.standing(announcement, entry.group);
        let acknowledged = || standing.receipt.is_acknowledged(announcement);
        !(filter.unread_only && standing.is_read(announcement))
            && !(filter.unacknowledged_only && (!announcement.require_ack() || acknowledged()))
    }

    /// Returns the state of the user for a slot; None for a user without any.
    pub(crate) fn standing(&self, slot: Slot) -> Option<Standing> {
        let (reader, entry) = (self.reader.as_ref()?, self.entry(slot)?);
        Some(reader.standing(&entry.announcement, entry.group))
    }

    /// Returns the user with what is read already; None for a user without any state.
    pub(crate) fn reader(&self) -> Option<&Reader<'a>> {
        self.reader.as_ref()
    }

    /// Returns the groups that the viewer may see.
    pub(crate) fn visible(&self) -> &Visible<'a> {
        &self.visible
    }

    /// Returns all accepted slots, in no particular order.
    fn scanned(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
        if let Some(accepted) = &self.accepted {
            return Box::new(accepted.iter());
        }
        let unread = self.reader.as_ref();
        let unread = unread.filter(|_| self.query.filter.unread_only);
        let unread = unread.and_then(|reader| self.not_read_by_all(reader));
        let slots: Box<dyn Iterator<Item = Slot>> = match (&self.candidates, unread) {
            (_, Some(unread)) => Box::new(unread.into_iter()),
            (Some(candidates), None) => Box::new(candidates.iter()),
            (None, None) if self.query.filter.phase == Phase::Active => {
                let active = self
                    .visible
                    .iter()
                    .flat_map(|group| group.active_slots().iter());
                let came = |slot: &Slot| {
                    self.entry(*slot)
                        .is_some_and(|entry| entry.is_active(self.now))
                };
                Box::new(active.chain(self.moved.iter().copied().filter(came)))
            }
            (None, None) if self.query.filter.phase == Phase::Expired => {
                Box::new(self.index.timeline.ended_by(self.now))
            }
            (None, None) => Box::new(self.index.slots()),
        };
        Box::new(slots.filter(|slot| self.accepts(*slot)))
    }
}

/// Returns the slots that the indexed conditions of the filter leave.
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
