//! Commands in a viewer's name: read, dismiss, acknowledge, snooze.

use notice::wire::Answer;
use notice::{Board, ErrorKind, Mark, Query};

use super::publish::finish;
use crate::common::{Common, Session};
use crate::console::Console;
use crate::exit::{self, Outcome, Stop};
use crate::reference;
use crate::viewer::Asked;

/// Whose mark, and on what.
#[derive(Debug, clap::Args)]
pub(crate) struct Marked {
    /// Numbers or keys
    #[arg(value_name = "ANNOUNCEMENT", required = true)]
    which: Vec<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    common: Common,
}

/// Mark announcements as read, or all of them
#[derive(Debug, clap::Args)]
pub(crate) struct Read {
    /// Numbers or keys
    #[arg(value_name = "ANNOUNCEMENT", required_unless_present = "all")]
    which: Vec<String>,
    /// All that the viewer sees
    #[arg(long, conflicts_with = "which")]
    all: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    common: Common,
}

/// Dismiss announcements, as a viewer who closes them
#[derive(Debug, clap::Args)]
pub(crate) struct Dismiss {
    #[command(flatten)]
    marked: Marked,
}

/// Acknowledge announcements
#[derive(Debug, clap::Args)]
pub(crate) struct Acknowledge {
    #[command(flatten)]
    marked: Marked,
}

/// Put announcements off until later
#[derive(Debug, clap::Args)]
pub(crate) struct Snooze {
    #[command(flatten)]
    marked: Marked,
    /// Until when, such as +1h or "tomorrow 9:00"
    #[arg(long, value_name = "TIME")]
    until: String,
}

pub(crate) fn read(arguments: &Read) -> Outcome {
    let session = arguments.common.session()?;
    let viewer = arguments.asked.user(&session.console)?;
    let board = session.writing()?;
    if !arguments.all {
        let ids = reference::resolve_all(&*board, &arguments.which)?;
        let marked = board
            .mark(&viewer, &ids, Mark::Read)
            .map_err(|error| refused(&session.console, &error))?;
        return tell(&session, &*board, marked);
    }
    let revision = board.mark_all_read(&Query::new(viewer), None)?;
    session.console.tell(
        format!("read everything up to revision {revision}"),
        format!("截至修订号 {revision} 的公告均已标为已读"),
    )?;
    session
        .console
        .json(&Answer::Revision { revision }.to_value())?;
    finish(&session, &*board)
}

pub(crate) fn dismiss(arguments: &Dismiss) -> Outcome {
    arguments.marked.mark(Mark::Dismiss)
}

pub(crate) fn acknowledge(arguments: &Acknowledge) -> Outcome {
    arguments.marked.mark(Mark::Acknowledge)
}

pub(crate) fn snooze(arguments: &Snooze) -> Outcome {
    let marked = &arguments.marked;
    let session = marked.common.session()?;
    let times = &session.console.times;
    let viewer = marked.asked.user(&session.console)?;
    let until = times.milliseconds("--until", &arguments.until)?;
    if until <= jiff::Timestamp::now().as_millisecond() {
        let shown = times.show_ms(until);
        return Err(Stop::new(
            exit::USAGE,
            format!("--until: {shown} is past; write +1h or tomorrow 9:00, for example"),
            format!("--until：{shown} 已过；例如可写 1小时后 或 明天 9:00"),
        ));
    }
    let board = session.writing()?;
    let ids = reference::resolve_all(&*board, &marked.which)?;
    let count = board
        .snooze(&viewer, &ids, until)
        .map_err(|error| refused(&session.console, &error))?;
    let until = times.show_ms(until);
    session
        .console
        .tell(format!("put off until {until}"), format!("推迟至 {until}"))?;
    tell(&session, &*board, count)
}

impl Marked {
    fn mark(&self, mark: Mark) -> Outcome {
        let session = self.common.session()?;
        let viewer = self.asked.user(&session.console)?;
        let board = session.writing()?;
        let ids = reference::resolve_all(&*board, &self.which)?;
        let marked = board
            .mark(&viewer, &ids, mark)
            .map_err(|error| refused(&session.console, &error))?;
        tell(&session, &*board, marked)
    }
}

/// Only what a viewer sees can be marked, and the reason why it does not is elsewhere.
fn refused(console: &Console, error: &notice::Error) -> Stop {
    let stop = console.refused(error);
    match error.kind() {
        ErrorKind::NotFound => stop.with_hint(
            "a viewer marks only what it sees; `notice explain ANNOUNCEMENT --as ...` says why it does not see one",
            "读者只能标记自己能看到的公告；`notice explain 公告 --as ...` 可说明为何看不到",
        ),
        _ => stop,
    }
}

fn tell(session: &Session, board: &dyn Board, marked: u64) -> Outcome {
    session
        .console
        .tell(format!("marked {marked}"), format!("已标记 {marked} 条"))?;
    session
        .console
        .json(&Answer::Marked { marked }.to_value())?;
    finish(session, board)
}
