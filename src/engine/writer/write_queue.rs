//! Groups of calls that are written together.
//!
//! Writing to a disk takes as long for many changes as for one. So whoever finds the board being written
//! to leaves the call in a queue, and whoever comes next writes all that is there as one group. Each call
//! of a group is all or nothing by itself, and makes a revision of its own.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::engine::Store;
use crate::engine::memory::users::UserChange;
use crate::engine::writer::commit::{Ahead, Commit, Staging};
use crate::engine::writer::request::{Done, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Operation, Published};

/// Most calls in one group.
const GROUP: usize = 256;
/// How long a group waits for the callers of the last one to come back, as a part of what writing takes.
const PATIENCE: u32 = 2;
/// But no longer than this, however slow the disk was.
const MOST_PATIENCE: Duration = Duration::from_millis(20);

/// What waits for its turn.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// Whether somebody is writing, or about to.
    is_led: bool,
    tickets: VecDeque<Arc<Ticket>>,
    /// How many calls the last group had.
    last_group: usize,
    /// How long the last group took to be written.
    last_took: Duration,
}

/// A call that waits for one who leads.
struct Ticket {
    request: Request<'static>,
    turn: Mutex<Option<Turn>>,
    changed: Condvar,
}

/// What a call has waited for.
enum Turn {
    /// It has been answered.
    Done(Result<Done>),
    /// It is to lead the next group, with its own request first.
    Lead,
}

/// The tickets of a group. Those that have no answer when it goes get one: it broke off by a panic.
struct Tickets(Vec<Arc<Ticket>>);

/// The lead, which passes on to the next one who waits.
struct Lead<'a>(&'a Queue);

impl Ticket {
    fn new(request: Request<'static>) -> Self {
        Self {
            request,
            turn: Mutex::new(None),
            changed: Condvar::new(),
        }
    }

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

impl Drop for Tickets {
    fn drop(&mut self) {
        for ticket in self.0.drain(..) {
            ticket.give(Turn::Done(Err(Error::described(ErrorKind::Poisoned))));
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock();
        match waiting.tickets.pop_front() {
            Some(next) => next.give(Turn::Lead),
            None => waiting.is_led = false,
        }
    }
}

/// What a group changes, worked out before anything is changed.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) users: Vec<UserChange>,
    pub(crate) commits: Vec<Commit>,
    /// The last revision whose changes are dropped from the feed.
    pub(crate) compacted: Option<i64>,
    /// The idempotency keys that are forgotten.
    pub(crate) forgotten_keys: Vec<Box<str>>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.commits.is_empty()
            && self.compacted.is_none()
            && self.forgotten_keys.is_empty()
    }
}

impl Store {
    /// Does what is asked, together with what others ask at the same time.
    pub(crate) fn submit(&self, request: Request<'_>) -> Result<Done> {
        let mut waiting = self.queue.waiting.lock();
        if !waiting.is_led {
            waiting.is_led = true;
            drop(waiting);
            return self.lead(&request);
        }
        let ticket = Arc::new(Ticket::new(request.into_owned()));
        waiting.tickets.push_back(Arc::clone(&ticket));
        drop(waiting);
        self.queue.arrived.notify_one();
        match ticket.wait() {
            Turn::Done(done) => done,
            Turn::Lead => self.lead(&ticket.request),
        }
    }

