//! Replacing: circles are refused, whoever may be covered or uncovered is told of, and what was purged leaves
//! its place in the chain to the ones around it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::Staging;
use crate::engine::memory::supersession::{Target, full_key, names, target_of, targets};
use crate::error::{Bilingual, Error, Result};
use crate::journal::Replacer;
use crate::model::{
    Announcement, Audience, Draft, Given, Lifecycle, Reference, channel_or_default, limits,
};
use crate::query::ChangeKind;

/// Most replacers in one change. A change with more is divided: it is one record of a file, which must
/// be much smaller than a region of the file.
const REPLACERS: usize = 64;

/// An announcement before and after the commit.
type States = [Option<Arc<Announcement>>; 2];

impl Staging<'_> {
    /// Refuses announcements that would replace each other, because each would hide the other.
    pub(super) fn check_replaces(&mut self, draft: &Draft, id: i64) -> Result<()> {
        if draft.replaces.is_empty() || !self.may_be_in_a_circle(draft, id) {
            return Ok(());
        }
        for (i, first) in draft.replaces.iter().enumerate() {
            if self.leads_to(draft, id, first) {
                let value = match first {
                    Reference::Id(id) => id.to_string(),
                    Reference::Key(key) => key.clone(),
                };
                let (en, zh) = (
                    "would replace itself, directly or indirectly",
                    "会直接或间接取代自身",
                );
                let reason = Bilingual::new(en, zh);
                self.faults
                    .tell(Error::invalid(format!("replaces[{i}]"), &value, reason))?;
            }
        }
        Ok(())
    }

    /// Looks for a circle from both sides, so that the work is that of the shorter chain. False is certain.
    fn may_be_in_a_circle(&self, draft: &Draft, id: i64) -> bool {
        let channel = channel_or_default(&draft.channel);
        let own: Vec<Target> = names(id, channel, &draft.key).collect();
        let mut down: Vec<Target> = (draft.replaces.iter())
            .map(|reference| target_of(channel, reference))
            .collect();
        let mut up: Vec<i64> = own.iter().flat_map(|name| self.naming(name)).collect();
        let first: HashSet<i64> = (down.iter())
            .filter_map(|target| Some(self.find(target)?.id()))
            .collect();
        if first.contains(&id) || down.iter().any(|target| own.contains(target)) {
            return true;
        }
        let (mut seen_below, mut seen_above) = (HashSet::new(), HashSet::new());
        loop {
            let Some(target) = down.pop() else {
                return false;
            };
            let found = self.find(&target);
            if own.contains(&target) || found.as_ref().is_some_and(|found| found.id() == id) {
                return true;
            }
            if let Some(found) = found.filter(|found| seen_below.insert(found.id())) {
                down.extend(targets(&found));
            }
            let Some(above) = up.pop() else {
                return false;
            };
            if first.contains(&above) {
                return true;
            }
            if let Some(above) = self.find_id(above).filter(|_| seen_above.insert(above)) {
                up.extend(self.named_by(&above));
            }
        }
    }

    /// Reports whether a reference of a draft leads to its own announcement.
    fn leads_to(&self, draft: &Draft, id: i64, first: &Reference) -> bool {
        let channel = channel_or_default(&draft.channel);
        let own: Vec<Target> = names(id, channel, &draft.key).collect();
        let mut seen = HashSet::new();
        let mut ahead = vec![target_of(channel, first)];
        while let Some(target) = ahead.pop() {
            let next = self.find(&target);
            if own.contains(&target) || next.as_ref().is_some_and(|next| next.id() == id) {
                return true;
            }
            if let Some(next) = next.filter(|next| seen.insert(next.id())) {
                ahead.extend(targets(&next));
            }
        }
        false
    }

    pub(super) fn find(&self, target: &Target) -> Option<Arc<Announcement>> {
        #[cfg(test)]
        tests::LOOKED_UP.with(|count| count.set(count.get() + 1));
        match target {
            Target::Id(id) => self.find_id(*id),
            Target::Key(key) => match self.overlay.by_key.get(key) {
                Some(staged) => self.find_id((*staged)?),
                None => self.ahead.by_full_key(key).cloned(),
            },
        }
    }

    /// Returns the ids of those that name a target, before or after any commit so far.
    fn naming(&self, target: &Target) -> Vec<i64> {
        let index = self.ahead.index;
        let slots = index.supersession.naming(target);
        let indexed = slots.filter_map(|slot| Some(index.entry(slot)?.announcement.id()));
        let staged = [&self.ahead.overlay, &self.overlay];
        let staged = staged
            .iter()
            .filter_map(|overlay| overlay.replacers.get(target));
        indexed.chain(staged.flatten().copied()).collect()
    }

    /// Returns the ids of those that name an announcement by its id or its key.
    fn named_by(&self, announcement: &Announcement) -> Vec<i64> {
        let (channel, key) = (announcement.channel(), announcement.key());
        let names = names(announcement.id(), channel, key);
        names.flat_map(|name| self.naming(&name)).collect()
    }

    fn states(&self, id: i64) -> States {
        [self.ahead.by_id(id).cloned(), self.find_id(id)]
    }

    /// Adds events for announcements that the changed ones replace or replaced, directly or by way of
    /// others, because these may be covered or uncovered now.
    pub(super) fn add_affected(&mut self) {
        if !self.reaches_others() {
            return;
        }
        let mut affected: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for id in self.overlay.by_id.keys() {
            for other in self.reached_by(*id, true) {
                affected.entry(other).or_default().insert(*id);
            }
            // Whoever sees none of those above must not learn of them by hearing of more.
            let above = self.relinked_above(*id);
            if !above.is_empty() {
                for other in self.reached_by(*id, false) {
                    affected.entry(other).or_default().extend(&above);
                }
            }
        }
        for (id, replacers) in affected {
            let replacers: Vec<i64> = replacers.into_iter().collect();
            for some in replacers.chunks(REPLACERS) {
                let replacer = |id: &i64| Replacer {
                    id: *id,
                    before: self.before(*id),
                };
                let some = some.iter().map(replacer).collect();
                self.change_because_of(some, id, ChangeKind::UpdatedMinor);
            }
        }
    }

    /// Returns those that replace a changed announcement, directly or by way of others, if the change
    /// gives them others to cover: another key, or others to replace.
    fn relinked_above(&self, id: i64) -> BTreeSet<i64> {
        let links = |state: &Option<Arc<Announcement>>| {
            let state = state.as_ref();
            state.map(|state| (state.key().to_owned(), targets(state).collect::<Vec<_>>()))
        };
        let [before, after] = self.states(id);
        let mut above = BTreeSet::new();
        if links(&before) == links(&after) {
            return above;
        }
        let mut ahead: Vec<Arc<Announcement>> = [before, after].into_iter().flatten().collect();
        while let Some(state) = ahead.pop() {
            for other in self.named_by(&state) {
                if other != id && above.insert(other) {
                    ahead.extend(self.states(other).into_iter().flatten());
                }
            }
        }
        above
    }

    /// Reports whether the changed announcements lead to any that are unchanged.
    fn reaches_others(&self) -> bool {
        let mut seen = HashSet::new();
        let mut changed = self.overlay.by_id.keys().flat_map(|id| self.states(*id));
        changed.any(|state| {
            state.is_some_and(|state| {
                targets(&state).any(|target| {
                    let others = self.find(&target);
                    seen.insert(target)
                        && others.is_some_and(|other| !self.overlay.by_id.contains_key(&other.id()))
                })
            })
        })
    }

    /// Returns the unchanged announcements below a changed one that it may have covered or uncovered. Only
    /// when it stands `alone` are those left out that are below one that covers them all the same, before
    /// and after.
    fn reached_by(&self, id: i64, alone: bool) -> BTreeSet<i64> {
        let changed = self.states(id);
        let mut reached = BTreeSet::new();
        let mut seen = HashSet::from([id]);
        let mut ahead = vec![changed.clone()];
        while let Some(states) = ahead.pop() {
            for target in states.iter().flatten().flat_map(|state| targets(state)) {
                let Some(next) = self.find(&target).filter(|next| seen.insert(next.id())) else {
                    continue;
                };
                let next_states = self.states(next.id());
                if !self.overlay.by_id.contains_key(&next.id()) {
                    reached.insert(next.id());
                }
                let outdoes = |(one, other): (&Option<Arc<_>>, &Option<Arc<_>>)| {
                    let is_published =
                        |state: &&Arc<Announcement>| state.state() == Lifecycle::Published;
                    match (one.as_ref().filter(is_published), other) {
                        (None, _) => true,
                        (Some(one), Some(other)) => covers_as_much(other, one),
                        (Some(_), None) => false,
                    }
                };
                if !alone || !changed.iter().zip(&next_states).all(outdoes) {
                    ahead.push(next_states);
                }
            }
        }
        reached
    }

    /// Gives what a purged announcement replaced to those that replaced it.
    ///
    /// # Errors
    /// That of a text that must be fetched first.
    pub(super) fn bridge(&mut self, purged: &Announcement) -> Result<()> {
        if targets(purged).next().is_none() {
            return Ok(());
        }
        let above: BTreeSet<i64> = self.named_by(purged).into_iter().collect();
        let own: Vec<Target> = names(purged.id(), purged.channel(), purged.key()).collect();
        for id in above {
            let Some(above) = self.find_id(id).filter(|above| above.id() != purged.id()) else {
                continue;
            };
            // It may have named the purged one in an earlier state only.
            if !targets(&above).any(|target| own.contains(&target)) {
                continue;
            }
            let above = self.whole(above)?;
            let is_gone = |reference: &Reference| *reference == Reference::Id(purged.id());
            let mut replaces: Vec<Reference> = above.replaces().to_vec();
            replaces.retain(|reference| !is_gone(reference));
            for reference in purged.replaces() {
                let reference = match reference {
                    // A key is one of its channel.
                    Reference::Key(key) if above.channel() != purged.channel() => {
                        let key = full_key(purged.channel(), key);
                        match self.find(&Target::Key(key)) {
                            Some(target) => Reference::Id(target.id()),
                            None => continue,
                        }
                    }
                    other => other.clone(),
                };
                if !replaces.contains(&reference) && replaces.len() < limits::REPLACES {
                    replaces.push(reference);
                }
            }
            if replaces.as_slice() != above.replaces() {
                let given = Given {
                    revision: self.revision,
                    ..*above.given()
                };
                let put = above.with_replaces(given, replaces);
                self.put(Some(&above), put, ChangeKind::UpdatedMinor);
            }
        }
        Ok(())
    }
}

