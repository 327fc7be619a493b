//! The trait that every kind of board implements.

use std::fmt::Debug;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::custody::Custody;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Batch, Checkpoint, Place};
use crate::model::{
    Announcement, Draft, Mark, Marking, Operation, Patch, Published, ReadDrafts, Viewer,
};
use crate::query::{ChangePage, ChangeQuery, Checkup, Count, Explanation, Head, Item, Page, Query};
use crate::query::{Daemon, OwnMarks, OwnMarksQuery, ReceiptPage, ReceiptQuery, Stats};

/// A board, however it is reached.
pub type SharedBoard = Arc<dyn Board>;

/// A function that [`Board::on_change`] calls with the board's newest head.
pub type OnChange = dyn Fn(Head) + Send + Sync;

/// A board of announcements: ask, write, mark, follow. All methods may be called from any thread, but only in the
/// process that opened the board: in a forked child they return `unavailable`.
///
/// Backups, exports and other upkeep are the business of [`Custody`], which
/// [`custody`](Self::custody) returns for a board in this process.
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
///
/// # Implementing it
/// The trait is open to other crates. A method that a later release adds has a default that returns
/// `unsupported`, so an implementation keeps compiling. Methods that some kind of board cannot offer have
/// such a default today: a mirror of a list cannot be written to, for example.
pub trait Board: Debug + Send + Sync {
    // --- ask ---

    /// Returns a page of the announcements that the viewer should see.
    ///
    /// # Errors
    /// `invalid_field` and `too_large` for an invalid viewer, filter or limit; `bad_cursor`.
    fn query(&self, query: &Query) -> Result<Page>;

    /// Counts the announcements that match the query's filter. Order, limit and cursor are ignored.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    fn count(&self, query: &Query) -> Result<Count>;

    /// Returns one announcement as the query's viewer sees it. Only the query's viewer and view are
    /// used.
    ///
    /// # Errors
    /// `not_found` when the announcement does not exist or this viewer may not see it now, while an
    /// editor sees every one; `invalid_field` or `too_large` for an invalid viewer.
    fn get(&self, id: i64, query: &Query) -> Result<Item>;

