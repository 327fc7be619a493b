//! What `cargo package` puts into the crate that Rust programs depend on.

#![allow(clippy::unwrap_used, reason = "a test fails so")]

use std::process::Command;

use xtask::library;

#[test]
fn the_crate_has_its_source_tests_and_papers_and_nothing_of_other_packages() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--package", "notice"]);
    let listed = library::output(cargo.current_dir(library::root().unwrap())).unwrap();
    let files: Vec<&str> = listed.lines().collect();
    for wanted in [
        "src/lib.rs",
        "tests/board/main.rs",
        "examples/rust/board.rs",
        "examples/announcements.jsonl",
        "README.md",
        "README.zh-CN.md",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
    ] {
        assert!(files.contains(&wanted), "{wanted} is missing: {files:?}");
    }
    for folder in [
        "ffi",
        "include",
        "e-bindings",
        "xtask",
        "bench",
        "fuzz",
        "tests/c",
        "tests/e",
        ".ci",
    ] {
        let found = files
            .iter()
            .find(|file| file.starts_with(&format!("{folder}/")));
        assert_eq!(found, None);
    }
}
