//! Drafts from files and the standard input, with the place of a mistake.

use std::fs;
use std::io;
use std::path::Path;

use notice::{Bilingual, Draft, Error, Language};

use crate::console::Console;
use crate::excerpt;
use crate::exit::{self, Outcome, Stop};

/// Longest file that is read, in bytes: 10 000 drafts of usual length.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Name of what flags stated.
const FLAGS: &str = "<flags>";

/// A JSON text and its name.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    /// Reads a file; `-` is the standard input.
    pub(crate) fn read(file: &Path) -> Outcome<Self> {
        let is_input = file.as_os_str() == "-";
        let name = if is_input {
            "<stdin>".to_owned()
        } else {
            file.display().to_string()
        };
        let text = match is_input {
            true => io::read_to_string(io::stdin().lock()),
            false => fs::metadata(file).and_then(|about| match about.len() > LONGEST {
                true => Err(io::ErrorKind::FileTooLarge.into()),
                false => fs::read_to_string(file),
            }),
        };
        let text = text.map_err(|error| Stop::of_file(Path::new(&name), &error))?;
        Ok(Self { name, text })
    }

    /// Names a text that came from elsewhere.
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// What flags stated: no text that a person has written, so that no place of it is shown.
    pub(crate) fn of_flags(text: impl Into<String>) -> Self {
        Self::new(FLAGS, text)
    }

    /// Whether a person has written it as JSON.
    pub(crate) fn is_written(&self) -> bool {
        self.name != FLAGS
    }

    /// Whether it is a list of drafts.
    pub(crate) fn is_list(&self) -> bool {
        self.text
            .trim_start_matches('\u{FEFF}')
            .trim_start()
            .starts_with('[')
    }

    /// Reads one draft or a list of them.
    pub(crate) fn drafts(&self, console: &Console) -> Outcome<Vec<Draft>> {
        let read = match self.is_list() {
            true => Draft::batch_from_json(self.text.as_bytes()),
            false => Draft::from_json(self.text.as_bytes()).map(|draft| vec![draft]),
        };
        read.map_err(|error| self.refused(console, &error))
    }

    /// Shows an error at its place in the text.
    pub(crate) fn refused(&self, console: &Console, error: &Error) -> Stop {
        let mut stop = console.refused(error);
        if let Some(at) = excerpt::place(&self.text, error).filter(|_| self.is_written()) {
            let is_coloured = console.paint.is_coloured;
            let shown = |language| {
                excerpt::show(
                    &self.name,
                    &self.text,
                    at.clone(),
                    &console.times.in_words(&error.message(language)),
                    is_coloured,
                )
            };
            stop.lines = vec![Bilingual::new(shown(Language::En), shown(Language::Zh))];
            stop.code = exit::USAGE;
        }
        stop
    }
}
