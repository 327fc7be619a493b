//! Parses the text of a query's conditions.
//!
//! ```text
//! conditions = *blank [ condition *( 1*blank condition ) ] *blank
//! condition  = name operator value / word
//! operator   = "=" / ">=" / "<"
//! value      = quoted / *nonblank                   nonblank does not begin with a quote
//! word       = quoted / 1*( nonblank / quoted )     quotes inside keep blanks together
//! quoted     = DQUOTE *( any / 2DQUOTE ) DQUOTE / "'" *( any / "''" ) "'"
//! ```
//!
//! A name ends at the first operator, so a word that contains `=`, `<` or `>` must be quoted.
//! Operators may be full-width, as on Chinese keyboards, and `≥` means `>=`. `query_text` defines
//! the names and words. Offsets are bytes of the text as it was passed in, in GBK.

use notice::{Bilingual, Error, Result};

use super::gbk;

/// Operator between a name and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// `=`
    Is,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// `name=value`
    Pair {
        name: &'a str,
        joint: Joint,
        value: String,
    },
    /// A word on its own, as written.
    Word(&'a str),
    /// Quoted text on its own.
    Quoted(String),
}

/// A condition and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition<'a> {
    pub(crate) part: Part<'a>,
    /// Start of the condition, in bytes of UTF-8.
    pub(crate) at: usize,
}

