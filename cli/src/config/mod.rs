//! Settings of the daemon: from flags, the environment and a file, in this order.
//!
//! Each setting has one name. It is a flag `--max-calls`, a variable `NOTICE_MAX_CALLS`, and a key `max-calls` of the
//! file. A list in one place takes the place of the list behind it.

mod faults;
mod file;
mod origin;
mod settings;

pub(crate) use faults::Faults;
pub(crate) use origin::{Origin, Origins};
pub(crate) use settings::{LogFormat, Settings};

use std::path::PathBuf;

use clap::{ArgMatches, Args as _};
use toml::Table;

use crate::places;

/// Where settings come from, as flags and as the environment have it.
#[derive(Debug, clap::Args)]
pub(crate) struct Sources {
    /// Read settings from this file, and from no other one. Without it, the first one that exists is read:
    /// ~/.config/notice/notice.toml, /etc/notice/notice.toml
    #[arg(long, env = "NOTICE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) settings: Settings,
    pub(crate) origins: Origins,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

/// Names of all settings.
fn names() -> Vec<String> {
    let command = Settings::augment_args(clap::Command::new("names"));
    let flags = command
        .get_arguments()
        .filter_map(|argument| argument.get_long());
    flags.map(str::to_owned).collect()
}

impl Sources {
    /// Joins flags, environment and file. Faults of the file are added to `faults`; what is right in it is used.
    pub(crate) fn join(&self, matches: &ArgMatches, faults: &mut Faults) -> Found {
        let mut origins = Origins::default();
        let path = self.file();
        let mut all = match &path {
            Some(path) => file::read(path, &names(), &mut origins, faults),
            None => Table::new(),
        };
        origins.note_arguments(matches, &names());
        all.extend(self.settings.to_table());
        let settings = all.try_into().unwrap_or_else(|error: toml::de::Error| {
            // Each part was read before.
            faults.add(&Origin::Usual, "", error.message(), error.message());
            Settings::default()
        });
        Found {
            settings,
            origins,
            file: path,
        }
    }

    fn file(&self) -> Option<PathBuf> {
        match &self.config {
            Some(path) => Some(path.clone()),
            None => places::configurations()
                .into_iter()
                .find(|path| path.exists()),
        }
    }
}
