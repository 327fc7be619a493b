//! Rules for attribute names and values, shared by audiences and viewers.

use super::limits;
use std::borrow::Cow;

use crate::{Bilingual, Error, Result};

/// Attribute that stands for the viewer's own name.
pub(crate) const USER: &str = "user";
/// Attribute that stands for the viewer's locales.
pub(crate) const LOCALE: &str = "locale";
/// Attribute with the version of the operating system, of which only the numbers count.
pub(super) const OS_VERSION: &str = "os_version";

/// How a condition reads a viewer's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReadAs {
    Text,
    Number,
    Version,
}

/// Checks an attribute's name: 1 to 64 bytes of `[A-Za-z0-9_.:-]`.
pub(super) fn check_name(name: &str) -> Result<()> {
    let reason = || {
        Bilingual::new(
            "an attribute name must be 1 to 64 characters of A-Z a-z 0-9 _ . : -",
            "属性名必须由 1 至 64 个 A-Z a-z 0-9 _ . : - 字符组成",
        )
    };
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-'));
    if name.is_empty() {
        return Err(Error::invalid("", name, reason()));
    }
    match name.find(odd) {
        Some(offset) => Err(Error::invalid("", name, reason()).at_offset(offset)),
        None if name.len() > limits::ATTRIBUTE_NAME_BYTES => {
            Err(Error::invalid("", name, reason()).at_offset(limits::ATTRIBUTE_NAME_BYTES))
        }
        None => Ok(()),
    }
}

/// Checks that a text has at most `limit` bytes and no NUL.
pub(super) fn check_text(text: &str, limit: usize) -> Result<()> {
    if text.len() > limit {
        let unit = Bilingual::new("bytes", "字节");
        return Err(Error::too_large("", text.len() as u64, limit as u64, &unit));
    }
    match text.find('\0') {
        Some(offset) => {
            let reason = Bilingual::new("must not contain a NUL character", "不能包含 NUL 字符");
            Err(Error::invalid("", text, reason).at_offset(offset))
        }
        None => Ok(()),
    }
}

/// Returns the text in lower case, borrowed when nothing changes.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "app.Version_2:x-y", &"n".repeat(64)] {
            assert!(check_name(name).is_ok());
        }
        let long = "n".repeat(65);
        for (name, offset) in [
            ("", None),
            ("a b", Some(1)),
            ("组", Some(0)),
            (&long, Some(64)),
        ] {
            assert_eq!(check_name(name).unwrap_err().offset(), offset, "{name}");
        }
    }
}
