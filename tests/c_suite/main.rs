//! The C programs in tests/c, compiled as C99, C11 and C++17, linked against both libraries (C11) or the shared
//! one, and run; in C11 also with their boards in files.
//!
//! `NOTICE_C_SUITE=asan` compiles them with AddressSanitizer and UndefinedBehaviorSanitizer, `=valgrind` runs
//! them under valgrind; `cargo xtask c-suite` does either. How to add a program: tests/c/README.md.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails so")]

mod daemon;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use xtask::library::{self, Library, STRICT};

use self::daemon::Daemon;

/// The program that needs a library of its own.
const PANIC: &str = "panic";
/// The program that needs a daemon.
const REMOTE: &str = "remote";
const SANITIZERS: [&str; 3] = [
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
];
/// Memory that is lost for good, or of which only the inside is still pointed at, is an error; there are no
/// suppressions.
const VALGRIND: [&str; 4] = [
    "--quiet",
    "--error-exitcode=1",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,possible",
];

type Result<T> = std::result::Result<T, String>;

/// How the programs are run.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Asan,
    Valgrind,
}

/// A language that the programs are compiled as.
struct Language {
    name: &'static str,
    compiler: OsString,
    flags: &'static [&'static str],
    /// Linked how, and run on which boards then. The objects of all languages link alike, the archive takes its
    /// time, and what is kept in a file does not depend on either.
    linked: &'static [(&'static str, &'static [&'static str])],
}

/// What all jobs need.
struct Suite {
    root: PathBuf,
    /// Where the programs are compiled to.
    place: PathBuf,
    mode: Mode,
    library: Library,
    languages: Vec<Language>,
    /// The names of what the library exports: the arguments of the programs.
    symbols: Vec<String>,
}

#[test]
fn the_programs_hold_linked_either_way() {
    let suite = Suite::new("programs", &[]).unwrap_or_else(|message| panic!("{message}"));
    let names: Vec<String> = suite
        .programs()
        .unwrap_or_else(|message| panic!("{message}"));
    let names: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| ![PANIC, REMOTE].contains(name))
        .collect();
    assert!(names.len() > 10, "programs are missing: {names:?}");
    suite.run_all(&names, is_quiet);
}

#[test]
fn a_daemon_is_asked_over_tls_and_trusted_only_with_its_certificate() {
    let suite = Suite::new(REMOTE, &[]).unwrap_or_else(|message| panic!("{message}"));
    if suite.mode == Mode::Valgrind {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: remote.c, for valgrind takes what the assembly of ring writes for uninitialised"
        );
        return;
    }
    let folder = Folder::new().unwrap_or_else(|message| panic!("{message}"));
    let daemon = Daemon::start(&folder.0);
    suite.run_with(&[REMOTE], &daemon.urls, is_quiet);
}

#[test]
fn a_python_program_may_fork() {
    let suite = Suite::new("python", &[]).unwrap_or_else(|message| panic!("{message}"));
    if !is_there("python3".as_ref()) {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: forks of a Python program, for there is no python3"
        );
        return;
    }
    let folder = Folder::new().unwrap_or_else(|message| panic!("{message}"));
    let mut python = Command::new("python3");
    python.arg(suite.root.join("tests/python/fork.py"));
    python.arg(&suite.library.shared).arg(&folder.0);
    let output = succeed(&mut python).unwrap_or_else(|message| panic!("{message}"));
    assert!(
        output.stdout.is_empty() && output.stderr.is_empty(),
        "{}",
        shown(&output)
    );
}

#[test]
fn no_panic_gets_out() {
    let target = target_directory().join("panic-injection");
    let target = target.to_string_lossy();
    let arguments = ["--features", "panic-injection", "--target-dir", &target];
    let suite = Suite::new(PANIC, &arguments).unwrap_or_else(|message| panic!("{message}"));
    suite.run_all(&[PANIC], is_quiet);
}

/// A program that succeeds prints nothing, and neither does the library.
fn is_quiet(output: &Output) -> Result<()> {
    if output.stdout.is_empty() && output.stderr.is_empty() {
        Ok(())
    } else {
        Err("it succeeded, but a program that succeeds prints nothing".to_owned())
    }
}

