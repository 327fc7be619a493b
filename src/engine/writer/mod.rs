//! Writing: calls are queued, staged on top of the board as it is, made durable as entries of the journal, and
//! applied.

pub(crate) mod budget;
pub(crate) mod calls;
pub(crate) mod commit;
pub(crate) mod durable;
pub(crate) mod group;
pub(crate) mod stage;
pub(crate) mod write_queue;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};

use self::calls::Pending;
use self::durable::Durable;
use self::write_queue::Queue;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Position, Recent};

/// What writes a board.
pub(crate) struct Writer {
    queue: Queue<dyn Pending>,
    /// Held by the one who is writing, or who needs that nobody does: the outermost lock of a board.
    turn: Mutex<()>,
    /// A commit broke off in the middle: what is there can be read, but nothing written.
    is_poisoned: AtomicBool,
    /// Why nothing can be written here; none if it can.
    read_only: Option<Bilingual>,
    /// Where the board is kept; none if that is in memory only.
    pub(crate) durable: Option<Durable>,
    /// The last entries, from when somebody first follows the board.
    recent: OnceLock<Recent>,
}

/// The right to write, as long as it is held.
pub(crate) type Turn<'a> = MutexGuard<'a, ()>;

/// Poisons the board if a commit leaves by a panic.
pub(crate) struct PoisonOnPanic<'a> {
    is_poisoned: &'a AtomicBool,
    /// A commit in a destructor may be made, and end well, while its thread unwinds already.
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
    /// A writer to `durable`, or to memory only. Whoever calls it is refused with `read_only` if there is such a
    /// reason.
    pub(crate) fn new(durable: Option<Durable>, read_only: Option<Bilingual>) -> Self {
        Self {
            queue: Queue::default(),
            turn: Mutex::new(()),
            is_poisoned: AtomicBool::new(false),
            read_only,
            durable,
            recent: OnceLock::new(),
        }
    }

    /// Waits for the right to write.
    pub(crate) fn turn(&self) -> Turn<'_> {
        self.turn.lock()
    }

    /// Begins to write: the board is poisoned if this ends by a panic.
    ///
    /// # Errors
    /// `poisoned` after a commit broke off; `read_only`.
    pub(crate) fn begin(&self) -> Result<PoisonOnPanic<'_>> {
        self.check_writable()?;
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(Error::described(ErrorKind::Poisoned));
        }
        Ok(self.poison_on_panic())
    }

    /// Refuses to write to a board that only follows another one.
    ///
    /// # Errors
    /// `read_only`.
    pub(crate) fn check_writable(&self) -> Result<()> {
        match &self.read_only {
            Some(reason) => Err(Error::new(ErrorKind::ReadOnly, reason.clone())),
            None => Ok(()),
        }
    }

    /// Poisons the board if what is done while this is held ends by a panic.
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

    /// The last entries, if somebody follows the board.
    pub(crate) fn recent(&self) -> Option<&Recent> {
        self.recent.get()
    }

    /// The last entries, which are kept from `head` on if they are not yet. For one who has the turn.
    pub(crate) fn keep_recent(&self, head: Position) -> &Recent {
        self.recent.get_or_init(|| Recent::new(head))
    }

    /// Writes out what was put off.
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
