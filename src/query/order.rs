//! Orders of a page, each of them total, and sort keys.

use crate::model::{Announcement, Severity};
use crate::named::named;

named! {
    /// Order of a page. Each order is total: the id decides last.
    Order, "order" {
        /// Pinned, severity, priority, start and id, all descending.
        Default = 0 "default",
        /// What last became news and visible first: by its start, or a later restore or major edit.
        Newest = 1 "newest",
        /// Longest visible first.
        Oldest = 2 "oldest",
        /// Soonest end first, announcements without an end last.
        EndingSoon = 3 "ending_soon",
        /// Best hits first, then the default order. Only with search text.
        Relevance = 4 "relevance",
    }
}

/// Sort key of an announcement. The greater key comes first in every order.
pub(crate) type SortKey = [i64; 4];

/// Combines pinned, severity and priority into one number; a higher number comes first.
pub(crate) fn rank(pinned: bool, severity: Severity, priority: i32) -> u16 {
    // A priority from -1000 to 1000 fits into eleven bits.
    let priority = u16::try_from(priority + crate::model::limits::PRIORITY).unwrap_or(0);
    u16::from(pinned) << 14 | (severity as u16) << 11 | priority
}

/// Returns the sort key of `announcement` in `order`; `relevance` is used in that order only.
pub(crate) fn sort_key(order: Order, announcement: &Announcement, relevance: u64) -> SortKey {
    let a = announcement;
    let (id, starts_at) = (a.id(), a.starts_at());
    let rank = || i64::from(rank(a.pinned(), a.severity(), a.priority()));
    match order {
        Order::Default => [0, rank(), starts_at, id],
        Order::Newest => [a.news_at(), 0, 0, id],
        Order::Oldest => [-starts_at, 0, 0, -id],
        Order::EndingSoon => [-end_or_never(a.ends_at()), 0, 0, -id],
        Order::Relevance => [
            i64::try_from(relevance).unwrap_or(i64::MAX),
            rank(),
            starts_at,
            id,
        ],
    }
}

/// Returns the end of an announcement, or an instant after all others when it has none.
pub(crate) fn end_or_never(ends_at: Option<i64>) -> i64 {
    ends_at.unwrap_or(i64::MAX)
}
