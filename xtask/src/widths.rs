//! `cargo xtask widths`: programs of 32 and of 64 bits that share memory (tests/ring/pair.rs), here or, with `--wine`, as
//! Windows programs under Wine, where the tests of shared memory run as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{dll, library, wine::Wine};

/// Links statically, so that nothing of 32 bits has to be installed.
const NARROW: &str = "i686-unknown-linux-musl";
/// No more of the engine than that, and of the features that follow.
const SELECTED: [&str; 4] = ["--package", "notice", "--no-default-features", "--features"];
/// What shares memory.
const RING: [&str; 2] = ["shm", "--test=ring"];
/// The same, the tests of it, and those of boards in it.
const ALL: [&str; 4] = ["file,shm", "--test=ring", "--lib", "--test=sharing"];

/// Builds for both widths, and runs both.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    match arguments {
        [] => here(&root),
        [wine] if wine == "--wine" => under_wine(&root),
        _ => Err(format!(
            "unexpected {}; there is --wine",
            arguments.join(" ")
        )),
    }
}

fn here(root: &Path) -> Result<(), String> {
    let build = |more: &[&str]| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["test", "--no-run", "--locked"]);
        cargo.args(SELECTED).args(RING).args(more);
        cargo.arg("--manifest-path").arg(root.join("Cargo.toml"));
        one(&library::programs(&mut cargo)?, "ring")
    };
    let narrow = build(&["--target", NARROW])
        .map_err(|error| format!("{error}\nis the target there? rustup target add {NARROW}"))?;
    let wide = build(&[])?;
    for (first, second) in [(&narrow, &wide), (&wide, &narrow)] {
        show(Command::new(first).arg("--pair").arg(second))?;
    }
    Ok(())
}

fn under_wine(root: &Path) -> Result<(), String> {
    let target = library::target(root);
    let wine = Wine::prepare(&target)?;
    wine.widen(&target)?;
    let folder = target.join("widths");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let machines = [("wine", dll::X86, "32"), ("wine64", dll::X86_64, "64")];
    for (_, machine, bits) in machines {
        let selected = [&SELECTED[..], &ALL].concat();
        let programs = dll::test_programs(root, machine, &selected)?;
        let named = [
            ("ring", "ring"),
            ("notice", "tests"),
            ("sharing", "sharing"),
        ];
        for (name, to) in named {
            let from = one(&programs, name)?;
            let to = folder.join(format!("{to}{bits}.exe"));
            fs::copy(&from, &to).map_err(at(&from))?;
        }
    }
    for (loader, _, bits) in machines {
        let mut tests = wine.wide_command(&folder, loader);
        show(tests.args([&format!("tests{bits}.exe"), "shm::"]))?;
        // One at a time: each starts processes of its own, which Wine shares its one server among.
        let mut boards = wine.wide_command(&folder, loader);
        show(boards.args([&format!("sharing{bits}.exe"), "--test-threads=1"]))?;
    }
    for ((loader, _, bits), (_, _, other)) in machines.into_iter().zip(machines.into_iter().rev()) {
        let mut pair = wine.wide_command(&folder, loader);
        show(pair.args([
            &format!("ring{bits}.exe"),
            "--pair",
            &format!("ring{other}.exe"),
        ]))?;
    }
    Ok(())
}

/// The program of that name.
fn one(programs: &[(String, PathBuf)], name: &str) -> Result<PathBuf, String> {
    let found = programs.iter().find(|(found, _)| found == name);
    found
        .map(|(_, path)| path.clone())
        .ok_or_else(|| format!("cargo test gave no {name}"))
}

/// Runs a program, which says itself what it finds.
fn show(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
