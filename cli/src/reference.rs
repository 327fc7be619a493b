//! Which announcement is meant: its number, or its key.

use notice::{Board, Filter, Phase, Query};

use crate::exit::{self, Outcome, Stop};

/// Finds the announcement that a text names: digits are a number, anything else is a key. `key:7` is the key `7`.
pub(crate) fn resolve(board: &dyn Board, text: &str) -> Outcome<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return text.parse().map_err(|_| no_such(text));
    }
    let key = text.strip_prefix("key:").unwrap_or(text);
    let mut filter = Filter::default();
    filter.keys = vec![key.to_owned()];
    filter.phase = Phase::Any;
    let page = board.query(&Query::editor().filter(filter).limit(10))?;
    match page.items.as_slice() {
        [] => Err(no_such(text)),
        [item] => Ok(item.id()),
        several => {
            let all = several
                .iter()
                .map(|item| format!("{} ({})", item.id(), item.channel()));
            let all: Vec<String> = all.collect();
            let all = all.join(", ");
            Err(Stop::new(
                exit::USAGE,
                format!(
                    "several channels have an announcement with the key {key}; name one by its number: {all}"
                ),
                format!("多个频道都有键为 {key} 的公告；请用编号指定其中之一：{all}"),
            ))
        }
    }
}

/// Finds several.
pub(crate) fn resolve_all(board: &dyn Board, texts: &[String]) -> Outcome<Vec<i64>> {
    texts.iter().map(|text| resolve(board, text)).collect()
}

fn no_such(text: &str) -> Stop {
    Stop::new(
        exit::NOT_FOUND,
        format!("there is no announcement {text}; `notice list --phase any` lists all of them"),
        format!("没有公告 {text}；`notice list --phase any` 可列出全部公告"),
    )
}
