//! Marks: recording what the viewer did with announcements.

use std::ffi::c_char;

use notice::{Mark, Result};

use super::guard::guard_number;
use super::query;
use super::query_text::Place;
use super::{handle, input};

/// Marks an announcement of a result for the result's viewer, who must have a user; see
/// e_announce_set_viewer.
///
/// @param result  From e_announce_query or e_announce_get, on a board that is still open.
/// @param row     From 1; 0 means all rows.
/// @param mark    NOTICE_MARK_...
/// @return 0; negative like the failures of notice_mark.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark(result: i32, row: i32, mark: i32) -> i32 {
    guard_number!(e_announce_mark, |_caller| {
        let result = handle::result(result)?;
        let board = handle::board(result.board)?;
        let mark = Mark::from_code(mark)?;
        let ids = match row {
            0 => result.page.items.iter().map(|i| i.id()).collect(),
            row => vec![result.row(row)?.id()],
        };
        board.board().mark(&result.viewer, &ids, mark)?;
        Ok(0)
    })
}

/// Marks announcements by their ids for the board's viewer: all of them, or none.
///
/// @param board  An open board.
/// @param ids    Ids from e_announce_id, separated by commas, blanks or line ends.
/// @param mark   NOTICE_MARK_...
/// @return 0; negative like the failures of notice_mark.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark_ids(
    board: i32,
    ids: *const c_char,
    mark: i32,
) -> i32 {
    guard_number!(e_announce_mark_ids, |caller| {
        let board = handle::board(board)?;
        let mark = Mark::from_code(mark)?;
        let ids = input::text(caller, "ids", ids)?;
        let ids = ids
            .split(|c: char| matches!(c, ',' | '，') || c.is_whitespace())
            .filter(|id| !id.is_empty())
            .map(|id| input::parse_id("ids", id))
            .collect::<Result<Vec<i64>>>()?;
        board.board().mark(&board.shared().viewer(), &ids, mark)?;
        Ok(0)
    })
}

/// Marks as read everything that the board's viewer sees under the conditions, like
/// notice_mark_all_read.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; empty means everything, at a cost independent of
///                    their number. up_to= is the revision up to which they were news, such as a
///                    result's revision; the default is the present one.
/// @return 0; negative like the failures of notice_mark_all_read.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark_all_read(
    board: i32,
    conditions: *const c_char,
) -> i32 {
    guard_number!(e_announce_mark_all_read, |caller| {
        let board = handle::board(board)?;
        let asked = query::read(caller, conditions, &board, Place::MarkAllRead)?;
        board.board().mark_all_read(&asked.query, asked.up_to)?;
        Ok(0)
    })
}

/// Erases all data of a user.
///
/// @param board  An open board.
/// @param user   Name of the user; not empty.
/// @return 1 if there was any data, else 0; negative like the failures of notice_forget_user.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_forget_user(board: i32, user: *const c_char) -> i32 {
    guard_number!(e_announce_forget_user, |caller| {
        let board = handle::board(board)?;
        let user = input::text(caller, "user", user)?;
        Ok(board.board().forget_user(&user)?.into())
    })
}
