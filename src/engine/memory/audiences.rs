//! Groups: announcements by audience. Many announcements share few audiences, so a query evaluates
//! each distinct audience once, and each group keeps its active members in rank order.

use std::cell::OnceCell;
use std::collections::btree_set::Range;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter::Rev;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::timeline::Slot;
use crate::engine::memory::visibility_cache::{Seen, SeenGroups};
use crate::model::{
    Announcement, Audience, CompiledAudience, PreparedViewer, ReadAs, Unmet, Viewer,
};

/// Number of a group.
pub(crate) type GroupId = u32;

/// Rank, start, id and slot; the greatest key is at the top of the board.
pub(crate) type RankKey = (u16, i64, i64, Slot);

/// Part of a group, in board order.
pub(crate) type Below<'a> = Rev<Range<'a, RankKey>>;

/// Number of invisible groups whose skipping costs as much as sorting one visible group. A viewer who
/// sees fewer than one group in this many gets the visible heads sorted; otherwise all heads are walked
/// in their order. An estimate: a wrong choice costs time only.
const SORTED_FOR: usize = 8;

/// Number of keys whose traversal takes as long as one search in the ordered set. An estimate, as
/// above.
const ONE_BY_ONE: usize = 16;

/// The announcements with one audience.
#[derive(Debug)]
pub(crate) struct Group {
    source: Arc<Audience>,
    /// Key or id of the only announcement, if the audience depends on it.
    seed: Option<Box<str>>,
    compiled: CompiledAudience,
    /// Number of announcements with this audience, active or not.
    members: usize,
    /// Members that are active at the index's instant, in rank order.
    active: BTreeSet<RankKey>,
    /// Slots of the active members.
    active_slots: RoaringBitmap,
}

/// Members of a group that have started and ended.
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
    /// Groups of audiences that depend on the announcement: two announcements have different groups.
    by_seed: HashMap<(Arc<Audience>, Box<str>), GroupId>,
    /// Head of each group with an active member, so that a page skips the many groups that begin
    /// below its end.
    tops: BTreeSet<(RankKey, GroupId)>,
    seen: SeenGroups,
}

impl Group {
    /// Counts the active announcements.
    pub(crate) fn active_len(&self) -> u64 {
        self.active.len() as u64
    }

    /// Returns the slots of the active announcements.
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

    /// Returns the active members below `bound`, from the top.
    pub(crate) fn below(&self, bound: RankKey) -> Below<'_> {
        self.active.range(..bound).rev()
    }
}

impl Groups {
    /// Returns the board's shared copy of an audience.
    pub(crate) fn shared(&self, audience: &Audience) -> Arc<Audience> {
        match self.by_audience.get_key_value(audience) {
            Some((shared, _)) => Arc::clone(shared),
            None => Arc::new(audience.clone()),
        }
    }

    /// Counts the distinct audiences.
    pub(crate) fn len(&self) -> usize {
        self.by_audience.len() + self.by_seed.len()
    }

    /// Counts the values of viewers that a condition could not read, in this form.
    pub(crate) fn unreadable(&self, read_as: ReadAs) -> u64 {
        self.seen.unreadable(read_as)
    }

    /// Counts the conditions of announcements that have an operator unknown to this build.
    pub(crate) fn unknown_conditions(&self) -> usize {
        let unknown = |group: &Group| group.compiled.unknown_conditions() * group.members;
        self.groups.iter().flatten().map(unknown).sum()
    }

    /// Returns the part of a group's audience that `viewer` does not meet.
    pub(crate) fn unmet_by(&self, id: GroupId, viewer: &PreparedViewer<'_>) -> Option<Unmet> {
        self.get(id)?.compiled.unmet_by(viewer)
    }

    /// Reports whether `viewer` is in a group's audience.
    pub(crate) fn admits(&self, id: GroupId, viewer: &PreparedViewer<'_>) -> bool {
        self.get(id)
            .is_some_and(|group| group.compiled.matches(viewer))
    }

