//! Syntax of search text.
//!
//! ```text
//! 维护 windows          both
//! 维护，升级             both
//! "new york" “系统 维护”  phrases
//! -测试 -"old version"   not these
//! title:维护 tag:"停机"   in that field only: title, summary, body, tag, key
//! ```
//!
//! Blanks are any white space. Chinese and full-width punctuation separates terms as blanks do; alone it
//! is searched for. A phrase without its closing quote runs to the end. The minus and the colon may be
//! full-width. A colon after any other name, a straight quote inside a term and a lone `:` are ordinary
//! text.

use super::needle::Needle;
use super::normalise::{is_ignorable, normalise};
use super::words::is_unspaced;
use crate::error::{Bilingual, Error, Result};
use crate::model::limits;
use crate::query::Field;

/// A parsed search. A match satisfies all clauses.
#[derive(Debug, Clone, Default)]
pub(crate) struct SearchQuery {
    clauses: Vec<Clause>,
}

/// A term or phrase that must occur, or must not.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    /// Whether it must not occur.
    pub(crate) excluded: bool,
    /// Field to search; None means any.
    pub(crate) field: Option<Field>,
    /// Text to find.
    pub(crate) needle: Needle,
}

/// Parser that reads the text from left to right.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Clause {
    /// Reports whether the clause applies to `field`.
    pub(crate) fn concerns(&self, field: Field) -> bool {
        self.field.is_none_or(|only| only == field)
    }
}

impl SearchQuery {
    /// Parses a search text of at most 1024 bytes and 32 terms. Blank text matches everything.
    ///
    /// # Errors
    /// `too_large`; `invalid_field` with the byte offset for an empty phrase, a `-` or `title:` without
    /// a term, a term of invisible characters only, or a NUL.
    pub(crate) fn parse(q: &str) -> Result<Self> {
        if q.len() > limits::SEARCH_BYTES {
            let bytes = Bilingual::new("bytes", "字节");
            return Err(too_large(q.len(), limits::SEARCH_BYTES, &bytes));
        }
        if let Some(at) = q.find('\0') {
            return Err(invalid(q, at, "contains a NUL character", "包含 NUL 字符"));
        }
        let mut parser = Parser { text: q, at: 0 };
        let mut clauses = Vec::new();
        while let Some(clause) = parser.clause()? {
            clauses.push(clause);
        }
        if clauses.is_empty() {
            clauses.extend(punctuation(q));
        }
        if clauses.len() > limits::SEARCH_TERMS {
            let terms = Bilingual::new("terms", "个搜索词");
            return Err(too_large(clauses.len(), limits::SEARCH_TERMS, &terms));
        }
        Ok(Self { clauses })
    }

    /// Reports whether it has no clauses, so that everything matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Reports whether it consists of characters that normalising never changes.
    pub(crate) fn is_ideographs(&self) -> bool {
        self.clauses
            .iter()
            .all(|clause| clause.needle.is_ideographs())
    }

    /// Returns the clauses, in the order in which they were written.
    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// Returns the clauses that must occur, and so can have hits.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|clause| !clause.excluded)
    }
}

impl<'a> Parser<'a> {
    fn clause(&mut self) -> Result<Option<Clause>> {
        self.skip_separators();
        let start = self.at;
        if self.rest().is_empty() {
            return Ok(None);
        }
        // Pasted text may begin with a byte order mark or another invisible character.
        self.skip(is_ignorable);
        if self.is_at_blank() {
            return Err(self.invisible(start));
        }
        let excluded = self.take(|c| matches!(c, '-' | '－'));
        self.skip(is_ignorable);
        if excluded {
            self.skip(separates);
        }
        if excluded && self.is_at_blank() {
            return Err(invalid(
                self.text,
                start,
                "a term must follow '-'",
                "“-”后面缺少要排除的词",
            ));
        }
        let field = self.field();
        if field.is_some() {
            self.skip(separates);
        }
        if field.is_some() && self.is_at_blank() {
            return Err(invalid(
                self.text,
                start,
                "a term must follow the field name without a blank",
                "字段名后面缺少搜索词（中间不能有空格）",
            ));
        }
        let needle = match self.phrase()? {
            Some(needle) => needle,
            // A quote that was only opened.
            None if self.rest().is_empty() => return Ok(None),
            None => self.term()?,
        };
        Ok(Some(Clause {
            excluded,
            field,
            needle,
        }))
    }

    /// Reads the name of a field and a colon, if they come next.
    fn field(&mut self) -> Option<Field> {
        let rest = self.rest();
        let (at, colon) = rest.char_indices().find(|(_, c)| matches!(c, ':' | '：'))?;
        let name = rest.get(..at)?;
        let field = Field::ALL
            .iter()
            .find(|field| field.name().eq_ignore_ascii_case(name))?;
        self.at += at + colon.len_utf8();
        Some(*field)
    }

