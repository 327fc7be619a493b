//! Files that are no board, are damaged, or are not to be had: what they hold is left as it is, and the
//! error says in both languages what is wrong.

use std::path::Path;

use notice::{Draft, Error, ErrorKind, Language};

use crate::directory::Directory;
use crate::support::assert_bilingual;

/// Why a file is not opened.
#[track_caller]
fn refusal(directory: &Directory, name: &str) -> Error {
    let error = notice::open(&directory.url(name)).err().unwrap();
    let place = directory.path(name).display().to_string();
    assert_bilingual(&error, place.rsplit('/').next().unwrap());
    error
}

/// A board with something of everything, closed.
fn board_file(directory: &Directory) -> Vec<u8> {
    let board = directory.open("whole");
    for n in 0..30 {
        let draft = Draft::new("en", format!("title {n}")).idempotency_key(format!("once {n}"));
        board.publish(&draft).unwrap();
    }
    board.retract(3, "why").unwrap();
    board.forget_user("nobody").unwrap();
    drop(board);
    std::fs::read(directory.path("whole")).unwrap()
}

#[test]
fn a_file_of_something_else_is_corrupt_and_left_as_it_is() {
    let directory = Directory::new();
    let texts: [&[u8]; 4] = [
        b"x",
        b"a text that somebody needs\n",
        b"redb",
        &[0; 100_000],
    ];
    for text in texts {
        std::fs::write(directory.path("file"), text).unwrap();
        assert_eq!(refusal(&directory, "file").kind(), ErrorKind::Corrupt);
        assert_eq!(std::fs::read(directory.path("file")).unwrap(), text);
    }
}

#[test]
fn a_database_of_another_program_is_corrupt_and_left_as_it_is() {
    let directory = Directory::new();
    let path = directory.path("other");
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("other");
    let mut open = transaction.open_table(table).unwrap();
    open.insert("needed", 7).unwrap();
    drop(open);
    transaction.commit().unwrap();
    drop(database);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(refusal(&directory, "other").kind(), ErrorKind::Corrupt);
    assert!(std::fs::read(&path).unwrap() == before);
}

/// Puts something into a table of a board that is closed.
fn put(path: &Path, table: &str, key: &[u8], value: &[u8]) {
    let database = redb::Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new(table);
    let mut open = transaction.open_table(table).unwrap();
    open.insert(key, value).unwrap();
    drop(open);
    transaction.commit().unwrap();
}

#[test]
fn a_board_of_a_later_format_is_unsupported_and_left_as_it_is() {
    let directory = Directory::new();
    board_file(&directory);
    let path = directory.path("whole");
    put(&path, "board", b"format", &u32::MAX.to_le_bytes());
    let before = std::fs::read(&path).unwrap();
    assert_eq!(refusal(&directory, "whole").kind(), ErrorKind::Unsupported);
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn a_key_that_stands_for_nothing_is_corrupt_and_told() {
    let directory = Directory::new();
    let whole = board_file(&directory);
    let keys: [(&str, &[u8], &str); 5] = [
        ("announcements", b"7 bytes", "announcements[7 bytes]"),
        ("users", b"\xffli", r"users[\xffli]"),
        ("receipts", b"li.lei12345678", "receipts[li.lei12345678]"),
        (
            "changes",
            &[0; 13],
            &format!("changes[{}]", r"\x00".repeat(13)),
        ),
        ("idempotency_keys", b"on\0ce", r"idempotency_keys[on\x00ce]"),
    ];
    let path = directory.path("odd");
    for (table, key, place) in keys {
        std::fs::write(&path, &whole).unwrap();
        put(&path, table, key, b"record");
        let error = refusal(&directory, "odd");
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::Corrupt, Some(place))
        );
        let problems = notice::verify(&path).unwrap().problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].place, place);
        assert!(problems[0].reason.en.contains("malformed key"));
    }
}

