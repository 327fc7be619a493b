//! `notice active`: what a viewer should see now.

use notice::{Phase, Query};

use super::list::Conditions;
use super::listing::{self, Aspect};
use crate::common::{Common, count};
use crate::exit::Outcome;
use crate::viewer::Asked;

/// Show what a viewer should see now, as a program would
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    conditions: Conditions,
    /// Only what the viewer has not read
    #[arg(long)]
    unread: bool,
    /// Only what is to be shown to the viewer now
    #[arg(long)]
    pending: bool,
    /// Moment to ask for in place of now; editors may
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Most announcements to list
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = count, default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let mut viewer = arguments.asked.looking(&session.console)?;
    if let Some(at) = &arguments.at {
        let at = session.console.times.milliseconds("--at", at)?;
        let shown = session.console.times.show_ms(at);
        session
            .console
            .tell(format!("as of {shown}"), format!("截至 {shown}"))?;
        viewer = viewer.at(at);
    }
    let mut filter = arguments.conditions.filter(Phase::Active);
    filter.unread_only = arguments.unread;
    filter.pending_only = arguments.pending;
    let board = session.reading()?;
    let query = Query::new(viewer).filter(filter);
    listing::write(&session, &*board, &query, arguments.limit, Aspect::Viewer)?;
    session.console.finish()
}
