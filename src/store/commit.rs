//! What a write does, worked out in full before anything is changed.
//!
//! A commit is staged on top of the index, which stays as it is; when everything holds it is applied in
//! one step, which cannot fail. Its announcements all carry the one new revision.

mod operations;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::feed::{self, Feed};
use super::idempotency::Remembered;
use super::index::{Index, Put};
use super::supersession::full_key;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::feed::ChangeKind;
use crate::model::{
    Announcement, Audience, Checked, Draft, Given, Locale, Reference, channel_or_default,
    check_reason,
};
use crate::operation::{Operation, Outcome, Published};

/// What a commit does to one announcement.
#[derive(Debug)]
enum Effect {
    Put(Put),
    Purge(i64),
}

/// A commit that is being put together.
pub(crate) struct Staging<'a> {
    index: &'a Index,
    now: i64,
    revision: i64,
    last_id: i64,
    effects: Vec<Effect>,
    /// What the effects make of the index: the announcement of an id or a key, or none any more.
    by_id: HashMap<i64, Option<Arc<Announcement>>>,
    by_key: HashMap<Box<str>, Option<i64>>,
    /// What the announcements of this commit share among them.
    locales: HashSet<Arc<[Locale]>>,
    audiences: HashSet<Arc<Audience>>,
    entries: Vec<feed::Entry>,
    remembered: Vec<(String, Remembered)>,
}

/// A commit that is ready to be applied.
#[derive(Debug)]
pub(crate) struct Commit {
    revision: i64,
    last_id: i64,
    effects: Vec<Effect>,
    entries: Vec<feed::Entry>,
    remembered: Vec<(String, Remembered)>,
}

impl Commit {
    /// The revision that the board will have.
    pub(crate) fn revision(&self) -> i64 {
        self.revision
    }

    /// What it moves the start of without making it news, as `index` has it and as it will be.
    pub(crate) fn moved_starts<'a>(
        &'a self,
        index: &'a Index,
    ) -> impl Iterator<Item = (&'a Announcement, &'a Announcement)> {
        self.effects.iter().filter_map(|effect| {
            let Effect::Put(put) = effect else {
                return None;
            };
            let after = put.announcement.as_ref();
            let before = index.by_id(after.id())?.as_ref();
            let is_news = before.notify_version() != after.notify_version();
            (!is_news && before.starts_at() != after.starts_at()).then_some((before, after))
        })
    }

    /// The ids that it erases.
    pub(crate) fn purged(&self) -> impl Iterator<Item = i64> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Purge(id) => Some(*id),
            Effect::Put(_) => None,
        })
    }

    /// Changes the index and the feed.
    pub(crate) fn apply(self, index: &mut Index, feed: &mut Feed) {
        for effect in self.effects {
            match effect {
                Effect::Put(put) => index.put(put),
                Effect::Purge(id) => index.remove(id),
            }
        }
        index.settle();
        for entry in self.entries {
            feed.push(entry);
        }
        for (key, remembered) in self.remembered {
            index.idempotency_keys.insert(&key, remembered);
        }
        index.last_id = self.last_id;
        index.revision = self.revision;
    }
}

impl<'a> Staging<'a> {
    pub(crate) fn new(index: &'a Index, now: i64) -> Self {
        Self {
            index,
            now,
            revision: index.revision + 1,
            last_id: index.last_id,
            effects: Vec::new(),
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            locales: HashSet::new(),
            audiences: HashSet::new(),
            entries: Vec::new(),
            remembered: Vec::new(),
        }
    }

    /// The commit; none if nothing is changed.
    pub(crate) fn finish(mut self) -> Option<Commit> {
        if self.effects.is_empty() && self.remembered.is_empty() {
            return None;
        }
        self.add_affected();
        Some(Commit {
            // An upsert that changes nothing is remembered all the same.
            revision: match self.effects.is_empty() {
                true => self.index.revision,
                false => self.revision,
            },
            last_id: self.last_id,
            effects: self.effects,
            entries: self.entries,
            remembered: self.remembered,
        })
    }

    /// Stages one operation.
    pub(crate) fn stage(&mut self, operation: &Operation) -> Result<Published> {
        match operation {
            Operation::Publish(draft) => self.publish(draft),
            Operation::Update {
                id,
                patch,
                if_version,
                change,
            } => {
                let former = self.former(*id, *if_version)?;
                self.update(&former, patch, *change)
            }
            Operation::Retract {
                id,
                reason,
                if_version,
            } => {
                check_reason(reason)?;
                let former = self.former(*id, *if_version)?;
                self.retract(&former, reason)
            }
            Operation::Restore { id, if_version } => {
                let former = self.former(*id, *if_version)?;
                self.restore(&former)
            }
            Operation::Purge { id } => {
                let former = self.former(*id, None)?;
                Ok(self.purge(&former))
            }
        }
    }

    fn put(
        &mut self,
        former: Option<&Announcement>,
        draft: &Draft,
        checked: Checked,
        given: Given,
        retract_reason: &str,
        kind: ChangeKind,
    ) {
        let (locales, audience) = self.shared(draft, &checked);
        let announcement = Arc::new(Announcement::new(
            draft,
            &checked,
            given,
            locales,
            audience,
            retract_reason,
        ));
        self.entry(given.id, kind);
        if let Some(former) = former {
            self.take_key(former);
        }
        if !draft.key.is_empty() {
            self.by_key
                .insert(full_key(announcement.channel(), &draft.key), Some(given.id));
        }
        self.by_id.insert(given.id, Some(Arc::clone(&announcement)));
        self.effects.push(Effect::Put(Put {
            announcement,
            audience: checked.audience,
        }));
    }

