//! Modes of opening a file: which make a board, which refuse what is not there, and which write nothing.

use notice::{Draft, ErrorKind, Language, Operation, Query, SharedBoard, Viewer};

use crate::directory::Directory;
use crate::support::{assert_bilingual, export};

/// Every mode that opens a board that is there.
const EXISTING: [&str; 4] = ["", "?mode=rwc", "?mode=rw", "?mode=ro"];

/// A closed board with one announcement, and its export.
fn closed_board(directory: &Directory) -> String {
    let board = directory.open("board");
    board.publish(&Draft::new("en", "kept")).unwrap();
    board
        .mark_all_read(&Query::new(Viewer::new("ann")), None)
        .unwrap();
    export(&board)
}

/// The bytes of every file in the directory, by name.
fn content(directory: &Directory) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory.path("")).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Leaves the files of the board `from` in `to`, as if the process had been killed.
fn leave_as_if_killed(directory: &Directory, from: &str, to: &str) -> SharedBoard {
    let board = directory.open(from);
    board.publish(&Draft::new("en", "after opening")).unwrap();
    for suffix in ["", "-journal"] {
        let from = directory.path(&format!("{from}{suffix}"));
        if from.exists() {
            std::fs::copy(from, directory.path(&format!("{to}{suffix}"))).unwrap();
        }
    }
    board
}

