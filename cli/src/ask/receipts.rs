//! `notice receipts`: who has seen, read and acknowledged an announcement.

use std::fs;
use std::path::{Path, PathBuf};

use notice::wire::Answer;
use notice::{Board, ReceiptPage, ReceiptQuery, UserReceipt};

use crate::common::{Common, count, nothing};
use crate::console::{Cell, Column, Console, Look, Table};
use crate::exit::{self, Outcome, Stop};
use crate::reference;

/// Most users that are asked for at once.
const PAGE: u32 = 1000;

/// Show who has seen, read, dismissed and acknowledged an announcement, and who has not
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// Only who has read it
    #[arg(long, conflicts_with = "missing")]
    read: bool,
    /// Only who has acknowledged it
    #[arg(long, conflicts_with = "missing")]
    acknowledged: bool,
    /// Of the users in this file, one a line, those who have not acknowledged it; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    missing: Option<PathBuf>,
    /// Write comma-separated values (RFC 4180) in place of a table
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Most users to list [default: all]
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = count)]
    limit: Option<usize>,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let board = session.reading()?;
    let id = reference::resolve(&*board, &arguments.which)?;
    let mut page = match &arguments.missing {
        Some(file) => missing(&*board, id, &users(file)?)?,
        None => all(&*board, id, arguments)?,
    };
    page.receipts
        .truncate(arguments.limit.unwrap_or(usize::MAX));
    if arguments.csv {
        csv(console, &page.receipts)?;
    } else {
        if !page.receipts.is_empty() {
            console.table(&table(console, &page.receipts))?;
            console.line("")?;
        }
        summary(console, &page, arguments.missing.is_some())?;
    }
    let is_empty = page.receipts.is_empty();
    console.json(&Answer::ReceiptPage(page).to_value())?;
    console.finish()?;
    match is_empty {
        true => Err(nothing()),
        false => Ok(()),
    }
}

fn all(board: &dyn Board, id: i64, arguments: &Arguments) -> Outcome<ReceiptPage> {
    let mut query = ReceiptQuery::new(id).limit(PAGE);
    query.read_only = arguments.read;
    query.acknowledged_only = arguments.acknowledged;
    let mut all = board.receipts(&query)?;
    let enough = arguments.limit.unwrap_or(usize::MAX);
    while all.receipts.len() < enough
        && let Some(cursor) = all.next_cursor.take()
    {
        let next = board.receipts(&query.clone().cursor(cursor))?;
        all.receipts.extend(next.receipts);
        all.next_cursor = next.next_cursor;
    }
    Ok(all)
}

/// Of these users, those who have not acknowledged it.
fn missing(board: &dyn Board, id: i64, users: &[String]) -> Outcome<ReceiptPage> {
    let mut found: Option<ReceiptPage> = None;
    for some in users.chunks(PAGE as usize) {
        let query = ReceiptQuery::new(id).users(some.iter().cloned());
        let mut page = board.receipts(&query)?;
        page.receipts.retain(|one| !one.is_acknowledged);
        match &mut found {
            Some(all) => all.receipts.extend(page.receipts),
            None => found = Some(page),
        }
    }
    found.ok_or_else(|| Stop::new(exit::USAGE, "the list of users is empty", "用户列表为空"))
}

/// Reads a list of users, one a line.
fn users(file: &Path) -> Outcome<Vec<String>> {
    let text = match file.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()),
        false => fs::read_to_string(file),
    };
    let text = text.map_err(|error| Stop::of_file(file, &error))?;
    let users = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(users.map(str::to_owned).collect())
}

fn table(console: &Console, receipts: &[UserReceipt]) -> Table {
    let word = |en, zh| console.word(en, zh);
    let mut table = Table::new([
        Column::text(word("USER", "用户")),
        Column::number(word("SEEN", "展示"), 3),
        Column::new(word("READ", "已读"), 1),
        Column::new(word("DISMISSED", "已关闭"), 4),
        Column::new(word("ACKNOWLEDGED", "已确认"), 2),
    ]);
    let when = |at: Option<i64>| at.map(|at| console.times.brief(at)).unwrap_or_default();
    for one in receipts {
        let read = match (one.is_read, one.by_read_all) {
            (true, true) => word("with all", "全部已读").to_owned(),
            (true, false) => when(one.receipt.read_at()),
            (false, _) => String::new(),
        };
        let acknowledged = when(one.receipt.acknowledged_at());
        let look = if one.is_acknowledged {
            Look::Good
        } else {
            Look::Dim
        };
        table.row([
            one.user.as_str().into(),
            one.receipt.seen_count().to_string().into(),
            read.into(),
            when(one.receipt.dismissed_at()).into(),
            Cell::new(acknowledged, look),
        ]);
    }
    table
}

fn summary(console: &Console, page: &ReceiptPage, is_missing: bool) -> Outcome {
    let (read, acknowledged, count) = (page.read, page.acknowledged, page.receipts.len());
    match is_missing {
        true => console.tell(
            format!(
                "{count} of these users {} not acknowledged it.",
                have(count as u64)
            ),
            format!("名单中有 {count} 人尚未确认。"),
        ),
        false => console.tell(
            format!(
                "{read} {} read it, {acknowledged} {} acknowledged it.",
                have(read),
                have(acknowledged)
            ),
            format!("{read} 人已读，{acknowledged} 人已确认。"),
        ),
    }
}

fn have(count: u64) -> &'static str {
    match count {
        1 => "has",
        _ => "have",
    }
}

/// Writes RFC 4180, with times as RFC 3339 in UTC.
fn csv(console: &Console, receipts: &[UserReceipt]) -> Outcome {
    console.line("user,seen_count,read_at,dismissed_at,acknowledged_at")?;
    for one in receipts {
        let at = |ms: Option<i64>| ms.map(crate::times::utc).unwrap_or_default();
        let receipt = &one.receipt;
        let fields = [
            field(&one.user),
            receipt.seen_count().to_string(),
            at(receipt.read_at()),
            at(receipt.dismissed_at()),
            at(receipt.acknowledged_at()),
        ];
        console.line(&fields.join(","))?;
    }
    Ok(())
}

fn field(text: &str) -> String {
    // A spreadsheet takes these for the beginning of a formula.
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    match is_formula || text.contains(['"', ',', '\n', '\r']) {
        true => format!(
            "\"{}{}\"",
            if is_formula { "'" } else { "" },
            text.replace('"', "\"\"")
        ),
        false => text.to_owned(),
    }
}
