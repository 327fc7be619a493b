//! Boards that are kept in a file.

use std::sync::{Arc, Mutex};

use notice::{
    Draft, ErrorKind, ManualClock, Mark, Operation, Options, Patch, Query, Severity, SharedBoard,
    Step, Viewer,
};

use crate::directory::Directory;
use crate::support::{export, retract};

const NOW: i64 = 1_790_000_000_000;

/// What an export says, but for the epoch.
fn without_epoch(export: &str) -> String {
    let epoch = export.find("\"epoch\":\"").unwrap() + 9;
    [&export[..epoch], &export[epoch + 32..]].concat()
}

fn fill(board: &SharedBoard) {
    let first = board
        .publish(&Draft::new("zh-CN", "系统维护").key("db"))
        .unwrap();
    let mut once = Draft::new("en", "Once");
    once.idempotency_key = "once".to_owned();
    let second = board.publish(&once).unwrap();
    board.publish(&Draft::new("en", "Third")).unwrap();
    board.retract(second.id, "by mistake").unwrap();
    let viewer = Viewer::new("li.lei");
    board.mark(&viewer, &[first.id], Mark::Dismiss).unwrap();
    board
        .mark_all_read(&Query::new(viewer.clone()), None)
        .unwrap();
    board.mark(&viewer, &[first.id], Mark::Unread).unwrap();
    board
        .mark(&Viewer::new("韩梅梅"), &[first.id], Mark::Seen)
        .unwrap();
}

#[test]
fn everything_is_there_when_it_is_opened_again() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    fill(&board);
    let (before, stats) = (export(&board), board.stats().unwrap());
    let follow = notice::ChangeQuery::since(0, Query::editor());
    let changes = format!("{:?}", board.changes(&follow).unwrap());
    drop(board);

    let board = directory.open("board.notice");
    assert_eq!(export(&board), before);
    assert_eq!(format!("{:?}", board.changes(&follow).unwrap()), changes);
    let again = board.stats().unwrap();
    assert_eq!(
        (again.epoch, again.created_at),
        (stats.epoch, stats.created_at)
    );
    assert!(again.created_at > 0 && again.file_bytes > 0);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
    let mut once = Draft::new("en", "Once");
    once.idempotency_key = "once".to_owned();
    let repeated = board.publish(&once).unwrap();
    assert!(repeated.duplicate && repeated.id == 2);
    let id = board.publish(&Draft::new("en", "Fourth")).unwrap().id;
    assert_eq!(id, 4, "an id is never given twice");
}

#[test]
fn a_forgotten_user_and_a_purged_announcement_stay_gone() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    fill(&board);
    assert!(board.forget_user("li.lei").unwrap());
    board.apply_one(Operation::Purge { id: 1 }).unwrap();
    let before = export(&board);
    assert!(!before.contains("li.lei") && !before.contains("系统维护"));
    drop(board);
    let board = directory.open("board.notice");
    assert_eq!(export(&board), before);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
}

#[test]
fn relaxed_writes_are_there_after_closing() {
    let directory = Directory::new();
    let url = directory.url("board.notice?durability=relaxed");
    let board = notice::open(&url).unwrap();
    fill(&board);
    board.close().unwrap();
    let before = export(&board);
    drop(board);
    let board = notice::open(&url).unwrap();
    assert_eq!(export(&board), before);
    fill_more(&board);
    let before = export(&board);
    drop(board);
    assert_eq!(export(&notice::open(&url).unwrap()), before);
}

fn fill_more(board: &SharedBoard) {
    for n in 0..100 {
        board
            .publish(&Draft::new("en", format!("More {n}")))
            .unwrap();
    }
}

#[test]
fn an_import_is_kept() {
    let directory = Directory::new();
    let board = directory.open("from.notice");
    fill(&board);
    let exported = export(&board);
    let other = directory.open("to.notice");
    other
        .custody()
        .unwrap()
        .import(&mut exported.as_bytes())
        .unwrap();
    let epoch = other.stats().unwrap().epoch;
    drop(other);
    let other = directory.open("to.notice");
    assert_eq!(other.stats().unwrap().epoch, epoch);
    assert_eq!(without_epoch(&export(&other)), without_epoch(&exported));
    assert!(other.custody().unwrap().verify().unwrap().is_good());
}

