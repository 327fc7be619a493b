//! Streams for followers: a snapshot if need be, then the board's entries as they are written.
//!
//! A follower is served at its own pace. The board keeps a bounded number of recent entries, and a follower that is
//! further behind gets a new snapshot. So a slow one costs the server one batch and one socket buffer, and nobody
//! waits for it. One that takes nothing at all loses its connection, as every client does.

use std::sync::Arc;
use std::time::Duration;

use notice::journal::{Batch, Checkpoint, Place};
use notice::wire::feed::{Follow, Reason, Step};
use notice::{Board as _, Error, ErrorKind, Guarded, Result};
use tokio::io::AsyncWrite;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::fault::{panicked, stopping};
use crate::metrics::{Following, Protocol};
use crate::outbox::Outbox;
use crate::session::Session;

/// Bytes of entries, or of a part of a snapshot, that are sent together.
const TOGETHER_BYTES: usize = 256 * 1024;
/// Followers that may receive snapshots at once, which bounds the memory of old states of the board. Those who come
/// at about the same time share one; the others wait.
const SNAPSHOTS: usize = 16;

/// The snapshots that the followers of a server take.
pub(crate) struct Snapshots {
    /// Places for followers that receive one.
    places: Semaphore,
    /// Held while one is made, so that one thread at most is busy with it.
    making: Arc<Mutex<()>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            places: Semaphore::new(SNAPSHOTS),
            making: Arc::default(),
        }
    }
}

/// A stream to a follower.
pub(crate) struct Stream<S> {
    pub(crate) session: Arc<Session>,
    pub(crate) outbox: Arc<Outbox<S>>,
    /// The request that the stream answers.
    pub(crate) request: u32,
}

