//! What cargo's features bring along, and that packages which share a crate build it once.

#![allow(clippy::unwrap_used, reason = "a test fails so")]

use std::collections::BTreeSet;
use std::process::Command;

use xtask::library;

/// Crates that open files of a board or sockets.
const OUTSIDE: [&str; 8] = [
    "redb",
    "socket2",
    "mio",
    "tokio",
    "polling",
    "rustix",
    "nix",
    "windows-sys",
];

/// Crates of which a test's dependency asks for more than the library does: ICU's macros need more of `syn`. What is
/// derived with it is built twice.
const OF_TESTS: [&str; 1] = ["syn"];

/// The crates that a build has: name, version and features of each.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "tree",
        "--locked",
        "--prefix",
        "none",
        "--format",
        "{p} [{f}]",
    ]);
    cargo.args(arguments).current_dir(library::root().unwrap());
    let text = library::output(&mut cargo).unwrap();
    let crates = text.lines().filter(|line| !line.is_empty());
    crates
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .collect()
}

fn names(crates: &BTreeSet<String>) -> Vec<&str> {
    crates
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect()
}

#[test]
fn a_build_without_default_features_has_no_redb_and_no_sockets() {
    let with = tree(&["--package", "notice", "--edges", "normal"]);
    assert!(names(&with).contains(&"redb"), "{with:?}");
    let without = tree(&[
        "--package",
        "notice",
        "--edges",
        "normal",
        "--no-default-features",
    ]);
    assert!(names(&without).contains(&"roaring"), "{without:?}");
    let found: Vec<&str> = names(&without)
        .into_iter()
        .filter(|name| OUTSIDE.contains(name))
        .collect();
    assert_eq!(found, [""; 0]);
}

/// Otherwise cargo compiles the engine once more for each set of features: on two cores minutes in a fresh clone.
#[test]
fn the_engine_is_built_alike_for_all_packages() {
    let all = tree(&["--workspace", "--edges", "normal,build,dev"]);
    let engine = tree(&["--package", "notice", "--edges", "normal"]);
    let engine = names(&engine);
    for package in ["notice-ffi", "notice-bench"] {
        let own = tree(&["--package", package, "--edges", "normal"]);
        let other: Vec<&String> = own
            .difference(&all)
            .filter(|line| {
                let name = line.split(' ').next();
                name.is_some_and(|name| engine.contains(&name) && !OF_TESTS.contains(&name))
            })
            .collect();
        assert!(
            other.is_empty(),
            "{package} has other features of {other:?}"
        );
    }
}
