//! The reading end of a shared board.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::calls::{CallId, Caller};
use super::failure;
use super::header::Header;
use super::layout::word;
use super::lock::{self, Lock, Locked, open_own};
use super::memory::Memory;
use super::names::{Folder, Names};
use super::page::Page;
use super::platform::{How, View};
use super::ring::{self, Read};
use super::segment::{self, kind, nowhere, state};
use super::snapshot::Snapshot;
use crate::error::{Error, ErrorKind, Result};
use crate::process::Owner;

/// How often a reader looks for an entry before it sleeps. About as long as waking it would take.
const LOOKS: u32 = 2000;
/// How often a reader tries to open a segment that is being replaced.
const TRIES: u32 = 100;

/// A reader of a shared board. It changes nothing that the writer or other readers depend on. Dropped, it removes what
/// nobody uses any more.
pub struct Reader {
    ring: ring::Reader<View>,
    page: Arc<Page>,
    header: Header,
    /// Number of the snapshot that was begun with; 0 for none yet.
    begun: u64,
    /// The next snapshot must have at least this number, ...
    number: u64,
    /// ... and be continued by a record not before this one.
    from: u64,
    /// What the writer did when the reader last looked.
    state: u64,
    owner: Owner,
    /// Dropped last: Windows does not remove a file that is still mapped.
    attached: Attached,
}

/// Ends a wait of a [`Reader`], on another thread.
#[derive(Debug, Clone)]
pub struct Waker {
    page: Weak<Page>,
}

/// How a reader has come to the segment. Dropped with its lease, it removes what nobody uses.
pub(crate) enum Attached {
    /// By name, with a lease; None once that is given up.
    Named(Names, Option<Locked>),
    /// It was handed over.
    Handed,
}

