//! `notice show`: one announcement, whole.

use notice::wire::Answer;
use notice::{Announcement, Item, Lifecycle, Query};

use crate::audience;
use crate::common::{Common, Session};
use crate::console::{Console, Look};
use crate::exit::Outcome;
use crate::reference;
use crate::viewer::Asked;

/// Show an announcement whole: as an editor, or as a viewer with --viewer
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Its number, or its key
    #[arg(value_name = "ANNOUNCEMENT")]
    which: String,
    /// Show it as a viewer sees it; --as says who
    #[arg(long)]
    viewer: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.reading()?;
    let id = match arguments.viewer {
        // A viewer cannot look up what it cannot see.
        true => arguments
            .which
            .parse()
            .or_else(|_| reference::resolve(&*board, &arguments.which))?,
        false => reference::resolve(&*board, &arguments.which)?,
    };
    let viewer = arguments.asked.looking(&session.console)?;
    if arguments.viewer {
        let item = board.get(id, &Query::new(viewer))?;
        of_viewer(&session.console, &item)?;
        session
            .console
            .json(&Answer::Item(Box::new(item)).to_value())?;
    } else {
        let item = board.get(id, &Query::editor().viewer(viewer))?;
        if let Some(record) = item.record() {
            of_editor(&session, record)?;
            session
                .console
                .json(&Answer::Record(Box::new(record.clone())).to_value())?;
        }
    }
    session.console.finish()
}

/// Writes what a viewer sees.
pub(crate) fn of_viewer(console: &Console, item: &Item) -> Outcome {
    let text = item.text();
    console.paragraph(&console.paint.text(Look::Bold, text.title), "")?;
    let about = format!("{} · {}", item.severity().name(), item.locale_used());
    console.line(&console.paint.text(Look::Dim, about))?;
    for part in [text.summary, text.body] {
        paragraph(console, part)?;
    }
    for action in item.actions() {
        console.line("")?;
        console.paragraph(&format!("→ {}: {}", action.label, action.value), "  ")?;
    }
    Ok(())
}

/// Writes everything of an announcement.
pub(crate) fn of_editor(session: &Session, record: &Announcement) -> Outcome {
    let console = &session.console;
    let first = record.text(record.default_index());
    let title = format!("#{}  {}", record.id(), first.title);
    console.paragraph(&console.paint.text(Look::Bold, title), "    ")?;
    facts(console, record)?;
    for (index, text) in record.texts().enumerate() {
        let locale = text.locale;
        let mark = if index == record.default_index() {
            "*"
        } else {
            ""
        };
        console.line("")?;
        let title = format!("[{locale}{mark}] {}", text.title);
        console.paragraph(&console.paint.text(Look::Dim, title), "  ")?;
        for part in [text.summary, text.body] {
            paragraph(console, part)?;
        }
    }
    Ok(())
}

/// The name of a state.
pub(super) fn state(console: &Console, state: Lifecycle) -> &str {
    match state {
        Lifecycle::Draft => console.word("draft", "草稿"),
        Lifecycle::Published => console.word("published", "已发布"),
        Lifecycle::Retracted => console.word("retracted", "已撤回"),
        other => other.name(),
    }
}

/// Writes the members that are set, a line each.
fn facts(console: &Console, record: &Announcement) -> Outcome {
    let time = |ms: i64| console.times.show_ms(ms);
    let some = |ms: Option<i64>| ms.map(time).unwrap_or_default();
    let version = match record.version() == record.notify_version() {
        true => record.version().to_string(),
        false => format!(
            "{} ({} {})",
            record.version(),
            console.word("news:", "最近提醒："),
            record.notify_version()
        ),
    };
    let event = match (record.event_from(), record.event_to()) {
        (None, None) => String::new(),
        (from, to) => format!("{} … {}", some(from), some(to)),
    };
    let tags: Vec<&str> = record.tags().collect();
    let flags: Vec<&str> = [
        (record.pinned(), console.word("pinned", "置顶")),
        (
            record.require_ack(),
            console.word("must be acknowledged", "须确认"),
        ),
        (
            !record.dismissible(),
            console.word("cannot be dismissed", "不可关闭"),
        ),
        (record.quiet(), console.word("quiet", "静默")),
    ]
    .into_iter()
    .filter_map(|(is_set, name)| is_set.then_some(name))
    .collect();
    let everyone = console.word("everyone", "所有人").to_owned();
    let audience = Some(audience::shown(record.audience())).filter(|text| !text.is_empty());
    let rows = [
        (
            console.word("state", "状态"),
            state(console, record.state()).to_owned(),
        ),
        (console.word("version", "版本"), version),
        (
            console.word("severity", "级别"),
            record.severity().name().to_owned(),
        ),
        (console.word("key", "键"), record.key().to_owned()),
        (console.word("channel", "频道"), record.channel().to_owned()),
        (console.word("starts", "开始"), time(record.starts_at())),
        (console.word("ends", "结束"), some(record.ends_at())),
        (console.word("event", "事件时间"), event),
        (
            console.word("audience", "受众"),
            audience.unwrap_or(everyone),
        ),
        (
            console.word("category", "分类"),
            record.category().to_owned(),
        ),
        (console.word("tags", "标签"), tags.join(", ")),
        (console.word("flags", "设置"), flags.join(", ")),
        (console.word("author", "作者"), record.author().to_owned()),
        (console.word("updated", "更新"), time(record.updated_at())),
        (
            console.word("retracted", "撤回"),
            some(record.retracted_at()),
        ),
        (
            console.word("reason", "原因"),
            record.retract_reason().to_owned(),
        ),
    ];
    let widest = rows
        .iter()
        .map(|(name, _)| unicode_width::UnicodeWidthStr::width(*name))
        .max();
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let pad = widest.unwrap_or(0) - unicode_width::UnicodeWidthStr::width(*name);
        let name = console.paint.text(Look::Dim, name);
        let indent = " ".repeat(widest.unwrap_or(0) + 4);
        console.paragraph(&format!("  {name}{}  {value}", " ".repeat(pad)), &indent)?;
    }
    Ok(())
}

/// Writes a part of a text, with a blank line before it.
fn paragraph(console: &Console, text: &str) -> Outcome {
    if text.is_empty() {
        return Ok(());
    }
    console.line("")?;
    let width = console.width.unwrap_or(usize::MAX).max(20);
    for line in text.lines() {
        for wrapped in textwrap::wrap(line, width) {
            console.line(&wrapped)?;
        }
    }
    Ok(())
}
