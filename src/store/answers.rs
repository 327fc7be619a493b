//! Pages, counts and look-ups.

use super::Store;
use super::index::Index;
use super::selection::{Selection, announcements};
use super::users::User;
use crate::error::{Error, Result};
use crate::query::{Count, Cursor, Filter, Item, Page, Phase, Query, View};

impl Store {
    /// One announcement as the query's viewer sees it.
    pub(super) fn look_up(&self, id: i64, query: &Query) -> Result<Item> {
        query.viewer.validate()?;
        let present = self.clock.now();
        let now = self.instant(query, present)?;
        let query = only(id, query);
        let index = self.read(present);
        let users = self.users.read();
        let user = users.get(&query.viewer.user);
        let selection = Selection::new(&index, &query, user, now)?;
        let found = announcements(&index, &selection.page(None, 1, 1)).pop();
        let found = found.ok_or_else(|| Error::not_found(id))?;
        Ok(Item::new(found, &query.viewer).with_state(user, now))
    }

    /// A page.
    pub(super) fn page(&self, query: &Query) -> Result<Page> {
        query.check()?;
        let cursor = Cursor::decode(query)?;
        let present = self.clock.now();
        let now = match cursor {
            Some(cursor) => cursor.now,
            None => self.instant(query, present)?,
        };
        let limit = query.limit as usize;
        let (items, count, after) = {
            let index = self.read(present);
            let users = self.users.read();
            let user = users.get(&query.viewer.user);
            let selection = Selection::new(&index, query, user, now)?;
            let count = self.count_of(&index, &selection, now);
            let mut slots = selection.page(cursor.map(|c| c.after), limit + 1, count.total);
            let has_more = slots.len() > limit;
            slots.truncate(limit);
            let last = slots.last().filter(|_| has_more);
            let after = last.and_then(|slot| selection.sort_key(*slot));
            let item = |found| Item::new(found, &query.viewer).with_state(user, now);
            let items: Vec<Item> = announcements(&index, &slots)
                .into_iter()
                .map(item)
                .collect();
            (items, count, after)
        };
        let next_cursor = after.map(|after| Cursor { now, after }.encode(query));
        Ok(Page {
            items,
            count,
            next_cursor,
        })
    }

    /// How many there are.
    pub(super) fn count_for(&self, query: &Query) -> Result<Count> {
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        let present = self.clock.now();
        let now = self.instant(query, present)?;
        let index = self.read(present);
        let users = self.users.read();
        let user = users.get(&query.viewer.user);
        Ok(self.count_of(&index, &Selection::new(&index, query, user, now)?, now))
    }

    fn count_of(&self, index: &Index, selection: &Selection<'_>, now: i64) -> Count {
        let total = selection.total();
        Count {
            total,
            unread: selection.unread(total),
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

/// The query for one announcement: an editor finds it in any phase.
pub(super) fn only(id: i64, query: &Query) -> Query {
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
        cursor: String::new(),
        ..query.clone()
    }
}
