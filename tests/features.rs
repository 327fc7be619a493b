//! What a build with or without the feature `file` can open: `cargo test --no-default-features --test features`.

#![allow(clippy::unwrap_used, reason = "a test fails so")]

use notice::{Draft, Query};

#[test]
fn a_board_in_memory_is_there_in_every_build() {
    let board = notice::open("mem:").unwrap();
    board.publish(&Draft::new("en", "a")).unwrap();
    let page = board.query(&Query::editor()).unwrap();
    assert_eq!(page.count.total, Some(1));
}

#[cfg(not(feature = "file"))]
#[test]
fn a_build_without_files_says_so_and_names_the_feature() {
    use notice::{ErrorKind, Language};

    let error = notice::open("file:/nowhere/board.notice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for (language, feature) in [
        (Language::En, "cargo feature `file`"),
        (Language::Zh, "cargo 特性 `file`"),
    ] {
        let message = error.message(language);
        assert!(message.contains(feature), "{message}");
    }
}
