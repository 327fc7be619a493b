//! Staging: works out a commit in full before anything is changed.
//!
//! A commit is staged on top of the index, which stays as it is. If every check passes, it is
//! applied in one step that cannot fail. All of its announcements carry the one new revision.

mod life;
mod operations;
mod replacing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::index::Index;
use crate::engine::memory::supersession::{Target, full_key, targets};
use crate::engine::writer::budget::{Budget, Refused};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Effect, FeedChange, KeyedResult, Replacer};
use crate::model::{
    Announcement, Audience, Checked, Draft, Faults, Given, Lifecycle, Locale, channel_or_default,
    check_reason,
};
use crate::model::{Operation, Outcome, Published};
use crate::query::ChangeKind;

/// Differences between the index and the commits that are not applied yet.
#[derive(Debug, Default)]
struct Overlay {
    /// Announcement of an id or key; None if it is gone.
    by_id: HashMap<i64, Option<Arc<Announcement>>>,
    by_key: HashMap<Box<str>, Option<i64>>,
    /// Ids of announcements that name a target, or did in an earlier state.
    replacers: HashMap<Target, Vec<i64>>,
    /// Values that these announcements share.
    locales: HashSet<Arc<[Locale]>>,
    audiences: HashSet<Arc<Audience>>,
    remembered: HashMap<String, KeyedResult>,
    /// Evicted announcements, loaded back with their texts.
    taken_back: Vec<Arc<Announcement>>,
}

/// The board as it will be after the preceding commits of the group.
pub(crate) struct Ahead<'a> {
    index: &'a Index,
    fetched: &'a Fetched,
    revision: i64,
    last_id: i64,
    overlay: Overlay,
    budget: Budget,
}

/// A commit being staged.
pub(crate) struct Staging<'a> {
    ahead: &'a Ahead<'a>,
    now: i64,
    revision: i64,
    last_id: i64,
    effects: Vec<Effect>,
    overlay: Overlay,
    budget: Budget,
    /// What becomes of the faults of drafts.
    faults: Faults,
}

/// A commit that is ready to be written.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) revision: i64,
    pub(crate) last_id: i64,
    pub(crate) effects: Vec<Effect>,
    /// Changed announcements that were evicted, with their texts.
    pub(crate) taken_back: Vec<Arc<Announcement>>,
    /// Announcements that change without being news in what watermarks depend on, before and after.
    pub(crate) moved: Vec<(Arc<Announcement>, Arc<Announcement>)>,
}

/// A commit with what the following commits must know of it.
pub(crate) struct Staged {
    pub(crate) commit: Commit,
    overlay: Overlay,
    budget: Budget,
}

impl Commit {
    /// Returns the ids that it erases.
    pub(crate) fn purged(&self) -> Vec<i64> {
        let purged = |effect: &Effect| match effect {
            Effect::Remove(id) => Some(*id),
            _ => None,
        };
        self.effects.iter().filter_map(purged).collect()
    }
}

impl<'a> Ahead<'a> {
    /// Starts from the board as it is.
    pub(crate) fn new(index: &'a Index, fetched: &'a Fetched, budget: Budget) -> Self {
        Self {
            fetched,
            budget,
            index,
            revision: index.revision,
            last_id: index.last_id,
            overlay: Overlay::default(),
        }
    }

    /// Advances to the board after `staged`.
    pub(crate) fn advance(&mut self, staged: Staged) -> Commit {
        let Staged {
            commit,
            overlay,
            budget,
        } = staged;
        self.budget = budget;
        (self.revision, self.last_id) = (commit.revision, commit.last_id);
        self.overlay.by_id.extend(overlay.by_id);
        self.overlay.by_key.extend(overlay.by_key);
        for (target, ids) in overlay.replacers {
            self.overlay
                .replacers
                .entry(target)
                .or_default()
                .extend(ids);
        }
        self.overlay.locales.extend(overlay.locales);
        self.overlay.audiences.extend(overlay.audiences);
        self.overlay.remembered.extend(overlay.remembered);
        commit
    }

