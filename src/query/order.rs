//! The orders a page can have, each total, and the key that an announcement sorts by.

use crate::model::{Announcement, Severity};
use crate::named::named;

named! {
    /// The order of a page. Each is total: the id decides last.
    Order, "order" {
        /// Pinned, severity, priority, start, id: all descending.
        Default = 0 "default",
        /// What became visible last comes first.
        Newest = 1 "newest",
        /// What became visible first comes first.
        Oldest = 2 "oldest",
        /// What ends first comes first, and what never ends last.
        EndingSoon = 3 "ending_soon",
        /// Only with search text: the best hits first, then as in the default order.
        Relevance = 4 "relevance",
    }
}

/// What an announcement sorts by. The greater key comes first, whatever the order.
pub(crate) type SortKey = [i64; 4];

/// Pinned, severity and priority in one number: the higher, the nearer to the top.
pub(crate) fn rank(pinned: bool, severity: Severity, priority: i32) -> u16 {
    // A priority from -1000 to 1000 has room in eleven bits.
    let priority = u16::try_from(priority + crate::model::limits::PRIORITY).unwrap_or(0);
    u16::from(pinned) << 14 | (severity as u16) << 11 | priority
}

/// The key of `announcement` in `order`; `relevance` counts in the order of that name only.
pub(crate) fn sort_key(order: Order, announcement: &Announcement, relevance: u64) -> SortKey {
    let a = announcement;
    let (id, starts_at) = (a.id(), a.starts_at());
    let rank = || i64::from(rank(a.pinned(), a.severity(), a.priority()));
    match order {
        Order::Default => [0, rank(), starts_at, id],
        Order::Newest => [starts_at, 0, 0, id],
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

/// The end of an announcement, later than all others when it has none.
pub(crate) fn end_or_never(ends_at: Option<i64>) -> i64 {
    ends_at.unwrap_or(i64::MAX)
}