#[test]
fn a_backup_is_the_board_as_it_was_and_restoring_gives_it_a_new_epoch() {
    let directory = Directory::new();
    for url in [directory.url("board.notice"), "mem:".to_owned()] {
        let board = notice::open(&url).unwrap();
        fill(&board);
        let [saved, restored] =
            ["saved", "restored"].map(|name| directory.path(&format!("{name}-{}", url.len())));
        let revision = board.custody().unwrap().backup(&saved).unwrap();
        let before = export(&board);
        fill_more(&board);
        assert_eq!(
            board.custody().unwrap().backup(&saved).unwrap_err().kind(),
            ErrorKind::Exists
        );

        let bytes = std::fs::read(&saved).unwrap();
        notice::restore_backup(&saved, &restored).unwrap();
        assert!(std::fs::read(&saved).unwrap() == bytes, "it is only read");
        let open =
            |path: &std::path::Path| notice::open(&format!("file:{}", path.display())).unwrap();
        let copy = open(&saved);
        assert_eq!(export(&copy), before);
        assert_eq!(copy.revision().unwrap(), revision);
        let restored = open(&restored);
        assert_eq!(without_epoch(&export(&restored)), without_epoch(&before));
        assert_ne!(
            restored.stats().unwrap().epoch,
            board.stats().unwrap().epoch
        );
        let follow = notice::ChangeQuery::since(1, Query::editor());
        let error = restored.changes(&follow).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Compacted);
        for board in [&copy, &restored] {
            assert!(board.custody().unwrap().verify().unwrap().is_good());
        }
    }
}

#[cfg(unix)]
#[test]
fn closing_that_fails_leaves_the_board_as_it_was() {
    use std::time::Duration;
    let directory = Directory::new();
    let board = directory.open("board?durability=relaxed");
    let custody = board.custody().unwrap();
    fill(&board);
    custody.flush().unwrap();
    let (here, away) = (directory.path("board"), directory.path("away"));
    std::fs::rename(&here, &away).unwrap();
    board.publish(&Draft::new("en", "Deferred")).unwrap();
    for _ in 0..2 {
        assert_eq!(custody.flush().unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(board.close().unwrap_err().kind(), ErrorKind::Io);
        let revision = board.revision().unwrap();
        let waited = board.wait(revision, Duration::ZERO).unwrap_err();
        assert_eq!(waited.kind(), ErrorKind::TimedOut);
    }
    std::fs::rename(&away, &here).unwrap();
    custody.flush().unwrap();
    let before = export(&board);
    board.close().unwrap();
    let waited = board.wait(board.revision().unwrap(), Duration::MAX);
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::Unavailable);
    drop(board);
    assert_eq!(export(&directory.open("board")), before);
}

#[cfg(unix)]
#[test]
fn a_board_that_is_given_up_ends_its_waits_though_nothing_can_be_written() {
    let directory = Directory::new();
    let board = directory.open("board?durability=relaxed");
    std::fs::remove_file(directory.path("board")).unwrap();
    board.publish(&Draft::new("en", "Lost")).unwrap();
    assert!(board.close().is_err());
    board.give_up();
    let waited = board.wait(1, std::time::Duration::MAX).unwrap_err();
    assert_eq!(waited.kind(), ErrorKind::Unavailable);
}

