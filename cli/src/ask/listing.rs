//! Pages of announcements, as tables or as JSON.

use notice::wire::Answer;
use notice::{Board, Item, Lifecycle, Page, Query};

use crate::common::{Session, nothing};
use crate::console::{Cell, Column, Console, Look, Table};
use crate::exit::Outcome;

/// Most announcements of one page of a board.
const PAGE: u32 = 1000;

/// What the rows tell besides the announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// An operator looks at all of them.
    Editor,
    /// A viewer looks at what is there.
    Viewer,
    /// What matched a search.
    Search,
}

/// Asks for at most `limit` announcements and writes them. JSON has one page, as the answer to `query`, with as many items.
pub(crate) fn write(
    session: &Session,
    board: &dyn Board,
    query: &Query,
    limit: usize,
    aspect: Aspect,
) -> Outcome {
    let page = fetch(board, query, limit)?;
    let console = &session.console;
    if page.items.is_empty() {
        console.json(&Answer::Page(Box::new(page)).to_value())?;
        console.tell("Nothing.", "没有公告。")?;
        return Err(nothing());
    }
    console.table(&table(console, &page, aspect))?;
    let shown = page.items.len();
    let total = page
        .count
        .total
        .and_then(|total| usize::try_from(total).ok());
    if let Some(total) = total.filter(|total| *total > shown) {
        console.tell(
            format!("\n{shown} of {total}; --limit shows more"),
            format!("\n共 {total} 条，显示了 {shown} 条；可用 --limit 显示更多"),
        )?;
    }
    console.json(&Answer::Page(Box::new(page)).to_value())
}

/// Asks for several pages as for one.
fn fetch(board: &dyn Board, query: &Query, limit: usize) -> Outcome<Page> {
    let size = |left: usize| u32::try_from(left).unwrap_or(PAGE).clamp(1, PAGE);
    let mut query = query.clone().limit(size(limit));
    let mut all = board.query(&query)?;
    while all.items.len() < limit
        && let Some(cursor) = all.next_cursor.take()
    {
        query = query.cursor(cursor).limit(size(limit - all.items.len()));
        let next = board.query(&query)?;
        all.items.extend(next.items);
        all.next_cursor = next.next_cursor;
    }
    Ok(all)
}

fn table(console: &Console, page: &Page, aspect: Aspect) -> Table {
    let word = |en, zh| console.word(en, zh);
    let mut table = Table::new([
        Column::number(word("ID", "编号"), 0),
        Column::new(word("SEVERITY", "级别"), 3),
        Column::new(word("STATE", "状态"), 2),
        Column::text(word("TITLE", "标题")),
        Column::new(word("KEY", "键"), 6),
        Column::new(word("CHANNEL", "频道"), 7),
        Column::new(word("FROM", "开始"), 5),
        Column::new(word("UNTIL", "结束"), 4),
    ]);
    for item in &page.items {
        let severity = item.severity();
        let channel = if item.channel() == "default" {
            ""
        } else {
            item.channel()
        };
        table.row([
            item.id().to_string().into(),
            Cell::new(severity.name(), severity.into()),
            state(console, item, page.count.now, aspect),
            Cell::new(
                title(console, item),
                if item.is_read() && aspect != Aspect::Editor {
                    Look::Plain
                } else {
                    Look::Bold
                },
            ),
            item.key().into(),
            channel.into(),
            day(
                console,
                Some(item.starts_at()).filter(|_| aspect == Aspect::Editor),
            )
            .into(),
            day(console, item.ends_at()).into(),
        ]);
        let found = item.found().filter(|_| aspect == Aspect::Search);
        // Where only the title matches, it is its own snippet.
        if let Some(found) = found.filter(|found| found.snippet.text != item.text().title) {
            table.row([
                "".into(),
                "".into(),
                "".into(),
                Cell::new(&found.snippet.text, Look::Dim),
            ]);
        }
    }
    table
}

/// The title, with what an operator or a viewer should see first.
fn title(console: &Console, item: &Item) -> String {
    // A word: many terminals have no picture for it, and count its columns in different ways.
    let pin = match item.pinned() {
        true => console.word("pinned: ", "置顶："),
        false => "",
    };
    format!("{pin}{}", item.text().title)
}

/// What is to be said about an announcement at the moment of the answer.
fn state(console: &Console, item: &Item, now: i64, aspect: Aspect) -> Cell {
    let word = |en: &'static str, zh: &'static str, look| Cell::new(console.word(en, zh), look);
    if aspect != Aspect::Editor {
        return match () {
            () if item.is_pending() && item.require_ack() => {
                word("to acknowledge", "待确认", Look::Warn)
            }
            () if item.snoozed_until().is_some_and(|until| until > now) => {
                word("snoozed", "稍后提醒", Look::Dim)
            }
            () if !item.is_read() => word("unread", "未读", Look::Good),
            () => word("read", "已读", Look::Dim),
        };
    }
    match item.state() {
        Lifecycle::Draft => word("draft", "草稿", Look::Dim),
        Lifecycle::Retracted => word("retracted", "已撤回", Look::Dim),
        Lifecycle::Published if item.starts_at() > now => word("scheduled", "待发布", Look::Warn),
        Lifecycle::Published if item.ends_at().is_some_and(|end| end <= now) => {
            word("expired", "已结束", Look::Dim)
        }
        Lifecycle::Published => word("active", "生效中", Look::Good),
        other => Cell::new(other.name(), Look::Plain),
    }
}

/// A time to the minute in the operator's zone, or nothing.
fn day(console: &Console, ms: Option<i64>) -> String {
    let known = ms.filter(|ms| *ms > 0);
    known.map(|ms| console.times.brief(ms)).unwrap_or_default()
}
