//! Cache of the groups that a viewer may see.
//!
//! Evaluating audiences is the most expensive part of a query, and the same viewers come back. The
//! result depends only on the attributes that some audience asks about, so viewers who agree in
//! these share one evaluation.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::engine::memory::audiences::GroupId;
use crate::locks::Mutex;
use crate::model::{LOCALE, ReadAs, USER, Viewer};

/// Viewers cached.
const REMEMBERED: usize = 128;
/// Changes of groups kept, so that a cached result can be updated instead of being computed again.
const LOGGED: usize = 1024;

/// The groups that a viewer may see.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Whether each group is visible.
    flags: Vec<bool>,
    /// The visible groups.
    ids: Vec<GroupId>,
}

/// The cache.
#[derive(Debug, Default)]
pub(crate) struct SeenGroups {
    /// Attributes that audiences ask about, with the number of groups that do.
    asked: BTreeMap<Box<str>, usize>,
    /// Those that some group reads as something else than text.
    read: BTreeMap<(Box<str>, ReadAs), usize>,
    /// Number of groups that came and went.
    generation: u64,
    /// The most recent of them.
    log: VecDeque<GroupId>,
    /// Cached viewers, the most recently used at the back.
    viewers: Mutex<VecDeque<Remembered>>,
    /// Values of viewers that could not be read.
    unreadable_numbers: AtomicU64,
    unreadable_versions: AtomicU64,
}

#[derive(Debug)]
struct Remembered {
    hash: u64,
    /// Attributes that audiences ask about, with one entry for each value.
    attributes: Box<[(Box<str>, Box<str>)]>,
    generation: u64,
    seen: Arc<Seen>,
    /// Values that cannot be read as a number, and as a version.
    unreadable: [u64; 2],
}

impl Seen {
    pub(crate) fn contains(&self, id: GroupId) -> bool {
        self.flags.get(id as usize).copied().unwrap_or(false)
    }

    pub(crate) fn ids(&self) -> &[GroupId] {
        &self.ids
    }

    /// Evaluates these groups again.
    fn update(&mut self, ids: impl Iterator<Item = GroupId>, sees: &impl Fn(GroupId) -> bool) {
        for id in ids {
            let place = id as usize;
            if self.flags.len() <= place {
                self.flags.resize(place + 1, false);
            }
            if let Some(flag) = self.flags.get_mut(place) {
                *flag = sees(id);
            }
        }
        self.ids.clear();
        let seen = (0..).zip(&self.flags).filter(|(_, flag)| **flag);
        self.ids.extend(seen.map(|(id, _)| id));
    }
}

