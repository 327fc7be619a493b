//! Questions to a board and its answers.

mod changes;
mod checkup;
mod cursor;
mod daemon;
mod explain;
mod filter;
mod head;
mod hits;
mod item;
mod order;
mod own_marks;
mod page;
mod receipts;
mod stats;
mod verification;

pub use changes::{ChangeEvent, ChangeKind, ChangePage, ChangeQuery};
pub use checkup::{Checkup, Fault, Lint, LintRule};
pub use daemon::Daemon;
pub use explain::{Explanation, Finding, Rule};
pub use filter::{Filter, Phase, TimeRange, View};
pub use head::Head;
pub use hits::{Field, HitRange, Snippet};
pub use item::{Highlights, Item, ShownAction};
pub use order::Order;
pub use own_marks::{OwnMarks, OwnMarksQuery};
pub use page::{Count, Page, Query};
pub use receipts::{ReceiptPage, ReceiptQuery, UserReceipt};
pub use stats::{Compaction, Maintenance, Resources, Stats};
pub use verification::{Problem, Verification};

pub(crate) use cursor::Cursor;
pub(crate) use order::{SortKey, end_or_never, rank, sort_key};
