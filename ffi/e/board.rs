//! Boards: opening and closing them, and their clock.

use std::ffi::c_char;

use super::guard::guard_number;
use super::local_time;
use super::state::EBoard;
use super::{handle, input, zone};

/// Opens a board.
///
/// @param url  Names the board, as for notice_open: "mem:" is one in this process, gone when it is closed.
/// @return The board's number, to be given back with e_announce_close; negative when it cannot be opened.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_open(url: *const c_char) -> i32 {
    guard_number!(e_announce_open, |caller| {
        let url = input::text(caller, "url", url)?;
        handle::open(EBoard::open(&url)?)
    })
}

/// Closes a board, after the calls that other threads have in it. Its results can be read until they are freed, and
/// the thread of e_announce_notify_window has ended when this returns. To be called before the program ends.
///
/// @param board  An open board.
/// @return 0; -NOTICE_INVALID_FIELD for what is no board, or was closed already; -NOTICE_IO when something that was
///         put off could not be written out: the board is closed all the same.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_close(board: i32) -> i32 {
    guard_number!(e_announce_close, |_caller| {
        let (board, written_out) = handle::close(board)?;
        board.end_watcher();
        written_out.map(|()| 0)
    })
}

/// Stops the board's clock at a time, to try out what readers will see then; or lets it run again.
///
/// @param board  An open board.
/// @param time   Such as "2026-06-18 08:00:00" or, as the E language writes it, "2026年6月18日8时0分0秒"; an RFC 3339
///               instant with its offset; or "@" and Unix milliseconds. Empty: the system's clock.
/// @return 0; -NOTICE_INVALID_FIELD for what is no time.
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
