//! One file, several processes: the first has the file and shares its board, the others follow it. When it ends, the
//! next one takes the file over.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::attached::Following;
use super::calls::Unanswered;
use super::copy::Copy;
use super::naming::{Naming, not_followed};
use super::progress::Progress;
use super::sharer::Sharing;
use crate::board::{Board, OnChange, SharedBoard, forward_questions};
use crate::custody::Custody;
use crate::engine::Replica;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Batch, Checkpoint, Place};
use crate::locks::RwLock;
use crate::model::{Draft, Mark, Marking, Operation, Published, Viewer};
use crate::notifier::Notifier;
use crate::query::{ChangePage, ChangeQuery, Checkup, Head, OwnMarks, OwnMarksQuery, Query, Stats};
use crate::random;
use crate::shm::{Folder, Reader};
use crate::wire::carrier::{self, Carrier, Repeat};
use crate::wire::{self, Answer, Call};

/// How long opening waits for the process that has the file to share it, and for the first snapshot.
const SHARED: Duration = Duration::from_secs(5);
/// Pause before that is looked at again.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a caller waits before it looks again for somebody to call.
const LOOK: Duration = Duration::from_millis(100);

/// Opens the file: as the program asked, or as it is left by the process that had it. `locked` if another one has it.
pub(crate) type Opener = Box<dyn Fn(Opening) -> Result<SharedBoard> + Send + Sync>;

/// When a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// By the program.
    First,
    /// After the process that had it is gone.
    Later,
}

/// How processes that open one file find each other, and how long one waits for another.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) folder: Folder,
    pub(crate) naming: Naming,
    /// Longest wait for the answer to a call. Opening waits no longer either.
    pub(crate) timeout: Duration,
}

/// The board of a file that several processes open.
pub(crate) struct Joint {
    /// None for the process that has had the file from the beginning. Dropped before the rest, so that nobody takes
    /// over any more.
    following: Option<Following>,
    core: Arc<Core>,
}

struct Core {
    terms: Terms,
    name: String,
    opener: Opener,
    /// The file, once this process has it.
    own: OnceLock<Own>,
    /// Guards the copy, until this process has the file. Held for moments.
    copy: RwLock<Option<SharedBoard>>,
    progress: Arc<Progress>,
    notifier: Notifier,
    /// Reports the changes of the board that is there to the notifier.
    forward: Arc<OnChange>,
}

/// The file, and what shares it.
struct Own {
    board: SharedBoard,
    // Ended before the file is closed. None if it cannot be shared, and need not be.
    _sharing: Option<Sharing>,
}

impl Joint {
    /// Opens the file, or follows the process that has it.
    ///
    /// # Errors
    /// Those of the file and of shared memory; `locked` if the process that has the file does not share it under
    /// the same name, or another board is shared under it; `unavailable` if that process gives no board.
    pub(crate) fn open(
        terms: Terms,
        opener: Opener,
        replica: impl FnOnce() -> Replica,
    ) -> Result<Self> {
        let deadline = Instant::now() + terms.timeout.min(SHARED);
        loop {
            // Another process may end, and leave the file, at any time.
            let locked = match opener(Opening::First) {
                Ok(board) => {
                    let core = Core::new(terms, opener)?;
                    core.have(board, deadline)?;
                    return Ok(Self {
                        core,
                        following: None,
                    });
                }
                Err(error) if error.kind() == ErrorKind::Locked => error,
                Err(error) => return Err(error),
            };
            match Reader::attach(&terms.folder, &terms.naming.name()?) {
                Ok(reader) => {
                    let core = Core::new(terms, opener)?;
                    return Self::follow(core, reader, replica(), deadline);
                }
                // It may just have opened the file.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if Instant::now() >= deadline {
                        return Err(terms.naming.not_shared(&locked));
                    }
                }
                Err(error) if terms.naming.is_optional() => {
                    return Err(not_followed(&locked, &error));
                }
                Err(error) => return Err(error),
            }
            thread::sleep(PAUSE);
        }
    }

    fn follow(
        core: Arc<Core>,
        reader: Reader,
        replica: Replica,
        deadline: Instant,
    ) -> Result<Self> {
        let board = replica.board();
        core.listen_to(&board)?;
        *core.copy.write() = Some(board);
        let weak = Arc::downgrade(&core);
        let heir = Box::new(move || match weak.upgrade() {
            Some(core) => core.take_over(),
            // Nobody is left for whom to take over.
            None => true,
        });
        let (folder, name) = (core.terms.folder.clone(), core.name.clone());
        let progress = Arc::clone(&core.progress);
        let copy = Copy::Exact(replica);
        let following = Following::begin(folder, &name, copy, Some(reader), Some(heir), progress)?;
        let joint = Self {
            core,
            following: Some(following),
        };
        // A first attempt may meet one who is just ending; then this process takes over, or the next one is followed.
        let left = deadline.saturating_duration_since(Instant::now());
        match joint.core.progress.wait_for_board(left, false)? || joint.core.own.get().is_some() {
            true => Ok(joint),
            false => Err(joint.core.absent()),
        }
    }
}

