//! Prints the board that a reader sees: `cargo run --example board -- examples/announcements.jsonl en`

#![allow(clippy::print_stdout, reason = "the output is the point of it")]

use std::error::Error;

use jiff::{Timestamp, tz};
use notice::{Draft, Filter, Item, Phase, Query, Viewer};
use textwrap::core::display_width;

/// 18 June 2026, 10:00 in Shanghai: the same instant every day, so that the board is the same too.
const NOW: i64 = 1_781_748_000_000;
const WIDTH: usize = 80;

/// A viewer, and the words and the clock in which the board is shown.
struct Reader {
    viewer: Viewer,
    hours_from_utc: i8,
    heading: &'static str,
    time_format: &'static str,
    severities: [&'static str; 5],
    gutter: usize,
    pinned: &'static str,
    when: &'static str,
    shown: &'static str,
    total: &'static str,
    next_change: &'static str,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, reader] = arguments.as_slice() else {
        return Err("usage: board FILE zh|en".into());
    };
    let reader = match reader.as_str() {
        "zh" => accountant()?,
        "en" => operator()?,
        other => return Err(format!("{other:?}: the readers are zh and en").into()),
    };

    let board = notice::open("mem:")?;
    for line in std::fs::read_to_string(file)?.lines() {
        board.publish(&Draft::from_json(line.as_bytes())?)?;
    }

    // A price was wrong: an editor finds the announcement by its key and takes it back.
    let mut wrong = Filter::default();
    wrong.channels.push("shop".into());
    wrong.keys.push("promo/618-wrong-price".into());
    wrong.phase = Phase::Any;
    for item in board.query(&Query::editor().filter(wrong))?.items {
        board.retract(item.id(), "the price was wrong")?;
    }

    let page = board.query(&Query::new(reader.viewer.clone().at(NOW)))?;
    let now = format!("{}, UTC{:+}", reader.time(NOW)?, reader.hours_from_utc);
    let rule = WIDTH.saturating_sub(8 + display_width(reader.heading) + display_width(&now));
    println!("── {} {} {now} ──\n", reader.heading, "─".repeat(rule));
    for item in &page.items {
        print_item(item, &reader)?;
    }
    println!("{}", "─".repeat(WIDTH));
    print!(
        " {}",
        reader
            .total
            .replace("{}", &page.count.total.unwrap_or_default().to_string())
    );
    if let Some(next) = page.count.next_change_at {
        let time = reader.time(next)?;
        print!("{}", reader.next_change.replace("{}", &time));
    }
    println!();
    Ok(())
}

/// Prints an announcement: its severity and its pin in the gutter, the text beside them.
fn print_item(item: &Item, reader: &Reader) -> Result<(), jiff::Error> {
    let (announcement, text) = (&item, item.text());
    let mut times = Vec::new();
    let event = (announcement.event_from(), announcement.event_to());
    if event != (None, None) {
        times.push(reader.span(reader.when, event)?);
    }
    let visible = (Some(announcement.starts_at()), announcement.ends_at());
    times.push(reader.span(reader.shown, visible)?);

    let severity = reader.severities.get(announcement.severity() as usize);
    let pin = announcement.pinned().then_some(reader.pinned);
    let mut marks = [severity.copied(), pin].into_iter().flatten();
    for paragraph in [text.title, text.summary, &times.join("   ")] {
        for line in textwrap::wrap(paragraph, WIDTH.saturating_sub(reader.gutter)) {
            let mark = marks.next().unwrap_or_default();
            let blanks = reader.gutter.saturating_sub(1 + display_width(mark));
            println!(" {mark}{:blanks$}{line}", "");
        }
    }
    println!();
    Ok(())
}

impl Reader {
    /// A time as the reader's clock shows it.
    fn time(&self, ms: i64) -> Result<String, jiff::Error> {
        let zone = tz::TimeZone::fixed(tz::offset(self.hours_from_utc));
        let time = Timestamp::from_millisecond(ms)?.to_zoned(zone);
        Ok(time.strftime(self.time_format).to_string())
    }

    /// "label start – end"; an end on the day of the start is only a time of day, 0 is no time.
    fn span(
        &self,
        label: &str,
        (from, until): (Option<i64>, Option<i64>),
    ) -> Result<String, jiff::Error> {
        let mut span = label.to_owned();
        let start = from.map(|from| self.time(from)).transpose()?;
        if let Some(start) = &start {
            span = format!("{span} {start}");
        }
        span.push_str(" –");
        if let Some(until) = until {
            let end = self.time(until)?;
            let day = start.as_deref().and_then(|start| start.rsplit_once(' '));
            let rest = day.and_then(|(day, _)| end.strip_prefix(day));
            span = format!("{span} {}", rest.map_or(end.as_str(), str::trim_start));
        }
        Ok(span)
    }
}

fn accountant() -> notice::Result<Reader> {
    let viewer = Viewer::new("zhang.wei").locales(["zh-CN"]);
    Ok(Reader {
        viewer: viewer
            .with("role", "accountant")
            .with("platform", "windows")
            .with("app", "ledger")
            .with("app_version", "8.1.2")
            .with("area", "cn-east"),
        hours_from_utc: 8,
        heading: "zhang.wei 的公告",
        time_format: "%m-%d %H:%M",
        severities: ["", "消息", "提醒", "警告", "紧急"],
        gutter: 7,
        pinned: "置顶",
        when: "时间",
        shown: "有效期",
        total: "公告共 {} 条",
        next_change: "，下次变化：{}",
    })
}

fn operator() -> notice::Result<Reader> {
    let viewer = Viewer::new("m.keller").locales(["en"]);
    Ok(Reader {
        viewer: viewer
            .with("role", "operator")
            .with("role", "admin")
            .with("platform", "linux")
            .with("app", "console")
            .with("app_version", "3.4.0")
            .with("area", "eu-central"),
        hours_from_utc: 2,
        heading: "Announcements for m.keller",
        time_format: "%d %b %H:%M",
        severities: ["", "info", "notice", "warning", "critical"],
        gutter: 11,
        pinned: "pinned",
        when: "when",
        shown: "shown",
        total: "Announcements: {}",
        next_change: ", next change: {}",
    })
}
