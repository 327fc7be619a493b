//! Execution of calls: at once, on a thread that may block, or as a wait that holds no thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use notice::wire::{self, Answer, Call, Encoder};
use notice::{
    Board, Error, ErrorKind, Guarded, OnChange, OwnMarks, OwnMarksQuery, Result, SharedBoard,
};
use tokio::sync::watch;

use crate::fault::{fault, panicked, stopping};
use crate::follow::Snapshots;
use crate::limits::{LONGEST_WAIT, Limits};
use crate::metrics::Metrics;
use crate::rates::Rates;
use crate::stop::Stop;

/// The board behind the server.
pub(crate) struct Desk {
    pub(crate) board: SharedBoard,
    pub(crate) stop: Stop,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) rates: Rates,
    pub(crate) snapshots: Snapshots,
    /// What is handed over to followers on this machine.
    #[cfg(target_os = "linux")]
    pub(crate) memory: crate::memory::Memory,
    encoder: Mutex<Encoder>,
    /// Revision that the board last reported.
    revision: watch::Sender<i64>,
    /// Number of the write that the board last reported: marks as well.
    write: watch::Sender<u64>,
    /// The board's callback; the board itself does not keep it alive.
    _callback: Arc<OnChange>,
}

impl Desk {
    /// Starts to listen to the board's changes.
    ///
    /// # Errors
    /// Those of [`Board::on_change`] and [`Board::revision`].
    pub(crate) fn new(board: SharedBoard, limits: &Limits) -> Result<Self> {
        let revision = watch::Sender::new(0);
        let write = watch::Sender::new(0);
        let (reported, written) = (revision.clone(), write.clone());
        let callback: Arc<OnChange> = Arc::new(move |head: notice::Head| {
            written.send_replace(head.seq);
            reported.send_if_modified(|revision| {
                // Marks leave the revision as it is, and wake nobody.
                let has_moved = *revision != head.revision;
                *revision = head.revision;
                has_moved
            });
        });
        board.on_change(Arc::downgrade(&callback))?;
        Ok(Self {
            board,
            stop: Stop::new(),
            metrics: Arc::new(Metrics::new()),
            rates: Rates::new(limits.calls_per_second),
            snapshots: Snapshots::default(),
            #[cfg(target_os = "linux")]
            memory: crate::memory::Memory::default(),
            encoder: Mutex::new(Encoder::new()),
            revision,
            write,
            _callback: callback,
        })
    }

    /// Returns the number of the write that the board last reported, and tells when it moves.
    pub(crate) fn writes(&self) -> watch::Receiver<u64> {
        self.write.subscribe()
    }

    /// Encodes an answer in binary.
    ///
    /// # Errors
    /// Those of [`Answer::to_bytes`].
    pub(crate) fn encode(&self, answer: &Answer) -> Result<Vec<u8>> {
        // To encode anew is better than to wait for another thread.
        match self.encoder.try_lock() {
            Ok(mut encoder) => encoder.encode(answer),
            Err(_) => answer.to_bytes(),
        }
    }

    /// Executes a call for a client.
    ///
    /// # Errors
    /// Those of the call; `unavailable` when the server stops during a wait.
    pub(crate) async fn call(&self, client: &Arc<Guarded>, call: Call) -> Result<Answer> {
        match call {
            Call::Wait { since, timeout_ms } => {
                let timeout = Duration::from_millis(timeout_ms);
                let revision = self.wait(&**client, since, timeout).await?;
                Ok(Answer::Revision { revision })
            }
            Call::OwnMarks {
                user,
                since,
                epoch,
                timeout_ms,
            } if timeout_ms > 0 => {
                let mut query = OwnMarksQuery::new(user).since(since);
                query.epoch = epoch;
                let timeout = Duration::from_millis(timeout_ms);
                let marks = self.own_marks(&**client, &query, timeout).await?;
                Ok(Answer::OwnMarks(marks))
            }
            call if is_quick(&call) => execute(client, call),
            call => {
                let client = Arc::clone(client);
                let task = tokio::task::spawn_blocking(move || execute(&client, call));
                task.await.unwrap_or_else(|_| Err(panicked()))
            }
        }
    }

    /// Waits as [`Board::wait`] does, without a thread, and not longer than [`LONGEST_WAIT`].
    ///
    /// # Errors
    /// As `Board::wait`; `unavailable` when the server stops.
    pub(crate) async fn wait(
        &self,
        board: &dyn Board,
        since: i64,
        timeout: Duration,
    ) -> Result<i64> {
        let _waiting = self.metrics.wait();
        // Subscribed before the board is asked, so that no change comes between.
        let mut revisions = self.revision.subscribe();
        revisions.borrow_and_update();
        let timeout = timeout.min(LONGEST_WAIT);
        let deadline = tokio::time::Instant::now() + timeout;
        loop {
            // The board itself judges `since`, the role and whether it is being closed.
            match board.wait(since, Duration::ZERO) {
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                settled => return settled,
            }
            tokio::select! {
                changed = revisions.changed() => changed.map_err(|_| stopping())?,
                () = self.stop.draining() => return Err(stopping()),
                () = tokio::time::sleep_until(deadline) => return Err(no_change(since, timeout)),
            }
        }
    }

    /// Waits as [`Board::own_marks`] does, without a thread, and not longer than [`LONGEST_WAIT`].
    ///
    /// # Errors
    /// As `Board::own_marks`; `unavailable` when the server stops.
    async fn own_marks(
        &self,
        board: &dyn Board,
        query: &OwnMarksQuery,
        timeout: Duration,
    ) -> Result<OwnMarks> {
        let _waiting = self.metrics.wait();
        // Subscribed before the board is asked, so that no change comes between.
        let mut writes = self.writes();
        writes.borrow_and_update();
        let deadline = tokio::time::Instant::now() + timeout.min(LONGEST_WAIT);
        loop {
            let marks = board.own_marks(query)?;
            if marks.all || !marks.changed.is_empty() {
                return Ok(marks);
            }
            tokio::select! {
                changed = writes.changed() => changed.map_err(|_| stopping())?,
                () = self.stop.draining() => return Err(stopping()),
                () = tokio::time::sleep_until(deadline) => return Ok(marks),
            }
        }
    }
}

/// Returns whether a call takes microseconds, and can run on a thread that serves other clients too. What may wait
/// for the disk, or look at many announcements or users, is not.
pub(crate) fn is_quick(call: &Call) -> bool {
    match call {
        Call::Query { filter, .. } | Call::Count { filter, .. } | Call::Changes { filter, .. } => {
            filter.q.is_empty()
        }
        Call::Get { .. } | Call::Record { .. } | Call::Explain { .. } | Call::Head => true,
        Call::OwnMarks { timeout_ms, .. } => *timeout_ms == 0,
        _ => false,
    }
}

/// Executes a call on this thread.
///
/// # Errors
/// Those of the call; `panic` when it panicked, so that one defect does not end the other clients' calls.
pub(crate) fn execute(client: &Guarded, call: Call) -> Result<Answer> {
    catch_unwind(AssertUnwindSafe(|| wire::answer(client, call))).unwrap_or_else(|payload| {
        // Dropping a payload of unknown type may panic again.
        std::mem::forget(payload);
        Err(panicked())
    })
}

fn no_change(since: i64, timeout: Duration) -> Error {
    fault(
        ErrorKind::TimedOut,
        format!("no change after revision {since} within {timeout:?}"),
        format!("在 {timeout:?} 内修订号 {since} 之后没有变更"),
    )
}
