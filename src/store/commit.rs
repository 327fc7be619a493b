//! What a write does, worked out in full before anything is changed.
//!
//! A commit is staged on top of the index, which stays as it is; when everything holds it is applied in
//! one step, which cannot fail. Its announcements all carry the one new revision.

use std::collections::HashMap;
use std::sync::Arc;

use super::index::{Index, Put};
use super::supersession::full_key;
use crate::board::{Outcome, Published};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{
    Announcement, Change, Checked, Draft, Given, Locale, Reference, State, channel_or_default,
    check_order,
};

/// A commit that is being put together.
pub(crate) struct Staging<'a> {
    index: &'a Index,
    now: i64,
    revision: i64,
    last_id: i64,
    puts: Vec<Put>,
    by_id: HashMap<i64, usize>,
    by_key: HashMap<Box<str>, usize>,
    locales: HashMap<Vec<Locale>, Arc<[Locale]>>,
}

/// A commit that is ready to be applied.
#[derive(Debug)]
pub(crate) struct Commit {
    revision: i64,
    last_id: i64,
    puts: Vec<Put>,
}

impl Commit {
    /// The revision that the board will have.
    pub(crate) fn revision(&self) -> i64 {
        self.revision
    }

    /// Whether there is anything to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.puts.is_empty()
    }

    /// Changes the index.
    pub(crate) fn apply(self, index: &mut Index) {
        for put in self.puts {
            index.put(put);
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
            puts: Vec::new(),
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            locales: HashMap::new(),
        }
    }

    pub(crate) fn finish(self) -> Commit {
        let revision = if self.puts.is_empty() {
            self.index.revision
        } else {
            self.revision
        };
        Commit {
            revision,
            last_id: self.last_id,
            puts: self.puts,
        }
    }

    /// Publishes a draft: makes an announcement, or changes the one of its key.
    pub(crate) fn publish(&mut self, draft: &Draft) -> Result<Published> {
        let checked = draft.check()?;
        let channel = channel_or_default(&draft.channel);
        let former = if draft.key.is_empty() {
            None
        } else {
            self.find_key(channel, &draft.key)
        };
        match former {
            Some(former) => self.change(&former, draft, checked),
            None => self.create(draft, checked),
        }
    }

    /// Takes an announcement back.
    pub(crate) fn retract(&mut self, id: i64, reason: &str) -> Result<i64> {
        let former = self.find_id(id).ok_or_else(|| Error::not_found(id))?;
        if former.state() == State::Retracted {
            return Ok(former.revision());
        }
        let given = Given {
            state: State::Retracted,
            revision: self.revision,
            retracted_at: self.now,
            ..*former.given()
        };
        let draft = former.to_draft();
        let checked = draft.check()?;
        self.put(&draft, checked, given, reason);
        Ok(self.revision)
    }

    fn create(&mut self, draft: &Draft, checked: Checked) -> Result<Published> {
        let draft = self.with_start(draft, self.now)?;
        // 2^53 ids at a million a second last three centuries.
        self.last_id += 1;
        let given = Given {
            id: self.last_id,
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
        self.check_replaces(&draft, given.id)?;
        self.put(&draft, checked, given, "");
        Ok(Published {
            id: given.id,
            version: 1,
            revision: self.revision,
            outcome: Outcome::Created,
        })
    }

    fn change(
        &mut self,
        former: &Announcement,
        draft: &Draft,
        checked: Checked,
    ) -> Result<Published> {
        if former.state() == State::Retracted {
            return Err(retracted(former));
        }
        // Publishing again must not move a start that was never said.
        let draft = self.with_start(draft, former.starts_at())?;
        let mut before = former.to_draft();
        before.change = draft.change;
        if same(&before, &draft, &checked) {
            return Ok(Published {
                id: former.id(),
                version: former.version(),
                revision: former.revision(),
                outcome: Outcome::Unchanged,
            });
        }
        self.check_replaces(&draft, former.id())?;
        let version = former.version().saturating_add(1);
        let mut given = Given {
            version,
            revision: self.revision,
            updated_at: self.now,
            ..*former.given()
        };
        if draft
            .change
            .unwrap_or_else(|| default_change(&before, &draft))
            == Change::Major
        {
            given.notify_version = version;
            given.notify_revision = self.revision;
        }
        self.put(&draft, checked, given, "");
        Ok(Published {
            id: given.id,
            version,
            revision: self.revision,
            outcome: Outcome::Updated,
        })
    }

    fn with_start(&self, draft: &Draft, default: i64) -> Result<Draft> {
        let mut draft = draft.clone();
        if draft.starts_at == 0 {
            draft.starts_at = default;
            check_order("ends_at", draft.starts_at, draft.ends_at)?;
        }
        Ok(draft)
    }

    fn put(&mut self, draft: &Draft, checked: Checked, given: Given, retract_reason: &str) {
        let audience = match self.index.groups.shared(&draft.audience) {
            Some(shared) => shared,
            None => {
                let staged = self.puts.iter().rev().take(STAGED_LOOKED_AT);
                let mut staged = staged.map(|put| put.announcement.audience_shared());
                match staged.find(|audience| ***audience == draft.audience) {
                    Some(shared) => Arc::clone(shared),
                    None => Arc::new(draft.audience.clone()),
                }
            }
        };
        let locales = match self.locales.get(&checked.locales) {
            Some(shared) => Arc::clone(shared),
            None => {
                let shared = self.index.shared_locales(checked.locales.clone());
                self.locales
                    .insert(checked.locales.clone(), Arc::clone(&shared));
                shared
            }
        };
        let announcement = Arc::new(Announcement::new(
            draft,
            &checked,
            given,
            locales,
            audience,
            retract_reason,
        ));
        self.by_id.insert(given.id, self.puts.len());
        if !draft.key.is_empty() {
            self.by_key.insert(
                full_key(announcement.channel(), &draft.key),
                self.puts.len(),
            );
        }
        self.puts.push(Put {
            announcement,
            audience: checked.audience,
        });
    }

    fn find_id(&self, id: i64) -> Option<Arc<Announcement>> {
        let staged = self.by_id.get(&id).and_then(|place| self.puts.get(*place));
        staged
            .map(|put| &put.announcement)
            .or_else(|| self.index.by_id(id))
            .cloned()
    }

    fn find_key(&self, channel: &str, key: &str) -> Option<Arc<Announcement>> {
        let staged = self
            .by_key
            .get(&full_key(channel, key))
            .and_then(|place| self.puts.get(*place));
        staged
            .map(|put| &put.announcement)
            .or_else(|| self.index.by_key(channel, key))
            .cloned()
    }

    /// Refuses announcements that would replace each other, for each would hide the other.
    fn check_replaces(&self, draft: &Draft, id: i64) -> Result<()> {
        let channel = channel_or_default(&draft.channel);
        let is_itself = |other: &Announcement| other.id() == id;
        for (i, first) in draft.replaces.iter().enumerate() {
            let mut seen = std::collections::HashSet::new();
            let mut ahead = vec![(channel.to_owned(), first.clone())];
            while let Some((channel, reference)) = ahead.pop() {
                let key_is_own = matches!(&reference, Reference::Key(key)
                    if *key == draft.key && channel == channel_or_default(&draft.channel));
                let next = match &reference {
                    Reference::Id(id) => self.find_id(*id),
                    Reference::Key(key) => self.find_key(&channel, key),
                };
                let id_is_own = matches!(reference, Reference::Id(other) if other == id);
                if key_is_own || id_is_own || next.as_deref().is_some_and(is_itself) {
                    let (en, zh) = (
                        "would replace itself, directly or by others",
                        "会直接或间接取代自身",
                    );
                    let value = match first {
                        Reference::Id(id) => id.to_string(),
                        Reference::Key(key) => key.clone(),
                    };
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

/// How many announcements of the same batch are looked at for an audience to share.
const STAGED_LOOKED_AT: usize = 64;

/// Whether two drafts would make the same announcement.
fn same(before: &Draft, draft: &Draft, checked: &Checked) -> bool {
    let mut draft = draft.clone();
    draft.channel = channel_or_default(&draft.channel).to_owned();
    for (text, locale) in draft.texts.iter_mut().zip(&checked.locales) {
        text.locale = locale.as_str().to_owned();
    }
    let default = checked.locales.get(checked.default_index);
    draft.default_locale = default.map(|l| l.as_str().to_owned()).unwrap_or_default();
    *before == draft
}

/// Whether a change of which nothing is said is news: a title, a body, the severity, a time or the
/// audience changes.
fn default_change(before: &Draft, after: &Draft) -> Change {
    let words = |draft: &Draft| -> Vec<(String, String, String)> {
        let of = |t: &crate::model::Text| {
            (
                t.locale.replace('_', "-").to_lowercase(),
                t.title.clone(),
                t.body.clone(),
            )
        };
        let mut words: Vec<_> = draft.texts.iter().map(of).collect();
        words.sort();
        words
    };
    let times = |d: &Draft| (d.starts_at, d.ends_at, d.event_from, d.event_to);
    let same = before.severity == after.severity
        && times(before) == times(after)
        && before.audience == after.audience
        && words(before) == words(after);
    if same { Change::Minor } else { Change::Major }
}

fn retracted(former: &Announcement) -> Error {
    Error::new(
        ErrorKind::BadState,
        Bilingual::new(
            format!(
                "announcement {} of key {:?} is retracted",
                former.id(),
                former.key()
            ),
            format!("公告 {}（key 为 {:?}）已撤回", former.id(), former.key()),
        ),
    )
}
