//! What a follower is told: of each change only what its query may see, before or after.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::answers::selection::{Selection, announcements};
use crate::engine::memory::feed::Entry;
use crate::engine::memory::index::Index;
use crate::engine::{Store, instant};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Announcement, Audience, CompiledAudience, Lifecycle, PreparedViewer};
use crate::query::{ChangeEvent, ChangeKind, ChangePage, ChangeQuery};
use crate::query::{Item, Phase, Query, View};

impl Store {
    /// The changes after `changes.since` as they concern its query.
    pub(crate) fn changes_for(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        let query = Query {
            limit: changes.limit,
            cursor: None,
            ..changes.query.clone()
        };
        check(&query, changes.since)?;
        let present = self.clock.now();
        let now = instant(&query.viewer, present)?;
        let index = self.read(present);
        let epoch = *self.epoch.read();
        check_epoch(changes.epoch, epoch)?;
        let feed = self.feed.read();
        let selection = Selection::new(&index, &query, query.counted, None, now)?;
        let mut witness = Witness::new(&query, now);
        let mut events: Vec<ChangeEvent> = Vec::new();
        let mut to_revision = index.revision;
        for entry in feed.after(changes.since, index.revision)? {
            // A revision is never cut in two: a follower could not go on from its middle.
            let is_full = events.len() >= query.limit as usize;
            if is_full
                && events
                    .last()
                    .is_some_and(|last| last.revision != entry.revision)
            {
                to_revision = entry.revision - 1;
                break;
            }
            if !witness.is_concerned(entry, &index) {
                continue;
            }
            let slot = index
                .slot_of_id(entry.id)
                .filter(|slot| selection.accepts(*slot));
            let found = announcements(&index, slot.as_slice())?.pop();
            if found.is_none() && !witness.saw(entry) {
                continue;
            }
            let current = index.by_id(entry.id);
            let reason = current
                .filter(|_| entry.kind == ChangeKind::Retracted)
                // It may be of a later retraction than the one that the follower could see.
                .filter(|current| witness.may_know(current));
            events.push(ChangeEvent {
                revision: entry.revision,
                id: entry.id,
                kind: entry.kind,
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
            epoch,
            next_change_at: selection.next_change_at(),
        })
    }
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

    fn saw(&mut self, entry: &Entry) -> bool {
        let Some(before) = &entry.before else {
            return false;
        };
        let phase = Phase::of(before, self.now);
        let wanted = self.query.filter.phase;
        (wanted == Phase::Any || wanted == phase)
            && self.query.filter.holds(before)
            && (self.query.view == View::Editor || self.was_shown(before, entry))
    }

    /// Whether an entry is about the announcement itself, or about one that replaces it for the viewer:
    /// what the viewer does not see covers nothing, and is not to be told from that. Where neither what
    /// a replacer was nor what it is now is seen, a later entry has what it was between.
    fn is_concerned(&mut self, entry: &Entry, index: &Index) -> bool {
        entry.replacers.is_empty()
            || self.query.view == View::Editor
            || entry.replacers.iter().any(|replacer| {
                let before = replacer.before.as_ref();
                before.is_some_and(|before| {
                    before.state() == Lifecycle::Published && self.was_shown(before, entry)
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

    /// Whether the viewer could see what an announcement was before `entry`. One that had not started
    /// by then did not start any more as what it was.
    fn was_shown(&mut self, before: &Announcement, entry: &Entry) -> bool {
        let at = match self.query.viewer.now {
            Some(now) => now,
            None => entry.at,
        };
        before.has_shown(at) && self.is_admitted(before)
    }

    fn is_admitted(&mut self, before: &Announcement) -> bool {
        let audience = before.audience_shared();
        // The entry keeps the audience alive, so that its address stays its own.
        let (_, compiled) = self
            .audiences
            .entry(Arc::as_ptr(audience))
            .or_insert_with(|| (Arc::clone(audience), audience.compile().ok()));
        compiled
            .as_ref()
            .is_some_and(|compiled| compiled.matches(&self.viewer))
    }
}