#[cfg(unix)]
#[test]
fn of_many_who_find_an_empty_file_one_makes_the_board() {
    let directory = Directory::new();
    for n in 0..20 {
        let name = format!("file {n}");
        std::fs::write(directory.path(&name), b"").unwrap();
        let url = directory.url(&format!("{name}?mode=init"));
        let opened = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let board = notice::open(&url).ok()?;
                        // Nobody may put another one in its place.
                        board.publish(&Draft::new("en", "kept")).unwrap();
                        Some(board)
                    })
                })
                .collect();
            let boards = threads.into_iter().filter_map(|t| t.join().unwrap());
            boards.count()
        });
        assert_eq!(opened, 1);
        let revision = directory.open(&name).revision().unwrap();
        assert!(
            revision >= 1
                && directory
                    .open(&name)
                    .custody()
                    .unwrap()
                    .verify()
                    .unwrap()
                    .is_good()
        );
    }
}

#[test]
fn a_file_that_is_cut_off_is_corrupt_and_left_as_it_is() {
    let directory = Directory::new();
    let whole = board_file(&directory);
    for length in [1, 9, 100, 320, 4096, 8192, whole.len() / 2, whole.len() - 1] {
        let part = &whole[..length];
        std::fs::write(directory.path("part"), part).unwrap();
        assert_eq!(
            refusal(&directory, "part").kind(),
            ErrorKind::Corrupt,
            "{length}"
        );
        assert_eq!(
            std::fs::read(directory.path("part")).unwrap(),
            part,
            "{length}"
        );
    }
}

#[test]
fn a_board_with_changed_bytes_is_refused_or_tells_what_is_wrong() {
    let directory = Directory::new();
    let whole = board_file(&directory);
    let original = directory.open("whole");
    let (mut refused, mut found, mut harmless) = (0, 0, 0);
    // Every place in the header, and some in each page, by each of two changes.
    let places = (0..320).chain((320..whole.len()).step_by(331));
    for (n, place) in places.enumerate() {
        let mut changed = whole.clone();
        changed[place] ^= [0x01, 0xFF][n % 2];
        std::fs::write(directory.path("changed"), &changed).unwrap();
        let board = match notice::open(&directory.url("changed")) {
            Ok(board) => board,
            Err(error) => {
                let kind = error.kind();
                let is_said = matches!(kind, ErrorKind::Corrupt | ErrorKind::Unsupported);
                assert!(is_said, "byte {place}: {error}");
                assert!(!error.message(Language::Zh).is_empty());
                refused += 1;
                continue;
            }
        };
        let is_good = board.custody().unwrap().verify().unwrap().is_good();
        if is_good {
            assert_eq!(board.stats().unwrap().announcements, 30, "byte {place}");
            assert_eq!(board.revision(), original.revision(), "byte {place}");
            harmless += 1;
        } else {
            found += 1;
        }
        // It goes on, or says why not.
        if let Err(error) = board.publish(&Draft::new("en", "after")) {
            assert!(!is_good, "byte {place}: {error}");
            assert_bilingual(&error, "changed");
        }
    }
    assert!(refused > 0 && harmless > 0, "{refused} {found} {harmless}");
}

#[test]
fn a_directory_is_no_file_and_a_missing_directory_is_said() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("folder")).unwrap();
    assert_eq!(refusal(&directory, "folder").kind(), ErrorKind::Io);
    assert_eq!(refusal(&directory, "none/board").kind(), ErrorKind::Io);
}

/// Devices, pipes and sockets have no length, and are no empty files all the same.
#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_left_as_it_is() {
    let directory = Directory::new();
    let (socket, null) = (directory.path("socket"), directory.path("null"));
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::os::unix::fs::symlink("/dev/null", &null).unwrap();
    let board = notice::open("mem:").unwrap();
    for name in ["socket", "null"] {
        let path = directory.path(name);
        let refusals = [
            refusal(&directory, name),
            board.custody().unwrap().backup(&path).unwrap_err(),
            notice::verify(&path).unwrap_err(),
            notice::restore_backup(&path, &directory.path("restored")).unwrap_err(),
        ];
        for error in refusals {
            assert_eq!(error.kind(), ErrorKind::Io, "{error}");
            assert_bilingual(&error, name);
        }
    }
    std::os::unix::net::UnixStream::connect(&socket).unwrap();
    drop(listener);
    assert!(null.is_symlink());
    assert_eq!(std::fs::read_dir(directory.path("")).unwrap().count(), 2);
}

/// Not even root can make a file there.
#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_there_is_no_board() {
    let error = notice::open("file:/sys/x.notice").err().unwrap();
    assert!(
        matches!(error.kind(), ErrorKind::ReadOnly | ErrorKind::Io),
        "{error:?}"
    );
    assert_bilingual(&error, "x.notice");
}

