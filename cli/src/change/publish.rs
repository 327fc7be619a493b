//! `notice publish`: one announcement by flags, or any number from a file.

use std::path::PathBuf;

use notice::wire::Answer;
use notice::{Board, Draft, Lifecycle};
use serde_json::{Map, Value, json};

use super::check;
use super::drafting::Members;
use super::sources::Source;
use super::told;
use crate::common::{Common, Session};
use crate::console::Console;
use crate::exit::{self, Outcome, Stop};

/// Publish an announcement, or several of a file as one change: all or none
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// File with a draft or a list of drafts as JSON (docs/json.md); `-` is the standard input. Flags come first
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write it in an editor, from a template that explains every member
    #[arg(long, short, conflicts_with = "file")]
    edit: bool,
    /// Keep it from all viewers until `notice release`
    #[arg(long)]
    draft: bool,
    /// Publish it without being news: it counts as read
    #[arg(long)]
    quiet: bool,
    /// Publishing under a key that is there: whether the change is news, `major`, or not, `minor`
    #[arg(long, value_name = "CHANGE")]
    change: Option<String>,
    /// Name of this request: repeated under the same name, it is carried out once
    #[arg(long, value_name = "NAME")]
    idempotency_key: Option<String>,
    /// Check it and say what would happen, and publish nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    common: Common,
}

const AFTER: &str = "\
Examples:
  notice publish -t 'Maintenance tonight' --starts 'tomorrow 22:00' --ends +3d -s warning -k maintenance/june
  notice publish -t en='New terms' -t zh-CN=新条款 --require-ack -a plan=pro
  notice publish -f drafts.json --dry-run
  notice publish --edit";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let flags = arguments.flags(console)?;
    let has_texts = flags.contains_key("texts");
    let wants_editor = arguments.edit || (!has_texts && console.can_ask());
    let source = match &arguments.file {
        Some(file) => Source::read(file)?,
        None if wants_editor => return crate::edit::publish(&session, &flags, arguments.dry_run),
        None if !has_texts => {
            return Err(Stop::new(
                exit::USAGE,
                "there is nothing to publish: give a title (-t 'Hello'), a file (-f FILE), or write it with --edit",
                "没有要发布的内容：请给出标题（-t '你好'）或文件（-f 文件），或用 --edit 编写",
            ));
        }
        None => Source::of_flags(Value::Object(flags.clone()).to_string()),
    };
    let drafts = match arguments.file.is_some() && !flags.is_empty() {
        true => with_flags(&source, &flags, console)?,
        false => source.drafts(console)?,
    };
    send(&session, &source, &drafts, arguments.dry_run)
}

/// Publishes drafts, or says what would happen.
pub(crate) fn send(session: &Session, source: &Source, drafts: &[Draft], is_dry: bool) -> Outcome {
    let console = &session.console;
    if is_dry {
        let checkup = session.reading()?.check(drafts)?;
        return check::report(console, source, checkup);
    }
    let board = session.writing()?;
    let refused = |error: notice::Error| source.refused(console, &error);
    match drafts {
        [draft] if !source.is_list() => {
            let published = board.publish(draft).map_err(refused)?;
            told::drafts(session, &[published], drafts)?;
            console.json(&Answer::Published(published).to_value())?;
        }
        _ => {
            let published = board.publish_all(drafts).map_err(refused)?;
            told::drafts(session, &published, drafts)?;
            console.json(&Answer::Applied(published).to_value())?;
        }
    }
    finish(session, &*board)
}

/// Closes the board, so that what was acknowledged is in its file, and writes what was held back.
pub(crate) fn finish(session: &Session, board: &dyn Board) -> Outcome {
    board.close()?;
    session.console.finish()
}

/// Reads the drafts again, with what the flags say in place of what the file says.
fn with_flags(
    source: &Source,
    flags: &Map<String, Value>,
    console: &Console,
) -> Outcome<Vec<Draft>> {
    let refused = |error: notice::Error| source.refused(console, &error);
    let mut value = notice::wire::parse(source.text.as_bytes()).map_err(refused)?;
    let drafts: Vec<&mut Value> = match &mut value {
        Value::Array(list) => list.iter_mut().collect(),
        one => vec![one],
    };
    let read = drafts.into_iter().map(|draft| {
        let Some(members) = draft.as_object_mut() else {
            return Err(Stop::new(
                exit::USAGE,
                "a draft must be an object",
                "草稿必须是对象",
            ));
        };
        members.extend(flags.clone());
        Draft::from_value(draft).map_err(refused)
    });
    read.collect()
}

impl Arguments {
    /// The members that the flags state.
    fn flags(&self, console: &Console) -> Outcome<Map<String, Value>> {
        let mut flags = self.members.to_json(console)?;
        if self.draft {
            flags.insert("state".to_owned(), json!(Lifecycle::Draft.name()));
        }
        if self.quiet {
            flags.insert("quiet".to_owned(), json!(true));
        }
        for (member, text) in [
            ("change", &self.change),
            ("idempotency_key", &self.idempotency_key),
        ] {
            if let Some(text) = text {
                flags.insert(member.to_owned(), json!(text));
            }
        }
        Ok(flags)
    }
}
