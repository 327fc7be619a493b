//! Watermarks: everything that a user could see when marking everything as read, at the cost of one.

use std::sync::Arc;

use crate::model::{Announcement, Lifecycle, Viewer};

/// Everything is read that was news at or before `revision`, had started by `at`, was not over by
/// `since`, and that `viewer` may see.
///
/// It stands for one moment, or for several of the same user: then `since` is the first of them. What
/// came and went between two of them was never before the user, and is marked as unread by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watermark {
    pub(crate) revision: i64,
    pub(crate) at: i64,
    /// The board's revision at the first moment. What was retracted by then was not visible.
    pub(crate) since_revision: i64,
    pub(crate) since: i64,
    /// Attributes and locales that audiences asked about, without the name of the user. None for an
    /// editor, and from former builds: everything.
    pub(crate) viewer: Option<Arc<Viewer>>,
}

impl Watermark {
    /// Creates that of a former build, which covered what nobody could see as well; None for nothing.
    pub(crate) fn former(revision: i64, at: i64) -> Option<Box<Self>> {
        (revision != 0).then(|| {
            Box::new(Self {
                revision,
                at,
                since_revision: 0,
                since: i64::MIN,
                viewer: None,
            })
        })
    }

    /// Reports whether a former build wrote it.
    pub(crate) fn is_former(&self) -> bool {
        self.viewer.is_none() && self.since == i64::MIN
    }

    /// Reports whether it makes `announcement` read for a viewer in its audience.
    pub(crate) fn covers(&self, announcement: &Announcement) -> bool {
        let is_retracted = announcement.state() == Lifecycle::Retracted;
        // Nobody has seen a draft, and its release is news.
        announcement.state() != Lifecycle::Draft
            && announcement.notify_revision() <= self.revision
            && announcement.starts_at() <= self.at
            && announcement.ends_at().is_none_or(|end| self.since < end)
            && (!is_retracted || self.since_revision < announcement.revision())
    }
}
