//! `cargo xtask bench`: libnotice beside what a user would pick instead.

use std::process::Command;

use crate::library::root;

/// Builds the harness, optimised, and runs it with the arguments as they are.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let features = match needs_iceoryx2(arguments) {
        true => &["--features", "iceoryx2"][..],
        false => &[],
    };
    harness(features, &[], arguments)
}

/// Puts load on a daemon.
pub(crate) fn load(arguments: &[String]) -> Result<(), String> {
    harness(&[], &["load"], arguments)
}

/// Whether rows are measured that have iceoryx2 as their peer. It takes a minute or two to be compiled, which comparing
/// answers does not need.
fn needs_iceoryx2(arguments: &[String]) -> bool {
    let is_check = arguments.iter().any(|argument| argument == "--check");
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let mut only = pairs.filter(|(flag, _)| *flag == "--only").peekable();
    let is_wanted = only.peek().is_none()
        || only.any(|(_, row)| row.starts_with("ring") || "ring".starts_with(row.as_str()));
    cfg!(target_os = "linux") && is_wanted && !is_check
}

fn harness(features: &[&str], command: &[&str], arguments: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        // Not quiet: where nothing is built yet, building takes longer than most of what follows.
        .args(["run", "--release", "--package", "notice-bench"])
        .arg("--manifest-path")
        .arg(root()?.join("Cargo.toml"))
        .args(features)
        .arg("--")
        .args(command)
        .args(arguments);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the harness: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn iceoryx2_is_built_where_it_is_measured() {
        let needs = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            needs_iceoryx2(&words)
        };
        for line in [
            "",
            "--quick",
            "--only ring",
            "--only search --only ring/latency/64 --json",
        ] {
            assert!(needs(line), "{line}");
        }
        for line in [
            "--check",
            "--only ring --check",
            "--only search",
            "--only top-20 --json",
        ] {
            assert!(!needs(line), "{line}");
        }
    }
}
