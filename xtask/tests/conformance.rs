//! `cargo xtask conformance DIR`, as somebody runs it who hands in a case.

#![allow(clippy::unwrap_used, reason = "a test fails so")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Surfaces that every case is run over.
const SURFACES: [&str; 5] = ["rust", "wire", "c", "c_json", "e"];

fn folder(name: &str, cases: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("handed_in.json"), cases).unwrap();
    folder
}

fn run(folder: &PathBuf) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("conformance")
        .arg(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr];
    parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .concat()
}

#[test]
fn cases_that_hold_are_told_for_each_surface() {
    let output = run(&folder(
        "good_cases",
        r#"[{"name": "it is there", "steps": [
            {"publish": {"title": "a"}}, {"count": {}, "expect": {"total": 1}}]}]"#,
    ));
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for surface in SURFACES {
        let line = format!("holds   {surface:<7} handed_in.json: it is there");
        assert!(said.contains(&line), "{line}\n{said}");
    }
}

#[test]
fn a_case_that_fails_says_on_each_surface_what_was_expected_and_what_came() {
    let output = run(&folder(
        "bad_cases",
        r#"[{"name": "there are two", "steps": [
            {"publish": {"title": "a"}}, {"count": {}, "expect": {"total": 2}}]}]"#,
    ));
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for surface in SURFACES {
        let line = format!("FAILS   {surface:<7} handed_in.json: there are two");
        assert!(said.contains(&line), "{line}\n{said}");
    }
    for part in ["step 2: count {}", "expected: 2", "got:      1"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let output = run(&PathBuf::from("no such folder"));
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no such folder"), "{said}");
}
