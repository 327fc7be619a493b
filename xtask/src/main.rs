//! The project's own tasks: `cargo xtask NAME`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to whoever started it"
)]

mod abi;
mod bench;
mod c_suite;
mod conformance;
mod crash;
mod debian;
mod declarations;
mod demo;
mod dll;
#[cfg(unix)]
mod e_test;
mod fuzz;
mod host;
mod install;
mod layers;
mod openapi;
mod record;
#[cfg(unix)]
mod widths;
#[cfg(unix)]
mod wine;

use std::process::ExitCode;

use xtask::library;

/// A task gets the arguments behind its name, and says in a sentence why it failed.
type Task = fn(&[String]) -> Result<(), String>;

const TASKS: &[(&str, &str, Task)] = &[
    (
        "abi",
        "compare header, exports and link line of the C library with the committed ones (--write: update them; --since REV: say what changed in the headers since a commit)",
        abi::run,
    ),
    (
        "bench",
        "measure libnotice beside SQLite (--only NAME, --quick, --check, --seed N, --json)",
        bench::run,
    ),
    (
        "load",
        "put load on a daemon: rate, latency, memory (--connections N, --seconds N, --check; --idle N, --slow-readers N, --slowloris N, --never-reads N)",
        bench::load,
    ),
    (
        "demo",
        "build the C library and print a board with examples/c/board.c (--dev: unoptimised)",
        demo::run,
    ),
    (
        "c-suite",
        "compile and run the C programs in tests/c (--asan: with sanitizers, --valgrind: under valgrind)",
        c_suite::run,
    ),
    (
        "conformance",
        "run the cases of a folder over every surface (DIR; the suite's own without)",
        conformance::run,
    ),
    (
        "crash",
        "kill a program that writes to a board, 20 times, and look at what is left (--rounds N, --seed S, --relaxed; --daemon: kill, restart and take over daemons)",
        crash::run,
    ),
    (
        "dll",
        "build notice.dll for Windows, check it, and fill a folder to hand out (--out DIR, --rust debian|rust-src|prebuilt)",
        dll::run,
    ),
    #[cfg(unix)]
    (
        "e-test",
        "call the DLL under Wine as a program in the E language does (--allow-skip, --screenshot FILE.png)",
        e_test::run,
    ),
    (
        "fuzz",
        "run the fuzz targets of fuzz/, or those named, each for 20 seconds ([TARGET ...] --seconds N)",
        fuzz::run,
    ),
    (
        "install",
        "build the C library and copy it with header, notice.pc and CMake package (--prefix DIR)",
        install::run,
    ),
    (
        "layers",
        "name the imports in src/ and ffi/ that point the wrong way, and the circles inside a room",
        layers::run,
    ),
    (
        "openapi",
        "compare the server's OpenAPI document with the committed one (--write: update it)",
        openapi::run,
    ),
    (
        "record",
        "run a session with the command and write it to docs/ as SVG, in both languages (--check: compare)",
        record::run,
    ),
    #[cfg(unix)]
    (
        "widths",
        "share memory between programs of 32 and of 64 bits, both ways (--wine: as Windows programs, with the tests of shared memory)",
        widths::run,
    ),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some((_, _, task)) = TASKS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("usage: cargo xtask TASK\n");
        for (name, description, _) in TASKS {
            eprintln!("  {name:<11} {description}");
        }
        return ExitCode::from(2);
    };
    match task(&arguments.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {name}: {message}");
            ExitCode::FAILURE
        }
    }
}