/// What a reader sees next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// An entry. It may be one that the snapshot has already.
    Entry(&'a [u8]),
    /// The answer to a call. It may be one of another reader.
    Answer(CallId, &'a [u8]),
    /// Nothing yet: [wait](Reader::wait).
    Empty,
    /// So many records were overwritten before they were read: begin with a later [snapshot](Reader::snapshot).
    Lost(u64),
    /// What comes now does not continue what was before: begin with a later [snapshot](Reader::snapshot).
    Restart,
    /// The writer has ended in good order. Another one may go on, which the reader then sees.
    Closed,
    /// There is another segment under the same name: [attach](Reader::attach) again.
    Retired,
}

impl Reader {
    /// Attaches to the board that is shared under `name`, also if its writer is gone.
    ///
    /// # Errors
    /// `not_found` if there is none; `unauthorized` if it belongs to somebody else; `corrupt`; `unsupported` for another
    /// layout, and on other systems; `io`.
    pub fn attach(folder: &Folder, name: &str) -> Result<Self> {
        let names = folder.names(name)?;
        let path = names.ring();
        for _ in 0..TRIES {
            let Some(lease) = Locked::take(&path, How::Read, Lock::Shared, lock::PATIENT)? else {
                // Between a segment and the next one there may be none, on Windows.
                if !path.exists() && lock::has_writer(&names)? {
                    lock::pause();
                    continue;
                }
                break;
            };
            #[cfg(test)]
            super::meanwhile::pass(super::meanwhile::Moment::Leased);
            // Opened once more, because a mapping holds the locks of the file that it was made of, also in a forked child.
            let Some((file, length)) = open_own(&path, How::Read)? else {
                break;
            };
            let (header, extent) = segment::check(&path, &file, length)?;
            // One is renamed after the other by a writer that makes a new segment.
            let Some(page) = segment::open_page(&names, header.uuid)? else {
                continue;
            };
            if !lease.is_of(&path)? {
                continue;
            }
            let view = View::new(&path, &file, extent)?;
            return Ok(Self::new(
                header,
                view,
                page,
                Attached::Named(names, Some(lease)),
            ));
        }
        Err(nothing(&path))
    }

    pub(crate) fn new(header: Header, view: View, page: Page, attached: Attached) -> Self {
        let mut ring = ring::Reader::new(view, header.geometry(), 0);
        ring.go_to(ring.head());
        Self {
            ring,
            page: Arc::new(page),
            header,
            begun: 0,
            number: 1,
            from: 0,
            state: state::LIVE,
            owner: Owner::this(),
            attached,
        }
    }

    /// Returns a snapshot that the ring still continues, asks for one if there is none, and waits for it. None if none
    /// has come within `limit`. After its last part, [begin](Self::begin) with it.
    ///
    /// # Errors
    /// `corrupt`, `io`; `bad_state` for a reader of memory that was handed over, which is handed snapshots too.
    pub fn snapshot(&self, limit: Duration) -> Result<Option<Snapshot>> {
        let Attached::Named(names, _) = &self.attached else {
            let (en, zh) = (
                "snapshots of this segment are handed over: ask who has handed over the segment",
                "此共享内存段的快照由移交方提供：请向移交方索取",
            );
            return Err(failure::at(ErrorKind::BadState, &nowhere(), en, zh));
        };
        // A limit beyond the clock's range is none.
        let until = Instant::now().checked_add(limit);
        loop {
            let number = self.present();
            if number >= self.number
                && let Some(snapshot) = self.open_snapshot(names, number)?
                && self.continues(&snapshot)
            {
                return Ok(Some(snapshot));
            }
            if self.present() != number {
                continue;
            }
            self.ask_for_snapshot();
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(None);
            }
            self.page.wait(left, || self.present() != number);
        }
    }

    /// Waits until there is a later snapshot than number `seen` that the ring may continue, and asks for one if there is
    /// none. Waiting ends after `limit`, and soon if `is_over` and the reader is [woken](Waker::wake). Reports whether there
    /// is one. For readers of memory that was handed over, who ask for its descriptor then.
    pub fn wait_for_snapshot(
        &self,
        seen: u64,
        limit: Duration,
        is_over: impl Fn() -> bool,
    ) -> bool {
        let least = self.number.max(seen.saturating_add(1));
        let is_there = || self.present() >= least;
        if !is_there() {
            // No later one than that, so that those who begin at the same time share it.
            self.page.ask_for(least);
            self.page.wait(limit, || is_there() || is_over());
        }
        is_there()
    }

    /// Asks the writer for a later snapshot than the present one.
    pub fn ask_for_snapshot(&self) {
        self.page.ask_for(self.present().saturating_add(1));
    }

    fn present(&self) -> u64 {
        let number = self.ring.memory.load(word::SNAPSHOT);
        self.ring.memory.fence_acquire();
        number
    }

    /// Returns None for one that was removed, or written over, in this moment.
    fn open_snapshot(&self, names: &Names, number: u64) -> Result<Option<Snapshot>> {
        let path = names.snapshot(number);
        let Some((file, length)) = open_own(&path, How::Read)? else {
            return Ok(None);
        };
        let snapshot = self.check_snapshot(Snapshot::new(file, path, length)?)?;
        Ok((snapshot.number() == number).then_some(snapshot))
    }

    /// Checks that a snapshot belongs to the segment.
    ///
    /// # Errors
    /// `corrupt`.
    pub(crate) fn check_snapshot(&self, snapshot: Snapshot) -> Result<Snapshot> {
        match snapshot.about().uuid == self.header.uuid {
            true => Ok(snapshot),
            false => Err(failure::corrupt(
                snapshot.path(),
                "the snapshot belongs to another segment",
                "快照属于另一个共享内存段",
            )),
        }
    }

    /// Reports whether the ring still has what continues a snapshot.
    fn continues(&self, snapshot: &Snapshot) -> bool {
        let from = snapshot.about().from;
        from >= self.from && from >= self.ring.memory.load(word::TAIL)
    }

    /// Reports whether a reader can begin with a snapshot that was handed over: it is late enough, and the ring still has
    /// what continues it.
    pub fn can_begin(&self, snapshot: &Snapshot) -> bool {
        snapshot.number() >= self.number && self.continues(snapshot)
    }

    /// Begins with a snapshot: the next steps continue it.
    ///
    /// # Errors
    /// `bad_state` if it was not read to its end.
    pub fn begin(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.ring.go_to(snapshot.end()?);
        self.begun = snapshot.number();
        self.number = self.begun;
        Ok(())
    }

    /// Returns the next step. It waits for nothing.
    ///
    /// # Errors
    /// `corrupt` for a record that makes no sense. There is no way past it: begin with a later
    /// [snapshot](Self::snapshot), or after some failures attach again.
    pub fn next_step(&mut self) -> Result<Step<'_>> {
        loop {
            match self.ring.read() {
                Read::Record { kind, length } => match kind {
                    kind::ENTRY => return Ok(Step::Entry(self.ring.bytes(length))),
                    kind::NEWS => {}
                    kind::ANSWER => {
                        let (call, answer) = CallId::split(self.ring.bytes(length));
                        return Ok(Step::Answer(call, answer));
                    }
                    kind::RESTART => {
                        let number = self.ring.bytes(length).try_into();
                        let number = number.map_or(u64::MAX, u64::from_le_bytes);
                        if number > self.begun {
                            self.need(number, 0);
                            return Ok(Step::Restart);
                        }
                    }
                    _ => return Err(self.damaged(self.ring.cursor() - 1)),
                },
                Read::Lost(count) => {
                    self.need(0, self.ring.cursor());
                    return Ok(Step::Lost(count));
                }
                Read::Damaged(record) => return Err(self.damaged(record)),
                Read::Empty => break,
            }
        }
        self.state = self.ring.memory.load(word::STATE);
        Ok(match self.state {
            state::CLOSED => Step::Closed,
            state::RETIRED => Step::Retired,
            _ => Step::Empty,
        })
    }

    /// Refuses what was begun with: what came does not continue it. Begin with a later [snapshot](Self::snapshot).
    pub fn refuse(&mut self) {
        self.need(self.begun.saturating_add(1), 0);
    }

    /// Begins to leave calls for the present writer; None for memory that was handed over.
    ///
    /// # Errors
    /// `io`.
    pub fn caller(&self) -> Result<Option<Caller>> {
        match &self.attached {
            Attached::Named(names, _) => {
                Caller::new(names, self.writers(), Arc::clone(&self.page)).map(Some)
            }
            Attached::Handed => Ok(None),
        }
    }

    /// Notes what the next snapshot must be like.
    fn need(&mut self, number: u64, from: u64) {
        self.number = self.number.max(number);
        self.from = self.from.max(from);
    }

    fn damaged(&mut self, record: u64) -> Error {
        self.need(0, record + 1);
        let path = match &self.attached {
            Attached::Named(names, _) => names.ring(),
            Attached::Handed => nowhere(),
        };
        failure::corrupt(
            &path,
            format!("record {record} is damaged"),
            format!("第 {record} 条记录已损坏"),
        )
    }

    /// Waits until there may be another step, at most for `limit`, and not longer than a second.
    pub fn wait(&self, limit: Duration) {
        self.wait_unless(limit, || false);
    }

    /// Waits like [`wait`](Self::wait), and not any more when `is_ended`. Who makes it so calls [`Waker::wake`] then.
    pub fn wait_unless(&self, limit: Duration, is_ended: impl Fn() -> bool) {
        for _ in 0..LOOKS {
            if self.ring.is_behind() {
                return;
            }
            std::hint::spin_loop();
        }
        let is_another = || self.ring.memory.load(word::STATE) != self.state;
        self.page.wait(limit, || {
            self.ring.is_behind() || is_another() || is_ended()
        });
    }

    /// Returns what ends a wait of this reader on another thread. It keeps nothing of the segment.
    pub fn waker(&self) -> Waker {
        Waker {
            page: Arc::downgrade(&self.page),
        }
    }

    /// Returns how often the writer has shown that it is there. A number that stays for seconds is a reason to ask
    /// [`has_writer`](Self::has_writer).
    pub fn heartbeat(&self) -> u64 {
        self.ring.memory.load(word::HEARTBEAT)
    }

    /// Returns how many writers there have been.
    pub fn writers(&self) -> u64 {
        self.ring.memory.load(word::EPOCH)
    }

    /// Reports whether a process has the right to write. A writer that is about to begin may have to try again because
    /// of the look, so it is for those who have a reason.
    ///
    /// # Errors
    /// `io`; `bad_state` for memory that was handed over: who has handed it over is the writer.
    pub fn has_writer(&self) -> Result<bool> {
        match &self.attached {
            Attached::Named(names, _) => lock::has_writer(names),
            Attached::Handed => {
                let (en, zh) = ("this segment has no name", "此共享内存段没有名称");
                Err(failure::at(ErrorKind::BadState, &nowhere(), en, zh))
            }
        }
    }

    /// Returns the identity of the segment.
    pub fn uuid(&self) -> u128 {
        self.header.uuid
    }
}

impl Waker {
    /// Has the reader look again, and with it all who wait for the writer.
    pub fn wake(&self) {
        if let Some(page) = self.page.upgrade() {
            page.wake_readers();
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // What a forked child has inherited is its parent's.
        if let (false, Attached::Named(_, lease)) = (self.owner.is_here(), &mut self.attached) {
            drop(lease.take());
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        if let Self::Named(names, lease) = self
            && let Some(lease) = lease.take()
        {
            drop(lease);
            // Nobody is told of a drop that fails. The next one removes what is left.
            let _ = lock::clean(names);
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reader")
            .field("uuid", &self.header.uuid)
            .field("next", &self.ring.cursor())
            .finish_non_exhaustive()
    }
}

fn nothing(path: &Path) -> Error {
    failure::at(
        ErrorKind::NotFound,
        path,
        "no board is shared under this name by this user",
        "本用户没有以此名称共享公告板",
    )
}
