//! `notice update`: single members of an announcement.

use std::path::Path;

use notice::{Importance, Operation, Patch};
use serde_json::Value;

use super::drafting::Members;
use super::publish::finish;
use super::sources::Source;
use super::told;
use crate::common::Common;
use crate::exit::{self, Outcome, Stop};
use crate::reference;

/// Change members of an announcement; the others stay as they are
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// JSON merge patch (RFC 7396) of the members; `-` reads it from the standard input. Flags come first
    #[arg(long, value_name = "JSON")]
    patch: Option<String>,
    /// Whether the change is news, `major`, or not, `minor` [default: the board decides]
    #[arg(long, value_name = "CHANGE", value_parser = Importance::from_name)]
    change: Option<Importance>,
    /// Version that it must still have; otherwise somebody else has changed it
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
    /// Say what would be sent, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    common: Common,
}

const AFTER: &str = "\
Examples:
  notice update maintenance/june --ends +1h
  notice update 7 -t 'Maintenance tomorrow' --change major
  notice update 7 --patch '{\"pinned\": true, \"tags\": null}'";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let members = arguments.members.to_json(console)?;
    let source = match arguments.patch.as_deref() {
        Some("-") => Source::read(Path::new("-"))?,
        Some(text) => Source::new("<patch>", text),
        None => Source::of_flags("{}"),
    };
    let refused = |error: notice::Error| source.refused(console, &error);
    let Value::Object(mut patch) = notice::wire::parse(source.text.as_bytes()).map_err(refused)?
    else {
        return Err(Stop::new(
            exit::USAGE,
            "a patch must be an object",
            "补丁必须是对象",
        ));
    };
    patch.extend(members);
    if patch.is_empty() {
        return Err(Stop::new(
            exit::USAGE,
            "nothing to change: name members, such as --ends +1h, or use `notice edit`",
            "没有要更改的内容：请指定成员，例如 --ends +1h，或使用 `notice edit`",
        ));
    }
    let patch = Value::Object(patch);
    if arguments.dry_run {
        console.line(&format!("{patch:#}"))?;
        told::wanted(console, &patch)?;
        console.json(&patch)?;
        return console.finish();
    }
    let board = session.writing()?;
    let id = reference::resolve(&*board, &arguments.which)?;
    let update = Operation::Update {
        id,
        patch: Box::new(Patch::from_value(&patch).map_err(refused)?),
        if_version: arguments.if_version,
        change: arguments.change,
    };
    let published = board.apply_one(update).map_err(refused)?;
    let item = told::seen(console, &*board, id)?;
    told::one(console, published, item.text().title)?;
    told::times(console, &patch, &item)?;
    finish(&session, &*board)
}
