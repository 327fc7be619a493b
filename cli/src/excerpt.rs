//! Excerpts of what was typed, with the place of a mistake pointed at.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use notice::Error;

use crate::console::columns;
use crate::locate::{Located, locate};

/// Widest line of an excerpt that is shown whole where there is no terminal, and on the narrowest one.
const WIDTH: usize = 100;
const NARROWEST: usize = 40;

/// Shows a mistake at bytes of a text that has a name, such as that of its file.
pub(crate) fn show(
    name: &str,
    text: &str,
    at: Range<usize>,
    message: &str,
    is_coloured: bool,
) -> String {
    let snippet = Snippet::source(text)
        .path(name)
        .annotation(AnnotationKind::Primary.span(whole(text, at)));
    let report = [Level::ERROR
        .no_name()
        .primary_title(message)
        .element(snippet)];
    let renderer = match is_coloured {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let width = columns().unwrap_or(WIDTH).max(NARROWEST);
    renderer.term_width(width).render(&report)
}

/// Returns the bytes of a JSON text that an error is about; None if it does not say, or is about something else.
pub(crate) fn place(text: &str, error: &Error) -> Option<Range<usize>> {
    // An error of syntax has no value, for there is none yet: its offset is of the whole text.
    let path = error
        .path()
        .filter(|_| error.value().is_some() || error.offset().is_none());
    let Some(path) = path else {
        let begin = error.offset()?.min(text.len());
        return Some(begin..begin);
    };
    let (collect, parse) = (CollectOptions::default(), ParseOptions::default());
    let root = parse_to_ast(text, &collect, &parse).ok()?.value?;
    let value = locate(&&root, path).unwrap_or_else(|| (&root).span());
    // Inside a text, which begins behind its quotation mark. Escapes in it are rare, and move the mark only.
    Some(match error.offset() {
        Some(offset) if text.get(value.clone())?.starts_with('"') => {
            let begin = (value.start + 1 + offset).min(value.end);
            begin..begin
        }
        _ => value,
    })
}

impl Located for &Value<'_> {
    fn span(&self) -> Range<usize> {
        let range = self.range();
        range.start..range.end
    }

    fn members(&self) -> Vec<(&str, Self)> {
        let Value::Object(object) = self else {
            return Vec::new();
        };
        let properties = object.properties.iter();
        properties
            .map(|one| (one.name.as_str(), &one.value))
            .collect()
    }

    fn elements(&self) -> Vec<Self> {
        match self {
            Value::Array(array) => array.elements.iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Widens bytes to whole characters, and an empty place to the character there.
fn whole(text: &str, at: Range<usize>) -> Range<usize> {
    let mut begin = at.start.min(text.len());
    while !text.is_char_boundary(begin) {
        begin -= 1;
    }
    let least = (begin + 1).min(text.len());
    let mut end = at.end.clamp(least, text.len().max(least));
    while !text.is_char_boundary(end) {
        end += 1;
    }
    begin..end
}

#[cfg(test)]
mod tests {
    use notice::Draft;

    use super::*;

    /// The part of a text that its error is about.
    fn part(text: &str) -> &str {
        let error = match text.starts_with('[') {
            true => Draft::batch_from_json(text.as_bytes()).unwrap_err(),
            false => Draft::from_json(text.as_bytes()).unwrap_err(),
        };
        let at = place(text, &error).unwrap_or_else(|| panic!("{error}"));
        &text[whole(text, at)]
    }

    #[test]
    fn the_value_that_is_wrong_is_pointed_at() {
        for (text, wrong) in [
            (r#"{"texts": {"en": {"title": 5}}}"#, "5"),
            (
                r#"{"texts": {"en": {"title": "a"}}, "severity": "loud"}"#,
                "\"loud\"",
            ),
            (
                r#"{"texts": {"en": {"title": "公告"}}, "tags": ["x", 7]}"#,
                "7",
            ),
            (
                r#"[{"texts": {"en": {"title": "a"}}}, {"texts": {"en": {"title": true}}}]"#,
                "true",
            ),
            (r#"{"texts": {"en": }}"#, "}"),
        ] {
            assert_eq!(part(text), wrong, "{text}");
        }
    }

    #[test]
    fn an_excerpt_has_name_line_and_mark() {
        let text =
            "{\n  \"texts\": {\"zh-CN\": {\"title\": \"维护\"}},\n  \"severity\": \"loud\"\n}\n";
        let at = text.find("\"loud\"").unwrap();
        let shown = show("draft.json", text, at..at + 6, "no such severity", false);
        assert!(shown.contains("draft.json:3:15"), "{shown}");
        assert!(shown.contains("^^^^^^"), "{shown}");
        assert!(
            shown.starts_with("error: no such severity") || shown.contains("no such severity"),
            "{shown}"
        );
    }

    #[test]
    fn a_place_inside_a_character_or_behind_the_end_is_no_panic() {
        for at in [1..2, 2..2, 0..100, 100..200] {
            assert!(show("x", "公告", at, "wrong", false).contains("wrong"));
        }
    }
}