    /// The locales and the audience as others have them already, on the board or in this commit.
    fn shared(&mut self, draft: &Draft, checked: &Checked) -> (Arc<[Locale]>, Arc<Audience>) {
        let index = self.index;
        let locales = match self.locales.get(checked.locales.as_slice()) {
            Some(staged) => Arc::clone(staged),
            None => index.locales.shared(&checked.locales),
        };
        let audience = match self.audiences.get(&draft.audience) {
            Some(staged) => Arc::clone(staged),
            None => index.groups.shared(&draft.audience),
        };
        self.locales.insert(Arc::clone(&locales));
        self.audiences.insert(Arc::clone(&audience));
        (locales, audience)
    }

    fn take_key(&mut self, former: &Announcement) {
        if !former.key().is_empty() {
            self.by_key
                .insert(full_key(former.channel(), former.key()), None);
        }
    }

    fn entry(&mut self, id: i64, kind: ChangeKind) {
        self.entry_because_of(Vec::new(), id, kind);
    }

    fn entry_because_of(&mut self, replacers: Vec<feed::Replacer>, id: i64, kind: ChangeKind) {
        self.entries.push(feed::Entry {
            revision: self.revision,
            // Not before what readers have been shown, if the clock was set back.
            at: self.now.max(self.index.at()),
            id,
            kind,
            before: self.before(id),
            replacers,
        });
    }

    /// What an announcement was before this commit, without its texts. What it was between two
    /// operations of the commit, nobody ever saw.
    fn before(&self, id: i64) -> Option<Arc<Announcement>> {
        let before = self.index.by_id(id);
        before.map(|before| Arc::new(before.without_texts()))
    }

    /// Tells followers of what the changed ones replace, or replaced: it may be covered now, or no
    /// longer.
    fn add_affected(&mut self) {
        let mut affected: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for id in self.by_id.keys() {
            let before = self.index.by_id(*id).cloned();
            let after = self.find_id(*id);
            for announcement in before.into_iter().chain(after) {
                for reference in announcement.replaces() {
                    let target = self.target(announcement.channel(), reference);
                    let other = target.filter(|target| !self.by_id.contains_key(&target.id()));
                    if let Some(other) = other {
                        affected.entry(other.id()).or_default().insert(*id);
                    }
                }
            }
        }
        for (id, replacers) in affected {
            let replacer = |id: i64| feed::Replacer {
                id,
                before: self.before(id),
            };
            let replacers = replacers.into_iter().map(replacer).collect();
            self.entry_because_of(replacers, id, ChangeKind::UpdatedMinor);
        }
    }

    fn done(&self, given: Given, outcome: Outcome) -> Published {
        let Given {
            id,
            version,
            revision,
            ..
        } = given;
        Published {
            id,
            version,
            revision,
            outcome,
            duplicate: false,
        }
    }

    fn unchanged(&self, former: &Announcement) -> Published {
        self.done(*former.given(), Outcome::Unchanged)
    }

    fn former(&self, id: i64, if_version: Option<u32>) -> Result<Arc<Announcement>> {
        let former = self.find_id(id).ok_or_else(|| Error::not_found(id))?;
        match if_version {
            Some(expected) if expected != former.version() => Err(Error::new(
                ErrorKind::VersionConflict,
                Bilingual::new(
                    format!(
                        "announcement {id} has version {}, not {expected}",
                        former.version()
                    ),
                    format!("公告 {id} 的版本是 {}，不是 {expected}", former.version()),
                ),
            )),
            _ => Ok(former),
        }
    }

    fn find_id(&self, id: i64) -> Option<Arc<Announcement>> {
        match self.by_id.get(&id) {
            Some(staged) => staged.clone(),
            None => self.index.by_id(id).cloned(),
        }
    }

    fn find_key(&self, channel: &str, key: &str) -> Option<Arc<Announcement>> {
        if key.is_empty() {
            return None;
        }
        match self.by_key.get(&full_key(channel, key)) {
            Some(staged) => self.find_id((*staged)?),
            None => self.index.by_key(channel, key).cloned(),
        }
    }

    fn target(&self, channel: &str, reference: &Reference) -> Option<Arc<Announcement>> {
        match reference {
            Reference::Id(id) => self.find_id(*id),
            Reference::Key(key) => self.find_key(channel, key),
        }
    }

    /// Refuses announcements that would replace each other, for each would hide the other.
    fn check_replaces(&self, draft: &Draft, id: i64) -> Result<()> {
        let channel = channel_or_default(&draft.channel);
        let is_itself = |channel_of: &str, reference: &Reference| match reference {
            Reference::Id(other) => *other == id,
            Reference::Key(key) => *key == draft.key && channel_of == channel,
        };
        for (i, first) in draft.replaces.iter().enumerate() {
            let mut seen = HashSet::new();
            let mut ahead = vec![(channel.to_owned(), first.clone())];
            while let Some((channel, reference)) = ahead.pop() {
                let next = self.target(&channel, &reference);
                if is_itself(&channel, &reference) || next.as_ref().is_some_and(|n| n.id() == id) {
                    let value = match first {
                        Reference::Id(id) => id.to_string(),
                        Reference::Key(key) => key.clone(),
                    };
                    let (en, zh) = (
                        "would replace itself, directly or by others",
                        "会直接或间接取代自身",
                    );
                    return Err(Error::invalid(
                        format!("replaces[{i}]"),
                        &value,
                        Bilingual::new(en, zh),
                    ));
                }
                if let Some(next) = next.filter(|next| seen.insert(next.id())) {
                    let onward = next.replaces().iter().cloned();
                    ahead.extend(onward.map(|reference| (next.channel().to_owned(), reference)));
                }
            }
        }
        Ok(())
    }
}
