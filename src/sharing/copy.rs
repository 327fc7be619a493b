//! The copy of a board that follows it.

use crate::board::SharedBoard;
use crate::engine::{Arriving, Mirror, Replica};
use crate::error::Result;
use crate::journal::{Entry, Position};

/// The copy of a board in this process.
#[derive(Clone)]
pub(super) enum Copy {
    /// With the marks of that board.
    Exact(Replica),
    /// With marks of its own.
    OwnMarks(Mirror),
}

impl Copy {
    /// Applies the next entry.
    ///
    /// # Errors
    /// As [`Replica::apply`]; those of a file of marks.
    pub(super) fn apply(&self, entry: &Entry) -> Result<()> {
        match self {
            Self::Exact(replica) => replica.apply(entry),
            Self::OwnMarks(mirror) => mirror.apply(entry),
        }
    }

    /// Begins to receive a snapshot.
    ///
    /// # Errors
    /// `unavailable` in a forked child.
    pub(super) fn arriving(&self) -> Result<Arriving> {
        match self {
            Self::Exact(replica) => replica.arriving(),
            Self::OwnMarks(mirror) => mirror.arriving(),
        }
    }

    /// Becomes what has arrived.
    ///
    /// # Errors
    /// As [`Replica::start_over`]; those of a file of marks.
    pub(super) fn start_over(&self, arrived: Arriving) -> Result<()> {
        match self {
            Self::Exact(replica) => replica.start_over(arrived),
            Self::OwnMarks(mirror) => mirror.start_over(arrived),
        }
    }

    /// Returns the position on the board that is followed.
    pub(super) fn position(&self) -> Position {
        match self {
            Self::Exact(replica) => replica.position(),
            Self::OwnMarks(mirror) => mirror.position(),
        }
    }

    /// Returns the copy as a board, for questions.
    pub(super) fn board(&self) -> SharedBoard {
        match self {
            Self::Exact(replica) => replica.board(),
            Self::OwnMarks(mirror) => mirror.board(),
        }
    }
}
