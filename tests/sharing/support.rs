//! Names that nobody else uses, and waiting for what comes from another thread.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use notice::{Board, Head, OnChange, Query, Viewer};

/// So long a test waits before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Returns a name for a shared board that no other test has.
pub(crate) fn name() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test-{}-{number}", std::process::id())
}

/// Waits until a board is as a test expects, looking after each change.
#[track_caller]
pub(crate) fn until(board: &dyn Board, is_there: impl Fn(&dyn Board) -> bool) {
    let (sender, changes) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head);
    });
    board.on_change(Arc::downgrade(&callback)).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while !is_there(board) {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "{:?}", board.stats());
        // Also after a while without a change, because not everything that is waited for is a write.
        let _ = changes.recv_timeout(left.min(Duration::from_millis(50)));
    }
}

/// Waits until the copy is where the board is.
#[track_caller]
pub(crate) fn catch_up(copy: &dyn Board, board: &dyn Board) {
    let revision = board.revision().unwrap();
    until(copy, |copy| copy.revision() == Ok(revision));
}

/// The titles that a reader sees.
pub(crate) fn titles(board: &dyn Board, user: &str) -> Vec<String> {
    let page = board
        .query(&Query::new(Viewer::new(user)).limit(100))
        .unwrap();
    let titles = page.items.iter().map(|item| item.text().title.to_owned());
    titles.collect()
}

/// The ids that a reader has not read.
pub(crate) fn unread(board: &dyn Board, user: &str) -> Vec<i64> {
    let mut query = Query::new(Viewer::new(user));
    query.filter.unread_only = true;
    let page = board.query(&query.limit(100)).unwrap();
    let mut ids: Vec<i64> = page.items.iter().map(|item| item.id()).collect();
    ids.sort_unstable();
    ids
}

/// All that an editor sees, with everything that is in it.
pub(crate) fn everything(board: &dyn Board) -> String {
    let page = board.query(&Query::editor().limit(100)).unwrap();
    let records: Vec<String> = page
        .items
        .iter()
        .map(|item| item.record().unwrap().to_json_text())
        .collect();
    format!("{}\n{}", page.count.revision, records.join("\n"))
}
