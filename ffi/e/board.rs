//! Boards: opening, sharing, closing, and setting the clock.

use std::ffi::c_char;

use super::guard::guard_number;
use super::local_time;
use super::state::EBoard;
use super::{handle, input, zone};

/// Opens a board.
///
/// "file:PATH?share=auto" is what a program opens of which the user starts several copies: the first
/// has the file, the others follow it and write through it, and one of them takes the file over when
/// the first ends. With "&timeout_ms=3000", no call waits longer for another copy than 3 seconds.
///
/// @param url  The board, as for notice_open: "mem:" is a board in this process, which ends when it
///             is closed.
/// @return Handle of the board, to be closed with e_announce_close; negative on failure.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_open(url: *const c_char) -> i32 {
    guard_number!(e_announce_open, |caller| {
        let url = input::text(caller, "url", url)?;
        handle::open(EBoard::open(&url)?)
    })
}

/// Shares a board with other programs of the same user, like notice_share: they open it as "shm:NAME".
///
/// Several programs that use one file need not call this; see e_announce_open.
///
/// @param board  An open board of this process: mem: or file:.
/// @param name   At most 100 bytes in UTF-8: letters, digits, "-", "_" and ".", beginning with a letter or
///               a digit. Windows takes upper and lower case for the same.
/// @return 0; negative like the failures of notice_share. The board is shared until it is closed.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_share(board: i32, name: *const c_char) -> i32 {
    guard_number!(e_announce_share, |caller| {
        let board = handle::board(board)?;
        board.share(&input::text(caller, "name", name)?)?;
        Ok(0)
    })
}

/// Closes a board. Call it before the program ends.
///
/// In a forked child, where every other call with a board of the parent returns -NOTICE_UNAVAILABLE, this
/// only frees memory. Otherwise it waits for other threads' calls on the board. Results stay readable
/// until they are freed. The thread of e_announce_notify_window has ended when this function returns 0.
///
/// @param board  An open board.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid or closed handle; -NOTICE_IO and other file errors when
///         deferred changes cannot be written, in which case the board is still open: close it again
///         when there is room, or call e_announce_discard.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_close(board: i32) -> i32 {
    guard_number!(e_announce_close, |_caller| {
        handle::close(board, false)?;
        Ok(0)
    })
}

/// Closes a board like e_announce_close, also when deferred changes cannot be written, which are then
/// lost.
///
/// @param board  An open board.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid or closed handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_discard(board: i32) -> i32 {
    guard_number!(e_announce_discard, |_caller| {
        handle::close(board, true)?;
        Ok(0)
    })
}

/// Makes everything durable that was acknowledged: with durability=relaxed, what is not on disk yet.
///
/// @param board  An open board.
/// @return 0, also for a board that defers nothing; -NOTICE_IO and other file errors, in which case the
///         changes stay deferred and are tried again.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_flush(board: i32) -> i32 {
    guard_number!(e_announce_flush, |_caller| {
        let board = handle::board(board)?;
        board.board().require_custody()?.flush()?;
        Ok(0)
    })
}

/// Stops the board's clock at a given time, to preview what readers will see; or lets it run again.
///
/// @param board  An open board.
/// @param time   Such as "2026-06-18 08:00:00" or, in the E language's own format,
///               "2026年6月18日8时0分0秒"; an RFC 3339 instant with its offset; or "@" followed by Unix
///               milliseconds. Empty restores the system's clock.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid time.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_set_clock(board: i32, time: *const c_char) -> i32 {
    guard_number!(e_announce_set_clock, |caller| {
        let board = handle::board(board)?;
        let time = input::text(caller, "time", time)?;
        let now = match time.trim() {
            "" => None,
            time => Some(local_time::parse("time", time, zone::offset)?),
        };
        board.shared().clock.set(now);
        Ok(0)
    })
}
