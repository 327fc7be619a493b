//! Building the C library.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The system libraries that libnotice.a needs on Linux with glibc; `cargo xtask abi` compares them with
/// what rustc says.
pub const NATIVE_LIBRARIES: &str = "-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc";

/// What a C or C++ compiler is told so that nothing is passed over.
pub const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// What was built.
#[derive(Debug)]
pub struct Library {
    /// libnotice.a.
    pub archive: PathBuf,
    /// libnotice.so, or what it is called here.
    pub shared: PathBuf,
}

/// The checkout, from wherever inside it cargo was called.
///
/// # Errors
/// Says so if the package that calls is in no workspace.
pub fn root() -> Result<PathBuf, String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    match package.parent() {
        Some(root) => Ok(root.to_owned()),
        None => Err(format!("{} is in no workspace", package.display())),
    }
}

/// Where cargo builds.
pub fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => root.join(target),
        None => root.join("target"),
    }
}

/// Builds both libraries. The header is written into `include` if one is given, else into the checkout.
///
/// # Errors
/// Says why the command failed.
pub fn build(root: &Path, is_release: bool, include: Option<&Path>) -> Result<Library, String> {
    let arguments: &[&str] = if is_release { &["--release"] } else { &[] };
    build_with(root, arguments, include)
}

/// Builds both libraries, with more `arguments` for cargo.
///
/// # Errors
/// Says why the command failed.
pub fn build_with(
    root: &Path,
    arguments: &[&str],
    include: Option<&Path>,
) -> Result<Library, String> {
    let mut cargo = cargo(root, "build");
    cargo.args(["--message-format", "json-render-diagnostics"]);
    cargo.args(arguments);
    if let Some(include) = include {
        cargo.env("NOTICE_INCLUDE_DIR", include);
    }
    let files = built(&mut cargo)?;
    Ok(Library {
        archive: find(&files, "static library", &["a", "lib"])?,
        shared: find(&files, "shared library", &["so", "dylib", "dll"])?,
    })
}

/// Runs a build that writes messages as JSON; the files that became of the library.
///
/// # Errors
/// Says why the command failed.
pub fn built(cargo: &mut Command) -> Result<Vec<PathBuf>, String> {
    Ok(messages(cargo)?
        .iter()
        .filter(|message| {
            text(message, "/package_id").contains("notice-ffi")
                && text(message, "/target/name") == "notice"
        })
        .filter_map(|message| message.get("filenames").and_then(Value::as_array).cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .collect())
}

/// Runs a build of programs; their paths, by the names of their targets.
///
/// # Errors
/// Says why the command failed.
pub fn programs(cargo: &mut Command) -> Result<Vec<(String, PathBuf)>, String> {
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let messages = messages(cargo)?;
    let programs = messages.iter().filter_map(|message| {
        let path = message.get("executable")?.as_str()?;
        Some((text(message, "/target/name").to_owned(), path.into()))
    });
    Ok(programs.collect())
}

fn messages(cargo: &mut Command) -> Result<Vec<Value>, String> {
    let messages = output(cargo.stderr(Stdio::inherit()))?;
    let messages = messages.lines().map(serde_json::from_str);
    Ok(messages.filter_map(Result::ok).collect())
}

fn text<'a>(message: &'a Value, pointer: &str) -> &'a str {
    let found = message.pointer(pointer);
    found.and_then(Value::as_str).unwrap_or_default()
}

/// The file with one of these extensions.
///
/// # Errors
/// Says what is missing.
pub fn find(files: &[PathBuf], what: &str, extensions: &[&str]) -> Result<PathBuf, String> {
    let is_it = |path: &&PathBuf| {
        extensions
            .iter()
            .any(|e| path.extension().is_some_and(|p| p == *e))
    };
    files
        .iter()
        .find(is_it)
        .cloned()
        .ok_or(format!("cargo build gave no {what}"))
}

/// `cargo SUBCOMMAND` for the C library.
pub fn cargo(root: &Path, subcommand: &str) -> Command {
    cargo_of(root, subcommand, "notice-ffi")
}

/// The same for another package.
pub fn cargo_of(root: &Path, subcommand: &str, package: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([subcommand, "--package", package]);
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml"));
    cargo
}

/// The C compiler that `CC` names, or `cc`, to which every warning is an error and which finds the headers.
pub fn strict_c(root: &Path, standard: &str) -> Command {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command
        .arg(format!("-std={standard}"))
        .args(STRICT)
        .arg("-I")
        .arg(root.join("include"));
    command
}

/// Runs a command, and gives what it writes to its standard output.
///
/// # Errors
/// Says why the command failed.
pub fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name}: {}\n{said}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
