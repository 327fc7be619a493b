//! `cargo xtask demo`: the C library, a C program that links it, and the board that it prints.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::host::host;
use crate::library::{self, NATIVE_LIBRARIES, STRICT};

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
    let root = library::root()?;
    // First, for the library takes a minute to build.
    let compiler = find_compiler()?;
    let library = library::build(&root, !is_dev, None)?;
    let program = compile_board(compiler, &root, &library.archive)?;
    for (number, reader) in ["zh", "en"].into_iter().enumerate() {
        if number > 0 {
            println!();
        }
        let mut board = Command::new(&program);
        board
            .arg(root.join("examples/announcements.jsonl"))
            .arg(reader);
        run_command(&mut board)?;
    }
    Ok(())
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
        .arg("-std=c99")
        .args(STRICT)
        .arg(root.join("examples/c/board.c"))
        .arg("-I")
        .arg(root.join("include"))
        .arg(library)
        .args(NATIVE_LIBRARIES.split(' '))
        .arg("-o")
        .arg(&program);
    run_command(&mut compiler).map(|()| program)
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
