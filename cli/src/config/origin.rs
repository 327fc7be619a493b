//! Where a setting was stated, so that a fault names the place to mend.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;

/// Where a setting was stated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// Nowhere: it is the default.
    Usual,
    Flag(String),
    Variable(String),
    /// File and line, from 1 on.
    File(PathBuf, usize),
}

/// Where each setting was stated that is no default.
#[derive(Debug, Default)]
pub(crate) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    pub(crate) fn note(&mut self, name: &str, origin: Origin) {
        self.0.insert(name.to_owned(), origin);
    }

    /// Notes which of the settings `names` are flags or variables.
    pub(crate) fn note_arguments(&mut self, matches: &ArgMatches, names: &[String]) {
        for name in names {
            let variable = name.replace('-', "_");
            match matches.value_source(&variable) {
                Some(ValueSource::CommandLine) => {
                    self.note(name, Origin::Flag(format!("--{name}")));
                }
                Some(ValueSource::EnvVariable) => {
                    let variable = format!("NOTICE_{}", variable.to_uppercase());
                    self.note(name, Origin::Variable(variable));
                }
                _ => {}
            }
        }
    }

    /// Returns where a setting was stated.
    pub(crate) fn of(&self, name: &str) -> Origin {
        self.0.get(name).cloned().unwrap_or(Origin::Usual)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("default"),
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
        }
    }
}
