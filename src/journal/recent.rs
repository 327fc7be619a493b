//! Recent entries of a board, in memory, for its followers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::checkpoint::Position;
use super::entry::Entry;
use super::place::{Batch, Place};
use super::storage::Journal;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::{Condvar, Mutex, wait_for};

/// Most entries kept. A follower that is further behind takes a new checkpoint, which is cheaper
/// than this many entries on all but large boards.
const ENTRIES: usize = 16 * 1024;
/// Most bytes of entries kept, which bounds the memory spent on followers of a board with long
/// bodies. An entry is kept with its encoded form, so that it is encoded once for all followers.
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

    /// Returns the entries behind `place`: as many as have together about `bytes` when encoded, and at least one if
    /// there is any.
    ///
    /// # Errors
    /// `epoch_mismatch` for a place of a different board or history; `compacted` and `future_revision` as
    /// [`read_from`](Journal::read_from).
    pub(crate) fn after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        self.window.lock().after(place, bytes)
    }

    /// Returns the entries from `seq` on, waiting up to `timeout` for the first one.
    ///
    /// # Errors
    /// As [`read_from`](Journal::read_from).
    pub(crate) fn wait_from(&self, seq: u64, timeout: Duration) -> Result<Vec<Arc<Entry>>> {
        let mut window = self.window.lock();
        let found = wait_for(&self.arrived, &mut window, timeout, |window| {
            let is_closed = window.is_closed;
            let entries = window.read_from(seq);
            match &entries {
                Ok(none) if none.is_empty() && !is_closed => None,
                _ => Some(entries),
            }
        });
        found.unwrap_or_else(|| Ok(Vec::new()))
    }
}

impl Window {
    fn after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        let (epoch, head) = (self.head.epoch, self.head.seq);
        if place.epoch != epoch {
            return Err(other_history(place));
        }
        let first = self.index_of(place.seq.saturating_add(1))?;
        let mut behind = self.entries.range(first..).peekable();
        let link = behind.peek().map_or(self.head.link, |next| next.previous);
        if place.link != link {
            return Err(other_history(place));
        }
        let mut taken = 0;
        let entries = behind.take_while(|entry| {
            let has_room = taken < bytes;
            taken += length(entry);
            has_room
        });
        Ok(Batch {
            entries: entries.cloned().collect(),
            head,
        })
    }

    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>> {
        let first = self.index_of(seq)?;
        Ok(self.entries.range(first..).cloned().collect())
    }

    /// Returns where the entry `seq` is, or will be if it is the next one.
    fn index_of(&self, seq: u64) -> Result<usize> {
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
        Ok(
            usize::try_from(first)
                .map_or(self.entries.len(), |first| first.min(self.entries.len())),
        )
    }

    fn push(&mut self, entry: &Entry) -> Result<()> {
        self.head.check_next(entry)?;
        self.head.advance(entry)?;
        self.bytes += length(entry);
        self.entries.push_back(Arc::new(entry.clone()));
        while self.entries.len() > ENTRIES || (self.bytes > BYTES && self.entries.len() > 1) {
            let oldest = self.entries.pop_front();
            self.bytes -= oldest.map_or(0, |entry| length(&entry));
        }
        Ok(())
    }
}

fn other_history(place: &Place) -> Error {
    let reason = Bilingual::new(
        format!(
            "history mismatch: entry {} of board {:032x} with link {} is not in this history; take a new snapshot",
            place.seq, place.epoch, place.link
        ),
        format!(
            "历史不匹配：公告板 {:032x} 的日志条目 {}（链接 {}）不在此历史中；请重新获取快照",
            place.epoch, place.seq, place.link
        ),
    );
    Error::new(ErrorKind::EpochMismatch, reason)
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
