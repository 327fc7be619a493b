//! Announcements by their audience. Many share few audiences, so that a query looks at each distinct
//! audience once, and what is active for it stands in rank order already.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::timeline::Slot;
use crate::model::{Audience, CompiledAudience, PreparedViewer};

/// Which group an announcement is in.
pub(crate) type GroupId = u32;

/// Rank, start, id, slot: the greatest is on top of the board.
pub(crate) type RankKey = (u16, i64, i64, Slot);

/// The announcements of one audience.
#[derive(Debug)]
pub(crate) struct Group {
    source: Arc<Audience>,
    compiled: CompiledAudience,
    /// How many announcements have this audience, active or not.
    members: usize,
    /// Those that are active at the index's instant, in rank order.
    pub(crate) active: BTreeSet<RankKey>,
    /// The slots of the same.
    pub(crate) active_slots: RoaringBitmap,
}

/// All groups of a board.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Option<Group>>,
    free: Vec<GroupId>,
    by_audience: HashMap<Arc<Audience>, GroupId>,
}

impl Groups {
    /// The audience as the board keeps it, shared by all that have it.
    pub(crate) fn shared(&self, audience: &Audience) -> Arc<Audience> {
        match self.by_audience.get_key_value(audience) {
            Some((shared, _)) => Arc::clone(shared),
            None => Arc::new(audience.clone()),
        }
    }

    /// How many distinct audiences there are.
    pub(crate) fn len(&self) -> usize {
        self.by_audience.len()
    }

    /// How many conditions of announcements have an operator that this build does not know.
    pub(crate) fn unknown_conditions(&self) -> usize {
        let unknown = |group: &Group| group.compiled.unknown_conditions() * group.members;
        self.groups.iter().flatten().map(unknown).sum()
    }

    /// The first condition of a group's audience that `viewer` does not meet.
    pub(crate) fn first_unmet(&self, id: GroupId, viewer: &PreparedViewer<'_>) -> Option<usize> {
        self.groups
            .get(id as usize)?
            .as_ref()?
            .compiled
            .first_unmet(viewer)
    }

    /// Adds a member to the group of `audience`, which is made if there is none.
    pub(crate) fn join(&mut self, audience: &Arc<Audience>, compiled: CompiledAudience) -> GroupId {
        if let Some(id) = self.by_audience.get(audience).copied() {
            if let Some(group) = self.get_mut(id) {
                group.members += 1;
            }
            return id;
        }
        let group = Some(Group {
            source: Arc::clone(audience),
            compiled,
            members: 1,
            active: BTreeSet::new(),
            active_slots: RoaringBitmap::new(),
        });
        let id = match self.free.pop() {
            Some(id) => id,
            None => {
                self.groups.push(None);
                // There are at most as many groups as slots, which are u32.
                (self.groups.len() - 1) as GroupId
            }
        };
        if let Some(place) = self.groups.get_mut(id as usize) {
            *place = group;
        }
        self.by_audience.insert(Arc::clone(audience), id);
        id
    }

    /// Takes a member out of its group, which goes with its last one.
    pub(crate) fn leave(&mut self, id: GroupId) {
        let Some(group) = self.get_mut(id) else {
            return;
        };
        group.members -= 1;
        if group.members == 0 {
            let source = Arc::clone(&group.source);
            self.by_audience.remove(&source);
            if let Some(place) = self.groups.get_mut(id as usize) {
                *place = None;
            }
            self.free.push(id);
        }
    }

    pub(crate) fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.groups.get_mut(id as usize)?.as_mut()
    }

    /// The groups that `viewer` may see; all of them for none.
    pub(crate) fn visible_to(&self, viewer: Option<&PreparedViewer<'_>>) -> Visible<'_> {
        let sees = |group: &Group| viewer.is_none_or(|viewer| group.compiled.matches(viewer));
        let seen = |group: &Option<Group>| group.as_ref().is_some_and(sees);
        Visible {
            flags: self.groups.iter().map(seen).collect(),
            groups: &self.groups,
        }
    }
}

/// The groups that one viewer may see.
#[derive(Debug)]
pub(crate) struct Visible<'a> {
    flags: Vec<bool>,
    groups: &'a [Option<Group>],
}

impl<'a> Visible<'a> {
    pub(crate) fn contains(&self, id: GroupId) -> bool {
        self.flags.get(id as usize).copied().unwrap_or(false)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a Group> {
        let seen = self
            .groups
            .iter()
            .zip(&self.flags)
            .filter(|(_, seen)| **seen);
        seen.filter_map(|(group, _)| group.as_ref())
    }
}
