//! The open journal file: appends frames to its segments, and re-uses those that redb has taken in.
//!
//! A frame is on disk when its append returns, or it is taken back: its header is overwritten with zeros
//! and synced, so that a write that was refused can never come to life. Space is claimed before a
//! frame is written, in steps, by writing zeros: a sync in a segment that was filled writes no
//! metadata, and a full disk refuses a frame before any byte of it is there.

use std::io;
use std::time::Duration;

use redb::StorageBackend;

use super::failure::io_error;
use super::frame::{FRAME_HEAD, NewFrame, SEGMENT_HEAD, SegmentHead};
use super::medium::Medium;
use super::recovery::{Recovered, recover};
use crate::error::Result;
use crate::journal::Position;

/// Sizes of a journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizing {
    /// Length of a segment, in bytes; a longer group goes into redb at once.
    pub(crate) segment: u32,
    /// Most segments. A writer that finds all of them in use folds them itself, which bounds the file.
    pub(crate) segments: usize,
    /// Bytes of entries from which they are folded at once; None folds only what is asked for.
    pub(crate) fold: Option<u64>,
    /// Time after which an entry is folded at the latest.
    pub(crate) fold_within: Duration,
}

impl Default for Sizing {
    /// A fold goes on while the next segment is written, so two segments are enough in steady state;
    /// four bound a disk on which redb is slower than the writers. Five seconds bound what opening has to
    /// read after a crash, and are long enough for a fold to cost next to nothing.
    fn default() -> Self {
        Self {
            segment: 4 << 20,
            segments: 4,
            fold: Some(4 << 20),
            fold_within: Duration::from_secs(5),
        }
    }
}

/// First step in which a file is filled with zeros, in bytes; each step doubles the file. A board of a few
/// writes takes no more.
const FIRST_FILL: u64 = 64 * 1024;
/// Longest step, which bounds the time of the append that takes it.
const MOST_FILL: u64 = 1 << 20;

/// The journal file of an open board.
pub(super) struct Log {
    sizing: Sizing,
    /// None until there is something to append.
    file: Option<Box<dyn StorageBackend>>,
    /// Length of the file, all of which was written.
    length: u64,
    /// Number of the last entry in each segment's place. It can be re-used once redb has that entry.
    last_seqs: Vec<u64>,
    current: Option<Current>,
    last_number: u64,
    /// What was written in vain and could not be taken back yet.
    refused: Option<Refused>,
}

/// Bytes to be overwritten with zeros.
#[derive(Debug, Clone, Copy)]
struct Refused {
    place: u64,
    length: usize,
}

/// The segment being written.
#[derive(Debug, Clone, Copy)]
struct Current {
    index: usize,
    number: u64,
    /// Place of the next frame in the file.
    end: u64,
    /// Whether its header is still to be written, with the first frame.
    is_new: bool,
}

/// Reason why a frame was not appended.
pub(super) enum Refusal {
    /// All segments are in use.
    Full,
    /// Writing failed, and the frame is not in the file.
    Failed(io::Error),
    /// Writing failed, and the frame may be in the file until it is taken back.
    Uncertain(io::Error),
}

impl Log {
    /// Creates a journal without a file.
    pub(super) fn new(sizing: Sizing) -> Self {
        Self {
            sizing,
            file: None,
            length: 0,
            last_seqs: Vec::new(),
            current: None,
            last_number: 0,
            refused: None,
        }
    }

    /// Opens the journal in `medium`, if there is one, and returns what goes on from `board`.
    ///
    /// # Errors
    /// Those of [`recover`], and of the file.
    pub(super) fn open(
        medium: &dyn Medium,
        sizing: Sizing,
        board: Position,
    ) -> Result<(Self, Option<Recovered>)> {
        let mut log = Self::new(sizing);
        let Some(file) = medium.open_journal()? else {
            return Ok((log, None));
        };
        let recovered = read(medium.journal_name(), &*file, sizing, board)?;
        log.length = length_of(medium.journal_name(), &*file)?;
        log.last_seqs.clone_from(&recovered.last_seqs);
        log.last_number = recovered.last_number;
        log.file = Some(file);
        Ok((log, Some(recovered)))
    }

