//! What a write does, worked out in full before anything is changed.
//!
//! A commit is staged on top of the index, which stays as it is; when everything holds it is applied in
//! one step, which cannot fail. Its announcements all carry the one new revision.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::feed::{self, Feed};
use super::idempotency::{KEY_BYTES, Remembered, fingerprint, repeated};
use super::index::{Index, Put};
use super::supersession::full_key;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::feed::ChangeKind;
use crate::model::{
    Announcement, Audience, Change, Checked, Draft, Given, Locale, Reference, State,
    channel_or_default, check_bytes, check_order, check_reason,
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

    fn publish(&mut self, draft: &Draft) -> Result<Published> {
        if draft.idempotency_key.is_empty() {
            return self.publish_once(draft);
        }
        let key = draft.idempotency_key.as_str();
        check_bytes("idempotency_key", key, KEY_BYTES)?;
        let print = fingerprint(draft);
        let staged = self
            .remembered
            .iter()
            .find(|(other, _)| other == key)
            .map(|(_, r)| r);
        if let Some(earlier) = staged.or_else(|| self.index.idempotency_keys.get(key, self.now)) {
            return repeated(earlier, key, &print);
        }
        let published = self.publish_once(draft)?;
        let remembered = Remembered {
            fingerprint: print,
            published,
            at: self.now,
        };
        self.remembered.push((key.to_owned(), remembered));
        Ok(published)
    }

    fn publish_once(&mut self, draft: &Draft) -> Result<Published> {
        let checked = draft.check()?;
        let channel = channel_or_default(&draft.channel);
        match self.find_key(channel, &draft.key) {
            Some(former) if former.state() == State::Retracted => Err(is_retracted(&former)),
            // Publishing again must not move a start that was never said.
            Some(former) => self.change(&former, draft, checked, former.starts_at(), draft.change),
            None => self.create(draft, checked),
        }
    }

    fn create(&mut self, draft: &Draft, checked: Checked) -> Result<Published> {
        let draft = with_start(draft, self.now)?;
        let id = self.last_id + 1;
        self.check_replaces(&draft, id)?;
        self.last_id = id;
        let given = Given {
            id,
            version: 1,
            notify_version: 1,
            revision: self.revision,
            notify_revision: self.revision,
            state: State::Published,
            created_at: self.now,
            published_at: self.now,
            updated_at: self.now,
            retracted_at: 0,
        };
        self.put(None, &draft, checked, given, "", ChangeKind::Published);
        Ok(self.done(given, Outcome::Created))
    }

    fn update(
        &mut self,
        former: &Announcement,
        patch: &Value,
        change: Option<Change>,
    ) -> Result<Published> {
        let Value::Object(_) = patch else {
            let reason = Bilingual::new("must be a JSON object", "必须是 JSON 对象");
            return Err(Error::invalid("patch", &patch.to_string(), reason));
        };
        let mut fields = former.to_draft().to_json();
        merge(&mut fields, patch);
        let draft = Draft::from_value(&fields)?;
        let checked = draft.check()?;
        let channel = channel_or_default(&draft.channel);
        if let Some(other) = self
            .find_key(channel, &draft.key)
            .filter(|o| o.id() != former.id())
        {
            let reason = Bilingual::new(
                format!("is the key of announcement {}", other.id()),
                format!("已是公告 {} 的 key", other.id()),
            );
            return Err(Error::invalid("key", &draft.key, reason).of_kind(ErrorKind::Exists));
        }
        self.change(
            former,
            &draft,
            checked,
            former.published_at(),
            change.or(draft.change),
        )
    }

    fn change(
        &mut self,
        former: &Announcement,
        draft: &Draft,
        checked: Checked,
        default_start: i64,
        change: Option<Change>,
    ) -> Result<Published> {
        let draft = with_start(draft, default_start)?;
        let before = former.to_draft();
        if same(&before, &draft, &checked) {
            return Ok(self.unchanged(former));
        }
        self.check_replaces(&draft, former.id())?;
        let version = former.version().saturating_add(1);
        let mut given = Given {
            version,
            revision: self.revision,
            updated_at: self.now,
            ..*former.given()
        };
        let mut kind = ChangeKind::UpdatedMinor;
        if change.unwrap_or_else(|| default_change(&before, &draft, &checked)) == Change::Major {
            given.notify_version = version;
            given.notify_revision = self.revision;
            kind = ChangeKind::Updated;
        }
        self.put(
            Some(former),
            &draft,
            checked,
            given,
            former.retract_reason(),
            kind,
        );
        Ok(self.done(given, Outcome::Updated))
    }

    fn retract(&mut self, former: &Announcement, reason: &str) -> Result<Published> {
        if former.state() == State::Retracted {
            return Ok(self.unchanged(former));
        }
        let given = Given {
            state: State::Retracted,
            revision: self.revision,
            retracted_at: self.now,
            ..*former.given()
        };
        let draft = former.to_draft();
        let checked = draft.check()?;
        self.put(
            Some(former),
            &draft,
            checked,
            given,
            reason,
            ChangeKind::Retracted,
        );
        Ok(self.done(given, Outcome::Retracted))
    }

    fn restore(&mut self, former: &Announcement) -> Result<Published> {
        if former.state() != State::Retracted {
            return Err(Error::new(
                ErrorKind::BadState,
                Bilingual::new(
                    format!("announcement {} is not retracted", former.id()),
                    format!("公告 {} 未被撤回", former.id()),
                ),
            ));
        }
        let version = former.version().saturating_add(1);
        let given = Given {
            version,
            notify_version: version,
            revision: self.revision,
            notify_revision: self.revision,
            state: State::Published,
            published_at: self.now,
            updated_at: self.now,
            retracted_at: 0,
            ..*former.given()
        };
        let draft = former.to_draft();
        let checked = draft.check()?;
        self.put(
            Some(former),
            &draft,
            checked,
            given,
            "",
            ChangeKind::Published,
        );
        Ok(self.done(given, Outcome::Restored))
    }

    fn purge(&mut self, former: &Announcement) -> Published {
        self.entry(former.id(), ChangeKind::Purged);
        self.by_id.insert(former.id(), None);
        self.take_key(former);
        self.effects.push(Effect::Purge(former.id()));
        let given = Given {
            revision: self.revision,
            ..*former.given()
        };
        self.done(given, Outcome::Purged)
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

/// Applies a JSON merge patch (RFC 7396 section 2).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.shift_remove(name);
            } else {
                merge(target.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

fn with_start(draft: &Draft, default: i64) -> Result<Draft> {
    let mut draft = draft.clone();
    if draft.starts_at == 0 {
        draft.starts_at = default;
        check_order("ends_at", draft.starts_at, draft.ends_at)?;
    }
    Ok(draft)
}

/// The draft as an announcement would give it back.
fn normal(draft: &Draft, checked: &Checked) -> Draft {
    let mut draft = draft.clone();
    draft.channel = channel_or_default(&draft.channel).to_owned();
    for (text, locale) in draft.texts.iter_mut().zip(&checked.locales) {
        text.locale = locale.as_str().to_owned();
    }
    let default = checked.locales.get(checked.default_index);
    draft.default_locale = default.map(|l| l.as_str().to_owned()).unwrap_or_default();
    draft.change = None;
    draft.idempotency_key.clear();
    draft
}

/// Whether a draft would make the announcement that `before` was taken from.
fn same(before: &Draft, draft: &Draft, checked: &Checked) -> bool {
    *before == normal(draft, checked)
}

/// Whether a change of which nothing is said is news: a title, a body, the severity, a time or the
/// audience changes.
fn default_change(before: &Draft, after: &Draft, checked: &Checked) -> Change {
    let words = |draft: &Draft| -> HashSet<(String, String, String)> {
        draft
            .texts
            .iter()
            .map(|t| (t.locale.clone(), t.title.clone(), t.body.clone()))
            .collect()
    };
    let times = |d: &Draft| (d.starts_at, d.ends_at, d.event_from, d.event_to);
    let same = before.severity == after.severity
        && times(before) == times(after)
        && before.audience == after.audience
        && words(before) == words(&normal(after, checked));
    if same { Change::Minor } else { Change::Major }
}

fn is_retracted(former: &Announcement) -> Error {
    let reason = Bilingual::new(
        format!(
            "announcement {} of this key is retracted; restore it or purge it",
            former.id()
        ),
        format!("该 key 的公告 {} 已撤回；请先恢复或彻底清除", former.id()),
    );
    Error::invalid("key", former.key(), reason).of_kind(ErrorKind::BadState)
}
