//! `notice compact`: the smallest file.

use notice::wire::Answer;

use crate::ask::stats::bytes;
use crate::change::publish::finish;
use crate::common::Common;
use crate::exit::Outcome;

/// Make the file of a board as small as it can be; nothing is left in it of what was purged or forgotten
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.writing()?;
    let compaction = session.custody(&board)?.compact()?;
    let (before, after) = (bytes(compaction.before), bytes(compaction.after));
    session.console.tell(
        format!("{before} before, {after} now"),
        format!("压缩前 {before}，现在 {after}"),
    )?;
    session
        .console
        .json(&Answer::Compaction(compaction).to_value())?;
    finish(&session, &*board)
}
