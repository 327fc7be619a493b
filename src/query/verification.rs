//! Results of checking a board.

use serde_json::{Value, json};

use crate::error::{Bilingual, Error, Language};

/// A fault of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Place of the fault: a table of the file with a key, such as `announcements[17]`, or a part
    /// of the board in memory, such as `index.timeline`.
    pub place: String,
    /// Description of the fault.
    pub reason: Bilingual,
}

/// Result of checking a board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// Number of records read from the file; for a board in memory, the number of announcements and
    /// users.
    pub records: u64,
    /// All faults in the order in which they were found; empty for a sound board.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// Reports whether no fault was found.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns `{"records": n, "problems": [{"place": text, "en": text, "zh": text}]}`.
    pub fn to_json(&self) -> Value {
        let problem = |problem: &Problem| {
            json!({
                "place": problem.place,
                "en": problem.reason.en,
                "zh": problem.reason.zh,
            })
        };
        let problems: Vec<Value> = self.problems.iter().map(problem).collect();
        json!({ "records": self.records, "problems": problems })
    }

    pub(crate) fn add(&mut self, place: impl Into<String>, reason: Bilingual) {
        let place = place.into();
        self.problems.push(Problem { place, reason });
    }

    /// Adds an error as a fault.
    pub(crate) fn add_error(&mut self, error: &Error) {
        let reason = Bilingual::new(
            error.reason(Language::En).to_owned(),
            error.reason(Language::Zh).to_owned(),
        );
        self.add(error.path().unwrap_or_default(), reason);
    }
}