    /// Returns the memory that was refused to a user.
    pub(crate) fn refused(&self) -> Option<Refused> {
        self.budget.refused()
    }

    /// Takes a place for a user who has no state yet.
    ///
    /// # Errors
    /// `over_budget`.
    pub(crate) fn take_user(&mut self, user: &str) -> Result<()> {
        self.budget.take_user(user)
    }

    /// Returns the board's revision after the commits so far.
    pub(crate) fn revision(&self) -> i64 {
        self.revision
    }

    fn by_id(&self, id: i64) -> Option<&Arc<Announcement>> {
        match self.overlay.by_id.get(&id) {
            Some(staged) => staged.as_ref(),
            None => self.index.by_id(id),
        }
    }

    fn by_key(&self, channel: &str, key: &str) -> Option<&Arc<Announcement>> {
        self.by_full_key(&full_key(channel, key))
    }

    fn by_full_key(&self, key: &str) -> Option<&Arc<Announcement>> {
        match self.overlay.by_key.get(key) {
            Some(staged) => self.by_id((*staged)?),
            None => {
                let slot = self.index.by_key.get(key)?;
                Some(&self.index.entry(*slot)?.announcement)
            }
        }
    }

    fn remembered(&self, key: &str, now: i64) -> Option<&KeyedResult> {
        let staged = self.overlay.remembered.get(key);
        staged.or_else(|| self.index.idempotency_keys.get(key, now))
    }
}

impl<'a> Staging<'a> {
    pub(crate) fn new(ahead: &'a Ahead<'a>, now: i64) -> Self {
        Self {
            ahead,
            now,
            revision: ahead.revision + 1,
            last_id: ahead.last_id,
            budget: ahead.budget,
            effects: Vec::new(),
            overlay: Overlay::default(),
            faults: Faults::First,
        }
    }

    /// Stages publishing a draft if it has no fault, and returns its faults otherwise, at most so many.
    pub(crate) fn check(&mut self, draft: &Draft, most: usize) -> (Option<Published>, Vec<Error>) {
        self.faults = Faults::all(most);
        let done = self.publish(draft);
        let mut found = match std::mem::take(&mut self.faults) {
            Faults::All { found, .. } => found,
            Faults::First => Vec::new(),
        };
        match done {
            Ok(published) => (Some(published), found),
            Err(fault) => {
                // The one that ended the work, unless it is the first again.
                if !found.contains(&fault) {
                    found.push(fault);
                }
                (None, found)
            }
        }
    }

    /// Returns an announcement as it is after what was staged.
    pub(crate) fn staged(&self, id: i64) -> Option<Arc<Announcement>> {
        self.find_id(id)
    }

    /// Returns the announcement that publishing a draft would change.
    pub(crate) fn changed_by(&self, draft: &Draft) -> Option<Arc<Announcement>> {
        let by_key = self.find_key(channel_or_default(&draft.channel), &draft.key);
        by_key.or_else(|| self.find_id(draft.stated.id()?))
    }

    /// Reports whether anything is there under a name.
    pub(crate) fn has(&self, target: &Target) -> bool {
        self.find(target).is_some()
    }

    /// Reports whether an announcement is changed by what was staged.
    pub(crate) fn changes(&self, id: i64) -> bool {
        self.overlay.by_id.contains_key(&id)
    }

    /// Returns the memory that was refused.
    pub(crate) fn refused(&self) -> Option<Refused> {
        self.budget.refused()
    }