    /// Serves groups, each with this request first, until it has been answered: mostly one.
    fn lead(&self, own: &Request<'_>) -> Result<Done> {
        let _lead = Lead(&self.queue);
        let mut was_put_off = false;
        loop {
            // What was put off because of others is served without them, or it might be for ever.
            let mut tickets = match was_put_off {
                true => Tickets(Vec::new()),
                false => self.gather(),
            };
            let others = tickets.0.iter().map(|ticket| &ticket.request);
            let requests: Vec<&Request<'_>> = std::iter::once(own).chain(others).collect();
            let (answers, took) = {
                let _right = self.writer.lock();
                // Waiting for that, such as for a compaction, says nothing of how long writing takes.
                let began = Instant::now();
                (self.serve(&requests)?, began.elapsed())
            };
            let mut answers = answers.into_iter();
            let own_answer = answers.next().flatten();
            let mut put_off = Vec::new();
            let mut served = usize::from(own_answer.is_some());
            for (ticket, answer) in tickets.0.drain(..).zip(answers) {
                match answer {
                    Some(answer) => {
                        served += 1;
                        ticket.give(Turn::Done(answer));
                    }
                    None => put_off.push(ticket),
                }
            }
            let mut waiting = self.queue.waiting.lock();
            for ticket in put_off.into_iter().rev() {
                waiting.tickets.push_front(ticket);
            }
            (waiting.last_group, waiting.last_took) = (served, took);
            drop(waiting);
            if let Some(answer) = own_answer {
                return answer;
            }
            was_put_off = true;
        }
    }

    /// Those that wait. When writing takes long it is worth waiting a little for the callers of the last
    /// group, who may be about to come back, so that they need not wait for a whole group.
    fn gather(&self) -> Tickets {
        let mut waiting = self.queue.waiting.lock();
        if self.durable.is_some() {
            let patience = (waiting.last_took / PATIENCE).min(MOST_PATIENCE);
            let until = Instant::now() + patience;
            let expected = waiting.last_group.saturating_sub(1);
            while waiting.tickets.len() < expected {
                let late = self.queue.arrived.wait_until(&mut waiting, until);
                if late.timed_out() {
                    break;
                }
            }
        }
        let count = waiting.tickets.len().min(GROUP - 1);
        Tickets(waiting.tickets.drain(..count).collect())
    }

