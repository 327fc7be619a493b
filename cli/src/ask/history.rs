//! `notice history`: the former versions of an announcement.

use notice::wire::Answer;
use notice::{Announcement, Query};

use super::show;
use crate::common::Common;
use crate::console::{Cell, Column, Console, Look, Table};
use crate::exit::{self, Outcome, Stop};
use crate::reference;

/// List the versions of an announcement that were news, or show one of them
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// Show this version whole
    #[arg(long, value_name = "VERSION")]
    version: Option<u32>,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let board = session.reading()?;
    let id = reference::resolve(&*board, &arguments.which)?;
    let mut all = board.history(id)?;
    // The present one is the last of its history.
    let present = board.get(id, &Query::editor())?;
    all.extend(present.record().cloned());
    let Some(version) = arguments.version else {
        console.table(&table(console, &all))?;
        console.json(&Answer::History(all).to_value())?;
        return console.finish();
    };
    // A minor change is part of the version that was news before it.
    let holds = |one: &&Announcement| (one.notify_version()..=one.version()).contains(&version);
    let found = all.iter().find(holds).ok_or_else(|| {
        let known = all
            .iter()
            .map(|one| one.version().to_string())
            .collect::<Vec<_>>()
            .join(", ");
        Stop::new(
            exit::NOT_FOUND,
            format!("announcement {id} has no version {version} any more; there are {known}"),
            format!("公告 {id} 没有保留版本 {version}；现有版本 {known}"),
        )
    })?;
    show::of_editor(&session, found)?;
    console.json(&Answer::Record(Box::new(found.clone())).to_value())?;
    console.finish()
}

fn table(console: &Console, all: &[Announcement]) -> Table {
    let word = |en, zh| console.word(en, zh);
    let mut table = Table::new([
        Column::number(word("VERSION", "版本"), 0),
        Column::new(word("CHANGED", "修改时间"), 1),
        Column::new(word("STATE", "状态"), 2),
        Column::text(word("TITLE", "标题")),
    ]);
    for one in all {
        table.row([
            one.version().to_string().into(),
            console.times.brief(one.updated_at()).into(),
            Cell::new(show::state(console, one.state()), Look::Dim),
            one.text(one.default_index()).title.into(),
        ]);
    }
    table
}
