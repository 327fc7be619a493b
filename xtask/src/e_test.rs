//! `cargo xtask e-test`: a program in the E language, emulated, that calls notice.dll under Wine by the declarations
//! that are shipped.

mod broken;
mod copies;
mod screenshot;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use encoding_rs::GBK;

use crate::wine::Wine;
use crate::{debian, dll, library};

/// The emulated program.
const PROGRAM: &str = "e_caller.exe";
/// The declarations, as they are shipped.
const DECLARATIONS: &str = "commands.e.txt";
/// The board that one run writes and another reads; its name is GBK on the way.
const BOARD: &str = "file:公告板.notice";
/// A board that copies of a program would share if they could.
const ALONE: &str = "file:独占.notice?share=auto";

/// Where the DLL, the program and the declarations lie together, as beside a program in the E language.
struct Place {
    root: PathBuf,
    folder: PathBuf,
    wine: Wine,
}

/// Builds all and runs all.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut allow_skip, mut picture) = (false, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), words.clone().next()) {
            ("--allow-skip", _) => allow_skip = true,
            ("--screenshot", Some(path)) => {
                picture = Some(PathBuf::from(path));
                words.next();
            }
            _ => {
                return Err(format!(
                    "unexpected argument {word}; there are --allow-skip and --screenshot FILE.png"
                ));
            }
        }
    }
    let root = library::root()?;
    let place = match Place::prepare(&root) {
        Err(why) if allow_skip => {
            println!("skipped: the emulated program in the E language: {why}");
            return Ok(());
        }
        place => place?,
    };
    if let Some(picture) = picture {
        return screenshot::take(&place, &picture);
    }
    place.caller(DECLARATIONS, &["check"])?;
    place.caller(DECLARATIONS, &["test"])?;
    place.caller(DECLARATIONS, &["write", BOARD])?;
    place.caller(DECLARATIONS, &["read", BOARD])?;
    place.caller(DECLARATIONS, &["alone", ALONE])?;
    place.caller(DECLARATIONS, &["unload"])?;
    copies::share_a_file(&place)?;
    place.remote()?;
    broken::all_are_found(&place)?;
    place.conformance()
}

impl Place {
    fn prepare(root: &Path) -> Result<Self, String> {
        let target = library::target(root);
        let wine = Wine::prepare(&target)?;
        let dll = dll::x86(root)?;
        let folder = target.join("e-test");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        for (from, to) in [
            (dll, "notice.dll"),
            (root.join("e-bindings").join(DECLARATIONS), DECLARATIONS),
        ] {
            fs::copy(&from, folder.join(to)).map_err(at(&from))?;
        }
        let place = Self {
            root: root.to_owned(),
            folder,
            wine,
        };
        // For the memory that a process has.
        place.compile(&root.join("tests/e"), PROGRAM, &["-lpsapi"])?;
        Ok(place)
    }

    /// Compiles all C files of a folder into a 32-bit program whose literals are GBK.
    fn compile(&self, sources: &Path, program: &str, more: &[&str]) -> Result<(), String> {
        debian::need(&[("i686-w64-mingw32-gcc", "gcc-mingw-w64-i686")])?;
        let mut files: Vec<PathBuf> = fs::read_dir(sources)
            .map_err(at(sources))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
            .collect();
        files.sort();
        let mut gcc = Command::new("i686-w64-mingw32-gcc");
        gcc.args([
            "-std=gnu11",
            "-O1",
            "-g",
            "-static",
            "-finput-charset=UTF-8",
            "-fexec-charset=GBK",
        ])
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .arg(self.root.join("include"))
        .arg("-o")
        .arg(self.folder.join(program))
        .args(files)
        .args(more);
        library::output(&mut gcc).map(|_| ())
    }

    /// Runs the emulated program, and shows what it says.
    fn caller(&self, declarations: &str, arguments: &[&str]) -> Result<(), String> {
        let (is_good, said) = self.call(declarations, arguments)?;
        print!("{said}");
        match is_good {
            true => Ok(()),
            false => Err(format!("{PROGRAM} {declarations} {}", arguments.join(" "))),
        }
    }

    /// Runs the emulated program: whether it succeeded, and what it said.
    fn call(&self, declarations: &str, arguments: &[&str]) -> Result<(bool, String), String> {
        let mut wine = self.wine.command(&self.folder, "wine");
        wine.args([PROGRAM, declarations])
            .args(arguments)
            .stdin(Stdio::null());
        let said = wine.output().map_err(|error| format!("wine: {error}"))?;
        let (text, _, _) = GBK.decode(&said.stdout);
        let (errors, _, _) = GBK.decode(&said.stderr);
        Ok((said.status.success(), format!("{text}{errors}")))
    }

    /// Boards of daemons, which a test of the server starts.
    fn remote(&self) -> Result<(), String> {
        // One after the other: they share files in the program's folder.
        let words = ["e_program", "--", "--ignored", "--test-threads", "1"];
        self.cargo_test("notice-server", "server", &words, &[])
    }

    /// The cases of the conformance suite, on the emulated program as a surface.
    fn conformance(&self) -> Result<(), String> {
        self.cargo_test("notice-ffi", "conformance", &[], &["serve"])
    }

    /// Runs a test that calls the emulated program, with these arguments first.
    fn cargo_test(
        &self,
        package: &str,
        test: &str,
        words: &[&str],
        arguments: &[&str],
    ) -> Result<(), String> {
        let call = self.wine.command(&self.folder, "wine");
        let caller: Vec<String> = std::iter::once(call.get_program())
            .chain(call.get_args())
            .map(|word| word.to_string_lossy().into_owned())
            .chain([PROGRAM, DECLARATIONS].map(str::to_owned))
            .chain(arguments.iter().map(|word| (*word).to_owned()))
            .collect();
        let mut cargo = library::cargo_of(&self.root, "test", package);
        cargo
            .args(["--test", test])
            .args(words)
            .env("NOTICE_E_CALLER", caller.join("\n"))
            .env("NOTICE_E_FOLDER", &self.folder);
        match cargo.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the test {test} of {package}: {status}")),
            Err(error) => Err(format!("cargo test: {error}")),
        }
    }
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
