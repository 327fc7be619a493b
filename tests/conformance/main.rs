//! The contract, sentence by sentence, over every surface: the cases are data in `cases/`, and how they
//! are written and how a surface joins is in docs/conformance.md.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]
#![recursion_limit = "256"]

mod c;
mod case;
mod e;
mod kept;
mod run;
mod rust;
mod surface;

use std::io::Write;
use std::panic::catch_unwind;
use std::path::Path;

use kept::{Files, Kept};
use surface::{Lacks, Open};

/// Every surface, by the name that cases know it by.
const SURFACES: [(&str, Open, Lacks); 4] = [
    ("rust", rust::open, nothing),
    ("c", c::open, nothing),
    ("c_json", c::open_json, nothing),
    ("e", e::open, e::lacks),
];

/// The only surface where a program on Windows is at hand, see `cargo xtask e-test`.
const ON_WINDOWS: (&str, Open, Lacks) = ("e", e::open_on_windows, e::lacks);

/// The surfaces that are tried.
fn surfaces() -> &'static [(&'static str, Open, Lacks)] {
    match e::is_on_windows() {
        true => &[ON_WINDOWS],
        false => &SURFACES,
    }
}

/// How the boards are kept. The files of this machine are not those that a program on Windows sees.
fn kept() -> &'static [Kept] {
    match e::is_on_windows() {
        true => &[Kept::Memory],
        false => &Kept::ALL,
    }
}

/// A surface that carries everything.
fn nothing(_: &case::Case) -> Option<&'static str> {
    None
}

#[test]
fn every_case_holds_on_every_surface() {
    let (cases, files) = (cases(), Files::new());
    let (mut faults, mut runs) = (Vec::new(), 0);
    for &(surface, open, lacks) in surfaces() {
        for &kept in kept() {
            let on = format!("{surface}, {}", kept.name());
            for case in &cases {
                let (theme, name) = (&case.theme, &case.name);
                let is_out = |out: &str| out == surface || out == kept.name();
                let not_on = case.not_on.iter().find(|(out, _)| is_out(out));
                let reason = not_on.map(|(_, reason)| reason.as_str()).or(lacks(case));
                if let Some(reason) = reason {
                    say(&format!("{theme}: {name}: not on {on}: {reason}"));
                    continue;
                }
                runs += 1;
                // A surface that panics fails its case, and not those behind it.
                let result = catch_unwind(|| run::run(case, open, kept, &files));
                if let Err(fault) =
                    result.unwrap_or_else(|_| Err("it panicked, as told above".to_owned()))
                {
                    faults.push(format!("{theme}.json: {name}\non {on}, {fault}"));
                }
            }
        }
    }
    say(&format!(
        "{} cases, {runs} runs, {} failed",
        cases.len(),
        faults.len()
    ));
    assert!(
        faults.is_empty(),
        "{} failed:\n\n{}\n",
        faults.len(),
        faults.join("\n\n")
    );
}

#[test]
fn every_case_has_a_name_of_its_own_and_known_surfaces() {
    let cases = cases();
    assert!(cases.len() >= 120, "only {} cases", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
    for case in &cases {
        for (surface, reason) in &case.not_on {
            assert!(
                SURFACES.iter().any(|(name, ..)| name == surface)
                    || Kept::ALL.iter().any(|kept| kept.name() == surface),
                "{}: {surface}",
                case.name
            );
            assert!(!reason.is_empty(), "{}: no reason", case.name);
        }
    }
}

fn cases() -> Vec<case::Case> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    case::read_all(&tests.join("conformance/cases"))
}

/// Says a line that is seen although the test succeeds.
fn say(line: &str) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