    /// Explains which rules hide an announcement from the query's viewer, and which keep it from
    /// being pending. Only the query's viewer and view are used. A viewer gets no explanation of an
    /// announcement outside that viewer's audience.
    ///
    /// # Errors
    /// `not_found`.
    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        let _ = (id, query);
        Err(unsupported("explain"))
    }

    /// Returns a page of receipts: which users have seen, read, dismissed and acknowledged an
    /// announcement.
    ///
    /// # Errors
    /// `not_found`; `bad_cursor`; `invalid_field` for a limit out of range.
    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        let _ = query;
        Err(unsupported("receipts"))
    }

    /// Returns the earlier versions of an announcement that were news, the oldest first: each as it was
    /// when the next one took its place, minor edits included, so that it can be shown what somebody
    /// acknowledged. That is the one whose `notify_version` and `version` enclose the acknowledged version,
    /// or else the present one.
    ///
    /// At most the last 16 are kept, and 1 MiB of them, without their audiences and what they replaced. A
    /// purge erases them. A board in a file keeps them in the file only.
    ///
    /// ```
    /// use notice::{Draft, Patch};
    /// let board = notice::open("mem:")?;
    /// let id = board.publish(&Draft::new("en", "At eight"))?.id;
    /// board.update(id, Patch::new().title("en", "At nine"))?;
    /// let history = board.history(id)?;
    /// assert_eq!((history[0].version(), history[0].text(0).title), (1, "At eight"));
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found`; `corrupt` and `io` of the file.
    fn history(&self, id: i64) -> Result<Vec<Announcement>> {
        let _ = id;
        Err(unsupported("history"))
    }

    /// Returns statistics of the board.
    ///
    /// # Errors
    /// `unavailable` when the board cannot be reached.
    fn stats(&self) -> Result<Stats> {
        Err(unsupported("stats"))
    }

    /// Returns the state of progress of the board: its epoch, its revision and the number of its
    /// last write.
    ///
    /// # Errors
    /// `unavailable` when the board cannot be reached.
    fn head(&self) -> Result<Head>;

    /// Asks the daemon that keeps the board who it is, who this client is there, and how long it takes to answer.
    ///
    /// # Errors
    /// `unsupported` for a board in this process; `unavailable` when the daemon cannot be reached; `unauthorized`
    /// when it does not take the token.
    fn daemon(&self) -> Result<Daemon> {
        Err(unsupported("daemon"))
    }

    /// Returns the board's revision: 0 for a new board, raised by one with each change of
    /// announcements.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    fn revision(&self) -> Result<i64> {
        self.head().map(|head| head.revision)
    }

    // --- write ---

    /// Makes several changes as one revision of the board: all of them, or none. At most 10 000.
    ///
    /// # Errors
    /// The error of the first refused operation, with a path that begins with the operation's
    /// position, such as `[3]`. [`Operation`] lists the errors of each operation.
    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        let _ = operations;
        Err(unsupported("apply"))
    }

    /// Makes one change: publish, update, retract, restore, release or purge.
    ///
    /// # Errors
    /// As [`apply`](Self::apply), but without a position in the path.
    fn apply_one(&self, operation: Operation) -> Result<Published> {
        match self.apply(std::slice::from_ref(&operation)) {
            Ok(mut done) => done.pop().ok_or_else(|| {
                let reason = Bilingual::new(
                    "the board returned no result for one operation",
                    "公告板未返回该操作的结果",
                );
                Error::new(ErrorKind::Panic, reason)
            }),
            // A single operation has no position in a list.
            Err(error) => Err(error.without("[0]")),
        }
    }

    /// Publishes a draft, or updates the announcement that has its key in its channel.
    ///
    /// # Errors
    /// `invalid_field` and `too_large` for the first invalid field; `bad_state` when the
    /// announcement with that key is retracted; `idempotency_conflict`; `poisoned`.
    fn publish(&self, draft: &Draft) -> Result<Published> {
        self.apply_one(Operation::Publish(Arc::new(draft.clone())))
    }

    /// Publishes several drafts as one revision: all of them, or none. At most 10 000.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), with a path that begins with the draft's position, such as
    /// `[3]`.
    fn publish_all(&self, drafts: &[Draft]) -> Result<Vec<Published>> {
        let operations: Vec<Operation> = drafts
            .iter()
            .map(|draft| Operation::Publish(Arc::new(draft.clone())))
            .collect();
        self.apply(&operations)
    }

    /// Checks drafts without publishing them. Tells every fault of every draft at once, and what an
    /// operator would probably regret.
    ///
    /// The drafts are judged as if they were published one after the other, and one with faults were left
    /// out. [`publish`](Self::publish) succeeds for a draft alone if no fault is told; memory and disk are
    /// not checked. A value is told with its first fault.
    ///
    /// Lints are guesses: two audiences overlap if they are equal or one of them is everyone, and two
    /// announcements meet if their times of visibility overlap. At most 1000 faults and 1000 lints are told,
    /// and [`Checkup::more`] says when there may be more.
    ///
    /// ```
    /// use notice::{Draft, LintRule};
    /// let board = notice::open("mem:")?;
    /// let drafts = [Draft::new("en", "").priority(5000), Draft::new("en", "Hello").dismissible(false)];
    /// let checkup = board.check(&drafts)?;
    /// assert_eq!(checkup.faults[0].error.path(), Some("priority"));
    /// assert_eq!(checkup.faults[1].error.path(), Some("texts.en.title"));
    /// assert_eq!((checkup.lints[0].draft, checkup.lints[0].rule), (1, LintRule::NoEnd));
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `too_large` for more than 10 000 drafts.
    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        let _ = drafts;
        Err(unsupported("check"))
    }

    /// Checks a draft, or a list of drafts, as JSON: [`check`](Self::check), and every fault of reading
    /// them. Invalid JSON is one fault, with its offset in `json`.
    ///
    /// # Errors
    /// As `check`.
    fn check_json(&self, json: &[u8]) -> Result<Checkup> {
        let read = ReadDrafts::from_json(json)?;
        Ok(self.check(&read.drafts)?.with_reading(&read))
    }

    /// Changes the fields that a patch names. Whether it is news follows from the fields: [`Operation::Update`] lets the caller decide, and guards
    /// against a lost race.
    ///
    /// ```
    /// use notice::{Draft, Patch};
    /// let board = notice::open("mem:")?;
    /// let id = board.publish(&Draft::new("en", "Maintenance tonight"))?.id;
    /// assert_eq!(board.update(id, Patch::new().pinned(true))?.version, 2);
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found`; `invalid_field` and `too_large` for a field that is refused; `exists` when the patch
    /// gives it a key that another announcement has; `poisoned`.
    fn update(&self, id: i64, patch: Patch) -> Result<Published> {
        self.apply_one(Operation::Update {
            id,
            patch: Box::new(patch),
            if_version: None,
            change: None,
        })
    }

    /// Retracts an announcement: it is hidden from every viewer at once. Retracting it again is a
    /// no-op that returns the revision of the first retraction.
    ///
    /// `reason` has at most 500 bytes and may be empty.
    ///
    /// # Errors
    /// `not_found`; `invalid_field` or `too_large` for the reason; `bad_state` for a draft; `poisoned`.
    fn retract(&self, id: i64, reason: &str) -> Result<Published> {
        self.apply_one(Operation::Retract {
            id,
            reason: reason.to_owned(),
            if_version: None,
        })
    }

    /// Publishes a retracted announcement again, as news.
    ///
    /// # Errors
    /// `not_found`; `bad_state` when it is not retracted; `poisoned`.
    fn restore(&self, id: i64) -> Result<Published> {
        self.apply_one(Operation::Restore {
            id,
            if_version: None,
        })
    }

    /// Publishes a draft: from now on, or from its start if that is later. It is news for everybody, unless
    /// it is quiet. [`Operation::Release`] guards against a lost race.
    ///
    /// ```
    /// use notice::{Draft, Lifecycle, Query, Viewer};
    /// let board = notice::open("mem:")?;
    /// let draft = Draft::new("en", "Maintenance tonight").state(Lifecycle::Draft);
    /// let id = board.publish(&draft)?.id;
    /// let query = Query::new(Viewer::new("alice"));
    /// assert!(board.query(&query)?.items.is_empty());
    /// board.release(id)?;
    /// assert_eq!(board.query(&query)?.items.len(), 1);
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found`; `bad_state` when it is not a draft, or its end has passed; `invalid_field` when it
    /// would replace itself by way of others; `poisoned`.
    fn release(&self, id: i64) -> Result<Published> {
        self.apply_one(Operation::Release {
            id,
            if_version: None,
        })
    }

    /// Erases an announcement: its texts and its viewer state. The id is never used again.
    ///
    /// The change feed knows its key, channel, tags and author until the board is
    /// [compacted](crate::Custody::compact), so that followers with a filter learn of it.
    ///
    /// # Errors
    /// `not_found`; `poisoned`.
    fn purge(&self, id: i64) -> Result<Published> {
        self.apply_one(Operation::Purge { id })
    }

    // --- mark ---

    /// Marks announcements in their present versions for a viewer, and returns how many were marked. Use
    /// [`mark_shown`](Self::mark_shown) to say which versions the viewer had before them.
    ///
    /// Of many, those are passed over that are gone or never were for this viewer. So are those that
    /// are not dismissible when they are dismissed: they are read. At most 10 000.
    ///
    /// # Errors
    /// For one announcement alone `not_found`, when this viewer could not have seen it, and
    /// `bad_state` for dismissing it when it is not dismissible; `invalid_field` for an anonymous
    /// viewer.
    fn mark(&self, viewer: &Viewer, ids: &[i64], mark: Mark) -> Result<u64> {
        self.mark_shown(viewer, &Marking::new(mark, ids.iter().copied()))
    }

    /// Marks announcements in the versions that a viewer had before them, and returns how many were
    /// marked.
    ///
    /// # Errors
    /// As [`mark`](Self::mark); `invalid_field` for a version that is later than the present one, and
    /// then nothing is marked.
    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        let _ = (viewer, marking);
        Err(unsupported("mark"))
    }

    /// Marks as seen, read or dismissed everything that the viewer sees at this moment and that was
    /// news at or before a revision, or the present one. Returns that revision.
    ///
    /// What the viewer could not see then stays as it is: what is scheduled, over, retracted or
    /// superseded, and what is for other attributes. After an upgrade or with a new role it is unread.
    ///
    /// Reading without a filter costs the same however much there is to read, while the viewer's
    /// attributes stay the same. Otherwise announcements are marked one by one.
    ///
    /// # Errors
    /// `future_revision`; `invalid_field` for another mark, a negative revision or an anonymous viewer;
    /// as [`query`](Self::query) for the filter.
    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        let _ = (query, mark, up_to);
        Err(unsupported("mark_all"))
    }

    /// Snoozes announcements in their present versions: until that instant they are not pending, unless
    /// they become news again. Returns how many were snoozed.
    ///
    /// # Errors
    /// As [`mark`](Self::mark); `invalid_field` for an instant that is not in the future, or more than ten
    /// years away.
    fn snooze(&self, viewer: &Viewer, ids: &[i64], until: i64) -> Result<u64> {
        let marking = Marking::new(Mark::Snooze, ids.iter().copied());
        self.mark_shown(viewer, &marking.until(until))
    }

    /// Marks everything as read: [`mark_all`](Self::mark_all).
    ///
    /// # Errors
    /// As `mark_all`.
    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64> {
        self.mark_all(query, Mark::Read, up_to)
    }

    /// Erases all data of a user, and reports whether there was any.
    ///
    /// # Errors
    /// `invalid_field` for an empty name.
    fn forget_user(&self, user: &str) -> Result<bool> {
        let _ = user;
        Err(unsupported("forget_user"))
    }

    // --- follow ---

    /// Returns the changes since a revision, for a follower that keeps a list.
    ///
    /// # Errors
    /// `compacted`, `epoch_mismatch` and `future_revision`, which all mean: list again, then
    /// follow; `invalid_field` for a query that cannot be followed.
    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage>;

    /// Returns what of a user's own marks has changed since a revision of the user's own, for a second device
    /// that shows a badge. It waits for a change if the query has a timeout, and returns that nothing has
    /// changed after it.
    ///
    /// Ask first without a revision, then list; from then on ask again for the announcements that the answer
    /// names. The revision stays good when the board is opened again: the answer then says to list again.
    /// Marks make no revision of the board, so [`changes`](Self::changes) and [`wait`](Self::wait) do not tell
    /// of them. [`on_change`](Self::on_change) does, but not whose they are.
    ///
    /// # Errors
    /// `epoch_mismatch` and `future_revision`, which both mean: begin without a revision again;
    /// `invalid_field` and `too_large` for the name; `unavailable` when the board is closed during the wait.
    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        let _ = query;
        Err(unsupported("own_marks"))
    }

    /// Waits until the board's revision is greater than `since`, and returns it.
    ///
    /// # Errors
    /// `timed_out` after `timeout`; `future_revision`; `unavailable` when the board is closed
    /// during the wait.
    fn wait(&self, since: i64, timeout: Duration) -> Result<i64>;

    /// Calls `callback` with the newest head after writes, until the callback or the board is dropped.
    ///
    /// - Every write counts, including marks and purges: compare [`Head::revision`] to learn whether
    ///   announcements changed. Starts and ends through time alone are not writes.
    /// - Writes in quick succession may cause a single call, with the newest head.
    /// - One thread of the board calls all its callbacks, one after the other, without holding a lock. A
    ///   callback may call the board, and may drop it. A panic in one does not affect the others.
    /// - The board does not keep a callback alive. Dropping the last `Arc` removes it, after the call in
    ///   progress.
    /// - Dropping the board waits for the call in progress, unless that call itself drops it.
    ///
    /// Read [`head`](Self::head) after this returns, for what was written before.
    ///
    /// ```
    /// use std::sync::{Arc, mpsc};
    /// use notice::{Draft, Head, OnChange};
    ///
    /// let board = notice::open("mem:")?;
    /// let (sender, heads) = mpsc::channel();
    /// let callback: Arc<OnChange> = Arc::new(move |head: Head| {
    ///     let _ = sender.send(head);
    /// });
    /// board.on_change(Arc::downgrade(&callback))?;
    /// board.publish(&Draft::new("en", "Maintenance tonight"))?;
    /// assert_eq!(heads.recv().map(|head| head.revision), Ok(1));
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `io` when no thread can be started; `unsupported`.
    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        let _ = callback;
        Err(unsupported("on_change"))
    }

    /// Returns the whole board, from which a replica begins: whole records, those that are hidden too, and the
    /// marks of every user. It is the board as of a moment ago, and [`entries_after`](Self::entries_after) its
    /// position can be asked for. Followers who ask at about the same time share it.
    ///
    /// # Errors
    /// `unsupported` for a board that is kept elsewhere; `corrupt` and `io` when evicted texts
    /// cannot be read from the file.
    fn snapshot(&self) -> Result<Arc<Checkpoint>> {
        Err(unsupported("snapshot"))
    }

    /// Returns the entries behind a place in the board's history, without waiting for any: as many as have about
    /// `bytes` bytes when encoded, and at least one if there is any. [`on_change`](Self::on_change) tells when
    /// to ask again.
    ///
    /// ```
    /// use notice::Draft;
    /// let board = notice::open("mem:")?;
    /// let place = board.snapshot()?.position().place();
    /// board.publish(&Draft::new("en", "Maintenance tonight"))?;
    /// let batch = board.entries_after(&place, 1_000_000)?;
    /// assert_eq!((batch.entries.len(), batch.head), (1, place.seq + 1));
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `compacted` when they are not kept any more, `epoch_mismatch` for a place in the history of another board,
    /// and `future_revision` for one behind the last write; all mean: take a new snapshot. `unsupported` like
    /// [`snapshot`](Self::snapshot).
    fn entries_after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        let _ = (place, bytes);
        Err(unsupported("entries_after"))
    }

    // --- the rest ---

    /// Gives access to the administration of a board in this process; None for a board on another machine,
    /// because the paths of [`Custody`] name files of this machine.
    fn custody(&self) -> Option<&dyn Custody> {
        None
    }

    /// Returns [`custody`](Self::custody), or an error with the reason for its absence.
    ///
    /// # Errors
    /// `unsupported` for a board in another process; `unauthorized` for a caller who may not administer the
    /// board.
    fn require_custody(&self) -> Result<&dyn Custody> {
        self.custody().ok_or_else(|| {
            let reason = Bilingual::new(
                "the board is kept elsewhere; run this where it is kept",
                "公告板不在本进程中；请在其所在的进程中执行此操作",
            );
            Error::new(ErrorKind::Unsupported, reason)
        })
    }

    /// Flushes deferred changes, and ends all waits, present and future, with `unavailable`. Everything else still
    /// works; a file is closed when the board is dropped. In a forked child this only frees memory.
    ///
    /// # Errors
    /// `io` and other file errors when something could not be written. The board goes on then as if this had not
    /// been called: it can be closed again, given up, or backed up elsewhere.
    fn close(&self) -> Result<()>;

    /// Ends all waits like [`close`](Self::close), also when deferred changes cannot be written, which are then lost.
    fn give_up(&self) {
        // Such a board has nothing that it could lose, or is not this process's to give up.
        let _ = self.close();
    }
}

