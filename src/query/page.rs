//! What a query is, and what it gives.

use std::sync::Arc;

use super::hits::{HitRange, Snippet};
use crate::error::{Bilingual, Error, Result};
use crate::model::{Announcement, TextView, Viewer, choose_locale};

use super::filter::{Filter, View};
use super::order::Order;

/// Most items of a page.
pub const LIMIT: u32 = 1000;
/// Items of a page when nothing is said.
pub const DEFAULT_LIMIT: u32 = 50;

/// Who asks, what for, and how much of it.
///
/// ```
/// use notice::{Filter, Order, Query, Viewer};
/// let viewer = Viewer::new("zhang.wei").locales(["zh-CN"])?.with("role", "accountant");
/// let query = Query::new(viewer).limit(20).order(Order::Newest);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Query {
    /// Who asks.
    pub viewer: Viewer,
    /// Through whose eyes the board is seen.
    pub view: View,
    /// What is asked for.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// How many at most, 1..=1000; 50 when nothing is said.
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before; none for the first page.
    pub cursor: Option<String>,
    /// Whether [`Count::total`] and [`Count::unread`] are wanted. Without them a page of what many
    /// announcements have is there sooner, for not all of them are looked for.
    pub counted: bool,
}

impl Query {
    /// What `viewer` should see now, the first 50.
    pub fn new(viewer: Viewer) -> Self {
        Self {
            viewer,
            view: View::Viewer,
            filter: Filter::default(),
            order: Order::Default,
            limit: DEFAULT_LIMIT,
            cursor: None,
            counted: true,
        }
    }

    /// What an editor sees: everything that is active, whatever its audience.
    pub fn editor() -> Self {
        Self {
            view: View::Editor,
            ..Self::new(Viewer::anonymous())
        }
    }

    /// Sets what is asked for.
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

    /// Sets how many items a page has at most.
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

    /// Leaves out how many there are: the page has no [`Count::total`] and no [`Count::unread`].
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

    /// Refuses what is out of its limits.
    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=LIMIT).contains(&self.limit) {
            let reason = Bilingual::new("must be from 1 to 1000", "必须在 1 到 1000 之间");
            return Err(Error::invalid("limit", &self.limit.to_string(), reason));
        }
        if self.order == Order::Relevance && self.filter.q.trim().is_empty() {
            let reason = Bilingual::new("needs search text", "需要搜索文本");
            return Err(Error::invalid("order", self.order.name(), reason));
        }
        self.viewer.validate()?;
        self.filter.check(self.view)
    }
}

/// One announcement of a page, with the text that was chosen for the viewer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Item {
    /// The announcement; kept by the item, whatever becomes of the board.
    pub announcement: Arc<Announcement>,
    /// Which of its texts was chosen.
    pub text_index: usize,
    /// Whether that text is in none of the locales that the viewer asked for.
    pub is_fallback: bool,
    /// Whether the viewer has read it since it last was news.
    pub is_read: bool,
    /// Whether the viewer has dismissed it since it last was news, and may.
    pub is_dismissed: bool,
    /// Whether the viewer has acknowledged it since it last was news.
    pub is_acknowledged: bool,
    /// Whether it is to be shown to the viewer now.
    pub is_pending: bool,
    /// How often it was shown to the viewer since it last was news.
    pub seen_count: u32,
    /// Where the search text was found; none for a query without.
    pub found: Option<Box<Highlights>>,
}

/// Where the search text of a query was found in an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Highlights {
    /// The hits in the title.
    pub title: Vec<HitRange>,
    /// A part of the summary or of the body with its hits, at most 120 characters.
    pub snippet: Snippet,
}

impl Item {
    /// Chooses the text for `viewer`.
    pub(crate) fn new(announcement: Arc<Announcement>, viewer: &Viewer) -> Self {
        let (locales, default) = (announcement.locales(), announcement.default_index());
        let choice = choose_locale(&viewer.locales, locales, default);
        Self {
            announcement,
            text_index: choice.index,
            is_fallback: choice.is_fallback,
            is_read: false,
            is_dismissed: false,
            is_acknowledged: false,
            is_pending: true,
            seen_count: 0,
            found: None,
        }
    }

    /// The text that was chosen.
    pub fn text(&self) -> TextView<'_> {
        self.announcement.text(self.text_index)
    }
}

/// How many announcements there are under a filter, and until when that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// All that the viewer may see under the filter; none if they were not counted.
    pub total: Option<u64>,
    /// Those of them that are unread; none if they were not counted.
    pub unread: Option<u64>,
    /// The board's revision that was counted.
    pub revision: i64,
    /// Which board it is: 128 random bits, others after it is restored from a backup.
    pub epoch: u128,
    /// The instant that was counted at, in Unix milliseconds.
    pub now: i64,
    /// The earliest instant at which this answer may change by time alone.
    pub next_change_at: Option<i64>,
}

/// A page of announcements, all from one revision of the board.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The announcements, in the query's order.
    pub items: Vec<Item>,
    /// How many there are in all, on whatever page.
    pub count: Count,
    /// Asks for the page after this one; none when this is the last.
    pub next_cursor: Option<String>,
}