/// Reports whether whatever `one` covers for a viewer is covered by `other` as well, at every instant.
fn covers_as_much(other: &Announcement, one: &Announcement) -> bool {
    let end = |announcement: &Announcement| announcement.ends_at().unwrap_or(i64::MAX);
    other.state() == Lifecycle::Published
        && other.starts_at() <= one.starts_at()
        && end(one) <= end(other)
        && (*other.audience() == Audience::everyone() || other.audience() == one.audience())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use super::*;
    use crate::engine::memory::evicted::Fetched;
    use crate::engine::memory::index::Index;
    use crate::engine::writer::budget::Budget;
    use crate::engine::writer::commit::Ahead;
    use crate::model::Operation;

    thread_local! {
        /// Announcements looked up to find out what replaces what.
        pub(super) static LOOKED_UP: Cell<u64> = const { Cell::new(0) };
    }

    const NOW: i64 = 1_781_748_000_000;

    /// Stages a batch, and returns the look-ups that it took.
    fn work(drafts: impl Iterator<Item = Draft>) -> u64 {
        LOOKED_UP.set(0);
        let (index, fetched) = (Index::new(NOW), Fetched::default());
        let ahead = Ahead::new(&index, &fetched, Budget::new(None, 0));
        let mut staging = Staging::new(&ahead, NOW);
        for draft in drafts {
            staging.stage(&Operation::Publish(Arc::new(draft))).unwrap();
        }
        assert!(staging.finish().is_some());
        LOOKED_UP.get()
    }

    #[test]
    fn a_batch_in_which_each_replaces_another_takes_work_in_proportion_to_it() {
        let of = |n: i64| Draft::new("en", "a").key(format!("k{n}"));
        let key = |n: i64| Reference::Key(format!("k{n}"));
        let ascending = |count| work((1..=count).map(|n| of(n).replaces(key(n - 1))));
        let descending = |count| work((1..=count).rev().map(|n| of(n).replaces(key(n - 1))));
        let ending = |count| {
            let draft = |n| {
                of(n)
                    .replaces(key(n - 1))
                    .visible(NOW + n * 10, NOW + n * 10 + 5)
            };
            work((1..=count).map(draft))
        };
        let kinds: [&dyn Fn(i64) -> u64; 3] = [&ascending, &descending, &ending];
        for (n, kind) in kinds.iter().enumerate() {
            let (small, large) = (kind(250), kind(2000));
            assert!(
                large <= 9 * small && large <= 20_000,
                "{n}: {small}, {large}"
            );
        }
    }
}
