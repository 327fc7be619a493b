//! Calls that change the board, each with its own type of answer.

use std::borrow::Cow;

use super::stage::Stage;
use crate::error::{Error, ErrorKind, Result};
use crate::locks::Mutex;
use crate::model::{Mark, Marking, Operation, Published, Viewer};
use crate::query::Query;

/// Copies of a draft's texts that publishing it makes: owned, packed, encoded and indexed.
const COPIES: usize = 4;
/// Bytes of an announcement besides its texts.
const FIELDS: usize = 2048;
/// Bytes of a mark, with its user's name.
const MARK: usize = 512;

/// A call that changes the board or the state of a user.
pub(crate) trait Call: Send + Sync {
    /// Answer to the caller.
    type Answer: Send;
    /// The same call in owned form, for another thread to serve.
    type Owned: Call<Answer = Self::Answer> + 'static;

    /// Estimates the memory that staging and applying it may take, in bytes.
    fn memory(&self) -> usize;

    /// Returns the user whose state changes; None for a call about announcements.
    fn user(&self) -> Option<&str>;

    /// Stages the call; None if it must wait until the group has been written.
    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<Self::Answer>>;

    /// The same call in owned form, for another thread to serve.
    fn into_owned(self) -> Self::Owned;
}

/// Makes several changes as one commit.
pub(crate) struct Apply<'a>(pub(crate) Cow<'a, [Operation]>);

/// Marks announcements, and returns how many.
pub(crate) struct MarkEach<'a> {
    pub(crate) viewer: Cow<'a, Viewer>,
    pub(crate) marking: Cow<'a, Marking>,
}

/// Marks everything that a viewer sees and that was news up to a revision, and returns that revision.
pub(crate) struct MarkAll<'a> {
    pub(crate) query: Cow<'a, Query>,
    pub(crate) mark: Mark,
    pub(crate) up_to: Option<i64>,
}

/// Erases all state of a user, and returns whether there was any.
pub(crate) struct ForgetUser<'a>(pub(crate) Cow<'a, str>);

impl Call for Apply<'_> {
    type Answer = Vec<Published>;
    type Owned = Apply<'static>;

    fn memory(&self) -> usize {
        let texts = |operation: &Operation| match operation {
            Operation::Publish(draft) => draft.text_bytes(),
            _ => 0,
        };
        let operations = self.0.iter();
        operations
            .map(|operation| COPIES * texts(operation) + FIELDS)
            .sum()
    }

    fn user(&self) -> Option<&str> {
        None
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<Vec<Published>>> {
        stage.commit(&self.0).transpose()
    }

    fn into_owned(self) -> Apply<'static> {
        Apply(Cow::Owned(self.0.into_owned()))
    }
}

impl Call for MarkEach<'_> {
    type Answer = u64;
    type Owned = MarkEach<'static>;

    fn memory(&self) -> usize {
        MARK * (1 + self.marking.shown.len())
    }

    fn user(&self) -> Option<&str> {
        Some(&self.viewer.user)
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<u64>> {
        Some(stage.mark(&self.viewer, &self.marking))
    }

    fn into_owned(self) -> MarkEach<'static> {
        MarkEach {
            viewer: Cow::Owned(self.viewer.into_owned()),
            marking: Cow::Owned(self.marking.into_owned()),
        }
    }
}

impl Call for MarkAll<'_> {
    type Answer = i64;
    type Owned = MarkAll<'static>;

    fn memory(&self) -> usize {
        MARK
    }

    fn user(&self) -> Option<&str> {
        Some(&self.query.viewer.user)
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<i64>> {
        Some(stage.mark_all(&self.query, self.mark, self.up_to))
    }

    fn into_owned(self) -> MarkAll<'static> {
        MarkAll {
            query: Cow::Owned(self.query.into_owned()),
            mark: self.mark,
            up_to: self.up_to,
        }
    }
}

impl Call for ForgetUser<'_> {
    type Answer = bool;
    type Owned = ForgetUser<'static>;

    fn memory(&self) -> usize {
        0
    }

    fn user(&self) -> Option<&str> {
        Some(&self.0)
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<bool>> {
        Some(Ok(stage.forget_user(&self.0)))
    }

    fn into_owned(self) -> ForgetUser<'static> {
        ForgetUser(Cow::Owned(self.0.into_owned()))
    }
}

/// A call with its answer.
pub(crate) struct Asked<C: Call> {
    pub(crate) call: C,
    /// Guards the answer, which the group's leader sets and the caller takes, never both at once.
    answer: Mutex<Option<Result<C::Answer>>>,
}

/// A call without the type of its answer, as a group handles it.
pub(crate) trait Pending: Send + Sync {
    fn user(&self) -> Option<&str>;

    /// Stages the call and keeps the answer. May be called again.
    fn stage(&self, stage: &mut Stage<'_>);

    /// Drops the answer, because the group is staged again.
    fn reset(&self);

    /// Reports whether the call has an answer.
    fn is_answered(&self) -> bool;

    /// Fails the call if it would have changed something. A refusal or a no-op keeps its answer.
    fn fail(&self, error: &Error);
}

impl<C: Call> Asked<C> {
    pub(crate) fn new(call: C) -> Self {
        Self {
            call,
            answer: Mutex::new(None),
        }
    }

    /// Takes the answer. It is missing if the leader panicked.
    pub(crate) fn take_answer(&self) -> Result<C::Answer> {
        let answer = self.answer.lock().take();
        answer.unwrap_or_else(|| Err(Error::described(ErrorKind::Poisoned)))
    }
}

impl<C: Call> Pending for Asked<C> {
    fn user(&self) -> Option<&str> {
        self.call.user()
    }

    fn stage(&self, stage: &mut Stage<'_>) {
        *self.answer.lock() = self.call.stage(stage);
    }

    fn reset(&self) {
        *self.answer.lock() = None;
    }

    fn is_answered(&self) -> bool {
        self.answer.lock().is_some()
    }

    fn fail(&self, error: &Error) {
        let mut answer = self.answer.lock();
        if let Some(Ok(_)) = &*answer {
            *answer = Some(Err(error.clone()));
        }
    }
}
