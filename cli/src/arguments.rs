//! What can be typed.

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::ask::{
    active, changes, explain, export, history, list, motd, receipts, search, show, stats, watch,
};
use crate::change::{check, import, init, life, mark, publish, update};
use crate::common::Speech;
use crate::console;
use crate::guide::{completions, help, man};
use crate::keep::{backup, compact, verify};
use notice::Language;

use crate::{bench, call, chinese, context, doctor, edit, ping, serve, terminal, token};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Longest line of the help.
const WIDEST: usize = 100;

const AFTER: &str = "\
Start with:
  notice init
  notice publish -t 'Hello'
  notice active

Or serve the board to other programs:
  notice serve

Learn about maintenance, audiences, versions, times or exit-codes with:
  notice help TOPIC";

/// Announcements (公告) for programs and people: runs the daemon of a board, and asks boards
#[derive(Debug, Parser)]
#[command(name = "notice", version, styles = STYLES, after_help = AFTER, max_term_width = WIDEST)]
#[command(bin_name = "notice", disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    speech: Speech,
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
    Doctor(doctor::Arguments),
    Bench(bench::Arguments),
    Call(call::Arguments),

    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

/// Returns the description of the command line, from which manuals and completions are made.
///
/// Its help is in the language of the messages.
pub fn command() -> clap::Command {
    let width = console::columns().unwrap_or(WIDEST).clamp(40, WIDEST);
    let command = match terminal::language() {
        Language::En => english(),
        Language::Zh => chinese::applied(english(), width),
    };
    // A test sets it, and so does a shell that says how wide its terminal is.
    match console::columns() {
        Some(_) => command.term_width(width),
        None => command,
    }
}

/// The same with its help in English.
pub(crate) fn english() -> clap::Command {
    Arguments::command()
}