    /// Returns what a group's audience asks about, without duplicates.
    pub(crate) fn asks(&self, id: GroupId) -> Vec<(&str, ReadAs)> {
        self.get(id)
            .map_or_else(Vec::new, |group| asks(&group.compiled))
    }

    /// Adds an announcement to the group of its audience, creating the group if necessary.
    pub(crate) fn join(&mut self, announcement: &Announcement) -> GroupId {
        let audience = announcement.audience_shared();
        let depends = audience.depends_on_announcement();
        let seed: Option<Box<str>> = depends.then(|| announcement.seed().into());
        let known = match &seed {
            None => self.by_audience.get(audience),
            Some(seed) => self.by_seed.get(&(Arc::clone(audience), seed.clone())),
        };
        if let Some(id) = known.copied() {
            self.join_again(id);
            return id;
        }
        let compiled = audience.compile_lossy(seed.as_deref().unwrap_or_default());
        let id = match self.free.pop() {
            Some(id) => id,
            None => {
                self.groups.push(None);
                // There are at most as many groups as slots, which are u32.
                (self.groups.len() - 1) as GroupId
            }
        };
        self.seen.came(id, &asks(&compiled));
        match &seed {
            None => self.by_audience.insert(Arc::clone(audience), id),
            Some(seed) => self
                .by_seed
                .insert((Arc::clone(audience), seed.clone()), id),
        };
        if let Some(place) = self.groups.get_mut(id as usize) {
            *place = Some(Group {
                source: Arc::clone(audience),
                seed,
                compiled,
                members: 1,
                active: BTreeSet::new(),
                active_slots: RoaringBitmap::new(),
            });
        }
        id
    }

    /// Adds a member to an existing group.
    pub(crate) fn join_again(&mut self, id: GroupId) {
        if let Some(group) = self.get_mut(id) {
            group.members += 1;
        }
    }

    /// Removes a member from its group, and the group with its last member.
    pub(crate) fn leave(&mut self, id: GroupId) {
        let Some(group) = self.get_mut(id) else {
            return;
        };
        group.members -= 1;
        if group.members > 0 {
            return;
        }
        let Some(group) = self.groups.get_mut(id as usize).and_then(Option::take) else {
            return;
        };
        match group.seed {
            None => self.by_audience.remove(&group.source),
            Some(seed) => self.by_seed.remove(&(group.source, seed)),
        };
        self.seen.went(id, &asks(&group.compiled));
        self.free.push(id);
    }

    /// Reports whether each group has this number of members and these active ones.
    pub(crate) fn is_same(&self, members: &BTreeMap<GroupId, (usize, BTreeSet<RankKey>)>) -> bool {
        let is_same = |(id, (count, active)): (&GroupId, &(usize, BTreeSet<RankKey>))| {
            let group = self.groups.get(*id as usize).and_then(Option::as_ref);
            group.is_some_and(|group| {
                let slots = active.iter().map(|(.., slot)| *slot);
                group.members == *count
                    && group.active == *active
                    && group.active_slots == slots.collect()
                    && self.number_of(group) == Some(*id)
            })
        };
        self.groups.iter().flatten().count() == members.len()
            && members.iter().all(is_same)
            && self.are_tops_right()
    }

    fn number_of(&self, group: &Group) -> Option<GroupId> {
        let source = &group.source;
        let id = match &group.seed {
            None => self.by_audience.get(source),
            Some(seed) => self.by_seed.get(&(Arc::clone(source), seed.clone())),
        };
        id.copied()
    }

    fn are_tops_right(&self) -> bool {
        let groups = (0..).zip(&self.groups);
        let tops = groups.filter_map(|(id, group)| Some((*group.as_ref()?.active.last()?, id)));
        self.tops == tops.collect()
    }

    /// Records that a member of a group is active.
    pub(crate) fn activate(&mut self, id: GroupId, key: RankKey) {
        self.change_active(id, |group| {
            group.active_slots.insert(key.3);
            group.active.insert(key);
        });
    }