    fn phrase(&mut self) -> Result<Option<Needle>> {
        let start = self.at;
        let Some(open) = self.rest().chars().next() else {
            return Ok(None);
        };
        // Input methods mix up the Chinese quotation marks.
        let closing: &[char] = match open {
            '"' => &['"'],
            '＂' => &['＂'],
            '“' | '”' => &['“', '”'],
            _ => return Ok(None),
        };
        self.at += open.len_utf8();
        // Open while somebody types.
        let end = self.rest().find(closing);
        let len = end.unwrap_or(self.rest().len());
        let inside = self.rest().get(..len).unwrap_or("");
        let normal = normalise(inside.trim());
        self.at += len;
        if normal.trim().is_empty() {
            return match end {
                Some(_) => Err(invalid(self.text, start, "empty phrase", "短语为空")),
                None => Ok(None),
            };
        }
        self.take(|c| closing.contains(&c));
        Ok(Some(Needle::phrase(&normal)))
    }

    fn term(&mut self) -> Result<Needle> {
        let start = self.at;
        self.at = self.end_of_term();
        let normal = normalise(self.text.get(start..self.at).unwrap_or(""));
        if normal.trim().is_empty() {
            return Err(self.invisible(start));
        }
        Ok(Needle::term(&normal))
    }

    /// Returns the end of the term that starts here: before white space or a separator.
    fn end_of_term(&self) -> usize {
        let rest = self.rest();
        let mut before = None;
        for (at, c) in rest.char_indices() {
            let after = rest
                .get(at + c.len_utf8()..)
                .and_then(|rest| rest.chars().next());
            let is_inside = [before, after].iter().all(|next| next.is_some_and(joins));
            // An apostrophe, or the full stop of a full-width number.
            let is_letter = is_inside && matches!(c, '‘' | '’' | '．');
            if c.is_whitespace() || (before.is_some() && is_separator(c) && !is_letter) {
                return self.at + at;
            }
            before = Some(c);
        }
        self.at + rest.len()
    }

    /// Passes over white space, and over punctuation that separates, except an opening quote.
    fn skip_separators(&mut self) {
        self.skip(|c| c.is_whitespace() || separates(c));
    }

    fn invisible(&self, start: usize) -> Error {
        invalid(
            self.text,
            start,
            "the term contains only invisible characters",
            "搜索词只包含不可见字符",
        )
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn is_at_blank(&self) -> bool {
        self.rest().chars().next().is_none_or(char::is_whitespace)
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !skipped(c)).unwrap_or(rest.len());
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        match self.rest().chars().next() {
            Some(c) if wanted(c) => {
                self.at += c.len_utf8();
                true
            }
            _ => false,
        }
    }
}

/// Reports whether `c` is Chinese or full-width punctuation, which separates terms. What may be part of
/// a name, such as ＃ or ＆, is not; neither is －, which excludes a term.
pub(super) fn is_separator(c: char) -> bool {
    matches!(c,
        '·' | '—' | '‘' | '’' | '“' | '”' | '…'
        | '\u{3001}'..='\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '・'
        | '\u{FE10}'..='\u{FE19}' | '\u{FE30}'..='\u{FE4F}' | '\u{FE50}'..='\u{FE5E}'
        | '！' | '＂' | '（' | '）' | '，' | '．' | '／' | '：' | '；' | '？' | '［' | '］' | '｛' | '｜' | '｝'
        | '～' | '\u{FF5F}'..='\u{FF65}'
    )
}

/// Reports whether `c` separates terms and begins no phrase.
fn separates(c: char) -> bool {
    is_separator(c) && !matches!(c, '“' | '”' | '＂')
}

/// Reports whether an apostrophe or a full stop beside `c` is part of the same word.
fn joins(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Returns the clause of a text that has nothing but separators: it is not dropped, except for quotes
/// that were only opened.
fn punctuation(q: &str) -> Option<Clause> {
    let is_quote = |c: char| matches!(c, '"' | '＂' | '“' | '”');
    let normal = normalise(q.trim_matches(|c| is_quote(c) || c.is_whitespace() || is_ignorable(c)));
    let has_separators = q.contains(is_separator);
    (has_separators && !normal.trim().is_empty()).then(|| Clause {
        excluded: false,
        field: None,
        needle: Needle::term(normal.trim()),
    })
}

fn invalid(q: &str, at: usize, en: &'static str, zh: &'static str) -> Error {
    Error::invalid("q", q, Bilingual::new(en, zh)).at_offset(at)
}

fn too_large(actual: usize, limit: usize, unit: &Bilingual) -> Error {
    Error::too_large("q", actual as u64, limit as u64, unit)
}

#[cfg(test)]
mod tests;
