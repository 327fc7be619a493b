//! The users whose own marks are followed, and the callers that wait for them to change.
//!
//! Nothing is kept of the other users: who is not followed yet, or no more, lists again. So a mark costs
//! followers nothing on a board without any, and the memory is that of the users who are asked about.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Effect, Entry, UserChange};
use crate::locks::{Condvar, Mutex};

/// Most users that are followed at once. Beyond it those are dropped that were asked about longest ago; with
/// all their changes they take some 40 MB.
const USERS: usize = 64 * 1024;
/// Most changes kept of one user, which is more than a device misses that is asleep for an hour.
const CHANGES: usize = 32;

/// Changes of the users that somebody follows.
#[derive(Default)]
pub(crate) struct OwnWatch {
    /// Guards the followed users. As innermost as the head: no other lock is taken while it is held. It is
    /// taken while an entry is applied, so that who sees a mark also finds its number here.
    followed: Mutex<Followed>,
    changed: Condvar,
    /// Whether there is a followed user. A write skips the lock while this is false.
    has_any: AtomicBool,
}

#[derive(Default)]
struct Followed {
    users: HashMap<Arc<str>, Own>,
    /// Number of questions, which tells who was asked about longest ago.
    questions: u64,
    is_closed: bool,
}

/// What is kept of one user. A revision of the user's own is the number of an entry plus one, so that none
/// is 0, the revision of who has never asked.
struct Own {
    /// Revision from which on the changes are known.
    since: u64,
    /// Revision of the last change, or from which on the user is followed.
    last: u64,
    /// Revisions and announcements, oldest first.
    changes: VecDeque<(u64, i64)>,
    /// The last question.
    asked: u64,
}

/// What has changed since a follower's revision.
pub(crate) struct OwnChange {
    pub(crate) revision: u64,
    /// The announcements; None for all of them.
    pub(crate) changed: Option<Vec<i64>>,
}

impl OwnWatch {
    /// Follows a user from the entry `seq` on, unless that user is followed already. The caller holds the
    /// state's lock, so that no entry is applied in between.
    pub(crate) fn follow(&self, user: &str, seq: u64) {
        let mut followed = self.followed.lock();
        followed.questions += 1;
        let asked = followed.questions;
        if let Some(own) = followed.users.get_mut(user) {
            own.asked = asked;
            return;
        }
        followed.make_room();
        let own = Own {
            since: revision_of(seq),
            last: revision_of(seq),
            changes: VecDeque::new(),
            asked,
        };
        followed.users.insert(user.into(), own);
        self.has_any.store(true, Ordering::SeqCst);
    }

    /// Returns what has changed since `since`, waiting for it until `deadline`; None for a user who is not
    /// followed any more.
    ///
    /// # Errors
    /// `unavailable` when the board is closed during the wait.
    pub(crate) fn wait(
        &self,
        user: &str,
        since: u64,
        deadline: Option<Instant>,
    ) -> Result<Option<OwnChange>> {
        let mut followed = self.followed.lock();
        let mut has_timed_out = false;
        loop {
            let Some(own) = followed.users.get(user) else {
                return Ok(None);
            };
            if own.is_past(since) || has_timed_out {
                return Ok(Some(own.change(since)));
            }
            if followed.is_closed {
                let reason = Bilingual::new("the board is being closed", "公告板正在关闭");
                return Err(Error::new(ErrorKind::Unavailable, reason));
            }
            match deadline {
                Some(deadline) => {
                    let waited = self.changed.wait_until(&mut followed, deadline);
                    has_timed_out = waited.timed_out();
                }
                None => self.changed.wait(&mut followed),
            }
        }
    }

    /// Returns what has changed since `since`; None for a user who is not followed any more.
    pub(crate) fn ask(&self, user: &str, since: u64) -> Option<OwnChange> {
        let followed = self.followed.lock();
        followed.users.get(user).map(|own| own.change(since))
    }

    /// Notes what an entry changes, for the caller who is applying it.
    pub(crate) fn note(&self, entry: &Entry) {
        if !self.has_any.load(Ordering::SeqCst) {
            return;
        }
        let mut followed = self.followed.lock();
        let mut has_changed = false;
        for effect in &entry.effects {
            has_changed |= match effect {
                Effect::User(change) => match followed.users.get_mut(&change.name) {
                    Some(own) => own.note(revision_of(entry.seq), change),
                    None => false,
                },
                // Nothing is kept of the user, also not here. Who follows begins anew.
                Effect::ForgetUser(name) => followed.users.remove(name).is_some(),
                _ => false,
            };
        }
        drop(followed);
        if has_changed {
            self.changed.notify_all();
        }
    }

    /// Begins anew on another board.
    pub(crate) fn restart(&self) {
        let mut followed = self.followed.lock();
        followed.users.clear();
        self.has_any.store(false, Ordering::SeqCst);
        drop(followed);
        self.changed.notify_all();
    }

    /// Ends all waits, present and future, or allows waits again.
    pub(crate) fn set_closed(&self, is_closed: bool) {
        self.followed.lock().is_closed = is_closed;
        self.changed.notify_all();
    }
}

/// Returns the user's own revision after an entry.
pub(crate) fn revision_of(seq: u64) -> u64 {
    seq.saturating_add(1)
}

impl Followed {
    /// Drops half of the users when there are too many: those who were asked about longest ago.
    fn make_room(&mut self) {
        if self.users.len() < USERS {
            return;
        }
        let mut asked: Vec<u64> = self.users.values().map(|own| own.asked).collect();
        let (_, middle, _) = asked.select_nth_unstable(USERS / 2);
        let middle = *middle;
        self.users.retain(|_, own| own.asked > middle);
    }
}

impl Own {
    /// Reports whether there is something to tell a follower who has reached `since`.
    fn is_past(&self, since: u64) -> bool {
        self.last > since || since < self.since
    }

    fn change(&self, since: u64) -> OwnChange {
        let changes = self.changes.iter();
        let changes = changes.filter(|(revision, _)| *revision > since);
        let mut changed: Vec<i64> = changes.map(|(_, id)| *id).collect();
        changed.sort_unstable();
        changed.dedup();
        OwnChange {
            revision: self.last.max(since),
            changed: (since >= self.since).then_some(changed),
        }
    }

    /// Notes a change, and reports whether there is any.
    fn note(&mut self, revision: u64, change: &UserChange) -> bool {
        let marks_all = change
            .own
            .as_ref()
            .is_some_and(|own| own.watermark.is_some());
        if change.kept.is_empty() && !marks_all {
            return false;
        }
        self.last = revision;
        if marks_all || change.kept.iter().len() > CHANGES {
            self.changes.clear();
            self.since = revision;
            return true;
        }
        self.changes
            .extend(change.kept.iter().map(|(id, _)| (revision, id)));
        while self.changes.len() > CHANGES {
            // What is left of that revision is not all of it.
            if let Some((dropped, _)) = self.changes.pop_front() {
                self.since = dropped;
            }
        }
        true
    }
}
