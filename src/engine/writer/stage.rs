//! A group of calls, staged in full before anything is changed.

use crate::model::limits;
use std::sync::Arc;

use super::budget::{Budget, Refused};
use super::commit::{Ahead, Commit, Staging};
use crate::engine::answers::selection::Selection;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::feed::Keep;
use crate::engine::memory::state::State;
use crate::engine::memory::timeline::Slot;
use crate::engine::memory::users::{ReadAll, UserEdit, check_user};
use crate::engine::{instant, instant_of};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::Effect;
use crate::model::{
    Act, Announcement, Lifecycle, Mark, Marking, Operation, PreparedViewer, Published, Viewer,
};
use crate::query::{Filter, Query, View};

/// A group being staged: user state first, then commits, each on top of those before.
pub(crate) struct Stage<'a> {
    state: &'a State,
    fetched: &'a Fetched,
    now: i64,
    ahead: Ahead<'a>,
    plan: Plan,
    /// Whether a commit has read user state, so that no later call may change it in this group.
    is_full: bool,
}

/// A staged group.
#[derive(Default)]
pub(crate) struct Plan {
    /// Entries: one for each user with marks, then retention, then one for each commit.
    pub(crate) entries: Vec<Planned>,
    /// Number of entries of users.
    users: usize,
    /// Changed announcements that were evicted, with their texts.
    pub(crate) taken_back: Vec<Arc<Announcement>>,
    /// Number of idempotency keys that the commits add.
    keys: usize,
    /// Memory that a call was refused for want of budget.
    pub(crate) refused: Option<Refused>,
}

impl Plan {
    /// Creates one of a single entry that was decided elsewhere.
    #[cfg(feature = "shm")]
    pub(crate) fn of(entry: Planned) -> Self {
        Self {
            entries: vec![entry],
            ..Self::default()
        }
    }
}

/// An entry without a number.
pub(crate) struct Planned {
    pub(crate) revision: i64,
    pub(crate) effects: Vec<Effect>,
}

