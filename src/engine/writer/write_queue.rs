//! Groups of calls that are written together.
//!
//! Writing to a disk takes as long for many changes as for one. So whoever finds the board being written
//! to leaves the call in a queue, and whoever comes next writes all that is there as one group. Each call
//! of a group is all or nothing by itself, and makes a revision of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::error::Result;

/// Most calls in one group.
const GROUP: usize = 256;
/// How long a group waits for the callers of the last one to come back, as a part of what writing takes.
const PATIENCE: u32 = 2;
/// But no longer than this, however slow the disk was.
const MOST_PATIENCE: Duration = Duration::from_millis(20);

/// What waits for its turn. `W` is work that keeps its own answer.
pub(crate) struct Queue<W: ?Sized> {
    /// Guards who leads and who waits. Held for a few instructions, and never together with another lock but a
    /// ticket's.
    waiting: Mutex<Waiting<W>>,
    arrived: Condvar,
}

struct Waiting<W: ?Sized> {
    /// Whether somebody is writing, or about to.
    is_led: bool,
    tickets: VecDeque<Arc<Ticket<W>>>,
    /// How many calls the last group had.
    last_group: usize,
    /// How long the last group took to be written.
    last_took: Duration,
}

/// Work that waits for one who leads.
pub(crate) struct Ticket<W: ?Sized> {
    /// Guards what has been decided of it; the innermost of the queue's locks.
    turn: Mutex<Option<Turn>>,
    changed: Condvar,
    pub(crate) work: W,
}

/// What work has waited for.
enum Turn {
    /// It has been done.
    Done,
    /// Its owner is to lead the next group, with this work first.
    Lead,
}

/// How a group went.
pub(crate) struct Served {
    /// For each piece of work, the own one first, whether it was done. What was not is for the next group.
    pub(crate) is_done: Vec<bool>,
    /// How long that took.
    pub(crate) took: Duration,
}

/// The tickets of a group. Those that are left when it goes are done: it broke off by a panic, and they have no
/// answer.
struct Tickets<W: ?Sized>(Vec<Arc<Ticket<W>>>);

/// The lead, which passes on to the next one who waits.
struct Lead<'a, W: ?Sized>(&'a Queue<W>);

impl<W> Ticket<W> {
    pub(crate) fn new(work: W) -> Self {
        Self {
            turn: Mutex::new(None),
            changed: Condvar::new(),
            work,
        }
    }
}

impl<W: ?Sized> Ticket<W> {
    fn give(&self, turn: Turn) {
        *self.turn.lock() = Some(turn);
        self.changed.notify_one();
    }

    fn wait(&self) -> Turn {
        let mut turn = self.turn.lock();
        loop {
            match turn.take() {
                Some(turn) => return turn,
                None => self.changed.wait(&mut turn),
            }
        }
    }
}

impl<W: ?Sized> Drop for Tickets<W> {
    fn drop(&mut self) {
        for ticket in self.0.drain(..) {
            ticket.give(Turn::Done);
        }
    }
}

impl<W: ?Sized> Drop for Lead<'_, W> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock();
        match waiting.tickets.pop_front() {
            Some(next) => next.give(Turn::Lead),
            None => waiting.is_led = false,
        }
    }
}

impl<W: ?Sized> Default for Queue<W> {
    fn default() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                is_led: false,
                tickets: VecDeque::new(),
                last_group: 0,
                last_took: Duration::ZERO,
            }),
            arrived: Condvar::new(),
        }
    }
}

impl<W: ?Sized> Queue<W> {
    /// Begins to lead, unless somebody else does. Whoever leads calls [`lead`](Self::lead) next.
    pub(crate) fn try_lead(&self) -> bool {
        let mut waiting = self.waiting.lock();
        !std::mem::replace(&mut waiting.is_led, true)
    }

    /// Leaves work for others to do; if it is this thread's turn to lead, whether it is still to be done.
    pub(crate) fn wait(&self, ticket: Arc<Ticket<W>>) -> bool {
        let mut waiting = self.waiting.lock();
        if !waiting.is_led {
            // Whoever led has gone meanwhile.
            waiting.is_led = true;
            return true;
        }
        waiting.tickets.push_back(Arc::clone(&ticket));
        drop(waiting);
        self.arrived.notify_one();
        matches!(ticket.wait(), Turn::Lead)
    }

    /// Serves groups, each with `own` first, until that has been done: mostly one. Writing is worth waiting for
    /// when it `is_slow`. Own work need not live as long as that of others, so `serve` is given the two apart.
    ///
    /// # Errors
    /// Those of `serve`.
    pub(crate) fn lead<V: ?Sized>(
        &self,
        own: &V,
        is_slow: bool,
        serve: impl Fn(&V, &[Arc<Ticket<W>>]) -> Result<Served>,
    ) -> Result<()> {
        let _lead = Lead(self);
        let mut was_put_off = false;
        loop {
            // What was put off because of others is served without them, or it might be for ever.
            let mut tickets = match was_put_off {
                true => Tickets(Vec::new()),
                false => self.gather(is_slow),
            };
            let Served { is_done, took } = serve(own, &tickets.0)?;
            let served = is_done.iter().filter(|is_done| **is_done).count();
            let mut is_done = is_done.into_iter();
            let own_is_done = is_done.next().unwrap_or(true);
            let mut put_off = Vec::new();
            for (ticket, is_done) in tickets.0.drain(..).zip(is_done) {
                match is_done {
                    true => ticket.give(Turn::Done),
                    false => put_off.push(ticket),
                }
            }
            let mut waiting = self.waiting.lock();
            for ticket in put_off.into_iter().rev() {
                waiting.tickets.push_front(ticket);
            }
            (waiting.last_group, waiting.last_took) = (served, took);
            drop(waiting);
            if own_is_done {
                return Ok(());
            }
            was_put_off = true;
        }
    }

    /// Those that wait. When writing takes long it is worth waiting a little for the callers of the last
    /// group, who may be about to come back, so that they need not wait for a whole group.
    fn gather(&self, is_slow: bool) -> Tickets<W> {
        let mut waiting = self.waiting.lock();
        if is_slow {
            let patience = (waiting.last_took / PATIENCE).min(MOST_PATIENCE);
            let until = Instant::now() + patience;
            let expected = waiting.last_group.saturating_sub(1);
            while waiting.tickets.len() < expected {
                let late = self.arrived.wait_until(&mut waiting, until);
                if late.timed_out() {
                    break;
                }
            }
        }
        let count = waiting.tickets.len().min(GROUP - 1);
        Tickets(waiting.tickets.drain(..count).collect())
    }
}
