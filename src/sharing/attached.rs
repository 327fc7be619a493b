//! The board of `shm:NAME`: a copy that follows what another process shares.

use std::fmt;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::copy::Copy;
use super::follower::{Follower, Heir};
use super::progress::Progress;
use crate::board::{Board, OnChange, SharedBoard, forward_questions};
use crate::engine::{Mirror, Replica};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Draft, Mark, Marking, Operation, Published, Viewer};
use crate::notifier::no_thread;
use crate::process::Owner;
use crate::query::{ChangePage, ChangeQuery, Checkup, Head, OwnMarks, OwnMarksQuery, Query, Stats};
use crate::shm::{Folder, Reader};

/// Longest wait until the copy shows a mark that was sent to a daemon. It is made in any case.
const SHOWN: Duration = Duration::from_secs(1);

/// Where marks are kept.
pub(crate) enum Marks {
    /// In the copy, of which only this process knows.
    Own(Mirror),
    /// On the board of a daemon, whose entries come back through the ring.
    Sent(SharedBoard, Replica),
}

/// A copy of a board that another process shares.
pub(crate) struct Attached {
    name: String,
    copy: Copy,
    board: SharedBoard,
    /// The board that marks are sent to; None if the copy has its own.
    marked: Option<SharedBoard>,
    following: Following,
}

/// The thread that keeps a copy up to date, ended with this.
pub(super) struct Following {
    pub(super) progress: Arc<Progress>,
    thread: Option<JoinHandle<()>>,
    owner: Owner,
}

impl Following {
    /// Begins to follow. `first` is what was attached already.
    ///
    /// # Errors
    /// `io` when no thread can be started.
    pub(super) fn begin(
        folder: Folder,
        name: &str,
        copy: Copy,
        first: Option<Reader>,
        heir: Option<Heir>,
        progress: Arc<Progress>,
    ) -> Result<Self> {
        let follower = Follower {
            folder,
            name: name.to_owned(),
            copy,
            progress: Arc::clone(&progress),
            heir,
        };
        let named = thread::Builder::new().name("notice-attached".to_owned());
        let thread = named
            .spawn(move || follower.run(first))
            .map_err(no_thread)?;
        Ok(Self {
            progress,
            thread: Some(thread),
            owner: Owner::this(),
        })
    }
}

impl Following {
    /// Refuses what a forked child has inherited.
    ///
    /// # Errors
    /// `unavailable`.
    pub(super) fn check_owner(&self) -> Result<()> {
        self.owner.check()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if !self.owner.is_here() {
            // The thread stayed in the parent, and may hold whatever it held there.
            std::mem::forget(thread);
            return;
        }
        self.progress.end();
        // Never dropped on that thread, which knows nobody who has this.
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Attached {
    /// Attaches to what is shared under `name`, and waits for the board for `patience`; not at all if that is None.
    ///
    /// # Errors
    /// Those of [`Reader::attach`]; `unavailable` if no board comes.
    pub(crate) fn open(
        folder: Folder,
        name: &str,
        marks: Marks,
        patience: Option<Duration>,
    ) -> Result<Self> {
        let (copy, marked) = match marks {
            Marks::Own(mirror) => (Copy::OwnMarks(mirror), None),
            Marks::Sent(board, replica) => (Copy::Exact(replica), Some(board)),
        };
        let first = match patience {
            None => None,
            Some(_) => Some(Reader::attach(&folder, name)?),
        };
        let board = copy.board();
        let progress = Arc::new(Progress::new());
        let following = Following::begin(folder, name, copy.clone(), first, None, progress)?;
        let attached = Self {
            name: name.to_owned(),
            board,
            copy,
            marked,
            following,
        };
        if let Some(patience) = patience
            && !attached.following.progress.wait_for_board(patience, true)?
        {
            return Err(attached.no_board());
        }
        Ok(attached)
    }

    /// Returns the copy for a question.
    ///
    /// # Errors
    /// `unavailable` while nothing was shared yet.
    fn here(&self) -> Result<&dyn Board> {
        match self.following.progress.has_board() {
            true => Ok(&*self.board),
            false => Err(self.no_board()),
        }
    }

    #[cold]
    fn no_board(&self) -> Error {
        if let Err(error) = self.following.owner.check() {
            return error;
        }
        let name = &self.name;
        let reason = Bilingual::new(
            format!("nobody shares a board under {name} yet; start the program that shares it"),
            format!("尚无进程以 {name} 共享公告板；请先启动共享它的程序"),
        );
        Error::new(ErrorKind::Unavailable, reason)
    }

    fn read_only(&self) -> Error {
        let name = &self.name;
        let reason = Bilingual::new(
            format!(
                "this is a copy of the board that another process shares under {name}; publish in that process, or by \
                 the daemon that shares it"
            ),
            format!(
                "这是其他进程以 {name} 共享的公告板的副本；请在该进程中发布，或通过共享它的守护进程发布"
            ),
        );
        Error::new(ErrorKind::ReadOnly, reason)
    }

    /// Marks, on the board that keeps the marks.
    fn mark<T>(&self, mark: impl FnOnce(&dyn Board) -> Result<T>) -> Result<T> {
        let here = self.here()?;
        let Some(marked) = &self.marked else {
            return mark(here);
        };
        let done = mark(&**marked)?;
        if let Ok(head) = marked.head() {
            let is_there = || {
                let position = self.copy.position();
                position.epoch() == head.epoch && position.seq() >= head.seq
            };
            self.following.progress.wait(SHOWN, is_there);
        }
        Ok(done)
    }
}

impl Board for Attached {
    forward_questions!(here);

    fn stats(&self) -> Result<Stats> {
        let stats = self.here()?.stats()?;
        Ok(self.following.progress.told_in(stats))
    }

    fn head(&self) -> Result<Head> {
        self.here()?.head()
    }

    fn apply(&self, _: &[Operation]) -> Result<Vec<Published>> {
        Err(self.read_only())
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        self.here()?.check(drafts)
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        self.mark(|board| board.mark_shown(viewer, marking))
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        self.mark(|board| board.mark_all(query, mark, up_to))
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        self.mark(|board| board.forget_user(user))
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        self.here()?.changes(changes)
    }

    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        self.here()?.own_marks(query)
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.here()?.wait(since, timeout)
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.board.on_change(callback)
    }

    fn close(&self) -> Result<()> {
        self.board.close()
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Attached")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