impl SeenGroups {
    /// Records a new group whose audience asks about `asks`, which is sorted.
    pub(crate) fn came(&mut self, id: GroupId, asks: &[(&str, ReadAs)]) {
        for name in names(asks) {
            match self.asked.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.asked.insert(name.into(), 1);
                    // Viewers that agreed before may differ in the new attribute.
                    self.viewers.get_mut().clear();
                }
            }
        }
        for (name, read_as) in asks.iter().filter(|(_, read_as)| *read_as != ReadAs::Text) {
            *self.read.entry(((*name).into(), *read_as)).or_default() += 1;
        }
        self.changed(id);
    }

    /// Records the removal of a group whose audience asked about `asks`, which is sorted.
    pub(crate) fn went(&mut self, id: GroupId, asks: &[(&str, ReadAs)]) {
        for name in names(asks) {
            if let Some(count) = self.asked.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.asked.remove(name);
                    self.viewers.get_mut().clear();
                }
            }
        }
        for (name, read_as) in asks.iter().filter(|(_, read_as)| *read_as != ReadAs::Text) {
            let ask = (Box::from(*name), *read_as);
            if let Some(count) = self.read.get_mut(&ask) {
                *count -= 1;
                if *count == 0 {
                    self.read.remove(&ask);
                }
            }
        }
        self.changed(id);
    }

    /// Counts the values that could not be read in this form, once for each question.
    pub(crate) fn unreadable(&self, read_as: ReadAs) -> u64 {
        match read_as {
            ReadAs::Text => 0,
            ReadAs::Number => self.unreadable_numbers.load(Ordering::Relaxed),
            ReadAs::Version => self.unreadable_versions.load(Ordering::Relaxed),
        }
    }

    fn changed(&mut self, id: GroupId) {
        self.generation += 1;
        if self.log.len() == LOGGED {
            self.log.pop_front();
        }
        self.log.push_back(id);
    }

    /// Returns the groups for which `sees` holds; `count` is an upper bound of their numbers.
    /// `sees` must depend only on the group and the viewer's attributes. `unreadable` counts the viewer's
    /// values of an attribute that cannot be read in a form.
    pub(crate) fn get(
        &self,
        viewer: &Viewer,
        count: usize,
        sees: impl Fn(GroupId) -> bool,
        unreadable: impl Fn(&str, ReadAs) -> u64,
    ) -> Arc<Seen> {
        let mut hasher = DefaultHasher::new();
        self.relevant(viewer).for_each(|one| one.hash(&mut hasher));
        let hash = hasher.finish();
        let mut viewers = self.viewers.lock();
        let known = viewers.iter().rposition(|known| {
            let attributes = known
                .attributes
                .iter()
                .map(|(name, value)| (&**name, &**value));
            known.hash == hash && attributes.eq(self.relevant(viewer))
        });
        let known = known.and_then(|at| viewers.remove(at));
        let known = known.unwrap_or_else(|| Remembered {
            hash,
            attributes: self
                .relevant(viewer)
                .map(|(n, v)| (n.into(), v.into()))
                .collect(),
            generation: u64::MAX,
            seen: Arc::default(),
            unreadable: [0; 2],
        });
        let is_current = known.generation == self.generation;
        let mut known = self.up_to_date(known, count, &sees);
        if !is_current {
            known.unreadable = [ReadAs::Number, ReadAs::Version].map(|form| {
                let asks = self.read.keys().filter(|(_, read_as)| *read_as == form);
                asks.map(|(name, _)| unreadable(name, form)).sum()
            });
        }
        let counters = [&self.unreadable_numbers, &self.unreadable_versions];
        for (counter, count) in counters.into_iter().zip(known.unreadable) {
            if count > 0 {
                counter.fetch_add(count, Ordering::Relaxed);
            }
        }
        let seen = Arc::clone(&known.seen);
        if viewers.len() >= REMEMBERED {
            viewers.pop_front();
        }
        viewers.push_back(known);
        seen
    }

    fn up_to_date(
        &self,
        mut known: Remembered,
        count: usize,
        sees: &impl Fn(GroupId) -> bool,
    ) -> Remembered {
        let missed = self.generation.checked_sub(known.generation);
        match missed.and_then(|missed| usize::try_from(missed).ok()) {
            Some(0) => {}
            Some(missed) if missed <= self.log.len() => {
                let changed = self.log.iter().rev().take(missed).copied();
                Arc::make_mut(&mut known.seen).update(changed, sees);
            }
            _ => {
                let mut seen = Seen::default();
                // Groups are numbered by u32.
                seen.update(0..count as GroupId, sees);
                known.seen = Arc::new(seen);
            }
        }
        known.generation = self.generation;
        known
    }

    /// Returns what the groups' audiences ask about `viewer`, without the name of the user.
    pub(crate) fn asked_of(&self, viewer: &Viewer) -> Viewer {
        let mut asked = Viewer::anonymous();
        for name in self.asked.keys() {
            match viewer.attributes.get_key_value(&**name) {
                Some((name, values)) if !values.is_empty() => {
                    asked.attributes.insert(name.clone(), values.clone());
                }
                _ if &**name == LOCALE => {
                    // Without what could not be read, which no audience asks about.
                    asked.locales = viewer.locales.iter().cloned().collect();
                }
                _ => {}
            }
        }
        asked
    }

    /// Reports whether the groups' audiences cannot tell two viewers of one name apart.
    pub(crate) fn is_alike(&self, one: &Viewer, other: &Viewer) -> bool {
        self.asked.keys().all(|name| {
            let [one_has, other_has] = [one, other].map(|viewer| {
                let values = viewer.attributes.get(&**name);
                values.map_or(&[][..], Vec::as_slice)
            });
            let is_given = !one_has.is_empty();
            one_has == other_has
                && (&**name != LOCALE || is_given || *one.locales == *other.locales)
        })
    }

    /// Returns what the groups' audiences ask about `viewer`: each name with each value.
    fn relevant<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.asked.keys().flat_map(move |name| {
            let values = viewer
                .attributes
                .get(&**name)
                .map_or(&[][..], Vec::as_slice);
            let is_given = !values.is_empty();
            let user = (&**name == USER && !is_given).then_some(viewer.user.as_str());
            let locales = match &**name == LOCALE && !is_given {
                true => viewer.locales.as_slice(),
                false => &[],
            };
            let values = values.iter().map(String::as_str);
            let values = values.chain(user).chain(locales.iter().map(|l| l.as_str()));
            values.map(move |value| (&**name, value))
        })
    }
}

/// Returns the attributes, without duplicates.
fn names<'a>(asks: &[(&'a str, ReadAs)]) -> Vec<&'a str> {
    let mut names: Vec<&str> = asks.iter().map(|(name, _)| *name).collect();
    names.dedup();
    names
}
