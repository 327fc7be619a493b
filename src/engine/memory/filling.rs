//! Filling of an empty index. What an index keeps in order is gathered first and sorted once, which is several
//! times faster than inserting key by key.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::memory::audiences::{GroupId, Groups, Moved, RankKey};
use crate::engine::memory::index::{SlotEntry, rank_key};
use crate::engine::memory::timeline::{Moment, Slot};
use crate::model::{Announcement, Lifecycle};
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
    active: Vec<(GroupId, RankKey)>,
    /// Group of each audience by its address: comparing audiences takes longer than everything else about a
    /// group. An address stays valid, because an index that is being filled drops no announcement.
    groups: NumberMap<usize, GroupId>,
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
        self.unsearched.push((slot, Arc::clone(announcement)));
        self.changed.push((announcement.revision(), slot));
        if announcement.state() == Lifecycle::Published {
            let id = announcement.id();
            self.starts.push((announcement.starts_at(), id, slot));
            let end = end_or_never(announcement.ends_at());
            self.ends.push((end, id, slot));
            self.notified.push((announcement.notify_revision(), slot));
        } else {
            let retracted_at = announcement.given().retracted_at;
            self.retracted.push((retracted_at, slot));
        }
        if entry.is_active(at) {
            self.active
                .push((entry.group, rank_key(announcement, slot)));
        }
    }

    /// Passes the active members of each group on.
    pub(crate) fn activate(&mut self, groups: &mut Groups) {
        // Stable, so that the slots of a group stay in their order, in which a bitmap takes them fastest.
        self.active.sort_by_key(|(group, _)| *group);
        for members in self.active.chunk_by(|one, next| one.0 == next.0) {
            let Some((group, _)) = members.first() else {
                continue;
            };
            let came = members.iter().map(|(_, key)| *key).collect();
            let went = Vec::new();
            groups.move_all(*group, Moved { came, went });
        }
    }
}

/// Adds `keys` to `set`, which may be empty.
pub(crate) fn fill<T: Ord>(set: &mut BTreeSet<T>, keys: Vec<T>) {
    set.append(&mut keys.into_iter().collect());
}
