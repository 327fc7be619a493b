//! Rows: what was measured, as a table for people and as lines of JSON for programs.

use serde_json::json;

use crate::measure::Times;
use crate::statistics::{Quartiles, median, quartiles};

/// What a row must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// The peer takes at least so many times as much.
    TimesFaster(f64),
    /// libnotice takes at most so many times as much.
    AtMost(f64),
    /// None: the peer's amount over that of libnotice is only shown.
    Shown,
    /// None: the amount of libnotice over the peer's is only shown.
    ShownAsCost,
}

impl Goal {
    fn is_reached(self, ratio: f64) -> Option<bool> {
        match self {
            Self::TimesFaster(goal) => Some(ratio >= goal),
            Self::AtMost(goal) => Some(ratio <= goal),
            Self::Shown | Self::ShownAsCost => None,
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::TimesFaster(goal) => Some(format!(">= {goal}")),
            Self::AtMost(goal) => Some(format!("<= {goal}")),
            Self::Shown | Self::ShownAsCost => None,
        }
    }

    /// The ratio that the goal speaks of.
    fn ratio(self, ours: f64, theirs: f64) -> f64 {
        match self {
            Self::TimesFaster(_) | Self::Shown => theirs / ours,
            Self::AtMost(_) | Self::ShownAsCost => ours / theirs,
        }
    }
}

/// One thing that was measured.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    name: String,
    peer: String,
    goal: Goal,
    unit: &'static str,
    found: Found,
}

#[derive(Debug, Clone)]
enum Found {
    /// How much each took, and how that compares.
    Measured {
        ours: f64,
        theirs: f64,
        ratio: Quartiles,
    },
    /// The answers are the same; nothing was timed.
    Checked,
    /// Why it could not be measured here.
    Skipped(String),
}

impl Row {
    /// A row of the times of the two contestants, paired round by round; of no rounds, that the answers were
    /// compared.
    pub(crate) fn of_times(
        name: impl Into<String>,
        peer: &str,
        goal: Goal,
        ours: &Times,
        theirs: &Times,
    ) -> Self {
        let paired = ours.iter().zip(theirs);
        let ratios: Vec<f64> = paired
            .map(|(ours, theirs)| goal.ratio(*ours, *theirs))
            .collect();
        let found = match quartiles(&ratios) {
            None => Found::Checked,
            Some(ratio) => Found::Measured {
                ours: median(ours),
                theirs: median(theirs),
                ratio,
            },
        };
        Self {
            name: name.into(),
            peer: peer.to_owned(),
            goal,
            unit: "ns",
            found,
        }
    }

    /// A row of two amounts.
    pub(crate) fn of_amounts(
        name: impl Into<String>,
        peer: &str,
        goal: Goal,
        unit: &'static str,
        [ours, theirs]: [f64; 2],
    ) -> Self {
        let times = [vec![ours], vec![theirs]];
        let row = Self::of_times(name, peer, goal, &times[0], &times[1]);
        Self { unit, ..row }
    }

    /// A row that cannot be measured here.
    pub(crate) fn skipped(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            peer: String::new(),
            goal: Goal::Shown,
            unit: "",
            found: Found::Skipped(why.into()),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The ratio, if it was measured.
    pub(crate) fn ratio(&self) -> Option<f64> {
        match &self.found {
            Found::Measured { ratio, .. } => Some(ratio.median),
            Found::Checked | Found::Skipped(_) => None,
        }
    }

    /// A row that gives the ratio of another one as its own, under another name and with another goal.
    pub(crate) fn summary(&self, name: impl Into<String>, goal: Goal) -> Self {
        Self {
            name: name.into(),
            goal,
            peer: format!("{}: {}", self.name, self.peer),
            ..self.clone()
        }
    }

    /// One line of JSON; nothing of a row that was not measured.
    pub(crate) fn json(&self) -> Option<String> {
        let Found::Measured {
            ours,
            theirs,
            ratio,
        } = &self.found
        else {
            return None;
        };
        let line = json!({
            "name": self.name,
            "peer": self.peer,
            "ratio": rounded(ratio.median),
            "goal": self.goal.text(),
            "reached": self.goal.is_reached(ratio.median),
            "ours": rounded(*ours),
            "theirs": rounded(*theirs),
            "unit": self.unit,
        });
        Some(line.to_string())
    }

    /// One line of the table, which is under `HEADING`.
    pub(crate) fn line(&self) -> String {
        let name = &self.name;
        match &self.found {
            Found::Checked => format!("{name:<36} same answers"),
            Found::Skipped(why) => format!("{name:<36} skipped: {why}"),
            Found::Measured {
                ours,
                theirs,
                ratio,
            } => {
                let spread = format!("{}..{}", short(ratio.lower), short(ratio.upper));
                let reached = match self.goal.is_reached(ratio.median) {
                    None => "",
                    Some(true) => "yes",
                    Some(false) => "NO",
                };
                format!(
                    "{name:<36} {:>10} {:>10} {:>8} {spread:>15} {:>8} {reached:>4}  {}",
                    amount(*ours, self.unit),
                    amount(*theirs, self.unit),
                    short(ratio.median),
                    self.goal.text().unwrap_or_default(),
                    self.peer,
                )
            }
        }
    }
}

/// What stands above the lines of the table.
pub(crate) fn heading() -> String {
    format!(
        "{:<36} {:>10} {:>10} {:>8} {:>15} {:>8} {:>4}  peer",
        "row", "ours", "theirs", "ratio", "quartiles", "goal", "met"
    )
}

/// Four significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

fn short(ratio: f64) -> String {
    match ratio {
        100.0.. => format!("{ratio:.0}"),
        10.0..100.0 => format!("{ratio:.1}"),
        0.1..10.0 => format!("{ratio:.2}"),
        _ => format!("{ratio:.4}"),
    }
}

/// An amount with its unit, nanoseconds in the unit that reads best.
pub(crate) fn amount(value: f64, unit: &str) -> String {
    match (unit, value) {
        ("ns", 1e9..) => format!("{:.2} s", value / 1e9),
        ("ns", 1e6..) => format!("{:.2} ms", value / 1e6),
        ("ns", 1e3..) => format!("{:.2} us", value / 1e3),
        _ => format!("{value:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_pairs_its_rounds_and_says_whether_the_goal_is_reached() {
        let (ours, theirs) = (vec![1.0, 2.0, 4.0], vec![20.0, 60.0, 40.0]);
        let row = Row::of_times("a", "b", Goal::TimesFaster(20.0), &ours, &theirs);
        assert_eq!(
            row.json().unwrap(),
            r#"{"name":"a","peer":"b","ratio":20.0,"goal":">= 20","reached":true,"ours":2.0,"theirs":40.0,"unit":"ns"}"#
        );
        let row = Row::of_times("a", "b", Goal::AtMost(0.04), &ours, &theirs);
        assert_eq!(row.ratio(), Some(0.05));
        assert!(row.line().contains(" NO "), "{}", row.line());
    }

    #[test]
    fn what_was_not_timed_is_in_the_table_only() {
        let row = Row::of_times("a", "b", Goal::Shown, &vec![], &vec![]);
        assert_eq!(row.json(), None);
        assert!(row.line().ends_with("same answers"));
        let row = Row::skipped("a", "no such file");
        assert_eq!(row.json(), None);
        assert!(row.line().ends_with("skipped: no such file"));
    }
}
