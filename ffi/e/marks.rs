//! Marks: what the viewer does with announcements.

use std::ffi::c_char;

use notice::{Mark, Result};

use super::guard::guard_number;
use super::query;
use super::query_text::Place;
use super::{handle, input};

/// Remembers what the viewer of a result does with an announcement in it. The viewer must have a user: see
/// e_announce_set_viewer.
///
/// @param result  From e_announce_query or e_announce_get, on a board that is still open.
/// @param row     From 1; 0 is all rows.
/// @param mark    NOTICE_MARK_...
/// @return 0; negative as notice_mark fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark(result: i32, row: i32, mark: i32) -> i32 {
    guard_number!(e_announce_mark, |_caller| {
        let result = handle::result(result)?;
        let board = handle::board(result.board)?;
        let mark = Mark::from_code(mark)?;
        let ids = match row {
            0 => result
                .page
                .items
                .iter()
                .map(|i| i.announcement.id())
                .collect(),
            row => vec![result.row(row)?.announcement.id()],
        };
        board.board().mark(&result.viewer, &ids, mark)?;
        Ok(0)
    })
}

/// The same for announcements by their ids, and the board's viewer.
///
/// @param board  An open board.
/// @param ids    Ids as e_announce_id gives them, with commas, blanks or ends of lines between them. All of them are
///               marked, or none.
/// @param mark   NOTICE_MARK_...
/// @return 0; negative as notice_mark fails.
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

/// Marks as read all that the board's viewer sees under the conditions, as notice_mark_all_read does.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; empty is everything, at no cost for each. Besides, up_to= is the
///                    revision until which it was news, such as that of a result; without it, the present one.
/// @return 0; negative as notice_mark_all_read fails.
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

/// Erases all that is kept of a user.
///
/// @param board  An open board.
/// @param user   The user's name; not empty.
/// @return 1 if there was anything, else 0; negative as notice_forget_user fails.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_forget_user(board: i32, user: *const c_char) -> i32 {
    guard_number!(e_announce_forget_user, |caller| {
        let board = handle::board(board)?;
        let user = input::text(caller, "user", user)?;
        Ok(board.board().forget_user(&user)?.into())
    })
}
