//! `notice motd`: a few lines for a login shell.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use notice::wire::Answer;
use notice::{Filter, Query, Severity};

use crate::common::{Common, Session, count};
use crate::console::Look;
use crate::exit::{Outcome, Stop};
use crate::viewer::Asked;

/// Longest time that a login may be held up.
const PATIENCE: Duration = Duration::from_millis(300);

/// Write what concerns a viewer now as a few lines for a login shell; it never waits for a network, and always ends with 0
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// Most lines
    #[arg(long, value_name = "COUNT", value_parser = count, default_value_t = 5)]
    lines: usize,
    /// Only as severe as this, or more
    #[arg(long, value_name = "SEVERITY", value_parser = Severity::from_name)]
    severity: Option<Severity>,
    #[command(flatten)]
    common: Common,
}

/// Runs it. A login must not fail because a board does.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let _ = show(arguments);
    Ok(())
}

fn show(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let mut filter = Filter::default();
    filter.severity_at_least = arguments.severity;
    let limit = u32::try_from(arguments.lines)
        .unwrap_or(u32::MAX)
        .clamp(1, 1000);
    let query = Query::new(arguments.asked.looking(&session.console)?)
        .filter(filter)
        .limit(limit);
    let target = session.target.clone();
    let (send, receive) = mpsc::channel();
    // It is left alone when it is late: the process ends with it.
    thread::spawn(move || {
        let answer = target
            .open(crate::board::Need::Read)
            .and_then(|board| Ok(board.query(&query)?));
        let _ = send.send(answer);
    });
    let page = receive
        .recv_timeout(PATIENCE)
        .map_err(|_| Stop::quiet())??;
    write(&session, &page, arguments.lines)?;
    session
        .console
        .json(&Answer::Page(Box::new(page)).to_value())
}

fn write(session: &Session, page: &notice::Page, lines: usize) -> Outcome {
    let console = &session.console;
    let width = console.width.unwrap_or(80).max(20);
    let more = page
        .count
        .total
        .unwrap_or_default()
        .saturating_sub(page.items.len() as u64);
    for item in page.items.iter().take(lines) {
        let severity = item.severity();
        let until = item.ends_at().map(|end| console.times.brief(end));
        let until = until
            .map(|until| format!(" (… {until})"))
            .unwrap_or_default();
        let sign = console.paint.text(
            Look::from(severity),
            if severity >= Severity::Warning {
                "!"
            } else {
                "·"
            },
        );
        let line = format!("{}{until}", item.text().title);
        console.line(&format!("{sign} {}", cut(&line, width - 2)))?;
    }
    if more > 0 {
        console.tell(
            format!("  and {more} more: notice active"),
            format!("  另有 {more} 条：notice active"),
        )?;
    }
    Ok(())
}

/// The beginning of a text that fits, with a mark where it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let begin: String = text.chars().take_while(fits).collect();
    begin + "…"
}
