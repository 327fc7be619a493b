//! Rust source as words and signs: without comments, without what literals say.

/// A word, a number or a sign, and where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// The tokens of a file. `::` is one of them; a literal of text is `""`; a lifetime is none.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (text, behind) = rest.split_at(length);
        match kind {
            Kind::Token => tokens.push(Token { text, line }),
            Kind::Literal => tokens.push(Token { text: "\"\"", line }),
            Kind::Nothing => {}
        }
        line += text.matches('\n').count();
        rest = behind;
    }
    tokens
}

enum Kind {
    Token,
    Literal,
    Nothing,
}

/// What `rest` begins with, and how many bytes of it that is.
fn next(rest: &str, first: char) -> (Kind, usize) {
    if first.is_whitespace() {
        return (Kind::Nothing, first.len_utf8());
    }
    if rest.starts_with("//") {
        return (Kind::Nothing, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Nothing, block_comment(rest));
    }
    if let Some(length) = text_literal(rest) {
        return (Kind::Literal, length);
    }
    if first == '\'' {
        return character(rest);
    }
    if first.is_alphanumeric() || first == '_' {
        let is_inside = |c: char| c.is_alphanumeric() || c == '_';
        let raw = if rest.starts_with("r#") { 2 } else { 0 };
        let word = rest.split_at(raw).1;
        let length = word.find(|c| !is_inside(c)).unwrap_or(word.len());
        return (Kind::Token, raw + length);
    }
    if rest.starts_with("::") {
        return (Kind::Token, 2);
    }
    (Kind::Token, first.len_utf8())
}

/// The length of a comment that begins here; comments may stand in comments.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of the string that begins here, with its prefix: `"`, `b"`, `c"`, `r#"` and so on.
fn text_literal(rest: &str) -> Option<usize> {
    let letters = rest.find(|c: char| !"bcr".contains(c))?;
    let (prefix, behind) = rest.split_at(letters);
    if !["", "b", "c", "r", "br", "cr"].contains(&prefix) {
        return None;
    }
    if prefix.ends_with('r') {
        let hashes = behind.find(|c| c != '#')?;
        let (hashes, text) = behind.split_at(hashes);
        let text = text.strip_prefix('"')?;
        let end = format!("\"{hashes}");
        let length = text.find(&end).map_or(text.len(), |at| at + end.len());
        return Some(letters + hashes.len() + 1 + length);
    }
    let text = behind.strip_prefix('"')?;
    Some(letters + 1 + quoted(text, '"'))
}

/// The length up to and with the closing `quote`.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character, or the name of a lifetime.
fn character(rest: &str) -> (Kind, usize) {
    let text = rest.get(1..).unwrap_or_default();
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    if first == Some('\\') || second == Some('\'') {
        return (Kind::Literal, 1 + quoted(text, '\''));
    }
    let is_outside = |c: char| !(c.is_alphanumeric() || c == '_');
    let length = text.find(is_outside).unwrap_or(text.len());
    (Kind::Nothing, 1 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_say_nothing() {
        assert_eq!(
            words("a // crate::b\nc /* d /* e */ f */ g"),
            ["a", "c", "g"]
        );
        assert_eq!(words("a /* open"), ["a"]);
        assert_eq!(words("//! [`crate::b`]\n/// crate::b"), [""; 0]);
    }

    #[test]
    fn what_a_literal_says_is_passed_over() {
        for literal in [
            r#""crate::b""#,
            r#""a \" crate::b""#,
            r#""\\""#,
            r##"r#"a " crate::b"#"##,
            r#"b"crate::b""#,
            r#"c"crate::b""#,
            r##"br#"""#"##,
            "'\"'",
            "'\\''",
            "'\\u{7b}'",
            "b'{'",
            "'维'",
        ] {
            let source = format!("a {literal} z");
            let words = words(&source);
            let (first, last) = (words.first(), words.last());
            assert_eq!(
                (first, last),
                (Some(&"a"), Some(&"z")),
                "{literal}: {words:?}"
            );
            assert!(
                !words.contains(&"crate") && !words.contains(&"{"),
                "{words:?}"
            );
        }
    }

    #[test]
    fn lifetimes_and_raw_names_are_no_literals() {
        assert_eq!(words("&'a str"), ["&", "str"]);
        assert_eq!(words("r#use::b"), ["r#use", "::", "b"]);
        assert_eq!(words("break 'outer;"), ["break", ";"]);
        assert_eq!(
            words("crab::b, rb, br"),
            ["crab", "::", "b", ",", "rb", ",", "br"]
        );
    }

    #[test]
    fn each_token_has_its_line() {
        let lines: Vec<usize> = tokens("a\n/*\n\n*/ b \"\n\" c")
            .iter()
            .map(|t| t.line)
            .collect();
        assert_eq!(lines, [1, 4, 4, 5]);
    }
}
