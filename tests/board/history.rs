//! The history of an announcement: what it said before a change that was news.

use notice::{
    Draft, ErrorKind, Guarded, Importance, ManualClock, Mark, Options, Patch, Principal,
    ReceiptQuery, SharedBoard, Text, Viewer,
};
use serde_json::json;

use crate::directory::Directory;
use crate::support::{DAY, Desk, NOW, export, kind};

/// The titles of the history, each with its version.
fn told(board: &SharedBoard, id: i64) -> Vec<(u32, String)> {
    let history = board.history(id).unwrap();
    let each = history.iter();
    each.map(|one| (one.version(), one.text(0).title.to_owned()))
        .collect()
}

fn title(n: u32) -> Patch {
    Patch::new().title("en", format!("title {n}"))
}

#[test]
fn what_somebody_acknowledged_can_be_shown_afterwards() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", "title 1").require_ack(true));
    desk.minor(id, json!({"texts": {"en": {"body": "mended"}}}));
    desk.mark("u", &[id], Mark::Acknowledge);
    desk.major(id, json!({"texts": {"en": {"title": "title 3"}}}));
    desk.major(id, json!({"texts": {"en": {"title": "title 4"}}}));
    let receipts = desk.board.receipts(&ReceiptQuery::new(id)).unwrap();
    let version = receipts.receipts[0].receipt.acknowledged_version().unwrap();
    let history = desk.board.history(id).unwrap();
    let encloses =
        |one: &&notice::Announcement| (one.notify_version()..=one.version()).contains(&version);
    let shown = history.iter().find(encloses).unwrap();
    assert_eq!((version, shown.text(0).title), (2, "title 1"));
    assert_eq!(shown.text(0).body, "mended");
}

/// Boards that keep it in memory and in a file, opened again if they can be.
fn each_board(test: impl Fn(&dyn Fn() -> SharedBoard, bool)) {
    let clock = || ManualClock::new(NOW);
    let board = Options::new().clock(clock()).open("mem:").unwrap();
    test(&|| board.clone(), false);
    for parameters in ["", "?durability=relaxed"] {
        let directory = Directory::new();
        let url = directory.url(&format!("board.notice{parameters}"));
        test(&|| Options::new().clock(clock()).open(&url).unwrap(), true);
    }
}

#[test]
fn the_last_sixteen_versions_are_kept_and_a_mebibyte_of_them() {
    each_board(|open, _| {
        let board = open();
        let id = board.publish(&Draft::new("en", "title 1")).unwrap().id;
        for n in 2..=20 {
            board.update(id, title(n)).unwrap();
        }
        let versions = |board: &SharedBoard| -> Vec<u32> {
            told(board, id)
                .iter()
                .map(|(version, _)| *version)
                .collect()
        };
        assert_eq!(versions(&board), (4..=19).collect::<Vec<_>>());
        let long = |n: u32| {
            let texts = (0..7).fold(Patch::new(), |patch, locale| {
                let locale = ["en", "de", "fr", "it", "es", "pt", "nl"][locale];
                patch
                    .title(locale, format!("title {n}"))
                    .body(locale, "x".repeat(60_000))
            });
            board.update(id, texts).unwrap();
        };
        // 420 kB each, of which two fit.
        (21..=24).for_each(long);
        assert_eq!(versions(&board), [22, 23]);
        board
            .update(id, title(25).change(Importance::Major))
            .unwrap();
        assert_eq!(versions(&board), [23, 24]);
        assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
    });
}