#[cfg(unix)]
#[test]
fn a_board_whose_file_is_gone_can_be_backed_up() {
    let directory = Directory::new();
    for parameters in ["", "?durability=relaxed"] {
        let [name, saved] = ["board", "saved"].map(|n| format!("{n}{}", parameters.len()));
        let board = directory.open(&format!("{name}{parameters}"));
        fill(&board);
        board.close().unwrap();
        std::fs::remove_file(directory.path(&name)).unwrap();
        let late = board.publish(&Draft::new("en", "Late"));
        assert_eq!(late.is_ok(), !parameters.is_empty());
        assert_eq!(board.close().is_err(), !parameters.is_empty());
        for error in [
            board.publish(&Draft::new("en", "Later")).unwrap_err(),
            board.custody().unwrap().compact().unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some("file")));
        }
        assert!(
            !board
                .custody()
                .unwrap()
                .verify()
                .is_ok_and(|found| found.is_good())
        );
        board
            .custody()
            .unwrap()
            .backup(&directory.path(&saved))
            .unwrap();
        assert_eq!(export(&directory.open(&saved)), export(&board));
        assert!(
            directory
                .open(&saved)
                .custody()
                .unwrap()
                .verify()
                .unwrap()
                .is_good()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_new_board_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    for name in ["usual", "init?mode=init", "made?mode=rwc"] {
        let board = directory.open(name);
        board.publish(&Draft::new("en", "a")).unwrap();
    }
    let memory = notice::open("mem:").unwrap();
    memory.publish(&Draft::new("en", "a")).unwrap();
    let saved = directory.path("saved");
    memory.custody().unwrap().backup(&saved).unwrap();
    notice::restore_backup(&saved, &directory.path("restored")).unwrap();
    // With a journal beside it.
    let _open = directory.open("usual");
    _open.publish(&Draft::new("en", "b")).unwrap();
    for name in [
        "usual",
        "usual-journal",
        "init",
        "made",
        "saved",
        "restored",
    ] {
        let metadata = std::fs::metadata(directory.path(name)).unwrap();
        let mode = metadata.permissions().mode() & 0o777;
        assert_eq!(format!("{mode:o}"), "600", "{name}");
    }
}

