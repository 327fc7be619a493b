//! The C examples that follow a board and show popups: clean C99, and what they print. A header that is
//! included twice.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails so")]
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::library;

#[test]
fn a_follower_sees_what_comes_changes_and_goes_and_nothing_of_others() {
    assert_eq!(
        printed_by("follow"),
        "+ Welcome\n+ Maintenance tonight\n~ Maintenance tomorrow\n- Welcome: out of date\n\
         - Maintenance tomorrow\n"
    );
}

#[test]
fn a_popup_comes_as_often_as_it_may_until_it_is_answered() {
    assert_eq!(
        printed_by("popup"),
        "In the morning:
  Press F1 for help (unread, shown 0 times before)
  New terms of use (unread, to be acknowledged, shown 0 times before)
  Release 8.2 is here (unread, shown 0 times before)
An hour later:
  New terms of use (unread, to be acknowledged, shown 1 times before)
The next day:
  Release 8.2 is here (unread, shown 1 times before)
The day after:
Left to be acknowledged: 0
"
    );
}

#[test]
fn the_header_may_be_included_twice() {
    let place = place("twice");
    fs::write(
        place.join("twice.c"),
        "#include \"notice.h\"\n#include \"notice.h\"\nint main(void) { return NOTICE_OK; }\n",
    )
    .unwrap();
    compile(&place.join("twice.c"), &place.join("twice"));
}

/// Compiles an example and gives what it prints.
fn printed_by(example: &str) -> String {
    let place = place(example);
    let program = place.join(example);
    let source = root().join("examples/c").join(format!("{example}.c"));
    compile(&source, &program);
    library::output(&mut Command::new(&program)).unwrap()
}

/// Links it statically.
fn compile(source: &Path, program: &Path) {
    let built = library::build(&root(), false, None).unwrap();
    let mut compiler = library::strict_c(&root(), "c99");
    compiler
        .args([source, &built.archive])
        .args(library::NATIVE_LIBRARIES.split(' '))
        .arg("-o")
        .arg(program);
    library::output(&mut compiler).unwrap();
}

/// An empty folder.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-{name}"));
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    place
}

fn root() -> PathBuf {
    library::root().unwrap()
}
