//! `cargo xtask crash`: kill a program that writes to a board, and look at what is left (tests/crash); kill one that
//! shares memory, and look at what others read meanwhile (tests/ring); or kill, restart and take over daemons
//! (cli/tests/cli/proof.rs).

use std::path::Path;
use std::process::Command;

use crate::library;

/// Runs tests/crash or tests/ring with the other arguments, or the tests of daemons.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    match arguments {
        [daemon] if daemon == "--daemon" => run_daemons(&root, "20"),
        [daemon, flag, rounds] if daemon == "--daemon" && flag == "--rounds" => {
            run_daemons(&root, rounds)
        }
        [ring, rest @ ..] if ring == "--ring" => run_test(&root, "ring", rest),
        _ => run_test(&root, "crash", arguments),
    }
}

fn run_test(root: &Path, name: &str, arguments: &[String]) -> Result<(), String> {
    let mut cargo = test(root, name);
    cargo.args(arguments);
    finish(cargo, &format!("tests/{name}"))
}

fn run_daemons(root: &Path, rounds: &str) -> Result<(), String> {
    let mut cargo = test(root, "cli");
    // One after the other: each has more threads than a machine has processors.
    cargo
        .args(["proof::", "--nocapture", "--test-threads", "1"])
        .env("NOTICE_ROUNDS", rounds);
    finish(cargo, "cli/tests/cli/proof.rs")
}

fn test(root: &Path, name: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        // With `--package` it would be built with fewer features of what it shares with others, from scratch.
        .args(["test", "--quiet", "--workspace", "--test", name])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--");
    cargo
}

fn finish(mut cargo: Command, what: &str) -> Result<(), String> {
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what}: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}
