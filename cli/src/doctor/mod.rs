//! `notice doctor`: what is wrong with a board or a daemon, and what to do.

pub(crate) mod certificate;
mod content;
mod daemon;
mod file;
mod finding;
mod machine;

use notice::BoardUrl;
use serde_json::json;

use self::finding::{Findings, Level};
use crate::board::{Need, Target};
use crate::common::Common;
use crate::console::Console;
use crate::exit::{self, Outcome, Stop};

/// Find out what is wrong with a board or a daemon, and what to do about it; nothing is changed
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

const AFTER: &str = "\
✓ is in order, ! should be looked at, ✗ is broken. It exits with 0 only when everything is in order, with 1 when
something should be looked at, and with 4 when something is broken.";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let console = arguments.common.console()?;
    let mut findings = Findings::default();
    machine::clock(&mut findings);
    match arguments.common.target() {
        Ok(target) => examine(&target, &console, &mut findings),
        Err(stop) => findings.stopped("board", &stop),
    }
    report(&console, &findings)
}

/// Looks at the board from the outside, then at what is in it.
fn examine(target: &Target, console: &Console, findings: &mut Findings) {
    let url = match BoardUrl::parse(&target.url) {
        Ok(url) if is_known(&url) => url,
        Ok(_) | Err(_) => {
            // It says which ones there are.
            if let Err(stop) = target.open(Need::Read) {
                findings.stopped("url", &stop);
            }
            return;
        }
    };
    let (name, why) = (&target.url, target.why());
    findings.good(
        "url",
        format!("{name}, {}", why.en),
        format!("{name}，{}", why.zh),
    );
    if let Some(file) = &target.token_file {
        machine::secret(findings, "token", file);
    }
    let opened = match url.scheme() {
        "file" => file::examine(target, &url, findings),
        "mem" => Some(target.open(Need::Read)).and_then(Result::ok),
        _ => daemon::examine(target, &url, console, findings),
    };
    if let Some(board) = opened {
        content::examine(&board, &url, console, findings);
        // It was only read.
        let _ = board.close();
    }
}

fn is_known(url: &BoardUrl) -> bool {
    notice::schemes()
        .iter()
        .any(|scheme| scheme.name == url.scheme())
}

fn report(console: &Console, findings: &Findings) -> Outcome {
    for one in &findings.0 {
        one.write(console)?;
    }
    let count = |level| {
        let of_level = findings.0.iter().filter(|one| one.level == level);
        of_level.count()
    };
    let (warned, broken) = (count(Level::Warn), count(Level::Bad));
    console.line("")?;
    match warned + broken {
        0 => console.tell("Everything is in order.", "一切正常。")?,
        _ => console.tell(
            format!("Broken: {broken}. To be looked at: {warned}."),
            format!("故障 {broken} 处，应留意 {warned} 处。"),
        )?,
    }
    let all: Vec<_> = findings.0.iter().map(finding::Finding::to_json).collect();
    console.json(&json!({"good": warned + broken == 0, "findings": all}))?;
    console.finish()?;
    match (broken, warned) {
        (0, 0) => Ok(()),
        (0, _) => Err(Stop::silent(exit::NOT_FOUND)),
        _ => Err(Stop::silent(exit::UNAVAILABLE)),
    }
}
