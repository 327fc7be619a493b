//! Scanner for the bounds of version ranges, and for the numbers of versions.

use crate::{Bilingual, Error};

/// Most numbers of a version.
pub(super) const PARTS: usize = 8;

/// The largest number that a part of a version may be.
pub(super) const PART_MAX: u64 = i64::MAX as u64;

/// A reason in English and in Chinese.
pub(super) type Reason = (&'static str, &'static str);

const NO_NUMBER: Reason = ("expected a number", "此处应为数字");
const PART_TOO_LARGE: Reason = (
    "a version part must not exceed 9223372036854775807",
    "版本号的每一段不得超过 9223372036854775807",
);
const NINE_PARTS: Reason = ("a version has at most eight parts", "版本号最多八段");
const NO_WILDCARD: Reason = (
    "only * or x can follow a wildcard",
    "通配段之后只能是 * 或 x",
);
const EMPTY_IDENTIFIER: Reason = (
    "expected letters, digits or a hyphen after - + or a dot",
    "- + 或点号之后应为字母、数字或连字符",
);

/// Position and reason of a fault. Costs nothing until it becomes an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    offset: usize,
    reason: Reason,
}

impl Fault {
    pub(super) fn on(self, text: &str) -> Error {
        let (en, zh) = self.reason;
        Error::invalid("", text, Bilingual::new(en, zh)).at_offset(self.offset)
    }
}

/// A scanned bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanned<'a> {
    /// The numbers; 0 for parts that were not written.
    pub(super) parts: [u64; PARTS],
    /// Number of parts that were written as a number; 0 only for `*`.
    pub(super) named: usize,
    /// Whether a wildcard followed them.
    pub(super) wild: bool,
    /// The pre-release as it is written; empty when there is none.
    pub(super) pre: &'a str,
    /// Position of the build, if there is one.
    pub(super) build_at: Option<usize>,
}

/// Scans text byte by byte. It consumes ASCII only.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn back_to(&mut self, offset: usize) {
        self.offset = offset;
    }

    pub(super) fn fault(&self, reason: Reason) -> Fault {
        Fault {
            offset: self.offset,
            reason,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// Consumes `word` if it comes next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.offset += word.len();
        }
        found
    }

    /// Consumes `word`, which is in lower case, if it comes next in any case.
    pub(super) fn eat_in_any_case(&mut self, word: &str) -> bool {
        let next = self.text.get(self.offset..self.offset + word.len());
        let found = next.is_some_and(|next| next.eq_ignore_ascii_case(word));
        if found {
            self.offset += word.len();
        }
        found
    }

    /// Returns what has not been consumed.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// Returns the text from `offset` on; empty when that is no boundary of characters.
    pub(super) fn rest_from(&self, offset: usize) -> &'a str {
        self.text.get(offset..).unwrap_or_default()
    }

    pub(super) fn is_behind_digit(&self) -> bool {
        let consumed = self.text.as_bytes().get(..self.offset);
        consumed
            .and_then(<[u8]>::last)
            .is_some_and(u8::is_ascii_digit)
    }

    pub(super) fn is_at_digit(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_digit())
    }

    /// Reports whether a letter of any script comes next.
    pub(super) fn is_at_letter(&self) -> bool {
        self.rest().chars().next().is_some_and(char::is_alphabetic)
    }

    /// Consumes the ASCII characters that belong, and returns them.
    pub(super) fn pass_text(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let start = self.offset;
        self.pass(belongs);
        self.text.get(start..self.offset).unwrap_or_default()
    }

    /// Consumes ASCII white space, and reports whether there was any.
    pub(super) fn blanks(&mut self) -> bool {
        self.pass(|byte| byte.is_ascii_whitespace()) > 0
    }

    /// Consumes one bound of a range.
    pub(super) fn bound(&mut self) -> std::result::Result<Scanned<'a>, Fault> {
        let mut scanned = Scanned {
            parts: [0; PARTS],
            named: 0,
            wild: false,
            pre: "",
            build_at: None,
        };
        let prefixed = self.eat("v") || self.eat("V");
        for place in 0.. {
            if place > 0 && !self.eat(".") {
                break;
            }
            let Some(part) = scanned.parts.get_mut(place) else {
                return Err(self.fault(NINE_PARTS));
            };
            let may_be_wild = !(prefixed && place == 0);
            if may_be_wild && (self.eat("*") || self.eat("x") || self.eat("X")) {
                scanned.wild = true;
            } else if scanned.wild {
                return Err(self.fault(NO_WILDCARD));
            } else {
                *part = self.number()?;
                scanned.named = place + 1;
            }
        }
        if !scanned.wild {
            if self.eat("-") {
                scanned.pre = self.identifiers()?;
            }
            let here = self.offset;
            if self.eat("+") {
                self.identifiers()?;
                scanned.build_at = Some(here);
            }
        }
        Ok(scanned)
    }

    pub(super) fn number(&mut self) -> std::result::Result<u64, Fault> {
        let too_large = self.fault(PART_TOO_LARGE);
        let missing = self.fault(NO_NUMBER);
        let mut value: Option<u64> = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let shifted = value.unwrap_or(0).checked_mul(10);
            let part = shifted.and_then(|shifted| shifted.checked_add(u64::from(digit - b'0')));
            value = Some(part.filter(|part| *part <= PART_MAX).ok_or(too_large)?);
            self.offset += 1;
        }
        value.ok_or(missing)
    }

    /// Consumes identifiers separated by dots.
    fn identifiers(&mut self) -> std::result::Result<&'a str, Fault> {
        let start = self.offset;
        loop {
            if self.pass(|byte| byte.is_ascii_alphanumeric() || byte == b'-') == 0 {
                return Err(self.fault(EMPTY_IDENTIFIER));
            }
            if !self.eat(".") {
                return Ok(self.text.get(start..self.offset).unwrap_or_default());
            }
        }
    }

    fn pass(&mut self, belongs: impl Fn(u8) -> bool) -> usize {
        let start = self.offset;
        while self.peek().is_some_and(&belongs) {
            self.offset += 1;
        }
        self.offset - start
    }
}
