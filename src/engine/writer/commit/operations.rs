//! The operations: what each of them does to an announcement.

use super::Staging;
use crate::engine::memory::idempotency::repeated;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::KeyedResult;
use crate::model::limits;
use crate::model::{
    Announcement, Checked, Draft, Given, Importance, Lifecycle, channel_or_default, check_bytes,
    check_order,
};
use crate::model::{Outcome, Patch, Published};
use crate::query::ChangeKind;

impl Staging<'_> {
    pub(crate) fn publish(&mut self, draft: &Draft) -> Result<Published> {
        if draft.idempotency_key.is_empty() {
            return self.publish_once(draft);
        }
        let key = draft.idempotency_key.as_str();
        let checked = check_bytes("idempotency_key", key, limits::IDEMPOTENCY_KEY_BYTES);
        self.faults.of(checked)?;
        let print = draft.meant().fingerprint();
        let staged = self.overlay.remembered.get(key);
        if let Some(earlier) = staged.or_else(|| self.ahead.remembered(key, self.now)) {
            return repeated(earlier, key, &print);
        }
        let published = self.publish_once(draft)?;
        let remembered = KeyedResult {
            fingerprint: print,
            published,
            at: self.now,
        };
        self.overlay.remembered.insert(key.to_owned(), remembered);
        Ok(published)
    }

    fn publish_once(&mut self, draft: &Draft) -> Result<Published> {
        let draft = &*draft.meant();
        if let Some(id) = draft.stated.id()
            && self.find_id(id).is_none()
        {
            let checked = draft.stated.check_new_id(self.last_id + 1);
            self.faults.of(checked)?;
        }
        let checked = draft.check(&mut self.faults)?;
        let channel = channel_or_default(&draft.channel);
        let by_key = self.find_key(channel, &draft.key);
        // What was read as JSON and changed has an id, and perhaps another key.
        let former = by_key.or_else(|| self.find_id(draft.stated.id()?));
        match former {
            Some(former) if former.state() == Lifecycle::Retracted => Err(is_retracted(&former)),
            Some(former) => {
                let former = self.whole(former)?;
                draft.stated.check(&former, &mut self.faults)?;
                let is_draft = former.state() == Lifecycle::Draft;
                // Publishing again must not move a start that was never given, and "now" is meant where
                // it is still to come.
                let starts_at = match is_draft {
                    true => 0,
                    false => former.starts_at().min(self.now),
                };
                let says_quiet = draft.quiet;
                let mut draft = draft.clone();
                // Nobody has been told of a draft, so it may still be made news.
                draft.quiet |= former.quiet() && !is_draft;
                self.alter(&former, &mut draft, checked, starts_at, says_quiet)
            }
            None => self.create(draft, checked),
        }
    }

    fn create(&mut self, draft: &Draft, checked: Checked) -> Result<Published> {
        draft.check_units(None, self.now, &mut self.faults)?;
        let state = match draft.state {
            Some(Lifecycle::Draft) => Lifecycle::Draft,
            _ => Lifecycle::Published,
        };
        self.faults.of(draft.check_state(state))?;
        let (created_at, published_at) = self.dates_of(draft, state)?;
        let starts_at = self.start_of(draft, published_at)?;
        let id = self.last_id + 1;
        self.check_replaces(draft, id)?;
        self.faults.end()?;
        self.budget.take(draft.severity, memory_for(draft))?;
        let given = Given {
            id,
            version: 1,
            notify_version: 1,
            revision: self.revision,
            notify_revision: self.revision,
            state,
            created_at,
            published_at,
            updated_at: self.now,
            retracted_at: 0,
        };
        let announcement = self.announced(draft, &checked, starts_at, given, "");
        draft.stated.check(&announcement, &mut self.faults)?;
        self.faults.end()?;
        self.last_id = id;
        let kind = match state {
            // Only editors are told of it, to whom it is no news.
            Lifecycle::Draft => ChangeKind::UpdatedMinor,
            _ => ChangeKind::Published,
        };
        self.put(None, announcement, kind);
        Ok(self.done(given, Outcome::Created))
    }

    /// Returns when a new announcement was created and published: now, unless it comes from elsewhere. A
    /// draft is not published yet.
    fn dates_of(&mut self, draft: &Draft, state: Lifecycle) -> Result<(i64, i64)> {
        for (path, date) in [
            ("created_at", draft.created_at),
            ("published_at", draft.published_at),
        ] {
            if let Some(date) = date.filter(|date| *date > self.now) {
                let reason = Bilingual::new(
                    format!("must not be in the future (it is {} now)", self.now),
                    format!("不得晚于当前时间（{}）", self.now),
                );
                self.faults
                    .tell(Error::invalid(path, &date.to_string(), reason))?;
            }
        }
        if state == Lifecycle::Draft {
            if let Some(date) = draft.published_at {
                let reason = Bilingual::new(
                    "a draft is published when it is released; leave it out",
                    "草稿在发布草稿时才算发布；请去掉该字段",
                );
                let fault = Error::invalid("published_at", &date.to_string(), reason);
                self.faults.tell(fault)?;
            }
            return Ok((draft.created_at.unwrap_or(self.now), 0));
        }
        let published_at = draft.published_at.unwrap_or(self.now);
        let created_at = draft.created_at.unwrap_or(published_at);
        if created_at > published_at {
            let reason = Bilingual::new(
                format!("must not be before created_at ({created_at})"),
                format!("不得早于 created_at（{created_at}）"),
            );
            let value = published_at.to_string();
            self.faults
                .tell(Error::invalid("published_at", &value, reason))?;
        }
        Ok((created_at, published_at))
    }

    pub(crate) fn update(
        &mut self,
        former: &Announcement,
        patch: &Patch,
        change: Option<Importance>,
    ) -> Result<Published> {
        patch.check_stated(former)?;
        let mut draft = former.to_draft();
        // A clock at 0 gave earlier builds a start that no draft may name.
        draft.starts_at = draft.starts_at.filter(|time| *time != 0);
        patch.apply(&mut draft);
        let mut draft = draft.meant().into_owned();
        let checked = draft.check(&mut self.faults)?;
        let channel = channel_or_default(&draft.channel);
        if let Some(other) = self
            .find_key(channel, &draft.key)
            .filter(|o| o.id() != former.id())
        {
            let reason = Bilingual::new(
                format!("already the key of announcement {}", other.id()),
                format!("已被公告 {} 使用", other.id()),
            );
            return Err(Error::invalid("key", &draft.key, reason).of_kind(ErrorKind::Exists));
        }
        draft.change = change.or(draft.change);
        let says_quiet = patch.says_quiet();
        self.alter(
            former,
            &mut draft,
            checked,
            // That of a draft that has none is set when it is released.
            former.published_at(),
            says_quiet,
        )
    }

    fn alter(
        &mut self,
        former: &Announcement,
        draft: &mut Draft,
        mut checked: Checked,
        default_start: i64,
        says_quiet: bool,
    ) -> Result<Published> {
        self.faults.of(draft.check_state(former.state()))?;
        draft.check_dates(former, &mut self.faults)?;
        draft.check_units(Some(former), self.now, &mut self.faults)?;
        let starts_at = self.start_of(draft, default_start)?;
        if self.faults.found().is_empty() && former.is_made_by(draft, &checked, starts_at) {
            return Ok(self.unchanged(former));
        }
        checked.keep_default(draft, former);
        self.check_replaces(draft, former.id())?;
        self.faults.end()?;
        self.budget.take(draft.severity, memory_for(draft))?;
        let version = former.version().saturating_add(1);
        let mut given = Given {
            version,
            revision: self.revision,
            updated_at: self.now,
            ..*former.given()
        };
        let mut kind = ChangeKind::UpdatedMinor;
        let is_news = match draft.change {
            _ if former.state() == Lifecycle::Draft => false,
            Some(change) => change == Importance::Major,
            // Speaking up is news, and staying quiet is none.
            None if former.quiet() && !draft.quiet => true,
            None => !says_quiet && former.is_news_as(draft, &checked, starts_at),
        };
        if is_news {
            draft.quiet = false;
            given.retracted_at = match former.state() {
                Lifecycle::Published => self.now,
                Lifecycle::Retracted | Lifecycle::Draft => given.retracted_at,
            };
            given.notify_version = version;
            given.notify_revision = self.revision;
            kind = ChangeKind::Updated;
        }
        let reason = former.retract_reason();
        let announcement = self.announced(draft, &checked, starts_at, given, reason);
        self.put(Some(former), announcement, kind);
        Ok(self.done(given, Outcome::Updated))
    }

    /// Returns when a draft starts: at `default` if it does not say.
    fn start_of(&mut self, draft: &Draft, default: i64) -> Result<i64> {
        if let Some(starts_at) = draft.starts_at {
            return Ok(starts_at);
        }
        self.faults
            .of(check_order("ends_at", default, draft.ends_at))?;
        Ok(default)
    }
}

/// Estimates the memory of a draft: texts, their share of the search index, and the rest.
fn memory_for(draft: &Draft) -> usize {
    2 * draft.text_bytes() + 512
}

fn is_retracted(former: &Announcement) -> Error {
    let reason = Bilingual::new(
        format!(
            "announcement {} with this key is retracted; restore or purge it first",
            former.id()
        ),
        format!(
            "使用该 key 的公告 {} 已撤回；请先恢复或彻底清除",
            former.id()
        ),
    );
    Error::invalid("key", former.key(), reason).of_kind(ErrorKind::BadState)
}