    /// Records that a member of a group is not active.
    pub(crate) fn deactivate(&mut self, id: GroupId, key: RankKey) {
        self.change_active(id, |group| {
            group.active_slots.remove(key.3);
            group.active.remove(&key);
        });
    }

    /// Records the members of a group that have started and ended, possibly all of them.
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

    fn get(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id as usize)?.as_ref()
    }

    fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.groups.get_mut(id as usize)?.as_mut()
    }

    /// Returns the groups that `viewer` may see.
    pub(crate) fn visible_to(&self, viewer: &Viewer) -> Visible<'_> {
        // Parsed only if an audience must be evaluated.
        let prepared = OnceCell::new();
        let prepared = || prepared.get_or_init(|| PreparedViewer::new(viewer));
        let sees = |id: GroupId| {
            self.get(id)
                .is_some_and(|group| group.compiled.matches(prepared()))
        };
        let unreadable = |name: &str, read_as| prepared().unreadable(name, read_as).count() as u64;
        let seen = self.seen.get(viewer, self.groups.len(), sees, unreadable);
        Visible {
            seen: Some(seen),
            groups: &self.groups,
            tops: &self.tops,
        }
    }

    /// Returns what audiences ask about `viewer`, without the name of the user.
    pub(crate) fn asked_of(&self, viewer: &Viewer) -> Viewer {
        self.seen.asked_of(viewer)
    }

    /// Returns the groups that the user `name` may see with what `said` says; None for all of them.
    /// `present` is a viewer of that name and what that one may see, which is mostly the same.
    pub(crate) fn seen_with(
        &self,
        name: &str,
        said: Option<&Viewer>,
        present: Option<(&Viewer, &Visible<'_>)>,
    ) -> Option<Arc<Seen>> {
        let said = said?;
        if let Some((viewer, visible)) = present
            && let Some(seen) = &visible.seen
            && self.seen.is_alike(said, viewer)
        {
            return Some(Arc::clone(seen));
        }
        let mut viewer = said.clone();
        name.clone_into(&mut viewer.user);
        self.visible_to(&viewer).seen
    }

    /// Returns all groups.
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
    /// None means all groups.
    seen: Option<Arc<Seen>>,
    groups: &'a [Option<Group>],
    tops: &'a BTreeSet<(RankKey, GroupId)>,
}

impl<'a> Visible<'a> {
    pub(crate) fn contains(&self, id: GroupId) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.contains(id))
    }

    /// Returns the groups here that are not in `seen`.
    pub(crate) fn missing_in(&self, seen: Option<&Arc<Seen>>) -> Vec<&'a Group> {
        let (here, seen) = match (&self.seen, seen) {
            (_, None) => return Vec::new(),
            (Some(here), Some(seen)) if Arc::ptr_eq(here, seen) => return Vec::new(),
            (here, Some(seen)) => (here, seen),
        };
        let groups = (0..).zip(self.groups);
        groups
            .filter(|(id, _)| !seen.contains(*id))
            .filter(|(id, _)| here.as_ref().is_none_or(|here| here.contains(*id)))
            .filter_map(|(_, group)| group.as_ref())
            .collect()
    }

    /// Reports whether `seen` has the same groups.
    pub(crate) fn is_same(&self, seen: Option<&Arc<Seen>>) -> bool {
        match (&self.seen, seen) {
            (None, None) => true,
            (Some(here), Some(seen)) => Arc::ptr_eq(here, seen) || here.ids() == seen.ids(),
            _ => false,
        }
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

    /// Returns the groups with an active member, each with its head, the highest first.
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

/// Returns what an audience asks about, without duplicates.
fn asks(audience: &CompiledAudience) -> Vec<(&str, ReadAs)> {
    let mut asks: Vec<(&str, ReadAs)> = audience.asks().collect();
    asks.sort_unstable();
    asks.dedup();
    asks
}
