//! Tables: whole rows and results at once.

use std::ffi::c_char;

use notice::{Bilingual, Error, ErrorKind, Item, Result};

use super::guard::{guard_number, guard_text};
use super::names::E_ANNOUNCE_FIELDS;
use super::{handle, input, output, value, zone};

/// Writes the ids of all rows, for programs that keep them as numbers.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param ids       Receives the ids. May be NULL when `capacity` is 0.
/// @param capacity  Capacity of `ids`.
/// @return Number of ids; -NOTICE_TOO_SMALL when `ids` is too small; -NOTICE_TOO_LARGE when an id
///         needs more than 31 bits, for which see e_announce_id. On failure nothing is written.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_ids(result: i32, ids: *mut i32, capacity: i32) -> i32 {
    guard_number!(e_announce_ids, |caller| {
        let room = input::size("capacity", capacity)?;
        let result = handle::result(result)?;
        let numbers = result.page.items.iter().map(small_id);
        let numbers: Vec<i32> = numbers.collect::<Result<_>>()?;
        caller.write_list("ids", ids, room, &numbers)?;
        output::count(numbers.len())
    })
}

/// Returns a row with all its fields as e_announce_text returns them, ordered by number and
/// separated by TABs. A TAB or line end inside a field becomes a blank.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @return The row; empty when it does not exist. Valid until the thread's next call that returns
///         text.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_row(result: i32, row: i32) -> *const c_char {
    guard_text!(e_announce_row, |_caller| {
        let mut line = String::new();
        write_row(&mut line, handle::result(result)?.row(row)?)?;
        Ok(line)
    })
}

/// Returns all rows as e_announce_row returns them, each followed by CR LF.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param buffer    Receives the text and a NUL, in GBK. May be NULL when `capacity` is 0.
/// @param capacity  Size of `buffer` in bytes.
/// @return Size of the whole text in bytes, without its NUL. When that is not below `capacity`, the
///         text was cut to fit.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_table(
    result: i32,
    buffer: *mut c_char,
    capacity: i32,
) -> i32 {
    guard_number!(e_announce_table, |caller| {
        let mut lines = String::new();
        for item in &handle::result(result)?.page.items {
            write_row(&mut lines, item)?;
            lines.push('\n');
        }
        output::write_gbk(caller, &lines, buffer, capacity)
    })
}

fn write_row(line: &mut String, item: &Item) -> Result<()> {
    for field in 1..=E_ANNOUNCE_FIELDS {
        if field > 1 {
            line.push('\t');
        }
        let text = value::of_item(item, field)?.into_text(zone::offset);
        let text = text.replace("\r\n", " ");
        line.extend(text.chars().map(|c| match c {
            '\t' | '\r' | '\n' => ' ',
            other => other,
        }));
    }
    Ok(())
}

fn small_id(item: &Item) -> Result<i32> {
    let id = item.id();
    i32::try_from(id).map_err(|_| {
        let reason = Bilingual::new(
            format!("id {id} does not fit into 31 bits; use e_announce_id"),
            format!("编号 {id} 超出整数型范围；请用 公告_取编号"),
        );
        Error::new(ErrorKind::TooLarge, reason).within("ids")
    })
}
