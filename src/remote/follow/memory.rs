//! The follower that reads memory which the daemon hands over: a snapshot, then the entries of the ring, which it applies
//! to the replica.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::breaker::Breaker;
use super::super::client::{Client, ended};
use super::follower::pause;
use super::handing::Handing;
use super::progress::Progress;
use crate::engine::Replica;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Entry};
use crate::shm::{Reader, Snapshot, Step};

/// How long the thread sleeps at most. Also how soon it notices that the daemon was killed.
const LOOK: Duration = Duration::from_millis(200);
/// How often damaged records are passed over by a snapshot before the daemon is asked for its memory again.
const DAMAGES: u32 = 3;

/// Follows a daemon's board through its memory. One thread has it.
pub(super) struct Reading {
    client: Arc<Client>,
    replica: Replica,
    progress: Arc<Progress>,
    /// Failures since the memory was last read.
    breaker: Breaker,
    /// Whether the replica is as an entry or a snapshot has left it. False after a defect in applying one.
    is_sound: bool,
}

/// What is remembered of the memory that is read.
struct Attachment {
    reader: Reader,
    /// A snapshot that was handed over and not looked at yet.
    handed: Option<Snapshot>,
    /// Number of the last snapshot that was handed over.
    seen: u64,
    needs_snapshot: bool,
    /// Whether a snapshot has come, but not yet all that the ring has behind it.
    is_new: bool,
    damages: u32,
    heartbeat: u64,
}

impl Attachment {
    fn new(reader: Reader, handed: Option<Snapshot>) -> Self {
        Self {
            reader,
            handed,
            seen: 0,
            needs_snapshot: true,
            is_new: false,
            damages: 0,
            heartbeat: 0,
        }
    }
}

impl Reading {
    pub(super) fn new(client: Arc<Client>, replica: Replica, progress: Arc<Progress>) -> Self {
        Self {
            client,
            replica,
            progress,
            breaker: Breaker::default(),
            is_sound: true,
        }
    }

    /// Follows until the board is dropped.
    pub(super) fn run(mut self) {
        let progress = Arc::clone(&self.progress);
        while !progress.ended.is_given() {
            let error = self.attempt();
            let pause = pause(&self.client, &mut self.breaker);
            progress.failed(error);
            self.client.environment.wait(&progress.ended, pause);
        }
    }

    /// Connects, and follows until the daemon is gone. Returns what went wrong.
    fn attempt(&mut self) -> Error {
        let client = Arc::clone(&self.client);
        // A defect in applying must not end the thread, with which the replica would silently grow old.
        let followed = catch_unwind(AssertUnwindSafe(|| {
            let mut handing = Handing::open(&client)?;
            self.follow(&mut handing)
        }));
        self.progress.set_cut(None);
        match followed {
            Ok(Ok(())) => ended(),
            Ok(Err(error)) => error,
            Err(payload) => {
                // Dropping a payload of unknown type may panic again.
                std::mem::forget(payload);
                self.is_sound = false;
                Error::described(ErrorKind::Panic)
            }
        }
    }

    /// Asks for memory and reads it, and again when the daemon has begun with other memory, until the board is dropped.
    fn follow(&mut self, handing: &mut Handing<'_>) -> Result<()> {
        let mut former = None;
        // Before the first request, which may take long.
        if !self.progress.set_cut(Some(handing.cut()?)) {
            return Ok(());
        }
        loop {
            let (reader, handed) = handing.memory()?;
            if former.replace(reader.uuid()) == Some(reader.uuid()) {
                return Err(closed());
            }
            let (waker, cut) = (reader.waker(), handing.cut()?);
            let end = move || {
                cut();
                waker.wake();
            };
            if !self.progress.set_cut(Some(Box::new(end))) {
                return Ok(());
            }
            self.read(handing, Attachment::new(reader, handed))?;
            if self.progress.ended.is_given() {
                return Ok(());
            }
        }
    }

    /// Reads until the daemon goes on with other memory, or the board is dropped.
    fn read(&mut self, handing: &mut Handing<'_>, mut memory: Attachment) -> Result<()> {
        let progress = Arc::clone(&self.progress);
        let is_ended = || progress.ended.is_given();
        let mut looked = Instant::now();
        while !is_ended() {
            if looked.elapsed() >= LOOK {
                handing.check()?;
                looked = Instant::now();
            }
            if memory.needs_snapshot {
                if let Some(snapshot) = memory.handed.take() {
                    memory.seen = snapshot.number();
                    if memory.reader.can_begin(&snapshot) {
                        self.begin(&mut memory, snapshot)?;
                    }
                } else if memory.reader.wait_for_snapshot(memory.seen, LOOK, is_ended) {
                    memory.handed = handing.snapshot(&memory.reader)?;
                }
                continue;
            }
            match memory.reader.next_step() {
                Ok(Step::Entry(bytes)) => {
                    if self.take(bytes).is_err() {
                        // Whatever it is that the daemon has, it does not continue the replica.
                        memory.reader.refuse();
                        memory.needs_snapshot = true;
                    }
                }
                Ok(Step::Answer(..)) => {}
                Ok(Step::Lost(count)) => {
                    progress.lost(count);
                    memory.needs_snapshot = true;
                }
                Ok(Step::Restart) => memory.needs_snapshot = true,
                Ok(Step::Closed | Step::Retired) => return Ok(()),
                Ok(Step::Empty) => {
                    if memory.is_new {
                        // With what was written behind the snapshot, it is the whole board.
                        memory.is_new = false;
                        self.breaker.succeeded();
                        progress.arrived();
                    }
                    let heartbeat = memory.reader.heartbeat();
                    if heartbeat != memory.heartbeat {
                        memory.heartbeat = heartbeat;
                        progress.confirm(self.client.environment.now());
                    }
                    memory.reader.wait_unless(LOOK, is_ended);
                }
                Err(error) => {
                    memory.damages += 1;
                    if memory.damages > DAMAGES {
                        return Err(error);
                    }
                    memory.needs_snapshot = true;
                }
            }
        }
        Ok(())
    }

    /// Begins with a snapshot. If the replica is already there, it stays as it is.
    fn begin(&mut self, memory: &mut Attachment, mut snapshot: Snapshot) -> Result<()> {
        let is_board = self.is_sound && self.progress.has_board();
        let here = is_board.then(|| self.replica.position());
        let mut arriving = None;
        while let Some(part) = snapshot.next_part()? {
            let part = Checkpoint::from_bytes(part)?;
            match &mut arriving {
                None if here == Some(*part.position()) => {}
                None => arriving.insert(self.replica.arriving()?).add(&part)?,
                Some(arriving) => arriving.add(&part)?,
            }
        }
        memory.reader.begin(&snapshot)?;
        if let Some(arriving) = arriving {
            self.progress.begins();
            self.replica.start_over(arriving)?;
            self.is_sound = true;
            self.progress.moved();
        }
        memory.needs_snapshot = false;
        memory.is_new = true;
        Ok(())
    }

    /// Applies an entry, unless the snapshot has it already.
    fn take(&self, bytes: &[u8]) -> Result<()> {
        let entry = Entry::from_bytes(bytes)?;
        let position = self.replica.position();
        if entry.epoch() == position.epoch() && entry.seq() <= position.seq() {
            return Ok(());
        }
        self.replica.apply(&entry)?;
        self.progress.moved();
        Ok(())
    }
}

fn closed() -> Error {
    let reason = Bilingual::new(
        "the daemon shares its memory no longer",
        "守护进程已不再共享内存",
    );
    Error::new(ErrorKind::Unavailable, reason)
}