    /// Reads the journal again, and returns what goes on from `board`; None without a file.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(super) fn read_again(&self, name: &str, board: Position) -> Result<Option<Recovered>> {
        let file = self.file.as_deref();
        file.map(|file| read(name, file, self.sizing, board))
            .transpose()
    }

    /// Reports whether there is a file.
    pub(super) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// Returns the length of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reports whether a frame fits into a segment.
    pub(super) fn has_room_for(&self, length: usize) -> bool {
        SEGMENT_HEAD.saturating_add(length) <= self.sizing.segment as usize
    }

    /// Creates the file.
    ///
    /// # Errors
    /// Those of the medium.
    pub(super) fn create(&mut self, medium: &dyn Medium) -> Result<()> {
        self.file = Some(medium.create_journal()?);
        Ok(())
    }

    /// Appends a frame, which is on disk on return. `before` is the position before its first entry,
    /// and `folded` the last entry that redb has.
    ///
    /// # Errors
    /// Without a failure of the disk, only when the journal is full.
    pub(super) fn append(
        &mut self,
        frame: &mut NewFrame,
        before: &Position,
        last_seq: u64,
        folded: u64,
    ) -> std::result::Result<(), Refusal> {
        self.take_back().map_err(Refusal::Failed)?;
        let length = frame.length() as u64;
        let current = self.segment_for(length, folded).ok_or(Refusal::Full)?;
        let end = current.end + length;
        self.fill_to(end, current).map_err(Refusal::Failed)?;
        self.current = Some(current);
        self.last_number = current.number;
        if self.last_seqs.len() <= current.index {
            self.last_seqs.resize(current.index + 1, 0);
        }
        let written = self.write(frame, before, current);
        if let Err(error) = written {
            self.refused = Some(match current.is_new {
                // Half a header would make the whole file look damaged.
                true => Refused {
                    place: current.end - SEGMENT_HEAD as u64,
                    length: SEGMENT_HEAD + FRAME_HEAD,
                },
                false => Refused {
                    place: current.end,
                    length: FRAME_HEAD,
                },
            });
            return Err(match self.take_back() {
                Ok(()) => Refusal::Failed(error),
                Err(_) => Refusal::Uncertain(error),
            });
        }
        self.current = Some(Current {
            end,
            is_new: false,
            ..current
        });
        if let Some(last) = self.last_seqs.get_mut(current.index) {
            *last = last_seq;
        }
        Ok(())
    }

    /// Takes back the frame at `end`, which was appended last.
    ///
    /// # Errors
    /// When that fails as well; the next append tries again.
    pub(super) fn take_back_last(&mut self, frame: &NewFrame) -> io::Result<()> {
        if let Some(current) = &mut self.current {
            current.end -= frame.length() as u64;
            self.refused = Some(Refused {
                place: current.end,
                length: FRAME_HEAD,
            });
        }
        self.take_back()
    }

    /// Drops everything in the file, which redb must have.
    ///
    /// # Errors
    /// Those of the file. It is written from its beginning all the same.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        // A segment in an unknown state is never gone on with, whatever becomes of the file.
        self.current = None;
        self.last_seqs.clear();
        self.length = 0;
        if let Some(file) = &self.file {
            file.set_len(0)?;
            file.sync_data()?;
        }
        self.refused = None;
        Ok(())
    }

    /// Removes the file, in which redb must have everything.
    ///
    /// # Errors
    /// Those of the medium.
    pub(super) fn remove(&mut self, medium: &dyn Medium) -> Result<()> {
        // Closed first, because Windows does not remove a file that is open.
        if self.forget() {
            medium.remove_journal()?;
        }
        Ok(())
    }

    /// Lets go of the file, and returns whether there was one.
    pub(super) fn forget(&mut self) -> bool {
        let was_there = self.file.take().is_some();
        let last_number = self.last_number;
        *self = Self {
            last_number,
            ..Self::new(self.sizing)
        };
        was_there
    }

    /// Returns the segment for a frame of `length` bytes.
    fn segment_for(&self, length: u64, folded: u64) -> Option<Current> {
        let segment = u64::from(self.sizing.segment);
        let fits = |current: &Current| {
            let begin = current.index as u64 * segment;
            current.end + length <= begin + segment
        };
        if let Some(current) = self.current.filter(fits) {
            return Some(current);
        }
        let is_free = |last: &u64| *last <= folded;
        let index = match self.last_seqs.iter().position(is_free) {
            Some(index) => index,
            None if self.last_seqs.len() < self.sizing.segments => self.last_seqs.len(),
            None => return None,
        };
        Some(Current {
            index,
            number: self.last_number + 1,
            end: index as u64 * segment + SEGMENT_HEAD as u64,
            is_new: true,
        })
    }

    /// Fills the file with zeros up to `end` at least, in the segment `current`.
    fn fill_to(&mut self, end: u64, current: Current) -> io::Result<()> {
        let Some(file) = self.file.as_deref().filter(|_| end > self.length) else {
            return Ok(());
        };
        let segment = u64::from(self.sizing.segment);
        let step = self.length.clamp(FIRST_FILL, MOST_FILL);
        let to = end.max(self.length + step);
        let to = to.min((current.index as u64 + 1) * segment);
        let zeros = vec![0; usize::try_from(to - self.length).unwrap_or(0)];
        file.write(self.length, &zeros)?;
        self.length = to;
        Ok(())
    }

    fn write(&self, frame: &mut NewFrame, before: &Position, current: Current) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let bytes = frame.in_segment(before.epoch, current.number);
        if current.is_new {
            let head = SegmentHead {
                epoch: before.epoch,
                number: current.number,
                first_seq: before.seq + 1,
                previous: before.link,
                length: self.sizing.segment,
            };
            let both = [&head.to_bytes(), bytes].concat();
            file.write(current.end - SEGMENT_HEAD as u64, &both)?;
        } else {
            file.write(current.end, bytes)?;
        }
        file.sync_data()
    }

    /// Takes back a frame that was refused, if that is still to be done.
    fn take_back(&mut self) -> io::Result<()> {
        if let (Some(Refused { place, length }), Some(file)) = (self.refused, &self.file) {
            file.write(place, &vec![0; length])?;
            file.sync_data()?;
        }
        self.refused = None;
        Ok(())
    }
}

/// Reads the journal `name`, and returns what goes on from `board`.
///
/// # Errors
/// Those of [`recover`], and of the file.
pub(super) fn read(
    name: &str,
    file: &dyn StorageBackend,
    sizing: Sizing,
    board: Position,
) -> Result<Recovered> {
    let length = length_of(name, file)?;
    let most = u64::from(sizing.segment) * sizing.segments as u64;
    if length > most {
        let (en, zh) = (
            format!("not the journal of a board: longer than {most} bytes"),
            format!("不是公告板的日志：超过 {most} 字节"),
        );
        return Err(super::failure::corrupt(name, en, zh));
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read(0, &mut bytes)
        .map_err(|error| io_error(name, "read it", "读取文件", error))?;
    recover(name, &bytes, sizing.segment as usize, board)
}

fn length_of(name: &str, file: &dyn StorageBackend) -> Result<u64> {
    let length = file.len();
    length.map_err(|error| io_error(name, "read it", "读取文件", error))
}
