//! Everything that a board knows, in memory, as of one revision.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard};
use roaring::RoaringBitmap;

use crate::engine::memory::attributes::Attributes;
use crate::engine::memory::audiences::{GroupId, Groups, Moved, RankKey};
use crate::engine::memory::idempotency::IdempotencyKeys;
use crate::engine::memory::locales::Locales;
use crate::engine::memory::match_cache::Verified;
use crate::engine::memory::search_backlog::{Chunk, Unsearched, take_in};
use crate::engine::memory::supersession::{Supersession, full_key};
use crate::engine::memory::timeline::{Slot, Timeline};
use crate::model::{self, Announcement, Reference};
use crate::number_map::NumberMap;
use crate::query::{end_or_never, rank};
use crate::search::SearchIndex;

/// An announcement and what a query looks at before it looks at the announcement.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) announcement: Arc<Announcement>,
    pub(crate) group: GroupId,
    is_published: bool,
    starts_at: i64,
    ends_at: i64,
}

impl Entry {
    /// Whether it is visible at `now` by its state and its times.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        self.is_published && self.starts_at <= now && now < self.ends_at
    }

    /// When it starts or ends next after `now`.
    pub(crate) fn changes_after(&self, now: i64) -> Option<i64> {
        let times = [self.starts_at, self.ends_at].into_iter();
        let mut coming = times.filter(|at| now < *at && *at != i64::MAX);
        coming.next().filter(|_| self.is_published)
    }
}

/// The board in memory.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) revision: i64,
    /// The last id that was given.
    pub(crate) last_id: i64,
    /// The instant that `active` of the groups is of. Any other instant is that one and what the
    /// timeline has between the two.
    at: i64,
    slots: Vec<Option<Entry>>,
    free: Vec<Slot>,
    pub(crate) by_id: NumberMap<i64, Slot>,
    pub(crate) by_key: HashMap<Box<str>, Slot>,
    pub(crate) locales: Locales,
    pub(crate) groups: Groups,
    pub(crate) timeline: Timeline,
    pub(crate) attributes: Attributes,
    pub(crate) supersession: Supersession,
    /// The slots that something replaces.
    pub(crate) replaced: RoaringBitmap,
    /// The published ones by the revision at which they last were news.
    pub(crate) notified: BTreeSet<(i64, Slot)>,
    /// The retracted ones by the instant of that.
    pub(crate) retracted: BTreeSet<(i64, Slot)>,
    pub(crate) idempotency_keys: IdempotencyKeys,
    /// Shared with the thread that brings it up to date. Guards the search index; taken under the lock of the
    /// state, and for writing also without it, by one who settles.
    search: Arc<RwLock<SearchIndex>>,
    pub(crate) verified: Verified,
    /// Everything by the revision of its last change.
    pub(crate) changed: BTreeSet<(i64, Slot)>,
    pub(crate) unsearched: Unsearched,
    /// The slots whose texts are in the file only, where they are as they were on the board.
    pub(crate) evicted: RoaringBitmap,
    /// The memory of the search index when it was last brought up to date.
    pub(crate) search_bytes: usize,
    text_bytes: usize,
    heap_bytes: usize,
}

impl Index {
    /// An empty board at the instant `now`.
    pub(crate) fn new(now: i64) -> Self {
        Self {
            at: now,
            ..Self::default()
        }
    }

    /// The instant that the groups' `active` is of.
    pub(crate) fn at(&self) -> i64 {
        self.at
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Every slot that is taken.
    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> {
        // Slots are u32 because `allocate` refuses more.
        (0..self.slots.len() as u32).filter(|slot| self.entry(*slot).is_some())
    }

    /// Leaves the texts of some that are over to the file, `limit` at most; how many these were.
    pub(crate) fn evict(&mut self, limit: usize) -> usize {
        let ended = self.timeline.ended_by(self.at);
        let slots: Vec<Slot> = ended
            .filter(|slot| !self.evicted.contains(*slot))
            // The search index has yet to be told of these.
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

    /// Gives an evicted announcement its texts back, for it is about to be changed: in the file it could then
    /// no longer be read as it is on the board.
    pub(crate) fn take_back(&mut self, whole: Arc<Announcement>) {
        if let Some(slot) = self.slot_of_id(whole.id())
            && self.evicted.remove(slot)
        {
            self.exchange(slot, whole);
        }
    }

    /// Puts the same announcement with or without its texts in the place of the other.
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

    /// What was changed after `revision`.
    pub(crate) fn changed_after(&self, revision: i64) -> impl Iterator<Item = Slot> {
        let from = (revision.saturating_add(1), 0);
        self.changed.range(from..).map(|(_, slot)| *slot)
    }

    /// The published ones that were news after `revision`.
    pub(crate) fn notified_after(&self, revision: i64) -> impl Iterator<Item = Slot> {
        self.notified
            .range((revision.saturating_add(1), 0)..)
            .map(|(_, slot)| *slot)
    }

    /// The retracted ones.
    pub(crate) fn retracted(&self) -> impl Iterator<Item = Slot> {
        self.retracted.iter().map(|(_, slot)| *slot)
    }

    /// The ids of what ended or was retracted at or before `instant`, `limit` at most.
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
        let former = self.unlink(slot);
        self.unsearched.note(slot, former, None);
        self.free.push(slot);
    }

    /// Notes that the search index, which takes so many bytes, has taken in `chunk`.
    pub(crate) fn settled(&mut self, chunk: Chunk, search_bytes: usize) {
        self.unsearched.settled(chunk);
        self.search_bytes = search_bytes;
    }

    /// Returns the search index, for reading.
    pub(crate) fn search(&self) -> RwLockReadGuard<'_, SearchIndex> {
        self.search.read()
    }

