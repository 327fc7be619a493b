//! The memory of the board that is handed over to followers on this machine, who read it in place of a stream.
//!
//! It is made for the first one who asks, and given back when nobody has used it for a while. A right that is withdrawn
//! cannot be taken from one who has the memory. So the server goes on with other memory then, and hands that to those
//! who still may have it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use notice::locks::Mutex;
use notice::shm::{Descriptors, Sizes};
use notice::wire::memory::{Part, Parts};
use notice::{Result, Sharing};
use tokio::time::{MissedTickBehavior, interval};

use crate::desk::Desk;
use crate::fault::{panicked, stopping};
use crate::session::Session;

/// How often it is checked who still reads, and may.
const CHECK: Duration = Duration::from_secs(1);
/// Checks after which memory is given back that nobody reads: a program that is started again finds it.
const IDLE: u32 = 60;

/// A part of the memory, to be passed on.
pub(crate) type Passed = (Part, std::os::fd::OwnedFd);

/// The memory of a server's board.
#[derive(Default)]
pub(crate) struct Memory {
    /// Held while the memory is made, so that it is made once.
    making: tokio::sync::Mutex<()>,
    /// Guards what there is. No other lock is taken while it is held, except that of a session.
    present: Mutex<Option<Present>>,
}

struct Present {
    sharing: Arc<Sharing>,
    /// Those who were handed it, each for as long as it is connected.
    readers: Vec<Weak<Session>>,
    /// Checks since there was a reader.
    idle: u32,
}

/// What follows a check.
enum Next {
    GoOn,
    /// The memory is given back.
    End(Arc<Sharing>),
    /// Somebody else has ended it.
    Over,
}

impl Memory {
    /// Returns the wanted parts for a reader who may have them. The memory is made if there is none.
    ///
    /// # Errors
    /// `io`, also when there is no room; `unsupported` for a board that is kept elsewhere; `unavailable` when the server
    /// stops.
    pub(crate) async fn hand_over(
        desk: &Arc<Desk>,
        reader: &Arc<Session>,
        wanted: &Parts,
        ring_bytes: usize,
    ) -> Result<Vec<Passed>> {
        let sharing = Self::join(desk, reader, ring_bytes).await?;
        // A snapshot may be in progress, for which this waits.
        let descriptors = tokio::task::spawn_blocking(move || sharing.descriptors());
        let descriptors = descriptors.await.unwrap_or_else(|_| Err(panicked()))?;
        let mut passed = Vec::new();
        if let Some(Descriptors {
            ring,
            page,
            snapshot,
            ..
        }) = descriptors
        {
            let parts = [
                (Part::Ring, Some(ring)),
                (Part::Page, Some(page)),
                (Part::Snapshot, snapshot),
            ];
            for (part, descriptor) in parts {
                if let Some(descriptor) = descriptor.filter(|_| wanted.as_slice().contains(&part)) {
                    passed.push((part, descriptor));
                }
            }
        }
        Ok(passed)
    }

    async fn join(
        desk: &Arc<Desk>,
        reader: &Arc<Session>,
        ring_bytes: usize,
    ) -> Result<Arc<Sharing>> {
        let memory = &desk.memory;
        let _making = memory.making.lock().await;
        if let Some(present) = &mut *memory.present.lock() {
            present.admit(reader);
            return Ok(Arc::clone(&present.sharing));
        }
        if desk.stop.is_draining() {
            return Err(stopping());
        }
        let board = Arc::clone(&desk.board);
        let sizes = Sizes {
            arena: ring_bytes as u64,
            ..Sizes::default()
        };
        let made = tokio::task::spawn_blocking(move || Sharing::sealed(&board, sizes));
        let sharing = Arc::new(made.await.unwrap_or_else(|_| Err(panicked()))?);
        let mut present = Present {
            sharing: Arc::clone(&sharing),
            readers: Vec::new(),
            idle: 0,
        };
        present.admit(reader);
        *memory.present.lock() = Some(present);
        tracing::info!("the board's memory is handed over to followers on this machine");
        tokio::spawn(tend(Arc::downgrade(desk), Arc::downgrade(&sharing)));
        Ok(sharing)
    }

    /// Ends the memory: readers see that nothing follows. Blocks for the end of a thread.
    pub(crate) fn end(&self) {
        let present = self.present.lock().take();
        drop(present);
    }

    /// Checks who reads `sharing`, and may.
    fn check(&self, sharing: &Weak<Sharing>) -> Next {
        let mut place = self.present.lock();
        let is_present =
            |present: &&mut Present| Weak::ptr_eq(&Arc::downgrade(&present.sharing), sharing);
        let Some(present) = place.as_mut().filter(is_present) else {
            return Next::Over;
        };
        present.readers.retain(|reader| reader.strong_count() > 0);
        let readers = present.readers.iter().filter_map(Weak::upgrade);
        let has_intruder = readers
            .map(|reader| reader.check_following())
            .any(|may| may.is_err());
        present.idle = match present.readers.is_empty() {
            true => present.idle + 1,
            false => 0,
        };
        if has_intruder {
            tracing::info!("a follower's right was withdrawn: the board goes on in other memory");
        }
        match has_intruder || present.idle >= IDLE {
            true => place
                .take()
                .map_or(Next::Over, |present| Next::End(present.sharing)),
            false => Next::GoOn,
        }
    }
}

impl Present {
    fn admit(&mut self, reader: &Arc<Session>) {
        let reader = Arc::downgrade(reader);
        if !self.readers.iter().any(|one| Weak::ptr_eq(one, &reader)) {
            self.readers.push(reader);
        }
    }
}

/// Checks who reads, until the memory is ended.
async fn tend(desk: Weak<Desk>, sharing: Weak<Sharing>) {
    let mut checks = interval(CHECK);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        checks.tick().await;
        let Some(desk) = desk.upgrade() else {
            return;
        };
        match desk.memory.check(&sharing) {
            Next::GoOn => {}
            Next::Over => return,
            Next::End(sharing) => {
                // It waits for the end of a thread.
                let _ = tokio::task::spawn_blocking(move || drop(sharing)).await;
                return;
            }
        }
    }
}
