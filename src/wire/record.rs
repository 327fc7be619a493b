//! A whole announcement, as an editor reads it.

use std::sync::Arc;

use serde::de::Deserializer;
use serde::ser::Serializer;
use serde_json::Value;

use super::kept::refuse;
use super::table::packed;
use super::value::{Packed, Wire};
use crate::error::Result;
use crate::model::json::object;
use crate::model::{Announcement, Draft, Given, Lifecycle, TakenApart};

packed! {
    Given {
        id: i64,
        version: u32,
        notify_version: u32,
        revision: i64,
        notify_revision: i64,
        state: Lifecycle,
        created_at: i64,
        published_at: i64,
        updated_at: i64,
        retracted_at: i64,
    }

    TakenApart {
        given: Given,
        retract_reason: String,
        draft: Draft,
    }
}

impl Wire for Announcement {
    fn kind() -> String {
        "record".to_owned()
    }

    fn write(&self) -> Value {
        self.to_json()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::take_apart(object("", value)?.clone()).and_then(together)
    }
}

impl Packed for Announcement {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let parts = TakenApart {
            draft: self.to_draft(),
            given: *self.given(),
            retract_reason: self.retract_reason().to_owned(),
        };
        parts.put(to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        together(TakenApart::take(from)?).map_err(refuse)
    }
}

/// Puts an announcement together from its parts.
///
/// # Errors
/// Those of a draft, except for what an earlier or a later build accepted.
pub(super) fn together(parts: TakenApart) -> Result<Announcement> {
    let checked = parts.draft.check_accepted()?;
    Ok(Announcement::new(
        &parts.draft,
        &checked,
        parts.draft.starts_at.unwrap_or_default(),
        parts.given,
        checked.locales.as_slice().into(),
        Arc::new(parts.draft.audience.clone()),
        &parts.retract_reason,
    ))
}
