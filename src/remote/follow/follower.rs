//! The follower: connects, receives a snapshot and entries, and applies them to the replica.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::super::breaker::{Breaker, Pauses, Permit};
use super::super::client::{Client, ended};
use super::progress::Progress;
use super::stream::Stream;
use crate::engine::{Arriving, Replica};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Entry, Place};
use crate::wire::feed::{Follow, Step};

/// Heartbeats that may fail to come before the connection is taken for broken.
const MISSED: u32 = 3;

/// Follows a daemon's board. One thread has it.
pub(super) struct Follower {
    client: Arc<Client>,
    replica: Replica,
    progress: Arc<Progress>,
    heartbeat: Duration,
    /// Where the replica is; None if it must begin with a snapshot.
    place: Option<Place>,
    /// The snapshot that is being received, with the number of its parts so far.
    arriving: Option<(Arriving, u64)>,
    /// Failures since the daemon last sent something.
    breaker: Breaker,
}

impl Follower {
    pub(super) fn new(
        client: Arc<Client>,
        replica: Replica,
        progress: Arc<Progress>,
        heartbeat: Duration,
    ) -> Self {
        Self {
            client,
            replica,
            progress,
            heartbeat,
            place: None,
            arriving: None,
            breaker: Breaker::default(),
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

    /// Connects, and follows until the stream breaks. Returns why it did.
    pub(super) fn attempt(&mut self) -> Error {
        self.arriving = None;
        let follow = Follow {
            from: self.place,
            heartbeat_ms: u64::try_from(self.heartbeat.as_millis()).unwrap_or(u64::MAX),
        };
        let client = Arc::clone(&self.client);
        let mut stream = match Stream::open(&client, &follow) {
            Ok(stream) => stream,
            Err(error) => return error,
        };
        let error = match stream.cut() {
            Ok(cut) => match self.progress.set_cut(Some(cut)) {
                true => self.follow(&mut stream),
                false => ended(),
            },
            Err(error) => error,
        };
        self.progress.set_cut(None);
        error
    }

    fn follow(&mut self, stream: &mut Stream<'_>) -> Error {
        let ping = self.client.settings.ping;
        let silence = self.heartbeat.saturating_mul(MISSED).saturating_add(ping);
        loop {
            let step = match stream.next(silence) {
                Ok(step) => step,
                Err(error) => return error,
            };
            self.breaker.succeeded();
            // A defect in applying must not end the thread, with which the replica would silently grow old.
            let taken = catch_unwind(AssertUnwindSafe(|| self.take(step)));
            match taken {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return error,
                Err(payload) => {
                    // Dropping a payload of unknown type may panic again.
                    std::mem::forget(payload);
                    self.place = None;
                    return Error::described(ErrorKind::Panic);
                }
            }
        }
    }

    /// Takes a step of the stream.
    ///
    /// # Errors
    /// What is wrong with it. The replica is as before the entry at fault.
    fn take(&mut self, step: Step<'_>) -> Result<()> {
        match step {
            Step::Alive => Ok(()),
            Step::Begin(_) => {
                self.arriving = Some((self.replica.arriving()?, 0));
                Ok(())
            }
            Step::Part(part) => {
                let Some((arriving, parts)) = &mut self.arriving else {
                    return Err(out_of_order());
                };
                *parts += 1;
                arriving.add(&Checkpoint::from_bytes(part)?)
            }
            Step::Whole { parts } => match self.arriving.take() {
                Some((arriving, arrived)) if arrived == parts => {
                    self.progress.begins();
                    self.replica.start_over(arriving)?;
                    self.place = Some(self.replica.position().place());
                    self.progress.arrived();
                    Ok(())
                }
                _ => Err(out_of_order()),
            },
            Step::Entries { head, entries } => self.apply(head, &entries),
        }
    }

    fn apply(&mut self, head: u64, entries: &[&[u8]]) -> Result<()> {
        let now = self.client.environment.now();
        let Some(mut place) = self.place.filter(|_| self.arriving.is_none()) else {
            return Err(out_of_order());
        };
        for bytes in entries {
            let entry = Entry::from_bytes(bytes)?;
            if let Err(error) = self.replica.apply(&entry) {
                // Whatever it is that the daemon has, it does not continue this.
                self.place = None;
                return Err(error);
            }
            place = entry.place()?;
            self.place = Some(place);
        }
        if place.seq > head {
            self.place = None;
            return Err(out_of_order());
        }
        if place.seq == head {
            self.progress.confirm(now);
        }
        if !entries.is_empty() {
            self.progress.moved();
        }
        Ok(())
    }
}

/// Returns the pause before the next attempt to follow. It never grows beyond the longest one, because nobody but the
/// follower's thread waits for it.
pub(super) fn pause(client: &Client, breaker: &mut Breaker) -> Duration {
    let pauses = Pauses {
        failures: u32::MAX,
        ..client.settings.pauses
    };
    let environment = &*client.environment;
    let now = environment.now();
    breaker.failed(now, environment.random(), &pauses);
    match breaker.ask_only(now, &pauses) {
        Permit::Later(pause) | Permit::Open(pause) => pause,
        Permit::Go => Duration::ZERO,
    }
}

fn out_of_order() -> Error {
    let reason = Bilingual::new(
        "the daemon sent a step of a snapshot or entries that do not belong here; update one of the programs",
        "守护进程发送的快照或日志条目顺序有误；请升级守护进程或本程序",
    );
    Error::new(ErrorKind::Corrupt, reason)
}
