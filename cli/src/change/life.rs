//! Commands for what is there: retract, restore, release, purge, pin.

use notice::{Bilingual, Operation, Patch};

use super::publish::finish;
use super::told;
use crate::common::{Common, Session};
use crate::exit::Outcome;
use crate::reference;

/// Which announcement, and whether it is really meant.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// Version that it must still have; otherwise somebody else has changed it
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Take an announcement back: hidden at once from everybody; `notice restore` brings it back
#[derive(Debug, clap::Args)]
pub(crate) struct Retract {
    #[command(flatten)]
    which: Which,
    /// Why, for followers
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Publish a retracted announcement again, as news
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    which: Which,
}

/// Publish a draft
#[derive(Debug, clap::Args)]
pub(crate) struct Release {
    #[command(flatten)]
    which: Which,
}

/// Erase an announcement with its receipts; this cannot be undone
#[derive(Debug, clap::Args)]
pub(crate) struct Purge {
    #[command(flatten)]
    which: Which,
}

/// Keep an announcement at the top
#[derive(Debug, clap::Args)]
pub(crate) struct Pin {
    #[command(flatten)]
    which: Which,
    /// No longer
    #[arg(long)]
    off: bool,
}

pub(crate) fn retract(arguments: &Retract) -> Outcome {
    let reason = arguments.reason.clone();
    arguments
        .which
        .apply(None, |id, if_version| Operation::Retract {
            id,
            reason,
            if_version,
        })
}

pub(crate) fn restore(arguments: &Restore) -> Outcome {
    arguments
        .which
        .apply(None, |id, if_version| Operation::Restore { id, if_version })
}

pub(crate) fn release(arguments: &Release) -> Outcome {
    arguments
        .which
        .apply(None, |id, if_version| Operation::Release { id, if_version })
}

pub(crate) fn purge(arguments: &Purge) -> Outcome {
    let question = |id: i64, title: &str| {
        Bilingual::new(
            format!("Erase #{id} “{title}” with its receipts? This cannot be undone."),
            format!("清除 #{id}《{title}》及其回执？此操作无法撤销。"),
        )
    };
    arguments
        .which
        .apply(Some(&question), |id, _| Operation::Purge { id })
}

pub(crate) fn pin(arguments: &Pin) -> Outcome {
    let patch = Box::new(Patch::new().pinned(!arguments.off));
    arguments
        .which
        .apply(None, |id, if_version| Operation::Update {
            id,
            patch,
            if_version,
            change: None,
        })
}

type Question<'a> = &'a dyn Fn(i64, &str) -> Bilingual;

impl Which {
    /// Carries out an operation, after asking if there is a question.
    fn apply(
        &self,
        question: Option<Question<'_>>,
        operation: impl FnOnce(i64, Option<u32>) -> Operation,
    ) -> Outcome {
        let session = self.common.session()?;
        let board = match self.dry_run {
            true => session.reading()?,
            false => session.writing()?,
        };
        let id = reference::resolve(&*board, &self.which)?;
        let title = told::seen(&session.console, &*board, id)?
            .text()
            .title
            .to_owned();
        if self.dry_run {
            return would(&session, id, &title);
        }
        if let Some(question) = question
            && !session.console.confirm(&question(id, &title))?
        {
            return session
                .console
                .tell("Nothing was changed.", "未作任何更改。");
        }
        let published = board.apply_one(operation(id, self.if_version))?;
        told::one(&session.console, published, &title)?;
        finish(&session, &*board)
    }
}

fn would(session: &Session, id: i64, title: &str) -> Outcome {
    session.console.tell(
        format!("would change #{id}  {title}; nothing was changed"),
        format!("将更改 #{id}  {title}；未作任何更改"),
    )?;
    session
        .console
        .json(&serde_json::json!({"id": id, "dry_run": true}))?;
    session.console.finish()
}
