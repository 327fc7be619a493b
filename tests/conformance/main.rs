//! The contract, sentence by sentence, over every surface: the cases are data in `cases/`, and how they
//! are written and how a surface joins is in docs/conformance.md.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails so, and says what it leaves out"
)]
#![recursion_limit = "256"]

mod c;
mod case;
mod run;
mod rust;
mod surface;

use std::path::Path;

use surface::Open;

/// Every surface, by the name that cases know it by.
const SURFACES: [(&str, Open); 3] = [
    ("rust", rust::open),
    ("c", c::open),
    ("c_json", c::open_json),
];

#[test]
fn every_case_holds_on_every_surface() {
    let cases =
        case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/cases"));
    let (mut faults, mut runs) = (Vec::new(), 0);
    for (surface, open) in SURFACES {
        for case in &cases {
            let (theme, name) = (&case.theme, &case.name);
            if let Some((_, reason)) = case.not_on.iter().find(|(other, _)| other == surface) {
                println!("{theme}: {name}: not on {surface}: {reason}");
                continue;
            }
            runs += 1;
            if let Err(fault) = run::run(case, open) {
                faults.push(format!("{theme}.json: {name}\non {surface}, {fault}"));
            }
        }
    }
    println!(
        "{} cases, {runs} runs, {} failed",
        cases.len(),
        faults.len()
    );
    assert!(
        faults.is_empty(),
        "{} failed:\n\n{}\n",
        faults.len(),
        faults.join("\n\n")
    );
}

#[test]
fn every_case_has_a_name_of_its_own_and_known_surfaces() {
    let cases =
        case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/cases"));
    assert!(cases.len() >= 120, "only {} cases", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
    for case in &cases {
        for (surface, reason) in &case.not_on {
            assert!(
                SURFACES.iter().any(|(name, _)| name == surface),
                "{}: {surface}",
                case.name
            );
            assert!(!reason.is_empty(), "{}: no reason", case.name);
        }
    }
}
