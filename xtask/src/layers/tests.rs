use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use super::table::WORLD;
use super::*;

#[test]
fn nothing_points_the_wrong_way() {
    let mut found = Vec::new();
    for (folder, rows) in CRATES {
        let house = Crate::read(&library::root().unwrap(), folder).unwrap();
        assert!(house.sources.len() > 20, "{folder} is read");
        found.extend(violations(&house, &Table(rows)));
    }
    judge(&found).unwrap();
}

#[test]
fn the_tables_are_short_and_name_what_there_is() {
    assert!(SRC.len() + FFI.len() <= 20);
    for rows in [SRC, FFI] {
        let table = Table(rows);
        for row in rows {
            let room = row.rooms.split(' ').next().unwrap();
            let may = table.imports(room);
            for named in row
                .imports
                .split(' ')
                .filter(|named| !["", ".."].contains(named))
            {
                assert!(may.contains(&named), "{named} is in no row above {room}");
            }
            for part in table.world(room) {
                assert!(WORLD.iter().any(|(known, _)| *known == part), "{part}");
            }
        }
    }
}

/// A tree of sources, gone when the test is over.
struct Tree(PathBuf);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = env::temp_dir().join(format!("notice-layers-{}-{n}", process::id()));
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    /// Where an import is that should not be, and what it imports.
    fn violations(&self) -> Vec<String> {
        let house = Crate::read(&self.0, "src").unwrap();
        let found = violations(&house, &Table(ROWS));
        found
            .iter()
            .map(|one| format!("{}:{} {}", one.file, one.line, one.imported))
            .collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

const ROWS: &[Row] = &[
    Row {
        rooms: "low other",
        imports: "",
        world: "",
    },
    Row {
        rooms: "middle",
        imports: "low",
        world: "io",
    },
    Row {
        rooms: "high",
        imports: "..",
        world: "disk io threads locks now redb",
    },
    Row {
        rooms: "lib",
        imports: "..",
        world: "",
    },
];

const LIB: (&str, &str) = (
    "src/lib.rs",
    "mod low; mod middle; mod high; mod other;\npub use middle::Given;\npub use high::High;",
);

#[test]
fn an_import_of_what_is_above_is_found_with_its_line() {
    let tree = Tree::new(&[
        LIB,
        (
            "src/low.rs",
            "// crate::high\n\nuse crate::{\n    middle::A,\n};\n",
        ),
        (
            "src/middle/mod.rs",
            "mod inner;\nuse crate::low::B;\npub struct Given;",
        ),
        (
            "src/middle/inner.rs",
            "use super::super::high::C;\nconst S: &str = \"crate::high\";",
        ),
        (
            "src/high.rs",
            "use crate::{low::B, middle::A};\npub struct High;",
        ),
        ("src/other.rs", "use crate::low::B;"),
    ]);
    assert_eq!(
        tree.violations(),
        ["src/low.rs:4 middle", "src/middle/inner.rs:1 high"]
    );
    let house = Crate::read(&tree.0, "src").unwrap();
    let found = violations(&house, &Table(ROWS));
    let message = judge(&found).unwrap_err();
    let line = "src/middle/inner.rs:1: middle imports high (crate::high::C); it may import: low";
    assert!(message.lines().any(|one| one == line), "{message}");
}

#[test]
fn a_name_that_another_module_gives_further_counts_as_where_it_is_from() {
    let tree = Tree::new(&[
        LIB,
        ("src/low.rs", "use crate::Given;\nuse crate::High;"),
        (
            "src/middle/mod.rs",
            "mod inner;\npub use inner::Deep as Given;",
        ),
        ("src/middle/inner.rs", "pub struct Deep;"),
        ("src/high.rs", "pub struct High;"),
        ("src/other.rs", "pub(crate) use crate::low::B;"),
    ]);
    assert_eq!(
        tree.violations(),
        ["src/low.rs:1 middle", "src/low.rs:2 high"]
    );
}

#[test]
fn what_is_for_tests_only_is_not_held_to_the_table() {
    let tree = Tree::new(&[
        LIB,
        (
            "src/low.rs",
            "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse crate::high::A;\nuse crate::high::B;",
        ),
        ("src/low/tests.rs", "use crate::high::C;"),
        ("src/low/tests/more.rs", "use crate::high::C;"),
        (
            "src/middle.rs",
            "#[cfg(test)]\nmod tests { use crate::high::A; }\nfn f() { crate::high::b() }",
        ),
        ("src/high.rs", ""),
        ("src/other.rs", ""),
    ]);
    assert_eq!(
        tree.violations(),
        ["src/low.rs:5 high", "src/middle.rs:3 high"]
    );
}

#[test]
fn threads_locks_and_the_disk_are_for_those_who_may_use_them() {
    let tree = Tree::new(&[
        LIB,
        (
            "src/low.rs",
            "use std::sync::{Arc, Mutex};\nuse std::thread;\nuse parking_lot::RwLock;\nuse std::io;\n\
             fn f() { std::fs::read(\"a\"); }\nfn g() { std::time::SystemTime::now(); }\nuse redb::Database;\n\
             use std::time::SystemTime;\nuse std::fmt;",
        ),
        ("src/middle.rs", "use std::io::Write;\nuse std::fs;"),
        ("src/high.rs", "use std::{fs, sync::Mutex, thread};"),
        ("src/other.rs", ""),
    ]);
    assert_eq!(
        tree.violations(),
        [
            "src/low.rs:1 locks",
            "src/low.rs:2 threads",
            "src/low.rs:3 locks",
            "src/low.rs:4 io",
            "src/low.rs:5 disk",
            "src/low.rs:6 now",
            "src/low.rs:7 redb",
            "src/middle.rs:2 disk",
        ]
    );
}

#[test]
fn a_room_without_a_row_is_found() {
    let tree = Tree::new(&[LIB, ("src/new/mod.rs", "")]);
    assert_eq!(tree.violations(), ["src/new/mod.rs:1 new"]);
}
