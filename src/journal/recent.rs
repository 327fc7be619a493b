//! Recent entries of a board, in memory, for its followers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::checkpoint::Position;
use super::entry::Entry;
use super::storage::Journal;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::{Condvar, Mutex};

/// Most entries kept. A follower that is further behind takes a new checkpoint, which is cheaper
/// than this many entries on all but large boards.
const ENTRIES: usize = 16 * 1024;
/// Most bytes of entries kept, which bounds the memory spent on followers of a board with long
/// bodies.
const BYTES: usize = 16 * 1024 * 1024;

/// A bounded window of entries: the journal of a board in memory, and the source for followers of
/// any board.
pub(crate) struct Recent {
    /// Guards the window. No other lock is taken while it is held. The writer takes it, and
    /// followers take it without any other lock.
    window: Mutex<Window>,
    arrived: Condvar,
}

struct Window {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    head: Position,
    is_closed: bool,
}

impl Recent {
    /// Creates a window that begins after `head`.
    pub(crate) fn new(head: Position) -> Self {
        Self {
            window: Mutex::new(Window {
                entries: VecDeque::new(),
                bytes: 0,
                head,
                is_closed: false,
            }),
            arrived: Condvar::new(),
        }
    }

    /// Restarts after `head`, which belongs to a different history; followers must take a new
    /// checkpoint.
    pub(crate) fn restart(&self, head: Position) {
        let mut window = self.window.lock();
        window.entries.clear();
        window.bytes = 0;
        window.head = head;
        drop(window);
        self.arrived.notify_all();
    }

    /// Ends all waits, present and future, or allows waits again.
    pub(crate) fn set_closed(&self, is_closed: bool) {
        self.window.lock().is_closed = is_closed;
        self.arrived.notify_all();
    }

    /// Returns the entries from `seq` on, waiting up to `timeout` for the first one.
    ///
    /// # Errors
    /// As [`read_from`](Journal::read_from).
    pub(crate) fn wait_from(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        // A timeout beyond the clock's range is no timeout.
        let deadline = Instant::now().checked_add(timeout);
        let mut window = self.window.lock();
        loop {
            let entries = window.read_from(seq)?;
            if !entries.is_empty() || window.is_closed || timeout.is_zero() {
                return Ok(entries);
            }
            let timed_out = match deadline {
                Some(deadline) => self.arrived.wait_until(&mut window, deadline).timed_out(),
                None => {
                    self.arrived.wait(&mut window);
                    false
                }
            };
            if timed_out {
                return window.read_from(seq);
            }
        }
    }
}

impl Window {
    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>> {
        let next = self.head.seq.saturating_add(1);
        let oldest = self.entries.front().map_or(next, |entry| entry.seq);
        if seq > next {
            let reason = Bilingual::new(
                format!("entry {seq} is ahead of the next entry {next}"),
                format!("日志条目 {seq} 超过下一个条目 {next}"),
            );
            return Err(Error::new(ErrorKind::FutureRevision, reason));
        }
        let first = seq.checked_sub(oldest).ok_or_else(|| {
            let reason = Bilingual::new(
                format!(
                    "entry {seq} has been dropped; the oldest is {oldest}: take a new checkpoint"
                ),
                format!("日志条目 {seq} 已清除，最早的条目为 {oldest}：请重新获取检查点"),
            );
            Error::compacted_entries(oldest, reason)
        })?;
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        Ok(self.entries.iter().skip(first).cloned().collect())
    }

    fn push(&mut self, entry: &Entry) -> Result<()> {
        self.head.check_next(entry)?;
        self.head.advance(entry)?;
        self.bytes += length(entry);
        self.entries.push_back(Arc::new(entry.released()));
        while self.entries.len() > ENTRIES || (self.bytes > BYTES && self.entries.len() > 1) {
            let oldest = self.entries.pop_front();
            self.bytes -= oldest.map_or(0, |entry| length(&entry));
        }
        Ok(())
    }
}

fn length(entry: &Entry) -> usize {
    entry.seal.as_ref().map_or(0, |seal| seal.length)
}

impl Journal for Recent {
    fn append(&self, entries: &[Entry]) -> Result<()> {
        let mut window = self.window.lock();
        let appended = entries.iter().try_for_each(|entry| window.push(entry));
        drop(window);
        self.arrived.notify_all();
        appended
    }

    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>> {
        self.window.lock().read_from(seq)
    }

    fn head(&self) -> Position {
        self.window.lock().head
    }
}
