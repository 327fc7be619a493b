//! `cargo xtask crash`: kill a program that writes to a board, and look at what is left (tests/crash).

use std::process::Command;

use crate::library;

/// Runs tests/crash with the same arguments.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        // With `--package` it would be built with fewer features of what it shares with others, from scratch.
        .args(["test", "--quiet", "--workspace", "--test", "crash"])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(arguments);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("tests/crash: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}
