//! `notice search`: announcements by their words.

use notice::{Order, Phase, Query};

use super::list::Conditions;
use super::listing::{self, Aspect};
use crate::common::{Common, count};
use crate::exit::Outcome;
use crate::viewer::Asked;

/// Search titles, summaries, texts, tags and keys; the best match first
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to look for: words, "a phrase", -without
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Phase: active, scheduled, expired, retracted, draft or any
    #[arg(long, short, value_name = "PHASE", value_parser = Phase::from_name, default_value = "any")]
    phase: Phase,
    /// Search what a viewer sees, in place of everything; --as says who
    #[arg(long)]
    viewer: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    conditions: Conditions,
    /// Most announcements to list
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = count, default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.reading()?;
    let phase = if arguments.viewer {
        Phase::Active
    } else {
        arguments.phase
    };
    let mut filter = arguments.conditions.filter(phase);
    filter.q = arguments.words.join(" ");
    let viewer = arguments.asked.looking(&session.console)?;
    let query = match arguments.viewer {
        true => Query::new(viewer),
        false => Query::editor().viewer(viewer),
    };
    let query = query.filter(filter).order(Order::Relevance);
    listing::write(&session, &*board, &query, arguments.limit, Aspect::Search)?;
    session.console.finish()
}
