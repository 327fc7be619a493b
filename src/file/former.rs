//! Former versions of announcements: those that redb has, with the entries that it does not have yet.
//!
//! Reading them writes nothing.

use std::collections::BTreeMap;

use super::key::change_key;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::journal::{Effect, encode_former, kept};
use crate::model::Announcement;

/// The effects on histories of entries that redb does not have, by announcement.
pub(super) struct Ahead<'a>(BTreeMap<i64, Vec<&'a Effect>>);

impl<'a> Ahead<'a> {
    /// Takes the effects on histories from among others.
    pub(super) fn new(effects: impl Iterator<Item = &'a Effect>) -> Self {
        let mut by_id: BTreeMap<i64, Vec<&Effect>> = BTreeMap::new();
        for effect in effects {
            let id = match effect {
                Effect::Former(former) => former.id(),
                Effect::Remove(id) => *id,
                _ => continue,
            };
            by_id.entry(id).or_default().push(effect);
        }
        Self(by_id)
    }

    /// Returns the former versions of an announcement, the oldest first.
    ///
    /// # Errors
    /// Those of the file, and of damaged records.
    pub(super) fn of(&self, snapshot: &Snapshot, id: i64) -> Result<Vec<Announcement>> {
        let mut versions: Vec<Announcement> = Vec::new();
        snapshot.former_versions(Some(id), |one| {
            versions.push(one?);
            Ok(())
        })?;
        for effect in self.0.get(&id).into_iter().flatten() {
            match effect {
                Effect::Former(former) => add(&mut versions, former),
                _ => versions.clear(),
            }
        }
        Ok(versions)
    }

    /// Passes the former versions of all announcements to `take`, by id, the oldest first.
    ///
    /// # Errors
    /// As [`of`](Self::of), and those of `take`.
    pub(super) fn each(
        self,
        snapshot: &Snapshot,
        take: &mut dyn FnMut(Announcement) -> Result<()>,
    ) -> Result<()> {
        let mut ids = self.0.keys().copied().peekable();
        let take_own = |id: i64, take: &mut dyn FnMut(Announcement) -> Result<()>| {
            self.of(snapshot, id)?.into_iter().try_for_each(take)
        };
        snapshot.former_versions(None, |one| {
            let one = one?;
            while let Some(id) = ids.next_if(|id| *id < one.id()) {
                take_own(id, take)?;
            }
            // It is taken with its effects, later.
            match self.0.contains_key(&one.id()) {
                true => Ok(()),
                false => take(one),
            }
        })?;
        ids.try_for_each(|id| take_own(id, take))
    }
}

/// Adds a version, unless it is there already, and drops those that are too old.
fn add(versions: &mut Vec<Announcement>, former: &Announcement) {
    let version = |one: &Announcement| one.notify_version();
    if versions
        .last()
        .is_some_and(|last| version(former) <= version(last))
    {
        return;
    }
    versions.push(former.clone());
    let length = |one: &Announcement| {
        let key = change_key(one.id(), one.notify_version());
        encode_former(&key, one).map_or(0, |record| record.len())
    };
    let count = kept(versions.iter().rev().map(length));
    versions.drain(..versions.len() - count);
}
