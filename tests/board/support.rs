//! What the tests are told with: a board whose clock stands still, and short words for the rest.

use std::fmt::Debug;
use std::sync::Arc;

use notice::{
    ChangeEvent, ChangeQuery, Draft, Error, ErrorKind, Filter, Importance, Item, Language,
    ManualClock, Mark, Operation, Operator, Options, Order, Outcome, Page, Patch, Phase, Published,
    Query, Result, SharedBoard, View, Viewer,
};
use serde_json::Value;

/// 2026-06-18T10:00:00+08:00, when the clocks of the tests begin.
pub(crate) const NOW: i64 = 1_781_748_000_000;
pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The orders that need no search text.
pub(crate) const ORDERS: [Order; 4] = [
    Order::Default,
    Order::Newest,
    Order::Oldest,
    Order::EndingSoon,
];

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
        let clock = Arc::new(ManualClock::new(NOW));
        let board = options.clock(Arc::clone(&clock)).open("mem:").unwrap();
        Self { board, clock }
    }

    /// Sets the clock to so many milliseconds after [`NOW`].
    pub(crate) fn at(&self, ms: i64) {
        self.clock.set(NOW + ms);
    }

    /// Sets the clock to what it shows.
    pub(crate) fn shows(&self, now: i64) {
        self.clock.set(now);
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
        self.board.apply_one(Operation::Update {
            id,
            patch: Box::new(Patch::from_value(&patch)?),
            if_version: None,
            change,
        })
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
        self.board.retract(id, reason).unwrap().revision
    }

    pub(crate) fn restore(&self, id: i64) -> Published {
        self.board.restore(id).unwrap()
    }

    pub(crate) fn purge(&self, id: i64) -> Published {
        self.board.purge(id).unwrap()
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
        items.iter().map(|item| item.id()).collect()
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
    pub(crate) fn events(&self, since: i64, query: &Query) -> Vec<ChangeEvent> {
        let changes = ChangeQuery::since(since, query.clone());
        let page = self.board.changes(&changes).unwrap();
        assert!(!page.more);
        page.events
    }
}

/// An empty board at `NOW`, and its clock.
pub(crate) fn board() -> (SharedBoard, Arc<ManualClock>) {
    let Desk { board, clock } = Desk::new();
    (board, clock)
}

/// A board as JSON Lines.
pub(crate) fn export(board: &SharedBoard) -> String {
    let mut bytes = Vec::new();
    board.custody().unwrap().export(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A draft that is only an English title.
pub(crate) fn draft(title: &str) -> Draft {
    Draft::new("en", title)
}

/// A draft for one role only.
pub(crate) fn for_role(title: &str, role: &str) -> Draft {
    Draft::new("en", title).audience("role", Operator::In, [role])
}

pub(crate) fn publish(draft: Draft) -> Operation {
    Operation::Publish(Arc::new(draft))
}

pub(crate) fn update(id: i64, patch: Value, change: Option<Importance>) -> Operation {
    Operation::Update {
        id,
        patch: Box::new(Patch::from_value(&patch).unwrap()),
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

pub(crate) fn release(id: i64) -> Operation {
    Operation::Release {
        id,
        if_version: None,
    }
}

/// What a viewer of whom nothing is known asks.
pub(crate) fn anyone() -> Query {
    Query::new(Viewer::anonymous())
}

/// What a user of whom nothing but the name is known asks.
pub(crate) fn of(user: &str) -> Query {
    Query::new(Viewer::new(user))
}

/// The filter `change` makes of the one without conditions.
pub(crate) fn filter(change: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    change(&mut filter);
    filter
}

/// An editor's query for one phase.
pub(crate) fn editor(phase: Phase) -> Query {
    anyone()
        .filter(filter(|f| f.phase = phase))
        .view(View::Editor)
}

/// Everything, through an editor's eyes.
pub(crate) fn editor_of_all() -> Query {
    editor(Phase::Any).limit(1000)
}

/// The ids of a page.
pub(crate) fn ids_of(page: &Page) -> Vec<i64> {
    page.items.iter().map(|i| i.id()).collect()
}

/// The titles of the first page, each as the viewer reads it. The count must agree with the list.
pub(crate) fn titles(board: &SharedBoard, query: &Query) -> Vec<String> {
    let page = board.query(query).unwrap();
    if page.next_cursor.is_none() {
        assert_eq!(page.count.total, Some(page.items.len() as u64));
    }
    assert_eq!(board.count(query).unwrap(), page.count);
    let title = |item: &Item| item.text().title.to_owned();
    page.items.iter().map(title).collect()
}

/// Whether `query`'s viewer finds `id` by list, by count and by id: the three must say the same.
pub(crate) fn sees(board: &SharedBoard, id: i64, query: &Query) -> bool {
    let listed = ids_of(&board.query(query).unwrap()).contains(&id);
    let only = query.clone().filter(query.filter.clone().ids([id]));
    assert_eq!(board.count(&only).unwrap().total, Some(u64::from(listed)));
    if query.filter == Filter::default() && query.view == View::Viewer {
        match board.get(id, query) {
            Ok(item) => assert!(listed && item.id() == id),
            Err(error) => assert!(!listed && error.kind() == ErrorKind::NotFound),
        }
    }
    listed
}

/// Asserts that both languages are there, say something, and carry `value`.
#[track_caller]
pub(crate) fn assert_bilingual(error: &Error, value: &str) {
    for language in [Language::En, Language::Zh] {
        assert!(!error.reason(language).is_empty(), "{error:?}");
        let message = error.message(language);
        assert!(message.contains(value), "{message:?} lacks {value:?}");
        assert!(!message.ends_with(['.', '。']), "{message:?}");
    }
    assert_ne!(error.message(Language::En), error.message(Language::Zh));
    assert_eq!(error.to_string(), error.message(Language::En));
}

/// What a refusal says: kind and path.
pub(crate) fn refusal<T: Debug>(result: Result<T>) -> (ErrorKind, Option<String>) {
    let error: Error = result.unwrap_err();
    (error.kind(), error.path().map(str::to_owned))
}

pub(crate) fn kind<T: Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

/// The marks that need no instant.
pub(crate) fn plain_marks() -> Vec<Mark> {
    let marks = Mark::ALL.iter().copied();
    marks.filter(|mark| *mark != Mark::Snooze).collect()
}