impl Suite {
    /// Builds the library with more `arguments`, and prepares the folder `name`.
    fn new(name: &str, arguments: &[&str]) -> Result<Self> {
        let mode = mode()?;
        let root = library::root()?;
        let place = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("c_suite")
            .join(name);
        let symbols = read(&root.join("ffi/symbols.txt"))?;
        let mut arguments = arguments.to_vec();
        // As this is built itself, so that both can be tested.
        if !cfg!(debug_assertions) {
            arguments.push("--release");
        }
        let library = library::build_with(&root, &arguments, None)?;
        create(&place)?;
        let soname = place.join("libnotice.so.0");
        let _ = fs::remove_file(&soname);
        symlink(&library.shared, &soname)
            .map_err(|error| format!("{}: {error}", soname.display()))?;
        Ok(Self {
            root,
            place,
            mode,
            library,
            languages: languages(mode)?,
            symbols: symbols.lines().map(str::to_owned).collect(),
        })
    }

    /// The names of the programs in tests/c.
    fn programs(&self) -> Result<Vec<String>> {
        let folder = self.root.join("tests/c");
        let entries =
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut names: Vec<String> = paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Compiles, links and runs the programs in each language; `judge` looks at what the successful ones have
    /// printed.
    fn run_all(&self, names: &[&str], judge: impl Fn(&Output) -> Result<()> + Sync) {
        self.run_with(names, &[], judge);
    }

    /// The same with variables in their environment.
    fn run_with(
        &self,
        names: &[&str],
        variables: &[(&str, String)],
        judge: impl Fn(&Output) -> Result<()> + Sync,
    ) {
        let jobs: Vec<(&Language, &str)> = (self.languages.iter())
            .flat_map(|language| names.iter().map(move |name| (language, *name)))
            .collect();
        let next = AtomicUsize::new(0);
        let failures = Mutex::new(Vec::new());
        let work = || {
            while let Some((language, name)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(message) = self.run_one(language, name, variables, &judge) {
                    let failure = format!("{name}.c as {}: {message}", language.name);
                    failures
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(failure);
                }
            }
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
        let failures = failures
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    }

    fn run_one(
        &self,
        language: &Language,
        name: &str,
        variables: &[(&str, String)],
        judge: impl Fn(&Output) -> Result<()>,
    ) -> Result<()> {
        let object = self.place.join(format!("{name}-{}.o", language.name));
        succeed(self.compile(language, name).arg("-o").arg(&object))?;
        for (how, boards) in language.linked {
            let program = object.with_extension(how);
            succeed(self.link(language, &object, how).arg("-o").arg(&program))?;
            for boards in *boards {
                let folder = Folder::new()?;
                let mut command = self.command(&program);
                command.env("NOTICE_C_SUITE_FOLDER", &folder.0);
                command.env("NOTICE_C_SUITE_BOARDS", boards);
                command.envs(variables.iter().map(|(name, value)| (name, value)));
                let result = succeed(&mut command).and_then(|output| {
                    judge(&output).map_err(|message| format!("{message}\n{}", shown(&output)))
                });
                result.map_err(|message| format!("linked {how}, boards {boards}: {message}"))?;
            }
        }
        Ok(())
    }

    fn compile(&self, language: &Language, name: &str) -> Command {
        let mut command = Command::new(&language.compiler);
        command
            .args(language.flags)
            .args(STRICT)
            .args(["-g", "-O1"]);
        command.args(self.mode.compiler_flags());
        // The programs say in which file a check has failed.
        command.current_dir(&self.root);
        command
            .args(["-Iinclude", "-c"])
            .arg(format!("tests/c/{name}.c"));
        command
    }

    fn link(&self, language: &Language, object: &Path, how: &str) -> Command {
        let mut command = Command::new(&language.compiler);
        command.args(self.mode.compiler_flags()).arg(object);
        if how == "static" {
            command.arg(&self.library.archive);
            // Nobody reads a trace, and it is most of what there is to write.
            command.arg("-Wl,--strip-debug");
            command.args(library::NATIVE_LIBRARIES.split(' '));
        } else {
            command.arg(&self.library.shared).arg("-lpthread");
            command.arg(format!("-Wl,-rpath,{}", self.place.display()));
        }
        command
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = match self.mode {
            Mode::Valgrind => {
                let mut valgrind = Command::new("valgrind");
                valgrind.args(VALGRIND).arg(program);
                valgrind
            }
            Mode::Plain | Mode::Asan => Command::new(program),
        };
        if self.mode == Mode::Valgrind {
            command.env("NOTICE_C_SUITE_FEW", "1");
        }
        // Backtraces would only make the reports of expected panics longer.
        command.env("RUST_BACKTRACE", "0").args(&self.symbols);
        command
    }
}

/// An empty folder for the files of one run of a program, gone with it.
struct Folder(PathBuf);

impl Folder {
    /// In memory where that can be, for the programs write much that nobody needs.
    fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-c-suite-{}-{count}", std::process::id());
        let in_memory = Path::new("/dev/shm").join(&name);
        if fs::create_dir(&in_memory).is_ok() {
            return Ok(Self(in_memory));
        }
        let on_disk = std::env::temp_dir().join(name);
        create(&on_disk)?;
        Ok(Self(on_disk))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Mode {
    fn compiler_flags(self) -> &'static [&'static str] {
        match self {
            Self::Asan => &SANITIZERS,
            Self::Plain | Self::Valgrind => &[],
        }
    }
}

fn mode() -> Result<Mode> {
    let Some(name) = std::env::var_os("NOTICE_C_SUITE") else {
        return Ok(Mode::Plain);
    };
    match name.to_str() {
        Some("" | "plain") => Ok(Mode::Plain),
        Some("asan") => Ok(Mode::Asan),
        Some("valgrind") if is_there("valgrind".as_ref()) => Ok(Mode::Valgrind),
        Some("valgrind") => Err("NOTICE_C_SUITE=valgrind, and there is no valgrind".to_owned()),
        _ => Err(format!(
            "NOTICE_C_SUITE is {name:?}, not plain, asan or valgrind"
        )),
    }
}

/// The languages for which there is a compiler; C must be among them.
fn languages(mode: Mode) -> Result<Vec<Language>> {
    let named = |variable, usual: &str| std::env::var_os(variable).unwrap_or_else(|| usual.into());
    let (c, cpp) = (named("CC", "cc"), named("CXX", "c++"));
    if !is_there(&c) {
        return Err(format!("there is no C compiler {c:?}; name one in CC"));
    }
    let mut languages = vec![Language {
        name: "c11",
        compiler: c.clone(),
        flags: &["-std=c11"],
        linked: match mode {
            Mode::Plain => &[("static", &["mem"]), ("shared", &["mem", "file"])],
            // They watch what a program does as it runs, and that is the same in every language, linked either way.
            Mode::Asan | Mode::Valgrind => &[("shared", &["mem", "file"])],
        },
    }];
    if mode != Mode::Plain {
        return Ok(languages);
    }
    languages.push(Language {
        name: "c99",
        compiler: c,
        flags: &["-std=c99"],
        linked: &[("shared", &["mem"])],
    });
    if is_there(&cpp) {
        languages.push(Language {
            name: "c++17",
            compiler: cpp,
            flags: &["-xc++", "-std=c++17"],
            linked: &[("shared", &["mem"])],
        });
    } else {
        // Past the harness, which shows what a test prints only when it fails.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: C++17, for there is no {cpp:?}; name one in CXX"
        );
    }
    Ok(languages)
}

fn is_there(program: &std::ffi::OsStr) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The folder that this was built into.
fn target_directory() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary).to_owned()
}

/// Runs a command that has to succeed.
fn succeed(command: &mut Command) -> Result<Output> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(format!("{}\n{}{command:?}", output.status, shown(&output)))
    }
}

fn shown(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn create(directory: &Path) -> Result<()> {
    fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))
}
