//! Who has seen, read, dismissed and acknowledged an announcement.

use crate::model::Receipt;
use crate::query::DEFAULT_LIMIT;

/// Which receipts are asked for.
///
/// ```
/// use notice::ReceiptQuery;
/// let query = ReceiptQuery::new(7).limit(100);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiptQuery {
    /// Of which announcement.
    pub id: i64,
    /// Only of users who have read it since it last was news.
    pub read_only: bool,
    /// Only of users who have acknowledged it since it last was news.
    pub acknowledged_only: bool,
    /// How many at most, 1..=1000; 50 when nothing is said.
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before; none for the first page.
    pub cursor: Option<String>,
}

impl ReceiptQuery {
    /// All receipts of an announcement, the first 50.
    pub fn new(id: i64) -> Self {
        Self {
            id,
            read_only: false,
            acknowledged_only: false,
            limit: DEFAULT_LIMIT,
            cursor: None,
        }
    }

    /// Leaves out users who have not read it since it last was news.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Leaves out users who have not acknowledged it since it last was news.
    #[must_use]
    pub fn acknowledged_only(mut self) -> Self {
        self.acknowledged_only = true;
        self
    }

    /// Sets how many there are at most.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Sets where to go on.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }
}

/// What one user did with the announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserReceipt {
    /// Who.
    pub user: String,
    /// What is remembered.
    pub receipt: Receipt,
    /// Whether the user has read it since it last was news.
    pub is_read: bool,
    /// Whether it is read only because the user marked everything read. Whether the user was in its
    /// audience then is not recorded.
    pub by_read_all: bool,
    /// Whether the user has acknowledged it since it last was news.
    pub is_acknowledged: bool,
}

/// A page of receipts, in the order of the users' names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiptPage {
    /// The receipts.
    pub receipts: Vec<UserReceipt>,
    /// How many users have read it since it last was news, on whatever page.
    pub read: u64,
    /// How many users have acknowledged it since it last was news.
    pub acknowledged: u64,
    /// Asks for the page after this one; none when this is the last.
    pub next_cursor: Option<String>,
}
