//! What checking a board found.

use serde_json::{Value, json};

use crate::error::{Bilingual, Error, Language};

/// Something that is wrong with a board.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where: a table of the file and a key in it, such as `announcements[17]`, or a part of the board
    /// in memory, such as `index.timeline`.
    pub place: String,
    /// What is wrong there.
    pub reason: Bilingual,
}

/// What checking a board found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// How many records of the file were read; of a board in memory, how many announcements and users it
    /// has.
    pub records: u64,
    /// All that is wrong, in the order in which it was found; empty for a board in good order.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// `{"records": n, "problems": [{"place": text, "en": text, "zh": text}]}`.
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

    /// Adds what `error` says.
    pub(crate) fn add_error(&mut self, error: &Error) {
        let reason = Bilingual::new(
            error.reason(Language::En).to_owned(),
            error.reason(Language::Zh).to_owned(),
        );
        self.add(error.path().unwrap_or_default(), reason);
    }
}