/// Data that a plan drops by retention.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dropped {
    pub(crate) changes: u64,
    pub(crate) idempotency_keys: u64,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        state: &'a State,
        fetched: &'a Fetched,
        now: i64,
        budget_bytes: Option<u64>,
    ) -> Self {
        Self {
            state,
            fetched,
            now,
            ahead: Ahead::new(
                &state.index,
                fetched,
                Budget::new(budget_bytes, state.heap_bytes()),
            ),
            plan: Plan::default(),
            is_full: false,
        }
    }

    pub(crate) fn finish(self) -> Plan {
        self.plan
    }

    /// Stages one commit: all of the operations, or none. Returns None if it must wait for the next
    /// group.
    ///
    /// # Errors
    /// That of the first refused operation.
    pub(crate) fn commit(&mut self, operations: &[Operation]) -> Result<Option<Vec<Published>>> {
        if self.is_full {
            return Ok(None);
        }
        let mut staging = Staging::new(&self.ahead, self.now);
        let each = |(i, operation): (usize, &Operation)| {
            staging
                .stage(operation)
                .map_err(|error| error.within(&format!("[{i}]")))
        };
        let done: Result<Vec<Published>> = operations.iter().enumerate().map(each).collect();
        if done.is_err() {
            self.plan.refused = self.plan.refused.or(staging.refused());
        }
        let done = done?;
        let Some(staged) = staging.finish() else {
            return Ok(Some(done));
        };
        let (moved, purged) = (&staged.commit.moved, staged.commit.purged());
        let looks_at_users = !moved.is_empty() || !purged.is_empty();
        if looks_at_users && self.plan.users > 0 {
            // The commit would have to see the user state of this group.
            self.is_full = true;
            return Ok(None);
        }
        let affected = self.state.users.affected(moved, &purged);
        self.is_full = !affected.is_empty();
        let Commit {
            revision,
            mut effects,
            taken_back,
            ..
        } = self.ahead.advance(staged);
        let is_key = |effect: &&Effect| matches!(effect, Effect::PutKey(..));
        self.plan.keys += effects.iter().filter(is_key).count();
        effects.extend(affected.into_iter().map(Effect::User));
        self.plan.taken_back.extend(taken_back);
        self.plan.entries.push(Planned { revision, effects });
        Ok(Some(done))
    }

    /// Stages marks for a viewer, and returns how many announcements were marked.
    ///
    /// # Errors
    /// As [`Board::mark_shown`](crate::Board::mark_shown).
    pub(crate) fn mark(&mut self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        check_user(&viewer.user)?;
        viewer.validate()?;
        let Marking { mark, shown, .. } = marking;
        if shown.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            return Err(Error::too_large(
                "ids",
                shown.len() as u64,
                limits::BATCH as u64,
                &unit,
            ));
        }
        let is_alone = shown.len() == 1;
        let now = instant(viewer, self.now)?;
        let until = marking.checked_until(now, self.now)?;
        let index = &self.state.index;
        let prepared = PreparedViewer::new(viewer);
        let could_see = |id: i64| {
            let entry = index.slot_of_id(id).and_then(|slot| index.entry(slot));
            // It may have expired or been retracted since. The mark is kept all the same.
            entry
                .filter(|entry| entry.announcement.has_shown(now))
                .filter(|entry| index.groups.admits(entry.group, &prepared))
                .map(|entry| &*entry.announcement)
        };
        let mut acts: Vec<(&Announcement, Act)> = Vec::with_capacity(shown.len());
        let mut marked = 0;
        for one in shown {
            // A viewer who marks a page loses no mark because one of it is gone meanwhile.
            let announcement = match could_see(one.id) {
                Some(announcement) => announcement,
                None if is_alone => return Err(Error::not_found(one.id)),
                None => continue,
            };
            let version = one.version_of(announcement)?;
            let is_fixed = *mark == Mark::Dismiss && !announcement.dismissible();
            if is_fixed && is_alone {
                return Err(not_dismissible(one.id));
            }
            marked += u64::from(!is_fixed);
            let mark = if is_fixed { Mark::Read } else { *mark };
            let act = Act {
                mark,
                version,
                at: now,
                until,
            };
            acts.push((announcement, act));
        }
        if acts.is_empty() {
            return Ok(0);
        }
        acts.sort_by_key(|(announcement, _)| announcement.id());
        let mut edit = self.edit(&viewer.user, now)?;
        for (announcement, act) in acts {
            edit.mark(act, announcement);
        }
        self.user(Effect::User(edit.finish()));
        Ok(marked)
    }

    /// Stages marking everything that was news at or before `up_to` and that the viewer sees, and returns
    /// that revision.
    ///
    /// # Errors
    /// As [`Board::mark_all`](crate::Board::mark_all).
    pub(crate) fn mark_all(
        &mut self,
        query: &Query,
        mark: Mark,
        up_to: Option<i64>,
    ) -> Result<i64> {
        let name = &query.viewer.user;
        check_user(name)?;
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        if !matches!(mark, Mark::Seen | Mark::Read | Mark::Dismiss) {
            let reason = Bilingual::new(
                "everything can be marked as seen, read or dismiss only",
                "全部标记只支持 seen、read 和 dismiss",
            );
            return Err(Error::invalid("mark", mark.name(), reason));
        }
        let now = instant_of(query, self.now)?;
        let index = &self.state.index;
        let revision = up_to.unwrap_or(index.revision);
        if revision < 0 {
            let reason = Bilingual::new("must not be negative", "不能为负数");
            return Err(Error::invalid("up_to", &revision.to_string(), reason));
        }
        if revision > index.revision {
            return Err(Error::future_revision(revision, index.revision));
        }
        let mut edit = self.edit(name, now)?;
        let is_read = mark == Mark::Read;
        let wanted = Query {
            filter: Filter {
                unread_only: query.filter.unread_only || is_read,
                ..query.filter.clone()
            },
            cursor: None,
            ..query.clone()
        };
        if is_read && query.filter == Filter::default() {
            let prepared = query.prepare()?;
            let selection = Selection::new(self.state, self.fetched, &prepared, false, now);
            let viewer = (query.view == View::Viewer)
                .then(|| Arc::new(index.groups.asked_of(&query.viewer)));
            edit.mark_all_read(&ReadAll {
                index,
                up_to: revision,
                now,
                reader: selection.reader(),
                viewer,
                visible: selection.visible(),
                is_visible: &|slot| selection.accepts(slot),
            });
        } else {
            let prepared = wanted.prepare()?;
            let selection = Selection::new(self.state, self.fetched, &prepared, true, now);
            let total = selection.total();
            let slots = selection.page(None, usize::try_from(total).unwrap_or(usize::MAX), total);
            self.fetched.checked()?;
            let is_due = |slot: &Slot| {
                let entry = index.entry(*slot)?;
                let announcement = &*entry.announcement;
                let standing = selection.standing(*slot);
                // One that was dismissed may have been marked as unread since.
                let is_dismissed = standing.is_some_and(|standing| {
                    standing.receipt.is_dismissed(announcement) && standing.is_read(announcement)
                });
                let is_done = mark == Mark::Dismiss && is_dismissed;
                // An editor may ask for drafts, which nobody can have been shown.
                let is_news = announcement.notify_revision() <= revision
                    && announcement.state() != Lifecycle::Draft;
                (is_news && !is_done).then_some(announcement)
            };
            let mut marked: Vec<&Announcement> = slots.iter().filter_map(is_due).collect();
            marked.sort_by_key(|announcement| announcement.id());
            for announcement in marked {
                let is_fixed = mark == Mark::Dismiss && !announcement.dismissible();
                let act = Act {
                    mark: if is_fixed { Mark::Read } else { mark },
                    version: announcement.version(),
                    at: now,
                    until: 0,
                };
                edit.mark(act, announcement);
            }
        }
        self.user(Effect::User(edit.finish()));
        Ok(revision)
    }

    /// Stages erasing all state of a user, and returns whether there is any.
    pub(crate) fn forget_user(&mut self, user: &str) -> bool {
        let is_known = self.state.users.get(user).is_some();
        if is_known {
            self.user(Effect::ForgetUser(user.into()));
        }
        is_known
    }

    /// Begins a change of a user. One without state is refused when no memory is left.
    fn edit(&mut self, user: &str, now: i64) -> Result<UserEdit<'a>> {
        let edit = self.state.users.edit(user, now);
        if edit.is_new() {
            let taken = self.ahead.take_user(user);
            self.plan.refused = self.plan.refused.or(self.ahead.refused());
            taken?;
        }
        Ok(edit)
    }

    fn user(&mut self, effect: Effect) {
        self.plan.entries.push(Planned {
            revision: self.state.index.revision,
            effects: vec![effect],
        });
        self.plan.users += 1;
    }

    /// Drops data past its retention, if that is due.
    pub(crate) fn drop_what_is_due(&mut self, keep: Keep) -> Dropped {
        let State { index, feed, .. } = self.state;
        let head = self.ahead.revision();
        let compacted = feed.compactable(keep, head, self.now);
        let keys = index.idempotency_keys.forgettable(self.now, self.plan.keys);
        let dropped = Dropped {
            changes: compacted.map_or(0, |revision| feed.count_up_to(revision) as u64),
            idempotency_keys: keys.len() as u64,
        };
        let effects: Vec<Effect> = compacted
            .map(Effect::DropChanges)
            .into_iter()
            .chain(keys.into_iter().map(Effect::RemoveKey))
            .collect();
        if !effects.is_empty() {
            // Before the commits, because one of them may add a key again that is dropped for its
            // age.
            let planned = Planned {
                revision: index.revision,
                effects,
            };
            self.plan.entries.insert(self.plan.users, planned);
        }
        dropped
    }
}

fn not_dismissible(id: i64) -> Error {
    let reason = Bilingual::new(
        format!("announcement {id} is not dismissible"),
        format!("公告 {id} 不可关闭"),
    );
    Error::new(ErrorKind::BadState, reason)
}
