//! What is asked of a board and what it answers.

mod cursor;
mod filter;
mod order;
mod page;

pub use filter::{Filter, LIST, Phase, TimeRange, View};
pub use order::Order;
pub use page::{Count, DEFAULT_LIMIT, Found, Item, LIMIT, NOT_COUNTED, Page, Query};

pub(crate) use cursor::Cursor;
pub(crate) use order::{SortKey, end_or_never, rank, sort_key};
