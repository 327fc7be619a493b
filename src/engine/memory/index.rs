//! The index: everything that a board knows about its announcements, as of one revision.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use roaring::RoaringBitmap;

use crate::engine::memory::attributes::Attributes;
use crate::engine::memory::audiences::{GroupId, Groups, Moved, RankKey};
use crate::engine::memory::filling::{Filling, fill};
use crate::engine::memory::idempotency::IdempotencyKeys;
use crate::engine::memory::locales::Locales;
use crate::engine::memory::match_cache::Verified;
use crate::engine::memory::search_backlog::{Chunk, Unsearched, take_in};
use crate::engine::memory::supersession::{Supersession, Target, full_key, targets};
use crate::engine::memory::timeline::{Moment, Slot, Timeline};
use crate::locks::{RwLock, RwLockReadGuard};
use crate::model::{self, Announcement};
use crate::number_map::NumberMap;
use crate::query::{end_or_never, rank};
use crate::search::SearchIndex;

/// Milliseconds between the clock readings of queries that run at the same time, at most.
const AT_ONCE_MS: i64 = 1000;
/// Milliseconds by which a clock is corrected, at most: a day. One that was further ahead was wrong.
const SET_BACK_MS: i64 = 24 * 60 * 60 * 1000;

/// An announcement, with the fields that a query examines first.
#[derive(Debug)]
pub(crate) struct SlotEntry {
    pub(crate) announcement: Arc<Announcement>,
    pub(crate) group: GroupId,
    is_published: bool,
    starts_at: i64,
    ends_at: i64,
}

impl SlotEntry {
    /// Reports whether it is visible at `now` by its state and times.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        self.is_published && self.starts_at <= now && now < self.ends_at
    }

    /// Returns its next start or end after `now`.
    pub(crate) fn changes_after(&self, now: i64) -> Option<i64> {
        let times = [self.starts_at, self.ends_at].into_iter();
        let mut coming = times.filter(|at| now < *at && *at != i64::MAX);
        coming.next().filter(|_| self.is_published)
    }
}

/// The announcements of a board and all their indexes.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) revision: i64,
    /// Last id given.
    pub(crate) last_id: i64,
    /// Instant for which `active` of the groups is valid. For another instant, the timeline has the
    /// difference.
    at: i64,
    /// The latest instant of a query, unless a clock that was far ahead has shown it.
    seen_until: i64,
    slots: Vec<Option<SlotEntry>>,
    free: Vec<Slot>,
    pub(crate) by_id: NumberMap<i64, Slot>,
    pub(crate) by_key: HashMap<Box<str>, Slot, RandomState>,
    pub(crate) locales: Locales,
    pub(crate) groups: Groups,
    pub(crate) timeline: Timeline,
    pub(crate) attributes: Attributes,
    pub(crate) supersession: Supersession,
    /// Slots that have a replacer.
    pub(crate) replaced: RoaringBitmap,
    /// Slots whose popups are some time apart.
    pub(crate) shown_apart: RoaringBitmap,
    /// Slots of what was published without being news.
    pub(crate) quiet: RoaringBitmap,
    /// Published announcements that became news again after they had started: that instant, id and slot.
    pub(crate) renewed: BTreeSet<Moment>,
    /// Published announcements by the revision at which they last were news.
    pub(crate) notified: BTreeSet<(i64, Slot)>,
    /// Retracted announcements by time of retraction.
    pub(crate) retracted: BTreeSet<(i64, Slot)>,
    pub(crate) idempotency_keys: IdempotencyKeys,
    /// The search index, shared with the thread that updates it. The lock guards the index. It is
    /// taken under the lock of the state; the updating thread also takes it alone, for writing.
    search: Arc<RwLock<SearchIndex>>,
    pub(crate) verified: Verified,
    /// All announcements by the revision of their last change.
    pub(crate) changed: BTreeSet<(i64, Slot)>,
    pub(crate) unsearched: Unsearched,
    /// Slots with evicted texts, which are in the file exactly as they were on the board.
    pub(crate) evicted: RoaringBitmap,
    /// Memory of the search index at its last update.
    pub(crate) search_bytes: usize,
    text_bytes: usize,
    heap_bytes: usize,
    /// The ordered indexes while the board is loaded; None afterwards.
    filling: Option<Box<Filling>>,
}

impl Index {
    /// Creates an empty index at the instant `now`.
    pub(crate) fn new(now: i64) -> Self {
        Self {
            at: now,
            seen_until: now,
            ..Self::default()
        }
    }

