//! Pages, counts and look-ups.

use crate::engine::answers::selection::{Selection, announcements};
use crate::engine::memory::index::Index;
use crate::engine::memory::users::User;
use crate::engine::{Store, instant};
use crate::error::{Error, Result};
use crate::query::Field;
use crate::query::{Count, Cursor, Filter, Highlights, Item, Page, Phase, Query, View};
use crate::search::{SearchQuery, highlights, snippet};

/// How much of an announcement a snippet shows, in characters.
const SNIPPET_CHARS: usize = 120;

impl Store {
    /// One announcement as the query's viewer sees it.
    pub(crate) fn look_up(&self, id: i64, query: &Query) -> Result<Item> {
        query.viewer.validate()?;
        let present = self.clock.now();
        let now = instant(&query.viewer, present)?;
        let query = only(id, query);
        let index = self.read(present);
        let users = self.users.read();
        let user = users.get(&query.viewer.user);
        let selection = Selection::new(&index, &query, false, user, now)?;
        let found = announcements(&index, &selection.page(None, 1, 1))?.pop();
        let found = found.ok_or_else(|| Error::not_found(id))?;
        Ok(Item::new(found, &query.viewer).with_state(user, now))
    }

    /// A page.
    pub(crate) fn page(&self, query: &Query) -> Result<Page> {
        query.check()?;
        let cursor = Cursor::decode(query)?;
        let present = self.clock.now();
        let now = match cursor {
            Some(cursor) => cursor.now,
            None => instant(&query.viewer, present)?,
        };
        let limit = query.limit as usize;
        let (mut items, count, after, search) = {
            let index = self.read(present);
            let users = self.users.read();
            let user = users.get(&query.viewer.user);
            let mut selection = Selection::new(&index, query, query.counted, user, now)?;
            let after = cursor.map(|c| c.after);
            let (total, mut slots) = if query.counted {
                let total = selection.total();
                (Some(total), selection.page(after, limit + 1, total))
            } else {
                (None, selection.page_uncounted(after, limit + 1))
            };
            let count = self.count_of(&index, &selection, total, now);
            let has_more = slots.len() > limit;
            slots.truncate(limit);
            let last = slots.last().filter(|_| has_more);
            let after = last.and_then(|slot| selection.sort_key(*slot));
            let item = |found| Item::new(found, &query.viewer).with_state(user, now);
            let slots = selection.checked(slots)?;
            let items: Vec<Item> = announcements(&index, &slots)?
                .into_iter()
                .map(item)
                .collect();
            (items, count, after, selection.into_search())
        };
        if let Some(search) = search {
            items
                .iter_mut()
                .for_each(|item| item.found = Some(Box::new(found(item, &search))));
        }
        let next_cursor = after.map(|after| Cursor { now, after }.encode(query));
        Ok(Page {
            items,
            count,
            next_cursor,
        })
    }

    /// How many there are.
    pub(crate) fn count_for(&self, query: &Query) -> Result<Count> {
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        let present = self.clock.now();
        let now = instant(&query.viewer, present)?;
        let index = self.read(present);
        let users = self.users.read();
        let user = users.get(&query.viewer.user);
        let selection = Selection::new(&index, query, true, user, now)?;
        Ok(self.count_of(&index, &selection, Some(selection.total()), now))
    }

    fn count_of(
        &self,
        index: &Index,
        selection: &Selection<'_>,
        total: Option<u64>,
        now: i64,
    ) -> Count {
        Count {
            total,
            unread: total.map(|total| selection.unread(total)),
            revision: index.revision,
            epoch: *self.epoch.read(),
            now,
            next_change_at: selection.next_change_at(),
        }
    }
}

impl Item {
    /// The item with what its viewer has done with it.
    fn with_state(mut self, user: Option<&User>, now: i64) -> Self {
        let Some(user) = user else { return self };
        let receipt = user.receipt(self.announcement.id());
        self.is_read = user.has_read(&self.announcement);
        self.is_dismissed = receipt.is_dismissed(&self.announcement);
        self.is_acknowledged = receipt.is_acknowledged(&self.announcement);
        self.is_pending = user.is_pending(&self.announcement, now);
        self.seen_count = receipt.shown(&self.announcement);
        self
    }
}

/// Where `search` was found in an item.
fn found(item: &Item, search: &SearchQuery) -> Highlights {
    let (announcement, index) = (&item.announcement, item.text_index);
    Highlights {
        title: highlights(search, Field::Title, announcement.text(index).title),
        snippet: snippet(search, announcement, index, SNIPPET_CHARS),
    }
}

/// The query for one announcement: an editor finds it in any phase.
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
