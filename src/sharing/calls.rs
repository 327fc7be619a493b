//! Calls between those who follow a board and the one who shares it: marks and changes that go to the board's file.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::spread::Spread;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::{Condvar, Mutex, wait_for};
use crate::shm::{CallId, Caller, Calls};
use crate::wire::{self, Answer, Call};

/// Who answers.
pub(super) struct Desk {
    calls: Calls,
}

impl Desk {
    pub(super) fn new(calls: Calls) -> Self {
        Self { calls }
    }

    /// Answers the calls that were left since.
    pub(super) fn answer(&mut self, board: &SharedBoard, spread: &Mutex<Spread>) {
        // What cannot be read now is tried again when the next one calls.
        for call in self.calls.take().unwrap_or_default() {
            let answer = Call::from_bytes(&call.bytes).and_then(|call| execute(board, call));
            let bytes = answer.unwrap_or_else(Answer::Error).to_bytes();
            let mut spread = spread.lock();
            // Whoever has the answer finds what was written in the copy.
            spread.drain();
            let told = bytes.and_then(|bytes| spread.writer.answer(&call.id, &bytes));
            if let Err(error) = told
                && let Ok(bytes) = Answer::Error(error).to_bytes()
            {
                // An error always fits.
                let _ = spread.writer.answer(&call.id, &bytes);
            }
        }
    }
}

/// Executes a call.
///
/// # Errors
/// Those of the call; `panic` when it panicked, so that whoever has called hears of it.
fn execute(board: &SharedBoard, call: Call) -> Result<Answer> {
    let is_write = matches!(
        call,
        Call::Apply(_)
            | Call::Check(_)
            | Call::Mark { .. }
            | Call::MarkAll { .. }
            | Call::ForgetUser { .. }
    );
    if !is_write {
        return Err(no_write(call.name()));
    }
    let answered = catch_unwind(AssertUnwindSafe(|| wire::answer(&**board, call)));
    answered.unwrap_or_else(|payload| {
        // Dropping a payload of unknown type may panic again.
        std::mem::forget(payload);
        Err(Error::described(ErrorKind::Panic))
    })
}

/// Creates the error for a call that who follows can answer from the copy.
fn no_write(name: &str) -> Error {
    let reason = Bilingual::new(
        "ask the copy; only marks and changes are called through shared memory",
        "请查询副本；共享内存调用仅用于标记和修改",
    );
    Error::invalid("call", name, reason)
}

/// Who calls, and waits for answers, which the follower brings.
#[derive(Default)]
pub(super) struct Counter {
    /// Guards what is waited for, and the way to the present writer. Held while a call is left, which is a write to
    /// memory.
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    caller: Option<Caller>,
    /// Calls that were left. None until there is an answer.
    waiting: HashMap<CallId, Option<Result<Answer>>>,
    /// How often the way was lost: a call that was left before gets no answer any more.
    broken: u64,
    is_ended: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody shares the board at present, or the call could not be left. It was not carried out.
    NotCalled(Option<Error>),
    /// The one who was called is gone, or the answer was missed. It may have been carried out.
    Broken,
    /// No answer came in time. It may still be carried out.
    TimedOut,
}

impl Counter {
    /// Goes on with the present writer; with None, there is nobody to call.
    pub(super) fn connect(&self, caller: Option<Caller>) {
        let mut state = self.state.lock();
        state.caller = caller;
        state.broken += 1;
        state.waiting.retain(|_, answer| answer.is_some());
        drop(state);
        self.changed.notify_all();
    }

    /// Lets all who wait know that something has changed outside.
    pub(super) fn end(&self) {
        let mut state = self.state.lock();
        state.is_ended = true;
        state.caller = None;
        state.broken += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Takes an answer, if somebody here waits for it.
    pub(super) fn answered(&self, id: &CallId, bytes: &[u8]) {
        let mut state = self.state.lock();
        if let Some(answer) = state.waiting.get_mut(id) {
            *answer = Some(Answer::from_bytes(bytes).and_then(Answer::into_result));
            drop(state);
            self.changed.notify_all();
        }
    }

    /// Calls, and waits for the answer until `deadline`.
    pub(super) fn call(
        &self,
        call: &Call,
        deadline: Instant,
    ) -> std::result::Result<Result<Answer>, Unanswered> {
        let bytes = match call.to_bytes() {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        let mut state = self.state.lock();
        let Some(caller) = &mut state.caller else {
            return Err(Unanswered::NotCalled(None));
        };
        let id = match caller.call(&bytes) {
            Ok(id) => id,
            Err(error) if error.kind() == ErrorKind::TooLarge => return Ok(Err(error)),
            Err(error) => return Err(Unanswered::NotCalled(Some(error))),
        };
        let broken = state.broken;
        state.waiting.insert(id, None);
        loop {
            if let Some(Some(_)) = state.waiting.get(&id)
                && let Some(Some(answer)) = state.waiting.remove(&id)
            {
                return Ok(answer);
            }
            if state.broken != broken {
                state.waiting.remove(&id);
                return Err(Unanswered::Broken);
            }
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                state.waiting.remove(&id);
                return Err(Unanswered::TimedOut);
            }
        }
    }

    /// Waits until there may be somebody to call, at most for `limit`.
    pub(super) fn wait(&self, limit: Duration) {
        let mut state = self.state.lock();
        wait_for(&self.changed, &mut state, limit, |state| {
            (state.caller.is_some() || state.is_ended).then_some(())
        });
    }
}
