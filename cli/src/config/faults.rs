//! Everything that is wrong with the settings, found in one go.

use notice::{Bilingual, Error, Language};

use super::Origin;
use crate::exit::{self, Outcome, Stop};

/// Faults, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Origin, Bilingual)>);

impl Faults {
    /// Adds a fault of the setting `name`, which may be empty.
    pub(crate) fn add(&mut self, origin: &Origin, name: &str, en: &str, zh: &str) {
        let place = match (origin, name) {
            (Origin::Usual, name) => name.to_owned(),
            // Flags and variables have the setting in their name.
            (Origin::File(..), name) if !name.is_empty() => format!("{origin}: {name}"),
            (origin, _) => origin.to_string(),
        };
        let colon = if place.is_empty() { "" } else { ": " };
        let (en, zh) = (format!("{place}{colon}{en}"), format!("{place}{colon}{zh}"));
        self.0.push((origin.clone(), Bilingual::new(en, zh)));
    }

    /// Adds an error of the library.
    pub(crate) fn add_error(&mut self, origin: &Origin, name: &str, error: &Error) {
        let (en, zh) = (error.message(Language::En), error.message(Language::Zh));
        self.add(origin, name, &en, &zh);
    }

    /// Ends with all faults, if there are any.
    pub(crate) fn check(mut self) -> Outcome {
        if self.0.is_empty() {
            return Ok(());
        }
        // From the top of the file down.
        self.0.sort_by(|(one, _), (two, _)| one.cmp(two));
        Err(Stop {
            lines: self.0.into_iter().map(|(_, line)| line).collect(),
            ..Stop::silent(exit::USAGE)
        })
    }
}