    /// Returns the commit; None if it changes nothing.
    pub(crate) fn finish(mut self) -> Option<Staged> {
        if self.effects.is_empty() && self.overlay.remembered.is_empty() {
            return None;
        }
        self.add_affected();
        self.add_former();
        // The idempotency key of an upsert without changes is still kept.
        let revision = match self.effects.is_empty() {
            true => self.ahead.revision,
            false => self.revision,
        };
        let mut keys: Vec<(&String, &KeyedResult)> = self.overlay.remembered.iter().collect();
        keys.sort_unstable_by_key(|(key, _)| *key);
        let keys = keys.into_iter();
        self.effects
            .extend(keys.map(|(key, result)| Effect::PutKey(key.as_str().into(), *result)));
        let commit = Commit {
            revision,
            last_id: self.last_id,
            moved: self.moved(),
            taken_back: std::mem::take(&mut self.overlay.taken_back),
            effects: self.effects,
        };
        Some(Staged {
            commit,
            overlay: self.overlay,
            budget: self.budget,
        })
    }

    /// Keeps what a change that is news puts out of date: it may be asked later what somebody has
    /// acknowledged. Nobody ever saw a draft, or a state between two operations.
    fn add_former(&mut self) {
        let is_dated = |(id, after): (&i64, &Option<Arc<Announcement>>)| {
            let (before, after) = (self.ahead.by_id(*id)?, after.as_ref()?);
            let is_news = before.notify_version() != after.notify_version()
                && before.state() != Lifecycle::Draft;
            // It was fetched for the change, if it was evicted.
            self.ahead.fetched.whole(before).filter(|_| is_news)
        };
        let mut former: Vec<_> = self.overlay.by_id.iter().filter_map(is_dated).collect();
        former.sort_unstable_by_key(|former| former.id());
        let effects = former
            .iter()
            .map(|former| Effect::Former(Arc::new(former.as_former())));
        self.effects.extend(effects);
    }

