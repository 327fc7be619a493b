//! Names and messages of statuses as C strings, built at compile time.

use std::ffi::c_char;

use notice::{ErrorKind, Language};

/// Success; an error is the number of its kind.
pub(crate) const OK: i32 = 0;
/// Room for the longest message and its NUL.
const ROOM: usize = 128;
/// [`OK`] and every kind of error.
const STATUSES: usize = ErrorKind::ALL.len() + 1;

type Table = [[u8; ROOM]; STATUSES];

static NAMES: Table = table(None);
static ENGLISH: Table = table(Some(Language::En));
static CHINESE: Table = table(Some(Language::Zh));

/// Returns the stable name of a status, such as `not_found`; `unknown` for an undefined number.
pub(crate) fn name(status: i32) -> *const c_char {
    entry(&NAMES, status).unwrap_or(c"unknown".as_ptr())
}

/// Returns the general meaning of a status.
pub(crate) fn message(status: i32, language: Language) -> *const c_char {
    let (table, unknown) = match language {
        Language::En => (&ENGLISH, c"unknown status"),
        Language::Zh => (&CHINESE, c"未知状态码"),
    };
    entry(table, status).unwrap_or(unknown.as_ptr())
}

fn entry(table: &'static Table, status: i32) -> Option<*const c_char> {
    let text = table.get(usize::try_from(status).ok()?)?;
    Some(text.as_ptr().cast())
}

/// The texts indexed by status, without gaps; the names if no language is given.
#[allow(
    clippy::indexing_slicing,
    reason = "checked when the library is compiled"
)]
const fn table(language: Option<Language>) -> Table {
    let mut table = [[0; ROOM]; STATUSES];
    table[0] = padded(match language {
        None => "ok",
        Some(Language::En) => "done",
        Some(Language::Zh) => "成功",
    });
    let mut at = 1;
    while at < STATUSES {
        let kind = ErrorKind::ALL[at - 1];
        assert!(kind as usize == at);
        table[at] = padded(match language {
            None => kind.name(),
            Some(language) => kind.describe(language),
        });
        at += 1;
    }
    table
}

#[allow(
    clippy::indexing_slicing,
    reason = "checked when the library is compiled"
)]
const fn padded(text: &str) -> [u8; ROOM] {
    let (bytes, mut padded, mut at) = (text.as_bytes(), [0; ROOM], 0);
    assert!(bytes.len() < ROOM);
    while at < bytes.len() {
        padded[at] = bytes[at];
        at += 1;
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn text(pointer: *const c_char) -> &'static str {
        // SAFETY: these functions give static texts that end in NUL.
        unsafe { CStr::from_ptr(pointer) }.to_str().unwrap()
    }

    #[test]
    fn every_status_has_its_name_and_its_messages() {
        for kind in ErrorKind::ALL {
            let status = *kind as i32;
            assert_eq!(text(name(status)), kind.name());
            for language in [Language::En, Language::Zh] {
                assert_eq!(text(message(status, language)), kind.describe(language));
            }
        }
        assert_eq!(
            (text(name(0)), text(message(0, Language::Zh))),
            ("ok", "成功")
        );
    }

    #[test]
    fn a_number_that_is_no_status_has_a_name_all_the_same() {
        for status in [-1, 24, i32::MIN, i32::MAX] {
            assert_eq!(text(name(status)), "unknown");
            assert_eq!(text(message(status, Language::En)), "unknown status");
        }
    }
}