#[test]
fn only_two_modes_make_a_board_where_there_is_no_file() {
    let directory = Directory::new();
    for mode in ["?mode=rw", "?mode=ro"] {
        let error = notice::open(&directory.url(&format!("none{mode}"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{mode}");
        assert_bilingual(&error, "none");
        assert!(content(&directory).is_empty(), "{mode}");
    }
    for (n, mode) in ["", "?mode=rwc", "?mode=init"].iter().enumerate() {
        let board = directory.open(&format!("new {n}{mode}"));
        assert_eq!(board.revision(), Ok(0));
        assert!(directory.path(&format!("new {n}")).is_file());
    }
}

#[test]
fn an_empty_file_is_corrupt_and_the_error_says_how_to_make_a_board_of_it() {
    let directory = Directory::new();
    let path = directory.path("file");
    std::fs::write(&path, b"").unwrap();
    let mut errors: Vec<_> = EXISTING
        .map(|mode| notice::open(&directory.url(&format!("file{mode}"))).unwrap_err())
        .into();
    errors.push(notice::verify(&path).unwrap_err());
    errors.push(notice::restore_backup(&path, &directory.path("restored")).unwrap_err());
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert_bilingual(&error, "file");
        for language in [Language::En, Language::Zh] {
            assert!(error.message(language).contains("?mode=init"), "{error}");
        }
        assert!(error.message(Language::En).contains("power cut"), "{error}");
    }
    assert_eq!(content(&directory), [("file".to_owned(), Vec::new())]);

    let board = directory.open("file?mode=init");
    board.publish(&Draft::new("en", "first")).unwrap();
    drop(board);
    assert_eq!(directory.open("file").revision(), Ok(1));
}

#[cfg(unix)]
#[test]
fn a_board_made_of_an_empty_file_keeps_its_links_and_permissions() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let directory = Directory::new();
    let [file, link, hard] = ["file", "link", "hard"].map(|name| directory.path(name));
    for mode in [0o600, 0o640, 0o666] {
        std::fs::write(&file, b"").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::fs::hard_link(&file, &hard).unwrap();
        let before = std::fs::metadata(&file).unwrap();
        drop(directory.open("link?mode=init"));
        let after = std::fs::metadata(&file).unwrap();
        let identity = |there: &std::fs::Metadata| (there.ino(), there.uid(), there.mode());
        assert_eq!(identity(&after), identity(&before));
        assert!(link.is_symlink());
        assert_eq!(directory.open("hard").revision(), Ok(0));
        for path in [&file, &link, &hard] {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_file_with_content_is_not_made_a_new_board() {
    let directory = Directory::new();
    let exported = closed_board(&directory);
    std::fs::write(directory.path("text"), b"x").unwrap();
    let before = content(&directory);
    for name in ["board", "text"] {
        let error = notice::open(&directory.url(&format!("{name}?mode=init"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Exists);
        assert_bilingual(&error, name);
    }
    assert_eq!(content(&directory), before);
    assert_eq!(export(&directory.open("board")), exported);
}

#[test]
fn a_board_opened_for_reading_answers_refuses_writes_and_writes_nothing() {
    let directory = Directory::new();
    let exported = closed_board(&directory);
    let before = content(&directory);
    let board = directory.open("board?mode=ro");
    assert_eq!(export(&board), exported);
    assert_eq!(board.query(&Query::editor()).unwrap().items.len(), 1);
    let custody = board.custody().unwrap();
    let refusals = [
        board.publish(&Draft::new("en", "more")).unwrap_err(),
        board.apply_one(Operation::Purge { id: 1 }).unwrap_err(),
        board
            .mark(&Viewer::new("bob"), &[1], notice::Mark::Read)
            .unwrap_err(),
        board
            .mark_all_read(&Query::new(Viewer::new("bob")), None)
            .unwrap_err(),
        board.forget_user("ann").unwrap_err(),
        custody.compact().unwrap_err(),
        custody.maintain().unwrap_err(),
        custody.import(&mut exported.as_bytes()).unwrap_err(),
    ];
    for error in refusals {
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert_bilingual(&error, "mode=ro");
    }
    assert_eq!(custody.verify().unwrap().problems, []);
    board.close().unwrap();
    drop(board);
    assert_eq!(content(&directory), before);

    let board = directory.open("board?mode=ro");
    board
        .custody()
        .unwrap()
        .backup(&directory.path("saved"))
        .unwrap();
    assert_eq!(export(&directory.open("saved")), exported);
}

#[test]
fn many_read_a_file_at_once_and_nobody_writes_to_it_then() {
    let directory = Directory::new();
    let exported = closed_board(&directory);
    let readers = [(); 3].map(|()| directory.open("board?mode=ro"));
    for reader in &readers {
        assert_eq!(export(reader), exported);
    }
    let locked = |mode: &str| {
        let error = notice::open(&directory.url(&format!("board{mode}"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked, "{mode}");
    };
    locked("");
    locked("?mode=rw");
    assert_eq!(
        notice::verify(&directory.path("board")).unwrap().problems,
        []
    );
    drop(readers);
    let _writer = directory.open("board");
    locked("?mode=ro");
    assert_eq!(
        notice::verify(&directory.path("board")).unwrap_err().kind(),
        ErrorKind::Locked
    );
}

#[test]
fn a_board_that_was_not_closed_is_read_checked_and_restored_without_a_write() {
    let directory = Directory::new();
    closed_board(&directory);
    let board = leave_as_if_killed(&directory, "board", "killed");
    let exported = export(&board);
    drop(board);
    let before = content(&directory);
    let readers = [(); 2].map(|()| directory.open("killed?mode=ro"));
    for reader in &readers {
        assert_eq!(export(reader), exported);
        assert_eq!(reader.custody().unwrap().verify().unwrap().problems, []);
    }
    assert_eq!(
        notice::verify(&directory.path("killed")).unwrap().problems,
        []
    );
    drop(readers);
    assert_eq!(content(&directory), before);
    let restored = directory.path("restored");
    notice::restore_backup(&directory.path("killed"), &restored).unwrap();
    assert_eq!(directory.open("restored").revision(), Ok(2));
    std::fs::remove_file(restored).unwrap();
    assert_eq!(content(&directory), before);
    assert_eq!(export(&directory.open("killed")), exported);
}

#[cfg(unix)]
#[test]
fn a_file_and_a_directory_without_write_permission_are_read_and_checked() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    let exported = closed_board(&directory);
    drop(leave_as_if_killed(&directory, "board", "killed"));
    let allow = |name: &str, mode| {
        std::fs::set_permissions(directory.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    for name in ["board", "killed"] {
        allow(name, 0o444);
    }
    allow("", 0o555);
    assert!(export(&directory.open("board?mode=ro")).len() > exported.len());
    assert_eq!(directory.open("killed?mode=ro").revision(), Ok(2));
    for name in ["board", "killed"] {
        assert_eq!(notice::verify(&directory.path(name)).unwrap().problems, []);
    }
    allow("", 0o755);
}
