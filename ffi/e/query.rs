//! Queries: what the viewer should see.

use std::ffi::c_char;

use notice::{Error, Query, Result};

use super::guard::guard_number;
use super::page::EPage;
use super::query_text::{self, Asked, Place};
use super::{handle, input, output};
use crate::arguments::Caller;
use crate::c;

/// Asks what the viewer should see now, a page of it.
///
/// The conditions stand between blanks, and all of them must hold:
///
///     q= channel= category= tag= all_tags= no_tag= key= id= author= external_id= has_locale=
///     severity>=  starts>= starts<  ends>= ends<  published>= published<  updated>= updated<
///     changed_since= view= phase= order= limit= cursor= now=
///     unread pending unacknowledged pinned unpinned
///
/// Of channel, category, tag, key and id each may be repeated: any of them. Every other word, and everything
/// in quotes, is searched for. A value with blanks stands in quotes, " or ', and a quote in it twice: see
/// e_announce_quote. The names may be Chinese, and the signs of full width: e-bindings/README.zh-CN.md lists them.
///
/// @param board       An open board.
/// @param conditions  Empty: all that is active, the first NOTICE_DEFAULT_LIMIT.
/// @return The result's number, to be given back with e_announce_free; negative when the conditions are refused,
///         with e_announce_last_error_offset where in them.
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

/// Asks for one announcement.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return The number of a result of one row, to be given back with e_announce_free; -NOTICE_NOT_FOUND when there
///         is none that this viewer may see now, while an editor finds every one.
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

/// How many announcements a query would find, on whatever page, without a result that must be freed.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; order, limit and cursor do not count.
/// @return How many; negative when the conditions are refused.
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

/// How many unread announcements a query would find.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_count_active.
/// @return How many; negative when the conditions are refused.
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

/// What the board's viewer asks with the conditions at `pointer`.
pub(crate) fn read(
    caller: &Caller,
    pointer: *const c_char,
    board: &super::state::EBoard,
    place: Place,
) -> Result<Asked> {
    let text = input::text(caller, "conditions", pointer)?;
    query_text::read(&text, board.shared().viewer(), place)
}

/// Who looks at one announcement.
pub(crate) fn read_one(
    caller: &Caller,
    pointer: *const c_char,
    board: &super::state::EBoard,
) -> Result<Query> {
    Ok(read(caller, pointer, board, Place::One)?.query)
}
