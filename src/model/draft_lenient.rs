//! Reading of drafts that a later version of the program may have written: what this one does not know is passed over.

use serde_json::Value;

use super::draft::Draft;
use super::draft_reading::take_out;
use super::json::{is_unknown, object, parse, text_of};
use super::stated::Stated;
use crate::error::Result;

/// A draft as a list offers it, with what the board that it comes from says of it.
#[derive(Debug)]
pub(crate) struct OfferedDraft {
    pub(crate) draft: Draft,
    pub(crate) stated: Stated,
}

impl OfferedDraft {
    /// Reads a draft from a JSON object, without the members that it does not know. Inside an audience an unknown
    /// member is a fault: without it, others might be admitted.
    ///
    /// # Errors
    /// As [`Draft::from_json`], but for unknown members.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self> {
        let mut draft = Draft::default();
        for (name, value) in object("json", &parse(json)?)? {
            read(&mut draft, name, value.clone())?;
        }
        draft.keep_extras_text(text_of(json));
        let stated = std::mem::take(&mut draft.stated);
        Ok(Self { draft, stated })
    }
}

/// Reads a member, without what is unknown in it.
fn read(draft: &mut Draft, name: &str, mut value: Value) -> Result<()> {
    loop {
        let error = match draft.read(name, &value) {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let path = error.path().and_then(|path| path.strip_prefix(name));
        let is_passed_over = name != "audience"
            && is_unknown(&error)
            && path.is_some_and(|path| take_out(&mut value, path));
        if !is_passed_over {
            return Err(error);
        }
    }
}
