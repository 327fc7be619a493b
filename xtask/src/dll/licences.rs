//! The licences of what is linked into the DLL, which those who hand it out must pass on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::X86;
use super::toolchain::Toolchain;
use crate::library::output;

/// Begins the text.
const HEAD: &str = "notice.dll contains the following software.

The Rust standard library, MIT OR Apache-2.0, https://github.com/rust-lang/rust
The MinGW-w64 run-time library, public domain and permissive licences, https://www.mingw-w64.org
The run-time library of GCC, GPL-3.0 with the GCC Runtime Library Exception, https://gcc.gnu.org
";

/// Each crate that is linked, with the text of its licence.
pub(super) fn third_party(root: &Path, toolchain: &Toolchain) -> Result<String, String> {
    let mut metadata = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    metadata
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
        ])
        .arg(toolchain.target(X86))
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"));
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let mut text = HEAD.to_owned();
    for package in linked(&metadata) {
        let word = |name: &str| package[name].as_str().unwrap_or_default();
        text += &format!(
            "\n{:=<72}\n{} {}, {}, {}\n\n",
            "",
            word("name"),
            word("version"),
            word("license"),
            word("repository")
        );
        let folder = Path::new(word("manifest_path")).parent().unwrap_or(root);
        text += &licence(folder)?;
    }
    Ok(text)
}

/// The packages from elsewhere that the library is linked with, by name.
fn linked(metadata: &Value) -> Vec<&Value> {
    let list = |value: &'static str| {
        move |node: &Value| node[value].as_array().cloned().unwrap_or_default()
    };
    let nodes: BTreeMap<String, Value> = list("nodes")(&metadata["resolve"])
        .into_iter()
        .filter_map(|node| Some((node.get("id")?.as_str()?.to_owned(), node)))
        .collect();
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let ours = packages
        .iter()
        .find(|package| package["name"] == "notice-ffi");
    let mut open: Vec<String> = ours
        .iter()
        .filter_map(|package| package["id"].as_str())
        .map(str::to_owned)
        .collect();
    let mut found: Vec<String> = Vec::new();
    while let Some(id) = open.pop() {
        if found.contains(&id) {
            continue;
        }
        // What only builds or tests need has a kind.
        let is_linked = |dep: &Value| {
            list("dep_kinds")(dep)
                .iter()
                .any(|kind| kind["kind"].is_null())
        };
        let deps = nodes.get(&id).map(list("deps")).unwrap_or_default();
        let linked = deps.iter().filter(|dep| is_linked(dep));
        open.extend(linked.filter_map(|dep| dep["pkg"].as_str().map(str::to_owned)));
        found.push(id);
    }
    // What has no source is of this workspace.
    let is_foreign = |package: &&Value| {
        !package["source"].is_null() && found.iter().any(|id| package["id"] == **id)
    };
    packages.iter().filter(is_foreign).collect()
}

/// The licence files of a package: the MIT one where there is a choice.
fn licence(folder: &Path) -> Result<String, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let name = name.to_uppercase();
            ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "UNLICENSE"]
                .iter()
                .any(|start| name.starts_with(start))
        })
        .collect();
    names.sort();
    if names.iter().any(|name| name.to_uppercase().contains("MIT")) {
        names.retain(|name| name.to_uppercase().contains("MIT"));
    }
    let mut text = String::new();
    for name in names {
        let path = folder.join(name);
        if path.is_file() {
            text += &fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(text)
}
