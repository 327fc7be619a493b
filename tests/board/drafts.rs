//! Drafts: for editors alone until they are released, wherever the board is kept and however it is asked.

use std::sync::Arc;

use notice::{
    Draft, ErrorKind, Filter, Guarded, Importance, Language, Lifecycle, ManualClock, Mark,
    Operation, Options, Order, Patch, Phase, Principal, Query, ReceiptQuery, Reference,
    SharedBoard, Viewer,
};
use serde_json::json;

use crate::directory::Directory;
use crate::support::{
    DAY, Desk, HOUR, NOW, anyone, assert_bilingual, draft, editor, editor_of_all, export, kind, of,
    plain_marks, refusal, release, sees, titles,
};

fn not_yet(title: &str) -> Draft {
    draft(title).state(Lifecycle::Draft)
}

#[test]
fn a_refusal_says_which_way_out_a_state_has() {
    let desk = Desk::new();
    let id = desk.publish(not_yet("a").key("k"));
    let published = desk.title("b");
    let retracted = desk.title("c");
    desk.retract(retracted, "");
    let board = &desk.board;
    for (refused, words) in [
        (board.retract(id, ""), ["purge it", "彻底清除"]),
        (board.restore(id), ["release it", "发布草稿"]),
        (board.release(published), ["published already", "已经发布"]),
        (board.release(retracted), ["restore it", "恢复"]),
        (
            board.publish(&draft("a").key("k").state(Lifecycle::Published)),
            ["release it", "发布草稿"],
        ),
        (
            board.publish(&draft("a").state(Lifecycle::Retracted)),
            ["retract it", "撤回"],
        ),
        (
            desk.try_update(published, json!({"state": "draft"}), None),
            ["retract it", "撤回"],
        ),
        (
            desk.try_update(id, json!({"state": "retracted"}), None),
            ["purge it", "彻底清除"],
        ),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::BadState | ErrorKind::InvalidField
        ));
        assert_bilingual(&error, "");
        for (language, word) in [Language::En, Language::Zh].into_iter().zip(words) {
            let message = error.message(language);
            assert!(message.contains(word), "{message} lacks {word}");
        }
    }
    assert_eq!(kind(board.release(9)), ErrorKind::NotFound);
    let other = Operation::Release {
        id,
        if_version: Some(2),
    };
    assert_eq!(kind(board.apply_one(other)), ErrorKind::VersionConflict);
}

#[test]
fn what_was_read_of_a_draft_is_published_again_as_a_draft() {
    let desk = Desk::new();
    let id = desk.publish(not_yet("a"));
    let item = desk.edited(id);
    let record = item.record().unwrap();
    assert_eq!(record.to_draft().state, Some(Lifecycle::Draft));
    let mut json = record.to_json();
    json["pinned"] = true.into();
    let again = desk
        .board
        .publish(&Draft::from_value(&json).unwrap())
        .unwrap();
    assert_eq!((again.id, again.version), (id, 2));
    assert_eq!(desk.edited(id).state(), Lifecycle::Draft);
    // A copy on another board is no more public than the first one.
    let copy = Desk::new();
    let id = copy.publish(record.to_draft());
    assert!(!sees(&copy.board, id, &anyone()));
    assert_eq!(copy.edited(id).state(), Lifecycle::Draft);
}

#[test]
fn an_upsert_of_a_draft_puts_everything_at_its_default_and_leaves_it_a_draft() {
    let desk = Desk::new();
    let first = not_yet("a").key("k").quiet(true).visible(NOW + HOUR, None);
    let id = desk.publish(first);
    assert_eq!(
        desk.publish(draft("b").key("k").change(Importance::Major)),
        id
    );
    let item = desk.edited(id);
    assert_eq!(
        (item.state(), item.starts_at(), item.quiet()),
        (Lifecycle::Draft, 0, false)
    );
    assert_eq!((item.version(), item.notify_version()), (2, 1));
    desk.at(HOUR);
    desk.board.release(id).unwrap();
    let item = desk.item("u", id);
    assert_eq!(
        (item.starts_at(), item.version(), item.notify_version()),
        (NOW + HOUR, 3, 3)
    );
    assert_eq!(desk.unread("u"), [id]);
}

#[test]
fn nobody_marks_a_draft_and_nobody_has_read_it() {
    let desk = Desk::new();
    let id = desk.publish(not_yet("a"));
    let seen = desk.title("b");
    for mark in plain_marks() {
        let viewer = Viewer::new("u");
        assert_eq!(
            kind(desk.board.mark(&viewer, &[id], mark)),
            ErrorKind::NotFound
        );
        assert_eq!(desk.board.mark(&viewer, &[id, seen], Mark::Read), Ok(1));
    }
    desk.read_all("u");
    // Nor an editor who marks all that editors see.
    let all = editor_of_all();
    let mut editors = all.clone();
    editors.viewer = Viewer::new("editor");
    for mark in [Mark::Seen, Mark::Read, Mark::Dismiss] {
        desk.board.mark_all(&editors, mark, None).unwrap();
    }
    let receipts = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    assert_eq!((receipts.receipts.len(), receipts.read), (0, 0));
    desk.update(id, json!({"starts_at": NOW - HOUR, "audience": []}));
    desk.board.release(id).unwrap();
    assert_eq!(desk.unread("u"), [id]);
    assert_eq!(desk.board.verify_all(), "");
}

