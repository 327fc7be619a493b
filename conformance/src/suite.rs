//! Runs cases over surfaces, and keeps what came of each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::case::Case;
use crate::kept::{Files, Kept};
use crate::run::run;
use crate::surface::Joined;

/// What came of a case on one surface, on a board that is kept in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// File and sentence of the case.
    pub case: String,
    /// The surface.
    pub surface: &'static str,
    /// How the board was kept.
    pub kept: Kept,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not apply there, for this reason.
    NotOn(String),
    /// It does not hold: the step, what was expected and what came.
    Fails(String),
}

/// What came of all of them.
#[derive(Debug, Default)]
pub struct Report {
    /// Each run, by surface, then by way of keeping, then by case.
    pub runs: Vec<Run>,
}

/// Runs every case on every surface, on boards that are kept in each of these ways.
pub fn run_all(cases: &[Case], surfaces: &[Joined], kept: &[Kept]) -> Report {
    let files = Files::new();
    let mut report = Report::default();
    for surface in surfaces {
        for &kept in kept {
            for case in cases {
                report.runs.push(Run {
                    case: format!("{}.json: {}", case.theme, case.name),
                    surface: surface.name,
                    kept,
                    outcome: run_one(case, surface, kept, &files),
                });
            }
        }
    }
    report
}

fn run_one(case: &Case, surface: &Joined, kept: Kept, files: &Files) -> Outcome {
    let is_out = |out: &str| out == surface.name || out == kept.name();
    let not_on = case.not_on.iter().find(|(out, _)| is_out(out));
    let reason = not_on.map(|(_, reason)| reason.as_str());
    if let Some(reason) = reason.or_else(|| (surface.lacks)(case)) {
        return Outcome::NotOn(reason.to_owned());
    }
    // A surface that panics fails its case, and not those behind it.
    let result = catch_unwind(AssertUnwindSafe(|| run(case, surface.open, kept, files)));
    match result {
        Ok(Ok(())) => Outcome::Holds,
        Ok(Err(fault)) => Outcome::Fails(fault),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let said = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Outcome::Fails(format!("  it panicked: {}", said.unwrap_or_default()))
        }
    }
}

impl Report {
    /// How many runs there were of cases that apply.
    pub fn count(&self) -> usize {
        let left_out = |run: &&Run| matches!(run.outcome, Outcome::NotOn(_));
        self.runs.len() - self.runs.iter().filter(left_out).count()
    }

    /// The runs that failed, each with what was expected and what came.
    pub fn faults(&self) -> Vec<String> {
        let fault = |run: &Run| match &run.outcome {
            Outcome::Fails(fault) => Some(format!(
                "{}\non {}, {}, {fault}",
                run.case,
                run.surface,
                run.kept.name()
            )),
            _ => None,
        };
        self.runs.iter().filter_map(fault).collect()
    }

    /// The cases that were left out, each with the reason.
    pub fn left_out(&self) -> Vec<String> {
        let reason = |run: &Run| match &run.outcome {
            Outcome::NotOn(reason) => Some(format!(
                "{}: not on {}, {}: {reason}",
                run.case,
                run.surface,
                run.kept.name()
            )),
            _ => None,
        };
        self.runs.iter().filter_map(reason).collect()
    }

    /// A line for each case and surface, and below it what failed: what was expected and what came.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut places: Vec<(&str, &str)> = Vec::new();
        for run in &self.runs {
            let place = (run.case.as_str(), run.surface);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        // By case, for whoever hands in one wants to see it on all surfaces.
        places.sort_by_key(|(case, _)| *case);
        for (case, surface) in places {
            let runs = || {
                let of_it = |run: &&Run| run.case == case && run.surface == surface;
                self.runs.iter().filter(of_it)
            };
            let faults = runs().filter_map(|run| match &run.outcome {
                Outcome::Fails(fault) => Some(format!("on {}, {fault}", run.kept.name())),
                _ => None,
            });
            let faults: Vec<String> = faults.collect();
            let not_on = runs().find_map(|run| match &run.outcome {
                Outcome::NotOn(reason) => Some(reason.as_str()),
                _ => None,
            });
            lines.push(match (faults.is_empty(), not_on) {
                (false, _) => format!("FAILS   {surface:<7} {case}"),
                (true, Some(reason)) if runs().all(|run| run.outcome != Outcome::Holds) => {
                    format!("not on  {surface:<7} {case}: {reason}")
                }
                (true, _) => format!("holds   {surface:<7} {case}"),
            });
            lines.extend(faults);
        }
        lines
    }
}
