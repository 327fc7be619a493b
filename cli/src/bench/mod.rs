//! `notice bench`: how fast a board is on this machine.

mod figures;
mod place;
mod work;

use std::time::Duration;

use notice::Language;
use serde_json::json;

use self::figures::Figures;
use self::place::Place;
use self::work::WORKS;
use crate::common::{Output, count};
use crate::console::{Column, Console, Table};
use crate::exit::Outcome;

/// Measure how fast a board is on this machine: one in memory and one in a file, both its own and gone afterwards
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How long it may take
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600), default_value_t = 5)]
    seconds: u32,
    /// Announcements that are there already, at most 1000000
    #[arg(long, value_name = "COUNT", value_parser = some, default_value_t = 1000)]
    announcements: usize,
    #[command(flatten)]
    output: Output,
}

/// Most announcements that are put on a board first.
const MOST: usize = 1_000_000;

fn some(text: &str) -> Result<usize, String> {
    count(text).map(|count| count.min(MOST))
}

/// What one work on one board took.
struct Row {
    work: &'static str,
    board: &'static str,
    figures: Figures,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let console = arguments.output.console()?;
    let boards = 2;
    let share = u32::try_from(WORKS.len() * boards).unwrap_or(1);
    let each = Duration::from_secs(u64::from(arguments.seconds)) / share;
    let mut rows = Vec::new();
    let mut folder = String::new();
    for place in [Place::memory()?, Place::file()?] {
        work::fill(&*place.board, arguments.announcements)?;
        for work in WORKS {
            rows.push(Row {
                work: work.name,
                board: place.name,
                figures: work.measure(&*place.board, each)?,
            });
        }
        if let Some(path) = place.folder() {
            folder = path;
        }
    }
    write(&console, arguments, &rows, &folder)
}

fn write(console: &Console, arguments: &Arguments, rows: &[Row], folder: &str) -> Outcome {
    let word = |en, zh| console.word(en, zh);
    let mut table = Table::new([
        Column::new(word("WORK", "操作"), 0),
        Column::new(word("BOARD", "公告板"), 0),
        Column::number(word("PER SECOND", "每秒次数"), 0),
        Column::number(word("HALF WITHIN", "半数不超过"), 2),
        Column::number(word("99 % WITHIN", "99% 不超过"), 1),
    ]);
    for row in rows {
        table.row([
            work::title(console, row.work).into(),
            match row.board {
                "file" => word("in a file", "文件").into(),
                _ => word("in memory", "内存").into(),
            },
            figures::rounded(row.figures.rate).into(),
            figures::shown(row.figures.p50).into(),
            figures::shown(row.figures.p99).into(),
        ]);
    }
    console.table(&table)?;
    let count = arguments.announcements;
    let about = match console.language() {
        Language::En => format!(
            "{count} announcements each; one thread; every write to the file is on disk before the next begins ({folder})"
        ),
        Language::Zh => format!(
            "各有 {count} 条公告；单线程；写入文件的每次操作均落盘后才开始下一次（{folder}）"
        ),
    };
    console.line("")?;
    console.paragraph(&about, "")?;
    let all: Vec<_> = rows.iter().map(Row::to_json).collect();
    console.json(&json!({"announcements": count, "folder": folder, "figures": all}))?;
    console.finish()
}

impl Row {
    fn to_json(&self) -> serde_json::Value {
        let us = |time: Duration| time.as_secs_f64() * 1e6;
        json!({
            "work": self.work,
            "board": self.board,
            "count": self.figures.count,
            "per_second": self.figures.rate,
            "p50_us": us(self.figures.p50),
            "p99_us": us(self.figures.p99),
        })
    }
}
