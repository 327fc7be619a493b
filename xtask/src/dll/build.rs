//! Building one DLL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Machine;
use super::toolchain::Toolchain;
use crate::library::{self, output};

/// The release, as every package of the workspace has it.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What stands in the properties of the file, with `@...@` for the version.
const RESOURCE: &str = include_str!("notice.rc");

/// Builds notice.dll; cargo keeps std and all else for the next time.
pub(super) fn build(
    root: &Path,
    machine: Machine,
    toolchain: &Toolchain,
) -> Result<PathBuf, String> {
    let target = library::target(root).join("windows");
    let folder = target.join("objects").join(toolchain.target(machine));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let resource = resource(machine, &folder)?;
    let mut cargo = toolchain.cargo_rustc(machine, &folder)?;
    cargo
        .args(["--package", "notice-ffi", "--lib", "--crate-type", "cdylib"])
        .args([
            "--profile",
            "small",
            "--locked",
            "--message-format",
            "json-render-diagnostics",
        ])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    for setting in machine.profile {
        cargo.args(["--config", setting]);
    }
    cargo
        .arg("--")
        .args(
            machine
                .llvm
                .iter()
                .map(|option| format!("-Cllvm-args={option}")),
        )
        .arg(format!("-Clink-arg={}", resource.display()))
        // The same source gives the same bytes, so that anyone can check the published hashes.
        .arg("-Clink-arg=-Wl,--no-insert-timestamp");
    library::find(&library::built(&mut cargo)?, "DLL", &["dll"])
}

/// The version resource as an object to link.
fn resource(machine: Machine, folder: &Path) -> Result<PathBuf, String> {
    let numbers: Vec<&str> = VERSION.split(['.', '-', '+']).take(3).collect();
    let text = RESOURCE
        .replace("@NUMBERS@", &format!("{},0", numbers.join(",")))
        .replace("@VERSION@", VERSION);
    let (script, object) = (folder.join("notice.rc"), folder.join("notice.res.o"));
    fs::write(&script, text).map_err(|error| format!("{}: {error}", script.display()))?;
    let mut windres = Command::new(machine.tool("windres"));
    windres.args(["--codepage=65001", "-O", "coff", "-i"]);
    output(windres.arg(&script).arg("-o").arg(&object))?;
    Ok(object)
}

impl Machine {
    /// A tool of the GNU binutils for this machine.
    pub(super) fn tool(self, name: &str) -> String {
        format!("{}-w64-mingw32-{name}", self.name)
    }
}
