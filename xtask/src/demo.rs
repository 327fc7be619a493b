//! `cargo xtask demo`: the C library, a C program that links it, and the board that it prints.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The system libraries that libnotice.a needs, as `rustc --print native-static-libs` lists them.
const NATIVE_LIBRARIES: &[&str] = if cfg!(target_os = "macos") {
    &["-liconv", "-lSystem", "-lc", "-lm"]
} else {
    &[
        "-lgcc_s",
        "-lutil",
        "-lrt",
        "-lpthread",
        "-lm",
        "-ldl",
        "-lc",
    ]
};

/// Builds and prints; `--dev` leaves the library unoptimised, which is faster to build.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let is_dev = match arguments {
        [] => false,
        [flag] if flag == "--dev" => true,
        _ => {
            return Err(format!(
                "unexpected arguments {arguments:?}; there is only --dev"
            ));
        }
    };
    let root = root()?;
    // First, for the library takes a minute to build.
    let compiler = find_compiler()?;
    let library = build_library(&root, is_dev)?;
    let program = compile_board(compiler, &root, &library)?;
    for reader in ["zh", "en"] {
        let mut board = Command::new(&program);
        board
            .arg(root.join("examples/announcements.jsonl"))
            .arg(reader);
        run_command(&mut board)?;
    }
    Ok(())
}

/// The checkout, from wherever inside it cargo was called.
fn root() -> Result<PathBuf, String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    match package.parent() {
        Some(root) => Ok(root.to_owned()),
        None => Err(format!("{} is in no workspace", package.display())),
    }
}

/// Builds the C library, with cargo's own progress, and returns where libnotice.a is: cargo says so
/// itself, whatever the target directory and the platform are.
fn build_library(root: &Path, is_dev: bool) -> Result<PathBuf, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "build",
        "--package",
        "notice-ffi",
        "--message-format",
        "json-render-diagnostics",
    ]);
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml"));
    if !is_dev {
        cargo.arg("--release");
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", shown(&cargo)))?;
    if !output.status.success() {
        return Err(format!("{}: {}", shown(&cargo), output.status));
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "notice")
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| path.ends_with("libnotice.a"))
        .ok_or_else(|| format!("{} built no libnotice.a", shown(&cargo)))
}

/// The C compiler that `CC` names or that is usual here, ready to be called.
fn find_compiler() -> Result<Command, String> {
    let host = host()?;
    let compiler = cc::Build::new()
        .host(&host)
        .target(&host)
        .opt_level(2)
        .cargo_metadata(false)
        .try_get_compiler()
        .map_err(|error| no_compiler(&error.to_string()))?;
    if !is_there(compiler.path()) {
        let why = format!("{} was not found", compiler.path().display());
        return Err(no_compiler(&why));
    }
    if compiler.is_like_msvc() {
        return Err("the demo needs a C compiler of the gcc kind; name one in CC".into());
    }
    Ok(compiler.to_command())
}

/// Compiles examples/c/board.c, linked statically, next to the library.
fn compile_board(mut compiler: Command, root: &Path, library: &Path) -> Result<PathBuf, String> {
    let program = library
        .with_file_name("board-demo")
        .with_extension(std::env::consts::EXE_EXTENSION);
    compiler
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg(root.join("examples/c/board.c"))
        .arg("-I")
        .arg(root.join("include"))
        .arg(library)
        .args(NATIVE_LIBRARIES)
        .arg("-o")
        .arg(&program);
    run_command(&mut compiler).map(|()| program)
}

/// The platform that rustc builds for by default.
fn host() -> Result<String, String> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let output = rustc
        .arg("-vV")
        .output()
        .map_err(|error| format!("{}: {error}", shown(&rustc)))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| format!("{} names no host", shown(&rustc)))
}

fn no_compiler(why: &str) -> String {
    format!(
        "no C compiler: {why}\n\
         install one (Debian, Ubuntu: apt install gcc; Fedora: dnf install gcc; macOS: xcode-select --install),\n\
         or name yours in the environment variable CC"
    )
}

/// Whether the program can be started at all.
fn is_there(program: &Path) -> bool {
    let mut version = Command::new(program);
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    !matches!(version.status(), Err(error) if error.kind() == ErrorKind::NotFound)
}

fn run_command(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", shown(command))),
        Err(error) => Err(format!("{}: {error}", shown(command))),
    }
}

/// A command as one could type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
