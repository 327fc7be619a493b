//! Writing announcements in an editor: `notice publish --edit`, `notice edit`.

mod changes;
mod editor;
mod template;

use notice::{Announcement, Board, Draft, ErrorKind, Importance, Operation, Patch, Query};
use serde_json::{Map, Value};

use self::changes::Changes;
use self::editor::Sheet;
use self::template::Template;
use crate::change::publish::{self, finish};
use crate::change::sources::Source;
use crate::change::told;
use crate::common::{Common, Session};
use crate::exit::{self, Outcome, Stop};
use crate::reference;

/// Change an announcement in an editor; shows what changed, and asks whether it is news
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// Whether the change is news, `major`, or not, `minor`, in place of being asked
    #[arg(long, value_name = "CHANGE", value_parser = Importance::from_name)]
    change: Option<Importance>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Publishes an announcement that is written in an editor, beginning with what flags state.
pub(crate) fn publish(session: &Session, flags: &Map<String, Value>, is_dry: bool) -> Outcome {
    let template = Template::new(&session.console);
    let mut sheet = Sheet::new(template.fill(flags, &[]))?;
    loop {
        sheet.edit()?;
        if sheet.is_blank() {
            sheet.forget();
            return session
                .console
                .tell("Nothing was published.", "未发布任何公告。");
        }
        let read = template.read(sheet.text()).and_then(|members| {
            let value = Value::Object(members);
            let draft = Draft::from_value(&value)
                .map_err(|error| template.refused(sheet.text(), &error))?;
            let source = Source::of_flags(value.to_string());
            publish::send(session, &source, &[draft], is_dry)
                .map_err(|stop| template.pointed(sheet.text(), stop))
        });
        match read {
            Ok(()) => {
                sheet.forget();
                return Ok(());
            }
            Err(stop) => sheet.again(session, stop)?,
        }
    }
}

/// Runs `notice edit`.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let template = Template::new(console);
    // Nobody else waits while a person writes: the board is open only to read and to write.
    let mut former = {
        let board = session.reading()?;
        let id = reference::resolve(&*board, &arguments.which)?;
        record(&*board, id)?
    };
    let mut base = template.members(&former)?;
    let mut sheet = Sheet::new(template.fill(&base, &[]))?;
    loop {
        sheet.edit()?;
        if sheet.is_blank() {
            sheet.forget();
            return console.tell("Nothing was changed.", "未作任何更改。");
        }
        let written = match template.read(sheet.text()).and_then(|written| {
            let draft = Draft::from_value(&Value::Object(written.clone()));
            match draft {
                Ok(_) => Ok(written),
                Err(error) => Err(template.refused(sheet.text(), &error)),
            }
        }) {
            Ok(written) => written,
            Err(stop) => {
                sheet.again(&session, stop)?;
                continue;
            }
        };
        let changes = Changes::between(&base, &written);
        if changes.is_empty() {
            sheet.forget();
            return console.tell("Nothing was changed.", "未作任何更改。");
        }
        changes.show(console, &template)?;
        if arguments.dry_run {
            sheet.forget();
            console.json(changes.patch())?;
            return console.finish();
        }
        match send(&session, arguments, &template, &former, &changes) {
            Ok(()) => {
                sheet.forget();
                return Ok(());
            }
            Err(Refused::GivenUp) => {
                let name = sheet.name();
                return console.tell(
                    format!("Nothing was changed; what you wrote is kept in {name}"),
                    format!("未作任何更改；您所写的内容保存在 {name}"),
                );
            }
            Err(Refused::Other(stop)) => {
                sheet.again(&session, template.pointed(sheet.text(), stop))?;
            }
            Err(Refused::Changed(now)) => {
                // Both have changed the same members: the writer sees what the other one wrote, and decides.
                let now_members = template.members(&now)?;
                let theirs = Changes::between(&base, &now_members);
                let merged = changes.applied(&now_members);
                sheet.replace(template.fill(&merged, &theirs.told(console, &template)))?;
                console.note(&notice::Bilingual::new(
                    format!(
                        "somebody else has changed #{} meanwhile; look at both",
                        now.id()
                    ),
                    format!("#{} 已被他人修改；请对照两者", now.id()),
                ))?;
                (former, base) = (*now, now_members);
            }
        }
    }
}

/// Why changes were not made.
enum Refused {
    /// Somebody else has changed the same members.
    Changed(Box<Announcement>),
    /// The writer has left the question open whether they are news.
    GivenUp,
    Other(Stop),
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        Self::Other(stop)
    }
}

impl From<notice::Error> for Refused {
    fn from(error: notice::Error) -> Self {
        Self::Other(error.into())
    }
}

/// Sends changes. What somebody else has changed meanwhile is kept if it is something else.
fn send(
    session: &Session,
    arguments: &Arguments,
    template: &Template,
    former: &Announcement,
    changes: &Changes,
) -> Result<(), Refused> {
    let console = &session.console;
    let importance = match arguments.change {
        None if console.can_ask() => changes.ask(console)?.ok_or(Refused::GivenUp)?,
        stated => stated,
    };
    let board = session.writing()?;
    let mut version = former.version();
    loop {
        let update = Operation::Update {
            id: former.id(),
            patch: Box::new(Patch::from_value(changes.patch())?),
            if_version: Some(version),
            change: importance,
        };
        match board.apply_one(update) {
            Ok(published) => {
                let now = told::seen(console, &*board, former.id())?;
                told::one(console, published, now.text().title)?;
                return Ok(finish(session, &*board)?);
            }
            Err(error) if error.kind() == ErrorKind::VersionConflict => {
                let now = record(&*board, former.id())?;
                let theirs = Changes::between(&template.members(former)?, &template.members(&now)?);
                if theirs.touches(changes) {
                    board.close()?;
                    return Err(Refused::Changed(Box::new(now)));
                }
                version = now.version();
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn record(board: &dyn Board, id: i64) -> Outcome<Announcement> {
    let item = board.get(id, &Query::editor())?;
    item.record().cloned().ok_or_else(|| {
        Stop::new(
            exit::USAGE,
            "only an editor can read an announcement whole",
            "只有编辑者才能读取完整公告",
        )
    })
}