    /// Returns the search index, for one who brings it up to date without the lock of the state.
    pub(crate) fn search_shared(&self) -> Arc<RwLock<SearchIndex>> {
        Arc::clone(&self.search)
    }

    /// Makes everything known to the search index.
    pub(crate) fn settle(&mut self) {
        let chunk = self.unsearched.chunk(usize::MAX);
        let search = Arc::clone(&self.search);
        let mut search = search.write();
        take_in(&mut search, &chunk);
        self.settled(chunk, search.heap_bytes());
    }

    /// Makes room for so many announcements.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.slots.reserve(count);
        self.by_id.reserve(count);
    }

    /// Puts an announcement on the board, in the place of its former version if there is one.
    ///
    /// It was accepted before, perhaps by a later build: a condition of its audience that is not understood is
    /// never met.
    pub(crate) fn put(&mut self, announcement: Arc<Announcement>) {
        let (slot, former) = match self.slot_of_id(announcement.id()) {
            Some(slot) => (slot, self.unlink(slot)),
            None => (self.allocate(), None),
        };
        let present = Some(Arc::clone(&announcement));
        self.unsearched.note(slot, former, present);
        let id = announcement.id();
        self.by_id.insert(id, slot);
        if !announcement.key().is_empty() {
            self.by_key
                .insert(full_key(announcement.channel(), announcement.key()), slot);
        }
        let group = self.groups.join(announcement.audience_shared());
        let entry = Entry {
            group,
            is_published: announcement.state() == model::State::Published,
            starts_at: announcement.starts_at(),
            ends_at: end_or_never(announcement.ends_at()),
            announcement,
        };
        let announcement = &entry.announcement;
        self.text_bytes += announcement.text_bytes();
        self.heap_bytes += announcement.heap_bytes();
        self.locales.insert(slot, announcement);
        self.changed.insert((announcement.revision(), slot));
        self.attributes.insert(slot, announcement);
        self.supersession.insert(slot, announcement);
        if self.supersession.mentions(announcement) {
            self.replaced.insert(slot);
        }
        for reference in announcement.replaces() {
            let target = match reference {
                Reference::Id(id) => self.slot_of_id(*id),
                Reference::Key(key) => self.slot_of_key(announcement.channel(), key),
            };
            self.replaced.extend(target);
        }
        if entry.is_published {
            self.timeline
                .insert(slot, id, announcement.starts_at(), announcement.ends_at());
            self.notified.insert((announcement.notify_revision(), slot));
        } else {
            self.retracted.insert((announcement.retracted_at(), slot));
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(entry);
        }
        self.refresh(slot);
    }

    /// Moves the instant that the groups' `active` is of.
    pub(crate) fn move_to(&mut self, now: i64) {
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

    /// Puts a slot into its group's `active` or takes it out, as the index's instant has it.
    fn refresh(&mut self, slot: Slot) {
        let Some(entry) = self.slots.get(slot as usize).and_then(Option::as_ref) else {
            return;
        };
        let key = rank_key(&entry.announcement, slot);
        if entry.is_active(self.at) {
            self.groups.activate(entry.group, key);
        } else {
            self.groups.deactivate(entry.group, key);
        }
    }

    /// Takes an announcement out of every index but the one for search; its slot stays taken by
    /// nothing.
    fn unlink(&mut self, slot: Slot) -> Option<Arc<Announcement>> {
        let entry = self.slots.get_mut(slot as usize).and_then(Option::take)?;
        self.evicted.remove(slot);
        let announcement = &entry.announcement;
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
            self.retracted.remove(&(announcement.retracted_at(), slot));
        }
        self.by_id.remove(&announcement.id());
        let key = full_key(announcement.channel(), announcement.key());
        // In the same commit another one may have been given the key already.
        if self.by_key.get(&key) == Some(&slot) {
            self.by_key.remove(&key);
        }
        Some(entry.announcement)
    }

    /// Bytes of all texts, as they are.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Bytes that announcements take in memory, texts and indexes, as far as can be told cheaply.
    pub(crate) fn heap_bytes(&self) -> usize {
        // A slot; its places in the maps by id and by key, the timeline, the order of the group.
        const PER_SLOT: usize = std::mem::size_of::<Option<Entry>>() + 16 + 24 + 2 * 32 + 48 + 24;
        self.heap_bytes + self.slots.len() * PER_SLOT + self.search_bytes
    }

    fn allocate(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            // Four billion announcements do not fit in memory.
            (self.slots.len() - 1) as Slot
        })
    }
}

/// What an announcement stands in its group by.
pub(crate) fn rank_key(announcement: &Announcement, slot: Slot) -> RankKey {
    let a = announcement;
    (
        rank(a.pinned(), a.severity(), a.priority()),
        a.starts_at(),
        a.id(),
        slot,
    )
}