#[test]
fn a_board_that_is_open_is_locked_also_within_the_process() {
    let directory = Directory::new();
    // The message says which file it is, also where the path is long.
    let folder = "a long name ".repeat(10);
    std::fs::create_dir(directory.path(&folder)).unwrap();
    let long = directory.open(&format!("{folder}/board"));
    let error = refusal(&directory, &format!("{folder}/board"));
    assert_eq!(error.kind(), ErrorKind::Locked);
    drop(long);
    let board = directory.open("board");
    assert_eq!(refusal(&directory, "board").kind(), ErrorKind::Locked);
    board.publish(&Draft::new("en", "undisturbed")).unwrap();
    drop(board);
    assert_eq!(directory.open("board").revision().unwrap(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_was_moved_away_takes_no_writes_until_it_is_back() {
    let directory = Directory::new();
    let board = directory.open("board");
    board.publish(&Draft::new("en", "before")).unwrap();
    let (here, away) = (directory.path("board"), directory.path("away"));
    std::fs::rename(&here, &away).unwrap();
    for _ in 0..2 {
        let error = board.publish(&Draft::new("en", "lost")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_bilingual(&error, "board");
    }
    assert_eq!(board.revision().unwrap(), 1, "queries go on");
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(board.publish(&Draft::new("en", "after")).unwrap().id, 2);
    drop(board);
    let board = directory.open("board");
    assert_eq!(board.revision().unwrap(), 2);
    assert!(board.custody().unwrap().verify().unwrap().is_good());
}

#[cfg(unix)]
#[test]
fn a_file_that_was_replaced_is_not_written_to() {
    let directory = Directory::new();
    let (board, other) = (directory.open("board"), directory.open("other"));
    board.publish(&Draft::new("en", "one")).unwrap();
    other.publish(&Draft::new("en", "another")).unwrap();
    drop(other);
    std::fs::rename(directory.path("other"), directory.path("board")).unwrap();
    let before = std::fs::read(directory.path("board")).unwrap();
    let error = board.publish(&Draft::new("en", "two")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    drop(board);
    assert_eq!(std::fs::read(directory.path("board")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_board_whose_file_is_damaged_is_backed_up_from_memory() {
    use std::os::unix::fs::FileExt;
    let directory = Directory::new();
    let board = directory.open("board");
    board.publish(&Draft::new("en", "that is damaged")).unwrap();
    // From then on it is in the board's file, not in the journal.
    board.close().unwrap();
    let path = directory.path("board");
    let bytes = std::fs::read(&path).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let mut damaged = 0;
    for place in 0..bytes.len() - 7 {
        if &bytes[place..place + 7] == b"damaged" {
            file.write_at(b"D", place as u64).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 0);
    assert_eq!(
        board
            .custody()
            .unwrap()
            .backup(&directory.path("saved"))
            .unwrap(),
        1
    );
    let saved = directory.open("saved");
    assert_eq!(
        saved.query(&notice::Query::editor()).unwrap().count.total,
        Some(1)
    );
    assert_eq!(saved.custody().unwrap().verify().unwrap().problems, []);
}

#[cfg(unix)]
#[test]
fn a_board_whose_file_has_lost_a_change_takes_no_more_and_can_be_backed_up() {
    use std::os::unix::fs::FileExt;
    let directory = Directory::new();
    let board = directory.open("board");
    for title in ["before", "that is damaged"] {
        board.publish(&Draft::new("en", title)).unwrap();
        board.close().unwrap();
    }
    let path = directory.path("board");
    let bytes = std::fs::read(&path).unwrap();
    let place = bytes.windows(7).position(|w| w == b"damaged").unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_at(b"D", place as u64).unwrap();

    let problems = board.custody().unwrap().verify().unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].reason.en.contains("lost its last change"));
    for _ in 0..2 {
        let error = board.publish(&Draft::new("en", "on top")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_bilingual(&error, "board");
    }
    board
        .custody()
        .unwrap()
        .backup(&directory.path("saved"))
        .unwrap();
    let saved = directory.open("saved");
    assert_eq!(saved.revision().unwrap(), 2);
    assert_eq!(saved.custody().unwrap().verify().unwrap().problems, []);
    drop(board);
    let board = directory.open("board");
    assert_eq!(board.revision().unwrap(), 1);
    assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
}