#[test]
fn the_history_outlives_closing_copying_and_moving() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    let id = board.publish(&Draft::new("en", "title 1").audience(
        "role",
        notice::Operator::In,
        ["staff"],
    ));
    let id = id.unwrap().id;
    for n in 2..=4 {
        board.update(id, title(n)).unwrap();
    }
    board.retract(id, "why").unwrap();
    let expected = told(&board, id);
    assert_eq!(expected.len(), 3);
    let exported = export(&board);
    let custody = board.custody().unwrap();
    custody.backup(&directory.path("copy.notice")).unwrap();
    let checkpoint = custody.checkpoint().unwrap();
    let replica = Options::new().replica(&checkpoint);
    assert_eq!(told(&replica.board(), id), expected);
    drop(board);
    notice::restore_backup(
        &directory.path("copy.notice"),
        &directory.path("restored.notice"),
    )
    .unwrap();
    for name in ["board.notice", "copy.notice", "restored.notice"] {
        let board = directory.open(name);
        assert_eq!(told(&board, id), expected, "{name}");
        assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
    }
    for url in ["mem:".to_owned(), directory.url("imported.notice")] {
        let board = notice::open(&url).unwrap();
        board
            .custody()
            .unwrap()
            .import(&mut exported.as_bytes())
            .unwrap();
        assert_eq!(told(&board, id), expected);
        assert_eq!(
            export(&board).lines().skip(1).collect::<Vec<_>>(),
            exported.lines().skip(1).collect::<Vec<_>>()
        );
        board.restore(id).unwrap();
        assert_eq!(told(&board, id).len(), 4);
    }
}

#[test]
fn an_import_of_a_history_that_cannot_be_is_refused() {
    let desk = Desk::new();
    let id = desk.title("title 1");
    desk.major(id, json!({"texts": {"en": {"title": "title 2"}}}));
    let exported = export(&desk.board);
    let import = |from: &str, to: &str| {
        assert!(exported.contains(from), "{exported}");
        let lines = exported.replacen(from, to, 1);
        let board = notice::open("mem:").unwrap();
        board.custody().unwrap().import(&mut lines.as_bytes())
    };
    for (from, to) in [
        (
            r#"{"former":{"id":1,"version":1"#,
            r#"{"former":{"id":2,"version":1"#,
        ),
        (
            r#"{"former":{"id":1,"version":1"#,
            r#"{"former":{"id":1,"version":2"#,
        ),
    ] {
        assert_eq!(kind(import(from, to)), ErrorKind::InvalidField);
    }
}

#[test]
fn only_an_editor_reads_a_history() {
    let desk = Desk::new();
    let id = desk.title("title 1");
    for principal in [
        Principal::public(["role"]),
        Principal::viewer(Viewer::new("u")),
        Principal::service(),
    ] {
        let guarded = Guarded::new(desk.board.clone(), principal);
        let board: &dyn notice::Board = &guarded;
        assert_eq!(kind(board.history(id)), ErrorKind::Unauthorized);
    }
    let guarded = Guarded::new(desk.board.clone(), Principal::editor());
    let board: &dyn notice::Board = &guarded;
    assert!(board.history(id).unwrap().is_empty());
}

#[test]
fn what_was_evicted_is_kept_whole() {
    let directory = Directory::new();
    let clock = std::sync::Arc::new(ManualClock::new(NOW));
    let url = directory.url("board.notice?budget_mb=1");
    let board = Options::new().clock(clock.clone()).open(&url).unwrap();
    let text = Text::new("en", "title 1").body("words ".repeat(10_000));
    let draft = Draft::from_text(text).visible(None, NOW + 10);
    let ids: Vec<i64> = (0..20)
        .filter_map(|_| board.publish(&draft).ok())
        .map(|done| done.id)
        .collect();
    clock.set(NOW + DAY);
    // Those that are over make room.
    board
        .publish(&Draft::from_text(
            Text::new("en", "more").body("words ".repeat(10_000)),
        ))
        .unwrap();
    assert!(board.stats().unwrap().shelved > 0);
    for id in ids {
        board.update(id, title(2)).unwrap();
        let history = board.history(id).unwrap();
        assert_eq!(history[0].text(0).body.len(), 60_000);
    }
}

#[test]
fn an_announcement_that_was_never_changed_takes_no_memory_for_its_history() {
    let desk = Desk::new();
    let id = desk.title("title 1");
    let bytes = || desk.board.stats().unwrap().memory_bytes;
    let before = bytes();
    desk.minor(id, json!({"pinned": true}));
    let minor = bytes() - before;
    desk.major(id, json!({"pinned": false}));
    let major = bytes() - before;
    assert!(major > minor + 100, "{minor}, {major}");
    let kept = bytes();
    desk.purge(id);
    assert!(bytes() + 100 < kept);
}
