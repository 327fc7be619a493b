//! `notice changes`: what has happened since a revision.

use notice::wire::Answer;
use notice::{ChangeEvent, ChangeKind, ChangeQuery, Filter, Item, Lifecycle, Phase, Query};

use crate::common::{Common, nothing};
use crate::console::{Console, Look};
use crate::exit::{self, Outcome, Stop};
use crate::viewer::Asked;

/// List what was published, updated, retracted and purged since a revision
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Revision to begin behind, or EPOCH.REVISION as this command and `watch` write it
    #[arg(long, value_name = "[EPOCH.]REVISION", default_value = "0")]
    since: Position,
    /// Only what concerns this viewer, in place of everything; --as says who
    #[arg(long)]
    viewer: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    common: Common,
}

/// A place in the history of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The board, if it was stated.
    pub(crate) epoch: Option<u128>,
    pub(crate) revision: i64,
}

impl std::str::FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (epoch, revision) = match text.rsplit_once('.') {
            Some((epoch, revision)) => (Some(epoch), revision),
            None => (None, text),
        };
        let wrong = || format!("{text:?} is neither REVISION nor EPOCH.REVISION, such as 17");
        let epoch = epoch
            .map(|epoch| u128::from_str_radix(epoch, 16))
            .transpose();
        Ok(Self {
            epoch: epoch.map_err(|_| wrong())?,
            revision: revision
                .parse()
                .ok()
                .filter(|revision| *revision >= 0)
                .ok_or_else(wrong)?,
        })
    }
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let board = session.reading()?;
    let query = query(console, arguments.viewer, &arguments.asked)?;
    let mut since = arguments.since;
    let mut is_any = false;
    loop {
        let mut changes = ChangeQuery::since(since.revision, query.clone());
        changes.epoch = since.epoch;
        let page = board.changes(&changes)?;
        is_any |= !page.events.is_empty();
        for event in &page.events {
            line(console, event)?;
        }
        let (epoch, to, more) = (page.epoch, page.to_revision, page.more);
        console.json(&Answer::ChangePage(page).to_value())?;
        if !more {
            let place = format!("{epoch:032x}.{to}");
            console.tell(format!("up to {place}"), format!("截至 {place}"))?;
            break;
        }
        since = Position {
            epoch: Some(epoch),
            revision: to,
        };
    }
    console.finish()?;
    match is_any {
        true => Ok(()),
        false => Err(nothing()),
    }
}

/// Returns the question whose answer the changes are of.
pub(crate) fn query(console: &Console, is_viewer: bool, asked: &Asked) -> Outcome<Query> {
    let viewer = asked.looking(console)?;
    match is_viewer {
        true => Ok(Query::new(viewer)),
        false if *asked == Asked::default() => Ok(everything().viewer(viewer)),
        false => Err(Stop::new(
            exit::USAGE,
            "--as and --locale say who a viewer is; add --viewer to see what concerns it",
            "--as 和 --locale 用于指定读者；请加上 --viewer 以只看与其有关的变化",
        )),
    }
}

/// What an operator follows: also what is scheduled, retracted and over.
fn everything() -> Query {
    let mut filter = Filter::default();
    filter.phase = Phase::Any;
    Query::editor().filter(filter)
}

/// Writes what happened, on a line.
pub(crate) fn line(console: &Console, event: &ChangeEvent) -> Outcome {
    let is_draft = |item: &Item| item.state() == Lifecycle::Draft;
    let (name, look) = match event.kind {
        // It was made or changed, and nobody has seen it.
        ChangeKind::UpdatedMinor if event.item.as_ref().is_some_and(is_draft) => {
            (console.word("draft", "草稿"), Look::Dim)
        }
        ChangeKind::Published => (console.word("published", "发布"), Look::Good),
        ChangeKind::Updated => (console.word("updated", "更新"), Look::Warn),
        ChangeKind::UpdatedMinor => (console.word("corrected", "更正"), Look::Dim),
        ChangeKind::Retracted => (console.word("retracted", "撤回"), Look::Bad),
        ChangeKind::Purged => (console.word("purged", "清除"), Look::Bad),
        _ => (event.kind.name(), Look::Plain),
    };
    let title = event.item.as_ref().map(|item| item.text().title.to_owned());
    let reason = match event.reason.is_empty() {
        true => String::new(),
        false => format!(" ({})", event.reason),
    };
    let name = console.paint.text(look, name);
    let (revision, id) = (event.revision, event.id);
    console.paragraph(
        &format!(
            "{revision}  {name}  #{id}  {}{reason}",
            title.unwrap_or_default()
        ),
        "    ",
    )
}