    /// Returns the announcements that change silently in what watermarks depend on.
    fn moved(&self) -> Vec<(Arc<Announcement>, Arc<Announcement>)> {
        let moved = |(id, after): (&i64, &Option<Arc<Announcement>>)| {
            let (before, after) = (self.ahead.by_id(*id)?, after.as_ref()?);
            moves_silently(before, after).then(|| (Arc::clone(before), Arc::clone(after)))
        };
        self.overlay.by_id.iter().filter_map(moved).collect()
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
            Operation::Release { id, if_version } => {
                let former = self.former(*id, *if_version)?;
                self.release(&former)
            }
            Operation::Purge { id } => {
                let former = self.former(*id, None)?;
                self.purge(&former)
            }
        }
    }

    /// The announcement that a draft makes.
    fn announced(
        &mut self,
        draft: &Draft,
        checked: &Checked,
        starts_at: i64,
        given: Given,
        retract_reason: &str,
    ) -> Announcement {
        let (locales, audience) = self.shared(draft, checked);
        Announcement::new(
            draft,
            checked,
            starts_at,
            given,
            locales,
            audience,
            retract_reason,
        )
    }

    fn put(&mut self, former: Option<&Announcement>, put: Announcement, kind: ChangeKind) {
        let (id, announcement) = (put.id(), Arc::new(put));
        self.change(id, kind);
        if let Some(former) = former {
            self.take_key(former);
        }
        if !announcement.key().is_empty() {
            let key = full_key(announcement.channel(), announcement.key());
            self.overlay.by_key.insert(key, Some(id));
        }
        for target in targets(&announcement) {
            self.overlay.replacers.entry(target).or_default().push(id);
        }
        self.overlay
            .by_id
            .insert(id, Some(Arc::clone(&announcement)));
        self.effects.push(Effect::Put(announcement));
    }

    /// Returns shared copies of locales and audience, from the board or from this commit.
    fn shared(&mut self, draft: &Draft, checked: &Checked) -> (Arc<[Locale]>, Arc<Audience>) {
        let (ahead, index) = (&self.ahead.overlay, self.ahead.index);
        let staged = self.overlay.locales.get(checked.locales.as_slice());
        let locales = match staged.or_else(|| ahead.locales.get(checked.locales.as_slice())) {
            Some(staged) => Arc::clone(staged),
            None => index.locales.shared(&checked.locales),
        };
        let staged = self.overlay.audiences.get(&draft.audience);
        let audience = match staged.or_else(|| ahead.audiences.get(&draft.audience)) {
            Some(staged) => Arc::clone(staged),
            None => index.groups.shared(&draft.audience),
        };
        self.overlay.locales.insert(Arc::clone(&locales));
        self.overlay.audiences.insert(Arc::clone(&audience));
        (locales, audience)
    }

    fn take_key(&mut self, former: &Announcement) {
        if !former.key().is_empty() {
            self.overlay
                .by_key
                .insert(full_key(former.channel(), former.key()), None);
        }
    }

    fn change(&mut self, id: i64, kind: ChangeKind) {
        self.change_because_of(Vec::new(), id, kind);
    }

    fn change_because_of(&mut self, replacers: Vec<Replacer>, id: i64, kind: ChangeKind) {
        self.effects.push(Effect::Change(FeedChange {
            revision: self.revision,
            at: self.ahead.index.change_instant(self.now),
            id,
            kind,
            before: self.before(id),
            replacers,
        }));
    }

    /// Returns an announcement as it was before this commit, without its texts. Nobody ever saw the
    /// states between two operations of a commit.
    fn before(&self, id: i64) -> Option<Arc<Announcement>> {
        let before = self.ahead.by_id(id);
        before.map(|before| Arc::new(before.without_texts()))
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

    /// Returns an announcement with its texts, for a change.
    fn whole(&mut self, announcement: Arc<Announcement>) -> Result<Arc<Announcement>> {
        if !announcement.is_without_texts() {
            return Ok(announcement);
        }
        let Some(whole) = self.ahead.fetched.whole(&announcement) else {
            self.ahead.fetched.checked()?;
            // The text is fetched, and everything is staged again.
            return Err(Error::not_found(announcement.id()));
        };
        self.overlay.taken_back.push(Arc::clone(&whole));
        Ok(whole)
    }

    fn former(&mut self, id: i64, if_version: Option<u32>) -> Result<Arc<Announcement>> {
        let former = self.find_id(id).ok_or_else(|| Error::not_found(id))?;
        match if_version {
            Some(expected) if expected != former.version() => Err(Error::new(
                ErrorKind::VersionConflict,
                Bilingual::new(
                    format!(
                        "announcement {id} is at version {}, not {expected}",
                        former.version()
                    ),
                    format!("公告 {id} 的版本是 {}，不是 {expected}", former.version()),
                ),
            )),
            _ => self.whole(former),
        }
    }

    fn find_id(&self, id: i64) -> Option<Arc<Announcement>> {
        match self.overlay.by_id.get(&id) {
            Some(staged) => staged.clone(),
            None => self.ahead.by_id(id).cloned(),
        }
    }

    fn find_key(&self, channel: &str, key: &str) -> Option<Arc<Announcement>> {
        if key.is_empty() {
            return None;
        }
        match self.overlay.by_key.get(&full_key(channel, key)) {
            Some(staged) => self.find_id((*staged)?),
            None => self.ahead.by_key(channel, key).cloned(),
        }
    }
}

/// Reports whether a change that is no news moves an announcement in what watermarks depend on.
pub(crate) fn moves_silently(before: &Announcement, after: &Announcement) -> bool {
    let is_news = before.notify_version() != after.notify_version();
    let is_retracted = after.state() == Lifecycle::Retracted;
    let has_moved = before.starts_at() != after.starts_at()
        || before.ends_at() != after.ends_at()
        || before.audience() != after.audience()
        || before.seed() != after.seed()
        || before.state() == Lifecycle::Retracted && is_retracted;
    // Nobody's watermark covers a draft.
    before.state() != Lifecycle::Draft && !is_news && has_moved
}
