//! Write queue: groups of calls that are written together.
//!
//! Writing many changes to a disk takes as long as writing one. A caller that finds a write in
//! progress queues its request, and the next leader writes the whole queue as one group. Each call
//! of a group is all or nothing, and makes its own revision.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::locks::{Condvar, Mutex};

/// Most calls in one group, which bounds the wait of the first one.
const GROUP: usize = 256;
/// Divisor of the write time for which a group waits for the callers of the last one: half of a
/// write. Waiting longer would cost a lone caller more than it saves.
const PATIENCE: u32 = 2;
/// Upper bound of that wait, however slow the disk was.
const MOST_PATIENCE: Duration = Duration::from_millis(20);

/// Queue of work that keeps its own answer.
pub(crate) struct Queue<W: ?Sized> {
    /// Guards the leader and the queue. Held for a few instructions, and never together with
    /// another lock except a ticket's.
    waiting: Mutex<Waiting<W>>,
    arrived: Condvar,
}

struct Waiting<W: ?Sized> {
    /// Whether a leader is writing, or about to.
    is_led: bool,
    tickets: VecDeque<Arc<Ticket<W>>>,
    /// Number of tickets for which the leader waits; it is not woken for fewer.
    expected: usize,
    /// Number of calls in the last group.
    last_group: usize,
    /// Time that writing the last group took.
    last_took: Duration,
}

/// Work that waits for a leader.
pub(crate) struct Ticket<W: ?Sized> {
    /// Guards the decision about the work; the innermost lock of the queue.
    turn: Mutex<Option<Turn>>,
    changed: Condvar,
    pub(crate) work: W,
}

/// Decision that work has waited for.
enum Turn {
    /// The work has been done.
    Done,
    /// The owner leads the next group, with this work first.
    Lead,
}

/// Result of a group.
pub(crate) struct Served {
    /// Whether each piece of work was done, the leader's own first. Work that was not done belongs
    /// to the next group.
    pub(crate) is_done: Vec<bool>,
    /// Time that the group took.
    pub(crate) took: Duration,
}

/// Tickets of a group. Dropping them marks them as done: the leader panicked, and they have no
/// answer.
struct Tickets<W: ?Sized>(Vec<Arc<Ticket<W>>>);

/// The lead, which passes to the next waiting caller when dropped.
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
                expected: 0,
                last_group: 0,
                last_took: Duration::ZERO,
            }),
            arrived: Condvar::new(),
        }
    }
}

impl<W: ?Sized> Queue<W> {
    /// Takes the lead, unless somebody else has it. The leader then calls [`lead`](Self::lead).
    pub(crate) fn try_lead(&self) -> bool {
        let mut waiting = self.waiting.lock();
        !std::mem::replace(&mut waiting.is_led, true)
    }

    /// Queues work, and returns whether this thread must lead because the work is not done.
    pub(crate) fn wait(&self, ticket: Arc<Ticket<W>>) -> bool {
        let mut waiting = self.waiting.lock();
        if !waiting.is_led {
            // The former leader has left.
            waiting.is_led = true;
            return true;
        }
        waiting.tickets.push_back(Arc::clone(&ticket));
        let is_last = waiting.tickets.len() == waiting.expected;
        drop(waiting);
        if is_last {
            self.arrived.notify_one();
        }
        matches!(ticket.wait(), Turn::Lead)
    }

    /// Serves groups, each with `own` first, until it has been done: usually one. If writing
    /// `is_slow`, a group waits for more calls. `serve` gets its own work and the others'
    /// separately, because own work need not live as long.
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
            // Work deferred because of others is served without them, so that it is not deferred
            // for ever.
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

    /// Returns the waiting work. When writing is slow, it waits briefly for the callers of the last
    /// group, who may be about to return and would otherwise wait for a whole group.
    fn gather(&self, is_slow: bool) -> Tickets<W> {
        let mut waiting = self.waiting.lock();
        if is_slow {
            let patience = (waiting.last_took / PATIENCE).min(MOST_PATIENCE);
            let until = Instant::now() + patience;
            waiting.expected = waiting.last_group.saturating_sub(1);
            while waiting.tickets.len() < waiting.expected {
                let late = self.arrived.wait_until(&mut waiting, until);
                if late.timed_out() {
                    break;
                }
            }
            waiting.expected = 0;
        }
        let count = waiting.tickets.len().min(GROUP - 1);
        Tickets(waiting.tickets.drain(..count).collect())
    }
}
