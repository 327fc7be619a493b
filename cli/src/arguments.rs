//! What can be typed.

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::{ping, serve};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
Start with:
  notice serve      in one terminal
  notice ping       in another one

Exit codes: 0 done, 1 not found, 2 wrong usage or configuration, 3 conflict, 4 unavailable";

/// Announcements (公告) for programs and people: runs the daemon of a board, and asks boards
#[derive(Debug, Parser)]
#[command(name = "notice", version, styles = STYLES, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    Serve(Box<serve::Arguments>),
    Ping(ping::Arguments),
}

/// Returns the description of the command line, from which manuals and completions are made.
pub fn command() -> clap::Command {
    Arguments::command()
}
