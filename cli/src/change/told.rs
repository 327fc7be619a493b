//! What a change has done, told.

use notice::wire::Answer;
use notice::{Outcome as Done, Published};

use crate::console::{Console, Look};
use crate::exit::Outcome;

/// Tells what one change has done.
pub(crate) fn one(console: &Console, published: Published, title: &str) -> Outcome {
    line(console, &published, title)?;
    console.json(&Answer::Published(published).to_value())
}

/// Tells what several changes have done.
pub(crate) fn all(console: &Console, published: Vec<Published>, titles: &[String]) -> Outcome {
    for (one, title) in published.iter().zip(titles) {
        line(console, one, title)?;
    }
    console.json(&Answer::Applied(published).to_value())
}

fn line(console: &Console, published: &Published, title: &str) -> Outcome {
    let (en, zh, look) = match published.outcome {
        Done::Created => ("published", "已发布", Look::Good),
        Done::Updated => ("updated", "已更新", Look::Good),
        Done::Unchanged => ("unchanged", "无变化", Look::Dim),
        Done::Retracted => ("retracted", "已撤回", Look::Warn),
        Done::Restored => ("restored", "已恢复", Look::Good),
        Done::Purged => ("purged", "已清除", Look::Warn),
        other => (other.name(), other.name(), Look::Plain),
    };
    let done = console.paint.text(look, console.word(en, zh));
    let (id, version) = (published.id, published.version);
    let again = match published.duplicate {
        true => console.word(" (by an earlier request)", "（此前的请求已完成）"),
        false => "",
    };
    console.line(&format!("{done} #{id} v{version}  {title}{again}"))
}
