//! `notice watch`: what happens, as it happens.

use std::io::Write as _;
use std::process::{Command, Stdio};

use notice::wire::Answer;
use notice::{Board, ChangeEvent, ChangePage, ChangeQuery, ErrorKind, Query};
use serde_json::{Value, json};

use super::changes::{self, Position};
use super::sight::Sight;
use crate::common::Common;
use crate::console::Console;
use crate::exit::{self, Outcome, Stop};
use crate::viewer::Asked;

/// Tell what is published, updated, retracted and purged, as it happens, until it is interrupted
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Begin behind this revision, or EPOCH.REVISION, in place of now
    #[arg(long, value_name = "[EPOCH.]REVISION")]
    since: Option<Position>,
    /// Command to run for each event, by the shell
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// End after so many events
    #[arg(long, value_name = "COUNT")]
    count: Option<u64>,
    /// Only what concerns this viewer, in place of everything; --as says who
    #[arg(long)]
    viewer: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    common: Common,
}

const AFTER: &str = "\
The command of --exec has the event as JSON on its standard input, and in the environment NOTICE_EVENT (published,
updated, ...), NOTICE_ID, NOTICE_REVISION, NOTICE_TITLE, NOTICE_SEVERITY and NOTICE_POSITION, which --since takes.
A command that fails ends the watch with 4, so that the event can be handled again from its position.";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    console.stream()?;
    let mut sight = Sight::open(&session)?;
    let query = changes::query(console, arguments.viewer, &arguments.asked)?;
    let mut at = match arguments.since {
        Some(position) => position,
        None => sight.ask(now)?,
    };
    let mut left = arguments.count.unwrap_or(u64::MAX);
    while left > 0 {
        let page = match sight.ask(|board| next(board, at, &query))? {
            Some(page) => page,
            None => {
                at = sight.ask(|board| lost(console, board))?;
                continue;
            }
        };
        let values = values(&page);
        for (event, value) in page.events.iter().zip(values) {
            if left == 0 {
                break;
            }
            left -= 1;
            changes::line(console, event)?;
            console.json(&value)?;
            if let Some(command) = &arguments.exec {
                execute(command, event, page.epoch, &value.to_string())?;
            }
        }
        at = Position {
            epoch: Some(page.epoch),
            revision: page.to_revision,
        };
        if !page.more && left > 0 {
            sight.wait(at.revision)?;
        }
    }
    Ok(())
}

fn now(board: &dyn Board) -> Outcome<Position> {
    let head = board.head()?;
    Ok(Position {
        epoch: Some(head.epoch),
        revision: head.revision,
    })
}

/// Asks what has changed; None if that is not known any more.
fn next(board: &dyn Board, at: Position, query: &Query) -> Outcome<Option<ChangePage>> {
    let mut changes = ChangeQuery::since(at.revision, query.clone());
    changes.epoch = at.epoch;
    match board.changes(&changes) {
        Ok(page) => Ok(Some(page)),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Tells that events were missed, and begins again at the present.
fn lost(console: &Console, board: &dyn Board) -> Outcome<Position> {
    let at = now(board)?;
    console.tell(
        "events were missed: the board was replaced, or has forgotten them; list again",
        "有变化被错过：公告板已更换，或已不再保留这些变化；请重新列出",
    )?;
    let epoch = at.epoch.unwrap_or_default();
    console
        .json(&json!({"kind": "resync", "position": format!("{epoch:032x}.{}", at.revision)}))?;
    Ok(at)
}

/// The events as in docs/json.md, each with the position behind it.
fn values(page: &ChangePage) -> Vec<Value> {
    let value = Answer::ChangePage(page.clone()).to_value();
    let events = value
        .get("events")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let with_position = |(mut value, event): (Value, &ChangeEvent)| {
        if let Some(members) = value.as_object_mut() {
            let position = format!("{:032x}.{}", page.epoch, event.revision);
            members.insert("position".to_owned(), position.into());
        }
        value
    };
    events
        .into_iter()
        .zip(&page.events)
        .map(with_position)
        .collect()
}

fn execute(command: &str, event: &ChangeEvent, epoch: u128, json: &str) -> Outcome {
    let item = event.item.as_ref();
    let failed = |why: String| {
        let position = format!("{epoch:032x}.{}", event.revision - 1);
        Stop::new(
            exit::UNAVAILABLE,
            format!(
                "the command for #{}{why}; go on with --since {position}",
                event.id
            ),
            format!(
                "处理 #{} 的命令{why}；可用 --since {position} 继续",
                event.id
            ),
        )
    };
    let child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .env("NOTICE_EVENT", event.kind.name())
        .env("NOTICE_ID", event.id.to_string())
        .env("NOTICE_REVISION", event.revision.to_string())
        .env("NOTICE_TITLE", item.map_or("", |item| item.text().title))
        .env(
            "NOTICE_SEVERITY",
            item.map_or("", |item| item.severity().name()),
        )
        .env(
            "NOTICE_POSITION",
            format!("{epoch:032x}.{}", event.revision),
        )
        .stdin(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| failed(format!(" cannot be started: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        // A command may not read it.
        let _ = writeln!(input, "{json}");
    }
    let status = child
        .wait()
        .map_err(|error| failed(format!(" was lost: {error}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(failed(format!(" failed: {status}"))),
    }
}
