//! Files in `tests/fixtures/`: boards with records of former formats, which every build opens.

use std::path::PathBuf;
use std::sync::Arc;

use notice::{
    Action, ActionKind, Draft, Importance, ManualClock, Mark, Operation, Operator, Options, Patch,
    Placement, Query, Reference, Severity, SharedBoard, Text, Viewer,
};
use serde_json::json;

use crate::directory::Directory;
use crate::support::export;

const NOW: i64 = 1_790_000_000_000;

fn fixture(name: &str) -> PathBuf {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(name)
}

#[test]
fn a_file_of_format_1_opens() {
    opens(1, 0);
}

#[test]
fn a_file_of_format_2_opens() {
    opens(2, NOW);
}

#[test]
fn a_file_with_a_record_for_each_receipt_opens() {
    opens(3, NOW);
}

#[test]
fn a_file_whose_watermarks_cover_everything_opens() {
    opens(4, NOW);
}

/// The fixture of a format opens, is written to, and opens again.
fn opens(format: u8, created_at: i64) {
    let directory = Directory::new();
    let name = |ending: &str| format!("format-{format}.{ending}");
    std::fs::copy(fixture(&name("notice")), directory.path("old.notice")).unwrap();
    let expected = std::fs::read_to_string(fixture(&name("jsonl"))).unwrap();
    let open = || {
        let options = Options::new().clock(ManualClock::new(NOW + 4000));
        options.open(&directory.url("old.notice")).unwrap()
    };
    let board = open();
    assert_eq!(export(&board), expected);
    assert_eq!(board.stats().unwrap().created_at, created_at);
    let before = board.head().unwrap();
    assert!(before.seq > 0, "it goes on from the count of writes");
    assert!(board.custody().unwrap().verify().unwrap().is_good());
    board
        .publish(&Draft::new("en", "Written by this build"))
        .unwrap();
    assert_eq!(board.head().unwrap().seq, before.seq + 1);
    drop(board);
    let board = open();
    assert_eq!(board.stats().unwrap().announcements, 5);
    assert_eq!(board.head().unwrap().seq, before.seq + 1);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
}

/// Makes a fixture, with another epoch. It is one of its format as long as the formats of all records but the
/// board's are those of then.
#[test]
#[ignore = "writes tests/fixtures/format-2.*"]
fn the_fixture_of_format_2_is_made() {
    make(2);
}

#[test]
#[ignore = "writes tests/fixtures/format-3.*"]
fn the_fixture_of_format_3_is_made() {
    make(3);
}

#[test]
#[ignore = "writes tests/fixtures/format-4.*"]
fn the_fixture_of_format_4_is_made() {
    make(4);
}

fn make(format: u8) {
    let directory = Directory::new();
    let clock = Arc::new(ManualClock::new(NOW));
    let options = Options::new().clock(Arc::clone(&clock));
    let board = options.open(&directory.url("old.notice")).unwrap();
    fill(&board, &clock);
    let name = |ending: &str| format!("format-{format}.{ending}");
    std::fs::write(fixture(&name("jsonl")), export(&board)).unwrap();
    drop(board);
    if format < 3 {
        rewrite_the_board_record(&directory.path("old.notice"), format);
    }
    std::fs::copy(directory.path("old.notice"), fixture(&name("notice"))).unwrap();
}

/// Puts something of everything on a board, also in its changes.
fn fill(board: &SharedBoard, clock: &ManualClock) {
    let chinese = Text::new("zh-CN", "停机维护").markdown("今晚停机。");
    let english = Text::new("en", "Maintenance").summary("Tonight");
    let mut maintenance = Draft::from_text(chinese)
        .text(english.body("Down tonight."))
        .default_locale("en")
        .key("maintenance")
        .channel("ops")
        .severity(Severity::Warning)
        .priority(7)
        .pinned(true)
        .audience("platform", Operator::In, ["windows", "linux"])
        .audience("app_version", Operator::Version, [">=7.9 <8"])
        .display(Placement::LIST | Placement::POPUP)
        .require_ack(true)
        .show_limit(3)
        .show_interval_ms(60_000)
        .action(
            Action::new("more", ActionKind::Url, "https://example.com/")
                .label("en", "More")
                .label("zh-CN", "详情"),
        )
        .category("maintenance")
        .tag("db")
        .tag("night")
        .author("ops")
        .source("desk")
        .external_id("x-1");
    maintenance.extras = json!({"ticket": 42}).as_object().unwrap().clone();
    board.publish(&maintenance).unwrap();

    let draft = |zh: &str, en: &str| {
        Draft::from_text(Text::new("zh-CN", zh).body("今晚 22:00 至 24:00 暂停服务。")).text(
            Text::new("en", en)
                .summary("Tonight")
                .body("No service from 22:00 to 24:00."),
        )
    };
    clock.set(NOW + 1000);
    let update = draft("版本更新", "Update").idempotency_key("once");
    let update = board.publish(&update).unwrap().id;
    let mut replaces = draft("取代", "Replaces")
        .channel("ops")
        .replaces(Reference::Key("maintenance".to_owned()));
    replaces.ends_at = Some(NOW + 100_000_000);
    board.publish(&replaces).unwrap();

    clock.set(NOW + 2000);
    let minor = Operation::Update {
        id: update,
        patch: Box::new(Patch::new().priority(9)),
        if_version: None,
        change: Some(Importance::Minor),
    };
    board.apply_one(minor).unwrap();
    let mistake = board.publish(&draft("误发", "By mistake")).unwrap().id;
    board.retract(mistake, "误发").unwrap();
    let purged = board.publish(&draft("清除", "Purged")).unwrap().id;
    board.purge(purged).unwrap();

    clock.set(NOW + 3000);
    let (one, other) = (Viewer::new("li.lei"), Viewer::new("韩梅梅"));
    for mark in [Mark::Seen, Mark::Dismiss] {
        board.mark(&one, &[update], mark).unwrap();
    }
    board.mark_all_read(&Query::new(one.clone()), None).unwrap();
    board.mark(&one, &[update], Mark::Unread).unwrap();
    board.mark(&other, &[update], Mark::Acknowledge).unwrap();
}

/// Rewrites the record of a board that is closed as one of a former format, as docs/file-format.md describes it.
fn rewrite_the_board_record(path: &std::path::Path, format: u8) {
    let database = redb::Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("board");
    let mut open = transaction.open_table(table).unwrap();
    let key = b"board".as_slice();
    let record = open.remove(key).unwrap().unwrap().value().to_vec();
    assert_eq!(record[0], 3);
    // What each format has more stands last: the link, and before that `created_at`, of which a time of today
    // takes nine bytes.
    let (mut body, _) = record[5..].split_last_chunk::<16>().unwrap();
    if format == 1 {
        let (rest, created_at) = body.split_last_chunk::<9>().unwrap();
        assert_eq!(created_at[0], 253);
        body = rest;
    }
    let crc = crc32fast::hash(&[key, &[format], body].concat());
    let former = [[format].as_slice(), &crc.to_le_bytes(), body].concat();
    open.insert(key, former.as_slice()).unwrap();
    drop(open);
    transaction.commit().unwrap();
}
