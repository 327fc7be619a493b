//! The trait that every kind of board implements.

use std::sync::Arc;

use crate::error::Result;
use crate::model::Draft;
use crate::query::{Count, Item, Page, Query};

/// A board, however it is reached.
pub type SharedBoard = Arc<dyn Board>;

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The announcement's id.
    pub id: i64,
    /// Its version.
    pub version: u32,
    /// The board's revision at its last change.
    pub revision: i64,
    /// What happened to it.
    pub outcome: Outcome,
}

/// Whether publishing made an announcement or changed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// There was none of that key, or the draft has no key.
    Created = 0,
    /// The announcement of that key was changed.
    Updated = 1,
    /// The announcement of that key was just so already; there is no new revision.
    Unchanged = 2,
}

/// A board of announcements. All methods may be called from any thread.
///
/// ```
/// use notice::{Draft, Query, Severity, Text, Viewer};
///
/// let board = notice::open("mem:")?;
/// board.publish(
///     &Draft::from_text(Text::new("en", "Maintenance tonight").summary("22:00 to 24:00"))
///         .severity(Severity::Warning),
/// )?;
/// let page = board.query(&Query::new(Viewer::new("alice")))?;
/// assert_eq!(page.items[0].text().title, "Maintenance tonight");
/// # Ok::<(), notice::Error>(())
/// ```
pub trait Board: Send + Sync {
    /// Publishes a draft, or changes the announcement that has its key in its channel.
    ///
    /// # Errors
    /// `invalid_field` and `too_large` for the first field that is refused; `bad_state` when the
    /// announcement of that key is retracted; `poisoned`.
    fn publish(&self, draft: &Draft) -> Result<Published> {
        let mut published = self
            .publish_all(std::slice::from_ref(draft))
            // One draft has no place in a list.
            .map_err(|error| error.without("[0]"))?;
        published
            .pop()
            .ok_or_else(|| crate::error::Error::not_found(0))
    }

    /// Publishes several drafts as one revision: all of them or none. No more than 10 000.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); the path begins with the place of the draft, such as `[3]`.
    fn publish_all(&self, drafts: &[Draft]) -> Result<Vec<Published>>;

    /// Takes an announcement back: at once no viewer sees it. Returns the revision. Retracting it again
    /// changes nothing and gives the revision of the first time.
    ///
    /// `reason` has at most 500 bytes and may be empty.
    ///
    /// # Errors
    /// `not_found`; `invalid_field` or `too_large` for the reason; `poisoned`.
    fn retract(&self, id: i64, reason: &str) -> Result<i64>;

    /// One announcement, as the query's viewer sees it. Of the query, viewer and view count.
    ///
    /// # Errors
    /// `not_found` when there is none of that id that this viewer may see now; an editor finds every
    /// one. `invalid_field` or `too_large` for a viewer that is refused.
    fn get(&self, id: i64, query: &Query) -> Result<Item>;

    /// The announcements that the viewer should see, a page at a time.
    ///
    /// # Errors
    /// `invalid_field` and `too_large` for what is refused of viewer, filter or limit; `bad_cursor`.
    fn query(&self, query: &Query) -> Result<Page>;

    /// How many there are under the query's filter. Order, limit and cursor do not count.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    fn count(&self, query: &Query) -> Result<Count>;

    /// The board's revision: 0 when it is new, one more for each change.
    ///
    /// # Errors
    /// `unavailable` when the board cannot be reached.
    fn revision(&self) -> Result<i64>;
}
