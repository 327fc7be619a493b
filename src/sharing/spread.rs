//! What a board writes goes into the ring, in order and without a gap.

use std::sync::Arc;

use crate::board::SharedBoard;
use crate::error::Result;
use crate::journal::{Checkpoint, Entry, Place};
use crate::shm::{Folder, Made, Sizes, SnapshotWriter, Writer};

/// Bytes of entries that are taken from the board at once.
const BATCH: usize = 256 * 1024;
/// Bytes of a part of a snapshot.
const PART: usize = 256 * 1024;

/// The ring of a board.
pub(super) struct Spread {
    board: SharedBoard,
    pub(super) writer: Writer,
    /// Place of the last entry in the ring; None if what follows does not continue what readers have.
    place: Option<Place>,
}

impl Spread {
    /// Begins to share `board`, or takes over from a process that is gone.
    ///
    /// # Errors
    /// Those of [`Writer::open`]; `unsupported` for a board whose entries this process does not have.
    pub(super) fn begin(board: &SharedBoard, folder: &Folder, name: &str) -> Result<Self> {
        // Whether it can be followed at all, before anything is made.
        let present = board.snapshot()?.position().place();
        let writer = Writer::open(folder, name, Sizes::default())?;
        let place = match writer.taken_over() {
            // Nobody has anything yet that would have to be continued.
            None => Some(present),
            Some(before) => before.last.as_deref().and_then(place_of),
        };
        Ok(Self::with(board, writer, place))
    }

    /// Begins to share `board` in memory without a name.
    ///
    /// # Errors
    /// Those of [`Writer::sealed`]; `unsupported` for a board whose entries this process does not have.
    pub(super) fn sealed(board: &SharedBoard, sizes: Sizes) -> Result<Self> {
        let present = board.snapshot()?.position().place();
        Ok(Self::with(board, Writer::sealed(sizes)?, Some(present)))
    }

    fn with(board: &SharedBoard, writer: Writer, place: Option<Place>) -> Self {
        let mut spread = Self {
            board: Arc::clone(board),
            writer,
            place,
        };
        spread.drain();
        spread
    }

    /// Appends what the board has written since.
    pub(super) fn drain(&mut self) {
        while let Some(place) = self.place {
            let batch = match self.board.entries_after(&place, BATCH) {
                Ok(batch) => batch,
                // They are not there any more, or it is another board: readers begin anew.
                Err(_) => return self.place = None,
            };
            if batch.entries.is_empty() {
                return;
            }
            for entry in &batch.entries {
                self.place = self.append(entry);
                if self.place.is_none() {
                    return;
                }
            }
        }
    }

    /// Appends an entry, and returns its place; None if it does not fit.
    fn append(&mut self, entry: &Entry) -> Option<Place> {
        let bytes = entry.encoded().ok()?;
        self.writer.append(&bytes).ok()?;
        entry.place().ok()
    }

    /// Reports whether readers must begin with another snapshot.
    pub(super) fn begins_anew(&self) -> bool {
        self.place.is_none()
    }

    /// Reports whether a snapshot is to be made.
    pub(super) fn wants_snapshot(&self) -> bool {
        self.begins_anew() || self.writer.is_snapshot_due() || self.writer.is_snapshot_wanted()
    }

    /// Returns the board as it is now, at the latest entry of the ring or behind it.
    ///
    /// # Errors
    /// Those of the file for evicted texts.
    pub(super) fn present(board: &SharedBoard) -> Result<Checkpoint> {
        // Not the one that followers over a socket share, which may be older than the ring.
        board.require_custody()?.checkpoint()
    }

    /// Makes a snapshot from which all readers go on.
    ///
    /// # Errors
    /// `io`; those of the file.
    pub(super) fn restart(&mut self) -> Result<()> {
        let snapshot = self.writer.snapshot()?;
        let checkpoint = Self::present(&self.board)?;
        let made = write(snapshot, &checkpoint)?;
        self.writer.restart(made)?;
        self.place = Some(checkpoint.position().place());
        self.drain();
        Ok(())
    }
}

/// Writes a board into a snapshot.
///
/// # Errors
/// `io`.
pub(super) fn write(mut snapshot: SnapshotWriter, checkpoint: &Checkpoint) -> Result<Made> {
    let mut from = 0;
    while let Some((part, next)) = checkpoint.part(from, PART) {
        snapshot.part(&part.to_bytes()?)?;
        if next == from {
            // The one part of an empty board.
            break;
        }
        from = next;
    }
    snapshot.finish()
}

fn place_of(bytes: &[u8]) -> Option<Place> {
    Entry::from_bytes(bytes).ok()?.place().ok()
}
