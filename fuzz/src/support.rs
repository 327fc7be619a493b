//! Boards whose clock stands still, and what is asked of any board.

use notice::{
    Filter, ManualClock, Mark, Options, Order, Patch, Phase, Query, ReceiptQuery, SharedBoard,
    View, Viewer,
};
use serde_json::Value;

/// 2026-06-18T10:00:00+08:00.
pub(crate) const NOW: i64 = 1_781_748_000_000;

/// An empty board at `NOW`.
pub(crate) fn empty_board() -> SharedBoard {
    Options::new()
        .clock(ManualClock::new(NOW))
        .open("mem:")
        .expect("a board in memory opens")
}

/// An editor's query for everything.
pub(crate) fn everything() -> Query {
    let filter = Filter::new().phase(Phase::Any);
    Query::editor()
        .filter(filter)
        .view(View::Editor)
        .limit(1000)
}

/// The whole board as JSON Lines.
pub(crate) fn exported(board: &SharedBoard) -> Vec<u8> {
    let mut out = Vec::new();
    board
        .custody()
        .expect("it is kept here")
        .export(&mut out)
        .expect("memory can be written");
    out
}

/// The part of an export that does not depend on which board it is of.
pub(crate) fn lines(export: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(export).expect("an export is UTF-8");
    text.lines()
        .map(|line| {
            let mut value: Value = serde_json::from_str(line).expect("a line is JSON");
            if let Some(Value::Object(header)) = value.get_mut("board") {
                header.shift_remove("epoch");
            }
            value
        })
        .collect()
}

/// An export is read back, and exported again is the same.
pub(crate) fn survives_a_round_trip(board: &SharedBoard) {
    let before = exported(board);
    let copy = empty_board();
    if let Err(error) = copy
        .custody()
        .expect("it is kept here")
        .import(&mut before.as_slice())
    {
        panic!("{error}\n{}", String::from_utf8_lossy(&before));
    }
    assert_eq!(lines(&before), lines(&exported(&copy)));
}

/// Asks all there is to ask, which must agree.
pub(crate) fn answers(board: &SharedBoard) {
    let all = board.query(&everything()).expect("an editor sees all");
    if all.next_cursor.is_none() {
        assert_eq!(all.count.total, Some(all.items.len() as u64));
    }
    assert_eq!(all.count.revision, board.revision().expect("there is one"));
    board.stats().expect("there are figures");
    for item in &all.items {
        let it = item;
        assert!(it.notify_version() <= it.version());
        assert!(it.notify_revision() <= it.revision() && it.revision() <= all.count.revision);
    }
    for viewer in viewers() {
        for order in [
            Order::Default,
            Order::Newest,
            Order::Oldest,
            Order::EndingSoon,
        ] {
            let query = Query::new(viewer.clone()).order(order).limit(2);
            let walked = walk(board, &query);
            let count = board.count(&query).expect("what is listed is counted");
            assert_eq!(count.total, Some(walked.len() as u64));
            for id in walked {
                board.get(id, &query).expect("what is listed is found");
                let why = board.explain(id, &query).expect("and explained");
                assert!(why.visible, "{why:?}");
            }
        }
    }
}

/// The ids of all pages.
fn walk(board: &SharedBoard, query: &Query) -> Vec<i64> {
    let mut query = query.clone();
    let mut ids: Vec<i64> = Vec::new();
    loop {
        let page = board.query(&query).expect("a sound query is answered");
        for item in &page.items {
            let id = item.id();
            assert!(!ids.contains(&id), "{id} comes twice");
            ids.push(id);
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return ids,
        }
    }
}

/// Does to each announcement what can be done to it; it may be refused, but nothing may break.
pub(crate) fn works_on(board: &SharedBoard) {
    let all = board.query(&everything()).expect("an editor sees all");
    for item in all.items.iter().take(8) {
        let id = item.id();
        for viewer in viewers() {
            for mark in [Mark::Seen, Mark::Dismiss, Mark::Unread, Mark::Acknowledge] {
                let _ = board.mark(&viewer, &[id], mark);
            }
            let _ = board.mark_all_read(&Query::new(viewer), None);
        }
        let _ = board.receipts(&ReceiptQuery::new(id));
        let patch = Patch::new().priority(7).category("fuzz");
        let _ = board.update(id, patch);
        let _ = board.retract(id, "fuzz");
        let _ = board.restore(id);
        let _ = board.release(id);
    }
    board
        .custody()
        .expect("it is kept here")
        .maintain()
        .expect("a board can be maintained");
}

fn viewers() -> [Viewer; 2] {
    let known = Viewer::new("zhang.wei")
        .locales(["zh-CN", "en"])
        .with("platform", "windows")
        .with("app_version", "8.1.2")
        .with("role", "accountant");
    [known, Viewer::anonymous()]
}
