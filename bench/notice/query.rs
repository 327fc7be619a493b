//! Queries, with all that they point at.

use super::abi::{NoticeAttribute, NoticeQuery, NoticeStr, Zeroed};
use crate::data::audience::VIEWER;

/// What is asked. It is prepared once and asked often, as a program does that has one viewer.
pub(crate) struct Query {
    asked: NoticeQuery,
    _attributes: Box<[NoticeAttribute]>,
    _locales: Box<[NoticeStr]>,
    /// What `asked` points at besides.
    words: Box<str>,
    cursor: Box<str>,
    user: Box<str>,
}

// SAFETY: what it points at belongs to it, and nothing of it changes while it is shared.
unsafe impl Sync for Query {}

impl Query {
    /// The first `limit` announcements for the viewer with five attributes, not counting how many there are.
    pub(crate) fn top(limit: u32) -> Self {
        let attributes: Box<[NoticeAttribute]> = VIEWER
            .iter()
            .map(|(name, value)| NoticeAttribute {
                name: str(name),
                value: str(value),
            })
            .collect();
        let locales: Box<[NoticeStr]> = Box::new([str("zh-CN"), str("en")]);
        let mut asked = NoticeQuery::zeroed();
        asked.struct_size = size_of::<NoticeQuery>() as u32;
        asked.limit = limit;
        asked.uncounted = 1;
        (asked.attributes, asked.attribute_count) = (attributes.as_ptr(), attributes.len());
        (asked.locales, asked.locale_count) = (locales.as_ptr(), locales.len());
        let query = Self {
            asked,
            _attributes: attributes,
            _locales: locales,
            words: Box::default(),
            cursor: Box::default(),
            user: Box::default(),
        };
        query.by("zhang.wei")
    }

    /// With the counts of all there are, and of the unread.
    pub(crate) fn counted(mut self) -> Self {
        self.asked.uncounted = 0;
        self
    }

    /// By this user.
    pub(crate) fn by(mut self, user: &str) -> Self {
        self.user = user.into();
        self.asked.user = str(&self.user);
        self
    }

    /// With this search text.
    pub(crate) fn search(mut self, words: &str) -> Self {
        self.words = words.into();
        self.asked.q = str(&self.words);
        self
    }

    /// The page that begins here.
    pub(crate) fn from(mut self, cursor: &str) -> Self {
        self.cursor = cursor.into();
        self.asked.cursor = str(&self.cursor);
        self
    }

    /// The structure, which is valid as long as this is.
    pub(super) fn asked(&self) -> &NoticeQuery {
        &self.asked
    }
}

/// A text to hand in.
pub(super) fn str(text: &str) -> NoticeStr {
    NoticeStr {
        ptr: text.as_ptr().cast(),
        len: text.len(),
    }
}
