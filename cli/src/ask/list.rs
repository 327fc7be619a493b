//! `notice list`: what an operator has on the board.

use notice::{Filter, Order, Phase, Query, Severity};

use super::listing::{self, Aspect};
use crate::common::{Common, count};
use crate::exit::Outcome;
use crate::viewer::Asked;

/// List announcements as an editor: active, scheduled, expired, retracted, drafts
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Phase: active, scheduled, expired, retracted, draft or any
    #[arg(long, short, value_name = "PHASE", value_parser = Phase::from_name, default_value = "any")]
    phase: Phase,
    #[command(flatten)]
    conditions: Conditions,
    /// Most announcements to list
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = count, default_value_t = 50)]
    limit: usize,
    /// Order: default, newest, ending or id
    #[arg(long, value_name = "ORDER", value_parser = Order::from_name)]
    order: Option<Order>,
    #[command(flatten)]
    common: Common,
}

/// Conditions on announcements.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Conditions")]
pub(crate) struct Conditions {
    /// Only of these channels
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    channel: Vec<String>,
    /// Only of these categories
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    category: Vec<String>,
    /// Only with one of these tags
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    tag: Vec<String>,
    /// Only as severe as this, or more
    #[arg(long, value_name = "SEVERITY", value_parser = Severity::from_name)]
    severity: Option<Severity>,
    /// Only pinned ones
    #[arg(long)]
    pinned: bool,
    /// Only by this author
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

impl Conditions {
    /// Returns the conditions, with a phase.
    pub(crate) fn filter(&self, phase: Phase) -> Filter {
        let mut filter = Filter::default();
        filter.channels = self.channel.clone();
        filter.categories = self.category.clone();
        filter.tags_any = self.tag.clone();
        filter.severity_at_least = self.severity;
        filter.pinned = self.pinned.then_some(true);
        filter.author = self.author.clone();
        filter.phase = phase;
        filter
    }
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.reading()?;
    let mut query = Query::editor()
        .viewer(Asked::default().looking(&session.console)?)
        .filter(arguments.conditions.filter(arguments.phase));
    if let Some(order) = arguments.order {
        query = query.order(order);
    }
    listing::write(&session, &*board, &query, arguments.limit, Aspect::Editor)?;
    session.console.finish()
}
