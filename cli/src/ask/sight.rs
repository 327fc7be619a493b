//! A board that is watched: one behind a daemon stays open; one in a file is opened again whenever its file changes,
//! because nobody else could change it while it is open here.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use notice::{Board, ErrorKind, SharedBoard};

use crate::common::Session;
use crate::exit::Outcome;

/// How long a daemon is asked to wait at a time.
const WAIT: Duration = Duration::from_secs(60);
/// How often a file is looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// A board as it is watched.
pub(super) struct Sight<'a> {
    session: &'a Session,
    board: Option<SharedBoard>,
    /// The file and what it was like before it was opened; None for a daemon.
    file: Option<(PathBuf, Look)>,
}

/// What shows that a file was changed: length and time of the last change.
type Look = Option<(u64, SystemTime)>;

impl<'a> Sight<'a> {
    pub(super) fn open(session: &'a Session) -> Outcome<Self> {
        let file = session.target.file();
        // Looked at first: a change right behind it is then seen twice, and never missed.
        let file = file.map(|path| {
            let seen = look(&path);
            (path, seen)
        });
        let board = Some(session.reading()?);
        Ok(Self {
            session,
            board,
            file,
        })
    }

    /// Asks the board something.
    pub(super) fn ask<T>(&mut self, question: impl FnOnce(&dyn Board) -> Outcome<T>) -> Outcome<T> {
        let board = match self.board.take() {
            Some(board) => board,
            None => {
                if let Some((path, seen)) = &mut self.file {
                    *seen = look(path);
                }
                self.reopened()?
            }
        };
        let answer = question(&*board);
        // A file is for others as soon as it is read, also while the command for an event runs.
        if self.file.is_none() {
            self.board = Some(board);
        }
        answer
    }

    /// Waits until there may be something behind a revision.
    pub(super) fn wait(&mut self, since: i64) -> Outcome {
        let Some((path, seen)) = &self.file else {
            return self.ask(|board| wait(board, since));
        };
        while look(path) == *seen {
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Opens the file again, however long another command has it.
    fn reopened(&self) -> Outcome<SharedBoard> {
        loop {
            match self.session.reading() {
                Err(stop)
                    if stop
                        .error
                        .as_ref()
                        .is_some_and(|error| error.kind() == ErrorKind::Locked) => {}
                opened => return opened,
            }
        }
    }
}

fn look(path: &Path) -> Look {
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

/// Waits until the board has changed; a wait that ends without a change is repeated.
fn wait(board: &dyn Board, since: i64) -> Outcome {
    loop {
        match board.wait(since, WAIT) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            Err(error) if error.kind() == ErrorKind::FutureRevision => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