/// A file that only its owner may read has no copy that others may read.
#[cfg(unix)]
#[test]
fn copies_of_a_board_have_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    let mode_of = |name: &str| {
        let metadata = std::fs::metadata(directory.path(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    for mode in [0o600, 0o640, 0o666] {
        let name = |part: &str| format!("{part}-{mode:o}");
        fill(&directory.open(&name("board")));
        let path = directory.path(&name("board"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let board = directory.open(&name("board"));
        let custody = board.custody().unwrap();
        custody.compact().unwrap();
        custody.backup(&directory.path(&name("saved"))).unwrap();
        // Now it is written from memory.
        std::fs::remove_file(path).unwrap();
        custody.backup(&directory.path(&name("rescued"))).unwrap();
        for made in ["saved", "rescued"] {
            let restored = name(&format!("restored-{made}"));
            let (from, to) = (directory.path(&name(made)), directory.path(&restored));
            notice::restore_backup(&from, &to).unwrap();
            assert_eq!((mode_of(&name(made)), mode_of(&restored)), (mode, mode));
        }
    }
}

#[test]
fn a_journal_is_beside_the_file_while_the_board_is_open_and_gone_when_it_is_closed() {
    let directory = Directory::new();
    let (path, journal) = (directory.path("board"), directory.path("board-journal"));
    let board = directory.open("board");
    assert!(!journal.exists(), "nothing was written yet");
    board.publish(&Draft::new("en", "first")).unwrap();
    let length = std::fs::metadata(&journal).unwrap().len();
    assert!(length > 0 && length <= 64 * 1024, "{length}");
    let both = std::fs::metadata(&path).unwrap().len() + length;
    assert_eq!(board.stats().unwrap().file_bytes, both);
    drop(board);
    assert!(path.exists() && !journal.exists());
}

#[test]
fn a_batch_longer_than_a_segment_of_the_journal_is_kept() {
    let directory = Directory::new();
    let drafts: Vec<Draft> = (0..100)
        .map(|n| Draft::from_text(notice::Text::new("en", format!("{n}")).body("x".repeat(60_000))))
        .collect();
    for durability in ["full", "relaxed"] {
        let name = format!("{durability}?durability={durability}");
        let board = directory.open(&name);
        board.publish(&Draft::new("en", "before")).unwrap();
        board.publish_all(&drafts).unwrap();
        board.publish(&Draft::new("en", "after")).unwrap();
        let before = export(&board);
        assert!(board.custody().unwrap().verify().unwrap().is_good());
        drop(board);
        assert_eq!(export(&directory.open(&name)), before);
    }
}

#[cfg(unix)]
#[test]
fn a_journal_has_the_mode_of_its_board_and_lies_beside_the_file_that_a_link_names() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    drop(directory.open("board"));
    let mode = |name| {
        let metadata = std::fs::metadata(directory.path(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    std::os::unix::fs::symlink(directory.path("board"), directory.path("link")).unwrap();
    for wanted in [0o600, 0o640, 0o666] {
        let permissions = PermissionsExt::from_mode(wanted);
        std::fs::set_permissions(directory.path("board"), permissions).unwrap();
        let board = directory.open("link");
        board.publish(&Draft::new("en", "by a link")).unwrap();
        assert_eq!(mode("board-journal"), wanted);
        assert!(!directory.path("link-journal").exists());
    }
    assert_eq!(directory.open("board").revision().unwrap(), 3);
}

#[cfg(unix)]
#[test]
fn a_journal_that_somebody_removed_takes_nothing_with_it() {
    let directory = Directory::new();
    let (board, journal) = (directory.open("board"), directory.path("board-journal"));
    for n in 0..3 {
        board.publish(&Draft::new("en", format!("{n}"))).unwrap();
        std::fs::remove_file(&journal).unwrap();
    }
    board.publish(&Draft::new("en", "last")).unwrap();
    // Copied as a crash would leave them.
    for name in ["board", "board-journal"] {
        let copy = name.replace("board", "copy");
        std::fs::copy(directory.path(name), directory.path(&copy)).unwrap();
    }
    assert_eq!(export(&directory.open("copy")), export(&board));
}

#[test]
fn nothing_is_copied_to_where_a_journal_would_be_taken_for_its_own() {
    let directory = Directory::new();
    let board = directory.open("board");
    fill(&board);
    let journal = directory.path("board-journal");
    std::fs::copy(&journal, directory.path("saved-journal")).unwrap();
    let saved = directory.path("saved");
    let error = board.custody().unwrap().backup(&saved).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert!(error.to_string().contains("saved-journal"), "{error}");
    assert!(!saved.exists());
}

#[test]
fn a_board_is_restored_with_what_only_its_journal_has() {
    let directory = Directory::new();
    let board = directory.open("board");
    fill(&board);
    // As a crash would leave them.
    for name in ["board", "board-journal"] {
        let copy = name.replace("board", "crashed");
        std::fs::copy(directory.path(name), directory.path(&copy)).unwrap();
    }
    let problems = notice::verify(&directory.path("crashed")).unwrap().problems;
    assert_eq!(problems, []);
    notice::restore_backup(&directory.path("crashed"), &directory.path("restored")).unwrap();
    let restored = directory.open("restored");
    assert_eq!(
        without_epoch(&export(&restored)),
        without_epoch(&export(&board))
    );
}

#[test]
fn a_file_gets_smaller_by_compaction_and_keeps_everything() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    let drafts: Vec<Draft> = (0..500)
        .map(|n| Draft::from_text(notice::Text::new("en", format!("N {n}")).body("x".repeat(2000))))
        .collect();
    let ids = board.publish_all(&drafts).unwrap();
    let purges: Vec<Operation> = ids
        .iter()
        .map(|done| Operation::Purge { id: done.id })
        .collect();
    board.apply(&purges).unwrap();
    fill(&board);
    let before = export(&board);
    let done = board.custody().unwrap().compact().unwrap();
    assert!(done.after < done.before, "{done:?}");
    assert_eq!(board.stats().unwrap().file_bytes, done.after);
    board.publish(&Draft::new("en", "After")).unwrap();
    assert!(board.custody().unwrap().verify().unwrap().is_good());
    drop(board);
    let board = directory.open("board.notice");
    assert!(export(&board).len() > before.len());
    let error = notice::open("mem:")
        .unwrap()
        .custody()
        .unwrap()
        .compact()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn opening_tells_how_far_it_has_come() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    let drafts = vec![Draft::new("en", "Many"); 2500];
    board.publish_all(&drafts).unwrap();
    drop(board);
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&told);
    let options = Options::new()
        .progress(move |step, done, total| list.lock().unwrap().push((step, done, total)));
    options.open(&directory.url("board.notice")).unwrap();
    let expected = [0, 500, 1000, 1500, 2000, 2500].map(|done| (Step::Loading, done, 2500));
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn a_board_longer_than_what_is_read_ahead_is_whole() {
    let directory = Directory::new();
    let board = directory.open("board");
    let draft = |n: usize| {
        let locale = ["en", "zh-CN"][n % 2];
        let text = notice::Text::new(locale, format!("Title {n}"));
        let mut draft = Draft::from_text(text.body("word ".repeat(1000)));
        draft.channel = ["news", "sales", "work"][n % 3].to_owned();
        draft
    };
    let drafts: Vec<Draft> = (0..400).map(draft).collect();
    board.publish_all(&drafts).unwrap();
    let before = export(&board);
    drop(board);
    let board = directory.open("board");
    assert_eq!(export(&board), before);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
}

#[test]
fn retention_goes_on_in_the_background() {
    let clock = Arc::new(ManualClock::new(NOW));
    let options = Options::new().clock(Arc::clone(&clock)).retention_ms(1000);
    let directory = Directory::new();
    let board = options.open(&directory.url("board.notice")).unwrap();
    let mut draft = Draft::new("en", "Short");
    draft.ends_at = Some(NOW + 10);
    board.publish(&draft).unwrap();
    clock.set(NOW + 1010);
    let revision = board.wait(1, std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(revision, 2);
    assert_eq!(board.stats().unwrap().announcements, 0);
}

#[test]
fn past_the_budget_only_what_must_be_said_is_taken() {
    let board = notice::open("mem:?budget_mb=1").unwrap();
    let draft = |severity| {
        let text = notice::Text::new("en", "Long").body("word ".repeat(2000));
        Draft::from_text(text).severity(severity)
    };
    let refused = loop {
        if let Err(error) = board.publish(&draft(Severity::Notice)) {
            break error;
        }
        assert!(board.stats().unwrap().announcements < 1000);
    };
    assert_eq!(refused.kind(), ErrorKind::OverBudget);
    assert_eq!(refused.path(), Some("severity"));
    let count = board.stats().unwrap().announcements;
    assert!(count > 10, "{count}");
    let warning = board.publish(&draft(Severity::Warning)).unwrap();
    // Taking back is always possible, and so is asking.
    board.retract(warning.id, "over").unwrap();
    assert_eq!(
        board.query(&Query::editor()).unwrap().count.total,
        Some(count)
    );
    let batch: Vec<Draft> = (0..100).map(|_| draft(Severity::Info)).collect();
    let empty = notice::open("mem:?budget_mb=1").unwrap();
    let error = empty.publish_all(&batch).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OverBudget);
    assert_eq!(empty.revision().unwrap(), 0);
}

#[test]
fn a_url_that_says_something_unknown_is_refused_with_its_place() {
    for (url, kind, path) in [
        ("file:", ErrorKind::InvalidField, "url"),
        ("file:a\0b", ErrorKind::InvalidField, "url"),
        ("mem:name", ErrorKind::InvalidField, "url"),
        (
            "mem:?durability=full",
            ErrorKind::InvalidField,
            "url.durability",
        ),
        (
            "file:x?durability=some",
            ErrorKind::InvalidField,
            "url.durability",
        ),
        (
            "file:x?budget_mb=0",
            ErrorKind::InvalidField,
            "url.budget_mb",
        ),
        (
            "file:x?budget_mb=99999999999999999999",
            ErrorKind::InvalidField,
            "url.budget_mb",
        ),
        (
            "file:x?budget_mb=1&budget_mb=1",
            ErrorKind::InvalidField,
            "url.budget_mb",
        ),
        ("file:x?colour=red", ErrorKind::InvalidField, "url.colour"),
        ("ftp:x", ErrorKind::Unsupported, "url"),
    ] {
        let error = notice::open(url).err().unwrap();
        assert_eq!((error.kind(), error.path()), (kind, Some(path)), "{url:?}");
    }
}

#[test]
fn what_is_over_leaves_memory_when_that_is_short_and_is_still_there() {
    let clock = Arc::new(ManualClock::new(NOW));
    let directory = Directory::new();
    let url = directory.url("board.notice?budget_mb=1");
    let open = || Options::new().clock(Arc::clone(&clock)).open(&url).unwrap();
    let board = open();
    let draft = |n: usize| {
        let body = format!("{} number{n} ", "word ".repeat(4000));
        let text = notice::Text::new("en", format!("Title {n}")).body(body);
        let mut draft = Draft::from_text(text).severity(Severity::Warning);
        draft.ends_at = Some(NOW + 1000);
        draft
    };
    let count = (0..).position(|n| is_full(&board, &draft(n))).unwrap();
    assert!(count > 20, "{count}");
    let before = export(&board);
    let text_bytes = board.stats().unwrap().text_bytes;
    clock.set(NOW + 1000);
    // The next change notices that memory is short, and it is made room in the background.
    board
        .publish(&Draft::new("en", "Now").severity(Severity::Warning))
        .unwrap();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let stats = loop {
        let stats = board.stats().unwrap();
        if stats.memory_bytes < 891_289 {
            break stats;
        }
        assert!(std::time::Instant::now() < until, "{stats:?}");
        std::thread::yield_now();
    };
    assert!(
        stats.shelved > 0 && stats.text_bytes < text_bytes,
        "{stats:?}"
    );

    let mut then = Viewer::anonymous();
    then.now = Some(NOW);
    let page = board.query(&Query::new(then.clone()).limit(100)).unwrap();
    let bodies = page.items.iter().map(|item| item.text().body.len());
    assert!(bodies.eq((0..count).rev().map(|n| draft(n).texts[0].body.len())));
    let mut search = Query::new(then);
    search.filter.q = "\"word number17\"".to_owned();
    let found = board.query(&search).unwrap();
    assert_eq!(found.items[0].text().title, "Title 17");
    assert_eq!(found.count.total, Some(1));

    assert!(board.custody().unwrap().verify().unwrap().is_good());
    assert!(export(&board).contains(&before.lines().nth(5).unwrap().to_owned()));
    for (id, title) in [(1, "First again"), (2, "Second again")] {
        board
            .apply_one(Operation::Update {
                id,
                patch: Box::new(Patch::new().title("en", title)),
                if_version: None,
                change: None,
            })
            .unwrap();
    }
    board.retract(3, "").unwrap();
    board.apply_one(Operation::Purge { id: 4 }).unwrap();
    let item = board.get(1, &Query::editor()).unwrap();
    assert_eq!(item.text().title, "First again");
    assert_eq!(item.text().body, draft(0).texts[0].body);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
    let before = export(&board);
    drop(board);
    assert_eq!(export(&open()), before);
}

/// Publishes a draft, unless the memory budget refuses it.
fn is_full(board: &SharedBoard, draft: &Draft) -> bool {
    match board.publish(draft) {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::OverBudget);
            true
        }
    }
}

/// A board that is short of memory, on which the text of announcement 1 has been left to the file.
fn with_a_text_in_the_file_only(url: &str, fill: impl FnOnce(&SharedBoard)) -> SharedBoard {
    let clock = Arc::new(ManualClock::new(NOW));
    let board = Options::new().clock(Arc::clone(&clock)).open(url).unwrap();
    fill(&board);
    clock.set(NOW + 1000);
    let draft = Draft::new("en", "Now").severity(Severity::Warning);
    board.publish(&draft).unwrap();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while board.stats().unwrap().shelved == 0 {
        assert!(std::time::Instant::now() < until);
        std::thread::yield_now();
    }
    board
}

fn fill_with_what_ends(board: &SharedBoard) {
    for n in 0..60 {
        let text = notice::Text::new("en", format!("Title {n}")).body("word ".repeat(4000));
        let mut draft = Draft::from_text(text).severity(Severity::Warning);
        draft.ends_at = Some(NOW + 1000);
        if is_full(board, &draft) {
            return;
        }
    }
}

#[test]
fn what_was_imported_can_be_left_to_the_file_as_well() {
    let directory = Directory::new();
    let clock = ManualClock::new(NOW);
    let from = Options::new().clock(clock).open("mem:").unwrap();
    fill_with_what_ends(&from);
    let url = directory.url("board?budget_mb=1");
    let board = with_a_text_in_the_file_only(&url, |board| {
        board
            .custody()
            .unwrap()
            .import(&mut export(&from).as_bytes())
            .unwrap();
    });
    let item = board.get(1, &Query::editor()).unwrap();
    assert_eq!(item.text().body.len(), 20_000);
    assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
}

#[cfg(unix)]
#[test]
fn a_backup_has_the_texts_that_are_in_the_file_only_also_when_that_is_gone() {
    let directory = Directory::new();
    let url = directory.url("board?budget_mb=1&durability=relaxed");
    let board = with_a_text_in_the_file_only(&url, fill_with_what_ends);
    // What was put off would fail when the file is gone, and the next write be refused.
    board.custody().unwrap().flush().unwrap();
    std::fs::remove_file(directory.path("board")).unwrap();
    let last = board.stats().unwrap().announcements;
    board.retract(last as i64, "late").unwrap();
    board
        .custody()
        .unwrap()
        .backup(&directory.path("saved"))
        .unwrap();
    let saved = directory.open("saved");
    assert_eq!(export(&saved), export(&board));
    assert_eq!(
        saved.get(1, &Query::editor()).unwrap().text().body.len(),
        20_000
    );
}

#[test]
fn a_board_is_closed_while_retention_goes_on() {
    let directory = Directory::new();
    for url in [
        "mem:".to_owned(),
        directory.url("board"),
        directory.url("relaxed?durability=relaxed"),
    ] {
        let clock = Arc::new(ManualClock::new(NOW));
        let options = Options::new().clock(Arc::clone(&clock)).retention_ms(0);
        let board = options.open(&url).unwrap();
        let mut draft = Draft::new("en", "Short");
        draft.ends_at = Some(NOW + 10);
        for _ in 0..10 {
            board.publish_all(&vec![draft.clone(); 1000]).unwrap();
        }
        let revision = board.revision().unwrap();
        clock.set(NOW + 10);
        board
            .wait(revision, std::time::Duration::from_secs(60))
            .unwrap();
        let (closed, is_closed) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            drop(board);
            closed.send(()).unwrap();
        });
        let minute = std::time::Duration::from_secs(60);
        assert_eq!(is_closed.recv_timeout(minute), Ok(()), "{url}");
    }
}

#[test]
fn a_panic_while_progress_is_told_is_the_callers_own() {
    let directory = Directory::new();
    fill(&directory.open("board"));
    let options = Options::new().progress(|_, _, _| panic!("of the caller"));
    let url = directory.url("board");
    let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| options.open(&url)));
    let payload = opened.expect_err("it is no damage of the file");
    assert_eq!(payload.downcast_ref(), Some(&"of the caller"));
    assert!(
        directory
            .open("board")
            .custody()
            .unwrap()
            .verify()
            .unwrap()
            .is_good()
    );
}

