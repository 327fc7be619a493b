//! Writing to a board that is kept elsewhere: which calls are made, and which may be made again when nobody knows whether
//! they were carried out.

use std::sync::Arc;

use super::answer::Answer;
use super::call::Call;
use super::questions::Instant;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Mark, Marking, Operation, Published, Viewer};
use crate::query::Query;

/// What may be done with a call of which nobody knows whether it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Doing it twice is the same as doing it once.
    Freely,
    /// It may have been done, and doing it again would be another change.
    Never,
}

/// What carries calls to the board, and answers back.
pub(crate) trait Carrier {
    /// Makes a call.
    ///
    /// # Errors
    /// The error that is the answer; those of the way.
    fn carry(&self, call: &Call, repeat: Repeat) -> Result<Answer>;

    /// Returns a random number.
    fn random(&self) -> u64;
}

/// Takes what an answer must be, or refuses it.
macro_rules! take_answer {
    ($answer:expr, $pattern:pat => $value:expr) => {
        match $answer {
            $pattern => Ok($value),
            other => Err(unexpected(other.name())),
        }
    };
}
#[cfg(feature = "client")]
pub(crate) use take_answer;

/// Makes changes as one revision, as [`Board::apply`](crate::Board::apply) does.
///
/// # Errors
/// As `Board::apply`; those of the way.
pub(crate) fn apply(carrier: &dyn Carrier, operations: &[Operation]) -> Result<Vec<Published>> {
    let (mut operations, mut own) = (operations.to_vec(), Vec::new());
    for operation in &mut operations {
        own.push(name(carrier, operation));
    }
    let is_named = |operation: &Operation| matches!(operation, Operation::Publish(_));
    let repeat = match operations.iter().all(is_named) {
        true => Repeat::Freely,
        false => Repeat::Never,
    };
    let answer = carrier.carry(&Call::Apply(operations), repeat)?;
    let mut done = take_answer!(answer, Answer::Applied(done) => done)?;
    for (published, is_own) in done.iter_mut().zip(own) {
        // It is a duplicate of this very call.
        published.duplicate &= !is_own;
    }
    Ok(done)
}

/// Gives a draft that lacks one an idempotency key, so that it can be published again. Returns whether it did.
fn name(carrier: &dyn Carrier, operation: &mut Operation) -> bool {
    let Operation::Publish(draft) = operation else {
        return false;
    };
    if !draft.idempotency_key.is_empty() {
        return false;
    }
    let (one, two) = (carrier.random(), carrier.random());
    Arc::make_mut(draft).idempotency_key = format!("retry-{one:016x}{two:016x}");
    true
}

/// Marks announcements, as [`Board::mark_shown`](crate::Board::mark_shown) does.
///
/// # Errors
/// As `Board::mark_shown`; those of the way.
pub(crate) fn mark_shown(carrier: &dyn Carrier, viewer: &Viewer, marking: &Marking) -> Result<u64> {
    let shown = &marking.shown;
    let call = Call::Mark {
        viewer: viewer.clone(),
        ids: shown.iter().map(|shown| shown.id).collect(),
        mark: marking.mark,
        version: None,
        versions: shown.iter().map(|shown| shown.version).collect(),
        until: Instant(marking.until),
    };
    let repeat = match marking.mark {
        // It counts how often.
        Mark::Seen => Repeat::Never,
        _ => Repeat::Freely,
    };
    take_answer!(carrier.carry(&call, repeat)?, Answer::Marked { marked } => marked)
}

/// Marks everything, as [`Board::mark_all`](crate::Board::mark_all) does.
///
/// # Errors
/// As `Board::mark_all`; those of the way.
pub(crate) fn mark_all(
    carrier: &dyn Carrier,
    query: &Query,
    mark: Mark,
    up_to: Option<i64>,
) -> Result<i64> {
    let call = Call::MarkAll {
        viewer: query.viewer.clone(),
        view: query.view,
        filter: query.filter.clone(),
        mark,
        up_to,
    };
    // Later it covers what the viewer sees later.
    let answer = carrier.carry(&call, Repeat::Never)?;
    take_answer!(answer, Answer::Revision { revision } => revision)
}

/// Erases all data of a user, as [`Board::forget_user`](crate::Board::forget_user) does.
///
/// # Errors
/// As `Board::forget_user`; those of the way.
pub(crate) fn forget_user(carrier: &dyn Carrier, user: &str) -> Result<bool> {
    let user = user.to_owned();
    let answer = carrier.carry(&Call::ForgetUser { user }, Repeat::Never)?;
    take_answer!(answer, Answer::Forgotten { forgotten } => forgotten)
}

/// Creates the error for an answer that this client does not understand.
pub(crate) fn unexpected(answer: &str) -> Error {
    let reason = Bilingual::new(
        format!(
            "the daemon answered with {answer}, which this client does not understand; update one of them"
        ),
        format!("守护进程的应答（{answer}）无法识别；请升级守护进程或本程序"),
    );
    Error::new(ErrorKind::Unsupported, reason)
}
