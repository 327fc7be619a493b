//! Everything that a board knows, in memory, as of one revision.

use std::collections::HashMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::attributes::Attributes;
use super::groups::{GroupId, Groups, RankKey};
use super::supersession::{Supersession, full_key};
use super::timeline::{Slot, Timeline};
use crate::model::{Announcement, CompiledAudience, Locale, Reference, State};
use crate::query::{end_or_never, rank};

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
}

/// An announcement that a commit puts on the board, new or in the place of its former version.
#[derive(Debug)]
pub(crate) struct Put {
    pub(crate) announcement: Arc<Announcement>,
    pub(crate) audience: CompiledAudience,
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
    by_id: HashMap<i64, Slot>,
    by_key: HashMap<Box<str>, Slot>,
    locales: HashMap<Arc<[Locale]>, usize>,
    pub(crate) groups: Groups,
    pub(crate) timeline: Timeline,
    pub(crate) attributes: Attributes,
    pub(crate) supersession: Supersession,
    /// The slots that something replaces.
    pub(crate) replaced: RoaringBitmap,
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

    /// The list of locales as the board keeps it, shared by all that have the same.
    pub(crate) fn shared_locales(&self, locales: Vec<Locale>) -> Arc<[Locale]> {
        match self.locales.get_key_value(locales.as_slice()) {
            Some((shared, _)) => Arc::clone(shared),
            None => locales.into(),
        }
    }

    /// Puts an announcement on the board, in the place of its former version if there is one.
    pub(crate) fn put(&mut self, put: Put) {
        let announcement = put.announcement;
        let slot = match self.slot_of_id(announcement.id()) {
            Some(slot) => {
                self.unlink(slot);
                slot
            }
            None => self.allocate(),
        };
        let id = announcement.id();
        self.by_id.insert(id, slot);
        if !announcement.key().is_empty() {
            self.by_key
                .insert(full_key(announcement.channel(), announcement.key()), slot);
        }
        *self
            .locales
            .entry(Arc::clone(announcement.locales_shared()))
            .or_default() += 1;
        let group = self
            .groups
            .join(announcement.audience_shared(), put.audience);
        let entry = Entry {
            group,
            is_published: announcement.state() == State::Published,
            starts_at: announcement.starts_at(),
            ends_at: end_or_never(announcement.ends_at()),
            announcement,
        };
        let announcement = &entry.announcement;
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
        for slot in changed {
            self.refresh(slot);
        }
    }

    /// Puts a slot into its group's `active` or takes it out, as the index's instant has it.
    fn refresh(&mut self, slot: Slot) {
        let Some(entry) = self.slots.get(slot as usize).and_then(Option::as_ref) else {
            return;
        };
        let Some(group) = self.groups.get_mut(entry.group) else {
            return;
        };
        let key = rank_key(&entry.announcement, slot);
        if entry.is_active(self.at) {
            group.active.insert(key);
            group.active_slots.insert(slot);
        } else {
            group.active.remove(&key);
            group.active_slots.remove(slot);
        }
    }

    /// Takes an announcement out of every index; its slot stays taken by nothing.
    fn unlink(&mut self, slot: Slot) {
        let Some(entry) = self.slots.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        let announcement = &entry.announcement;
        if let Some(group) = self.groups.get_mut(entry.group) {
            group.active.remove(&rank_key(announcement, slot));
            group.active_slots.remove(slot);
        }
        self.groups.leave(entry.group);
        self.attributes.remove(slot, announcement);
        self.supersession.remove(slot, announcement);
        self.replaced.remove(slot);
        if entry.is_published {
            let (starts_at, ends_at) = (announcement.starts_at(), announcement.ends_at());
            self.timeline
                .remove(slot, announcement.id(), starts_at, ends_at);
        }
        self.by_id.remove(&announcement.id());
        if !announcement.key().is_empty() {
            self.by_key
                .remove(&full_key(announcement.channel(), announcement.key()));
        }
        if let Some(count) = self.locales.get_mut(announcement.locales_shared()) {
            *count -= 1;
            if *count == 0 {
                self.locales.remove(announcement.locales_shared());
            }
        }
    }

    fn allocate(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            // Four thousand million announcements do not fit in memory.
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
