//! Pages, counts and single announcements.

use crate::model::limits;
use std::sync::Arc;

use crate::engine::answers::selection::Selection;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::state::State;
use crate::engine::memory::timeline::Slot;
use crate::engine::memory::users::Standing;
use crate::engine::{Store, instant, instant_of};
use crate::error::{Error, Result};
use crate::model::Announcement;
use crate::query::Field;
use crate::query::{Count, Cursor, Filter, Highlights, Item, Page, Phase, Query, View};
use crate::search::{SearchQuery, highlights, snippet};

impl Store {
    /// Returns one announcement as the query's viewer sees it.
    pub(crate) fn look_up(&self, id: i64, query: &Query) -> Result<Item> {
        query.viewer.validate()?;
        self.count_unreadable(&query.viewer);
        let present = self.present()?;
        let now = instant(&query.viewer, present)?;
        let query = only(id, query);
        let prepared = query.prepare()?;
        self.memory.ask(present, self.storage(), |state, fetched| {
            let selection = Selection::new(state, fetched, &prepared, false, now);
            let slot = selection.page(None, 1, 1).pop();
            let slot = slot.ok_or_else(|| Error::not_found(id))?;
            let found = whole(state, fetched, slot).ok_or_else(|| Error::not_found(id))?;
            let standing = selection.standing(slot);
            Ok(Item::new(found, &query.viewer, query.view).with_state(standing, now))
        })
    }

    /// Returns a page.
    pub(crate) fn page(&self, query: &Query) -> Result<Page> {
        query.check()?;
        self.count_unreadable(&query.viewer);
        let cursor = Cursor::decode(query)?;
        let prepared = query.prepare()?;
        let present = self.present()?;
        let now = match cursor {
            Some(cursor) => cursor.now,
            None => instant_of(query, present)?,
        };
        let limit = query.limit as usize;
        let asked = self.memory.ask(present, self.storage(), |state, fetched| {
            let mut selection = Selection::new(state, fetched, &prepared, query.counted, now);
            let after = cursor.map(|c| c.after);
            let (total, mut slots) = if query.counted {
                let total = selection.total();
                (Some(total), selection.page(after, limit + 1, total))
            } else {
                (None, selection.page_uncounted(after, limit + 1))
            };
            let count = count_of(state, &selection, total, now);
            let has_more = slots.len() > limit;
            slots.truncate(limit);
            let last = slots.last().filter(|_| has_more);
            let after = last.and_then(|slot| selection.sort_key(*slot));
            let item = |slot: &Slot| {
                let found = whole(state, fetched, *slot)?;
                let standing = selection.standing(*slot);
                Some(Item::new(found, &query.viewer, query.view).with_state(standing, now))
            };
            // A filter hides how many there will be, and growing bit by bit is a tenth of a query.
            let mut items: Vec<Item> = Vec::with_capacity(slots.len());
            items.extend(slots.iter().filter_map(item));
            Ok((items, count, after))
        });
        let (mut items, count, after) = asked?;
        if let Some(search) = &prepared.search {
            items
                .iter_mut()
                .for_each(|item| item.found = Some(Box::new(found(item, search))));
        }
        let next_cursor = after.map(|after| Cursor { now, after }.encode(query));
        Ok(Page {
            items,
            count,
            next_cursor,
        })
    }

    /// Returns the counts.
    pub(crate) fn count_for(&self, query: &Query) -> Result<Count> {
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        self.count_unreadable(&query.viewer);
        let prepared = query.prepare()?;
        let present = self.present()?;
        let now = instant_of(query, present)?;
        self.memory.ask(present, self.storage(), |state, fetched| {
            let selection = Selection::new(state, fetched, &prepared, true, now);
            Ok(count_of(state, &selection, Some(selection.total()), now))
        })
    }
}

fn count_of(state: &State, selection: &Selection<'_>, total: Option<u64>, now: i64) -> Count {
    Count {
        total,
        unread: total.map(|total| selection.unread(total)),
        revision: state.index.revision,
        epoch: state.epoch,
        now,
        next_change_at: selection.next_change_at(),
    }
}

/// Returns the announcement in `slot`; None while its texts must still be fetched.
pub(super) fn whole(state: &State, fetched: &Fetched, slot: Slot) -> Option<Arc<Announcement>> {
    fetched.whole(&state.index.entry(slot)?.announcement)
}

impl Item {
    /// Adds the viewer's state to the item.
    fn with_state(mut self, standing: Option<Standing>, now: i64) -> Self {
        // A viewer may look up what is over, which is not to pop up any more. An editor's view leaves
        // the time out of account.
        let may_pop_up = self.is_whole || self.announcement.is_active(now);
        self.is_pending &= may_pop_up;
        let Some(standing) = standing else {
            return self;
        };
        let receipt = &standing.receipt;
        self.is_read = standing.is_read(&self.announcement);
        self.is_dismissed = receipt.is_dismissed(&self.announcement);
        self.is_acknowledged = receipt.is_acknowledged(&self.announcement);
        self.is_pending = may_pop_up && standing.is_pending(&self.announcement, now);
        self.seen_count = receipt.shown(&self.announcement);
        let snoozed = receipt.snoozed_at(&self.announcement, now);
        self.snoozed_until = snoozed.unwrap_or_default();
        self
    }
}

/// Finds the hits of `search` in an item.
fn found(item: &Item, search: &SearchQuery) -> Highlights {
    let (announcement, index) = (&item.announcement, item.text_index);
    Highlights {
        title: highlights(search, Field::Title, announcement.text(index).title),
        snippet: snippet(search, announcement, index, limits::SNIPPET_CHARS),
    }
}

/// Returns the query for one announcement; an editor sees it in any phase.
pub(crate) fn only(id: i64, query: &Query) -> Query {
    let phase = match query.view {
        View::Viewer => Phase::Active,
        View::Editor => Phase::Any,
    };
    let filter = Filter {
        phase,
        ids: vec![id],
        ..Filter::default()
    };
    Query {
        filter,
        cursor: None,
        ..query.clone()
    }
}
