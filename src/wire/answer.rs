//! Everything that a board answers.

use serde_json::Value;

use super::codec;
use super::table::Table;
use super::variants::{of_whole, single, tagged, variants};
use crate::error::{Error, Result};
use crate::model::json::parse;
use crate::model::{Announcement, Published};
use crate::query::{
    ChangePage, Compaction, Count, Explanation, Head, Item, Maintenance, Page, ReceiptPage, Stats,
    Verification,
};

/// The answer to a [`Call`](super::Call), or its error.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Answer {
    /// The call was refused.
    Error(Error),
    /// The result of one change.
    Published(Published),
    /// The results of several changes.
    Applied(Vec<Published>),
    /// A page of announcements.
    Page(Box<Page>),
    /// How many announcements there are.
    Count(Count),
    /// One announcement as a viewer sees it.
    Item(Box<Item>),
    /// One announcement as an editor reads it.
    Record(Box<Announcement>),
    /// The rules that hide an announcement.
    Explanation(Explanation),
    /// A page of receipts.
    ReceiptPage(ReceiptPage),
    /// What has changed.
    ChangePage(ChangePage),
    /// Figures about the board.
    Stats(Box<Stats>),
    /// How far the board has come.
    Head(Head),
    /// What maintenance did.
    Maintenance(Maintenance),
    /// What checking the board found.
    Verification(Verification),
    /// What compaction did.
    Compaction(Compaction),
    /// The call was carried out and has nothing to tell.
    Done,
    /// The revision that was waited for, or up to which all is marked read.
    Revision {
        /// The revision.
        revision: i64,
    },
    /// Whether anything was kept of the user.
    Forgotten {
        /// Whether there was anything.
        forgotten: bool,
    },
}

variants! {
    Answer {
        values {
            Error 0 "error": Error,
            Published 1 "published": Published,
            Applied 2 "applied": Vec<Published>,
            Page 3 "page": Box<Page>,
            Count 4 "count": Count,
            Item 5 "item": Box<Item>,
            Record 6 "record": Box<Announcement>,
            Explanation 7 "explanation": Explanation,
            ReceiptPage 8 "receipt_page": ReceiptPage,
            ChangePage 9 "change_page": ChangePage,
            Stats 10 "stats": Box<Stats>,
            Head 11 "head": Head,
            Maintenance 12 "maintenance": Maintenance,
            Verification 13 "verification": Verification,
            Compaction 14 "compaction": Compaction,
        }
        objects {
            Done 15 "done" {}
            Revision 16 "revision" {
                revision: i64,
            }
            Forgotten 17 "forgotten" {
                forgotten: bool,
            }
        }
    }
}

impl Answer {
    /// Reads an answer: an object with a single member, the name of the answer, and its value.
    ///
    /// # Errors
    /// `invalid_field` with the path from the value on, such as `items[3].title`; `too_large` beyond
    /// [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES).
    pub fn from_json(json: &[u8]) -> Result<Self> {
        codec::check_size("json", json.len())?;
        let value = parse(json)?;
        let read =
            single(&value, Self::NAMES).and_then(|(name, value)| Self::from_value(name, value));
        read.map_err(of_whole)
    }

    /// Reads the value of the answer `name`.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(name: &str, value: &Value) -> Result<Self> {
        Self::read_as(name, value)
    }

    /// The answer as [`from_json`](Self::from_json) reads it. Every member is there.
    pub fn to_json(&self) -> Value {
        tagged(self.name(), self.to_value())
    }

    /// The value, without the name of the answer.
    pub fn to_value(&self) -> Value {
        self.arguments()
    }

    /// Writes the answer in binary.
    ///
    /// # Errors
    /// `too_large` beyond [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        codec::to_bytes(self)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// `invalid_field` for bytes that are not an answer; `too_large`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        codec::from_bytes(bytes)
    }

    /// The answer, or the error that it carries.
    ///
    /// # Errors
    /// The error of the call.
    pub fn into_result(self) -> Result<Self> {
        match self {
            Self::Error(error) => Err(error),
            answer => Ok(answer),
        }
    }

    /// The answers with their numbers in binary, and the members of those that are plain objects.
    pub fn list() -> Vec<(u8, Table)> {
        Self::tables()
    }
}

impl From<Result<Self>> for Answer {
    fn from(result: Result<Self>) -> Self {
        result.unwrap_or_else(Self::Error)
    }
}
