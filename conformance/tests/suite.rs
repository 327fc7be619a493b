//! The suite's own cases over the surfaces of the crate, and the suite itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

use std::fs;
use std::path::PathBuf;

use notice_conformance::{Joined, Kept, Outcome, RUST, WIRE, own_cases, read_all, run_all};

/// Every surface that a case may name.
const SURFACES: [&str; 5] = ["rust", "wire", "c", "c_json", "e"];

#[test]
fn every_case_holds_through_json() {
    holds(RUST);
}

#[test]
fn every_case_holds_through_bytes() {
    holds(WIRE);
}

fn holds(surface: Joined) {
    let cases = read_all(&own_cases()).unwrap();
    let report = run_all(&cases, &[surface], &Kept::ALL);
    assert!(report.count() >= 3 * 100, "only {} runs", report.count());
    assert_eq!(report.faults(), [""; 0]);
}

#[test]
fn every_case_has_a_name_of_its_own_and_known_surfaces() {
    let cases = read_all(&own_cases()).unwrap();
    assert!(cases.len() >= 120, "only {} cases", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
    for case in &cases {
        for (surface, reason) in &case.not_on {
            assert!(
                SURFACES.contains(&surface.as_str())
                    || Kept::ALL.iter().any(|kept| kept.name() == surface),
                "{}: {surface}",
                case.name
            );
            assert!(!reason.is_empty(), "{}: no reason", case.name);
        }
    }
}

#[test]
fn a_case_that_does_not_hold_says_step_expectation_and_answer() {
    let folder = Folder::with(
        "fails",
        r#"[{"name": "a count that is wrong", "steps": [
            {"publish": {"title": "a"}}, {"count": {}, "expect": {"total": 2}}]}]"#,
    );
    let report = run_all(&read_all(&folder.0).unwrap(), &[RUST], &[Kept::Memory]);
    let faults = report.faults();
    assert_eq!(faults.len(), 1);
    for part in [
        "fails.json: a count that is wrong",
        "on rust, mem, step 2: count",
        "at:       total",
        "expected: 2",
        "got:      1",
    ] {
        assert!(faults[0].contains(part), "{part}: {}", faults[0]);
    }
    assert!(report.lines()[0].starts_with("FAILS   rust"));
}

#[test]
fn a_case_that_is_left_out_says_why() {
    let folder = Folder::with(
        "out",
        r#"[{"name": "files only", "not_on": {"mem": "memory forgets"}, "steps": [{"stats": {}}]},
            {"name": "others only", "steps": [{"stats": {}}]}]"#,
    );
    let dumb = Joined {
        name: "dumb",
        lacks: |case| (case.name == "others only").then_some("it is dumb"),
        ..RUST
    };
    let cases = read_all(&folder.0).unwrap();
    let report = run_all(&cases, &[dumb], &[Kept::Memory, Kept::File]);
    let outcomes: Vec<_> = report.runs.iter().map(|run| run.outcome.clone()).collect();
    let out = |why: &str| Outcome::NotOn(why.to_owned());
    assert_eq!(
        outcomes,
        [
            out("memory forgets"),
            out("it is dumb"),
            Outcome::Holds,
            out("it is dumb")
        ]
    );
    assert_eq!(
        report.lines(),
        [
            "holds   dumb    out.json: files only",
            "not on  dumb    out.json: others only: it is dumb"
        ]
    );
}

#[test]
fn a_surface_that_panics_fails_its_case_alone() {
    let folder = Folder::with(
        "panics",
        r#"[{"name": "nothing was saved", "steps": [{"get": {"id": "$a"}}]},
            {"name": "fine", "steps": [{"stats": {}}]}]"#,
    );
    let report = run_all(&read_all(&folder.0).unwrap(), &[RUST], &[Kept::Memory]);
    assert!(
        matches!(&report.runs[0].outcome, Outcome::Fails(why) if why.contains("$a was not saved"))
    );
    assert_eq!(report.runs[1].outcome, Outcome::Holds);
}

#[test]
fn a_name_outside_the_vocabulary_is_refused_with_file_and_case() {
    for (json, said) in [
        (r#"{}"#, "must be a list"),
        (r#"[{"steps": []}]"#, "a case without a name"),
        (r#"[{"name": "n"}]"#, "n: no steps"),
        (
            r#"[{"name": "n", "step": []}]"#,
            "n: no member is named \"step\"",
        ),
        (
            r#"[{"name": "n", "steps": [{"query": {"limits": 3}}]}]"#,
            "\"limits\"",
        ),
        (
            r#"[{"name": "n", "steps": [{"query": {"filter": {"tag": 1}}}]}]"#,
            "\"tag\"",
        ),
        (
            r#"[{"name": "n", "steps": [{"ask": {}}]}]"#,
            "no operation \"ask\"",
        ),
        (
            r#"[{"name": "n", "steps": [{"stats": {}, "count": {}}]}]"#,
            "exactly one",
        ),
        (
            r#"[{"name": "n", "steps": [{"stats": {}, "expect": 1, "error": 2}]}]"#,
            "an answer and an error",
        ),
        (
            r#"[{"name": "n", "now": "later", "steps": []}]"#,
            "now cannot be",
        ),
        (
            r#"[{"name": "n", "options": {"retention_ms": -1}, "steps": []}]"#,
            "retention_ms cannot",
        ),
        (
            r#"[{"name": "n", "options": {"keep_changes": [1]}, "steps": []}]"#,
            "keep_changes cannot",
        ),
        (
            r#"[{"name": "n", "not_on": {"e": 1}, "steps": []}]"#,
            "e cannot be 1",
        ),
        ("[", "EOF"),
    ] {
        let folder = Folder::with("odd", json);
        let error = read_all(&folder.0).unwrap_err();
        assert!(
            error.starts_with("odd.json: ") && error.contains(said),
            "{json}: {error}"
        );
    }
    let empty = Folder::new();
    assert!(read_all(&empty.0).unwrap_err().contains("no cases"));
}

/// A folder of cases, gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-cases-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn with(theme: &str, json: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.0.join(format!("{theme}.json")), json).unwrap();
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
