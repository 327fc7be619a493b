//! Reading a list.

use std::collections::HashSet;

use serde::de::IgnoredAny;

use super::listed::{Listed, Name};
use super::plain;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::json::{self, text_of};
use crate::model::raw_json::{elements, member};
use crate::model::{Draft, limits};

/// The shape of lists that this build reads. A later one means something else.
const FORMAT: i64 = 1;
/// Most reasons that are kept.
const REASONS: usize = 100;

/// A list of announcements from elsewhere, read leniently.
///
/// It is a JSON list of drafts, an object with such a list as `announcements`, one draft, or plain text, which is one
/// announcement: its first line is the title. An announcement is known again in the next list by its channel and key;
/// without a key it gets one: `#7` from its `id` 7, or else one made of its contents.
#[derive(Debug, Clone, Default)]
pub struct List {
    pub(super) items: Vec<Listed>,
    /// What cannot be read, as far as its name can: the last version of it stays.
    pub(super) unreadable: Vec<Name>,
    passed_over: usize,
    reasons: Vec<PassedOver>,
}

/// Why an announcement of a list was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver {
    /// Its place in the list, from 0 on.
    pub index: usize,
    /// What is wrong with it. The path begins in the announcement.
    pub error: Error,
}

impl List {
    /// Reads a list of at most 16 MiB of UTF-8.
    ///
    /// Drafts and what is retracted are not in the list, whoever wrote it. Announcements beyond the first 10 000 are
    /// passed over.
    ///
    /// # Errors
    /// `too_large`; `invalid_field` for what is no list at all: another encoding than UTF-8, JSON that ends too early, a
    /// web page, nothing; `unsupported` for a list of a later format.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > limits::LIST_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            let (actual, most) = (bytes.len() as u64, limits::LIST_BYTES as u64);
            return Err(Error::too_large("list", actual, most, &unit));
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            let reason = Bilingual::new(
                "must be in UTF-8; save the list as UTF-8",
                "必须使用 UTF-8 编码；请将列表另存为 UTF-8",
            );
            return Err(Error::invalid("list", "", reason).at_offset(error.valid_up_to()));
        }
        let text = text_of(bytes);
        if text.trim().is_empty() {
            let reason = Bilingual::new(
                "is empty; write [] if there are no announcements",
                "内容为空；没有公告时请写 []",
            );
            return Err(Error::invalid("list", "", reason));
        }
        let mut list = Self::default();
        match is_json(text) {
            true => list.read_json(text)?,
            false => list.items.push(Listed::of(plain::draft(text)?)),
        }
        Ok(list)
    }

    /// Returns how many announcements it has, without those that were passed over.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Reports whether it has no announcements.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns how many announcements were passed over.
    pub fn passed_over(&self) -> usize {
        self.passed_over
    }

    /// Returns why, for the first 100 of them.
    pub fn reasons(&self) -> &[PassedOver] {
        &self.reasons
    }

    /// Returns the announcements as drafts.
    pub fn drafts(&self) -> impl ExactSizeIterator<Item = &Draft> {
        self.items.iter().map(|item| &item.draft)
    }

    pub(super) fn pass_over(&mut self, index: usize, error: Error) {
        self.passed_over += 1;
        if self.reasons.len() < REASONS {
            self.reasons.push(PassedOver { index, error });
        }
    }

    fn read_json(&mut self, text: &str) -> Result<()> {
        crate::headroom::has_room_for(text.len())?;
        if serde_json::from_str::<IgnoredAny>(text).is_err() {
            // This one tells what and where.
            json::parse(text.as_bytes())?;
        }
        if text.trim_start().starts_with('[') {
            self.read_items(text);
            return Ok(());
        }
        if let Some(format) = member(text, "format")
            && let Ok(format) = format.parse::<i64>()
            && format > FORMAT
        {
            let reason = Bilingual::new(
                format!("this program reads lists up to format {FORMAT}; update it"),
                format!("本程序只能读取格式 {FORMAT} 及以下的列表；请升级程序"),
            );
            let refused = Error::invalid("format", &format.to_string(), reason);
            return Err(refused.of_kind(ErrorKind::Unsupported));
        }
        match member(text, "announcements") {
            Some(items) if items.starts_with('[') => self.read_items(items),
            Some(other) => {
                let reason = Bilingual::new("must be a list", "必须是列表");
                return Err(Error::invalid("announcements", other, reason));
            }
            None if member(text, "texts").is_some() => self.read_item(0, text),
            None => {
                let reason = Bilingual::new(
                    "has no member \"announcements\": write {\"announcements\": [...]}, or the list alone",
                    "缺少成员 \"announcements\"：应写作 {\"announcements\": [...]}，或直接写列表",
                );
                return Err(Error::invalid("list", text, reason));
            }
        }
        Ok(())
    }

    fn read_items(&mut self, items: &str) {
        let mut names = HashSet::new();
        for (index, text) in elements(items).enumerate() {
            if index >= limits::BATCH {
                let unit = Bilingual::new("entries", "项");
                let (actual, most) = (index as u64 + 1, limits::BATCH as u64);
                self.pass_over(index, Error::too_large("list", actual, most, &unit));
                continue;
            }
            let before = self.items.len();
            self.read_item(index, text);
            if let Some(item) = self.items.get(before)
                && !names.insert(item.name())
            {
                let reason = Bilingual::new(
                    "an earlier announcement of the list has this key in the same channel",
                    "列表中前面的公告在同一频道已使用此 key",
                );
                let error = Error::invalid("key", &item.draft.key, reason);
                self.items.truncate(before);
                self.pass_over(index, error.of_kind(ErrorKind::Exists));
            }
        }
    }

    fn read_item(&mut self, index: usize, text: &str) {
        match Listed::read(index, text) {
            Ok(item) => self.items.extend(item),
            Err(error) => {
                self.unreadable.extend(Listed::name_in(text));
                self.pass_over(index, error);
            }
        }
    }
}

/// Reports whether a text is meant to be JSON, also if it is cut off. A title may begin with a bracket.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let then = |opened: &str| opened.trim_start().chars().next();
    match text.split_at_checked(1) {
        Some(("{", inside)) => matches!(then(inside), None | Some('"' | '}')),
        Some(("[", inside)) => matches!(then(inside), None | Some('{' | '[' | '"' | ']')),
        _ => false,
    }
}
