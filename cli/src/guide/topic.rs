//! The topics of `notice help`.
//!
//! A topic is text: what begins at the margin is a paragraph and wraps, what is indented is something to type, and is
//! continued with a backslash where the terminal is too narrow.

use unicode_width::UnicodeWidthStr as _;

/// A topic, in two languages.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
}

macro_rules! topics {
    ($($name:literal),*) => {
        &[$(Topic {
            name: $name,
            en: include_str!(concat!("topics/", $name, ".en.txt")),
            zh: include_str!(concat!("topics/", $name, ".zh.txt")),
        }),*]
    };
}

pub(super) const TOPICS: &[Topic] = topics!(
    "maintenance",
    "audiences",
    "versions",
    "times",
    "exit-codes"
);

/// Narrowest terminal that is respected.
const NARROWEST: usize = 30;

/// Makes every line of a topic fit.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut fitted = String::new();
    let mut put = |line: &str| {
        fitted.push_str(line);
        fitted.push('\n');
    };
    let mut is_typed = false;
    for line in text.lines() {
        let is_indented = line.starts_with("  ");
        is_typed = is_indented && (is_typed || line.starts_with("  notice "));
        let is_table = is_indented && !is_typed;
        if line.width() <= width {
            put(line);
        } else if is_typed {
            typed(line, width).iter().for_each(|line| put(line));
        } else {
            let hanging = if is_table { "      " } else { "" };
            let options = textwrap::Options::new(width).subsequent_indent(hanging);
            textwrap::wrap(line, options)
                .iter()
                .for_each(|line| put(line));
        }
    }
    fitted
}

/// Continues what is typed on more lines: between words, and never inside quotes.
fn typed(line: &str, width: usize) -> Vec<String> {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut lines = Vec::new();
    let mut current = indent.clone();
    let mut is_empty = true;
    for word in words(line.trim_start()) {
        // Room for the blank and the backslash.
        if !is_empty && current.width() + 1 + word.width() + 2 > width {
            lines.push(format!("{current} \\"));
            current = format!("{indent}  ");
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    lines.push(current);
    lines
}

/// Splits at blanks outside of quotes.
fn words(line: &str) -> Vec<&str> {
    let mut quote = None;
    let parts = line.split(move |c: char| {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        c == ' ' && quote.is_none()
    });
    parts.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_fits_every_terminal() {
        for topic in TOPICS {
            for text in [topic.en, topic.zh] {
                for width in [40, 60, 80, 100] {
                    for line in fitted(text, width).lines() {
                        assert!(line.width() <= width, "{} at {width}: {line}", topic.name);
                    }
                }
                assert_eq!(fitted(text, 1000), text, "nothing is wrapped without need");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_commands() {
        for topic in TOPICS {
            let typed = |text: &str| {
                let lines = text.lines().filter(|line| line.starts_with("  notice "));
                lines
                    .filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned))
                    .collect::<Vec<_>>()
            };
            assert_eq!(typed(topic.en), typed(topic.zh), "{}", topic.name);
        }
    }

    #[test]
    fn what_is_typed_is_continued_between_words() {
        let line = "  notice publish -t 'two words in quotes' --starts 'tomorrow 22:00'";
        assert_eq!(
            typed(line, 44),
            [
                "  notice publish -t 'two words in quotes' \\",
                "    --starts 'tomorrow 22:00'"
            ]
        );
    }
}
