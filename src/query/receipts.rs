//! Receipts: which users have seen, read, dismissed and acknowledged an announcement.

use crate::model::Receipt;
use crate::model::limits;

/// A request for receipts.
///
/// ```
/// use notice::ReceiptQuery;
/// let query = ReceiptQuery::new(7).limit(100);
/// let whole_team = ReceiptQuery::new(7).users(["li.na", "zhang.wei"]);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiptQuery {
    /// Id of the announcement.
    pub id: i64,
    /// Only users who have read it since it last was news.
    pub read_only: bool,
    /// Only users who have acknowledged it since it last was news.
    pub acknowledged_only: bool,
    /// Only these users, at most 1000: a receipt for each in this order, also for one who has done nothing,
    /// all on one page. A name that occurs again is passed over. None for every user with a receipt.
    pub users: Option<Vec<String>>,
    /// Maximum number of receipts, 1..=1000; the default is 50. A list of users has no limit of its own.
    pub limit: u32,
    /// Cursor of the page to return: `next_cursor` of the page before; None for the first page.
    pub cursor: Option<String>,
}

impl ReceiptQuery {
    /// Requests all receipts of an announcement, the first 50.
    pub fn new(id: i64) -> Self {
        Self {
            id,
            read_only: false,
            acknowledged_only: false,
            users: None,
            limit: limits::DEFAULT_PAGE,
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

    /// Asks for these users: a receipt for each in this order, also for one who has done nothing.
    #[must_use]
    pub fn users<S: Into<String>>(mut self, users: impl IntoIterator<Item = S>) -> Self {
        self.users = Some(users.into_iter().map(Into::into).collect());
        self
    }

    /// Sets how many there are at most.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Sets the cursor.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }
}

/// One user's state for an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserReceipt {
    /// Name of the user.
    pub user: String,
    /// State of the user for the announcement.
    pub receipt: Receipt,
    /// Whether the user has read it since it last was news.
    pub is_read: bool,
    /// Whether it is read only because the user marked everything as read and could see it then.
    pub by_read_all: bool,
    /// Whether the user has acknowledged it since it last was news.
    pub is_acknowledged: bool,
}

/// A page of receipts, ordered by user name, or as the users were listed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiptPage {
    /// The receipts.
    pub receipts: Vec<UserReceipt>,
    /// Number of users on all pages, or in the list, who have read it since it last was news.
    pub read: u64,
    /// Number of users on all pages, or in the list, who have acknowledged it since it last was news.
    pub acknowledged: u64,
    /// Cursor of the next page; None on the last page.
    pub next_cursor: Option<String>,
}
