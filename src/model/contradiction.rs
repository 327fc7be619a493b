//! Contradictions: what a draft or a patch says that is not so of the announcement it changes.

use serde_json::Value;

use super::announcement::Announcement;
use super::draft::Draft;
use super::faults::Faults;
use super::fields::Lifecycle;
use super::stated::Stated;
use crate::error::{Bilingual, Error, Result};

impl Stated {
    /// Refuses another id than the one that is given next.
    ///
    /// # Errors
    /// `invalid_field` for `id`.
    pub(crate) fn check_new_id(&self, next: i64) -> Result<()> {
        match self.id() {
            Some(id) if id != next => {
                let reason = Bilingual::new(
                    "no announcement has this id; leave it out to publish a new one",
                    "没有此编号的公告；发布新公告时请去掉该字段",
                );
                Err(Error::invalid("id", &id.to_string(), reason))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a member that says something else than what is so of `announcement`.
    ///
    /// # Errors
    /// `invalid_field` with the name of the member.
    pub(crate) fn check(&self, announcement: &Announcement, faults: &mut Faults) -> Result<()> {
        for (name, said) in self.members() {
            faults.of(contradiction(name, said, &given(announcement, name)))?;
        }
        Ok(())
    }
}

impl Draft {
    /// Refuses dates of creating and publishing that are not those of the announcement to be changed.
    ///
    /// # Errors
    /// `invalid_field` with the name of the date.
    pub(crate) fn check_dates(
        &self,
        announcement: &Announcement,
        faults: &mut Faults,
    ) -> Result<()> {
        for (name, said, is) in [
            ("created_at", self.created_at, announcement.created_at()),
            (
                "published_at",
                self.published_at,
                announcement.published_at(),
            ),
        ] {
            if let Some(said) = said {
                faults.of(contradiction(name, &said.into(), &is.into()))?;
            }
        }
        Ok(())
    }

    /// Refuses a state that is not that of the announcement to be changed, or that a new one cannot have.
    ///
    /// # Errors
    /// `invalid_field` for `state`, with the operation that changes it.
    pub(crate) fn check_state(&self, is: Lifecycle) -> Result<()> {
        let Some(said) = self.state.filter(|said| *said != is) else {
            return Ok(());
        };
        let (en, zh) = match (is, said) {
            (Lifecycle::Draft, Lifecycle::Published) => ("release it", "请使用“发布草稿”"),
            (Lifecycle::Draft, _) => ("purge it", "请使用“彻底清除”"),
            (Lifecycle::Published, Lifecycle::Retracted) => ("retract it", "请使用“撤回”"),
            (Lifecycle::Published, _) => (
                "retract it, to hide what has been published",
                "已发布的内容请用“撤回”隐藏",
            ),
            (Lifecycle::Retracted, _) => ("restore or purge it", "请使用“恢复”或“彻底清除”"),
        };
        let is = is.name();
        let reason = Bilingual::new(
            format!(
                "its state is {is}, which publishing and updating leave as it is; to change it, {en}"
            ),
            format!("当前状态为 {is}，发布和更新不会改变状态；要改变状态，{zh}"),
        );
        Err(Error::invalid("state", said.name(), reason))
    }
}

/// Returns a member of an announcement that the engine gave.
fn given(announcement: &Announcement, name: &str) -> Value {
    match name {
        "id" => announcement.id().into(),
        "version" => announcement.version().into(),
        "notify_version" => announcement.notify_version().into(),
        "revision" => announcement.revision().into(),
        "notify_revision" => announcement.notify_revision().into(),
        "updated_at" => announcement.updated_at().into(),
        "renewed_at" => announcement.renewed_at().unwrap_or_default().into(),
        "retracted_at" => announcement.retracted_at().unwrap_or_default().into(),
        _ => announcement.retract_reason().into(),
    }
}

fn contradiction(name: &str, said: &Value, is: &Value) -> Result<()> {
    if said == is {
        return Ok(());
    }
    let reason = Bilingual::new(
        format!("is given by the engine and is {is}; leave it out, or read the announcement again"),
        format!("由引擎填写，当前为 {is}；请去掉该字段，或重新读取公告"),
    );
    Err(Error::invalid(name, &said.to_string(), reason))
}
