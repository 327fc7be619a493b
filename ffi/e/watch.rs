//! Watching: whether a board has changed, and when it will.

use super::guard::guard_number;
use super::watcher::{Target, Watcher};
use super::{handle, output, window};

/// How many changes there were since the last call of this, or since the board was opened: one for each revision,
/// and one when something that the viewer sees has begun or ended by its time. Cheap enough for a timer.
///
/// @param board  An open board.
/// @return How many; 0 when there was none. Negative for what is no board.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_poll(board: i32) -> i32 {
    guard_number!(e_announce_poll, |_caller| {
        let board = handle::board(board)?;
        let changes = board.polled().lock().poll(board.shared())?;
        output::count(changes)
    })
}

/// Posts a message to a window (PostMessage, both parameters 0) each time that e_announce_poll would count
/// something, from a thread of the library's own which ends when the board is closed. What another viewer or another
/// time of e_announce_set_clock brings is noticed within a minute. Nothing else is ever done to the program.
///
/// @param board    An open board.
/// @param window   The window's handle; 0: no more.
/// @param message  The message, such as E_ANNOUNCE_LABEL_MESSAGE.
/// @return 0; -NOTICE_INVALID_FIELD for what is no window; -NOTICE_UNSUPPORTED where there is no Windows.
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

/// In how many seconds something that the viewer sees begins or ends by its time, for one timer instead of asking
/// again and again. Rounded up.
///
/// @param board  An open board.
/// @return How many, at least 1; 0 when nothing will. Negative for what is no board.
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
