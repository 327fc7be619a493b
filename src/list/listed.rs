//! An announcement of a list.

use std::fmt::Write as _;

use crate::error::Result;
use crate::model::raw_json::member;
use crate::model::{Draft, Lifecycle, OfferedDraft};

/// An announcement of a list, and by what it is known again in the next one.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Its place in the list.
    pub(super) index: usize,
    /// Its id on the board that the list comes from.
    pub(super) id: Option<i64>,
    /// The version there, and the last one that was news.
    pub(super) versions: Option<(u32, u32)>,
    /// What is to be published. Has a key.
    pub(super) draft: Draft,
}

impl Listed {
    /// Makes one of a draft with a key.
    pub(super) fn of(draft: Draft) -> Self {
        Self {
            index: 0,
            id: None,
            versions: None,
            draft,
        }
    }

    /// Reads one; None for what no reader sees, a draft or what is retracted.
    ///
    /// # Errors
    /// `invalid_field` for what cannot be read.
    pub(super) fn read(index: usize, json: &str) -> Result<Option<Self>> {
        let OfferedDraft { mut draft, stated } = OfferedDraft::from_json(json.as_bytes())?;
        match draft.state.take() {
            None | Some(Lifecycle::Published) => {}
            Some(_) => return Ok(None),
        }
        draft.idempotency_key.clear();
        let id = stated.id();
        if draft.key.is_empty() {
            draft.key = match id {
                Some(id) => of_id(id),
                None => of_contents(&draft),
            };
        }
        Ok(Some(Self {
            index,
            id,
            versions: stated.versions(),
            draft,
        }))
    }

    /// Returns the name in an announcement that cannot be read as a whole; None if that cannot be read either.
    pub(super) fn name_in(json: &str) -> Option<Name> {
        let text = |name| match member(json, name).map(str::trim) {
            None | Some("null") => Some(String::new()),
            Some(text) => serde_json::from_str(text).ok(),
        };
        let (channel, key): (String, String) = (text("channel")?, text("key")?);
        let key = match key.is_empty() {
            true => of_id(member(json, "id")?.parse().ok()?),
            false => key,
        };
        Some(Name::new(&channel, &key))
    }

    /// Returns by what it is known again: channel and key.
    pub(super) fn name(&self) -> Name {
        Name::new(&self.draft.channel, &self.draft.key)
    }
}

/// Channel and key, which name an announcement on every board.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) channel: String,
    pub(super) key: String,
}

impl Name {
    pub(super) fn new(channel: &str, key: &str) -> Self {
        Self {
            channel: crate::model::channel_or_default(channel).to_owned(),
            key: key.to_owned(),
        }
    }
}

/// Returns a key for an announcement that has none on its own board, but an id.
fn of_id(id: i64) -> String {
    format!("#{id}")
}

/// Returns a key for an announcement without one: with other contents it is another announcement.
fn of_contents(draft: &Draft) -> String {
    let mut key = "text-".to_owned();
    for byte in draft.fingerprint().iter().take(16) {
        // Writing to a text cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}
