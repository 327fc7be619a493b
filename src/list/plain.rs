//! A list that is plain text: one announcement.

use crate::error::{Bilingual, Error, Result};
use crate::model::{Draft, Text, limits};

/// Key of the one announcement, so that another text is a change of it.
const KEY: &str = "text";
/// Its locale: nobody has said which language it is.
const LOCALE: &str = "und";

/// Makes an announcement of a text: its first line is the title. If that is too long for a title, the body repeats it.
///
/// # Errors
/// `invalid_field` for a web page, which stands for a list where a network asks for a login first.
pub(super) fn draft(text: &str) -> Result<Draft> {
    let text = text.trim();
    if text.starts_with('<') {
        let reason = Bilingual::new(
            "a web page or XML, and no list: write JSON or plain text, and look whether the address leads to a login page",
            "这是网页或 XML，不是公告列表：列表应为 JSON 或纯文本，并请检查该网址是否跳转到了登录页面",
        );
        return Err(Error::invalid("list", text, reason));
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end();
    let (title, body) = match first.char_indices().nth(limits::TITLE_CHARS) {
        None => (first.to_owned(), rest),
        Some(_) => (shortened(first), text),
    };
    let body = body.trim_matches(['\r', '\n']);
    Ok(Draft::from_text(Text::new(LOCALE, title).body(body)).key(KEY))
}

/// Returns the beginning of a line that is too long for a title.
fn shortened(line: &str) -> String {
    let kept = line.chars().take(limits::TITLE_CHARS - 1);
    kept.chain(['…']).collect()
}
