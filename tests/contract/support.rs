//! A board with a clock that the test sets, and short words for what tests do with it.

use std::sync::Arc;

use notice::{
    ChangeQuery, Draft, Error, ErrorKind, Filter, Importance, Item, ManualClock, Mark, Operation,
    Operator, Options, Outcome, Page, Phase, Published, Query, Result, SharedBoard, View, Viewer,
};
use serde_json::Value;

/// When the clocks of the tests begin.
pub(crate) const START: i64 = 1_781_748_000_000;
/// A day in milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// No ids.
pub(crate) const NONE: [i64; 0] = [];

/// A board and its clock.
pub(crate) struct Desk {
    pub(crate) board: SharedBoard,
    clock: Arc<ManualClock>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Options::new())
    }

    pub(crate) fn with(options: Options) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let board = options.clock(Arc::clone(&clock)).open("mem:").unwrap();
        Self { board, clock }
    }

    /// Sets the clock to so many milliseconds after [`START`].
    pub(crate) fn at(&self, ms: i64) {
        self.clock.set(START + ms);
    }

    pub(crate) fn publish(&self, draft: Draft) -> i64 {
        self.board.publish(&draft).unwrap().id
    }

    /// Publishes an announcement that is nothing but a title.
    pub(crate) fn title(&self, title: &str) -> i64 {
        self.publish(Draft::new("en", title))
    }

    pub(crate) fn try_update(
        &self,
        id: i64,
        patch: Value,
        change: Option<Importance>,
    ) -> Result<Published> {
        self.board.apply_one(update(id, patch, change))
    }

    pub(crate) fn update(&self, id: i64, patch: Value) -> Published {
        self.try_update(id, patch, None).unwrap()
    }

    pub(crate) fn minor(&self, id: i64, patch: Value) {
        let done = self.try_update(id, patch, Some(Importance::Minor)).unwrap();
        assert_eq!(done.outcome, Outcome::Updated);
    }

    pub(crate) fn major(&self, id: i64, patch: Value) {
        let done = self.try_update(id, patch, Some(Importance::Major)).unwrap();
        assert_eq!(done.outcome, Outcome::Updated);
    }

    pub(crate) fn retract(&self, id: i64, reason: &str) -> i64 {
        self.board.retract(id, reason).unwrap()
    }

    pub(crate) fn restore(&self, id: i64) -> Published {
        self.board.apply_one(restore(id)).unwrap()
    }

    pub(crate) fn purge(&self, id: i64) -> Published {
        self.board.apply_one(Operation::Purge { id }).unwrap()
    }

    pub(crate) fn mark(&self, user: &str, ids: &[i64], mark: Mark) {
        self.board.mark(&Viewer::new(user), ids, mark).unwrap();
    }

    pub(crate) fn read_all(&self, user: &str) -> i64 {
        self.board.mark_all_read(&of(user), None).unwrap()
    }

    /// An announcement as a user sees it.
    pub(crate) fn item(&self, user: &str, id: i64) -> Item {
        self.board.get(id, &of(user)).unwrap()
    }

    pub(crate) fn page(&self, query: &Query) -> Page {
        self.board.query(query).unwrap()
    }

    /// The ids of all pages together, in order.
    pub(crate) fn ids(&self, query: &Query) -> Vec<i64> {
        let items = self.all(query);
        items.iter().map(|item| item.announcement.id()).collect()
    }

    pub(crate) fn all(&self, query: &Query) -> Vec<Item> {
        let mut items = Vec::new();
        let mut query = query.clone();
        loop {
            let page = self.page(&query);
            items.extend(page.items);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return items,
            }
        }
    }

    pub(crate) fn pending(&self, user: &str) -> Vec<i64> {
        self.ids(&of(user).filter(Filter::new().pending_only(true)))
    }

    pub(crate) fn unread(&self, user: &str) -> Vec<i64> {
        let ids = self.ids(&of(user).filter(Filter::new().unread_only(true)));
        assert_eq!(
            Some(ids.len() as u64),
            self.board.count(&of(user)).unwrap().unread
        );
        ids
    }

    /// An announcement as an editor sees it, in whatever phase.
    pub(crate) fn edited(&self, id: i64) -> Item {
        self.board.get(id, &Query::editor()).unwrap()
    }

    pub(crate) fn revision(&self) -> i64 {
        self.board.revision().unwrap()
    }

    /// The whole change feed from `since` on, a thousand events at a time.
    pub(crate) fn events(&self, since: i64, query: &Query) -> Vec<notice::ChangeEvent> {
        let changes = ChangeQuery::since(since, query.clone());
        let page = self.board.changes(&changes).unwrap();
        assert!(!page.more);
        page.events
    }
}

pub(crate) fn of(user: &str) -> Query {
    Query::new(Viewer::new(user))
}

/// Everything, through an editor's eyes.
pub(crate) fn editor_of_all() -> Query {
    Query::editor()
        .view(View::Editor)
        .filter(Filter::new().phase(Phase::Any))
        .limit(1000)
}

/// A draft for one role only.
pub(crate) fn for_role(title: &str, role: &str) -> Draft {
    Draft::new("en", title).audience("role", Operator::In, [role])
}

pub(crate) fn publish(draft: Draft) -> Operation {
    Operation::Publish(Box::new(draft))
}

pub(crate) fn update(id: i64, patch: Value, change: Option<Importance>) -> Operation {
    Operation::Update {
        id,
        patch,
        if_version: None,
        change,
    }
}

pub(crate) fn retract(id: i64, reason: &str) -> Operation {
    Operation::Retract {
        id,
        reason: reason.to_owned(),
        if_version: None,
    }
}

pub(crate) fn restore(id: i64) -> Operation {
    Operation::Restore {
        id,
        if_version: None,
    }
}

/// What a refusal says: kind and path.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> (ErrorKind, Option<String>) {
    let error: Error = result.unwrap_err();
    (error.kind(), error.path().map(str::to_owned))
}

pub(crate) fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}
