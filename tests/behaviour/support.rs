//! What the behaviours are told with: a board whose clock stands still, and short words for the rest.

use std::sync::Arc;

use notice::{
    Draft, Error, ErrorKind, Filter, Language, ManualClock, Options, Page, Phase, Query,
    SharedBoard, View, Viewer,
};

/// 2026-06-18T10:00:00+08:00.
pub(crate) const NOW: i64 = 1_781_748_000_000;
pub(crate) const HOUR: i64 = 3_600_000;

/// An empty board at `NOW`, and its clock.
pub(crate) fn board() -> (SharedBoard, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW));
    let board = Options::new()
        .clock(Arc::clone(&clock))
        .open("mem:")
        .unwrap();
    (board, clock)
}

/// A draft that is only an English title.
pub(crate) fn draft(title: &str) -> Draft {
    Draft::new("en", title)
}

/// What a viewer of whom nothing is known asks.
pub(crate) fn anyone() -> Query {
    Query::new(Viewer::anonymous())
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

/// The ids of a page.
pub(crate) fn ids_of(page: &Page) -> Vec<i64> {
    page.items.iter().map(|i| i.announcement.id()).collect()
}

/// The titles of the first page, each as the viewer reads it. The count must agree with the list.
pub(crate) fn titles(board: &SharedBoard, query: &Query) -> Vec<String> {
    let page = board.query(query).unwrap();
    if page.next_cursor.is_none() {
        assert_eq!(page.count.total, Some(page.items.len() as u64));
    }
    assert_eq!(board.count(query).unwrap(), page.count);
    let title = |item: &notice::Item| item.text().title.to_owned();
    page.items.iter().map(title).collect()
}

/// Whether `query`'s viewer finds `id` by list, by count and by id: the three must say the same.
pub(crate) fn sees(board: &SharedBoard, id: i64, query: &Query) -> bool {
    let listed = ids_of(&board.query(query).unwrap()).contains(&id);
    let only = query.clone().filter(query.filter.clone().ids([id]));
    assert_eq!(board.count(&only).unwrap().total, Some(u64::from(listed)));
    if query.filter == Filter::default() && query.view == View::Viewer {
        match board.get(id, query) {
            Ok(item) => assert!(listed && item.announcement.id() == id),
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
