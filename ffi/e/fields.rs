//! Fields: the contents of a result's rows.

use std::ffi::c_char;

use notice::{Bilingual, Error, Result};
use serde_json::Value as Json;

use super::guard::{guard_number, guard_text};
use super::names::{
    E_ANNOUNCE_ACTION_ID, E_ANNOUNCE_ACTION_KIND, E_ANNOUNCE_ACTION_LABEL, E_ANNOUNCE_ACTION_VALUE,
};
use super::rows::EPage;
use super::value::{self, Value};
use super::{handle, input, output, zone};

/// Returns the id of an announcement in decimal digits.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @return The id; empty for a row that does not exist. Valid until the thread's next call that
///         returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_id(result: i32, row: i32) -> *const c_char {
    guard_text!(e_announce_id, |_caller| {
        let result = handle::result(result)?;
        Ok(result.row(row)?.id().to_string())
    })
}

/// Returns a numeric field. A yes or no is 1 or 0; a time is in Unix seconds.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @return The number; -NOTICE_INVALID_FIELD for a text field or an unknown field;
///         -NOTICE_TOO_LARGE for a number that is negative or needs more than 31 bits, for which
///         see e_announce_number_halves.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_number(result: i32, row: i32, field: i32) -> i32 {
    guard_number!(e_announce_number, |_caller| {
        field_of(&*handle::result(result)?, row, field)?.small()
    })
}

/// Returns a numeric field of any size. A time is in Unix milliseconds.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @param low     Receives the lower 32 bits.
/// @param high    Receives the upper 32 bits; negative when the number is.
/// @return 0; -NOTICE_INVALID_FIELD for a text field or an unknown field.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_number_halves(
    result: i32,
    row: i32,
    field: i32,
    low: *mut i32,
    high: *mut i32,
) -> i32 {
    guard_number!(e_announce_number_halves, |caller| {
        let (low, high) = (caller.output("low", low)?, caller.output("high", high)?);
        let number = field_of(&*handle::result(result)?, row, field)?.exact()?;
        low.write(number as i32);
        high.write((number >> 32) as i32);
        Ok(0)
    })
}

/// Returns a field as text. Times are in local time; severities and states have their Chinese
/// names.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @return The text, in GBK with CR LF; also empty for a row or field that does not exist. Valid
///         until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_text(result: i32, row: i32, field: i32) -> *const c_char {
    guard_text!(e_announce_text, |_caller| {
        let result = handle::result(result)?;
        Ok(field_of(&result, row, field)?
            .into_text(zone::offset)
            .into_owned())
    })
}

/// Returns a field as its original text in UTF-8, without loss.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param row       From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field     E_ANNOUNCE_FIELD_...
/// @param buffer    Receives the text and a NUL. May be NULL when `capacity` is 0.
/// @param capacity  Size of `buffer` in bytes.
/// @return Size of the whole text in bytes, without its NUL. When that is not below `capacity`, the
///         text was cut to fit. -NOTICE_INVALID_FIELD for a row or field that does not exist.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_text_utf8(
    result: i32,
    row: i32,
    field: i32,
    buffer: *mut u8,
    capacity: i32,
) -> i32 {
    guard_number!(e_announce_text_utf8, |caller| {
        let result = handle::result(result)?;
        let text = field_of(&result, row, field)?.into_text(zone::offset);
        output::write_utf8(caller, &text, buffer, capacity)
    })
}

/// Returns a part of a button, such as the address of a download.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @param index   Number of the button, from 1 to E_ANNOUNCE_FIELD_ACTION_COUNT.
/// @param part    E_ANNOUNCE_ACTION_...
/// @return The text; empty when the button does not exist. Valid until the thread's next call that
///         returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_action(
    result: i32,
    row: i32,
    index: i32,
    part: i32,
) -> *const c_char {
    guard_text!(e_announce_action, |_caller| {
        let result = handle::result(result)?;
        let item = result.row(row)?;
        let mut actions = item.actions();
        let count = actions.len();
        let place = usize::try_from(index).ok().and_then(|n| n.checked_sub(1));
        let Some(action) = place.and_then(|place| actions.nth(place)) else {
            let reason = Bilingual::new(
                format!("valid buttons are 1 to {count}"),
                format!("只有第 1 到 {count} 个按钮"),
            );
            return Err(Error::invalid("index", &index.to_string(), reason));
        };
        Ok(match part {
            E_ANNOUNCE_ACTION_ID => action.id.to_owned(),
            E_ANNOUNCE_ACTION_KIND => action.kind.name().to_owned(),
            E_ANNOUNCE_ACTION_LABEL => action.label.to_owned(),
            E_ANNOUNCE_ACTION_VALUE => action.value.to_owned(),
            other => {
                let reason = Bilingual::new("must be from 1 to 4", "必须在 1 到 4 之间");
                return Err(Error::invalid("part", &other.to_string(), reason));
            }
        })
    })
}

/// Returns a member of the application's own data, E_ANNOUNCE_FIELD_EXTRAS.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @param name    Name of the member.
/// @return The member's text, or its JSON when it is not a text; empty when the member does not
///         exist. Valid until the thread's next call that returns text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_extra(
    result: i32,
    row: i32,
    name: *const c_char,
) -> *const c_char {
    guard_text!(e_announce_extra, |caller| {
        let name = input::text(caller, "name", name)?;
        let result = handle::result(result)?;
        Ok(match result.row(row)?.extras().remove(&name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text,
            Some(other) => other.to_string(),
        })
    })
}

/// Returns a field of a row, or of the result itself.
fn field_of(result: &EPage, row: i32, field: i32) -> Result<Value<'_>> {
    match row {
        0 => value::of_page(&result.page, field),
        row => value::of_item(result.row(row)?, field),
    }
}
