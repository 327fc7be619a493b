//! The conformance suite over the surfaces of the C library. The suite is the package `conformance/`;
//! docs/conformance.md describes it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]
#![recursion_limit = "256"]

mod c;
mod e;

use std::io::Write;
use std::path::Path;

use notice_conformance::{Case, Joined, Kept, RUST, Report, WIRE, own_cases, read_all, run_all};

/// Names a folder of other cases, which are run over every surface: `cargo xtask conformance DIR`.
const FOLDER: &str = "NOTICE_CASES";

/// The surfaces that are tried. Under `cargo xtask e-test` it is the program on Windows alone.
fn surfaces() -> Vec<Joined> {
    match e::is_on_windows() {
        true => vec![e::E_ON_WINDOWS],
        false => vec![c::C, c::C_JSON, e::E],
    }
}

/// How the boards are kept. A program on Windows does not see the files of this machine.
fn kept() -> &'static [Kept] {
    match e::is_on_windows() {
        true => &[Kept::Memory],
        false => &Kept::ALL,
    }
}

#[test]
fn every_case_holds_on_every_surface_of_the_library() {
    let cases = read_all(&own_cases()).unwrap();
    let report = run_all(&cases, &surfaces(), kept());
    for line in report.left_out() {
        say(&line);
    }
    let faults = report.faults();
    say(&summary(&cases, &report));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
}

#[test]
fn every_case_of_the_folder_that_is_named_holds_on_every_surface() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let cases = read_all(Path::new(&folder)).unwrap_or_else(|fault| panic!("{fault}"));
    let surfaces = [&[RUST, WIRE], surfaces().as_slice()].concat();
    let report = run_all(&cases, &surfaces, kept());
    for line in report.lines() {
        say(&line);
    }
    assert!(report.faults().is_empty(), "{}", summary(&cases, &report));
}

fn summary(cases: &[Case], report: &Report) -> String {
    let (cases, runs, failed) = (cases.len(), report.count(), report.faults().len());
    format!("cases: {cases}, runs: {runs}, failed: {failed}")
}

/// Says a line that is seen although the test succeeds.
fn say(line: &str) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
