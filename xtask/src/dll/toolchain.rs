//! Which Rust builds the DLL.
//!
//! Windows 7 lacks functions that std of the usual Windows targets imports, and for the targets that do
//! without them nobody ships a built std: it is built from source here.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Machine;
use crate::debian;
use crate::library::output;

/// What `--rust` takes.
pub(super) const NAMES: [&str; 3] = ["debian", "rust-src", "prebuilt"];

/// The linker and its companions for both machines.
const MINGW: [debian::Need<'static>; 4] = [
    ("i686-w64-mingw32-gcc", "gcc-mingw-w64-i686"),
    ("i686-w64-mingw32-windres", "binutils-mingw-w64-i686"),
    ("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"),
    ("x86_64-w64-mingw32-windres", "binutils-mingw-w64-x86-64"),
];

/// Debian's newer Rust, made for its browsers.
const DEBIAN: [debian::Need<'static>; 3] = [
    ("/usr/bin/rustc", "rustc-web"),
    ("/usr/bin/cargo", "cargo-web"),
    (
        "/usr/lib/rustlib/src/rust/library/rtstartup/rsbegin.rs",
        "rust-web-src",
    ),
];

/// A Rust that can build for Windows.
pub(crate) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    /// The source of std; none when a built one is used, which needs Windows 10.
    source: Option<PathBuf>,
}

impl Toolchain {
    /// The toolchain of this name, with everything that it needs.
    pub(super) fn find(name: &str) -> Result<Self, String> {
        let from_rustup = || Self {
            cargo: std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from),
            rustc: std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from),
            source: None,
        };
        let toolchain = match name {
            "debian" => {
                debian::need(&DEBIAN).map_err(|why| {
                    format!(
                        "{why}\nor build with rustup's Rust, see docs/windows.md: --rust rust-src"
                    )
                })?;
                Self {
                    cargo: "/usr/bin/cargo".into(),
                    rustc: "/usr/bin/rustc".into(),
                    source: Some("/usr/lib/rustlib/src/rust/library".into()),
                }
            }
            "rust-src" => {
                let mut toolchain = from_rustup();
                let sysroot = output(Command::new(&toolchain.rustc).args(["--print", "sysroot"]))?;
                let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
                if !source.join("rtstartup").exists() {
                    return Err(
                        "the source of std is missing; do\nrustup component add rust-src".into(),
                    );
                }
                toolchain.source = Some(source);
                toolchain
            }
            "prebuilt" => from_rustup(),
            other => {
                return Err(format!("--rust {other}: there is {}", NAMES.join(", ")));
            }
        };
        debian::need(&MINGW)?;
        Ok(toolchain)
    }

    /// Whether what it builds runs on Windows 7.
    pub(super) fn is_for_windows_7(&self) -> bool {
        self.source.is_some()
    }

    /// What Rust builds for.
    pub(super) fn target(&self, machine: Machine) -> String {
        let vendor = if self.is_for_windows_7() {
            "win7"
        } else {
            "pc"
        };
        format!("{}-{vendor}-windows-gnu", machine.name)
    }

    /// `cargo rustc` for a DLL, which is to build std first where there is none. Objects go to `folder`.
    pub(super) fn cargo_rustc(&self, machine: Machine, folder: &Path) -> Result<Command, String> {
        let mut flags = Vec::new();
        let mut cargo = Command::new(&self.cargo);
        cargo.arg("rustc");
        if self.source.is_some() {
            // Without backtraces and places of panics, which are caught: a sixth of the DLL.
            flags.push("-Zlocation-detail=none");
            // What derives Debug shows its name alone. No text for users has more of it; texts, lists and
            // durations in messages are not derived.
            flags.push("-Zfmt-debug=shallow");
            cargo.args([
                "-Zbuild-std=std,panic_unwind",
                "-Zbuild-std-features=panic-unwind,optimize_for_size",
            ]);
            // In one piece all its functions would be linked, of which few are called: in as many pieces as std
            // is built with where it is released.
            cargo.args([
                "--config",
                "profile.small.package.compiler_builtins.codegen-units=10000",
            ]);
        }
        self.finish(cargo, machine, folder, &flags)
    }

    /// `cargo test` for programs that test, in the same way.
    #[cfg(unix)]
    pub(super) fn cargo_test(&self, machine: Machine, folder: &Path) -> Result<Command, String> {
        let mut cargo = Command::new(&self.cargo);
        cargo.arg("test");
        if self.source.is_some() {
            cargo.args([
                "-Zbuild-std=std,panic_unwind,test",
                "-Zbuild-std-features=panic-unwind",
            ]);
        }
        self.finish(cargo, machine, folder, &[])
    }

    fn finish(
        &self,
        mut cargo: Command,
        machine: Machine,
        folder: &Path,
        more: &[&str],
    ) -> Result<Command, String> {
        let target = self.target(machine);
        cargo.args(["--target", &target]).env("RUSTC", &self.rustc);
        // The C library is Windows' own; the compiler's own run-time support is linked in.
        let mut flags = vec!["-Ctarget-feature=+crt-static".to_owned()];
        if let Some(source) = &self.source {
            for name in ["rsbegin", "rsend"] {
                self.compile_start(source, name, &target, folder)?;
            }
            flags.push(format!("-L{}", folder.display()));
            // A stable compiler refuses -Z without it.
            cargo.env("RUSTC_BOOTSTRAP", "1");
        }
        flags.extend(more.iter().map(|flag| (*flag).to_owned()));
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        Ok(cargo)
    }

    /// The objects at both ends of a program, which come with a built std only.
    fn compile_start(
        &self,
        source: &Path,
        name: &str,
        target: &str,
        folder: &Path,
    ) -> Result<(), String> {
        let object = folder.join(name).with_extension("o");
        let mut rustc = Command::new(&self.rustc);
        rustc
            .args(["--target", target, "--emit=obj", "-o"])
            .arg(object)
            .arg(source.join("rtstartup").join(name).with_extension("rs"))
            .env("RUSTC_BOOTSTRAP", "1");
        output(&mut rustc).map(|_| ())
    }
}