/// Creates the error of a board that does not support a method.
fn unsupported(method: &'static str) -> Error {
    let reason = Bilingual::new(
        format!("this kind of board does not offer {method}"),
        format!("此类公告板不支持 {method}"),
    );
    Error::new(ErrorKind::Unsupported, reason)
}

/// Implements the questions of a board that has a copy: asks the board that the named method returns.
#[cfg(any(feature = "client", feature = "shm"))]
macro_rules! forward_questions {
    ($copy:ident) => {
        fn query(&self, query: &$crate::query::Query) -> $crate::Result<$crate::query::Page> {
            self.$copy()?.query(query)
        }

        fn count(&self, query: &$crate::query::Query) -> $crate::Result<$crate::query::Count> {
            self.$copy()?.count(query)
        }

        fn get(
            &self,
            id: i64,
            query: &$crate::query::Query,
        ) -> $crate::Result<$crate::query::Item> {
            self.$copy()?.get(id, query)
        }

        fn explain(
            &self,
            id: i64,
            query: &$crate::query::Query,
        ) -> $crate::Result<$crate::query::Explanation> {
            self.$copy()?.explain(id, query)
        }

        fn receipts(
            &self,
            query: &$crate::query::ReceiptQuery,
        ) -> $crate::Result<$crate::query::ReceiptPage> {
            self.$copy()?.receipts(query)
        }

        fn history(&self, id: i64) -> $crate::Result<Vec<$crate::model::Announcement>> {
            self.$copy()?.history(id)
        }
    };
}
#[cfg(any(feature = "client", feature = "shm"))]
pub(crate) use forward_questions;
