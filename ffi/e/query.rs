//! Queries: what the viewer should see.

use std::ffi::c_char;

use notice::{Error, Query, Result};

use super::guard::guard_number;
use super::query_text::{self, Asked, Place};
use super::rows::EPage;
use super::{handle, input, output};
use crate::boundary::arguments::Caller;
use crate::c;

/// Returns a page of what the viewer should see now.
///
/// Conditions are separated by blanks, and all of them must hold:
///
///     q= channel= category= tag= all_tags= no_tag= key= id= author= external_id= has_locale=
///     severity>= starts>= starts< ends>= ends< published>= published< updated>= updated<
///     changed_since= view= phase= order= limit= cursor= now=
///     unread pending unacknowledged pinned unpinned
///
/// channel, category, tag, key and id may be repeated, and then any of the values matches. Every
/// other word, and everything in quotes, is search text. Quote a value with blanks with " or ', and
/// double a quote inside it; see e_announce_quote. Names may be Chinese, and punctuation
/// full-width: e-bindings/README.zh-CN.md lists them.
///
/// @param board       An open board.
/// @param conditions  Empty means all active announcements, the first NOTICE_DEFAULT_LIMIT.
/// @return Handle of the result, to be freed with e_announce_free; negative for invalid conditions,
///         with e_announce_last_error_offset as the position in them.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_query(board: i32, conditions: *const c_char) -> i32 {
    guard_number!(e_announce_query, |caller| {
        let entered = handle::board(board)?;
        let Asked { query, .. } = read(caller, conditions, &entered, Place::Query)?;
        let page = entered.board().query(&query)?;
        handle::keep(EPage::new(page, query.viewer, board))
    })
}

/// Returns one announcement.
///
/// @param board       An open board.
/// @param id          Id from e_announce_id.
/// @param conditions  Empty, or view= and now=.
/// @return Handle of a result with one row, to be freed with e_announce_free; -NOTICE_NOT_FOUND
///         when it does not exist or this viewer may not see it now, while an editor sees every
///         one.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_get(
    board: i32,
    id: *const c_char,
    conditions: *const c_char,
) -> i32 {
    guard_number!(e_announce_get, |caller| {
        let entered = handle::board(board)?;
        let id = input::id(caller, id)?;
        let Asked { query, .. } = read(caller, conditions, &entered, Place::One)?;
        let query = c::query::only(id, query);
        let page = entered.board().query(&query)?;
        if page.items.is_empty() {
            return Err(Error::not_found(id));
        }
        handle::keep(EPage::new(page, query.viewer, board))
    })
}

/// Counts the announcements that match a query, on all pages, without a result to free.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; order, limit and cursor are ignored.
/// @return The number; negative for invalid conditions.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_count_active(
    board: i32,
    conditions: *const c_char,
) -> i32 {
    guard_number!(e_announce_count_active, |caller| {
        let board = handle::board(board)?;
        let query = read(caller, conditions, &board, Place::Query)?.query;
        output::count(board.board().count(&query)?.total.unwrap_or_default())
    })
}

/// Counts the unread announcements that match a query.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_count_active.
/// @return The number; negative for invalid conditions.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_count_unread(
    board: i32,
    conditions: *const c_char,
) -> i32 {
    guard_number!(e_announce_count_unread, |caller| {
        let board = handle::board(board)?;
        let query = read(caller, conditions, &board, Place::Query)?.query;
        output::count(board.board().count(&query)?.unread.unwrap_or_default())
    })
}

/// Reads the conditions at `pointer` as a query by the board's viewer.
pub(crate) fn read(
    caller: &Caller,
    pointer: *const c_char,
    board: &super::state::EBoard,
    place: Place,
) -> Result<Asked> {
    let text = input::text(caller, "conditions", pointer)?;
    query_text::read(&text, board.shared().viewer(), place)
}

/// Reads the viewer of one announcement.
pub(crate) fn read_one(
    caller: &Caller,
    pointer: *const c_char,
    board: &super::state::EBoard,
) -> Result<Query> {
    Ok(read(caller, pointer, board, Place::One)?.query)
}
