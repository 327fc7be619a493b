//! Filling of an empty index. What an index keeps in order is gathered first and sorted once, which is several
//! times faster than inserting key by key.

use std::collections::BTreeSet;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::attributes::Attributes;
use crate::engine::memory::audiences::{GroupId, Groups, Moved, RankKey};
use crate::engine::memory::index::{SlotEntry, rank_key};
use crate::engine::memory::locales::Locales;
use crate::engine::memory::timeline::{Moment, Slot};
use crate::model::{Announcement, Lifecycle, Locale};
use crate::number_map::NumberMap;
use crate::query::end_or_never;

/// Ordered parts of an index, not sorted yet.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    pub(crate) changed: Vec<(i64, Slot)>,
    pub(crate) notified: Vec<(i64, Slot)>,
    pub(crate) retracted: Vec<(i64, Slot)>,
    pub(crate) starts: Vec<Moment>,
    pub(crate) ends: Vec<Moment>,
    /// Announcements that the search index has not seen.
    pub(crate) unsearched: Vec<(Slot, Arc<Announcement>)>,
    pub(crate) attributes: Attributes<Vec<Slot>>,
    /// Slots of each list of locales and default, by the address of the list, for the same reason as below.
    locales: NumberMap<usize, Gathered>,
    /// Active members of each group.
    active: Vec<Vec<RankKey>>,
    /// Group of each audience by its address: comparing audiences takes longer than everything else about a
    /// group. An address stays valid, because an index that is being filled drops no announcement.
    groups: NumberMap<usize, GroupId>,
}

/// Slots with one list of locales.
#[derive(Debug)]
struct Gathered {
    list: Arc<[Locale]>,
    by_default: Vec<Vec<Slot>>,
}

impl Filling {
    /// Adds an announcement to the group of its audience.
    pub(crate) fn join(&mut self, groups: &mut Groups, announcement: &Announcement) -> GroupId {
        let audience = announcement.audience_shared();
        if audience.depends_on_announcement() {
            return groups.join(announcement);
        }
        let address = Arc::as_ptr(audience) as usize;
        match self.groups.get(&address) {
            Some(id) => {
                groups.join_again(*id);
                *id
            }
            None => {
                let id = groups.join(announcement);
                self.groups.insert(address, id);
                id
            }
        }
    }

    /// Gathers an announcement for the index of the instant `at`.
    pub(crate) fn gather(&mut self, slot: Slot, entry: &SlotEntry, at: i64) {
        let announcement = &entry.announcement;
        self.attributes.insert(slot, announcement);
        self.gather_locales(slot, announcement);
        self.unsearched.push((slot, Arc::clone(announcement)));
        self.changed.push((announcement.revision(), slot));
        if announcement.state() == Lifecycle::Published {
            let id = announcement.id();
            self.starts.push((announcement.starts_at(), id, slot));
            let end = end_or_never(announcement.ends_at());
            self.ends.push((end, id, slot));
            self.notified.push((announcement.notify_revision(), slot));
        } else if announcement.state() == Lifecycle::Retracted {
            let retracted_at = announcement.given().retracted_at;
            self.retracted.push((retracted_at, slot));
        }
        if entry.is_active(at) {
            at_or_new(
                &mut self.active,
                entry.group as usize,
                rank_key(announcement, slot),
            );
        }
    }

    fn gather_locales(&mut self, slot: Slot, announcement: &Announcement) {
        let list = announcement.locales_shared();
        let address = Arc::as_ptr(list).cast::<()>() as usize;
        let gathered = self.locales.entry(address).or_insert_with(|| Gathered {
            list: Arc::clone(list),
            by_default: Vec::new(),
        });
        let default = announcement.default_index();
        at_or_new(&mut gathered.by_default, default, slot);
    }

    /// Passes the slots of each list of locales on.
    pub(crate) fn spread_locales(&mut self, locales: &mut Locales) {
        for (_, Gathered { list, by_default }) in self.locales.drain() {
            for (default, slots) in by_default.into_iter().enumerate() {
                if !slots.is_empty() {
                    locales.fill(Arc::clone(&list), default, bitmap(slots));
                }
            }
        }
    }

    /// Passes the active members of each group on.
    pub(crate) fn activate(&mut self, groups: &mut Groups) {
        for (group, came) in (0..).zip(self.active.drain(..)) {
            let went = Vec::new();
            groups.move_all(group, Moved { came, went });
        }
    }
}

/// Slots of one value.
pub(crate) trait Slots: Default {
    /// Adds a slot.
    fn add(&mut self, slot: Slot);
}

impl Slots for RoaringBitmap {
    fn add(&mut self, slot: Slot) {
        self.insert(slot);
    }
}

impl Slots for Vec<Slot> {
    fn add(&mut self, slot: Slot) {
        self.push(slot);
    }
}

/// Adds `one` to list `place`, making the lists up to that.
fn at_or_new<T>(lists: &mut Vec<Vec<T>>, place: usize, one: T) {
    if lists.len() <= place {
        lists.resize_with(place + 1, Vec::new);
    }
    if let Some(list) = lists.get_mut(place) {
        list.push(one);
    }
}

/// Makes a bitmap of slots that were gathered in their order.
pub(crate) fn bitmap(slots: Vec<Slot>) -> RoaringBitmap {
    let mut bitmap = RoaringBitmap::new();
    if bitmap.append(slots.iter().copied()).is_err() {
        // A value that an announcement has twice.
        bitmap.extend(slots);
    }
    bitmap
}

/// Adds `keys` to `set`, which may be empty.
pub(crate) fn fill<T: Ord>(set: &mut BTreeSet<T>, keys: Vec<T>) {
    set.append(&mut keys.into_iter().collect());
}
