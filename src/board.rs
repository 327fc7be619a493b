//! The trait that every kind of board implements.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::{Draft, Mark, Viewer};
use crate::model::{Operation, Published};
use crate::query::Explanation;
use crate::query::Verification;
use crate::query::{ChangePage, ChangeQuery};
use crate::query::{Compaction, Maintenance, Stats};
use crate::query::{Count, Item, Page, Query};
use crate::query::{ReceiptPage, ReceiptQuery};

/// A board, however it is reached.
pub type SharedBoard = Arc<dyn Board>;

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
        self.apply_one(Operation::Publish(Box::new(draft.clone())))
    }

    /// Publishes several drafts as one revision: all of them or none. No more than 10 000.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); the path begins with the place of the draft, such as `[3]`.
    fn publish_all(&self, drafts: &[Draft]) -> Result<Vec<Published>> {
        let operations: Vec<Operation> = drafts
            .iter()
            .map(|draft| Operation::Publish(Box::new(draft.clone())))
            .collect();
        self.apply(&operations)
    }

    /// Takes an announcement back: at once no viewer sees it. Returns the revision. Retracting it again
    /// changes nothing and gives the revision of the first time.
    ///
    /// `reason` has at most 500 bytes and may be empty.
    ///
    /// # Errors
    /// `not_found`; `invalid_field` or `too_large` for the reason; `poisoned`.
    fn retract(&self, id: i64, reason: &str) -> Result<i64> {
        let retract = Operation::Retract {
            id,
            reason: reason.to_owned(),
            if_version: None,
        };
        self.apply_one(retract).map(|done| done.revision)
    }

    /// Makes one change: publish, update, retract, restore or purge.
    ///
    /// # Errors
    /// As [`apply`](Self::apply), with paths that do not begin with a place in a list.
    fn apply_one(&self, operation: Operation) -> Result<Published> {
        match self.apply(std::slice::from_ref(&operation)) {
            Ok(mut done) => done.pop().ok_or_else(|| Error::not_found(0)),
            // One operation has no place in a list.
            Err(error) => Err(error.without("[0]")),
        }
    }

    /// Makes several changes as one revision of the board: all of them, or none. No more than 10 000.
    ///
    /// # Errors
    /// The error of the first operation that is refused; its path begins with the place, such as
    /// `[3]`. What an operation can be refused for, see [`Operation`].
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>>;

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

    /// Remembers what a viewer does with announcements: of all of them, or of none.
    ///
    /// # Errors
    /// `not_found` for an announcement that this viewer could not have seen; `bad_state` for dismissing
    /// what is not dismissible; `invalid_field` for an anonymous viewer.
    fn mark(&self, viewer: &Viewer, ids: &[i64], mark: Mark) -> Result<()>;

    /// Marks as read all that was notified at or before a revision, or the present one; returns that
    /// revision. What is published meanwhile stays unread, and so does what is not visible yet.
    ///
    /// With a filter, only what it accepts is marked, one by one. Without, the cost does not depend on
    /// how much there is.
    ///
    /// # Errors
    /// `future_revision`; `invalid_field` for a negative revision or an anonymous viewer; as
    /// [`query`](Self::query) for the filter.
    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64>;

    /// Erases all that is kept of a user; whether there was anything.
    ///
    /// # Errors
    /// `invalid_field` for an empty name.
    fn forget_user(&self, user: &str) -> Result<bool>;

    /// Who has seen, read, dismissed and acknowledged an announcement, a page at a time.
    ///
    /// # Errors
    /// `not_found`; `bad_cursor`; `invalid_field` for a limit that is out of range.
    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage>;

    /// What has changed since a revision, for a follower who keeps a list.
    ///
    /// # Errors
    /// `compacted`, `epoch_mismatch` and `future_revision`, which all mean: list again, then follow;
    /// `invalid_field` for a query that the feed cannot follow.
    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage>;

    /// Waits until the board's revision is after `since`, and returns it.
    ///
    /// # Errors
    /// `timed_out` when that takes longer than `timeout`; `future_revision`; `unavailable` when the
    /// board is closed meanwhile.
    fn wait(&self, since: i64, timeout: Duration) -> Result<i64>;

    /// Says of one announcement which rules hide it from the query's viewer, or that none does. Of the
    /// query, viewer and view count; what a viewer may not see is not explained to a viewer.
    ///
    /// # Errors
    /// `not_found`.
    fn explain(&self, id: i64, query: &Query) -> Result<Explanation>;

    /// Figures about the board.
    ///
    /// # Errors
    /// `unavailable` when the board cannot be reached.
    fn stats(&self) -> Result<Stats>;

    /// Does now what is else done as the board is written to: purges what retention is over for, and
    /// drops changes and idempotency keys that need not be kept.
    ///
    /// # Errors
    /// `poisoned`.
    fn maintain(&self) -> Result<Maintenance>;

    /// Writes a copy of the board to a new file, consistent and while others use the board, and returns its
    /// revision. It is a board like any other, with the same epoch; [`restore_backup`](crate::restore_backup) makes one of
    /// it with its own. Also of a board in memory, or one whose file cannot be written any more or is
    /// damaged.
    ///
    /// # Errors
    /// `exists` when there is something at `to`; `corrupt` when a record is damaged whose texts were left to
    /// the file; `io`, `read_only`.
    fn backup(&self, to: &Path) -> Result<i64>;

    /// Makes the board's file as small as it can be. Whoever writes waits meanwhile; queries go on.
    ///
    /// # Errors
    /// `unsupported` for a board in memory; `io`, `corrupt`.
    fn compact(&self) -> Result<Compaction>;

    /// Checks the board: every page and record of its file, that memory and file agree, and that every
    /// index says what the announcements say. Reads all of it twice; nothing is written meanwhile.
    ///
    /// # Errors
    /// `io` when what was put off cannot be written out first. What is wrong with the board is no error
    /// but told in the result.
    fn verify(&self) -> Result<Verification>;

    /// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
    ///
    /// # Errors
    /// `io` when writing fails.
    fn export(&self, to: &mut dyn Write) -> Result<()>;

    /// Reads what [`export`](Self::export) wrote into this board, which must be empty. All of it, or
    /// nothing. The board has a new epoch then, and its feed begins at its revision.
    ///
    /// # Errors
    /// `exists` when the board is not empty; `invalid_field` with the line and the path of what is
    /// refused; `io` when reading fails.
    fn import(&self, from: &mut dyn BufRead) -> Result<()>;

    /// Ends the waits that are going on, and those to come, with `unavailable`, and writes out what was put
    /// off. All else goes on; a file is closed when the board is dropped.
    ///
    /// # Errors
    /// `io` and those of the file when something could not be written out.
    fn close(&self) -> Result<()>;
}
