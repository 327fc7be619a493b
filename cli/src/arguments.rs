//! What can be typed.

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::ask::{
    active, changes, explain, export, history, list, motd, receipts, search, show, stats, watch,
};
use crate::change::{check, import, init, life, mark, publish, update};
use crate::keep::{backup, compact, verify};
use crate::{context, edit, ping, serve, token};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
Start with:
  notice init
  notice publish -t 'Hello'
  notice active

Or serve the board to other programs:
  notice serve

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
    Init(init::Arguments),
    Publish(Box<publish::Arguments>),
    Edit(edit::Arguments),
    Update(Box<update::Arguments>),
    Check(check::Arguments),
    Retract(life::Retract),
    Restore(life::Restore),
    Release(life::Release),
    Purge(life::Purge),
    Pin(life::Pin),

    List(list::Arguments),
    Show(show::Arguments),
    Active(active::Arguments),
    Search(search::Arguments),
    Explain(explain::Arguments),
    History(history::Arguments),
    Receipts(receipts::Arguments),
    Changes(changes::Arguments),
    Watch(watch::Arguments),
    Motd(motd::Arguments),
    Stats(stats::Arguments),

    Read(mark::Read),
    Dismiss(mark::Dismiss),
    #[command(visible_alias = "ack")]
    Acknowledge(mark::Acknowledge),
    Snooze(mark::Snooze),

    Export(export::Arguments),
    Import(import::Arguments),
    Backup(backup::Backup),
    RestoreBackup(backup::Restore),
    Compact(compact::Arguments),
    Verify(verify::Arguments),

    Context(context::Arguments),
    Serve(Box<serve::Arguments>),
    Ping(ping::Arguments),
    Token(token::Arguments),
}

/// Returns the description of the command line, from which manuals and completions are made.
pub fn command() -> clap::Command {
    Arguments::command()
}
