//! `notice man`: manual pages.

use std::path::PathBuf;

use crate::arguments;
use crate::console;
use crate::exit::{Outcome, Stop};

/// Write manual pages into a folder, such as ~/.local/share/man/man1: one for the command, and one for each of its commands
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder; it must exist
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Runs it. The pages are in the language of the messages.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let folder = &arguments.folder;
    let failed = |error: std::io::Error| Stop::of_file(folder, &error);
    if !folder.is_dir() {
        return Err(failed(std::io::ErrorKind::NotFound.into()));
    }
    clap_mangen::generate_to(arguments::command(), folder).map_err(failed)?;
    console::write(&folder.join("notice.1").display().to_string())
}
