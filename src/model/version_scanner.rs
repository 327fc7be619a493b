//! Scanner for versions and the bounds of version ranges.

use crate::{Bilingual, Error};

/// The largest number that a part of a version may be.
pub(super) const PART_MAX: u32 = i32::MAX as u32;

/// A reason in English and in Chinese.
pub(super) type Reason = (&'static str, &'static str);

const NO_NUMBER: Reason = ("expected a number", "此处应为数字");
const PART_TOO_LARGE: Reason = (
    "a version part must not exceed 2147483647",
    "版本号的每一段不得超过 2147483647",
);
const FIVE_PARTS: Reason = ("a version has at most four parts", "版本号最多四段");
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    Allowed,
    Refused,
}

/// A scanned version or bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanned<'a> {
    /// The numbers; 0 for parts that were not written.
    pub(super) parts: [u32; 4],
    /// Number of parts that were written as a number; 0 only for `*`.
    pub(super) named: usize,
    /// Whether a wildcard followed them.
    pub(super) wild: bool,
    pub(super) pre: &'a str,
}

/// Scans versions and the text between them byte by byte. It consumes ASCII only.
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
        let found = self
            .text
            .get(self.offset..)
            .is_some_and(|rest| rest.starts_with(word));
        if found {
            self.offset += word.len();
        }
        found
    }

    /// Consumes ASCII white space, and reports whether there was any.
    pub(super) fn blanks(&mut self) -> bool {
        self.pass(|byte| byte.is_ascii_whitespace()) > 0
    }

    /// Consumes one version, or one bound where wildcards are allowed.
    pub(super) fn version(
        &mut self,
        wildcards: Wildcards,
    ) -> std::result::Result<Scanned<'a>, Fault> {
        let mut scanned = Scanned {
            parts: [0; 4],
            named: 0,
            wild: false,
            pre: "",
        };
        let prefixed = self.eat("v") || self.eat("V");
        for place in 0.. {
            if place > 0 && !self.eat(".") {
                break;
            }
            let Some(part) = scanned.parts.get_mut(place) else {
                return Err(self.fault(FIVE_PARTS));
            };
            let may_be_wild = wildcards == Wildcards::Allowed && !(prefixed && place == 0);
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
            if self.eat("+") {
                self.identifiers()?;
            }
        }
        Ok(scanned)
    }

    fn number(&mut self) -> std::result::Result<u32, Fault> {
        let too_large = self.fault(PART_TOO_LARGE);
        let missing = self.fault(NO_NUMBER);
        let mut value = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let sum = u64::from(value.unwrap_or(0)) * 10 + u64::from(digit - b'0');
            let part = u32::try_from(sum).ok().filter(|part| *part <= PART_MAX);
            value = Some(part.ok_or(too_large)?);
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
