//! `cargo xtask c-suite`: the C programs in tests/c, as tests/c_suite/ compiles and runs them.

use crate::library;

/// Runs the suite: plainly, or as the one argument says.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mode = match words.as_slice() {
        [] => "plain",
        ["--asan"] => "asan",
        ["--valgrind"] => "valgrind",
        _ => {
            return Err(format!(
                "unexpected arguments {arguments:?}; there is either --asan or --valgrind"
            ));
        }
    };
    let root = library::root()?;
    let mut cargo = library::cargo(&root, "test");
    cargo
        .args(["--test", "c_suite"])
        .env("NOTICE_C_SUITE", mode);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo test: {status}")),
        Err(error) => Err(format!("cargo test: {error}")),
    }
}