    /// Serves requests as one group, for one who has the right to write. What was put off has no answer:
    /// it is for the next group.
    fn serve(&self, requests: &[&Request<'_>]) -> Result<Vec<Option<Result<Done>>>> {
        let _poison = self.begin()?;
        let now = self.clock.now();
        let mut group = Group::default();
        let mut answers: Vec<Option<Result<Done>>> = Vec::new();
        answers.resize_with(requests.len(), || None);
        self.stage_users(requests, now, &mut group, &mut answers);
        self.stage_commits(requests, now, &mut group, &mut answers);
        #[cfg(feature = "panic-injection")]
        crate::failpoint::panic_if_armed("commit");
        self.stage_compaction(&mut group, now);
        if let Err(error) = self.write(group) {
            // None of what would have been changed is; what was refused or changes nothing stays so.
            for answer in answers.iter_mut().flatten() {
                if answer.is_ok() {
                    *answer = Err(error.clone());
                }
            }
        } else {
            self.purge_one_batch(now);
        }
        Ok(answers)
    }

    /// Works out what is kept of users. It is as if these calls had come before the commits of the group.
    fn stage_users(
        &self,
        requests: &[&Request<'_>],
        now: i64,
        group: &mut Group,
        answers: &mut [Option<Result<Done>>],
    ) {
        let mut names = HashSet::new();
        for (request, answer) in requests.iter().zip(answers) {
            // Each user once: a second call would have to see what the first one did.
            if request.user().is_none_or(|user| !names.insert(user)) {
                continue;
            }
            let staged = match request {
                Request::Apply(_) => continue,
                Request::Mark { viewer, ids, mark } => self.stage_mark(viewer, ids, *mark, now),
                Request::MarkAllRead { query, up_to } => self.stage_read_all(query, *up_to, now),
                Request::Forget(user) => Ok(self.stage_forget(user)),
            };
            *answer = Some(staged.map(|(change, done)| {
                group.users.extend(change);
                done
            }));
        }
    }

    /// Works out commits, each on top of those before.
    fn stage_commits(
        &self,
        requests: &[&Request<'_>],
        now: i64,
        group: &mut Group,
        answers: &mut [Option<Result<Done>>],
    ) {
        let index = self.index.read();
        let users = self.users.read();
        let mut ahead = Ahead::new(&index, self.budget_bytes);
        for (request, answer) in requests.iter().zip(answers) {
            let Request::Apply(operations) = request else {
                continue;
            };
            let (staged, done) = match stage(&ahead, operations, now) {
                Ok(done) => done,
                Err(error) => {
                    *answer = Some(Err(error));
                    continue;
                }
            };
            let mut ends_group = false;
            if let Some(staged) = staged {
                let (moved, purged) = (&staged.commit.moved, staged.commit.purged());
                let looks_at_users = !moved.is_empty() || !purged.is_empty();
                if looks_at_users && !group.users.is_empty() {
                    // It would have to see what is being kept of users.
                    break;
                }
                let affected = users.affected(moved, &purged);
                ends_group = !affected.is_empty();
                group.users.extend(affected);
                group.commits.push(ahead.advance(staged));
            }
            *answer = Some(Ok(Done::Applied(done)));
            if ends_group {
                break;
            }
        }
    }

    /// Drops what need not be kept, if that is due.
    pub(crate) fn stage_compaction(&self, group: &mut Group, now: i64) {
        let index = self.index.read();
        let last = group.commits.last();
        let head = last.map_or(index.revision, |commit| commit.revision);
        group.compacted = self.feed.read().compactable(self.keep, head, now);
        let more = group.commits.iter().map(|commit| commit.remembered.len());
        group.forgotten_keys = index.idempotency_keys.forgettable(now, more.sum());
    }

    /// Writes a group to where the board is kept, and then makes it visible.
    ///
    /// # Errors
    /// Those of the file. Nothing is changed then.
    pub(crate) fn write(&self, group: Group) -> Result<()> {
        if group.is_empty() {
            return Ok(());
        }
        if let Some(durable) = &self.durable {
            self.take_down(&group);
            let (head, changes) = self.changes_of(&group);
            durable.write(head, changes)?;
            self.writer_behind.wake_if(durable.is_behind());
            if !self.writer_behind.is_running() {
                // That it fails is told to the next one who writes.
                let _ = durable.write_out();
            }
        }
        self.apply(group);
        Ok(())
    }

    /// Takes from the shelf what the group changes: once it is changed in the file, it could no longer be
    /// read there as it is on the board.
    fn take_down(&self, group: &Group) {
        let taken: Vec<_> = group.commits.iter().flat_map(|c| &c.taken_down).collect();
        if !taken.is_empty() {
            let mut index = self.index.write();
            taken
                .into_iter()
                .for_each(|whole| index.unshelve(Arc::clone(whole)));
        }
    }

    fn apply(&self, group: Group) {
        {
            let mut index = self.index.write();
            let mut users = self.users.write();
            let mut feed = self.feed.write();
            for change in group.users {
                users.apply(change);
            }
            if let Some(revision) = group.compacted {
                feed.compact(revision);
            }
            index.idempotency_keys.forget(&group.forgotten_keys);
            for commit in group.commits {
                commit.apply(&mut index, &mut feed);
            }
            self.worker.wake_if(self.is_short_of_memory(&index));
            if index.unsearched.len() > 0 {
                self.worker.wake_if(true);
                if !self.worker.is_running() {
                    index.settle();
                }
            }
            // Before anybody can read the revision: one that a page has is no future revision.
            let head = self.head.get();
            self.head.set(crate::query::Head::new(
                head.epoch,
                index.revision,
                head.seq + 1,
            ));
        }
        self.head.wake();
    }
}

/// Works out one commit: all of the operations, or none.
pub(crate) fn stage(
    ahead: &Ahead<'_>,
    operations: &[Operation],
    now: i64,
) -> Result<(
    Option<crate::engine::writer::commit::Staged>,
    Vec<Published>,
)> {
    let mut staging = Staging::new(ahead, now);
    let each = |(i, operation): (usize, &Operation)| {
        staging
            .stage(operation)
            .map_err(|error| error.within(&format!("[{i}]")))
    };
    let done: Result<Vec<Published>> = operations.iter().enumerate().map(each).collect();
    let done = done?;
    Ok((staging.finish(), done))
}
