//! Answers of a board.

use serde_json::Value;

use super::codec;
use super::table::Table;
use super::variants::{of_whole, single, tagged, variants};
use crate::error::{Error, Result};
use crate::model::json::parse;
use crate::model::{Announcement, Published};
use crate::query::{
    ChangePage, Checkup, Compaction, Count, Explanation, Head, Item, Maintenance, Page,
    ReceiptPage, Stats, Verification,
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
    /// The number of announcements.
    Count(Count),
    /// One announcement as a viewer sees it.
    Item(Box<Item>),
    /// One announcement as an editor reads it.
    Record(Box<Announcement>),
    /// The former versions of an announcement, the oldest first.
    History(Vec<Announcement>),
    /// The rules that hide an announcement.
    Explanation(Explanation),
    /// A page of receipts.
    ReceiptPage(ReceiptPage),
    /// A page of changes.
    ChangePage(ChangePage),
    /// Statistics of the board.
    Stats(Box<Stats>),
    /// The head of the board.
    Head(Head),
    /// The result of maintenance.
    Maintenance(Maintenance),
    /// The result of verification.
    Verification(Verification),
    /// The result of compaction.
    Compaction(Compaction),
    /// The findings about drafts.
    Checkup(Checkup),
    /// The call succeeded and has no result.
    Done,
    /// The revision reached by waiting, or up to which everything is now read.
    Revision {
        /// The revision.
        revision: i64,
    },
    /// Whether the board had any data about the user.
    Forgotten {
        /// True if there was some.
        forgotten: bool,
    },
    /// How many announcements were marked.
    Marked {
        /// Their number.
        marked: u64,
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
            History 30 "history": Vec<Announcement>,
            Explanation 7 "explanation": Explanation,
            ReceiptPage 8 "receipt_page": ReceiptPage,
            ChangePage 9 "change_page": ChangePage,
            Stats 10 "stats": Box<Stats>,
            Head 11 "head": Head,
            Maintenance 12 "maintenance": Maintenance,
            Verification 13 "verification": Verification,
            Compaction 14 "compaction": Compaction,
            Checkup 22 "checkup": Checkup,
        }
        objects {
            Done 15 "done" {}
            Revision 16 "revision" {
                revision: i64,
            }
            Forgotten 17 "forgotten" {
                forgotten: bool,
            }
            Marked 18 "marked" {
                marked: u64,
            }
        }
    }
}

impl Answer {
    /// Reads an answer: an object with a single member, the name of the answer, and its value.
    ///
    /// # Errors
    /// `invalid_field` with a path relative to the value, such as `items[3].title`; `too_large` beyond
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

    /// Returns the answer in the form that [`from_json`](Self::from_json) reads, with every member present.
    pub fn to_json(&self) -> Value {
        tagged(self.name(), self.to_value())
    }

    /// Returns the value, without the name of the answer.
    pub fn to_value(&self) -> Value {
        self.arguments()
    }

    /// Encodes the answer in binary.
    ///
    /// # Errors
    /// `too_large` beyond [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        codec::to_bytes(self)
    }

    /// Decodes the output of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// `invalid_field` for bytes that are not an answer; `too_large`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        codec::from_bytes(bytes)
    }

    /// Returns the answer, or the error that it carries.
    ///
    /// # Errors
    /// The error of the call.
    pub fn into_result(self) -> Result<Self> {
        match self {
            Self::Error(error) => Err(error),
            answer => Ok(answer),
        }
    }

    /// Lists the answers with their binary numbers, and the members of those that are plain objects.
    pub fn list() -> Vec<(u8, Table)> {
        Self::tables()
    }
}

impl From<Result<Self>> for Answer {
    fn from(result: Result<Self>) -> Self {
        result.unwrap_or_else(Self::Error)
    }
}