impl<S: AsyncWrite> Stream<S> {
    /// Serves a follower until one side has had enough.
    ///
    /// # Errors
    /// `unauthorized` for a role that may not follow, now or later; `unavailable` when the server stops; those of
    /// the board.
    pub(crate) async fn serve(&self, follow: Follow) -> Result<()> {
        // Subscribed before the board is asked, so that no write comes between.
        let mut writes = self.session.desk.writes();
        let heartbeat = Duration::from_millis(follow.heartbeat_ms);
        let followers = &self.session.desk.metrics.followers;
        let following = followers.join(Protocol::Enot, 0);
        let (mut place, mut reason) = (follow.from, Reason::First);
        loop {
            let from = match place.take() {
                Some(place) => place,
                None => match self.snapshot(reason, heartbeat).await? {
                    Some(place) => place,
                    None => return Ok(()),
                },
            };
            match self.entries(from, heartbeat, &mut writes, &following).await {
                Err(error) => reason = lost(error)?,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Sends the entries behind a place, until the follower is gone.
    ///
    /// # Errors
    /// Those of [`Board::entries_after`](notice::Board::entries_after).
    async fn entries(
        &self,
        mut place: Place,
        heartbeat: Duration,
        writes: &mut watch::Receiver<u64>,
        following: &Following,
    ) -> Result<()> {
        let mut beats = beats(heartbeat);
        // For the first follower of a board, it may wait for the disk.
        let mut batch = self.first_batch(place).await?;
        // Says at once that there is nothing, if so.
        let mut is_due = true;
        loop {
            if let Some(last) = batch.entries.last() {
                place = last.place()?;
            }
            if (!batch.entries.is_empty() || is_due) && !self.send_batch(&batch).await? {
                return Ok(());
            }
            is_due = false;
            if place.seq >= batch.head {
                following.reached(self.session.desk.board.revision()?);
            } else if let Some(last) = batch.entries.last() {
                following.reached(last.revision());
            }
            if place.seq >= batch.head {
                tokio::select! {
                    changed = writes.changed() => changed.map_err(|_| stopping())?,
                    _ = beats.tick() => is_due = true,
                    () = self.session.desk.stop.draining() => return Err(stopping()),
                    () = self.outbox.left() => return Ok(()),
                }
            }
            writes.borrow_and_update();
            batch = self.board()?.entries_after(&place, TOGETHER_BYTES)?;
        }
    }

    async fn first_batch(&self, place: Place) -> Result<Batch> {
        let board = self.board()?;
        let task = tokio::task::spawn_blocking(move || board.entries_after(&place, TOGETHER_BYTES));
        task.await.unwrap_or_else(|_| Err(panicked()))
    }

    async fn send_batch(&self, batch: &Batch) -> Result<bool> {
        let encoded = batch.entries.iter().map(|entry| entry.encoded());
        let encoded = encoded.collect::<Result<Vec<_>>>()?;
        let step = Step::Entries {
            head: batch.head,
            entries: encoded.iter().map(AsRef::as_ref).collect(),
        };
        self.send(&step).await
    }

    /// Sends a snapshot, and returns its place; None when the follower is gone.
    async fn snapshot(&self, reason: Reason, heartbeat: Duration) -> Result<Option<Place>> {
        // The role is checked before the follower waits for its turn.
        let board = self.board()?;
        board.check_following()?;
        if !self.send(&Step::Begin(reason)).await? {
            return Ok(None);
        }
        let Some((_permit, snapshot)) = self.take_snapshot(board, heartbeat).await? else {
            return Ok(None);
        };
        let (mut from, mut parts) = (0, 0);
        loop {
            // A token that was withdrawn ends it.
            self.board()?;
            let whole = Arc::clone(&snapshot);
            let encode = move || match whole.part(from, TOGETHER_BYTES) {
                Some((part, next)) => part.to_bytes().map(|bytes| Some((bytes, next))),
                None => Ok(None),
            };
            let encoded = tokio::task::spawn_blocking(encode).await;
            let Some((part, next)) = encoded.unwrap_or_else(|_| Err(panicked()))? else {
                break;
            };
            if !self.send(&Step::Part(&part)).await? {
                return Ok(None);
            }
            (from, parts) = (next, parts + 1);
            if from == 0 {
                // The only part of an empty board.
                break;
            }
        }
        let is_there = self.send(&Step::Whole { parts }).await?;
        Ok(is_there.then(|| snapshot.position().place()))
    }

    /// Takes a snapshot of the board, and lets the follower know meanwhile that the server is alive.
    async fn take_snapshot(
        &self,
        board: Arc<Guarded>,
        heartbeat: Duration,
    ) -> Result<Option<(tokio::sync::SemaphorePermit<'_>, Arc<Checkpoint>)>> {
        let snapshots = &self.session.desk.snapshots;
        let taken = async {
            let permit = snapshots.places.acquire().await.map_err(|_| stopping())?;
            let making = Arc::clone(&snapshots.making).lock_owned().await;
            let task = tokio::task::spawn_blocking(move || {
                let snapshot = board.snapshot();
                // Here, because the task goes on when nobody waits for it any more.
                drop(making);
                snapshot
            });
            let snapshot = task.await.unwrap_or_else(|_| Err(panicked()))?;
            Ok((permit, snapshot))
        };
        let mut taken = std::pin::pin!(taken);
        let mut beats = beats(heartbeat);
        loop {
            tokio::select! {
                taken = &mut taken => return taken.map(Some),
                () = self.session.desk.stop.draining() => return Err(stopping()),
                () = self.outbox.left() => return Ok(None),
                _ = beats.tick() => {
                    if !self.send(&Step::Alive).await? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Sends a step. Returns false when the follower is gone.
    ///
    /// # Errors
    /// `unavailable` when the server stops. A step that has begun is sent whole, so that the next message has its
    /// place in the stream.
    async fn send(&self, step: &Step<'_>) -> Result<bool> {
        if self.session.desk.stop.is_draining() {
            return Err(stopping());
        }
        let mut bytes = Vec::new();
        step.write(self.request, &mut bytes)?;
        Ok(self.outbox.send(&bytes).await.is_ok())
    }

    /// Returns the board as the follower may use it at this moment.
    fn board(&self) -> Result<Arc<Guarded>> {
        self.session.board()
    }
}

/// Returns ticks that begin after one heartbeat.
fn beats(heartbeat: Duration) -> tokio::time::Interval {
    let mut beats = interval(heartbeat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.reset();
    beats
}

/// Returns why a follower has to begin again, or the error that ends it.
fn lost(error: Error) -> Result<Reason> {
    match error.kind() {
        ErrorKind::Compacted => Ok(Reason::Behind),
        ErrorKind::EpochMismatch | ErrorKind::FutureRevision => Ok(Reason::History),
        _ => Err(error),
    }
}
