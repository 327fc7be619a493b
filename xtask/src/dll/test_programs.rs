//! Building programs that test, for Windows.

use std::fs;
use std::path::{Path, PathBuf};

use super::Machine;
use super::toolchain::Toolchain;
use crate::library;

/// Builds what `arguments` for `cargo test` select, with Debian's Rust, and returns the programs by the names of their
/// targets. Cargo keeps std and all else for the next time.
pub(crate) fn test_programs(
    root: &Path,
    machine: Machine,
    arguments: &[&str],
) -> Result<Vec<(String, PathBuf)>, String> {
    let toolchain = Toolchain::find("debian")?;
    let target = library::target(root).join("windows");
    let folder = target.join("objects").join(toolchain.target(machine));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut cargo = toolchain.cargo_test(machine, &folder)?;
    cargo
        .args(["--locked", "--no-run"])
        .args(arguments)
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    library::programs(&mut cargo)
}
