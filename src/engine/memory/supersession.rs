//! Supersession: which announcements replace which, in whatever order they were published.

use std::collections::HashMap;

use crate::engine::memory::timeline::Slot;
use crate::model::{Announcement, Lifecycle, Reference};

/// Target of a `replaces` entry, with the channel of a key resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Id(i64),
    Key(Box<str>),
}

/// The replacements of a board. An edge exists whether or not its ends are active; the query
/// decides whether it hides anything.
#[derive(Debug, Default)]
pub(crate) struct Supersession {
    replacers: HashMap<Target, Vec<Slot>>,
}

/// Combines a channel and a key into one text.
pub(crate) fn full_key(channel: &str, key: &str) -> Box<str> {
    // Neither contains a NUL, so the result is unique.
    [channel, "\0", key].concat().into_boxed_str()
}

impl Supersession {
    /// Reports whether both have the same edges.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_same = |(target, slots): (&Target, &Vec<Slot>)| {
            let mut pair = [
                slots.clone(),
                other.replacers.get(target).cloned().unwrap_or_default(),
            ];
            pair.iter_mut().for_each(|slots| slots.sort_unstable());
            pair.first() == pair.last()
        };
        self.replacers.len() == other.replacers.len() && self.replacers.iter().all(is_same)
    }

    pub(crate) fn insert(&mut self, slot: Slot, announcement: &Announcement) {
        for target in targets(announcement) {
            self.replacers.entry(target).or_default().push(slot);
        }
    }

    pub(crate) fn remove(&mut self, slot: Slot, announcement: &Announcement) {
        for target in targets(announcement) {
            if let Some(slots) = self.replacers.get_mut(&target) {
                slots.retain(|other| *other != slot);
                if slots.is_empty() {
                    self.replacers.remove(&target);
                }
            }
        }
    }

    /// Returns the slots that replace `announcement`.
    pub(crate) fn replacers_of(&self, announcement: &Announcement) -> impl Iterator<Item = Slot> {
        let (channel, key) = (announcement.channel(), announcement.key());
        let named = names(announcement.id(), channel, key);
        let slots = named.filter_map(|name| self.replacers.get(&name));
        slots.flatten().copied()
    }

    /// Returns the slots that name `target`.
    pub(crate) fn naming(&self, target: &Target) -> impl Iterator<Item = Slot> {
        self.replacers.get(target).into_iter().flatten().copied()
    }

    /// Reports whether anything replaces `announcement`.
    pub(crate) fn mentions(&self, announcement: &Announcement) -> bool {
        !self.replacers.is_empty() && self.replacers_of(announcement).next().is_some()
    }
}

/// Returns the names under which others may replace an announcement.
pub(crate) fn names(id: i64, channel: &str, key: &str) -> impl Iterator<Item = Target> {
    let key = (!key.is_empty()).then(|| Target::Key(full_key(channel, key)));
    std::iter::once(Target::Id(id)).chain(key)
}

/// Returns what an announcement replaces. A draft replaces nothing until it is released.
pub(crate) fn targets(announcement: &Announcement) -> impl Iterator<Item = Target> {
    let replaces = match announcement.state() {
        Lifecycle::Draft => &[],
        Lifecycle::Published | Lifecycle::Retracted => announcement.replaces(),
    };
    let references = replaces.iter();
    references.map(|reference| target_of(announcement.channel(), reference))
}

/// Returns what a reference of an announcement in a channel means.
pub(crate) fn target_of(channel: &str, reference: &Reference) -> Target {
    match reference {
        Reference::Id(id) => Target::Id(*id),
        Reference::Key(key) => Target::Key(full_key(channel, key)),
    }
}
