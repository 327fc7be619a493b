//! What a follower is told: of each change only what its query may see, before or after.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::answers::queries::whole;
use crate::engine::answers::selection::Selection;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::index::Index;
use crate::engine::memory::state::State;
use crate::engine::{Store, instant};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::FeedChange;
use crate::model::{self, Announcement, Audience, CompiledAudience, PreparedViewer};
use crate::query::{ChangeEvent, ChangeKind, ChangePage, Changes};
use crate::query::{Item, Phase, Query, View};

impl Store {
    /// The changes after `changes.since` as they concern its query.
    pub(crate) fn changes_for(&self, changes: &Changes) -> Result<ChangePage> {
        let query = Query {
            limit: changes.limit,
            cursor: String::new(),
            ..changes.query.clone()
        };
        check(&query, changes.since)?;
        let present = self.clock.now();
        let now = instant(&query.viewer, present)?;
        self.memory.ask(present, self.storage(), |state, fetched| {
            check_epoch(changes.epoch, state.epoch)?;
            follow(state, fetched, &query, changes.since, now)
        })
    }
}

/// The changes after `since` as they concern `query`.
fn follow(
    state: &State,
    fetched: &Fetched,
    query: &Query,
    since: i64,
    now: i64,
) -> Result<ChangePage> {
    let index = &state.index;
    let selection = Selection::new(state, fetched, query, query.counted, now)?;
    let mut witness = Witness::new(query, now);
    let mut events: Vec<ChangeEvent> = Vec::new();
    let mut to_revision = index.revision;
    for change in state.feed.after(since, index.revision)? {
        // A revision is never cut in two: a follower could not go on from its middle.
        let is_full = events.len() >= query.limit as usize;
        if is_full
            && events
                .last()
                .is_some_and(|last| last.revision != change.revision)
        {
            to_revision = change.revision - 1;
            break;
        }
        if !witness.is_concerned(change, index) {
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
            // It may be of a later retraction than the one that the follower could see.
            .filter(|current| witness.may_know(current));
        events.push(ChangeEvent {
            revision: change.revision,
            id: change.id,
            kind: change.kind,
            item: found.map(|found| Item::new(found, &query.viewer)),
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

/// Refuses what a feed cannot follow.
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

/// Refuses to go on with a board that is another one than was followed.
fn check_epoch(followed: Option<u128>, epoch: u128) -> Result<()> {
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

/// Knows whether the follower could see what an announcement was before a change.
struct Witness<'a> {
    query: &'a Query,
    viewer: PreparedViewer<'a>,
    now: i64,
    /// Audiences that were there before may be on the board no longer.
    audiences: HashMap<*const Audience, (Arc<Audience>, Option<CompiledAudience>)>,
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
            && self.query.filter.holds(before)
            && (self.query.view == View::Editor || self.was_shown(before, change))
    }

    /// Whether a change is about the announcement itself, or about one that replaces it for the viewer:
    /// what the viewer does not see covers nothing, and is not to be told from that. Where neither what
    /// a replacer was nor what it is now is seen, a later change has what it was between.
    fn is_concerned(&mut self, change: &FeedChange, index: &Index) -> bool {
        change.replacers.is_empty()
            || self.query.view == View::Editor
            || change.replacers.iter().any(|replacer| {
                let before = replacer.before.as_ref();
                before.is_some_and(|before| {
                    before.state() == model::State::Published && self.was_shown(before, change)
                }) || index
                    .by_id(replacer.id)
                    .is_some_and(|current| self.may_know(current))
            })
    }

    /// Whether the viewer may know of an announcement that is on the board.
    fn may_know(&mut self, current: &Announcement) -> bool {
        self.query.view == View::Editor
            || (current.has_shown(self.now) && self.is_admitted(current))
    }

    /// Whether the viewer could see what an announcement was before `change`. One that had not started
    /// by then did not start any more as what it was.
    fn was_shown(&mut self, before: &Announcement, change: &FeedChange) -> bool {
        let at = match self.query.viewer.now {
            Some(now) => now,
            None => change.at,
        };
        before.has_shown(at) && self.is_admitted(before)
    }

    fn is_admitted(&mut self, before: &Announcement) -> bool {
        let audience = before.audience_shared();
        // The change keeps the audience alive, so that its address stays its own.
        let (_, compiled) = self
            .audiences
            .entry(Arc::as_ptr(audience))
            .or_insert_with(|| (Arc::clone(audience), audience.compile().ok()));
        compiled
            .as_ref()
            .is_some_and(|compiled| compiled.matches(&self.viewer))
    }
}
