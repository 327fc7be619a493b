//! `notice stats`: figures about a board.

use notice::wire::Answer;

use crate::common::Common;
use crate::exit::Outcome;

/// Show figures about the board
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let console = &session.console;
    let stats = session.reading()?.stats()?;
    let url = &session.target.url;
    let rows = [
        ("board", "公告板", url.clone()),
        ("revision", "修订号", stats.revision.to_string()),
        ("epoch", "纪元", format!("{:032x}", stats.epoch)),
        ("announcements", "公告", stats.announcements.to_string()),
        ("  active", "  生效中", stats.active.to_string()),
        ("  scheduled", "  待发布", stats.scheduled.to_string()),
        ("  expired", "  已结束", stats.expired.to_string()),
        ("  retracted", "  已撤回", stats.retracted.to_string()),
        ("  drafts", "  草稿", stats.drafts.to_string()),
        ("users", "用户", stats.users.to_string()),
        ("receipts", "回执", stats.receipts.to_string()),
        ("memory", "内存", bytes(stats.memory_bytes)),
        ("file", "文件", bytes(stats.file_bytes)),
    ];
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let widest = rows
        .iter()
        .map(|(en, zh, _)| width(console.word(en, zh)))
        .max();
    for (en, zh, value) in &rows {
        let name = console.word(en, zh);
        let pad = " ".repeat(widest.unwrap_or(0) - width(name));
        console.line(&format!("{name}{pad}  {value}"))?;
    }
    for (count, en, zh) in [
        (
            stats.unknown_conditions,
            "conditions have an operator that this build does not know",
            "个条件的运算符无法识别",
        ),
        (
            stats.unreadable_versions,
            "values of viewers are no versions",
            "个读者属性值不是版本号",
        ),
        (
            stats.unreadable_numbers,
            "values of viewers are no numbers",
            "个读者属性值不是数字",
        ),
    ] {
        if count > 0 {
            let sign = console.paint.text(crate::console::Look::Warn, "!");
            console.tell(
                format!("{sign} {count} {en}"),
                format!("{sign} {count} {zh}"),
            )?;
        }
    }
    console.json(&Answer::Stats(Box::new(stats)).to_value())?;
    console.finish()
}

/// A number of bytes for people.
pub(crate) fn bytes(count: u64) -> String {
    let mut value = count as f64;
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    match unit {
        "B" => format!("{count} B"),
        _ => format!("{value:.1} {unit}"),
    }
}
