//! Heads of boards, and callbacks that receive them.

use std::ffi::c_void;

use notice::Head;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::boundary::handle;
use crate::boundary::listeners::User;
use crate::boundary::panic::guard;

/// How far a board has come.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeHead {
    /// Which board it is, as in NoticeArray.
    pub epoch: [u8; 16],
    /// Counts the changes of announcements. Marks leave it as it is.
    pub revision: i64,
    /// Number of the last write of any kind, marks included.
    pub seq: u64,
    /// 0.
    pub reserved: [u64; 2],
}

impl From<Head> for NoticeHead {
    fn from(head: Head) -> Self {
        Self {
            epoch: head.epoch.to_be_bytes(),
            revision: head.revision,
            seq: head.seq,
            reserved: [0; 2],
        }
    }
}

/// Returns how far a board has come.
///
/// @param board  An open board.
/// @param head   Receives the head.
/// @return NOTICE_OK; NOTICE_UNAVAILABLE when the board cannot be reached.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_head(board: *mut NoticeBoard, head: *mut NoticeHead) -> i32 {
    guard!(notice_head, |caller| {
        let board = handle::enter(board)?;
        let head = caller.output("head", head)?;
        head.write(board.head()?.into());
        Ok(())
    })
}

/// Calls a function with the newest head after writes, until notice_on_change_remove or notice_close
/// returns.
///
/// Every write counts, marks included: compare `revision` to learn whether announcements changed. Writes
/// in quick succession may make one call. Starts and ends by time alone are no writes. Read notice_head
/// after this returns, for what was written before.
///
/// @param board     An open board.
/// @param callback  Is called with `user` and the head, which is valid during the call. It runs on one
///                  thread of the library, one call at a time for all callbacks of a board, with no lock
///                  held. It may call the library, and remove itself; it must not close the board, and
///                  must not throw.
/// @param user      Passed to `callback`. The library does not look behind it. It stays the caller's,
///                  and must stay valid until the callback is removed.
/// @param listener  Receives a number for notice_on_change_remove. May be NULL when the callback stays
///                  until the board is closed.
/// @return NOTICE_OK; NOTICE_IO when no thread can be started; NOTICE_UNSUPPORTED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_on_change(
    board: *mut NoticeBoard,
    callback: Option<unsafe extern "C" fn(user: *mut c_void, head: *const NoticeHead)>,
    user: *mut c_void,
    listener: *mut u64,
) -> i32 {
    guard!(notice_on_change, |caller| {
        let user = User::new(user);
        let opened = handle::enter_with_listeners(board)?;
        let Some(callback) = callback else {
            return Err(caller.null("callback"));
        };
        let number = opened.listeners.add(&*opened.board, move |head: Head| {
            let head = NoticeHead::from(head);
            // SAFETY: the header says how long the function may be called with `user`, and `listeners`
            // stops in time.
            unsafe { callback(user.get(), &raw const head) };
        })?;
        caller.write_optional(listener, number);
        Ok(())
    })
}

/// Ends the calls of a callback. When this returns, a call in progress has returned as well, unless this
/// is called from that call.
///
/// @param board     The board that the callback was given to.
/// @param listener  The number from notice_on_change.
/// @return NOTICE_OK; NOTICE_NOT_FOUND when there is no such callback, or no longer.
/// Threads: any; not while holding a lock that the callback waits for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_on_change_remove(board: *mut NoticeBoard, listener: u64) -> i32 {
    guard!(notice_on_change_remove, |_caller| {
        let removed = handle::enter_with_listeners(board)?
            .listeners
            .remove(listener)?;
        removed.end();
        Ok(())
    })
}
