//! `cargo xtask dll`: notice.dll for Windows, checked, in a folder that is ready to hand out.

mod build;
mod check;
mod hand_out;
mod import_library;
mod licences;
#[cfg(unix)]
mod test_programs;
mod toolchain;

use std::path::{Path, PathBuf};

use crate::library;
#[cfg(unix)]
pub(crate) use test_programs::test_programs;
use toolchain::Toolchain;

/// A machine that a DLL is made for.
#[derive(Clone, Copy)]
pub(crate) struct Machine {
    /// As Rust, GNU tools and the folder to hand out name it.
    name: &'static str,
    /// The largest DLL in bytes; none for what no E program carries.
    limit: Option<u64>,
    /// What the profile `small` is changed to.
    profile: &'static [&'static str],
    /// What LLVM is told.
    llvm: &'static [&'static str],
}

/// What E programs run on.
pub(crate) const X86: Machine = Machine {
    name: "i686",
    // 3.0625 MB: what a program in the E language carries along must stay small. It rose from 2 MB with the journal, with
    // the second edition of the contract (checks of drafts, drafts, former versions, and marks), with the client of
    // a daemon, and with shared memory.
    limit: Some(3_211_264),
    profile: &[],
    // Arguments of calls are not pushed: each call with such has an entry in the tables for unwinding, which take
    // more than pushing spares.
    llvm: &["-no-x86-call-frame-opt"],
};

/// For C programs, which look for speed first.
pub(crate) const X86_64: Machine = Machine {
    name: "x86_64",
    limit: None,
    profile: &["profile.small.opt-level=3"],
    llvm: &[],
};

/// Builds and checks both, and fills the folder.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    let (mut out, mut rust) = (library::target(&root).join("dll"), "debian");
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--out", Some(folder)) => out = PathBuf::from(folder),
            ("--rust", Some(name)) => rust = name,
            _ => {
                return Err(format!(
                    "unexpected argument {word}; there are --out DIR and --rust {}",
                    toolchain::NAMES.join("|")
                ));
            }
        }
    }
    let toolchain = Toolchain::find(rust)?;
    let mut dlls = Vec::new();
    for machine in [X86, X86_64] {
        dlls.push((machine, make(&root, machine, &toolchain)?));
    }
    hand_out::fill(&root, &out, &dlls, &toolchain)?;
    println!("{} is ready to hand out", out.display());
    Ok(())
}

/// The 32-bit DLL alone, built with Debian's Rust and checked.
pub(crate) fn x86(root: &Path) -> Result<PathBuf, String> {
    make(root, X86, &Toolchain::find("debian")?)
}

/// What a 32-bit program links with, into a folder.
pub(crate) fn import_library(root: &Path, folder: &Path) -> Result<(), String> {
    import_library::write(root, X86, folder)
}

fn make(root: &Path, machine: Machine, toolchain: &Toolchain) -> Result<PathBuf, String> {
    let dll = build::build(root, machine, toolchain)?;
    check::check(root, machine, toolchain, &dll)?;
    Ok(dll)
}
