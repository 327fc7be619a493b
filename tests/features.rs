//! What a build with or without the features `file` and `tls` can open: `cargo test --no-default-features --test features`.

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
    is_missing("file:/nowhere/board.notice", "file");
}

#[cfg(not(feature = "tls"))]
#[test]
fn a_build_without_tls_says_so_and_names_the_feature() {
    is_missing("tls:127.0.0.1:7411", "tls");
}

#[cfg(not(all(feature = "file", feature = "tls")))]
fn is_missing(url: &str, feature: &str) {
    use notice::{ErrorKind, Language};

    let error = notice::open(url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for (language, named) in [
        (Language::En, format!("cargo feature `{feature}`")),
        (Language::Zh, format!("cargo 特性 `{feature}`")),
    ] {
        let message = error.message(language);
        assert!(message.contains(&named), "{message}");
    }
}
