//! Announcements by their audience. Many share few audiences, so that a query looks at each distinct
//! audience once, and what is active for it stands in rank order already.

use std::cell::OnceCell;
use std::collections::btree_set::Range;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter::Rev;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::timeline::Slot;
use crate::engine::memory::visibility_cache::{Seen, SeenGroups};
use crate::model::{Audience, CompiledAudience, PreparedViewer, Viewer};

/// Which group an announcement is in.
pub(crate) type GroupId = u32;

/// Rank, start, id, slot: the greatest is on top of the board.
pub(crate) type RankKey = (u16, i64, i64, Slot);

/// Some of a group in the order of the board.
pub(crate) type Below<'a> = Rev<Range<'a, RankKey>>;

/// Passing over this many groups that the viewer may not see costs as much as sorting one that he may.
const SORTED_FOR: usize = 8;

/// Finding the place of one in the order takes as long as passing over so many.
const ONE_BY_ONE: usize = 16;

/// The announcements of one audience.
#[derive(Debug)]
pub(crate) struct Group {
    source: Arc<Audience>,
    compiled: CompiledAudience,
    /// How many announcements have this audience, active or not.
    members: usize,
    /// Those that are active at the index's instant, in rank order.
    active: BTreeSet<RankKey>,
    /// The slots of the same.
    active_slots: RoaringBitmap,
}

/// What has started in a group, and what has ended.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    pub(crate) came: Vec<RankKey>,
    pub(crate) went: Vec<RankKey>,
}

/// All groups of a board.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Option<Group>>,
    free: Vec<GroupId>,
    by_audience: HashMap<Arc<Audience>, GroupId>,
    /// What stands on top of each group in which something is active. So a page need not look into the many
    /// groups that begin below its end.
    tops: BTreeSet<(RankKey, GroupId)>,
    seen: SeenGroups,
}

impl Group {
    /// How many are active.
    pub(crate) fn active_len(&self) -> u64 {
        self.active.len() as u64
    }

    /// The slots of those that are active.
    pub(crate) fn active_slots(&self) -> &RoaringBitmap {
        &self.active_slots
    }

    fn move_all(&mut self, moved: Moved) {
        let Moved { came, mut went } = moved;
        let slots = |keys: &[RankKey]| keys.iter().map(|key| key.3).collect::<RoaringBitmap>();
        self.active_slots -= slots(&went);
        self.active_slots |= slots(&came);
        if went.len() * ONE_BY_ONE > self.active.len() {
            went.sort_unstable();
            self.active.retain(|key| went.binary_search(key).is_err());
        } else {
            for key in &went {
                self.active.remove(key);
            }
        }
        if came.len() * ONE_BY_ONE > self.active.len() {
            self.active.append(&mut came.into_iter().collect());
        } else {
            self.active.extend(came);
        }
    }

