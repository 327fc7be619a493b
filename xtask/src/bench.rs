//! `cargo xtask bench`: libnotice beside what a user would pick instead.

use std::process::Command;

use crate::library::root;

/// Builds the harness, optimised, and runs it with the arguments as they are.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    harness(&[], arguments)
}

/// Puts load on a daemon.
pub(crate) fn load(arguments: &[String]) -> Result<(), String> {
    harness(&["load"], arguments)
}

fn harness(command: &[&str], arguments: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        // Not quiet: where nothing is built yet, building takes longer than most of what follows.
        .args(["run", "--release", "--package", "notice-bench"])
        .arg("--manifest-path")
        .arg(root()?.join("Cargo.toml"))
        .arg("--")
        .args(command)
        .args(arguments);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the harness: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}