impl Core {
    /// Creates what has no board yet.
    ///
    /// # Errors
    /// As [`Naming::name`].
    fn new(terms: Terms, opener: Opener) -> Result<Arc<Self>> {
        let name = terms.naming.name()?;
        let notifier = Notifier::default();
        // It does not keep the board open, not even while it runs.
        let forward: Arc<OnChange> = Arc::new(notifier.teller());
        Ok(Arc::new(Self {
            terms,
            name,
            opener,
            own: OnceLock::new(),
            copy: RwLock::new(None),
            progress: Arc::new(Progress::new()),
            notifier,
            forward,
        }))
    }

    /// Has the file from now on, and shares it.
    ///
    /// # Errors
    /// Those of shared memory; `locked` if another process shares a board under the name until the deadline.
    fn have(&self, board: SharedBoard, deadline: Instant) -> Result<()> {
        let sharing = loop {
            match Sharing::begin(&board, &self.terms.folder, &self.name, true) {
                Ok(sharing) => break Some(sharing),
                // Nobody but this process has the file, so another board is shared; or a process was killed of which the
                // system has taken the file back, and not yet the name.
                Err(error) if error.kind() == ErrorKind::Locked => {
                    if Instant::now() >= deadline {
                        return Err(error);
                    }
                    thread::sleep(PAUSE);
                }
                // Without memory for it, the board is there all the same.
                Err(_) if self.terms.naming.is_optional() => break None,
                Err(error) => return Err(error),
            }
        };
        self.listen_to(&board)?;
        let own = Own {
            board,
            _sharing: sharing,
        };
        // Only one thread ever takes the file: that which opens, or that which follows.
        let _ = self.own.set(own);
        Ok(())
    }

    /// Takes the file over from the process that is gone. Returns whether this process has it now.
    fn take_over(&self) -> bool {
        // Another one was faster, or it cannot be opened: tried again until it can, or somebody else shares it.
        let taken =
            (self.opener)(Opening::Later).and_then(|board| self.have(board, Instant::now()));
        if taken.is_err() {
            return false;
        }
        let copy = self.copy.write().take();
        if let Some(copy) = copy {
            // Those who wait on it go on with the file.
            let _ = copy.close();
        }
        self.progress.arrived();
        self.progress.counter.end();
        if let Ok(head) = self.board().and_then(|board| board.head()) {
            self.notifier.tell(head);
        }
        true
    }

    fn listen_to(&self, board: &SharedBoard) -> Result<()> {
        board.on_change(Arc::downgrade(&self.forward))
    }

    /// Returns the board that is there: the file, or the copy.
    ///
    /// # Errors
    /// `unavailable` if there is none.
    fn board(&self) -> Result<SharedBoard> {
        if let Some(own) = self.own.get() {
            return Ok(Arc::clone(&own.board));
        }
        if let Some(copy) = &*self.copy.read() {
            return Ok(Arc::clone(copy));
        }
        // Taken over in this moment.
        match self.own.get() {
            Some(own) => Ok(Arc::clone(&own.board)),
            None => Err(self.absent()),
        }
    }

    fn absent(&self) -> Error {
        let name = &self.name;
        let reason = Bilingual::new(
            format!("the process that has the file does not answer; it is shared under {name}"),
            format!("占用文件的进程没有响应；共享名称为 {name}"),
        );
        Error::new(ErrorKind::Unavailable, reason)
    }

    /// Creates the error for a call that would wait for a process that has shown nothing of itself for as long as a call may
    /// take: it is stopped, or the whole machine is busy.
    fn silent(&self) -> Option<Error> {
        let silence = self.progress.staleness();
        if silence < self.terms.timeout {
            return None;
        }
        let seconds = silence.as_secs();
        let reason = Bilingual::new(
            format!("the process that has the file has not answered for {seconds} s"),
            format!("占用文件的进程已有 {seconds} 秒没有响应"),
        );
        Some(Error::new(ErrorKind::Unavailable, reason))
    }
}

