//! Marks: recording what the viewer did with announcements.

use std::ffi::c_char;

use notice::{Bilingual, Error, Mark, Marking, Result, Shown};

use super::guard::guard_number;
use super::query;
use super::query_text::Place;
use super::{handle, input, local_time, zone};

/// Marks an announcement of a result for the result's viewer, who must have a user; see
/// e_announce_set_viewer. The mark counts for the version that the result has.
///
/// @param result  From e_announce_query or e_announce_get, on a board that is still open.
/// @param row     From 1; 0 means all rows.
/// @param mark    NOTICE_MARK_...
/// @return How many were marked; negative like the failures of notice_mark_shown.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark(result: i32, row: i32, mark: i32) -> i32 {
    guard_number!(e_announce_mark, |_caller| {
        let result = handle::result(result)?;
        let board = handle::board(result.board)?;
        let mark = Mark::from_code(mark)?;
        let shown = |item: &notice::Item| Shown::new(item.id(), item.version());
        let shown: Vec<Shown> = match row {
            0 => result.page.items.iter().map(shown).collect(),
            row => vec![shown(result.row(row)?)],
        };
        let marking = Marking::new(mark, shown);
        let marked = board.board().mark_shown(&result.viewer, &marking)?;
        Ok(count(marked))
    })
}

/// Marks announcements by their ids for the board's viewer. Of several, those are passed over that are
/// gone or never were for the viewer.
///
/// @param board  An open board.
/// @param ids    Ids from e_announce_id, separated by commas, blanks or line ends. An id may be followed
///               by @ and the version that was shown, such as 7@2; the default is the present version.
/// @param mark   NOTICE_MARK_...
/// @return How many were marked; negative like the failures of notice_mark_shown.
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
        let marking = Marking::new(mark, all_shown(&ids)?);
        let viewer = board.shared().viewer();
        Ok(count(board.board().mark_shown(&viewer, &marking)?))
    })
}

/// Snoozes announcements for the board's viewer: until that time they are not pending, unless they become
/// news again.
///
/// @param board  An open board.
/// @param ids    As for e_announce_mark_ids.
/// @param until  The time, as for e_announce_set_clock: in the future, at most ten years away.
/// @return How many were snoozed; negative like the failures of notice_mark_shown.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_snooze(
    board: i32,
    ids: *const c_char,
    until: *const c_char,
) -> i32 {
    guard_number!(e_announce_snooze, |caller| {
        let board = handle::board(board)?;
        let shown = all_shown(&input::text(caller, "ids", ids)?)?;
        let until = input::text(caller, "until", until)?;
        let until = local_time::parse("until", &until, zone::offset)?;
        let marking = Marking::new(Mark::Snooze, shown).until(until);
        let viewer = board.shared().viewer();
        Ok(count(board.board().mark_shown(&viewer, &marking)?))
    })
}

/// Parses ids, separated by commas, blanks or line ends.
fn all_shown(ids: &str) -> Result<Vec<Shown>> {
    ids.split(|c: char| matches!(c, ',' | '，') || c.is_whitespace())
        .filter(|id| !id.is_empty())
        .map(shown)
        .collect()
}

/// Parses an id, with the version that was shown behind an `@`.
fn shown(text: &str) -> Result<Shown> {
    let Some((id, version)) = text.split_once(['@', '＠']) else {
        return input::parse_id("ids", text).map(Shown::from);
    };
    let version = version.parse().map_err(|_| {
        let reason = Bilingual::new("invalid version behind @", "@ 后的版本号无效");
        Error::invalid("ids", text, reason)
    })?;
    Ok(Shown::new(input::parse_id("ids", id)?, version))
}

/// A number of announcements, of which a call has at most 10 000.
fn count(marked: u64) -> i32 {
    i32::try_from(marked).unwrap_or(i32::MAX)
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

/// Marks everything that the board's viewer sees at this moment under the conditions, like
/// notice_mark_all.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_mark_all_read.
/// @param mark        NOTICE_MARK_SEEN, NOTICE_MARK_READ or NOTICE_MARK_DISMISS. What is not dismissible
///                    is read instead.
/// @return 0; negative like the failures of notice_mark_all.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_mark_all(
    board: i32,
    conditions: *const c_char,
    mark: i32,
) -> i32 {
    guard_number!(e_announce_mark_all, |caller| {
        let board = handle::board(board)?;
        let mark = Mark::from_code(mark)?;
        let asked = query::read(caller, conditions, &board, Place::MarkAllRead)?;
        board.board().mark_all(&asked.query, mark, asked.up_to)?;
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
