//! What can be asked of a board that changes it.

use std::borrow::Cow;
use std::ops::Deref;

use crate::model::{Mark, Viewer};
use crate::model::{Operation, Published};
use crate::query::Query;

/// A call that changes the board or what is kept of a user.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    Apply(Cow<'a, [Operation]>),
    Mark {
        viewer: Held<'a, Viewer>,
        ids: Cow<'a, [i64]>,
        mark: Mark,
    },
    MarkAllRead {
        query: Held<'a, Query>,
        up_to: Option<i64>,
    },
    Forget(Cow<'a, str>),
}

/// Something lent by the caller, or held for one who waits.
#[derive(Debug)]
pub(crate) enum Held<'a, T> {
    Lent(&'a T),
    Owned(Box<T>),
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Lent(value) => value,
            Self::Owned(value) => value,
        }
    }
}

impl<T: Clone> Held<'_, T> {
    fn into_owned(self) -> Held<'static, T> {
        Held::Owned(match self {
            Self::Lent(value) => Box::new(value.clone()),
            Self::Owned(value) => value,
        })
    }
}

/// What a call gave.
#[derive(Debug)]
pub(crate) enum Done {
    Applied(Vec<Published>),
    Marked,
    /// Up to this revision all is read.
    ReadUpTo(i64),
    /// Whether anything was kept of the user.
    Forgotten(bool),
}

impl Request<'_> {
    /// The user of whom something will be kept; none if it is about announcements.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::Apply(_) => None,
            Self::Mark { viewer, .. } => Some(&viewer.user),
            Self::MarkAllRead { query, .. } => Some(&query.viewer.user),
            Self::Forget(user) => Some(user),
        }
    }

    /// The same, for another thread to do.
    pub(crate) fn into_owned(self) -> Request<'static> {
        match self {
            Self::Apply(operations) => Request::Apply(Cow::Owned(operations.into_owned())),
            Self::Mark { viewer, ids, mark } => Request::Mark {
                viewer: viewer.into_owned(),
                ids: Cow::Owned(ids.into_owned()),
                mark,
            },
            Self::MarkAllRead { query, up_to } => Request::MarkAllRead {
                query: query.into_owned(),
                up_to,
            },
            Self::Forget(user) => Request::Forget(Cow::Owned(user.into_owned())),
        }
    }
}
