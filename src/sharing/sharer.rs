//! Sharing a board: its entries go into a ring, and a thread makes snapshots and answers calls.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::calls::Desk;
use super::spread::{Spread, write};
use crate::board::{OnChange, SharedBoard};
use crate::error::Result;
use crate::locks::Mutex;
use crate::notifier::no_thread;
use crate::process::Owner;
use crate::query::Head;
use crate::shm::{Descriptors, Folder, Sizes, Wishes};

/// How often the thread shows that it is there, and looks whether there is something to do.
const BEAT: Duration = Duration::from_millis(500);

/// A board that this process shares. Dropped, it is shared no more, and whoever follows it keeps what it has.
///
/// ```no_run
/// use notice::Draft;
///
/// let board = notice::open("mem:")?;
/// let sharing = notice::share(&board, "my-app")?;
/// board.publish(&Draft::new("en", "Maintenance tonight"))?;
///
/// // In another process of the same user:
/// let follower = notice::open("shm:my-app")?;
/// # drop(sharing);
/// # Ok::<(), notice::Error>(())
/// ```
#[must_use = "the board is shared until this is dropped"]
pub struct Sharing {
    sharer: Arc<Sharer>,
    gate: Arc<Gate>,
    /// Appends what is written; the board does not keep it alive.
    callback: Option<Arc<OnChange>>,
    thread: Option<JoinHandle<()>>,
    owner: Owner,
}

/// What the board's callback appends by, until the board is shared no more. Its lock is held while entries are appended:
/// whoever takes the sharer away has waited for that, and the callback does not keep the board open behind it. Taken
/// before the lock of the ring.
type Gate = Mutex<Option<Arc<Sharer>>>;

/// What the thread and the board's callback have in common.
struct Sharer {
    board: SharedBoard,
    /// Guards the writing end of the ring. No lock of the board is held when it is taken; the board is asked under it.
    spread: Mutex<Spread>,
    wishes: Wishes,
    is_ended: AtomicBool,
}

impl Sharing {
    /// Shares `board` under `name` in `folder`. `answers` says whether calls of those who follow are answered.
    ///
    /// # Errors
    /// As [`share`](crate::share).
    pub(crate) fn begin(
        board: &SharedBoard,
        folder: &Folder,
        name: &str,
        answers: bool,
    ) -> Result<Self> {
        board.require_custody()?;
        let spread = Spread::begin(board, folder, name)?;
        let desk = answers.then(|| Desk::new(spread.writer.calls()));
        Self::with(board, spread, desk)
    }

    /// Shares `board` in memory without a name, for processes of other users: whoever is handed its
    /// [descriptors](Self::descriptors) can read all of it, and nobody can truncate it, or write anything but the bells by which readers are woken.
    ///
    /// # Errors
    /// `unsupported` for a board that is kept elsewhere, and on other systems than Linux; `invalid_field` and `too_large`
    /// for the sizes; `io`, also when there is no room.
    #[doc(hidden)]
    pub fn sealed(board: &SharedBoard, sizes: Sizes) -> Result<Self> {
        board.require_custody()?;
        Self::with(board, Spread::sealed(board, sizes)?, None)
    }

    /// Returns what to hand over to a reader; None for a board that is shared under a name. Another snapshot than the one
    /// that was handed over may be there later.
    ///
    /// # Errors
    /// `io` when the process has no more descriptors.
    #[doc(hidden)]
    pub fn descriptors(&self) -> Result<Option<Descriptors>> {
        self.sharer.spread.lock().writer.descriptors()
    }

    fn with(board: &SharedBoard, spread: Spread, desk: Option<Desk>) -> Result<Self> {
        let sharer = Arc::new(Sharer {
            board: Arc::clone(board),
            wishes: spread.writer.wishes(),
            spread: Mutex::new(spread),
            is_ended: AtomicBool::new(false),
        });
        let gate = Arc::new(Mutex::new(Some(Arc::clone(&sharer))));
        let theirs = Arc::clone(&gate);
        let callback: Arc<OnChange> = Arc::new(move |_: Head| append(&theirs));
        board.on_change(Arc::downgrade(&callback))?;
        let named = thread::Builder::new().name("notice-share".to_owned());
        let runs = Arc::clone(&sharer);
        let thread = named.spawn(move || runs.run(desk)).map_err(no_thread)?;
        // What was written before the callback was there.
        append(&gate);
        Ok(Self {
            sharer,
            gate,
            callback: Some(callback),
            thread: Some(thread),
            owner: Owner::this(),
        })
    }
}

/// Appends what the board has written.
fn append(gate: &Gate) {
    if let Some(sharer) = &*gate.lock() {
        let mut spread = sharer.spread.lock();
        spread.drain();
        if spread.wants_snapshot() {
            sharer.wishes.wake();
        }
    }
}

impl Sharer {
    /// Makes snapshots and answers calls, until the end.
    fn run(&self, mut desk: Option<Desk>) {
        let mut calls = 0;
        while !self.is_ended.load(Ordering::Acquire) {
            let called = self.wishes.calls();
            // A defect must not end the thread, without which nobody could begin to follow.
            let done = catch_unwind(AssertUnwindSafe(|| {
                if let Some(desk) = &mut desk
                    && called != calls
                {
                    desk.answer(&self.board, &self.spread);
                }
                self.tend()
            }));
            calls = called;
            // What has failed is tried again with the next beat, not at once.
            let is_well = matches!(done, Ok(Ok(())));
            if let Err(payload) = done {
                // Dropping a payload of unknown type may panic again.
                std::mem::forget(payload);
            }
            let begun = self.spread.lock().writer.begun();
            self.wishes.wait(BEAT, || {
                self.is_ended.load(Ordering::Acquire)
                    || self.wishes.calls() != calls
                    || (is_well && self.wishes.is_snapshot_wanted(begun))
            });
        }
    }

    /// Makes a snapshot if one is wanted.
    ///
    /// # Errors
    /// `io`; those of the file. It is tried again later.
    fn tend(&self) -> Result<()> {
        let begun = {
            let mut spread = self.spread.lock();
            spread.writer.beat();
            spread.drain();
            if spread.begins_anew() {
                return spread.restart();
            }
            if !spread.wants_snapshot() {
                return Ok(());
            }
            spread.writer.snapshot()?
        };
        // Without the lock: what is written meanwhile goes into the ring, and into the snapshot or not.
        let made = write(begun, &Spread::present(&self.board)?)?;
        self.spread.lock().writer.publish(made)
    }
}

impl Drop for Sharing {
    fn drop(&mut self) {
        if !self.owner.is_here() {
            // The thread stayed in the parent, and may hold whatever it held there.
            std::mem::forget(self.thread.take());
            std::mem::forget(self.callback.take());
            std::mem::forget(Arc::clone(&self.sharer));
            return;
        }
        drop(self.callback.take());
        drop(self.gate.lock().take());
        self.sharer.is_ended.store(true, Ordering::Release);
        self.sharer.wishes.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sharing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sharing").finish_non_exhaustive()
    }
}
