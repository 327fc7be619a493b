//! `notice verify`: is the board sound?

use notice::wire::Answer;

use crate::common::Common;
use crate::console::Look;
use crate::exit::{self, Outcome, Stop};

/// Check a board and its file, record by record
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

/// Runs it. Problems end it with 4.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let board = session.reading()?;
    let verification = session.custody(&board)?.verify()?;
    for problem in &verification.problems {
        let sign = console.paint.text(Look::Bad, "✗");
        let reason = problem.reason.get(console.language());
        console.paragraph(&format!("{sign} {}: {reason}", problem.place), "  ")?;
    }
    let (records, problems) = (verification.records, verification.problems.len());
    let is_good = verification.is_good();
    console.tell(
        format!("{records} records read, {problems} problems"),
        format!("已读取 {records} 条记录，{problems} 处问题"),
    )?;
    console.json(&Answer::Verification(verification).to_value())?;
    console.finish()?;
    match is_good {
        true => Ok(()),
        false => Err(Stop::silent(exit::UNAVAILABLE)),
    }
}
