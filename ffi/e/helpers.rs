//! Helpers that a program in the E language would otherwise have to write itself.

use std::cmp::Ordering;
use std::ffi::c_char;

use notice::{ErrorKind, Language, Version, VersionRange};

use super::guard::{guard_number, guard_text};
use super::names::E_ANNOUNCE_ABI_VERSION;
use super::{conditions, handle, input, local_time, zone};

/// Returns a board's statistics as JSON, like notice_stats_json.
///
/// @param board  An open board.
/// @return The JSON; empty for an invalid handle. Valid until the thread's next call that returns
///         text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_stats(board: i32) -> *const c_char {
    guard_text!(e_announce_stats, |_caller| {
        Ok(handle::board(board)?.board().stats()?.to_json().to_string())
    })
}

/// Quotes any text as one value of a condition, such as a search text typed by a user.
///
/// @param text  Any text.
/// @return The text in quotes. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_quote(text: *const c_char) -> *const c_char {
    guard_text!(e_announce_quote, |caller| {
        Ok(conditions::quote(&input::text(caller, "text", text)?))
    })
}

/// Encodes any text as a JSON string, including its quotes, for building JSON.
///
/// @param text  Any text.
/// @return The string, in which every line end is one LF. Valid until the thread's next call that
///         returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_json_text(text: *const c_char) -> *const c_char {
    guard_text!(e_announce_json_text, |caller| {
        let text = input::text(caller, "text", text)?.replace("\r\n", "\n");
        Ok(serde_json::Value::from(text).to_string())
    })
}

/// Formats a time in Unix milliseconds, from e_announce_number_halves, as text in local time.
///
/// @param low   Lower 32 bits.
/// @param high  Upper 32 bits.
/// @return The text; empty for 0. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_time_text(low: i32, high: i32) -> *const c_char {
    guard_text!(e_announce_time_text, |_caller| {
        let ms = i64::from(high) << 32 | i64::from(low.cast_unsigned());
        Ok(local_time::format(ms, zone::offset))
    })
}

/// Reports whether a version is in a version range, both written as in an audience.
///
/// @param version  Such as "7.10.5".
/// @param range    Such as ">=7.9 <8".
/// @return 1 if it is, else 0; -NOTICE_INVALID_FIELD for an invalid version or range.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_version_matches(
    version: *const c_char,
    range: *const c_char,
) -> i32 {
    guard_number!(e_announce_version_matches, |caller| {
        let version = parse_version("version", &input::text(caller, "version", version)?)?;
        let range = input::text(caller, "range", range)?;
        let range = VersionRange::parse(&range).map_err(|error| error.within("range"))?;
        Ok(range.matches(&version).into())
    })
}

/// Compares two versions.
///
/// @param first   Such as "1.9.0".
/// @param second  Such as "1.10.0".
/// @return 0 when they are equal, 1 when the first is newer, 2 when the second is;
///         -NOTICE_INVALID_FIELD for an invalid version.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_compare_versions(
    first: *const c_char,
    second: *const c_char,
) -> i32 {
    guard_number!(e_announce_compare_versions, |caller| {
        let first = parse_version("first", &input::text(caller, "first", first)?)?;
        let second = parse_version("second", &input::text(caller, "second", second)?)?;
        Ok(match first.cmp(&second) {
            Ordering::Equal => 0,
            Ordering::Greater => 1,
            Ordering::Less => 2,
        })
    })
}

/// Returns the general meaning of a status in Chinese. e_announce_last_error has the details of a
/// particular failure.
///
/// @param status  0, or negative as a function returned it.
/// @return The text. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_status_text(status: i32) -> *const c_char {
    guard_text!(e_announce_status_text, |_caller| {
        let kind = status.checked_neg().and_then(ErrorKind::from_code);
        Ok(match kind {
            Some(kind) => kind.describe(Language::Zh),
            None if status == 0 => "成功",
            None => "未知状态码",
        })
    })
}

/// Returns the release of the running library, such as "1.2.3".
///
/// @return The text. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_version() -> *const c_char {
    guard_text!(e_announce_version, |_caller| {
        Ok(env!("CARGO_PKG_VERSION"))
    })
}

/// Returns the interface version of the running library.
///
/// A program runs with every library whose version is at least the E_ANNOUNCE_ABI_VERSION it was
/// made with.
///
/// @return E_ANNOUNCE_ABI_VERSION of the library.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_abi_version() -> i32 {
    guard_number!(e_announce_abi_version, |_caller| {
        Ok(E_ANNOUNCE_ABI_VERSION)
    })
}

fn parse_version(path: &str, text: &str) -> notice::Result<Version> {
    Version::parse(text).map_err(|error| error.within(path))
}
