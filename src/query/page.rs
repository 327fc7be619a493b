//! Queries and pages.

use crate::model::limits;

use crate::error::{Bilingual, Error, Result};
use crate::model::Viewer;

use super::filter::{Filter, View};
use super::item::Item;
use super::order::Order;

/// A query: the viewer, the filter, and the page.
///
/// ```
/// use notice::{Filter, Order, Query, Viewer};
/// let viewer = Viewer::new("zhang.wei").locales(["zh-CN"]).with("role", "accountant");
/// let query = Query::new(viewer).limit(20).order(Order::Newest);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Query {
    /// The viewer.
    pub viewer: Viewer,
    /// Point of view: a viewer's or an editor's.
    pub view: View,
    /// Conditions on the announcements.
    pub filter: Filter,
    /// Order of the page.
    pub order: Order,
    /// Maximum number of items, 1..=1000; the default is 50.
    pub limit: u32,
    /// Cursor of the page to return: `next_cursor` of the page before; None for the first page.
    pub cursor: Option<String>,
    /// Whether [`Count::total`] and [`Count::unread`] are wanted. Without them a page of common
    /// search terms is returned sooner, because the search can stop early.
    pub counted: bool,
}

impl Query {
    /// Creates a query for what `viewer` should see now, the first 50.
    pub fn new(viewer: Viewer) -> Self {
        Self {
            viewer,
            view: View::Viewer,
            filter: Filter::default(),
            order: Order::Default,
            limit: limits::DEFAULT_PAGE,
            cursor: None,
            counted: true,
        }
    }

    /// Creates a query with an editor's view of everything active, regardless of audience.
    pub fn editor() -> Self {
        Self {
            view: View::Editor,
            ..Self::new(Viewer::anonymous())
        }
    }

    /// Sets the conditions.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets who asks.
    #[must_use]
    pub fn viewer(mut self, viewer: Viewer) -> Self {
        self.viewer = viewer;
        self
    }

    /// Sets through whose eyes the board is seen.
    #[must_use]
    pub fn view(mut self, view: View) -> Self {
        self.view = view;
        self
    }

    /// Sets the order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Sets the maximum number of items.
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

    /// Skips counting: [`Count::total`] and [`Count::unread`] of the page are None.
    ///
    /// ```
    /// use notice::{Query, Viewer};
    /// let board = notice::open("mem:")?;
    /// let page = board.query(&Query::new(Viewer::anonymous()).uncounted())?;
    /// assert_eq!(page.count.total, None);
    /// # Ok::<(), notice::Error>(())
    /// ```
    #[must_use]
    pub fn uncounted(mut self) -> Self {
        self.counted = false;
        self
    }

    /// Refuses values outside their limits.
    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=limits::PAGE).contains(&self.limit) {
            let reason = Bilingual::new("must be from 1 to 1000", "必须在 1 到 1000 之间");
            return Err(Error::invalid("limit", &self.limit.to_string(), reason));
        }
        if self.order == Order::Relevance && self.filter.q.trim().is_empty() {
            let reason = Bilingual::new("requires search text", "需要搜索文本");
            return Err(Error::invalid("order", self.order.name(), reason));
        }
        self.viewer.validate()?;
        self.filter.check(self.view)
    }
}

/// Number of announcements that match a filter, and how long the answer is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// Number of announcements that match; None for an uncounted query.
    pub total: Option<u64>,
    /// Number of those that are unread; None for an uncounted query.
    pub unread: Option<u64>,
    /// The board's revision that was counted.
    pub revision: i64,
    /// Identity of the board: 128 random bits, which change when it is restored from a backup.
    pub epoch: u128,
    /// Instant at which they were counted, in Unix milliseconds.
    pub now: i64,
    /// Earliest instant at which this answer may change through time alone; None if it cannot.
    pub next_change_at: Option<i64>,
}

/// A page of announcements from one revision of the board.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The announcements, in the query's order.
    pub items: Vec<Item>,
    /// Counts of matching announcements on all pages.
    pub count: Count,
    /// Cursor of the next page; None on the last page.
    pub next_cursor: Option<String>,
}
