//! The calls that change a board, each with room for its own answer.

use std::borrow::Cow;

use parking_lot::Mutex;

use super::stage::Stage;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Mark, Operation, Published, Viewer};
use crate::query::Query;

/// A call that changes the board or what is kept of a user.
pub(crate) trait Call: Send + Sync {
    /// What the caller is told.
    type Answer: Send;
    /// The same call, for another thread to do.
    type Owned: Call<Answer = Self::Answer> + 'static;

    /// The user of whom something will be kept; none if it is about announcements.
    fn user(&self) -> Option<&str>;

    /// Works out what is to be written; none if that must wait for what the group writes already.
    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<Self::Answer>>;

    /// The same call, for another thread to do.
    fn into_owned(self) -> Self::Owned;
}

/// Makes several changes as one commit.
pub(crate) struct Apply<'a>(pub(crate) Cow<'a, [Operation]>);

/// Marks announcements.
pub(crate) struct MarkEach<'a> {
    pub(crate) viewer: Cow<'a, Viewer>,
    pub(crate) ids: Cow<'a, [i64]>,
    pub(crate) mark: Mark,
}

/// Marks all as read that was notified up to a revision; answers with that.
pub(crate) struct MarkAllRead<'a> {
    pub(crate) query: Cow<'a, Query>,
    pub(crate) up_to: Option<i64>,
}

/// Erases all that is kept of a user; answers whether there was anything.
pub(crate) struct ForgetUser<'a>(pub(crate) Cow<'a, str>);

impl Call for Apply<'_> {
    type Answer = Vec<Published>;
    type Owned = Apply<'static>;

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
    type Answer = ();
    type Owned = MarkEach<'static>;

    fn user(&self) -> Option<&str> {
        Some(&self.viewer.user)
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<()>> {
        Some(stage.mark(&self.viewer, &self.ids, self.mark))
    }

    fn into_owned(self) -> MarkEach<'static> {
        MarkEach {
            viewer: Cow::Owned(self.viewer.into_owned()),
            ids: Cow::Owned(self.ids.into_owned()),
            mark: self.mark,
        }
    }
}

impl Call for MarkAllRead<'_> {
    type Answer = i64;
    type Owned = MarkAllRead<'static>;

    fn user(&self) -> Option<&str> {
        Some(&self.query.viewer.user)
    }

    fn stage(&self, stage: &mut Stage<'_>) -> Option<Result<i64>> {
        Some(stage.mark_all_read(&self.query, self.up_to))
    }

    fn into_owned(self) -> MarkAllRead<'static> {
        MarkAllRead {
            query: Cow::Owned(self.query.into_owned()),
            up_to: self.up_to,
        }
    }
}

impl Call for ForgetUser<'_> {
    type Answer = bool;
    type Owned = ForgetUser<'static>;

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

/// A call and its answer.
pub(crate) struct Asked<C: Call> {
    pub(crate) call: C,
    /// Guards the answer, which whoever leads the group gives and the caller takes: never both at once.
    answer: Mutex<Option<Result<C::Answer>>>,
}

/// A call as a group sees it, whatever its answer is.
pub(crate) trait Pending: Send + Sync {
    fn user(&self) -> Option<&str>;

    /// Works out what is to be written, and keeps the answer. It may be asked again.
    fn stage(&self, stage: &mut Stage<'_>);

    /// Forgets the answer, for the group is staged again.
    fn reset(&self);

    /// Whether there is an answer.
    fn is_answered(&self) -> bool;

    /// What would have been changed is not. What was refused, or changes nothing, stays so.
    fn fail(&self, error: &Error);
}

impl<C: Call> Asked<C> {
    pub(crate) fn new(call: C) -> Self {
        Self {
            call,
            answer: Mutex::new(None),
        }
    }

    /// Takes the answer. There is none if whoever led the group broke off by a panic.
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
