//! What a change has done, told.

use notice::wire::Answer;
use notice::{Bilingual, Board, Draft, Item, Lifecycle, Outcome as Done, Published, Query};
use serde_json::Value;

use crate::common::Session;
use crate::console::{Console, Look};
use crate::exit::Outcome;
use crate::terminal;
use crate::viewer::Asked;

/// Tells what publishing drafts has done, and which instants were meant, so that a wrong zone shows at once.
pub(crate) fn drafts(session: &Session, published: &[Published], drafts: &[Draft]) -> Outcome {
    let console = &session.console;
    let mut kept = Vec::new();
    for (one, draft) in published.iter().zip(drafts) {
        let title = title(draft);
        let is_kept = one.outcome == Done::Created && draft.state == Some(Lifecycle::Draft);
        line(console, one, is_kept, title)?;
        spans(
            console,
            [draft.starts_at, draft.ends_at],
            [draft.event_from, draft.event_to],
        )?;
        if is_kept {
            kept.push(one.id);
        }
    }
    let which = match kept.as_slice() {
        [] => return Ok(()),
        [id] => id.to_string(),
        _ => console.word("ID", "编号").to_owned(),
    };
    let flags = session.target.flags();
    let hint = Bilingual::new(
        format!("  no viewer sees it until it is released: notice release {which}{flags}"),
        format!("  发布之前读者看不到；发布请输入：notice release {which}{flags}"),
    );
    console.paragraph(hint.get(console.language()), "    ")
}

/// The title of a draft in the language of whoever looks, if it has one.
fn title(draft: &Draft) -> &str {
    let language = |locale: &str| locale.split(['-', '_', '.']).next().map(str::to_lowercase);
    let wanted = terminal::locale().and_then(|locale| language(&locale));
    let is_wanted = |text: &&notice::Text| wanted.is_some() && language(&text.locale) == wanted;
    let text = draft.texts.iter().find(is_wanted).or(draft.texts.first());
    text.map_or("", |text| text.title.as_str())
}

/// Returns an announcement with its text in the language of whoever looks.
pub(crate) fn seen(console: &Console, board: &dyn Board, id: i64) -> Outcome<Item> {
    let viewer = Asked::default().looking(console)?;
    Ok(board.get(id, &Query::editor().viewer(viewer))?)
}

/// Tells what one change has done.
pub(crate) fn one(console: &Console, published: Published, title: &str) -> Outcome {
    line(console, &published, false, title)?;
    console.json(&Answer::Published(published).to_value())
}

/// Tells which instants an announcement has now, of those that were changed.
pub(crate) fn times(console: &Console, patch: &Value, item: &Item) -> Outcome {
    let named = |name: &str, at: Option<i64>| at.filter(|_| patch.get(name).is_some());
    spans(
        console,
        [
            named("starts_at", Some(item.starts_at())),
            named("ends_at", item.ends_at()),
        ],
        [
            named("event_from", item.event_from()),
            named("event_to", item.event_to()),
        ],
    )
}

/// Tells which instants a patch states.
pub(crate) fn wanted(console: &Console, patch: &Value) -> Outcome {
    let stated = |name: &str| patch.get(name).and_then(Value::as_i64);
    spans(
        console,
        [stated("starts_at"), stated("ends_at")],
        [stated("event_from"), stated("event_to")],
    )
}

/// Writes when an announcement is visible, and when that is which it is about, each if it is stated.
fn spans(console: &Console, visible: [Option<i64>; 2], event: [Option<i64>; 2]) -> Outcome {
    for (name, ends) in [("", visible), (console.word("event: ", "事件："), event)] {
        let mut stated: Vec<i64> = ends.into_iter().flatten().filter(|ms| *ms > 0).collect();
        stated.dedup();
        let shown: Vec<String> = stated.iter().map(|ms| console.times.show_ms(*ms)).collect();
        if !shown.is_empty() {
            console.paragraph(&format!("  {name}{}", shown.join(" … ")), "  ")?;
        }
    }
    Ok(())
}

fn line(console: &Console, published: &Published, is_kept: bool, title: &str) -> Outcome {
    let (en, zh, look) = match published.outcome {
        Done::Created if is_kept => ("kept as a draft", "已存为草稿", Look::Good),
        Done::Created => ("published", "已发布", Look::Good),
        Done::Released => ("released", "已发布", Look::Good),
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
    console.paragraph(&format!("{done} #{id} v{version}  {title}{again}"), "  ")
}