    /// Those that are active and stand below `bound`, from the top.
    pub(crate) fn below(&self, bound: RankKey) -> Below<'_> {
        self.active.range(..bound).rev()
    }
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
    pub(crate) fn join(&mut self, audience: &Arc<Audience>) -> GroupId {
        if let Some(id) = self.by_audience.get(audience).copied() {
            if let Some(group) = self.get_mut(id) {
                group.members += 1;
            }
            return id;
        }
        let group = Some(Group {
            source: Arc::clone(audience),
            compiled: audience.compile_lossy(),
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
        self.seen.came(id, names(audience));
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
            self.seen.went(id, names(&source));
            if let Some(place) = self.groups.get_mut(id as usize) {
                *place = None;
            }
            self.free.push(id);
        }
    }

    /// Whether each group has so many members, and those that are active.
    pub(crate) fn is_same(&self, members: &BTreeMap<GroupId, (usize, BTreeSet<RankKey>)>) -> bool {
        let is_same = |(id, (count, active)): (&GroupId, &(usize, BTreeSet<RankKey>))| {
            let group = self.groups.get(*id as usize).and_then(Option::as_ref);
            group.is_some_and(|group| {
                let slots = active.iter().map(|(.., slot)| *slot);
                group.members == *count
                    && group.active == *active
                    && group.active_slots == slots.collect()
                    && self.by_audience.get(&group.source) == Some(id)
            })
        };
        self.groups.iter().flatten().count() == members.len()
            && members.iter().all(is_same)
            && self.are_tops_right()
    }

    fn are_tops_right(&self) -> bool {
        let groups = (0..).zip(&self.groups);
        let tops = groups.filter_map(|(id, group)| Some((*group.as_ref()?.active.last()?, id)));
        self.tops == tops.collect()
    }

    /// Notes that a member of a group is active.
    pub(crate) fn activate(&mut self, id: GroupId, key: RankKey) {
        self.change_active(id, |group| {
            group.active_slots.insert(key.3);
            group.active.insert(key);
        });
    }

    /// Notes that a member of a group is not active.
    pub(crate) fn deactivate(&mut self, id: GroupId, key: RankKey) {
        self.change_active(id, |group| {
            group.active_slots.remove(key.3);
            group.active.remove(&key);
        });
    }

    /// Notes what has started and what has ended of a group, which may be all of it.
    pub(crate) fn move_all(&mut self, id: GroupId, moved: Moved) {
        self.change_active(id, |group| group.move_all(moved));
    }

    fn change_active(&mut self, id: GroupId, change: impl FnOnce(&mut Group)) {
        let Some(group) = self.get_mut(id) else {
            return;
        };
        let before = group.active.last().copied();
        change(group);
        let after = group.active.last().copied();
        if before != after {
            if let Some(before) = before {
                self.tops.remove(&(before, id));
            }
            self.tops.extend(after.map(|after| (after, id)));
        }
    }

    fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.groups.get_mut(id as usize)?.as_mut()
    }

    /// The groups that `viewer` may see.
    pub(crate) fn visible_to(&self, viewer: &Viewer) -> Visible<'_> {
        // Parsed only if an audience must be evaluated.
        let prepared = OnceCell::new();
        let sees = |id: GroupId| {
            let group = self.groups.get(id as usize).and_then(Option::as_ref);
            group.is_some_and(|group| {
                let viewer = prepared.get_or_init(|| PreparedViewer::new(viewer));
                group.compiled.matches(viewer)
            })
        };
        Visible {
            seen: Some(self.seen.get(viewer, self.groups.len(), sees)),
            groups: &self.groups,
            tops: &self.tops,
        }
    }

    /// All groups.
    pub(crate) fn all(&self) -> Visible<'_> {
        Visible {
            seen: None,
            groups: &self.groups,
            tops: &self.tops,
        }
    }
}

/// The groups that one viewer may see.
#[derive(Debug)]
pub(crate) struct Visible<'a> {
    /// None if it is all of them.
    seen: Option<Arc<Seen>>,
    groups: &'a [Option<Group>],
    tops: &'a BTreeSet<(RankKey, GroupId)>,
}

impl<'a> Visible<'a> {
    pub(crate) fn contains(&self, id: GroupId) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.contains(id))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a Group> {
        let groups = self.groups;
        let all = match &self.seen {
            None => groups,
            Some(_) => &[],
        };
        let seen = self.seen.iter().flat_map(|seen| seen.ids());
        let seen = seen.filter_map(move |id| groups.get(*id as usize));
        all.iter().chain(seen).filter_map(Option::as_ref)
    }

    /// The groups in which something is active, each with what is on top of it, the highest first.
    pub(crate) fn descending(&self) -> Box<dyn Iterator<Item = (RankKey, &'a Group)> + '_> {
        let groups = self.groups;
        let group = move |id: GroupId| groups.get(id as usize)?.as_ref();
        match &self.seen {
            Some(seen) if seen.ids().len() * SORTED_FOR < self.tops.len() => {
                let seen = seen.ids().iter().filter_map(|id| group(*id));
                let top = |group: &'a Group| Some((*group.active.last()?, group));
                let mut tops: Vec<(RankKey, &Group)> = seen.filter_map(top).collect();
                tops.sort_unstable_by(|(left, _), (right, _)| right.cmp(left));
                Box::new(tops.into_iter())
            }
            _ => {
                let tops = self.tops.iter().rev();
                let seen = tops.filter(|(_, id)| self.contains(*id));
                Box::new(seen.filter_map(move |(top, id)| Some((*top, group(*id)?))))
            }
        }
    }
}

/// The attributes that an audience asks about, each once.
fn names(audience: &Audience) -> impl Iterator<Item = &str> {
    let mut names: Vec<&str> = audience
        .conditions
        .iter()
        .map(|c| c.attribute.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}
