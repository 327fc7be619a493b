//! Writing: calls are queued, staged on top of the board, made durable as entries of the journal,
//! and applied.

pub(crate) mod budget;
pub(crate) mod calls;
pub(crate) mod commit;
pub(crate) mod durable;
pub(crate) mod group;
pub(crate) mod stage;
pub(crate) mod write_queue;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use self::calls::Pending;
use self::durable::Durable;
use self::write_queue::Queue;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::headroom::Headroom;
use crate::journal::{Position, Recent};
use crate::locks::Turns;

pub(crate) use crate::locks::Turn;

/// Writer of a board.
pub(crate) struct Writer {
    queue: Queue<dyn Pending>,
    /// Held by the thread that is writing, or that needs to exclude writers. The outermost lock of
    /// a board.
    turn: Turns,
    /// Whether a commit was interrupted: the board can be read, but not written.
    is_poisoned: AtomicBool,
    /// Reason why the board is read-only; None if it is writable.
    read_only: Option<Bilingual>,
    /// Storage of the board; None for a board in memory.
    pub(crate) durable: Option<Durable>,
    /// Memory for what is written.
    pub(crate) headroom: Headroom,
    /// Recent entries, kept from the board's first follower on.
    recent: OnceLock<Recent>,
}

/// Poisons the board if a commit ends by a panic.
pub(crate) struct PoisonOnPanic<'a> {
    is_poisoned: &'a AtomicBool,
    /// Whether the thread was already unwinding: a destructor may commit successfully at that time.
    was_panicking: bool,
}

impl Drop for PoisonOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.was_panicking {
            self.is_poisoned.store(true, Ordering::SeqCst);
        }
    }
}

impl Writer {
    /// Creates a writer to `durable`, or to memory only. With `read_only`, every write is refused
    /// for that reason.
    pub(crate) fn new(durable: Option<Durable>, read_only: Option<Bilingual>) -> Self {
        Self {
            queue: Queue::default(),
            turn: Turns::default(),
            is_poisoned: AtomicBool::new(false),
            read_only,
            durable,
            headroom: Headroom::default(),
            recent: OnceLock::new(),
        }
    }

    /// Waits for the turn to write.
    pub(crate) fn turn(&self) -> Turn<'_> {
        self.turn.take()
    }

    /// Begins a write: the board is poisoned if it ends by a panic.
    ///
    /// # Errors
    /// `poisoned` after an interrupted commit; `read_only`.
    pub(crate) fn begin(&self) -> Result<PoisonOnPanic<'_>> {
        self.check_writable()?;
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(Error::described(ErrorKind::Poisoned));
        }
        Ok(self.poison_on_panic())
    }

    /// Refuses to write to a replica, and to a file that is only read.
    ///
    /// # Errors
    /// `read_only`.
    pub(crate) fn check_writable(&self) -> Result<()> {
        match &self.read_only {
            Some(reason) => Err(Error::new(ErrorKind::ReadOnly, reason.clone())),
            None => Ok(()),
        }
    }

    /// Poisons the board if a panic occurs while the guard is held.
    pub(crate) fn poison_on_panic(&self) -> PoisonOnPanic<'_> {
        PoisonOnPanic {
            is_poisoned: &self.is_poisoned,
            was_panicking: std::thread::panicking(),
        }
    }

    /// Reports whether entries must be sealed when they are made: for a follower, or for a file that is written
    /// at once.
    pub(crate) fn needs_links(&self) -> bool {
        let durable = self.durable.as_ref();
        self.recent().is_some() || durable.is_some_and(|durable| !durable.is_relaxed())
    }

    /// Returns the recent entries, if the board has a follower.
    pub(crate) fn recent(&self) -> Option<&Recent> {
        self.recent.get()
    }

    /// Returns the recent entries, kept from `head` on unless they already are. For the caller
    /// whose turn it is.
    pub(crate) fn keep_recent(&self, head: Position) -> &Recent {
        self.recent.get_or_init(|| Recent::new(head))
    }

    /// Writes out deferred entries.
    ///
    /// # Errors
    /// Those of the storage.
    pub(crate) fn write_out(&self) -> Result<()> {
        let _turn = self.turn();
        match &self.durable {
            Some(durable) => durable.write_out(),
            None => Ok(()),
        }
    }
}