#[test]
fn retention_and_time_leave_a_draft_alone() {
    let desk = Desk::with(Options::new().retention_ms(1000));
    let id = desk.publish(not_yet("a").visible(NOW, NOW + 10));
    desk.at(400 * DAY);
    desk.title("b");
    let custody = desk.board.custody().unwrap();
    assert_eq!(custody.maintain().unwrap().purged, 0);
    assert_eq!(desk.edited(id).state(), Lifecycle::Draft);
    let page = desk.page(&editor(Phase::Draft));
    assert_eq!(
        (page.count.total, page.count.next_change_at),
        (Some(1), None)
    );
    assert_eq!(
        refusal(desk.board.release(id)),
        (ErrorKind::BadState, Some("ends_at".to_owned()))
    );
}

#[test]
fn a_draft_is_sorted_and_found_by_editors_as_any_other() {
    let desk = Desk::new();
    desk.publish(not_yet("words of c").priority(1));
    desk.publish(not_yet("words of a").visible(NOW + 5, None));
    desk.publish(draft("words of b"));
    let drafts = editor(Phase::Draft);
    assert_eq!(titles(&desk.board, &drafts), ["words of c", "words of a"]);
    let oldest = drafts.clone().order(Order::Oldest);
    assert_eq!(titles(&desk.board, &oldest), ["words of c", "words of a"]);
    let found = drafts.filter(Filter::new().phase(Phase::Draft).q("words -c"));
    assert_eq!(titles(&desk.board, &found), ["words of a"]);
    // What has no time yet is in no range of times.
    let range = |filter: Filter| editor_of_all().filter(filter.phase(Phase::Any));
    let started = range(Filter::new().starts(..NOW + 1));
    assert_eq!(titles(&desk.board, &started), ["words of b"]);
    let published = range(Filter::new().published(..NOW + 1));
    assert_eq!(titles(&desk.board, &published), ["words of b"]);
}

#[test]
fn a_purged_draft_leaves_nothing_to_those_that_replace_it() {
    let desk = Desk::new();
    let old = desk.title("old");
    let id = desk.publish(not_yet("draft").replaces(Reference::Id(old)));
    desk.publish(draft("new").replaces(Reference::Id(id)));
    desk.purge(id);
    assert!(sees(&desk.board, old, &anyone()));
    assert_eq!(desk.board.verify_all(), "");
}

#[test]
fn only_an_editor_comes_near_the_drafts_of_a_guarded_board() {
    let desk = Desk::new();
    let id = desk.publish(not_yet("a"));
    let guarded =
        |principal| -> SharedBoard { Arc::new(Guarded::new(Arc::clone(&desk.board), principal)) };
    for principal in [
        Principal::public(["role"]),
        Principal::viewer(Viewer::new("u")),
        Principal::service(),
    ] {
        let board = guarded(principal);
        assert_eq!(kind(board.apply_one(release(id))), ErrorKind::Unauthorized);
        assert_eq!(
            kind(board.query(&editor(Phase::Draft))),
            ErrorKind::Unauthorized
        );
        assert_eq!(kind(board.get(id, &of("u"))), ErrorKind::NotFound);
        assert_eq!(kind(board.explain(id, &of("u"))), ErrorKind::NotFound);
    }
    let board = guarded(Principal::editor());
    assert_eq!(titles(&board, &editor(Phase::Draft)), ["a"]);
    board.release(id).unwrap();
}

/// A board with a draft that says everything about its time, and one that says nothing.
fn with_drafts(board: &SharedBoard) {
    let timed = not_yet("timed")
        .key("timed")
        .visible(NOW + HOUR, NOW + DAY)
        .quiet(true);
    let drafts = [draft("published"), not_yet("plain").tag("t"), timed];
    board.publish_all(&drafts).unwrap();
    board.update(2, Patch::new().pinned(true)).unwrap();
}

fn check_drafts(board: &SharedBoard) {
    assert_eq!(titles(board, &anyone()), ["published"]);
    assert_eq!(titles(board, &editor(Phase::Draft)), ["plain", "timed"]);
    let stats = board.stats().unwrap();
    assert_eq!((stats.announcements, stats.active, stats.drafts), (3, 1, 2));
    assert_eq!(stats.retracted + stats.scheduled + stats.expired, 0);
    assert_eq!(board.verify_all(), "");
}

#[test]
fn drafts_are_kept_by_files_exports_and_copies() {
    let directory = Directory::new();
    let open = |name: &str| {
        let clock = Arc::new(ManualClock::new(NOW));
        Options::new()
            .clock(clock)
            .open(&directory.url(name))
            .unwrap()
    };
    let board = open("a.notice");
    with_drafts(&board);
    check_drafts(&board);
    let exported = export(&board);
    board
        .custody()
        .unwrap()
        .backup(&directory.path("b.notice"))
        .unwrap();
    board.close().unwrap();
    drop(board);
    for name in ["a.notice", "b.notice"] {
        let board = open(name);
        check_drafts(&board);
        assert_eq!(export(&board), exported);
        board.close().unwrap();
    }
    let imported = open("c.notice");
    imported
        .custody()
        .unwrap()
        .import(&mut exported.as_bytes())
        .unwrap();
    check_drafts(&imported);
    // All but the epoch is as it was.
    let without_head = |lines: &str| lines.split_once('\n').unwrap().1.to_owned();
    assert_eq!(without_head(&export(&imported)), without_head(&exported));
    imported.release(3).unwrap();
    let released = imported.get(3, &Query::editor()).unwrap();
    assert_eq!(
        (released.starts_at(), released.published_at()),
        (NOW + HOUR, NOW)
    );
}

/// What a verification finds, as text.
trait VerifyAll {
    fn verify_all(&self) -> String;
}

impl VerifyAll for SharedBoard {
    fn verify_all(&self) -> String {
        let found = self.custody().unwrap().verify().unwrap();
        found
            .problems
            .iter()
            .map(|problem| format!("{problem:?}"))
            .collect()
    }
}
