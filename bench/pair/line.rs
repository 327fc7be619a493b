//! The floor: a counter and the bytes of a message in memory that both processes have mapped, and nothing else. Beside
//! it a word to sleep on, and how far the other process has come.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};
use rustix::thread::futex;

use super::channel::{self, Channel, Half, Side};
use crate::Result;
use crate::other::failed;

/// Bytes of a cache line.
const LINE: usize = 64;
/// Bytes of one direction: the counter has a line of its own.
const AREA: usize = 64 * 1024;
/// Where the counter of messages taken is.
const PROGRESS: usize = 2 * AREA;
/// Where the word to sleep on is.
const SLEEP: usize = 2 * AREA + 2 * LINE;
/// Bytes of the file.
const LENGTH: usize = 2 * AREA + 4096;
/// Longest message.
const LONGEST: usize = AREA - LINE;

/// What both processes have mapped.
#[derive(Debug, Clone)]
pub(crate) struct Board(Arc<MmapRaw>);

impl Board {
    /// Makes it in a folder.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let mut options = File::options();
        let options = options.create_new(true).read(true).write(true);
        let file = options.open(path(folder)).map_err(failed("a line"))?;
        file.set_len(LENGTH as u64).map_err(failed("a line"))?;
        Self::map(&file)
    }

    /// Opens the one that the other process has made.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let file = File::options().read(true).write(true).open(path(folder));
        Self::map(&file.map_err(failed("a line"))?)
    }

    fn map(file: &File) -> Result<Self> {
        let mapped = MmapOptions::new().len(LENGTH).map_raw(file);
        Ok(Self(Arc::new(mapped.map_err(failed("a line"))?)))
    }

    fn at<T>(&self, offset: usize) -> *mut T {
        debug_assert!(offset + size_of::<T>() <= LENGTH);
        self.0.as_mut_ptr().wrapping_add(offset).cast()
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the mapping lasts as long as `self`, begins with a page, has room for each of the offsets above, all of
        // which are multiples of 8, and these words are used through atomics alone.
        unsafe { AtomicU64::from_ptr(self.at(offset)) }
    }

    fn bell(&self) -> &AtomicU32 {
        // SAFETY: as above; nobody uses the other half.
        unsafe { AtomicU32::from_ptr(self.at(SLEEP)) }
    }

    /// States how many messages were taken.
    pub(super) fn took(&self, messages: u64) {
        self.word(PROGRESS).store(messages, Ordering::Release);
    }

    /// Returns how many messages the other process has taken.
    pub(crate) fn taken(&self) -> u64 {
        self.word(PROGRESS).load(Ordering::Acquire)
    }

    /// Sleeps until [`wake`](Self::wake) is called `number` times in all, at most for `limit`.
    pub(super) fn sleep(&self, number: u32, limit: Duration) -> Result {
        let limit = futex::Timespec::try_from(limit).map_err(failed("a limit"))?;
        let bell = self.bell();
        loop {
            let seen = bell.load(Ordering::Acquire);
            if seen >= number {
                return Ok(());
            }
            match futex::wait(bell, futex::Flags::empty(), seen, Some(&limit)) {
                Err(rustix::io::Errno::TIMEDOUT) => return Err("nobody rang".to_owned()),
                _ => continue,
            }
        }
    }

    /// Returns how often it was called before.
    pub(crate) fn rings(&self) -> u32 {
        self.bell().load(Ordering::Relaxed)
    }

    /// Wakes who sleeps.
    pub(crate) fn wake(&self) {
        self.bell().fetch_add(1, Ordering::Release);
        let _ = futex::wake(self.bell(), futex::Flags::empty(), i32::MAX as u32);
    }
}

fn path(folder: &Path) -> std::path::PathBuf {
    folder.join("line")
}

/// One end: it may write one area and read the other one.
struct Line {
    board: Board,
    own: usize,
    others: usize,
    words: usize,
    seen: u64,
}

/// Opens one end. The file is there.
pub(super) fn open(folder: &Path, side: Side, words: usize) -> Result<Box<dyn Half>> {
    if words * 8 > LONGEST {
        return Err(format!("a line for {words} words"));
    }
    let board = Board::open(folder)?;
    let [own, others] = match side {
        Side::Near => [0, AREA],
        Side::Far => [AREA, 0],
    };
    // Of channels before this one.
    let seen = board.word(others).load(Ordering::Acquire);
    Ok(Box::new(Line {
        board,
        own,
        others,
        words,
        seen,
    }))
}

impl Half for Line {
    fn join(self: Box<Self>) -> Result<Box<dyn Channel>> {
        Ok(self)
    }
}

impl Channel for Line {
    fn send(&mut self, number: u64) -> Result {
        let begin = self.board.at::<u64>(self.own + LINE);
        // SAFETY: the area has so many words, see `open`. The other process reads them after it has seen the counter of
        // this message, and this one writes again after an answer to it: nobody uses them at the same time.
        let words = unsafe { std::slice::from_raw_parts_mut(begin, self.words) };
        words.fill(number);
        self.board.word(self.own).store(number, Ordering::Release);
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<u64>> {
        let counter = self.board.word(self.others).load(Ordering::Acquire);
        if counter == self.seen {
            return Ok(None);
        }
        self.seen = counter;
        let begin = self.board.at::<u64>(self.others + LINE);
        // SAFETY: as in `send`: the counter of this message was seen.
        let words = unsafe { std::slice::from_raw_parts(begin, self.words) };
        channel::number(words.iter().copied()).map(Some)
    }
}
