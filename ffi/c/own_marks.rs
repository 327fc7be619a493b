//! A user's own marks, followed from one device to another.

use std::ffi::c_char;
use std::time::Duration;

use notice::OwnMarksQuery;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Most ids in NoticeOwnMarks. After more changes, `all` is set.
pub const NOTICE_MAX_OWN_CHANGES: u32 = 32;

/// What of a user's own marks has changed.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeOwnMarks {
    /// The user's own revision: the next `since`. It moves with each change of the user's marks.
    pub revision: u64,
    /// Identity of the board.
    pub epoch: [u8; 16],
    /// 1 when anything may have changed, so that everything must be listed again: after the first question,
    /// after everything was marked at once or the user was forgotten, after many changes, and after the
    /// board was opened again.
    pub all: u32,
    /// Number of ids in `changed`; 0 with `all`.
    pub count: u32,
    /// The announcements whose marks have changed, ascending; 0 behind them.
    pub changed: [i64; 32],
    /// Always 0.
    pub reserved: [u64; 4],
}

/// Tells what of a user's own marks has changed since a revision of the user's own, so that a badge on one
/// device follows what the user does on another. It may wait for a change.
///
/// Ask with `since` 0 and list everything. From then on ask with the `revision` of the answer before, and
/// get the announcements that it names. Changes of announcements come from notice_changes.
///
/// @param board       An open board.
/// @param user        Name of the user; not empty.
/// @param user_len    Length of `user` in bytes.
/// @param since       `revision` of the answer before; 0 for the first question.
/// @param epoch       16 bytes, `epoch` of the answer before, to be refused by another board. May be NULL.
/// @param timeout_ms  Longest time to wait while nothing has changed, in milliseconds; 0 does not wait, a
///                    negative value waits for ever. After it the answer is that nothing has changed.
/// @param marks       Receives what has changed.
/// @return NOTICE_OK; NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION, which both mean: begin with 0
///         again; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an invalid name; NOTICE_UNAVAILABLE when
///         the board is closed during the wait.
/// Threads: any, several at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_own_marks(
    board: *mut NoticeBoard,
    user: *const c_char,
    user_len: usize,
    since: u64,
    epoch: *const u8,
    timeout_ms: i64,
    marks: *mut NoticeOwnMarks,
) -> i32 {
    guard!(notice_own_marks, |caller| {
        let board = handle::enter(board)?;
        let output = caller.output("marks", marks)?;
        let mut query = OwnMarksQuery::new(caller.text("user", user, user_len)?).since(since);
        if !epoch.is_null() {
            let bytes = caller.bytes("epoch", epoch.cast(), size_of::<u128>())?;
            query.epoch = Some(u128::from_be_bytes(bytes.try_into().unwrap_or_default()));
        }
        let timeout = u64::try_from(timeout_ms).map_or(Duration::MAX, Duration::from_millis);
        let told = board.own_marks(&query.timeout(timeout))?;
        let mut changed = [0; NOTICE_MAX_OWN_CHANGES as usize];
        changed
            .iter_mut()
            .zip(&told.changed)
            .for_each(|(to, id)| *to = *id);
        // A board of another kind may know more than there is room for.
        let all = told.all || told.changed.len() > changed.len();
        output.write(NoticeOwnMarks {
            revision: told.revision,
            epoch: told.epoch.to_be_bytes(),
            all: all.into(),
            count: if all { 0 } else { told.changed.len() as u32 },
            changed: if all { Default::default() } else { changed },
            reserved: [0; 4],
        });
        Ok(())
    })
}
