//! Changes for a follower: only those that its query sees, before or after the change.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::answers::prepared::Prepared;
use crate::engine::answers::queries::whole;
use crate::engine::answers::selection::Selection;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::index::Index;
use crate::engine::memory::state::State;
use crate::engine::{Store, instant_of};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::FeedChange;
use crate::model::{self, Announcement, Audience, CompiledAudience, PreparedViewer};
use crate::query::{ChangeEvent, ChangeKind, ChangePage, ChangeQuery};
use crate::query::{Item, Phase, Query, View};

impl Store {
    /// Returns the changes after `changes.since` that concern its query.
    pub(crate) fn changes_for(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        let query = Query {
            limit: changes.limit,
            cursor: None,
            ..changes.query.clone()
        };
        check(&query, changes.since)?;
        self.count_unreadable(&query.viewer);
        let present = self.present()?;
        let now = instant_of(&query, present)?;
        let prepared = query.prepare()?;
        self.memory.ask(present, self.storage(), |state, fetched| {
            check_epoch(changes.epoch, state.epoch)?;
            follow(state, fetched, &prepared, changes.since, now)
        })
    }
}

/// Returns the changes after `since` that concern `query`.
fn follow(
    state: &State,
    fetched: &Fetched,
    prepared: &Prepared<'_>,
    since: i64,
    now: i64,
) -> Result<ChangePage> {
    let index = &state.index;
    let query = prepared.query;
    let selection = Selection::new(state, fetched, prepared, query.counted, now);
    let mut witness = Witness::new(query, now);
    let mut events: Vec<ChangeEvent> = Vec::new();
    let mut to_revision = index.revision;
    for change in state.feed.after(since, index.revision)? {
        // A revision is never split, because a follower could not continue from its middle.
        let is_full = events.len() >= query.limit as usize;
        if is_full
            && events
                .last()
                .is_some_and(|last| last.revision != change.revision)
        {
            to_revision = change.revision - 1;
            break;
        }
        // A change with many replacers is divided, and told once.
        let is_told = events
            .last()
            .is_some_and(|last| (last.revision, last.id) == (change.revision, change.id));
        if !change.replacers.is_empty() && is_told {
            continue;
        }
        // What was done to a draft is not told to viewers after its release either.
        let is_hidden = query.view == View::Viewer && is_of_draft(change);
        if is_hidden || !witness.is_concerned(change, index) {
            continue;
        }
        let slot = index
            .slot_of_id(change.id)
            .filter(|slot| selection.accepts(*slot));
        let found = slot.and_then(|slot| whole(state, fetched, slot));
        if slot.is_none() && !witness.saw(change) {
            continue;
        }
        let current = index.by_id(change.id);
        let reason = current
            .filter(|_| change.kind == ChangeKind::Retracted)
            // The reason may belong to a later retraction than the one that the follower saw.
            .filter(|current| witness.may_know(current));
        events.push(ChangeEvent {
            revision: change.revision,
            id: change.id,
            kind: change.kind,
            item: found.map(|found| Item::new(found, &query.viewer, query.view)),
            reason: reason
                .map(|a| a.retract_reason().to_owned())
                .unwrap_or_default(),
        });
    }
    Ok(ChangePage {
        events,
        to_revision,
        head: index.revision,
        more: to_revision < index.revision,
        epoch: state.epoch,
        next_change_at: selection.next_change_at(),
    })
}

/// Reports whether a change left a draft: it was made, or changed before its release.
fn is_of_draft(change: &FeedChange) -> bool {
    let is_draft = |before: &Arc<Announcement>| before.state() == model::Lifecycle::Draft;
    change.kind == ChangeKind::UpdatedMinor && change.before.as_ref().is_none_or(is_draft)
}

