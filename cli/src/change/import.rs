//! `notice import`: an export into an empty board.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

use super::publish::finish;
use crate::common::Common;
use crate::exit::{Outcome, Stop};

/// Read an export (JSON Lines) into an empty board: all of it or nothing
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File that `notice export` wrote; `-` is the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let mut from: Box<dyn BufRead> = match arguments.file.as_os_str() == "-" {
        true => Box::new(BufReader::new(io::stdin())),
        false => {
            let file = File::open(&arguments.file)
                .map_err(|error| Stop::of_file(&arguments.file, &error))?;
            Box::new(BufReader::new(file))
        }
    };
    let board = session.writing()?;
    session.custody(&board)?.import(&mut from)?;
    let count = board.stats()?.announcements;
    session.console.tell(
        format!("imported {count} announcements"),
        format!("已导入 {count} 条公告"),
    )?;
    session
        .console
        .json(&serde_json::json!({"announcements": count}))?;
    finish(&session, &*board)
}