/// Splits the text into conditions.
pub(crate) fn split(text: &str) -> Result<Vec<Condition<'_>>> {
    let mut scanner = Scanner { text, at: 0 };
    let mut conditions = Vec::new();
    while let Some(condition) = scanner.condition()? {
        conditions.push(condition);
    }
    Ok(conditions)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn condition(&mut self) -> Result<Option<Condition<'a>>> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let (start, rest) = (self.at, self.rest());
        let Some(first) = rest.chars().next() else {
            return Ok(None);
        };
        if is_quote(first) {
            return Ok(Some(Condition {
                part: Part::Quoted(self.quoted(first, true)?),
                at: start,
            }));
        }
        let is_end = |c: char| c.is_whitespace() || is_quote(c) || is_sign(c);
        let name_end = rest.find(is_end).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let joint = joint(after);
        if joint.is_some() && name.is_empty() {
            let reason = Bilingual::new(
                "a name must precede the operator without a blank",
                "符号前缺少名称；名称、符号和值之间不能有空格",
            );
            return Err(self.refused(start, reason));
        }
        if let Some((joint, length)) = joint {
            self.at += name_end + length;
            let is_search = matches!(name, "q" | "搜索");
            return Ok(Some(Condition {
                part: Part::Pair {
                    name,
                    joint,
                    value: self.value(is_search)?,
                },
                at: start,
            }));
        }
        if after.starts_with(is_sign) {
            let reason = Bilingual::new(
                "invalid operator; write =, >= or <, or quote the word to search for it",
                "运算符无效，只能用 =、>= 或 <；要搜索含有这些符号的词，请加引号",
            );
            return Err(self.refused(start, reason));
        }
        Ok(Some(Condition {
            part: Part::Word(self.word()),
            at: start,
        }))
    }

    fn value(&mut self, is_search: bool) -> Result<String> {
        let rest = self.rest();
        match rest.chars().next() {
            Some(first) if is_quote(first) => self.quoted(first, is_search),
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                self.at += end;
                Ok(rest.get(..end).unwrap_or_default().to_owned())
            }
        }
    }

    /// Reads up to a blank outside quotes. An open quote runs to the end.
    fn word(&mut self) -> &'a str {
        let start = self.at;
        while let Some(next) = self.rest().chars().next() {
            if next.is_whitespace() {
                break;
            }
            if next == '"' {
                self.at += 1;
                let Some(close) = self.rest().find('"') else {
                    self.at = self.text.len();
                    break;
                };
                self.at += close;
            }
            self.at += next.len_utf8();
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Reads text in quotes. What is searched for may be open, because somebody is typing it.
    fn quoted(&mut self, quote: char, may_be_open: bool) -> Result<String> {
        let open = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.rest();
            let Some(close) = rest.find(quote) else {
                if !may_be_open {
                    return Err(self.unclosed(open));
                }
                value.push_str(rest);
                self.at = self.text.len();
                return Ok(value);
            };
            value.push_str(rest.get(..close).unwrap_or_default());
            self.at += close + 1;
            match self.rest().chars().next() {
                // A doubled quote stands for one.
                Some(next) if next == quote => {
                    value.push(quote);
                    self.at += 1;
                }
                Some(next) if !next.is_whitespace() => {
                    let reason = Bilingual::new(
                        "a blank must follow the closing quote",
                        "引号后面必须是空格",
                    );
                    return Err(self.refused(self.at, reason));
                }
                _ => return Ok(value),
            }
        }
    }

    fn unclosed(&self, open: usize) -> Error {
        self.refused(open, Bilingual::new("unclosed quote", "引号未闭合"))
    }

    fn refused(&self, at: usize, reason: Bilingual) -> Error {
        let shown = self.text.get(at..).unwrap_or_default();
        Error::invalid("conditions", shown, reason).at_offset(offset(self.text, at))
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

/// Reports whether this character can start an operator.
fn is_sign(c: char) -> bool {
    matches!(half_width(c), '=' | '<' | '>' | '≥' | '≤')
}

/// Returns the operator at the start of `text`, and its length in bytes.
fn joint(text: &str) -> Option<(Joint, usize)> {
    let mut signs = text.chars();
    let (first, second) = (signs.next()?, signs.next());
    match (half_width(first), second.map(half_width)) {
        ('=', _) => Some((Joint::Is, first.len_utf8())),
        ('<', _) => Some((Joint::Below, first.len_utf8())),
        ('≥', _) => Some((Joint::AtLeast, first.len_utf8())),
        ('>', Some('=')) => {
            let length = first.len_utf8() + second.map_or(0, char::len_utf8);
            Some((Joint::AtLeast, length))
        }
        _ => None,
    }
}

fn half_width(c: char) -> char {
    match c {
        '＝' => '=',
        '＜' => '<',
        '＞' => '>',
        other => other,
    }
}

/// Converts the position `at` in the conditions `text` to the caller's units, bytes of GBK.
pub(crate) fn offset(text: &str, at: usize) -> usize {
    gbk::encode(text.get(..at).unwrap_or_default()).len()
}

/// Quotes any text as a single value.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(name: &str, joint: Joint, value: &str) -> String {
        format!("{name} {joint:?} {value}")
    }

    /// Returns the conditions, one word each.
    fn parts(text: &str) -> Vec<String> {
        let conditions = split(text).unwrap();
        let shown = |c: Condition<'_>| match c.part {
            Part::Pair { name, joint, value } => pair(name, joint, &value),
            Part::Word(word) => word.to_owned(),
            Part::Quoted(text) => format!("[{text}]"),
        };
        conditions.into_iter().map(shown).collect()
    }

    #[test]
    fn names_values_and_words_are_told_apart() {
        for (text, expected) in [
            ("", vec![]),
            (" \t\r\n　", vec![]),
            ("维护 unread", vec!["维护".into(), "unread".into()]),
            ("频道=运维", vec![pair("频道", Joint::Is, "运维")]),
            ("severity>=3", vec![pair("severity", Joint::AtLeast, "3")]),
            (
                "starts<2026-01-01",
                vec![pair("starts", Joint::Below, "2026-01-01")],
            ),
            ("channel=", vec![pair("channel", Joint::Is, "")]),
            ("q='a \"b\" ''c'", vec![pair("q", Joint::Is, "a \"b\" 'c")]),
            (
                "q=\"a \"\"b\"\" 'c\"",
                vec![pair("q", Joint::Is, "a \"b\" 'c")],
            ),
            ("q=a=b<c", vec![pair("q", Joint::Is, "a=b<c")]),
            ("\"系统 维护\" x", vec!["[系统 维护]".into(), "x".into()]),
            (
                "-火星 title:\"系统 维护\"",
                vec!["-火星".into(), "title:\"系统 维护\"".into()],
            ),
            ("don't", vec!["don't".into()]),
            // As typed on a Chinese keyboard.
            ("频道＝运维", vec![pair("频道", Joint::Is, "运维")]),
            ("严重程度＞＝3", vec![pair("严重程度", Joint::AtLeast, "3")]),
            ("严重程度≥3", vec![pair("严重程度", Joint::AtLeast, "3")]),
            ("starts＜x", vec![pair("starts", Joint::Below, "x")]),
            ("q＝a＝b", vec![pair("q", Joint::Is, "a＝b")]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_taken_apart_is_refused_where_it_stands_in_gbk() {
        for (text, offset) in [
            ("维护 channel=\"系统", 13),
            ("频道='a", 5),
            ("维护 \"a\"b", 8),
            ("公告 a>3", 5),
            ("公告 a＞3", 5),
            ("公告 a≤3", 5),
            ("公告 a >= 3", 7),
            ("频道 ＝a", 5),
        ] {
            let error = split(text).unwrap_err();
            assert_eq!(
                (error.path(), error.offset()),
                (Some("conditions"), Some(offset)),
                "{text}"
            );
        }
    }

    #[test]
    fn an_open_quote_of_what_is_searched_for_runs_to_the_end() {
        let last = |text| split(text).unwrap().pop().unwrap().part;
        let pair = |value: &str| Part::Pair {
            name: "q",
            joint: Joint::Is,
            value: value.to_owned(),
        };
        assert_eq!(last("维护 q=\"系统 a"), pair("系统 a"));
        assert_eq!(last("维护 '系统 a"), Part::Quoted("系统 a".to_owned()));
        assert_eq!(last("公告 title:\"a b"), Part::Word("title:\"a b"));
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_one_value(text in any::<String>()) {
            let conditions = format!("q={} unread", quote(&text));
            let split = split(&conditions).unwrap();
            let value = Part::Pair { name: "q", joint: Joint::Is, value: text };
            prop_assert_eq!(&split[0].part, &value);
            prop_assert_eq!(&split[1].part, &Part::Word("unread"));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[a='\"<>＝＜＞≥ 公]{0,20}") {
            for text in [text, near] {
                if let Err(error) = split(&text) {
                    prop_assert!(error.offset().unwrap() <= gbk::encode(&text).len());
                }
            }
        }
    }
}