    /// Returns the instant for which the groups' `active` is valid.
    pub(crate) fn at(&self) -> i64 {
        self.at
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn entry(&self, slot: Slot) -> Option<&SlotEntry> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Returns every occupied slot.
    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> {
        // Slots are u32 because `allocate` refuses more.
        (0..self.slots.len() as u32).filter(|slot| self.entry(*slot).is_some())
    }

    /// Evicts the texts of at most `limit` expired announcements, and returns their number.
    pub(crate) fn evict(&mut self, limit: usize) -> usize {
        let ended = self.timeline.ended_by(self.at);
        let slots: Vec<Slot> = ended
            .filter(|slot| !self.evicted.contains(*slot))
            // The search index still needs the texts of these.
            .filter(|slot| !self.unsearched.slots().contains(*slot))
            .take(limit)
            .collect();
        for slot in &slots {
            if let Some(entry) = self.entry(*slot) {
                let without = Arc::new(entry.announcement.without_texts());
                self.exchange(*slot, without);
                self.evicted.insert(*slot);
            }
        }
        slots.len()
    }

    /// Loads an evicted announcement's texts back before it changes. Afterwards, the file no longer
    /// has them as they are on the board.
    pub(crate) fn take_back(&mut self, whole: Arc<Announcement>) {
        if let Some(slot) = self.slot_of_id(whole.id())
            && self.evicted.remove(slot)
        {
            self.exchange(slot, whole);
        }
    }

    /// Replaces an announcement by its copy with or without texts.
    fn exchange(&mut self, slot: Slot, other: Arc<Announcement>) {
        let place = self.slots.get_mut(slot as usize).and_then(Option::as_mut);
        if let Some(entry) = place {
            self.text_bytes += other.text_bytes();
            self.heap_bytes += other.heap_bytes();
            self.text_bytes -= entry.announcement.text_bytes();
            self.heap_bytes -= entry.announcement.heap_bytes();
            entry.announcement = other;
        }
    }

    pub(crate) fn slot_of_id(&self, id: i64) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn slot_of_key(&self, channel: &str, key: &str) -> Option<Slot> {
        self.by_key.get(&full_key(channel, key)).copied()
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&Arc<Announcement>> {
        self.entry(self.slot_of_id(id)?)
            .map(|entry| &entry.announcement)
    }

    pub(crate) fn by_key(&self, channel: &str, key: &str) -> Option<&Arc<Announcement>> {
        self.entry(self.slot_of_key(channel, key)?)
            .map(|entry| &entry.announcement)
    }

    /// Returns the announcements changed after `revision`.
    pub(crate) fn changed_after(&self, revision: i64) -> impl Iterator<Item = Slot> {
        let from = (revision.saturating_add(1), 0);
        self.changed.range(from..).map(|(_, slot)| *slot)
    }

    /// Returns the published announcements that were news after `revision`.
    pub(crate) fn notified_after(&self, revision: i64) -> impl Iterator<Item = Slot> {
        self.notified
            .range((revision.saturating_add(1), 0)..)
            .map(|(_, slot)| *slot)
    }

    /// Returns the retracted announcements.
    pub(crate) fn retracted(&self) -> impl Iterator<Item = Slot> {
        self.retracted.iter().map(|(_, slot)| *slot)
    }

    /// Returns the ids of at most `limit` announcements that ended or were retracted at or before
    /// `instant`.
    pub(crate) fn over_by(&self, instant: i64, limit: usize) -> Vec<i64> {
        let ended = self.timeline.ended_by(instant);
        let retracted = self
            .retracted
            .range(..=(instant, Slot::MAX))
            .map(|(_, slot)| *slot);
        let ids = ended.chain(retracted).filter_map(|slot| self.entry(slot));
        ids.map(|entry| entry.announcement.id())
            .take(limit)
            .collect()
    }

    /// Erases an announcement; its id is not given again.
    pub(crate) fn remove(&mut self, id: i64) {
        let Some(slot) = self.slot_of_id(id) else {
            return;
        };
        self.fill();
        let former = self.unlink(slot);
        self.unsearched.note(slot, former, None);
        self.free.push(slot);
    }

    /// Records that the search index contains `chunk`, and takes this many bytes.
    pub(crate) fn settled(&mut self, chunk: Chunk, search_bytes: usize) {
        self.unsearched.settled(chunk);
        self.search_bytes = search_bytes;
    }

    /// Returns the search index, for reading.
    pub(crate) fn search(&self) -> RwLockReadGuard<'_, SearchIndex> {
        self.search.read()
    }

    /// Returns the search index for an update without the lock of the state.
    pub(crate) fn search_shared(&self) -> Arc<RwLock<SearchIndex>> {
        Arc::clone(&self.search)
    }

    /// Brings the search index up to date.
    pub(crate) fn settle(&mut self) {
        let chunk = self.unsearched.chunk(usize::MAX);
        let search = Arc::clone(&self.search);
        let mut search = search.write();
        take_in(&mut search, &chunk);
        self.settled(chunk, search.heap_bytes());
    }

    /// Reserves room for this many announcements, and gathers them until [`fill`](Self::fill) is called.
    pub(crate) fn expect(&mut self, count: usize) {
        self.slots.reserve(count);
        self.by_id.reserve(count);
        self.filling = Some(Box::default());
    }

    /// Sorts what was gathered. No query may read the index before.
    pub(crate) fn fill(&mut self) {
        let Some(mut filling) = self.filling.take() else {
            return;
        };
        filling.activate(&mut self.groups);
        filling.spread_locales(&mut self.locales);
        self.attributes = filling.attributes.into_bitmaps();
        fill(&mut self.changed, filling.changed);
        fill(&mut self.notified, filling.notified);
        fill(&mut self.retracted, filling.retracted);
        self.timeline.fill(filling.starts, filling.ends);
        self.unsearched.fill(filling.unsearched);
    }

    /// Puts an announcement on the board, replacing its former version.
    ///
    /// It was accepted before, perhaps by a later build: a condition of its audience that this
    /// build does not understand is never met.
    pub(crate) fn put(&mut self, announcement: Arc<Announcement>) {
        let (slot, former) = match self.slot_of_id(announcement.id()) {
            Some(slot) => {
                self.fill();
                (slot, self.unlink(slot))
            }
            None => (self.allocate(), None),
        };
        let id = announcement.id();
        self.by_id.insert(id, slot);
        if !announcement.key().is_empty() {
            self.by_key
                .insert(full_key(announcement.channel(), announcement.key()), slot);
        }
        let group = match &mut self.filling {
            Some(filling) => filling.join(&mut self.groups, &announcement),
            None => self.groups.join(&announcement),
        };
        let entry = SlotEntry {
            group,
            is_published: announcement.state() == model::Lifecycle::Published,
            starts_at: announcement.starts_at(),
            ends_at: end_or_never(announcement.ends_at()),
            announcement,
        };
        let announcement = &entry.announcement;
        self.text_bytes += announcement.text_bytes();
        self.heap_bytes += announcement.heap_bytes();
        self.supersession.insert(slot, announcement);
        if announcement.show_interval_ms().is_some() {
            self.shown_apart.insert(slot);
        }
        if announcement.quiet() {
            self.quiet.insert(slot);
        }
        self.renewed.extend(renewal(announcement, slot));
        if self.supersession.mentions(announcement) {
            self.replaced.insert(slot);
        }
        for target in targets(announcement) {
            let slot = match target {
                Target::Id(id) => self.slot_of_id(id),
                Target::Key(key) => self.by_key.get(&key).copied(),
            };
            self.replaced.extend(slot);
        }
        match &mut self.filling {
            Some(filling) => filling.gather(slot, &entry, self.at),
            None => self.order(slot, &entry, former),
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(entry);
        }
    }

    /// Inserts an announcement into the indexes that are gathered while the board is loaded.
    fn order(&mut self, slot: Slot, entry: &SlotEntry, former: Option<Arc<Announcement>>) {
        let announcement = &entry.announcement;
        self.locales.insert(slot, announcement);
        self.attributes.insert(slot, announcement);
        let present = Some(Arc::clone(announcement));
        self.unsearched.note(slot, former, present);
        self.changed.insert((announcement.revision(), slot));
        if entry.is_published {
            let (id, starts_at) = (announcement.id(), announcement.starts_at());
            self.timeline
                .insert(slot, id, starts_at, announcement.ends_at());
            self.notified.insert((announcement.notify_revision(), slot));
        } else if announcement.state() == model::Lifecycle::Retracted {
            self.retracted
                .insert((announcement.given().retracted_at, slot));
        }
        let key = rank_key(announcement, slot);
        if entry.is_active(self.at) {
            self.groups.activate(entry.group, key);
        }
    }

    /// Reports whether something starts or ends between the groups' instant and the present. An instant
    /// that is a little later is left as it is, because it is that of another query at the same time.
    pub(crate) fn is_moved_by(&self, present: i64) -> bool {
        self.timeline.has_changes(self.at, present)
            || (self.at.saturating_sub(present) > AT_ONCE_MS
                && self.timeline.has_changes(present, self.at))
    }

    /// Returns the instant of a change that is made now: not before what readers have seen, if the clock
    /// was set back a little. What a clock that was far ahead has shown does not count.
    pub(crate) fn change_instant(&self, now: i64) -> i64 {
        match self.seen_until.saturating_sub(now) > SET_BACK_MS {
            true => now,
            false => now.max(self.seen_until),
        }
    }

    /// Moves the groups' `active` to another instant.
    pub(crate) fn move_to(&mut self, now: i64) {
        self.seen_until = self.change_instant(now);
        let changed = self.timeline.changed(self.at.min(now), self.at.max(now));
        self.at = now;
        let mut by_group: BTreeMap<GroupId, Moved> = BTreeMap::new();
        for slot in changed {
            let Some(entry) = self.entry(slot) else {
                continue;
            };
            let moved = by_group.entry(entry.group).or_default();
            let keys = match entry.is_active(now) {
                true => &mut moved.came,
                false => &mut moved.went,
            };
            keys.push(rank_key(&entry.announcement, slot));
        }
        for (group, moved) in by_group {
            self.groups.move_all(group, moved);
        }
    }

    /// Removes an announcement from every index except the search index; its slot becomes vacant.
    fn unlink(&mut self, slot: Slot) -> Option<Arc<Announcement>> {
        let entry = self.slots.get_mut(slot as usize).and_then(Option::take)?;
        self.evicted.remove(slot);
        self.shown_apart.remove(slot);
        self.quiet.remove(slot);
        let announcement = &entry.announcement;
        if let Some(renewal) = renewal(announcement, slot) {
            self.renewed.remove(&renewal);
        }
        self.groups
            .deactivate(entry.group, rank_key(announcement, slot));
        self.groups.leave(entry.group);
        self.text_bytes -= announcement.text_bytes();
        self.heap_bytes -= announcement.heap_bytes();
        self.locales.remove(slot, announcement);
        self.changed.remove(&(announcement.revision(), slot));
        self.attributes.remove(slot, announcement);
        self.supersession.remove(slot, announcement);
        self.replaced.remove(slot);
        if entry.is_published {
            let (starts_at, ends_at) = (announcement.starts_at(), announcement.ends_at());
            self.timeline
                .remove(slot, announcement.id(), starts_at, ends_at);
            self.notified
                .remove(&(announcement.notify_revision(), slot));
        } else {
            self.retracted
                .remove(&(announcement.given().retracted_at, slot));
        }
        self.by_id.remove(&announcement.id());
        let key = full_key(announcement.channel(), announcement.key());
        // The same commit may have given the key to another announcement already.
        if self.by_key.get(&key) == Some(&slot) {
            self.by_key.remove(&key);
        }
        Some(entry.announcement)
    }

    /// Returns the length of all texts in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Estimates the memory of announcements in bytes: texts and indexes, as far as it is cheap to
    /// tell.
    pub(crate) fn heap_bytes(&self) -> usize {
        // A slot, with its entries in the maps by id and by key, in the timeline and in its group's
        // order: the sizes of keys and values plus an estimate for the nodes of maps and trees.
        const PER_SLOT: usize =
            std::mem::size_of::<Option<SlotEntry>>() + 16 + 24 + 2 * 32 + 48 + 24;
        self.heap_bytes + self.slots.len() * PER_SLOT + self.search_bytes
    }

    fn allocate(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            // Four billion announcements do not fit into memory.
            (self.slots.len() - 1) as Slot
        })
    }
}

/// Returns when an announcement became news again, if that was after it had started.
pub(crate) fn renewal(announcement: &Announcement, slot: Slot) -> Option<Moment> {
    let is_renewed = announcement.news_at() > announcement.starts_at();
    is_renewed.then(|| (announcement.news_at(), announcement.id(), slot))
}

/// Returns the key of an announcement in its group's order.
pub(crate) fn rank_key(announcement: &Announcement, slot: Slot) -> RankKey {
    let a = announcement;
    (
        rank(a.pinned(), a.severity(), a.priority()),
        a.starts_at(),
        a.id(),
        slot,
    )
}
