//! The life of an announcement once it is there: retracted, restored, released and purged.

use super::Staging;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::Effect;
use crate::model::{Announcement, Given, Lifecycle, Outcome, Published};
use crate::query::ChangeKind;

impl Staging<'_> {
    pub(crate) fn retract(&mut self, former: &Announcement, reason: &str) -> Result<Published> {
        match former.state() {
            Lifecycle::Published => {}
            Lifecycle::Retracted => return Ok(self.unchanged(former)),
            Lifecycle::Draft => {
                let (en, zh) = (
                    "is a draft, which no viewer sees; purge it",
                    "是草稿，没有读者能看到；请使用“彻底清除”",
                );
                return Err(bad_state(former, en, zh));
            }
        }
        let given = Given {
            state: Lifecycle::Retracted,
            revision: self.revision,
            retracted_at: self.now,
            ..*former.given()
        };
        let announcement = former.with_state(given, reason);
        self.put(Some(former), announcement, ChangeKind::Retracted);
        Ok(self.done(given, Outcome::Retracted))
    }

    pub(crate) fn restore(&mut self, former: &Announcement) -> Result<Published> {
        match former.state() {
            Lifecycle::Retracted => {}
            Lifecycle::Published => return Err(bad_state(former, "is not retracted", "未被撤回")),
            Lifecycle::Draft => {
                let (en, zh) = (
                    "is not retracted but a draft; release it",
                    "未被撤回，而是草稿；请使用“发布草稿”",
                );
                return Err(bad_state(former, en, zh));
            }
        }
        self.check_not_over(former)?;
        let version = former.version().saturating_add(1);
        let given = Given {
            version,
            notify_version: version,
            revision: self.revision,
            notify_revision: self.revision,
            state: Lifecycle::Published,
            published_at: self.now,
            updated_at: self.now,
            retracted_at: self.now,
            ..*former.given()
        };
        let announcement = former.with_state(given, "").made_news();
        self.put(Some(former), announcement, ChangeKind::Published);
        Ok(self.done(given, Outcome::Restored))
    }

    pub(crate) fn release(&mut self, former: &Announcement) -> Result<Published> {
        match former.state() {
            Lifecycle::Draft => {}
            Lifecycle::Published => {
                let (en, zh) = (
                    "is not a draft: it is published already",
                    "不是草稿：已经发布",
                );
                return Err(bad_state(former, en, zh));
            }
            Lifecycle::Retracted => {
                let (en, zh) = (
                    "is not a draft but retracted; restore it",
                    "不是草稿，而是已撤回；请使用“恢复”",
                );
                return Err(bad_state(former, en, zh));
            }
        }
        self.check_not_over(former)?;
        // What it replaces counts from now on.
        self.check_replaces(&former.to_draft(), former.id())?;
        let version = former.version().saturating_add(1);
        let given = Given {
            version,
            notify_version: version,
            revision: self.revision,
            notify_revision: self.revision,
            state: Lifecycle::Published,
            published_at: self.now,
            updated_at: self.now,
            ..*former.given()
        };
        let starts_at = former.starts_at().max(self.now);
        let announcement = former.with_state(given, "").starting(starts_at);
        self.put(Some(former), announcement, ChangeKind::Published);
        Ok(self.done(given, Outcome::Released))
    }

    /// Refuses to publish what is over.
    fn check_not_over(&self, former: &Announcement) -> Result<()> {
        let Some(ends_at) = former.ends_at().filter(|end| *end <= self.now) else {
            return Ok(());
        };
        let reason = Bilingual::new(
            "is over, so that nobody would see it; give it a new end first",
            "已经结束，发布后没有人能看到；请先设置新的结束时间",
        );
        let error = Error::invalid("ends_at", &ends_at.to_string(), reason);
        Err(error.of_kind(ErrorKind::BadState))
    }

    pub(crate) fn purge(&mut self, former: &Announcement) -> Result<Published> {
        self.bridge(former)?;
        self.change(former.id(), ChangeKind::Purged);
        self.overlay.by_id.insert(former.id(), None);
        self.take_key(former);
        self.effects.push(Effect::Remove(former.id()));
        let given = Given {
            revision: self.revision,
            ..*former.given()
        };
        Ok(self.done(given, Outcome::Purged))
    }
}

/// Creates the error for an operation that the state of an announcement does not allow.
fn bad_state(former: &Announcement, en: &str, zh: &str) -> Error {
    let id = former.id();
    let reason = Bilingual::new(format!("announcement {id} {en}"), format!("公告 {id} {zh}"));
    Error::new(ErrorKind::BadState, reason)
}
