//! `notice backup` and `notice restore-backup`.

use std::path::PathBuf;

use serde_json::json;

use crate::change::publish::finish;
use crate::common::{Common, Output};
use crate::exit::{Outcome, Stop};

/// Copy a board into a file while it is in use; the copy is a board
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// File to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// Make a board of a backup, after checking it; nothing is overwritten
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// The board's file; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn backup(arguments: &Backup) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.reading()?;
    let revision = session.copied(&board)?.backup(&arguments.file)?;
    let file = arguments.file.display().to_string();
    session.console.tell(
        format!("backed up to {file}, revision {revision}"),
        format!("已备份到 {file}，修订号 {revision}"),
    )?;
    session
        .console
        .json(&json!({"file": file, "revision": revision}))?;
    finish(&session, &*board)
}

pub(crate) fn restore(arguments: &Restore) -> Outcome {
    let console = arguments.output.console()?;
    let (backup, file) = (
        arguments.backup.display().to_string(),
        arguments.file.display().to_string(),
    );
    if !arguments.backup.exists() {
        return Err(Stop::of_file(
            &arguments.backup,
            &std::io::ErrorKind::NotFound.into(),
        ));
    }
    notice::restore_backup(&arguments.backup, &arguments.file)?;
    console.tell(
        format!("restored {backup} as {file}"),
        format!("已将 {backup} 恢复为 {file}"),
    )?;
    console.json(&json!({"file": file}))?;
    console.finish()
}