#[test]
fn a_large_file_grows_by_a_little_when_something_is_added_after_compacting() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    let body = "x".repeat(60_000);
    let large = |n: usize| {
        let texts = ["de", "fr", "zh-CN"].map(|locale| notice::Text::new(locale, "T").body(&body));
        let mut draft = Draft::from_text(notice::Text::new("en", n.to_string()).body(&body));
        draft.texts.extend(texts);
        Operation::Publish(Arc::new(draft))
    };
    for n in 0..10 {
        let batch: Vec<_> = (0..17).map(|m| large(n * 17 + m)).collect();
        board.apply(&batch).unwrap();
    }
    let custody = board.custody().unwrap();
    custody.compact().unwrap();
    let length = || {
        let path = directory.path("board.notice");
        std::fs::metadata(path).unwrap().len()
    };
    #[cfg(unix)]
    let taken = || {
        let path = directory.path("board.notice");
        std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(path).unwrap()) * 512
    };
    let compacted = length();
    assert!(compacted > 40_000_000);
    for n in 0..7 {
        board.apply_one(large(1000 + n)).unwrap();
    }
    // Brings the changes into the file.
    custody.backup(&directory.path("backup.notice")).unwrap();
    let grown = length() - compacted;
    assert!(grown <= 32 << 20, "grew by {grown} bytes");
    #[cfg(unix)]
    assert!(taken() <= compacted + (8 << 20), "{} bytes taken", taken());
    drop(board);
    assert!(length() < compacted + (4 << 20));
    let again = directory.open("board.notice");
    assert_eq!(again.stats().unwrap().announcements, 177);
}