impl Carrier for Joint {
    fn carry(&self, call: &Call, repeat: Repeat) -> Result<Answer> {
        let deadline = Instant::now() + self.core.terms.timeout;
        loop {
            if let Some(own) = self.core.own.get() {
                return wire::answer(&*own.board, call.clone());
            }
            if let Some(following) = &self.following {
                following.check_owner()?;
            }
            if let Some(silent) = self.core.silent() {
                return Err(silent);
            }
            let counter = &self.core.progress.counter;
            match counter.call(call, deadline) {
                Ok(answer) => return answer,
                Err(Unanswered::NotCalled(Some(error))) => return Err(error),
                // Between two who have the file: within a second somebody has it again.
                Err(Unanswered::NotCalled(None)) if Instant::now() < deadline => counter.wait(LOOK),
                Err(Unanswered::NotCalled(None)) => return Err(self.core.absent()),
                Err(Unanswered::Broken) if repeat == Repeat::Freely => {}
                Err(Unanswered::Broken) => {
                    let reason = Bilingual::new(
                        "the process that had the file ended during the call; it may have been carried out",
                        "占用文件的进程在调用期间结束；该操作可能已执行",
                    );
                    return Err(Error::new(ErrorKind::Unavailable, reason));
                }
                Err(Unanswered::TimedOut) => {
                    let (en, zh) = (
                        "the process that has the file did not answer in time; it may still carry out the call",
                        "占用文件的进程未及时响应；该操作仍可能被执行",
                    );
                    return Err(Error::new(ErrorKind::TimedOut, Bilingual::new(en, zh)));
                }
            }
        }
    }

    fn random(&self) -> u64 {
        random::number()
    }
}

impl Joint {
    /// Returns the board that is there: the file, or the copy.
    ///
    /// # Errors
    /// `unavailable` if there is none.
    fn here(&self) -> Result<SharedBoard> {
        self.core.board()
    }

    /// Writes to the file, here or by the process that has it.
    fn write<T>(
        &self,
        here: impl FnOnce(&dyn Board) -> Result<T>,
        there: impl FnOnce(&dyn Carrier) -> Result<T>,
    ) -> Result<T> {
        match self.core.own.get() {
            Some(own) => here(&*own.board),
            None => there(self),
        }
    }

    /// Waits, and goes on when the file is taken over meanwhile.
    fn waited<T>(
        &self,
        timeout: Duration,
        wait: impl Fn(&dyn Board, Duration) -> Result<T>,
    ) -> Result<T> {
        // A timeout beyond the clock's range is none.
        let deadline = Instant::now().checked_add(timeout);
        loop {
            let is_own = self.core.own.get().is_some();
            let left = deadline.map_or(timeout, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            match wait(&*self.here()?, left) {
                Err(error)
                    if error.kind() == ErrorKind::Unavailable
                        && is_own != self.core.own.get().is_some() => {}
                waited => return waited,
            }
        }
    }
}

impl Board for Joint {
    forward_questions!(here);

    fn stats(&self) -> Result<Stats> {
        let stats = self.here()?.stats()?;
        Ok(match self.core.own.get() {
            Some(_) => stats,
            None => self.core.progress.told_in(stats),
        })
    }

    fn head(&self) -> Result<Head> {
        self.here()?.head()
    }

    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        self.write(
            |board| board.apply(operations),
            |carrier| carrier::apply(carrier, operations),
        )
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        self.here()?.check(drafts)
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        self.write(
            |board| board.mark_shown(viewer, marking),
            |carrier| carrier::mark_shown(carrier, viewer, marking),
        )
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        self.write(
            |board| board.mark_all(query, mark, up_to),
            |carrier| carrier::mark_all(carrier, query, mark, up_to),
        )
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        self.write(
            |board| board.forget_user(user),
            |carrier| carrier::forget_user(carrier, user),
        )
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        self.here()?.changes(changes)
    }

    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        self.waited(query.timeout, |board, left| {
            let mut query = query.clone();
            query.timeout = left;
            board.own_marks(&query)
        })
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.waited(timeout, |board, left| board.wait(since, left))
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.core.notifier.add(callback)
    }

    fn snapshot(&self) -> Result<Arc<Checkpoint>> {
        self.here()?.snapshot()
    }

    fn entries_after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        self.here()?.entries_after(place, bytes)
    }

    fn custody(&self) -> Option<&dyn Custody> {
        self.core.own.get()?.board.custody()
    }

    fn close(&self) -> Result<()> {
        self.here()?.close()
    }

    fn give_up(&self) {
        if let Ok(board) = self.here() {
            board.give_up();
        }
    }
}

impl fmt::Debug for Joint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Joint")
            .field("name", &self.core.name)
            .field("has_file", &self.core.own.get().is_some())
            .finish_non_exhaustive()
    }
}