/// Refuses a query that cannot be followed.
fn check(query: &Query, since: i64) -> Result<()> {
    query.check()?;
    if since < 0 {
        let reason = Bilingual::new("must not be negative", "不能为负数");
        return Err(Error::invalid("since", &since.to_string(), reason));
    }
    let filter = &query.filter;
    let refused = [
        ("filter.q", !filter.q.is_empty()),
        ("filter.unread_only", filter.unread_only),
        ("filter.pending_only", filter.pending_only),
        ("filter.unacknowledged_only", filter.unacknowledged_only),
    ];
    match refused.iter().find(|(_, is_set)| *is_set) {
        Some((path, _)) => {
            let reason = Bilingual::new(
                "not supported when following: the change feed does not cover search text or viewer state",
                "跟随时不支持：变更流不包含搜索和读者状态",
            );
            Err(Error::invalid(*path, "", reason))
        }
        None => Ok(()),
    }
}

/// Refuses to continue with a different board.
pub(super) fn check_epoch(followed: Option<u128>, epoch: u128) -> Result<()> {
    match followed {
        Some(followed) if followed != epoch => Err(Error::new(
            ErrorKind::EpochMismatch,
            Bilingual::new(
                format!("epoch mismatch: the board's is {epoch:032x}, not {followed:032x}"),
                format!("纪元不匹配：公告板为 {epoch:032x}，而非 {followed:032x}"),
            ),
        )),
        _ => Ok(()),
    }
}

/// Decides whether the follower could see an announcement before a change.
struct Witness<'a> {
    query: &'a Query,
    viewer: PreparedViewer<'a>,
    now: i64,
    /// Compiled audiences from before the changes, which may no longer be on the board.
    audiences: HashMap<*const Audience, (Arc<Audience>, CompiledAudience)>,
}

impl<'a> Witness<'a> {
    fn new(query: &'a Query, now: i64) -> Self {
        let viewer = PreparedViewer::new(&query.viewer);
        Self {
            query,
            viewer,
            now,
            audiences: HashMap::new(),
        }
    }

    fn saw(&mut self, change: &FeedChange) -> bool {
        let Some(before) = &change.before else {
            return false;
        };
        let phase = Phase::of(before, self.now);
        let wanted = self.query.filter.phase;
        (wanted == Phase::Any || wanted == phase)
            // Of what was purged, nothing may be left to compare. Being told of an id that is gone does no harm.
            && (before.is_redacted() || self.query.filter.holds(before))
            && (self.query.view == View::Editor || self.was_shown(before, change))
    }

    /// Reports whether a change concerns the announcement itself, or another one that replaces it
    /// for the viewer. An announcement that the viewer does not see must not cover anything
    /// visibly. If the viewer sees neither the old nor the new replacer, a later change covers what
    /// lies between.
    fn is_concerned(&mut self, change: &FeedChange, index: &Index) -> bool {
        change.replacers.is_empty()
            || self.query.view == View::Editor
            || change.replacers.iter().any(|replacer| {
                let before = replacer.before.as_ref();
                before.is_some_and(|before| {
                    before.state() == model::Lifecycle::Published && self.was_shown(before, change)
                }) || index
                    .by_id(replacer.id)
                    .is_some_and(|current| self.may_know(current))
            })
    }

    /// Reports whether the viewer may know of an announcement on the board.
    fn may_know(&mut self, current: &Announcement) -> bool {
        self.query.view == View::Editor
            || (current.has_shown(self.now) && self.is_admitted(current))
    }

    /// Reports whether the viewer could see the announcement as it was before `change`. A version
    /// that had not started by then never did.
    fn was_shown(&mut self, before: &Announcement, change: &FeedChange) -> bool {
        let at = match self.query.viewer.now {
            Some(now) => now,
            None => change.at,
        };
        before.has_shown(at) && self.is_admitted(before)
    }

    fn is_admitted(&mut self, before: &Announcement) -> bool {
        let audience = before.audience_shared();
        if audience.depends_on_announcement() {
            return audience.compile_lossy(&before.seed()).matches(&self.viewer);
        }
        // The change keeps the audience alive, so its address is not reused.
        let (_, compiled) = self
            .audiences
            .entry(Arc::as_ptr(audience))
            .or_insert_with(|| (Arc::clone(audience), audience.compile_lossy("")));
        compiled.matches(&self.viewer)
    }
}
