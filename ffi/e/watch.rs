//! Watching: whether a board has changed, and when it will.

use notice::OwnMarksQuery;

use super::follow::{Target, Watcher};
use super::guard::guard_number;
use super::{handle, output, window};

/// Returns the number of changes since the last call, or since the board was opened. It is cheap
/// enough for a timer.
///
/// Each revision counts as one. So does a start or end that affects the viewer, once for all of
/// them.
///
/// @param board  An open board.
/// @return The number; 0 when nothing changed. Negative for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_poll(board: i32) -> i32 {
    guard_number!(e_announce_poll, |_caller| {
        let board = handle::board(board)?;
        let changes = board.polled().lock().poll(board.shared())?;
        output::count(changes)
    })
}

/// Returns the own revision of the board's viewer, who must have a user: it is another one after each change
/// of that user's marks, also by another program. It is cheap enough for a timer.
///
/// @param board  An open board.
/// @return The lower 31 bits of the revision, to be compared with those of the last call; negative like the
///         failures of notice_own_marks.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_own_revision(board: i32) -> i32 {
    guard_number!(e_announce_own_revision, |_caller| {
        let board = handle::board(board)?;
        let query = OwnMarksQuery::new(board.shared().viewer().user);
        let revision = board.board().own_marks(&query)?.revision;
        // Within 31 bits, so that the sign is free for failures.
        Ok((revision & 0x7FFF_FFFF) as i32)
    })
}

/// Posts a message to a window (PostMessage, both parameters 0) each time that e_announce_poll
/// would count a change.
///
/// A thread of the library posts it, and ends when the board is closed. The effect of another
/// viewer or another e_announce_set_clock time is noticed within a minute. The library never calls
/// into the program.
///
/// @param board    An open board.
/// @param window   Handle of the window; 0 stops posting.
/// @param message  The message, such as E_ANNOUNCE_LABEL_MESSAGE.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid window; -NOTICE_UNSUPPORTED on systems other
///         than Windows.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_notify_window(
    board: i32,
    window: i32,
    message: i32,
) -> i32 {
    guard_number!(e_announce_notify_window, |_caller| {
        let board = handle::board(board)?;
        let target = Target { window, message };
        window::check(target)?;
        let mut watcher = board.watcher().lock();
        match &*watcher {
            Some(watcher) => watcher.set_target(target),
            None if window == 0 => {}
            None => *watcher = Some(Watcher::start(board.shared(), target, window::post)?),
        }
        Ok(0)
    })
}

/// Returns the seconds until something that the viewer sees starts or ends, rounded up. Set one
/// timer to it instead of polling.
///
/// @param board  An open board.
/// @return The seconds, at least 1; 0 when nothing will start or end. Negative for an invalid
///         handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_next_change_seconds(board: i32) -> i32 {
    guard_number!(e_announce_next_change_seconds, |_caller| {
        let board = handle::board(board)?;
        let count = board.board().count(&board.shared().query())?;
        let Some(next) = count.next_change_at else {
            return Ok(0);
        };
        let ms = next.saturating_sub(count.now);
        let seconds = ms.saturating_add(999).div_euclid(1000).max(1);
        Ok(i32::try_from(seconds).unwrap_or(i32::MAX))
    })
}