#[test]
fn hundreds_of_large_ones_that_replaced_one_are_retracted_at_once() {
    let directory = Directory::new();
    let board = directory.open("board.notice");
    board.publish(&Draft::new("en", "old").key("old")).unwrap();
    // As large as they may be without their texts.
    let text = "x".repeat(8000);
    let locale = |n: u8| format!("{}{}", char::from(b'a' + n / 8), char::from(b'a' + n % 8));
    let action = |n: usize| {
        let mut action =
            notice::Action::new(n.to_string(), notice::ActionKind::Copy, &text[..2000]);
        action.label = (0..32).map(|n| (locale(n), "签".repeat(64))).collect();
        action
    };
    let roles: Vec<String> = (0..30).map(|n| format!("{n}{}", &text[..500])).collect();
    let replacing = |n: usize| {
        let mut draft = Draft::new("en", format!("{n}")).replaces(notice::Reference::Id(1));
        draft.extras.insert("text".to_owned(), text.clone().into());
        draft.actions = (0..4).map(action).collect();
        draft = draft.audience("role", notice::Operator::In, roles.clone());
        Operation::Publish(Arc::new(draft))
    };
    let published = board.apply(&(0..350).map(replacing).collect::<Vec<_>>());
    let retracted = board.apply(
        &published
            .unwrap()
            .iter()
            .map(|new| retract(new.id, ""))
            .collect::<Vec<_>>(),
    );
    let revision = retracted.unwrap()[0].revision;
    let follow = notice::ChangeQuery::since(revision - 1, Query::editor());
    let told = |board: &SharedBoard| board.changes(&follow).unwrap().events.len();
    assert_eq!(told(&board), 351);
    drop(board);
    let board = directory.open("board.notice");
    assert_eq!(told(&board), 351);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
}

#[cfg(unix)]
#[test]
fn a_crashed_board_is_not_opened_by_a_name_that_its_journal_is_not_beside() {
    let directory = Directory::new();
    let board = directory.open("open.notice");
    board.publish(&Draft::new("en", "acknowledged")).unwrap();
    // The state that a crash leaves.
    for name in ["notice", "notice-journal"] {
        let from = directory.path(&format!("open.{name}"));
        std::fs::copy(from, directory.path(&format!("crashed.{name}"))).unwrap();
    }
    let link = directory.path("link.notice");
    std::fs::hard_link(directory.path("crashed.notice"), &link).unwrap();
    for mode in ["", "?mode=ro"] {
        let refused = notice::open(&format!("{}{mode}", directory.url("link.notice")));
        let error = refused.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("hard links"), "{error}");
    }
    let one = |name: &str| directory.open(name).stats().unwrap().announcements;
    assert_eq!(one("crashed.notice"), 1);
    // Closed in good order, it has no journal that could be missed.
    assert_eq!(one("link.notice"), 1);
}
